"""The Home as it is read: on both databases, with statements counted, against the rule it is to agree with."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import func, insert, select, update

from domain.calendar import Calendars
from domain.deals import DealState
from domain.handoff import HandoffState
from domain.home import CUSTOMERS_SHOWN, WAITING_SHOWN, HomePicture, Level, Looking, Show, Tab, Urgency, Wait, judged
from domain.plan_picture import State
from domain.playbook import Kind, Raci, Role
from domain.usage.metrics import USUAL
from messages.home import home_view
from storage import audit, home_changes, homes, people, plans, portfolios, questions, standings
from storage.audit import Act
from storage.home_models import DealStanding, Home
from storage.homes import Means
from storage.models import Commitment, Deal, Handoff, Notice, Person
from storage.notices import SENT
from storage.plan_models import Milestone
from tests.domain.weeks import milestone, plan
from tests.messages.checks import check_view
from tests.storage.house import NOW, House, at_once, later
from tests.storage.test_summaries import counted

TODAY: Final = NOW.date()
LEAD: Final = "lead@northwind.example"
MEANS: Final = Means(LEAD, Calendars(), USUAL)
SELLERS: Final = Raci(Role.AE, Role.AE)


async def look(house: House, who: str, looking: Looking | None = None) -> HomePicture:
    found = await homes.open_home(house.db, house.workspace, house.people[who], MEANS, NOW, looking)
    assert found is not None
    return found


async def with_lead(house: House) -> None:
    async with house.db.write() as tx:
        told = [people.PersonFacts("U9", "Eva", LEAD)]
        await people.upsert(tx.session, house.workspace, told, NOW)
        found = await people.by_slack_id(tx.session, house.workspace, "U9")
        assert found is not None
        house.people["Eva"] = found.id


async def opened(house: House, number: int, *milestones: Any, closed: date = TODAY, **deal: Any) -> int:  # noqa: ANN401
    """An open deal of Ada (seller) and Chloé (CSM) with these milestones."""
    made = await house.deal(number)
    async with house.db.write() as tx:
        values = {"ae_id": house.people["Ada"], "csm_id": house.people["Chloé"], "channel_id": f"C{number:08d}"}
        given = {"state": DealState.OPEN.value} | values | deal
        await tx.session.execute(update(Deal).where(Deal.id == made).values(given))
        if milestones:
            whole = plan(*milestones, deal_id=made, closed_on=closed)
            assert await plans.insert_if_new(tx.session, house.workspace, whole, NOW)
    return made


async def set_handoff(house: House, deal: int, state: HandoffState, **more: Any) -> None:  # noqa: ANN401
    async with house.db.write() as tx:
        values = {"state": state.value} | more
        await tx.session.execute(update(Handoff).where(Handoff.deal_id == deal).values(values))


async def promise(house: House, deal: int, due: date) -> None:
    async with house.db.write() as tx:
        values = {"deal_id": deal, "item_id": "c1", "position": 1, "text": "Free migration", "due": due, "owner": ""}
        await tx.session.execute(insert(Commitment), [values | {"state": "open", "evidence": ""}])


def waits(picture: HomePicture) -> dict[tuple[Urgency, Wait], int]:
    return dict(picture.waiting.counts)


async def test_nobody_sees_that_nothing_waits_beside_overdue_milestones(house: House) -> None:
    late = milestone(1, TODAY - timedelta(days=3))
    deal = await opened(house, 1, late, milestone(2, TODAY), milestone(4, TODAY + timedelta(days=1)))
    found = await look(house, "Chloé")
    assert found.tabs == (Tab.CSM,)
    assert waits(found) == {(Urgency.OVERDUE, Wait.MILESTONE): 1, (Urgency.TODAY, Wait.MILESTONE): 1}
    assert "Nothing waits" not in str(home_view(found))
    assert [one.deal_id for one in found.rows] == [deal]
    row = found.rows[0]
    assert (row.settled, row.total, row.next_title) == (0, 3, "Step 1")
    assert row.level is Level.WATCH


async def test_what_waits_for_a_csm(house: House) -> None:
    deal = await opened(
        house,
        1,
        milestone(1, TODAY, kind=Kind.KICKOFF),
        milestone(2, TODAY - timedelta(days=1), raci=SELLERS),
        milestone(3, TODAY - timedelta(days=1), snoozed_until=TODAY + timedelta(days=1)),
        milestone(4, TODAY - timedelta(days=1), state=State.DONE),
        closed=TODAY - timedelta(days=20),
    )
    await set_handoff(house, deal, HandoffState.SUBMITTED, submitted_at=NOW, score=80, version=1)
    await promise(house, deal, TODAY)
    async with house.db.write() as tx:
        asked = {"text": "Who signs?", "asker_id": house.people["Ada"], "owner_id": house.people["Chloé"], "now": NOW}
        await questions.add(tx.session, deal, **asked)
    found = await look(house, "Chloé")
    assert waits(found) == {
        (Urgency.LATE_KICKOFF, Wait.KICKOFF): 1,
        (Urgency.HANDOFF, Wait.ACCEPT): 1,
        (Urgency.TODAY, Wait.PROMISE): 1,
        (Urgency.QUESTION, Wait.QUESTION): 1,
    }
    assert len(found.waiting.page) == 4
    shown = str(check_view(home_view(found)))
    for words in ("No kickoff", "Handoff to accept", "Promised", "Who signs?"):
        assert words in shown


async def test_what_waits_for_a_seller(house: House) -> None:
    deal = await opened(house, 1, milestone(1, TODAY, raci=SELLERS), milestone(2, TODAY - timedelta(days=1)))
    await promise(house, deal, TODAY + timedelta(days=6))
    found = await look(house, "Ada")
    assert found.tabs == (Tab.SELLER,)
    assert waits(found) == {
        (Urgency.HANDOFF, Wait.HANDOFF): 1,
        (Urgency.TODAY, Wait.MILESTONE): 1,
        (Urgency.SOON, Wait.PROMISE): 1,
    }
    assert "Fill in handoff" in str(check_view(home_view(found)))


async def test_the_lead_sees_who_owes_handoffs_and_what_is_at_risk(house: House) -> None:
    await with_lead(house)
    for number, days in ((1, 10), (2, 20), (3, 0)):
        deal = await opened(house, number, milestone(1, TODAY + timedelta(days=9)))
        await set_handoff(house, deal, HandoffState.REQUESTED, requested_at=NOW - timedelta(days=days))
    orphan = await opened(house, 4, ae_id=None)
    await set_handoff(house, orphan, HandoffState.RETURNED, requested_at=NOW, decided_at=NOW - timedelta(days=12))
    found = await look(house, "Eva")
    assert (found.tabs, found.looking.tab, found.looking.show) == ((Tab.LEAD,), Tab.LEAD, Show.RISK)
    assert found.team is not None
    assert [(one.seller, one.count) for one in found.team.owing] == [("U1", 2), ("", 1)]
    assert (found.team.sellers, found.team.handoffs) == (2, 3)
    assert found.team.owing[0].since == TODAY - timedelta(days=20)
    # 10 days late weigh 45, 20 days (35 + 15), given back 12 days ago 42, all beyond what makes a risk
    assert (found.counts.at_risk, found.counts.every) == (3, 4)
    assert "2 late" in str(check_view(home_view(found)))


async def test_somebody_with_several_roles_has_tabs(house: House) -> None:
    await opened(house, 1, milestone(1, TODAY), csm_id=house.people["Ada"])
    found = await look(house, "Ada")
    assert found.tabs == (Tab.CSM, Tab.SELLER)
    assert "Sales" in str(home_view(found)["blocks"][0])
    turned = await look(house, "Ada", Looking(Tab.SELLER))
    assert turned.looking.tab is Tab.SELLER
    assert (await look(house, "Ada")).looking.tab is Tab.SELLER, "where somebody was survives a reload"


async def test_who_has_no_deals_is_told_how_to_begin(house: House) -> None:
    found = await look(house, "Chloé")
    assert found.tabs == ()
    assert "/deal won" in str(check_view(home_view(found)))


async def test_a_guest_has_no_home(house: House) -> None:
    found = await homes.open_home(house.db, house.workspace, house.people["Felix"], MEANS, NOW)
    assert found is None


async def test_customers_are_found_filtered_and_paged(house: House) -> None:
    for number in range(1, 24):
        late = (milestone(1, TODAY - timedelta(days=number)),) if number % 2 else ()
        await opened(house, number, *late, search_name=f"deal {number} customer {'50%_ab' if number == 7 else number}")
    every = await look(house, "Chloé")
    assert (every.customers, len(every.rows)) == (23, CUSTOMERS_SHOWN)
    scores = [one.level for one in every.rows]
    assert scores == sorted(scores, reverse=True), "the worst come first"
    last = await look(house, "Chloé", replace(every.looking, page=99))
    assert (last.looking.page, len(last.rows)) == (2, 3)
    onboarding = await look(house, "Chloé", replace(every.looking, show=Show.ONBOARDING))
    assert onboarding.customers == 12
    odd = await look(house, "Chloé", replace(every.looking, search="50%_A"))
    assert [one.deal for one in odd.rows] == ["Deal 7"]
    none = await look(house, "Chloé", replace(every.looking, search="a%b"))
    assert (none.customers, none.rows) == (0, ())
    assert "Nobody found" in str(check_view(home_view(none)))
    risky = await look(house, "Chloé", replace(every.looking, show=Show.RISK))
    assert {one.level for one in risky.rows} <= {Level.AT_RISK}


async def many(house: House, first: int, count: int) -> list[int]:
    """Deals with a late milestone each."""
    rows = [milestone(1, TODAY - timedelta(days=30)), milestone(2, TODAY + timedelta(days=3))]
    return [await opened(house, number, *rows) for number in range(first, first + count)]


async def test_looking_takes_as_many_statements_for_any_number_of_deals(house: House) -> None:
    await with_lead(house)
    sent: dict[str, list[int]] = {"Chloé": [], "Ada": [], "Eva": []}
    rows = 0
    for first, count in ((1, CUSTOMERS_SHOWN), (100, 25)):
        await many(house, first, count)
        for who, counts in sent.items():
            await look(house, who)
            with counted(house.db) as statements:
                found = await look(house, who)
            counts.append(len(statements))
            rows = len(found.rows)
    assert rows == CUSTOMERS_SHOWN
    for who, (few, more) in sent.items():
        assert few == more, who
        assert more <= 32, (who, more)


async def test_each_deal_is_judged_once_and_again_when_something_was_written(house: House) -> None:
    ids = await many(house, 1, 6)
    with counted(house.db) as first:
        await look(house, "Chloé")
    with counted(house.db) as second:
        found = await look(house, "Chloé")
    assert any("milestone.evidence" in one for one in first)
    assert not any("milestone.evidence" in one for one in second), "nothing changed: nothing is judged"
    assert {one.level for one in found.rows} == {Level.AT_RISK}
    async with house.db.write() as tx:
        await tx.session.execute(update(Milestone).where(Milestone.deal_id == ids[0]).values(state="done"))
        await audit.record(tx.session, house.workspace, Act("U2", "plan_done", "button", deal_id=ids[0]), NOW)
    again = {one.deal_id: one.level for one in (await look(house, "Chloé")).rows}
    assert again[ids[0]] is Level.HEALTHY
    assert again[ids[1]] is Level.AT_RISK


async def test_a_day_later_everything_is_judged_again(house: House) -> None:
    deal = await opened(house, 1, milestone(1, TODAY))
    assert (await look(house, "Chloé")).rows[0].level is Level.HEALTHY
    tomorrow = await homes.open_home(house.db, house.workspace, house.people["Chloé"], MEANS, later(86_400))
    assert tomorrow is not None
    assert [(one.deal_id, one.level) for one in tomorrow.rows] == [(deal, Level.WATCH)]


async def test_what_was_written_while_a_deal_was_judged_is_not_lost(house: House) -> None:
    deal = await opened(house, 1, milestone(1, TODAY - timedelta(days=40)))
    given: dict[str, Any] = {"today": TODAY, "zone": NOW.tzinfo, "days": Calendars().installation}
    async with house.db.read() as session:
        looked = await standings.look(session, [deal], **given)
    async with house.db.write() as tx:
        await standings.touch(tx.session, house.workspace, [deal])
    async with house.db.write() as tx:
        await standings.keep(tx.session, house.workspace, looked, TODAY)
    row = await house.read(lambda session: session.get_one(DealStanding, deal))
    assert row.judged < row.revision, "it is judged again at the next look"


async def test_the_column_agrees_with_the_rule(house: House) -> None:
    draw = random.Random(7)
    for number in range(1, 21):
        made = [
            milestone(
                at,
                TODAY + timedelta(days=draw.randint(-9, 10)),
                state=draw.choice([State.PLANNED, State.PLANNED, State.PLANNED, State.BLOCKED, State.DONE]),
                kind=draw.choice([Kind.OTHER, Kind.OTHER, Kind.OTHER, Kind.KICKOFF, Kind.EARLY_WIN]),
            )
            for at in range(1, draw.randint(2, 5))
        ]
        deal = await opened(house, number, *made, closed=TODAY - timedelta(days=draw.randint(0, 40)))
        state = draw.choice([*HandoffState, HandoffState.ACCEPTED, HandoffState.ACCEPTED])
        await set_handoff(house, deal, state, requested_at=NOW - timedelta(days=draw.randint(0, 20)))
    shown: list[tuple[int, Level, Sequence[object]]] = []
    for page in range(2):
        found = await look(house, "Chloé", Looking(Tab.CSM, Show.ALL, page=page))
        shown += [(one.deal_id, one.level, one.reasons) for one in found.rows]
    days = Calendars().days("UTC")
    async with house.db.read() as session:
        every = [one async for some in portfolios.standings(session, house.workspace, TODAY) for one in some]
    zone = NOW.tzinfo
    assert zone is not None
    told = {one.deal_id: judged(one, today=TODAY, zone=zone, days=days) for one in every}
    assert sorted(shown) == sorted((deal, how.level, how.reasons) for deal, how in told.items())
    assert {level for _, level, _ in shown} == {Level.HEALTHY, Level.WATCH, Level.AT_RISK}


async def errands(house: House) -> list[Notice]:
    async with house.db.read() as session:
        return list((await session.scalars(select(Notice).where(Notice.kind == home_changes.KIND))).all())


async def change(house: House, *deals: int, at: datetime = NOW, people: Sequence[int] = ()) -> None:
    """A transaction that writes about these."""
    async with house.db.write() as tx:
        for deal in deals:
            home_changes.deal_changed(tx.session, house.workspace, deal, at)
        if people:
            home_changes.changed_for(tx.session, house.workspace, people, at)


async def test_a_burst_is_one_errand_and_only_for_homes_that_are_open(house: House) -> None:
    deal, other = await opened(house, 1, milestone(1, TODAY)), await opened(house, 2)
    await change(house, deal)
    assert await errands(house) == []
    await look(house, "Chloé")
    for _ in range(5):
        await change(house, deal, other, deal)
    found = await errands(house)
    assert [(one.key, one.facts) for one in found] == [
        (f"home:{house.people['Chloé']}:{TODAY.isoformat()}", {"person": house.people["Chloé"]})
    ]
    assert found[0].not_before == NOW + home_changes.SETTLES
    async with house.db.write() as tx:
        await tx.session.execute(update(Notice).values(state=SENT, sent_revision=Notice.revision))
    await change(house, deal, at=later(60))
    assert [(one.state, one.not_before) for one in await errands(house)] == [("pending", later(61))]
    async with house.db.write() as tx:
        await tx.session.execute(update(Notice).values(state=SENT, sent_revision=Notice.revision))
    await change(house, deal, at=NOW + home_changes.OPEN_FOR + timedelta(minutes=1))
    assert [one.state for one in await errands(house)] == [SENT]


async def test_what_was_rolled_back_shows_nothing_anew(house: House) -> None:
    deal = await opened(house, 1, milestone(1, TODAY))
    await look(house, "Chloé")

    async def fails() -> None:
        async with house.db.write() as tx:
            home_changes.deal_changed(tx.session, house.workspace, deal, NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await errands(house) == []


async def test_owners_and_the_lead_follow_too(house: House) -> None:
    await with_lead(house)
    deal = await opened(house, 1, milestone(1, TODAY), csm_id=None)
    async with house.db.write() as tx:
        await tx.session.execute(update(Milestone).values(owner_id=house.people["Chloé"]))
    for who in ("Ada", "Chloé", "Eva"):
        await look(house, who)
    await change(house, deal, people=[house.people["Ada"]])
    assert {one.facts["person"] for one in await errands(house)} == {
        house.people[who] for who in ("Ada", "Chloé", "Eva")
    }


async def test_changes_of_the_same_homes_in_any_order_wait_for_nobody(house: House) -> None:
    await with_lead(house)
    deals = [await opened(house, number, milestone(1, TODAY)) for number in range(1, 7)]
    await look(house, "Chloé")
    await look(house, "Eva")
    draw = random.Random(3)

    async def some() -> None:
        await change(house, *draw.sample(deals, 4), people=[house.people["Chloé"]])
        await look(house, "Chloé")

    await at_once(*(some() for _ in range(12)))
    assert len(await errands(house)) == 2


async def test_a_home_that_was_left_is_not_shown_anew(house: House) -> None:
    await opened(house, 1, milestone(1, TODAY))
    me = house.people["Chloé"]
    assert await homes.as_it_is(house.db, house.workspace, me, MEANS, NOW) is None
    await look(house, "Chloé", Looking(Tab.CSM, Show.RISK, search="cust"))
    found = await homes.as_it_is(house.db, house.workspace, me, MEANS, NOW)
    assert found is not None
    assert found.looking == Looking(Tab.CSM, Show.RISK, search="cust")
    assert await homes.as_it_is(house.db, house.workspace, me, MEANS, NOW + timedelta(hours=3)) is None


async def test_a_home_is_kept_only_when_it_changed(house: House) -> None:
    await opened(house, 1)
    for at in (NOW, later(60)):
        await homes.open_home(house.db, house.workspace, house.people["Chloé"], MEANS, at)
    row = await house.read(lambda session: session.get_one(Home, house.people["Chloé"]))
    assert row.seen_at == NOW
    async with house.db.read() as session:
        assert (await session.scalar(select(func.count()).select_from(Home))) == 1


@pytest.mark.parametrize("page", [0, 1, 9])
async def test_what_waits_has_pages(house: House, page: int) -> None:
    await opened(house, 1, *(milestone(at, TODAY - timedelta(days=at)) for at in range(1, WAITING_SHOWN + 4)))
    found = await look(house, "Chloé", Looking(Tab.CSM, waiting=page))
    assert found.waiting.total == WAITING_SHOWN + 3
    assert len(found.waiting.page) == (WAITING_SHOWN if page == 0 else 3)
    assert found.looking.waiting == min(page, 1)


async def test_people_of_another_workspace_see_nothing_of_it(house: House) -> None:
    await opened(house, 1, milestone(1, TODAY - timedelta(days=9)))
    async with house.db.write() as tx:
        other = await people.ensure_workspace(tx.session, "T2", "Elsewhere", "UBOT2", NOW)
        await people.upsert(tx.session, other, [people.PersonFacts("U9", "Eva", LEAD)], NOW)
        stranger = (await tx.session.scalars(select(Person.id).where(Person.workspace_id == other))).one()
    found = await homes.open_home(house.db, other, stranger, MEANS, NOW)
    assert found is not None
    assert (found.tabs, found.customers, found.waiting.total) == ((Tab.LEAD,), 0, 0)
    assert found.team is not None
    assert found.team.handoffs == 0


async def test_more_deals_than_are_judged_at_once_are_judged_by_and_by(house: House) -> None:
    await many(house, 1, 5)
    me, means = house.people["Chloé"], replace(MEANS, at_once=2)
    first = await homes.open_home(house.db, house.workspace, me, means, NOW)
    assert first is not None
    assert first.counts.at_risk == 2
    assert len(await errands(house)) == 1
    seen = [await homes.as_it_is(house.db, house.workspace, me, means, NOW) for _ in range(2)]
    assert [one.counts.at_risk for one in seen if one is not None] == [4, 5]
