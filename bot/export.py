"""A deal's export as files."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.errors import Failure, WrongUsage
from domain.usage.metrics import Metrics
from messages.deal_export import as_html, as_json, document
from scheduler.exports import told
from storage.export import DealExport

MINE_ALONE = 0o600


def write(
    found: DealExport,
    now: datetime,
    metrics: Metrics,
    zone: str,
    files: Mapping[str, Path | None],
    *,
    confidential: bool,
    overwrite: bool,
) -> list[Path]:
    """Write ``json`` and ``html`` of ``files``, as far as they are named; which only their owner may read. Raises
    Failure naming the file."""
    wanted = {kind: file for kind, file in files.items() if file is not None}
    for file in wanted.values():
        if file.exists() and not overwrite:
            raise WrongUsage(f"{file}: it is there already. Name another file, or add --yes to overwrite it.")
    made = document(found.picture, told(found), now, confidential=confidential)
    for kind, file in wanted.items():
        _put(file, as_json(made) if kind == "json" else as_html(found.picture, made, metrics, zone))
    return list(wanted.values())


def _put(file: Path, text: str) -> None:
    """All of it or nothing: a full disk leaves what was there."""
    partial = file.with_name(file.name + ".partial")
    try:
        with open(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, MINE_ALONE), "w", encoding="utf-8") as stream:
            stream.write(text)
        partial.replace(file)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror or 'it can not be written'}. Nothing was changed.") from error
    finally:
        partial.unlink(missing_ok=True)
