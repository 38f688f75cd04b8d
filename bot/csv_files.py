"""CSV files people write: columns by their heading, rows that can't be used by line and reason."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import WrongUsage

LARGEST: Final = 20_000_000
"""Bytes. A hundred thousand deals without their notes are half of that."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be used, and why, in one plain sentence. `line` counts from 1, the heading included."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by column, without spaces around; a column the file does not have is ''."""

    line: int
    cells: Mapping[str, str]


def read_file(path: Path, largest: int = LARGEST) -> str:
    """The file's text; raises WrongUsage with a sentence when it can't be read or is longer than `largest` bytes."""
    try:
        if path.stat().st_size > largest:
            raise WrongUsage(f"{path}: the file is larger than {largest // 1_000_000} MB.")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"{path}: the file has to be text in UTF-8.") from None
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror or 'it can not be read'}.") from None


def read_table(text: str, columns: Sequence[str], key: str, *, fold: bool = False) -> tuple[list[Row], list[BadRow]]:
    """The rows that have anything in them, each `key` once, with `fold` compared without case.

    Commas or semicolons part the columns (whichever the heading has). Raises WrongUsage when the heading is not one of
    these `columns`, or has no `key`.
    """
    text = text.removeprefix("\ufeff")
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="", strict=False)
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if key not in names:
        raise WrongUsage(f"The first line has to name the columns: {','.join(columns)}.")
    unknown = [name for name in names if name and name not in columns]
    if unknown:
        raise WrongUsage(f"There is no column {unknown[0][:40]!r}; known are {', '.join(columns)}.")
    rows: list[Row] = []
    bad: list[BadRow] = []
    seen: dict[str, int] = {}
    try:
        for record in reader:
            cells = {column: str(record.get(names.get(column) or "\0") or "").strip() for column in columns}
            if not any(cells.values()):
                continue
            word, line = cells[key].lower() if fold else cells[key], reader.line_num
            if "" in record:
                bad.append(BadRow(line, "it has more cells than the heading"))
            elif word and word in seen:
                bad.append(BadRow(line, f"{word[:80]} stands in line {seen[word]} already"))
            else:
                seen[word] = line
                rows.append(Row(line, cells))
    except csv.Error as error:
        bad.append(BadRow(reader.line_num, f"from here on it is no CSV: {error}"))
    return rows, bad
