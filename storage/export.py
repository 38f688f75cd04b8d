"""Everything that is known of one deal, read for an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.picture import DealPicture
from domain.usage.metrics import Metrics
from storage import pictures, usage
from storage.audit_models import AuditEntry
from storage.interaction_models import Interaction, Win
from storage.models import Deal, Person
from storage.plan_models import PlanChange
from storage.usage import AccountWeeks

WEEKS = 26
"""Of usage; half a year shows where it goes."""
MOST = 5_000
"""Lines of the history."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history: when, who (a name, or what acted by itself), what in plain words, from where."""

    at: datetime
    who: str
    what: str
    via: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A conversation with the customer, or what they won (``kind`` '')."""

    at: datetime
    who: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class DealExport:
    """The deal with its plan, its customer's usage, conversations, wins and history, each oldest first."""

    picture: DealPicture
    usage: AccountWeeks
    conversations: tuple[Noted, ...]
    wins: tuple[Noted, ...]
    history: tuple[Happened, ...]


async def find(session: AsyncSession, workspace_id: int, external_id: str) -> int | None:
    """Our id of the deal the CRM calls so."""
    statement = select(Deal.id).where(Deal.workspace_id == workspace_id, Deal.external_id == external_id)
    return (await session.scalars(statement)).first()


async def load(session: AsyncSession, deal_id: int, metrics: Metrics, today: date) -> DealExport | None:
    """Read it; None when there is no such deal. A constant number of queries."""
    picture = await pictures.load(session, deal_id, plan=True)
    account_id = (await session.scalars(select(Deal.account_id).where(Deal.id == deal_id))).first()
    if picture is None or account_id is None:
        return None
    weeks = await usage.weeks_of(session, account_id, metrics.watched, until=today, weeks=WEEKS)
    calls = await session.execute(
        select(Interaction.at, Person.name, Interaction.kind, Interaction.note)
        .join(Person, Person.id == Interaction.author_id)
        .where(Interaction.account_id == account_id, Interaction.undone_at.is_(None))
        .order_by(Interaction.at)
    )
    wins = await session.execute(
        select(Win.at, Person.name, Win.note)
        .join(Person, Person.id == Win.author_id)
        .where(Win.account_id == account_id, Win.undone_at.is_(None))
        .order_by(Win.at)
    )
    return DealExport(
        picture,
        weeks,
        tuple(Noted(*row) for row in calls.all()),
        tuple(Noted(at, who, "", note) for at, who, note in wins.all()),
        tuple(await _history(session, picture.workspace_id, deal_id)),
    )


async def _history(session: AsyncSession, workspace_id: int, deal_id: int) -> Sequence[Happened]:
    """Changes of the plan in their own words, everything else by what the audit log calls it."""
    entries = (
        await session.scalars(
            select(AuditEntry).where(AuditEntry.deal_id == deal_id).order_by(AuditEntry.id.desc()).limit(MOST)
        )
    ).all()
    actors = {entry.actor for entry in entries}
    named = await session.execute(
        select(Person.slack_id, Person.name).where(Person.workspace_id == workspace_id, Person.slack_id.in_(actors))
    )
    names: dict[str, str] = {row[0]: row[1] for row in named.all()}
    changes = await session.execute(
        select(PlanChange.at, Person.name, PlanChange.said)
        .outerjoin(Person, Person.id == PlanChange.by_id)
        .where(PlanChange.deal_id == deal_id, PlanChange.said != "")
        .order_by(PlanChange.id.desc())
        .limit(MOST)
    )
    found = [Happened(at, who or "Baton", said) for at, who, said in changes.all()]
    found += [
        Happened(entry.at, names.get(entry.actor) or entry.actor, entry.action.replace("_", " "), entry.via)
        for entry in entries
        if not (found and entry.action.startswith("plan_"))
    ]
    return sorted(found, key=lambda one: one.at)
