"""The clocks of a deal kept in step with it: begun when it is opened, moved with its CSM, ended when it is closed; and
the agenda of its kickoff. Each in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain.calendar import zone_named
from domain.deal_clock import first_looks
from domain.plan_picture import PlanPicture
from domain.playbook import Kind
from handlers import play_making, usage_handing
from handlers.outbox import TO_DEAL
from handlers.services import Services
from storage import due, notices, people
from storage.database import Tx
from storage.deal_clocks import portfolio_row
from storage.due import NewDue
from storage.models import Person
from storage.notices import NewNotice

AGENDA: Final = "kickoff_agenda"


def agenda_key(deal_id: int) -> str:
    """The occurrence of the agenda of a deal's kickoff."""
    return f"deal:{deal_id}:agenda"


async def begin(
    services: Services,
    tx: Tx,
    workspace_id: int,
    deal_id: int,
    csm_id: int | None,
    closed_at: datetime,
    ae_id: int | None = None,
) -> None:
    """Let the clocks of a deal be looked at, in its CSM's zone, and the portfolios of its CSM and of the lead. Day 0 is
    the local day of ``closed_at`` in the workspace's zone, as for the plan."""
    day_0 = closed_at.astimezone(zone_named(services.settings.timezone)).date()
    csm = await tx.session.get(Person, csm_id) if csm_id is not None else None
    zone = csm.zone if csm else services.settings.timezone
    today = services.clock().astimezone(zone_named(zone)).date()
    looks = first_looks(day_0, today, services.calendars.days(zone))
    rows = [NewDue(kind, f"deal:{deal_id}", zone, day, deal_id=deal_id) for kind, day in looks.items()]
    rows += [_portfolio(services, one) for one in (csm, await _lead(services, tx, workspace_id)) if one is not None]
    await due.ensure(tx.session, workspace_id, rows)
    await _mornings(services, tx, workspace_id, [csm_id, ae_id])


async def _mornings(services: Services, tx: Tx, workspace_id: int, people_ids: Iterable[int | None]) -> None:
    """Let these people, and the lead, be looked at each morning."""
    found = [await tx.session.get(Person, number) for number in people_ids if number is not None]
    found.append(await _lead(services, tx, workspace_id))
    readers = [(one.id, one.zone) for one in found if one is not None]
    await due.ensure_mornings(tx.session, workspace_id, readers, services.clock())


async def follow_csm(services: Services, tx: Tx, workspace_id: int, deal_id: int, csm_id: int | None) -> None:
    """The deal has another CSM: its clocks go by their zone, they get a portfolio, the customer's open plays and what
    usage has fallen."""
    csm = await tx.session.get(Person, csm_id) if csm_id is not None else None
    await due.retime_deal(tx.session, [deal_id], csm.zone if csm else services.settings.timezone)
    if csm is not None:
        await due.ensure(tx.session, workspace_id, [_portfolio(services, csm)])
        await _mornings(services, tx, workspace_id, [csm.id])
        await play_making.follow_csm(services, tx, deal_id)
        await usage_handing.follow_csm(services, tx, deal_id)


async def end(tx: Tx, deal_id: int) -> None:
    """The deal is closed: nothing is asked about it any more."""
    await due.drop_deal(tx.session, deal_id)


async def keep_agenda(services: Services, tx: Tx, workspace_id: int, plan: PlanPicture) -> None:
    """The plan changed: its kickoff's agenda is written once a time is booked, and edited from then on."""
    kickoff = plan.of_kind(Kind.KICKOFF)
    now, key = services.clock(), agenda_key(plan.deal_id)
    if kickoff is None or kickoff.booked_for is None:
        await services.engine.enqueue(tx, await notices.bump(tx.session, workspace_id, [key], now))
        return
    agenda = NewNotice(
        key=key,
        kind=AGENDA,
        lane=f"deal:{plan.deal_id}",
        audience=TO_DEAL,
        not_before=now,
        deal_id=plan.deal_id,
        thread_key=f"deal:{plan.deal_id}:plan",
    )
    ids = await notices.add(tx.session, workspace_id, [agenda], now)
    if not ids:
        ids = await notices.bump(tx.session, workspace_id, [key], now)
    await services.engine.enqueue(tx, ids)


def _portfolio(services: Services, person: Person) -> NewDue:
    return portfolio_row(person.id, person.zone, services.clock())


async def _lead(services: Services, tx: Tx, workspace_id: int) -> Person | None:
    named = services.settings.lead.strip()
    if not named:
        return None
    find = people.by_email if "@" in named else people.by_slack_id
    return await find(tx.session, workspace_id, named)
