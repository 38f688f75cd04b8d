"""The roster of CSMs from a CSV file: `email,regions,segments,active`."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import WrongUsage
from domain.clock import Clock
from storage import audit, people
from storage.database import Database
from storage.models import Person

LARGEST: Final = 2_000_000
"""Bytes. A roster of everybody in a large company is a tenth of that."""
COLUMNS: Final = ("email", "regions", "segments", "active")
YES: Final = frozenset({"", "yes", "y", "true", "1", "active", "x"})
NO: Final = frozenset({"no", "n", "false", "0", "inactive"})
WORDS: Final = 50
WORD: Final = 100


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One CSM as written in the file; `line` counts from 1, the heading included."""

    line: int
    email: str
    regions: tuple[str, ...]
    segments: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be used, and why, in one plain sentence."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    new: int
    changed: int
    refused: tuple[BadRow, ...]


def read_file(path: Path) -> str:
    """The file's text; raises WrongUsage with a sentence when it can't be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise WrongUsage(f"{path}: the file is larger than {LARGEST // 1_000_000} MB.")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"{path}: the file has to be text in UTF-8.") from None
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror or 'it can not be read'}.") from None


def read_rows(text: str) -> tuple[list[RosterRow], list[BadRow]]:
    """Rows and bad rows of a roster. Commas or semicolons part the columns (whichever the heading has); `;`, `|` or `,`
    part several regions in one cell. Raises WrongUsage when the heading is not one."""
    text = text.removeprefix("\ufeff")
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="", strict=False)
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if "email" not in names:
        raise WrongUsage("The first line has to name the columns: email,regions,segments,active.")
    unknown = [name for name in names if name and name not in COLUMNS]
    if unknown:
        raise WrongUsage(f"There is no column {unknown[0][:40]!r}; known are {', '.join(COLUMNS)}.")
    rows: list[RosterRow] = []
    bad: list[BadRow] = []
    seen: dict[str, int] = {}
    try:
        for record in reader:
            cells = {column: str(record.get(names.get(column) or "\0") or "").strip() for column in COLUMNS}
            found = _row(reader.line_num, cells, extra="" in record)
            if isinstance(found, RosterRow) and found.email in seen:
                found = BadRow(found.line, f"{found.email} stands in line {seen[found.email]} already")
            if isinstance(found, RosterRow):
                seen[found.email] = found.line
                rows.append(found)
            elif found is not None:
                bad.append(found)
    except csv.Error as error:
        bad.append(BadRow(reader.line_num, f"from here on it is no CSV: {error}"))
    return rows, bad


def _row(line: int, cells: dict[str, str], *, extra: bool) -> RosterRow | BadRow | None:
    if not any(cells.values()):
        return None
    regions, segments = _words(cells["regions"]), _words(cells["segments"])
    reason = "it has more cells than the heading" if extra else _wrong(cells, (*regions, *segments))
    if reason:
        return BadRow(line, reason)
    return RosterRow(line, cells["email"].lower(), regions, segments, cells["active"].lower() in YES)


def _wrong(cells: dict[str, str], words: Sequence[str]) -> str:
    email, active = cells["email"], cells["active"]
    if not email:
        return "the email is missing"
    if email.count("@") != 1 or any(character.isspace() for character in email) or len(email) > 254:
        return f"{email[:80]!r} is no e-mail address"
    if active.lower() not in YES | NO:
        return f"active has to be yes or no, not {active[:40]!r}"
    if len(words) > WORDS or any(len(word) > WORD for word in words):
        return f"at most {WORDS} regions and segments of at most {WORD} characters each"
    return ""


def _words(cell: str) -> tuple[str, ...]:
    parts = cell.replace("|", ",").replace(";", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


async def import_rows(
    db: Database, workspace_id: int, rows: Sequence[RosterRow], bad: Sequence[BadRow], clock: Clock
) -> Imported:
    """Make these people CSMs, in one transaction. Somebody Slack does not know, a guest or an outsider is refused."""
    new = changed = 0
    refused = list(bad)
    async with db.write() as tx:
        for row in rows:
            person = await people.by_email(tx.session, workspace_id, row.email)
            reason = _refusal(person, row.email)
            if reason or person is None:
                refused.append(BadRow(row.line, reason))
                continue
            added = await people.set_csm(
                tx.session, workspace_id, person.id, regions=row.regions, segments=row.segments, active=row.active
            )
            new, changed = new + added, changed + (not added)
            detail = {"regions": list(row.regions), "segments": list(row.segments), "active": row.active}
            act = audit.Act("command line", "csm_set", "import", subject=person.slack_id, detail=detail)
            await audit.record(tx.session, workspace_id, act, clock())
    return Imported(new, changed, tuple(sorted(refused, key=lambda row: row.line)))


async def unknown_emails(db: Database, workspace_id: int, rows: Sequence[RosterRow]) -> list[str]:
    """The addresses no known member of the workspace has."""
    async with db.read() as session:
        return [row.email for row in rows if await people.by_email(session, workspace_id, row.email) is None]


def _refusal(person: Person | None, email: str) -> str:
    if person is None:
        return f"nobody in Slack has the address {email}"
    if person.is_guest or person.is_external:
        return f"{email} is a guest or from another company, and can't be a CSM"
    return ""
