"""Figures and what people tell, on both databases: counted in the database as by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from domain.metrics.figures import Figures
from domain.usage_rules import Told
from storage import figures, interactions
from storage.audit import Act, record
from storage.interaction_models import Interaction, Win
from storage.interactions import NewTold
from storage.models import Deal, Handoff, Notice
from storage.plan_models import Milestone, Plan
from tests.storage.house import NOW, House

TODAY = date(2026, 11, 25)
CLOSED = date(2026, 9, 1)


def at(on: date, hour: int = 9) -> datetime:
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


async def finished(house: House, number: int, took: int, kickoff: int, *, csm: str = "Chloé") -> int:
    """A deal that finished its plan ``took`` days after it was closed, with the kickoff after ``kickoff`` days."""
    deal = await house.deal(number)
    done: dict[str, Any] = {"deal_id": deal, "state": "done", "responsible": "csm", "accountable": "csm"}

    async def write(session: Any) -> None:  # noqa: ANN401
        own = {"ae_id": house.people["Ada"], "csm_id": house.people[csm]}
        await session.execute(update(Deal).where(Deal.id == deal).values(own))
        plan = {"playbook": "p", "playbook_title": "P", "closed_on": CLOSED, "made_at": at(CLOSED)}
        end = at(CLOSED + timedelta(days=took), 23)
        await session.execute(
            insert(Plan), {"deal_id": deal, "workspace_id": house.workspace, "finished_at": end, **plan}
        )
        for place, (step, kind, days) in enumerate((("kickoff", "kickoff", kickoff), ("live", "go_live", took)), 1):
            settled = at(CLOSED + timedelta(days=days), 0)
            row = {"number": place, "step": step, "kind": kind, "title": step.title(), "settled_at": settled}
            await session.execute(insert(Milestone), {**done, **row, "changed_at": settled})
        accepted = {"state": "accepted", "score": 60 + number, "requested_at": at(CLOSED)}
        decided = at(CLOSED + timedelta(days=number))
        await session.execute(update(Handoff).where(Handoff.deal_id == deal).values(**accepted, decided_at=decided))

    await house.write(write)
    return deal


async def told(house: House, deal: int, origin: str, on: datetime, kind: str = "call") -> int | None:
    async def write(session: Any) -> int | None:  # noqa: ANN401
        account = (await session.scalars(select(Deal.account_id).where(Deal.id == deal))).one()
        new = NewTold(account, deal, house.people["Chloé"], "Agreed on the date", origin, kind)
        return await interactions.keep(session, house.workspace, new, on)

    return await house.write(write)


async def load(house: House, csm: str = "") -> Figures:
    one = {"csm": house.people[csm], "csm_slack_id": "U2"} if csm else {}
    return await house.read(lambda session: figures.load(session, house.workspace, TODAY, **one))


async def test_what_is_told_is_kept_once_and_counts_until_it_is_taken_back(house: House) -> None:
    deal = await house.deal(1)
    first = await told(house, deal, "t1", NOW)
    assert first is not None
    assert await told(house, deal, "t1", NOW) is None
    second = await told(house, deal, "t2", NOW + timedelta(days=3), "email")
    won = await told(house, deal, "t1", NOW, "")
    assert None not in (second, won)
    last = await house.read(lambda session: interactions.last_of_deals(session, [deal, 999]))
    assert last == {deal: NOW + timedelta(days=3)}
    assert await house.write(lambda session: interactions.take_back(session, Interaction, second or 0, NOW))
    assert not await house.write(lambda session: interactions.take_back(session, Interaction, second or 0, NOW))
    assert await house.read(lambda session: interactions.last_of_deals(session, [deal])) == {deal: NOW}
    kept = await house.read(lambda session: interactions.get(session, house.workspace, Interaction, second or 0))
    assert kept is not None
    assert kept.note == ""
    assert await house.read(lambda session: interactions.get(session, house.workspace + 1, Win, won or 0)) is None
    since = NOW - timedelta(days=7)
    assert await house.read(lambda session: interactions.counts_of_deals(session, [deal, 999], since)) == {deal: 1}
    assert await house.read(lambda session: interactions.counts_of_deals(session, [deal], NOW + timedelta(1))) == {}
    account = await house.read(lambda session: session.scalars(select(Deal.account_id).where(Deal.id == deal)))
    number = account.one()
    assert await house.read(lambda session: interactions.count_since(session, number, NOW)) == 1


async def test_medians_are_those_of_the_deals(house: House) -> None:
    deals = [await finished(house, number, 20 + 10 * number, number) for number in (1, 2, 3)]
    await house.deal(4)
    for place in range(4):
        await told(house, deals[0], f"t{place}", at(CLOSED + timedelta(days=place)))
    await told(house, deals[0], "after", at(CLOSED + timedelta(days=200)))
    gone = await told(house, deals[1], "gone", at(CLOSED + timedelta(days=2)))
    await house.write(lambda session: interactions.take_back(session, Interaction, gone or 0, NOW))
    found = await load(house)
    assert (found.onboarding.median, found.onboarding.deals) == (40, 3)
    by_month = {f"{point.month:%Y-%m}": (point.median, point.deals) for point in found.onboarding.points if point.deals}
    assert by_month == {"2026-10": (40, 3)}
    assert (found.kickoff.median, found.kickoff.deals) == (2, 3)
    assert [(one.title, one.kind, one.series.median, one.series.deals) for one in found.steps] == [
        ("Kickoff", "kickoff", 2, 3),
        ("Live", "go_live", 40, 3),
    ]
    assert (found.interactions.median, found.interactions.deals) == (0, 3)
    assert (found.score.median, found.accepting.median) == (62, 2)
    (seller,) = found.sellers
    assert (seller.slack_id, seller.deals, seller.score, seller.days) == ("U1", 3, 62, 2)
    assert found.alerts == Told()
    assert found.whole


async def test_a_csm_sees_their_own_deals_alone(house: House) -> None:
    await finished(house, 1, 30, 2)
    await finished(house, 2, 50, 4, csm="Ada")
    mine = await load(house, "Chloé")
    assert (mine.onboarding.median, mine.onboarding.deals) == (30, 1)
    assert (mine.kickoff.median, mine.score.deals, mine.interactions.deals) == (2, 1, 1)
    assert mine.sellers == ()
    assert mine.alerts is None
    assert not mine.whole


async def test_a_morning_counts_when_something_was_done_within_a_day(house: House) -> None:
    deal = await house.deal(1)
    sent = datetime(2026, 11, 2, 8, 30, 0, 250_000, UTC)

    async def write(session: Any) -> None:  # noqa: ANN401
        for place, person in ((0, "U1"), (1, "U2"), (2, "U3")):
            row = {"workspace_id": house.workspace, "key": f"m{place}", "lane": f"m{place}", "not_before": sent}
            row |= {"kind": "milestone_overdue" if place else "milestone_reminder", "audience": f"person:{person}"}
            await session.execute(insert(Notice), {**row, "state": "sent", "created_at": sent, "sent_at": sent})
        for person, when in (
            ("U1", sent + timedelta(hours=23, minutes=59)),
            ("U2", sent + timedelta(hours=24)),
            ("U3", sent - timedelta(microseconds=1)),
        ):
            await record(session, house.workspace, Act(person, "plan_done", "button", deal), when)
        await record(session, house.workspace, Act("U2", "settings_changed", "view"), sent)

    await house.write(write)
    (found,) = (await load(house)).reminders
    assert (found.month, found.told, found.acted) == (date(2026, 11, 1), 3, 1)
    (mine,) = (await load(house, "Chloé")).reminders
    assert (mine.told, mine.acted) == (1, 0)


async def test_days_are_counted_between_days_not_hours(house: House) -> None:
    """Settled a minute after midnight, and long before the close: whole days, the same on both databases."""
    deal = await finished(house, 1, 30, 2)
    early = datetime(2026, 8, 30, 23, 59, tzinfo=UTC)
    await house.write(
        lambda session: session.execute(
            update(Milestone).where(Milestone.deal_id == deal, Milestone.step == "kickoff").values(settled_at=early)
        )
    )
    assert (await load(house)).kickoff.median == -2
