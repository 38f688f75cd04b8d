"""The roster of CSMs from a CSV file: `email,regions,segments,active`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.csv_files import BadRow, Row, read_table
from domain.clock import Clock
from storage import audit, people
from storage.database import Database
from storage.models import Person

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
class Imported:
    """What an import did."""

    new: int
    changed: int
    refused: tuple[BadRow, ...]


def read_rows(text: str) -> tuple[list[RosterRow], list[BadRow]]:
    """Rows and bad rows of a roster. `;`, `|` or `,` part several regions in one cell. Raises WrongUsage when the
    heading is not one."""
    table, bad = read_table(text, COLUMNS, "email", fold=True)
    rows: list[RosterRow] = []
    for line in table:
        found = roster_row(line)
        if isinstance(found, BadRow):
            bad.append(found)
        else:
            rows.append(found)
    return rows, sorted(bad, key=lambda row: row.line)


def roster_row(row: Row) -> RosterRow | BadRow:
    """The CSM a row names, or what is wrong with it."""
    cells = row.cells
    regions, segments = _words(cells["regions"]), _words(cells["segments"])
    reason = _wrong(cells, (*regions, *segments))
    if reason:
        return BadRow(row.line, reason)
    return RosterRow(row.line, cells["email"].lower(), regions, segments, cells["active"].lower() in YES)


def _wrong(cells: Mapping[str, str], words: Sequence[str]) -> str:
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
            added = await take_row(tx.session, workspace_id, row, clock())
            if isinstance(added, BadRow):
                refused.append(added)
            else:
                new, changed = new + added, changed + (not added)
    return Imported(new, changed, tuple(sorted(refused, key=lambda row: row.line)))


async def take_row(session: AsyncSession, workspace_id: int, row: RosterRow, now: datetime) -> bool | BadRow:
    """Make one person a CSM; True when they were none before."""
    person = await people.by_email(session, workspace_id, row.email)
    reason = cannot_take(person, row.email)
    if reason or person is None:
        return BadRow(row.line, reason)
    added = await people.set_csm(
        session, workspace_id, person.id, regions=row.regions, segments=row.segments, active=row.active
    )
    detail = {"regions": list(row.regions), "segments": list(row.segments), "active": row.active}
    act = audit.Act("command line", "csm_set", "import", subject=person.slack_id, detail=detail)
    await audit.record(session, workspace_id, act, now)
    return added


async def unknown_emails(db: Database, workspace_id: int, rows: Sequence[RosterRow]) -> list[str]:
    """The addresses no known member of the workspace has."""
    async with db.read() as session:
        return [row.email for row in rows if await people.by_email(session, workspace_id, row.email) is None]


def cannot_take(person: Person | None, email: str, what: str = "a CSM") -> str:
    """Why somebody can't be this; '' when they can."""
    if person is None:
        return f"nobody in Slack has the address {email}"
    if person.is_guest or person.is_external:
        return f"{email} is a guest or from another company, and can't be {what}"
    return ""
