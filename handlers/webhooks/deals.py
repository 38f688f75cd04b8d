"""A deal told by the CRM or a person: the rule and one transaction, with the notices it causes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from domain.deals import Begin, DealFacts, DealState, FactChange, changes
from domain.outcome import Refused
from domain.presale import introduction
from handlers import deal_clock, plan_making, play_making
from handlers.services import Services
from storage import audit, deals, notices, people, subscriptions
from storage.assignment import assign_csm
from storage.database import Tx
from storage.models import Deal, Person
from storage.notices import NewNotice
from storage.pictures import person_card

CSM_NAMED: Final = "Named by the CRM."
TO_NOBODY: Final = ""
TO_CS: Final = "cs"
"""Audience of a notice: the customer-success channel."""
TO_DEAL: Final = "deal"
_STATE: Final[Mapping[Begin, DealState]] = MappingProxyType(
    {Begin.NOTHING: DealState.HELD, Begin.CHANNEL: DealState.OPENING, Begin.PLAN: DealState.OPENING}
)


@dataclass(frozen=True, slots=True)
class Teller:
    """Who told of the deal: `actor` a Slack id or `crm`; `via` webhook, command …; `at` when it happened there."""

    actor: str
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of it. `new`: the deal is known, or begun, from now on; `changed`: facts that are different; `late`:
    newer facts were there already, and stay."""

    deal_id: int
    new: bool = False
    changed: tuple[FactChange, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a deal that is not won yet has come."""

    name: str
    probability: float
    expected_close: date | None


async def record_deal_won(
    services: Services, tx: Tx, facts: DealFacts, teller: Teller, begin: Begin = Begin.PLAN, *, imported: bool = False
) -> Recorded:
    """Open the deal, or bring it up to date, in the caller's transaction.

    Two tellings at once make one deal. An older telling than the newest one changes nothing but opens a deal that was
    only a prospect. A deal won before Baton came is `imported`, and only an import begins it; nobody is told of what
    an import changes.
    """
    workspace, now = services.people.workspace_id, services.clock()
    if facts.renews_on is not None:
        await subscriptions.note_renewal(tx.session, workspace, facts.account.id, facts.renews_on, teller.at, now)
    known = await deals.by_external_id(tx.session, workspace, facts.id)
    if known is not None and not _waits(known, begin, imported=imported) and _is_late(known, teller):
        return await _late(services, tx, known, facts.id, teller)
    before = None if known is None else await deals.facts_told(tx.session, known)
    account_id = await deals.upsert_account(tx.session, workspace, facts.account, now)
    if known is None:
        deal = await deals.insert_if_new(tx.session, workspace, account_id, facts, _STATE[begin], now)
        if deal is not None:
            return await _open(services, tx, deal, facts, teller, begin)
    deal = await deals.locked(tx.session, workspace, facts.id)
    if _waits(deal, begin, imported=imported):
        if deal.state == DealState.HELD and deal.source_at is not None and _is_late(deal, teller):
            # What the CRM told since the file was written stays.
            facts, teller = await deals.facts_told(tx.session, deal), replace(teller, at=deal.source_at)
        deal.account_id, deal.state = account_id, _STATE[begin].value
        deals.apply_facts(deal, facts, now)
        return await _open(services, tx, deal, facts, teller, begin)
    if _is_late(deal, teller):
        return await _late(services, tx, deal, facts.id, teller)
    before = before or await deals.facts_told(tx.session, deal)
    return await _update(services, tx, deal, account_id, before, facts, teller, quiet=imported)


async def record_stage(services: Services, tx: Tx, facts: DealFacts, stage: Stage, teller: Teller) -> Recorded:
    """Keep how far a deal is, and introduce its CSM once it is likely to be won."""
    workspace, now = services.people.workspace_id, services.clock()
    known = await deals.by_external_id(tx.session, workspace, facts.id)
    if known is not None and _is_late(known, teller):
        return await _late(services, tx, known, facts.id, teller)
    account_id = await deals.upsert_account(tx.session, workspace, facts.account, now)
    deal = None
    if known is None:
        deal = await deals.insert_if_new(tx.session, workspace, account_id, facts, DealState.PROSPECT, now)
    new = deal is not None
    if deal is None:
        deal = await deals.locked(tx.session, workspace, facts.id)
    if deal.state == DealState.PROSPECT:
        deals.apply_facts(deal, facts, now)
        deal.closed_at, deal.account_id = None, account_id
        deal.ae_id = await _member(services, tx, facts.owner_email)
    deal.stage, deal.expected_close = stage.name, stage.expected_close
    deal.probability_percent = round(stage.probability * 100)
    deal.source_at, deal.updated_at = teller.at, now
    quiet = introduction(DealState(deal.state), stage.probability)
    if quiet is None and deal.csm_id is None:
        await _choose(services, tx, deal, facts)
    await tx.session.flush()
    if quiet is None:
        await _introduce(services, tx, deal.id, now)
    await _audit(services, tx, deal.id, facts.id, "deal_stage", teller, _stage_detail(stage, quiet))
    return Recorded(deal.id, new=new)


def _waits(deal: Deal, begin: Begin, *, imported: bool) -> bool:
    """Whether the deal is still to be begun: a prospect, or one that is held and whose import asks for more."""
    if deal.state == DealState.HELD:
        return imported and begin is not Begin.NOTHING
    return deal.state == DealState.PROSPECT


def _is_late(deal: Deal, teller: Teller) -> bool:
    return deal.source_at is not None and teller.at < deal.source_at


async def _late(services: Services, tx: Tx, deal: Deal, external_id: str, teller: Teller) -> Recorded:
    await _audit(services, tx, deal.id, external_id, "deal_told_late", teller, {"told_at": teller.at.isoformat()})
    return Recorded(deal.id, late=True)


async def _open(services: Services, tx: Tx, deal: Deal, facts: DealFacts, teller: Teller, begin: Begin) -> Recorded:
    now = services.clock()
    deal.source_at = teller.at
    deal.channel_private = services.settings.private_channels
    deal.ae_id = await _member(services, tx, facts.owner_email)
    if facts.csm_email:
        await _name_csm(services, tx, deal, facts.csm_email)
    elif deal.csm_id is None:
        await _choose(services, tx, deal, facts)
    await tx.session.flush()
    playbook = await begin_plan(services, tx, deal) if begin is Begin.PLAN else ""
    detail: dict[str, object] = {"csm": deal.csm_why, "playbook": playbook}
    action = "deal_won" if begin is Begin.PLAN else f"deal_imported_{begin.value}"
    await _audit(services, tx, deal.id, facts.id, action, teller, detail)
    if begin is Begin.NOTHING:
        # What is held is a customer all the same: what billing told of it before counts from now on.
        await play_making.deal_opened(services, tx, deal.id)
        return Recorded(deal.id, new=True)
    opening = NewNotice(
        key=f"deal:{deal.id}:channel",
        kind="open_channel",
        lane=f"deal:{deal.id}",
        audience=TO_NOBODY,
        not_before=now,
        deal_id=deal.id,
        priority=3,
    )
    await _notify(services, tx, [opening], now)
    await play_making.deal_opened(services, tx, deal.id)
    return Recorded(deal.id, new=True)


async def begin_plan(services: Services, tx: Tx, deal: Deal) -> str:
    """Ask for the handoff, start the deal's clocks and make its plan; gives the playbook's name. What is to be said of
    it is said by the caller, or when the channel is made."""
    facts = await deals.facts_told(tx.session, deal)
    await deals.add_handoff(tx.session, deal.id, services.clock())
    await deal_clock.begin(
        services, tx, services.people.workspace_id, deal.id, deal.csm_id, facts.closed_at, deal.ae_id
    )
    csm = await tx.session.get(Person, deal.csm_id) if deal.csm_id is not None else None
    plan = await plan_making.make_plan(services, tx, deal.id, facts, csm=person_card(csm) if csm else None)
    return plan.playbook if plan else ""


async def _update(
    services: Services,
    tx: Tx,
    deal: Deal,
    account_id: int,
    before: DealFacts,
    facts: DealFacts,
    teller: Teller,
    *,
    quiet: bool,
) -> Recorded:
    workspace, now = services.people.workspace_id, services.clock()
    owner, named, old_csm = deal.owner_email, deal.csm_email, deal.csm_id
    deal.account_id, deal.source_at = account_id, teller.at
    deals.apply_facts(deal, facts, now)
    if deal.owner_email != owner or deal.ae_id is None:
        deal.ae_id = await _member(services, tx, facts.owner_email)
    if facts.csm_email and deal.csm_email != named:
        await _name_csm(services, tx, deal, facts.csm_email)
    await tx.session.flush()
    told = await deals.facts_told(tx.session, deal)
    if (told.closed_at, told.playbook) != (before.closed_at, before.playbook):
        await plan_making.follow_facts(services, tx, deal.id)
    changed = changes(before, told)
    if not changed:
        return Recorded(deal.id)
    detail: dict[str, object] = {change.what: [change.before[:500], change.after[:500]] for change in changed}
    await _audit(services, tx, deal.id, facts.id, "deal_changed", teller, detail)
    if deal.state == DealState.HELD:
        return Recorded(deal.id, changed=changed)
    await refresh(services, tx, workspace, deal.id, now)
    if deal.csm_id != old_csm:
        await deal_clock.follow_csm(services, tx, workspace, deal.id, deal.csm_id)
    if deal.csm_id is not None and deal.csm_id != old_csm and not quiet:
        await _tell_of_csm(services, tx, deal, old_csm)
    return Recorded(deal.id, changed=changed)


async def _tell_of_csm(services: Services, tx: Tx, deal: Deal, old_id: int | None) -> None:
    """The CRM gave the deal to another CSM: the channel is told, and the new one in person."""
    now = services.clock()
    new = await tx.session.get_one(Person, deal.csm_id)
    old = await tx.session.get(Person, old_id) if old_id is not None else None
    facts = {"new": new.slack_id, "old": old.slack_id if old else "", "by": ""}
    key, lane = f"deal:{deal.id}:csm:{new.id}:{now.isoformat()}", f"deal:{deal.id}"
    in_channel = NewNotice(key, "csm_assigned", lane, TO_DEAL, now, deal.id, facts)
    in_person = NewNotice(
        f"{key}:in_person",
        "csm_assigned",
        lane,
        f"person:{new.slack_id}",
        now,
        deal.id,
        {**facts, "in_person": True},
    )
    await _notify(services, tx, [in_channel, in_person], now)


async def refresh(services: Services, tx: Tx, workspace_id: int, deal_id: int, now: datetime) -> None:
    """The deal's facts changed: its card and announcement are edited in place, topic and members brought up to date."""
    key = f"deal:{deal_id}:refresh"
    errand = NewNotice(
        key=key,
        kind="refresh_channel",
        lane=f"deal:{deal_id}",
        audience=TO_NOBODY,
        not_before=now,
        deal_id=deal_id,
    )
    added = await notices.add(tx.session, workspace_id, [errand], now)
    shown = [f"deal:{deal_id}:{what}" for what in ("card", "announced", "brief", "pre_sale", "agenda", "plan")]
    keys = shown if added else [*shown, key]
    bumped = await notices.bump(tx.session, workspace_id, keys, now)
    await services.engine.enqueue(tx, [*bumped, *added])


async def _introduce(services: Services, tx: Tx, deal_id: int, now: datetime) -> None:
    key = f"deal:{deal_id}:pre_sale"
    introduction_notice = NewNotice(
        key=key, kind="pre_sale_intro", lane=f"deal:{deal_id}", audience=TO_CS, not_before=now, deal_id=deal_id
    )
    added = await notices.add(tx.session, services.people.workspace_id, [introduction_notice], now)
    if not added:
        added = await notices.bump(tx.session, services.people.workspace_id, [key], now)
    await services.engine.enqueue(tx, added)


async def _notify(services: Services, tx: Tx, new: list[NewNotice], now: datetime) -> None:
    ids = await notices.add(tx.session, services.people.workspace_id, new, now)
    await services.engine.enqueue(tx, ids)


async def _member(services: Services, tx: Tx, email: str) -> int | None:
    """The person who may act on deals under this address, if Slack's members are known to hold one."""
    found: Person | None = await people.by_email(tx.session, services.people.workspace_id, email)
    return found.id if found is not None and not found.is_guest and not found.is_external else None


async def _name_csm(services: Services, tx: Tx, deal: Deal, email: str) -> None:
    named = await _member(services, tx, email)
    deal.csm_id, deal.csm_why = named, CSM_NAMED
    if named is not None:
        await people.note_assigned(tx.session, named, services.clock())


async def _choose(services: Services, tx: Tx, deal: Deal, facts: DealFacts) -> None:
    account = facts.account
    await assign_csm(tx.session, deal, region=account.region, segment=account.segment, now=services.clock())


def _stage_detail(stage: Stage, quiet: Refused | None) -> dict[str, object]:
    detail: dict[str, object] = {"stage": stage.name, "probability": stage.probability}
    return {**detail, "quiet": quiet.reason} if quiet else detail


async def _audit(
    services: Services, tx: Tx, deal_id: int, external_id: str, action: str, teller: Teller, detail: dict[str, object]
) -> None:
    act = audit.Act(teller.actor, action, teller.via, deal_id=deal_id, subject=external_id, detail=detail)
    await audit.record(tx.session, services.people.workspace_id, act, services.clock())
