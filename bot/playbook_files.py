"""The playbooks of this installation: those shipped with Baton, or those of the folder BATON_PLAYBOOKS names.

A file is a playbook when it has `playbook:` at its top; other YAML files of the folder are left alone and named, files
that are no YAML by their name are not looked at. Everything wrong is told at once, with file and line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.errors import WrongUsage
from bot.playbook_shape import is_playbook, read_playbook
from bot.playbook_yaml import Document, Problem, read_yaml
from domain.playbook import Playbook, Playbooks

LARGEST: Final = 256_000
"""Bytes of one file: 200 steps with all their texts."""
MOST_FILES: Final = 100
SHOWN: Final = 20
"""Problems shown at once; nobody mends more in one go."""
VARIABLE: Final = "BATON_PLAYBOOKS"
RESERVED: Final = frozenset({"metrics.yaml", "plans.yaml", "usage.yaml"})
"""Files of the folder that are no playbooks but read by other parts."""
_ENDINGS: Final = (".yaml", ".yml")


class WrongPlaybooks(WrongUsage):
    """The playbooks can't be used. `problems` in the order of files and lines; the message shows the first 20."""

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(problems)
        lines = [f"{where}: {count} {'thing is' if count == 1 else 'things are'} wrong in the playbooks."]
        lines += [str(problem) for problem in problems[:SHOWN]]
        if count > SHOWN:
            lines.append(f"… and {count - SHOWN} more.")
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder holds: the playbooks, the file of each by its name, and the YAML files that are none."""

    playbooks: Playbooks
    files: Mapping[str, str]
    others: tuple[str, ...]


def load_playbooks(folder: Path | None) -> Playbooks:
    """The playbooks of a folder, None for those shipped. Raises WrongPlaybooks naming all that is wrong."""
    return read_folder(folder).playbooks


def read_folder(folder: Path | None) -> Loaded:
    """Like `load_playbooks`, with the files."""
    where = f"{VARIABLE} ({folder})" if folder is not None else "The playbooks shipped with Baton"
    source = folder if folder is not None else resources.files("domain") / "playbooks"
    problems: list[Problem] = []
    found: list[tuple[str, Document, Playbook]] = []
    others: list[str] = []
    seen = 0
    for entry in _entries(source, where):
        document = _document(entry, problems)
        if document is None:
            continue
        if document.value is not None and not is_playbook(document) and not document.problems:
            others.append(entry.name)
            continue
        seen += 1
        if document.value is None or not is_playbook(document):
            problems += document.problems
            continue
        playbook, wrong = read_playbook(entry.name, document)
        problems += wrong
        if playbook is not None:
            found.append((entry.name, document, playbook))
    if not seen and not problems:
        problems.append(Problem(where, 0, _nothing(others)))
    problems += _together(found, complete=not problems)
    if problems:
        raise WrongPlaybooks(where, sorted(problems))
    return _loaded(found, others)


def _entries(source: Traversable, where: str) -> list[Traversable]:
    try:
        entries = [entry for entry in source.iterdir() if _is_yaml(entry.name) and entry.name not in RESERVED]
    except OSError as error:
        raise WrongUsage(f"{where}: the folder can't be read ({error.strerror or type(error).__name__}).") from error
    if len(entries) > MOST_FILES:
        raise WrongUsage(f"{where}: there are {len(entries):,} YAML files in it; {MOST_FILES} are the most.")
    return sorted(entries, key=lambda entry: entry.name)


def _is_yaml(name: str) -> bool:
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")


def _document(entry: Traversable, problems: list[Problem]) -> Document | None:
    """What a file holds; None when it is no file or can't be read, which is told."""
    try:
        if not entry.is_file():
            return None
        with entry.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        problems.append(Problem(entry.name, 0, f"The file can't be read ({error.strerror or type(error).__name__})."))
        return None
    if len(content) > LARGEST:
        problems.append(Problem(entry.name, 0, f"The file is larger than {LARGEST // 1_000} kB."))
        return None
    return read_yaml(entry.name, content)


def _nothing(others: Sequence[str]) -> str:
    if not others:
        return "There is no YAML file in it. Copy one of those shipped with Baton to begin with."
    few = ", ".join(others[:3])
    return f"None of its YAML files is a playbook ({few}): a playbook has `playbook: its-name` at the top."


def _together(found: Sequence[tuple[str, Document, Playbook]], *, complete: bool) -> list[Problem]:
    """What is wrong between playbooks: two of one name, two usual ones, none that is usual."""
    problems: list[Problem] = []
    names: dict[str, str] = {}
    usual = [(file, document) for file, document, playbook in found if playbook.usual]
    for file, document, playbook in found:
        folded = playbook.name.casefold()
        if folded in names:
            what = f"The playbook “{playbook.name}” is in {names[folded]} already; give it another name."
            problems.append(Problem(file, document.line(("playbook",)), what))
        names.setdefault(folded, file)
    for file, document in usual[1:]:
        what = f"Only one playbook can be the usual one; {usual[0][0]} is it already."
        problems.append(Problem(file, document.line(("usual",)), what))
    if complete and not usual and len(found) > 1:
        what = "None of the playbooks is the usual one. Write `usual: true` in the one for deals that fit no other."
        problems.append(Problem(found[0][0], 0, what))
    return problems


def _loaded(found: Sequence[tuple[str, Document, Playbook]], others: Sequence[str]) -> Loaded:
    only = len(found) == 1
    playbooks = {one.name: replace(one, usual=one.usual or only) for _, _, one in found}
    files = {playbook.name: file for file, _, playbook in found}
    return Loaded(Playbooks(MappingProxyType(playbooks)), MappingProxyType(files), tuple(others))
