from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import event, update

from domain.deals import DealState
from domain.handoff import HandoffState
from domain.plan_picture import Milestone, State
from domain.playbook import Kind
from domain.portfolio import Standing
from domain.settings import PersonSettings
from storage import deal_clocks, plans, portfolios, questions, summaries
from storage.database import Database
from storage.models import Commitment, Deal, Handoff, Question
from storage.plan_models import PersonSetting, Plan
from tests.domain.weeks import CLOSED, MONDAY, at, done, kickoff, milestone, plan
from tests.storage.house import NOW, House

DAY = timedelta(days=1)


@contextmanager
def counted(db: Database) -> Generator[list[str]]:
    """Every statement sent meanwhile."""
    sent: list[str] = []

    def on_execute(*given: Any) -> None:  # noqa: ANN401
        sent.append(str(given[2]))

    engine = db._reader.sync_engine
    event.listen(engine, "before_cursor_execute", on_execute)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", on_execute)


async def opened(house: House, number: int, *milestones: Milestone, csm: str | None = "Chloé", **more: Any) -> int:  # noqa: ANN401
    """An open deal of Ada and this CSM with a plan, an open and an answered question, an open and a kept promise."""
    deal = await house.deal(number)
    made = plan(*milestones, deal_id=deal, **more)
    async with house.db.write() as tx:
        values = {
            "state": DealState.OPEN.value,
            "ae_id": house.people["Ada"],
            "csm_id": house.people[csm] if csm else None,
            "channel_id": f"C{number:08d}",
        }
        await tx.session.execute(update(Deal).where(Deal.id == deal).values(values))
        assert await plans.insert_if_new(tx.session, house.workspace, made, NOW)
        for text in ("Who signs?", "Which region?"):
            asked = {"text": text, "asker_id": house.people["Ada"], "owner_id": house.people["Chloé"], "now": NOW}
            await questions.add(tx.session, deal, **asked)
        await tx.session.execute(
            update(Question).where(Question.deal_id == deal, Question.number == 2).values(state="answered")
        )
        for position, state in enumerate(("open", "done")):
            promise = {"item_id": state, "text": f"{state} promise", "owner": "Ada", "due": MONDAY, "state": state}
            tx.session.add(Commitment(deal_id=deal, position=position, **promise))
    return deal


async def test_reads_what_a_summary_shows(house: House) -> None:
    chloe = house.people["Chloé"]
    deal = await opened(house, 1, done(1, MONDAY - DAY), milestone(2, MONDAY), early_win="A report")
    found = (await house.read(lambda session: summaries.load_many(session, [deal, 999])))[deal]
    assert found.csm is not None
    assert (found.csm.id, found.channel.id, found.state) == (chloe, "C00000001", DealState.OPEN)
    assert found.facts.account.name == "Customer 1"
    assert found.plan is not None
    assert [(one.number, one.state, one.due) for one in found.plan.milestones] == [
        (1, State.DONE, MONDAY - DAY),
        (2, State.PLANNED, MONDAY),
    ]
    assert found.plan.early_win == "A report"
    assert [one.text for one in found.open_questions] == ["Who signs?"]
    assert [(one.text, one.due) for one in found.commitments] == [("open promise", MONDAY)]
    assert found.handoff is not None
    assert found.handoff.state is HandoffState.REQUESTED


async def test_any_number_of_deals_costs_the_same_queries(house: House) -> None:
    ids = [await opened(house, number, milestone(1, MONDAY, owner=None)) for number in range(1, 13)]
    async with house.db.read() as session:
        with counted(house.db) as one:
            assert len(await summaries.load_many(session, ids[:1])) == 1
        with counted(house.db) as many:
            assert len(await summaries.load_many(session, ids)) == 12
    statements = [text for text in one if text.startswith("SELECT")]
    assert len(statements) == len([text for text in many if text.startswith("SELECT")])
    assert len(statements) <= 6


async def test_nothing_asked_for_is_nothing_read(house: House) -> None:
    assert await house.read(lambda session: summaries.load_many(session, [])) == {}
    assert await house.read(lambda session: deal_clocks.load_many(session, [], plans=True)) == {}
    assert await house.read(lambda session: deal_clocks.people(session, [])) == {}


async def test_a_deal_without_plan_csm_or_handoff_is_read_too(house: House) -> None:
    deal = await house.deal(5)
    await house.write(lambda session: session.execute(Handoff.__table__.delete()))
    found = (await house.read(lambda session: summaries.load_many(session, [deal])))[deal]
    assert (found.plan, found.csm, found.handoff, found.questions) == (None, None, None, ())


async def test_finished_deals_say_how_long_they_took(house: House) -> None:
    ended = datetime.combine(CLOSED + 40 * DAY, at(MONDAY).timetz())
    await opened(house, 1, done(1, MONDAY), finished_at=ended)
    await opened(house, 2, milestone(1, MONDAY))
    assert await house.read(lambda session: summaries.days_taken(session, house.workspace)) == [40]
    assert await house.read(lambda session: summaries.days_taken(session, house.workspace + 1)) == []


async def every(
    house: House, csms: list[int] | None, horizon: date = MONDAY, most: int = portfolios.AT_ONCE
) -> dict[int, Standing]:
    async with house.db.read() as session:
        return {
            one.deal_id: one
            async for some in portfolios.standings(session, house.workspace, horizon, csms, most)
            for one in some
        }


async def test_standings_hold_only_what_may_be_a_risk(house: House) -> None:
    deal = await opened(
        house,
        1,
        milestone(1, MONDAY - DAY, title="Late"),
        milestone(2, MONDAY, title="Due"),
        done(4, MONDAY - 9 * DAY),
        milestone(5, MONDAY + 9 * DAY, state=State.BLOCKED, unblocker="Jonas"),
        kickoff(booked_for=at(MONDAY + DAY)),
        milestone(6, MONDAY + 2 * DAY, kind=Kind.EARLY_WIN),
        early_win="A report",
    )
    found = (await every(house, None))[deal]
    assert found.plan is not None
    assert [one.number for one in found.plan.milestones] == [1, 3, 5, 6]
    assert (found.plan.closed_on, found.plan.early_win) == (CLOSED, "A report")
    booked = found.plan.by_number(3)
    assert booked is not None
    assert booked.booked_for == at(MONDAY + DAY)
    assert (found.name, found.channel_id, found.csm_id) == ("Customer 1", "C00000001", house.people["Chloé"])
    assert (found.handoff, found.handoff_since) == (HandoffState.REQUESTED, NOW)
    assert (found.questions, found.oldest_question) == (1, NOW)
    assert (found.promises, found.oldest_promise) == (0, None)
    later = (await every(house, None, MONDAY + DAY))[deal]
    assert (later.promises, later.oldest_promise) == (1, MONDAY)


async def test_a_handoff_given_back_counts_from_then(house: House) -> None:
    deal = await opened(house, 1)
    back = NOW + DAY
    values = {"state": HandoffState.RETURNED.value, "decided_at": back}
    await house.write(lambda s: s.execute(update(Handoff).where(Handoff.deal_id == deal).values(values)))
    assert (await every(house, None))[deal].handoff_since == back


async def test_standings_are_of_those_asked_for_and_of_open_deals(house: House) -> None:
    mine = await opened(house, 1)
    others = await opened(house, 2, csm="Ada")
    nobodys = await opened(house, 3, csm=None)
    closed = await opened(house, 4)
    state = {"state": DealState.CLOSED.value}
    await house.write(lambda session: session.execute(update(Deal).where(Deal.id == closed).values(state)))
    assert set(await every(house, None)) == {mine, others, nobodys}
    assert set(await every(house, [house.people["Chloé"]])) == {mine}
    assert await every(house, []) == {}


async def test_a_portfolio_is_read_a_part_at_a_time(house: House) -> None:
    ids = [await opened(house, number) for number in range(1, 6)]
    for most in (1, 2, 5, 6):
        assert sorted(await every(house, None, most=most)) == ids


async def test_clocks_know_the_csm_their_settings_and_the_marked_milestones(house: House) -> None:
    deal = await opened(house, 1, milestone(1, MONDAY), kickoff(), done(9, MONDAY, kind=Kind.CHECK_30))
    chloe = house.people["Chloé"]
    values = {"country": "SE", "digest_day": 2}
    async with house.db.write() as tx:
        tx.session.add(PersonSetting(person_id=chloe, values=values, updated_at=NOW))
    found = (await house.read(lambda session: deal_clocks.load_many(session, [deal], plans=True)))[deal]
    assert found.csm is not None
    assert (found.csm.id, found.settings) == (chloe, PersonSettings(country="SE", digest_day=2))
    assert found.plan is not None
    assert [(one.number, one.kind) for one in found.plan.milestones] == [(3, Kind.KICKOFF), (9, Kind.CHECK_30)]
    thin = (await house.read(lambda session: deal_clocks.load_many(session, [deal], plans=False)))[deal]
    assert thin.plan is None
    people = await house.read(lambda session: deal_clocks.people(session, [chloe, 999]))
    assert [(card.name, settings.country) for card, settings in people.values()] == [("Chloé", "SE")]
    assert await house.read(lambda session: deal_clocks.team_id(session, house.workspace)) == "T1"


async def test_a_plan_that_is_gone_is_no_plan(house: House) -> None:
    deal = await opened(house, 1, kickoff())
    await house.write(lambda session: session.execute(Plan.__table__.delete()))
    assert (await every(house, None))[deal].plan is None
    found = await house.read(lambda session: deal_clocks.load_many(session, [deal], plans=True))
    assert found[deal].plan is None
