"""A deal's plan from won to closed against the local Slack: made, shown, firm, changed, undone, finished."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from domain.calendar import WorkingDays
from domain.handoff_lists import KeyDate
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.plan import steps
from domain.plan.change import PlanChange
from domain.plan.moving import effect, moved
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from handlers import decisions, ownership, plans
from handlers.outbox import Done
from handlers.people import Asker
from handlers.plans import Changed
from handlers.services import Services
from handlers.webhooks.deals import Teller, record_deal_won
from storage import plans as stored
from storage.audit_models import AuditEntry
from storage.plan_models import Due, Plan
from storage.plan_models import Milestone as MilestoneRow
from tests.handlers.office import ADA, CHLOE, DANIEL, FACTS, FELIX, Office

VIA = "test"


async def asker(office: Office, who: str) -> Asker:
    return await office.baton.services.people.find(who)


async def plan_of(office: Office, deal_id: int) -> PlanPicture:
    async with office.baton.db.read() as session:
        found = await stored.load(session, deal_id)
    assert found is not None
    return found


async def changed(office: Office, deal_id: int, rule: plans.Rule, who: str = CHLOE) -> Changed:
    done = await plans.change_plan(office.baton.services, await asker(office, who), deal_id, rule, VIA)
    assert isinstance(done, Changed), done
    return done


async def said_no(office: Office, deal_id: int, rule: plans.Rule, who: str) -> str:
    done = await plans.change_plan(office.baton.services, await asker(office, who), deal_id, rule, VIA)
    assert isinstance(done, Refused), done
    return done.reason


async def accept(office: Office, deal_id: int) -> None:
    done = await decisions.accept(office.baton.services, await asker(office, CHLOE), deal_id, 0, VIA)
    assert isinstance(done, Done), done


async def told_again(office: Office, **changes: Any) -> None:  # noqa: ANN401
    services = office.baton.services
    async with services.db.write() as tx:
        await record_deal_won(services, tx, replace(FACTS, **changes), Teller("crm", "webhook", services.clock()))


def later(services: Services, minutes: float) -> Services:
    """The same, so many minutes later."""
    return replace(services, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))


def first_open(plan: PlanPicture) -> Milestone:
    return next(one for one in plan.milestones if one.is_open)


def move_to(number: int, day: date) -> plans.Rule:
    def rule(plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        what = effect(plan, number, day, days=WorkingDays(), answers=None)
        return what if isinstance(what, Refused) else moved(plan, what, days=WorkingDays())

    return rule


def skip(number: int) -> plans.Rule:
    def rule(plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        assert picture.csm is not None
        return steps.skip(plan, number, "Not needed", by=picture.csm, now=datetime(2026, 11, 25, 9, tzinfo=UTC))

    return rule


def start(number: int) -> plans.Rule:
    return lambda plan, picture: steps.start(plan, number)


def words(message: dict[str, Any]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


# Made


async def test_a_deal_won_has_a_plan_and_its_message_after_the_request(office: Office) -> None:
    picture = await office.deal()
    message = await office.said(picture.channel.id, "plan")
    plan = await plan_of(office, picture.id)
    assert (plan.playbook, plan.why, plan.closed_on) == ("saas-90-days", "The usual one.", date(2026, 11, 20))
    days = office.baton.services.days_for(picture)
    assert not days.is_working_day(date(2026, 12, 25)), "BATON_HOLIDAYS is not set: the CSM's own country counts"
    assert all(days.is_working_day(one.due) for one in plan.milestones if one.due is not None)
    assert plan.firm_at is None
    assert [one.number for one in plan.milestones] == list(range(1, len(plan.milestones) + 1))
    said = [one for one in await office.messages(picture.channel.id) if one.get("metadata")]
    kinds = [one["metadata"]["event_payload"]["kind"] for one in said]
    assert kinds.index("plan") == kinds.index("handoff_requested") + 1
    assert f"*0 of {len(plan.milestones)} settled*" in words(message)
    assert "tentative" in words(message)
    assert message["metadata"]["event_payload"]["key"] == f"deal:{picture.id}:plan"


async def test_the_deal_chooses_its_playbook_and_a_deal_closed_late_counts_from_the_local_day(office: Office) -> None:
    services = office.baton.services
    tokyo = replace(services, settings=replace(services.settings, timezone="Asia/Tokyo"))
    facts = replace(FACTS, id="D-7", playbook="Services-30-days", closed_at=datetime(2026, 11, 20, 16, tzinfo=UTC))
    async with services.db.write() as tx:
        recorded = await record_deal_won(tokyo, tx, facts, Teller("crm", "webhook", services.clock()))
    plan = await plan_of(office, recorded.deal_id)
    assert (plan.playbook, plan.why) == ("services-30-days", "The deal names it.")
    assert plan.closed_on == date(2026, 11, 21)


async def test_a_deal_from_before_plans_gets_one_when_somebody_asks(office: Office) -> None:
    picture = await office.deal()
    await office.said(picture.channel.id, "plan")
    async with office.baton.db.write() as tx:
        await tx.session.execute(delete(MilestoneRow))
        await tx.session.execute(delete(Plan))
        await tx.session.execute(delete(Due))
    who = [await asker(office, CHLOE)] * 4
    seen = await asyncio.gather(*(plans.see_plan(office.baton.services, one, picture.id) for one in who))
    found = {one.plan.version if isinstance(one, DealPicture) and one.plan else 0 for one in seen}
    assert found == {1}
    assert (await office.audited()).count("plan_made") == 1
    async with office.baton.db.read() as session:
        kinds = set((await session.scalars(select(Due.kind).where(Due.deal_id == picture.id))).all())
    assert "weekly_summary" in kinds
    assert len(await office.messages(picture.channel.id, "plan")) == 1


async def test_who_may_see_and_change_it(office: Office) -> None:
    picture = await office.deal()
    number = first_open(await plan_of(office, picture.id)).number
    assert isinstance(await plans.see_plan(office.baton.services, await asker(office, DANIEL), picture.id), DealPicture)
    refused = await plans.see_plan(office.baton.services, await asker(office, FELIX), picture.id)
    assert isinstance(refused, Refused)
    assert "Only the seller" in await said_no(office, picture.id, start(number), DANIEL)
    assert "members of this workspace" in await said_no(office, picture.id, start(number), FELIX)
    assert await said_no(office, 10**6, start(number), ADA) == "This deal is not there any more."


async def test_another_closing_day_moves_what_nobody_touched(office: Office) -> None:
    picture = await office.deal()
    plan = await plan_of(office, picture.id)
    first, second = [one for one in plan.milestones if one.after == "close" and one.working_days][:2]
    by_hand = date(2027, 3, 1)
    await changed(office, picture.id, move_to(first.number, by_hand))
    await told_again(office, closed_at=datetime(2026, 12, 4, tzinfo=UTC))
    now = await plan_of(office, picture.id)
    assert now.closed_on == date(2026, 12, 4)
    one, other = now.by_number(first.number), now.by_number(second.number)
    assert one is not None
    assert other is not None
    assert one.due == by_hand
    assert second.working_days is not None
    assert other.due == WorkingDays().add(date(2026, 12, 4), second.working_days)
    assert "plan_close" in await office.audited()


async def test_a_closing_day_told_after_the_dates_are_firm_moves_nothing(office: Office) -> None:
    picture = await office.handed_in(await office.deal())
    await accept(office, picture.id)
    before = await plan_of(office, picture.id)
    await told_again(office, closed_at=datetime(2026, 12, 4, tzinfo=UTC))
    assert await plan_of(office, picture.id) == before


async def test_a_playbook_the_crm_names_later_is_followed(office: Office) -> None:
    picture = await office.deal()
    await told_again(office, playbook="services-30-days")
    assert (await plan_of(office, picture.id)).playbook == "services-30-days"
    assert "Services" in words(await office.said(picture.channel.id, "plan", "Services"))


# Firm


async def test_accepting_makes_the_dates_firm_and_names_clashes(office: Office) -> None:
    dates = (KeyDate("k1", "Go-live", date(2026, 11, 26)),)
    picture = await office.handed_in(await office.deal(), current_tool="none", key_dates=dates)
    before = await plan_of(office, picture.id)
    await accept(office, picture.id)
    plan = await plan_of(office, picture.id)
    assert plan.firm_at is not None
    migration = next(one for one in before.milestones if "igration" in one.title)
    resolved = plan.by_number(migration.number)
    assert resolved is not None
    assert resolved.state is State.SKIPPED
    told = await office.said(picture.channel.id, "handoff_accepted", "The dates of the plan are firm now.")
    assert "after the customer's “Go-live” on Thu 26 Nov" in words(told)
    shown = await office.said(picture.channel.id, "plan", "The dates are firm since")
    assert "after the customer's “Go-live” on Thu 26 Nov" in words(shown)
    assert "plan_firm" in await office.audited()


async def test_accepting_again_moves_no_date_but_names_new_clashes(office: Office) -> None:
    picture = await office.handed_in(await office.deal(), current_tool="Excel")
    await accept(office, picture.id)
    firm = await plan_of(office, picture.id)
    assert "Migration" in " ".join(one.title for one in firm.milestones if one.is_open)
    chloe = await asker(office, CHLOE)
    back = await decisions.give_back(office.baton.services, chloe, picture.id, 0, "The dates", VIA)
    assert isinstance(back, Done | Refused)
    dates = (KeyDate("k1", "Go-live", date(2026, 11, 26)),)
    again = await office.handed_in(await office.picture(picture.id), current_tool="none", key_dates=dates)
    await accept(office, again.id)
    plan = await plan_of(office, picture.id)
    assert plan.firm_at == firm.firm_at
    assert [one.due for one in plan.milestones] == [one.due for one in firm.milestones]
    assert sum(one.state is State.SKIPPED for one in plan.milestones) > sum(
        one.state is State.SKIPPED for one in firm.milestones
    )
    told = await office.said(picture.channel.id, "handoff_accepted", "The dates of the plan stay as they are.")
    assert ":warning:" in words(told)
    assert ":warning:" in words(await office.said(picture.channel.id, "plan", ":warning:"))


# Changed


async def test_a_change_edits_the_message_in_place_and_is_written_down(office: Office) -> None:
    picture = await office.deal()
    message = await office.said(picture.channel.id, "plan")
    one = first_open(await plan_of(office, picture.id))
    done = await changed(office, picture.id, start(one.number))
    assert done.sentence.startswith("You ")
    assert done.sentence.endswith(".")
    edited = await office.said(picture.channel.id, "plan", f":hammer: *{one.number}.*")
    assert edited["ts"] == message["ts"]
    async with office.baton.db.read() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "plan_start"))).one()
    assert (entry.actor, entry.via, entry.deal_id) == (CHLOE, VIA, picture.id)
    assert entry.detail["change"] == done.change_id
    assert entry.detail["milestones"] == [one.number]


async def test_a_refusal_of_the_rule_and_an_empty_change_change_nothing(office: Office) -> None:
    picture = await office.deal()
    before = await plan_of(office, picture.id)
    assert await said_no(office, picture.id, lambda plan, _: Refused("No."), CHLOE) == "No."
    assert await said_no(office, picture.id, lambda plan, _: PlanChange("edit", "did nothing"), CHLOE) == (
        "That changes nothing."
    )
    assert await plan_of(office, picture.id) == before


async def test_the_canvas_follows_the_plan(office: Office) -> None:
    picture = await office.handed_in(await office.deal())
    await accept(office, picture.id)
    one = first_open(await plan_of(office, picture.id))
    await changed(office, picture.id, skip(one.number))

    async def look() -> bool:
        canvases = (await office.get("state"))["canvases"]
        return any("skipped: Not needed" in json.dumps(canvas).replace("\\", "") for canvas in canvases)

    await office.until(look)


async def test_changes_at_once_are_all_kept(office: Office) -> None:
    picture = await office.deal()
    numbers = [one.number for one in (await plan_of(office, picture.id)).milestones][:6]
    await asyncio.gather(*(changed(office, picture.id, start(number)) for number in numbers))
    plan = await plan_of(office, picture.id)
    assert [one.number for one in plan.milestones if one.state is State.DOING] == numbers
    assert plan.version == 7


# Undone


async def test_undo_puts_back_once_and_says_who_was_quicker(office: Office) -> None:
    picture = await office.deal()
    before = await plan_of(office, picture.id)
    one = first_open(before)
    done = await changed(office, picture.id, move_to(one.number, date(2027, 3, 1)))
    services = office.baton.services
    undone = await plans.undo_change(services, await asker(office, ADA), done.change_id, VIA)
    assert isinstance(undone, Changed), undone
    assert undone.sentence.startswith("You took back: moved ")
    assert [each.due for each in undone.plan.milestones] == [each.due for each in before.milestones]
    again = await plans.undo_change(services, await asker(office, CHLOE), done.change_id, VIA)
    assert again == Refused("Ada Lindqvist undid this just now.")
    assert "plan_undo" in await office.audited()


async def test_two_who_undo_at_once_undo_once(office: Office) -> None:
    picture = await office.deal()
    one = first_open(await plan_of(office, picture.id))
    done = await changed(office, picture.id, start(one.number))
    people = [await asker(office, who) for who in (ADA, CHLOE)] * 2
    results = await asyncio.gather(
        *(plans.undo_change(office.baton.services, who, done.change_id, VIA) for who in people)
    )
    assert sum(isinstance(result, Changed) for result in results) == 1
    assert (await office.audited()).count("plan_undo") == 1


async def test_undo_is_refused_when_it_is_late_changed_since_or_not_by_hand(office: Office) -> None:
    picture = await office.handed_in(await office.deal())
    await accept(office, picture.id)
    services, chloe = office.baton.services, await asker(office, CHLOE)
    one = first_open(await plan_of(office, picture.id))
    first = await changed(office, picture.id, start(one.number))
    late = await plans.undo_change(later(services, 11), chloe, first.change_id, VIA)
    assert late == Refused("That is more than 10 minutes ago; change it by hand instead.")
    await changed(office, picture.id, skip(one.number))
    since = await plans.undo_change(services, chloe, first.change_id, VIA)
    assert isinstance(since, Refused)
    assert since.reason.startswith("Chloé de Vries skipped ")
    assert "changed since, and undoing would lose that" in since.reason
    accepted = await plans.undo_change(services, chloe, 1, VIA)
    assert isinstance(accepted, Refused)
    assert "Accepting the handoff did this" in accepted.reason
    assert await plans.undo_change(services, chloe, 10**6, VIA) == plans.NO_CHANGE
    stranger = await plans.undo_change(services, await asker(office, DANIEL), first.change_id, VIA)
    assert isinstance(stranger, Refused)
    assert "Only the seller" in stranger.reason


async def test_undo_says_when_the_crm_or_the_accepted_handoff_changed_it_since(office: Office) -> None:
    services, chloe = office.baton.services, await asker(office, CHLOE)
    picture = await office.handed_in(await office.deal())
    one = next(one for one in (await plan_of(office, picture.id)).milestones if one.working_days and one.is_open)
    first = await changed(office, picture.id, start(one.number))
    async with office.baton.db.write() as tx:
        plan = await stored.load(tx.session, picture.id, lock=True)
        assert plan is not None
        moved = tuple(replace(each, due=None) for each in plan.milestones if each.number == one.number)
        told = PlanChange("close", "let the plan count from Fri 4 Dec 2026, the closing day by the CRM", moved)
        by_crm = await stored.apply(tx.session, plan, told, by=None, now=services.clock())
        assert by_crm is not None
    refused = await plans.undo_change(services, chloe, first.change_id, VIA)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith("The CRM let the plan count from Fri 4 Dec 2026")
    crm = await plans.undo_change(services, chloe, by_crm.change_id, VIA)
    assert isinstance(crm, Refused)
    assert "Correct the day in the CRM" in crm.reason
    await accept(office, picture.id)
    refused = await plans.undo_change(services, chloe, first.change_id, VIA)
    assert isinstance(refused, Refused)
    assert "and undoing would lose that" in refused.reason


# Finished


async def test_the_last_milestone_finishes_the_plan_until_one_is_opened_again(office: Office) -> None:
    picture = await office.deal()
    for one in (await plan_of(office, picture.id)).milestones:
        await changed(office, picture.id, skip(one.number))
    assert (await plan_of(office, picture.id)).finished_at is not None
    assert ":tada: Finished" in words(await office.said(picture.channel.id, "plan", ":tada:"))
    await changed(office, picture.id, lambda plan, _: steps.reopen(plan, 1))
    assert (await plan_of(office, picture.id)).finished_at is None


async def test_closing_the_deal_ends_its_clocks_and_takes_the_buttons_away(office: Office) -> None:
    picture = await office.deal()
    await office.said(picture.channel.id, "plan")
    number = first_open(await plan_of(office, picture.id)).number
    done = await ownership.close(office.baton.services, await asker(office, CHLOE), picture.id, VIA)
    assert isinstance(done, Done)

    async def bare() -> bool:
        (message,) = await office.messages(picture.channel.id, "plan")
        return all(block["type"] != "actions" for block in message["blocks"])

    await office.until(bare)
    assert "finished" in await said_no(office, picture.id, start(number), CHLOE)
    async with office.baton.db.read() as session:
        assert (await session.scalars(select(Due).where(Due.deal_id == picture.id))).all() == []


async def test_another_csm_stands_in_the_plan(office: Office) -> None:
    picture = await office.deal()
    await office.said(picture.channel.id, "plan", f"<@{CHLOE}>")
    await office.make_csm(DANIEL)
    await ownership.assign(office.baton.services, await asker(office, CHLOE), picture.id, DANIEL, VIA)
    assert f"<@{DANIEL}>" in words(await office.said(picture.channel.id, "plan", f"<@{DANIEL}>"))


async def test_a_kickoff_stands_in_every_shipped_plan(office: Office) -> None:
    for number, playbook in enumerate(office.baton.services.playbooks.by_name):
        services = office.baton.services
        async with services.db.write() as tx:
            facts = replace(FACTS, id=f"D-{number}", playbook=playbook)
            recorded = await record_deal_won(services, tx, facts, Teller("crm", "webhook", services.clock()))
        plan = await plan_of(office, recorded.deal_id)
        assert plan.playbook == playbook
        assert plan.of_kind(Kind.KICKOFF) is not None
