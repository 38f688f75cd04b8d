"""Customers from before Baton, out of CSV files: rows read by the webhook's own rules, and taken in some at a time."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from bot.csms import COLUMNS as CSM_COLUMNS
from bot.csms import RosterRow, cannot_take, roster_row, take_row
from bot.csv_files import BadRow, Row, read_table
from bot.errors import WrongUsage
from domain.deals import AccountFacts, Begin, DealFacts
from domain.words import nearest
from handlers.imports import Taken, take_account, take_deal
from handlers.services import Services
from handlers.webhooks.facts import account_facts, deal_facts
from handlers.webhooks.models import Account, DealWon
from handlers.webhooks.parse import refusals
from storage import deals, people
from storage.database import Tx

AT_ONCE: Final = 20
"""Rows in one transaction: others who write wait no longer than for these."""
PEOPLE: Final = ("email", "role", *CSM_COLUMNS[1:])
ACCOUNTS: Final = ("id", "name", "domain", "segment", "region")
DEALS: Final = (
    *("id", "name", "account_id", "account_name", "domain", "segment", "region", "amount", "currency", "closed_at"),
    *("owner_email", "csm_email", "crm_url", "products", "plan", "notes", "playbook", "renews_at", "begin"),
)
OF_ACCOUNT: Final[Mapping[str, str]] = {
    "account_id": "id",
    "account_name": "name",
    "domain": "domain",
    "segment": "segment",
    "region": "region",
}
CSM: Final = "csm"
SELLER: Final = "seller"
ORDER: Final = (Begin.NOTHING, Begin.CHANNEL, Begin.PLAN)


class Numbered(Protocol):
    """Something that stands in a line of a file."""

    @property
    def line(self) -> int:
        """Counted from 1, the heading included."""
        ...


T = TypeVar("T", bound=Numbered)
Take = Callable[[Tx, T], Awaitable[Taken | BadRow]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the workspace: a CSM as the roster has them, or a seller (`csm` is None)."""

    line: int
    email: str
    csm: RosterRow | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A customer."""

    line: int
    facts: AccountFacts


@dataclass(frozen=True, slots=True)
class DealRow:
    """A won deal, and how much of it is to be begun. The account's name is '' when the file leaves it out."""

    line: int
    facts: DealFacts
    begin: Begin


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """The rows of a file, and those that can't be used."""

    rows: list[T]
    bad: list[BadRow]


@dataclass
class Summary:
    """What became of a file."""

    new: int = 0
    changed: int = 0
    same: int = 0
    late: int = 0
    channels: int = 0
    plans: int = 0
    overdue: int = 0
    refused: list[BadRow] = field(default_factory=list[BadRow])
    unknown: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, line: int, taken: Taken) -> None:
        """Count one row."""
        self.new += taken.new
        self.late += taken.late
        self.changed += taken.changed and not taken.new
        self.same += not (taken.new or taken.changed or taken.late)
        self.channels += taken.channel
        self.plans += taken.plan
        self.overdue += taken.overdue
        for email in taken.unknown:
            self.unknown.setdefault(email, line)


class _DryRun(Exception):
    """Everything was tried, and nothing is kept."""


def read_people(text: str) -> Table[PersonRow]:
    """People: `email,role,regions,segments,active`. Raises WrongUsage for another heading."""
    return _read(text, PEOPLE, "email", _person, fold=True)


def read_accounts(text: str) -> Table[AccountRow]:
    """Accounts: `id,name,domain,segment,region`. Raises WrongUsage for another heading."""
    return _read(text, ACCOUNTS, "id", _account)


def read_deals(text: str, channels: Collection[str] = (), plans: Collection[str] = ()) -> Table[DealRow]:
    """Won deals by the fields of `deal.won`. `channels` and `plans` are ids of deals to begin, beside what the column
    `begin` asks for. Raises WrongUsage for another heading and for an id the file does not have."""

    def read(row: Row) -> DealRow | BadRow:
        return _deal(row, channels, plans)

    table = _read(text, DEALS, "id", read)
    known = {row.facts.id for row in table.rows}
    for option, named in (("--open-channels", channels), ("--start-plans", plans)):
        missing = [one for one in named if one not in known]
        if missing:
            more = f" (nor {len(missing) - 1} more)" if len(missing) > 1 else ""
            raise WrongUsage(f"{option}: the file has no deal {missing[0][:80]!r} that can be used{more}.")
    return table


def _read(
    text: str, columns: Sequence[str], key: str, read: Callable[[Row], T | BadRow], *, fold: bool = False
) -> Table[T]:
    rows, bad = read_table(text, columns, key, fold=fold)
    good: list[T] = []
    for row in rows:
        found = read(row)
        if isinstance(found, BadRow):
            bad.append(found)
        else:
            good.append(found)
    return Table(good, bad)


def _person(row: Row) -> PersonRow | BadRow:
    role = row.cells["role"].lower() or CSM
    if role not in (CSM, SELLER):
        return BadRow(row.line, f"role: it has to be {CSM} or {SELLER}, not {role[:40]!r}")
    found = roster_row(row)
    if isinstance(found, BadRow):
        return found
    return PersonRow(row.line, found.email, found if role == CSM else None)


def _account(row: Row) -> AccountRow | BadRow:
    found = _checked(row.line, Account, {name: cell for name, cell in row.cells.items() if cell})
    return found if isinstance(found, BadRow) else AccountRow(row.line, account_facts(found))


def _deal(row: Row, channels: Collection[str], plans: Collection[str]) -> DealRow | BadRow:
    cells = {name: cell for name, cell in row.cells.items() if cell}
    asked = cells.get("begin", Begin.NOTHING.value).lower()
    if asked not in [one.value for one in ORDER]:
        near = nearest(asked, [one.value for one in ORDER])
        return BadRow(
            row.line, f"begin: it has to be channel, plan or empty{f'; did you mean {near}?' if near else ''}"
        )
    account = {name: cells[column] for column, name in OF_ACCOUNT.items() if column in cells}
    # The name may be left out of an account that is known; it is put in when the row is taken.
    named = account.setdefault("name", account.get("id", "")) if "account_name" not in cells else ""
    told: dict[str, Any] = {name: cell for name, cell in cells.items() if name not in OF_ACCOUNT and name != "begin"}
    told |= {"account": account, "products": _parts(cells.get("products", ""))}
    found = _checked(row.line, DealWon, told)
    if isinstance(found, BadRow):
        return found
    facts = deal_facts(found)
    if named:
        facts = replace(facts, account=replace(facts.account, name=""))
    begin = [Begin(asked), Begin.CHANNEL if facts.id in channels else Begin.NOTHING]
    begin.append(Begin.PLAN if facts.id in plans else Begin.NOTHING)
    return DealRow(row.line, facts, max(begin, key=ORDER.index))


M = TypeVar("M", bound=BaseModel)


def _checked(line: int, model: type[M], told: Mapping[str, Any]) -> M | BadRow:
    """What a webhook would have made of it, or its first sentence about what is wrong, by the file's own columns."""
    try:
        return model.model_validate(told)
    except ValidationError as error:
        first = refusals(error)[0]
    columns = {f"account.{name}": column for column, name in OF_ACCOUNT.items()}
    return BadRow(line, f"{columns.get(first.field, first.field)}: {first.reason}")


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("|", ";").replace("\n", ";").split(";") if part.strip()]


async def take_people(services: Services, table: Table[PersonRow], progress: Progress, *, apply: bool) -> Summary:
    """Make CSMs of those who are to be some; of a seller nothing is kept but what Slack tells."""

    async def take(tx: Tx, row: PersonRow) -> Taken | BadRow:
        workspace = services.people.workspace_id
        if row.csm is None:
            person = await people.by_email(tx.session, workspace, row.email)
            reason = cannot_take(person, row.email, "a seller")
            return BadRow(row.line, reason) if reason else Taken()
        added = await take_row(tx.session, workspace, row.csm, services.clock())
        return added if isinstance(added, BadRow) else Taken(new=added, changed=not added)

    return await _take(services, table, take, progress, apply=apply)


async def take_accounts(services: Services, table: Table[AccountRow], progress: Progress, *, apply: bool) -> Summary:
    """Make the accounts known."""

    async def take(tx: Tx, row: AccountRow) -> Taken | BadRow:
        return await take_account(services, tx, row.facts)

    return await _take(services, table, take, progress, apply=apply)


async def take_deals(
    services: Services, table: Table[DealRow], at: datetime, progress: Progress, *, apply: bool
) -> Summary:
    """Record the deals and begin what is asked for. `at`: when the file was written."""

    async def take(tx: Tx, row: DealRow) -> Taken | BadRow:
        facts = row.facts
        if not facts.account.name:
            known = await deals.account_told(tx.session, services.people.workspace_id, facts.account.id)
            if known is None:
                return BadRow(row.line, f"account_name: it is missing, and no account {facts.account.id} is known")
            facts = replace(facts, account=replace(facts.account, name=known.name))
        return await take_deal(services, tx, facts, row.begin, at)

    return await _take(services, table, take, progress, apply=apply)


async def _take(services: Services, table: Table[T], take: Take[T], progress: Progress, *, apply: bool) -> Summary:
    """All rows, so many in a transaction. A dry run does the same and takes each transaction back."""
    summary = Summary(refused=list(table.bad))
    for begin in range(0, len(table.rows), AT_ONCE):
        some = table.rows[begin : begin + AT_ONCE]
        found: list[tuple[T, Taken | BadRow]] = []
        with suppress(_DryRun):
            async with services.db.write() as tx:
                found += [(row, await take(tx, row)) for row in some]
                if not apply:
                    raise _DryRun
        for row, taken in found:
            if isinstance(taken, BadRow):
                summary.refused.append(taken)
            else:
                summary.add(row.line, taken)
        progress(begin + len(some), len(table.rows))
    summary.refused.sort(key=lambda row: row.line)
    return summary
