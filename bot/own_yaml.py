"""YAML files beside the playbooks that are none: one's own in the folder BATON_PLAYBOOKS names, or as shipped."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from bot.playbook_files import LARGEST, VARIABLE, WrongPlaybooks
from bot.playbook_yaml import Document, Problem, read_yaml

SHIPPED: Final = "The playbooks shipped with Baton"


@dataclass(frozen=True, slots=True)
class Source:
    """What such a file holds, and where it stands, for people."""

    where: str
    document: Document

    def wrong(self, problems: Iterable[Problem]) -> WrongPlaybooks:
        """What is raised when it can't be used; each problem is told once."""
        return WrongPlaybooks(self.where, sorted(set(problems)))


def own(folder: Path | None, file: str) -> Source | None:
    """The file of one's own folder; None without one. Raises WrongPlaybooks when it can't be read."""
    if folder is None or not (folder / file).is_file():
        return None
    return _read(f"{VARIABLE} ({folder})", file, folder / file)


def shipped(file: str) -> Source:
    """The file that comes with Baton."""
    return _read(SHIPPED, file, resources.files("domain") / "playbooks" / file)


def _read(where: str, file: str, place: Traversable) -> Source:
    try:
        with place.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        why = f"The file can't be read ({error.strerror or type(error).__name__})."
        raise WrongPlaybooks(where, [Problem(file, 0, why)]) from error
    if len(content) > LARGEST:
        raise WrongPlaybooks(where, [Problem(file, 0, f"The file is larger than {LARGEST // 1_000} kB.")])
    return Source(where, read_yaml(file, content))
