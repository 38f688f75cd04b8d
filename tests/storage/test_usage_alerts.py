"""Usage alerts as they are kept, on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from domain.outcome import Refused
from domain.reminders import Open, Subject
from domain.usage.alerts import Severity
from domain.usage_alert import (
    DROP,
    FEED_BROKEN,
    Ended,
    Move,
    State,
    UsageAlertCard,
    Worth,
    close,
    done,
    not_useful,
    snooze,
    take,
    worsen,
)
from domain.usage_rules import Known, Route, Told
from storage import due, mornings, subscriptions, usage_alerts, usage_cards
from storage.models import Account, Deal
from storage.mornings import Ask
from storage.notices import NewNotice
from storage.plan_models import Due
from storage.usage_alert_models import UsageAlert
from storage.usage_cards import Kept
from tests.domain import test_usage_rules as sample
from tests.storage.house import NOW, House, notice
from tests.storage.test_summaries import counted, opened

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def queries(sent: list[str]) -> int:
    return sum(one.startswith("SELECT") for one in sent)


async def account(house: House, number: int = 1, **deal: Any) -> int:  # noqa: ANN401
    """A customer with an open deal of Chloé's; our id of the account."""
    made = await opened(house, number)
    async with house.db.write() as tx:
        if deal:
            await tx.session.execute(update(Deal).where(Deal.id == made).values(**deal))
        return (await tx.session.get_one(Deal, made)).account_id


async def told(house: House, account_id: int, route: Route = Route.NOW, **changes: Any) -> UsageAlertCard:  # noqa: ANN401
    card = sample.card(id=0, account=account_id, csm="U2", **changes)
    async with house.db.write() as tx:
        kept = await usage_alerts.add(
            tx.session, house.workspace, card, reader=house.people["Chloé"], route=route, on=MONDAY, now=NOW
        )
    assert kept is not None
    return kept


async def kept(house: House, alert_id: int) -> Kept:
    found = await house.read(lambda session: usage_cards.load(session, alert_id))
    assert found is not None
    return found


def ok(result: UsageAlertCard | Refused) -> UsageAlertCard:
    assert isinstance(result, UsageAlertCard), result
    return result


async def act(house: House, changed: UsageAlertCard, by: str | None = "Chloé", now: datetime = NOW) -> list[int] | None:
    before = await kept(house, changed.id)
    by_id = house.people[by] if by else None
    return await house.write(lambda session: usage_alerts.change(session, before, changed, by_id, now))


async def test_an_account_has_one_alert_that_goes_on(house: House) -> None:
    customer = await account(house)
    first = await told(house, customer)
    again = replace(first, id=0, metric="sticky_events")
    async with house.db.write() as tx:
        assert await usage_alerts.add(
            tx.session, house.workspace, again, reader=None, route=Route.NOW, on=MONDAY, now=NOW
        ) is None  # fmt: skip
    await act(house, close(first, Ended.RECOVERED, MONDAY, 60.0))
    async with house.db.write() as tx:
        assert (
            await usage_alerts.add(
                tx.session, house.workspace, replace(first, id=0), reader=None, route=Route.NOW, on=MONDAY, now=NOW
            )
            is None
        )  # fmt: skip - the same occurrence
        later = replace(again, since=first.since + 70 * DAY)
        second = await usage_alerts.add(
            tx.session, house.workspace, later, reader=None, route=Route.NOW, on=MONDAY, now=NOW
        )
    assert second is not None
    known = await house.read(lambda session: usage_alerts.known(session, house.workspace))
    assert known == {customer: Known(later.week, later.severity)}
    with pytest.raises(IntegrityError):
        async with house.db.write() as tx:
            await tx.session.execute(update(UsageAlert).values(ended=""))


async def test_a_card_is_kept_whole_with_its_customer_s_name_as_it_is_now(house: House) -> None:
    customer = await account(house)
    card = await told(house, customer, moves=(Move("users", 10.0, 4.0),), next_steps=("Call them.",))
    async with house.db.write() as tx:
        await tx.session.execute(update(Account).where(Account.id == customer).values(name="Fjordbank ASA"))
    found = await kept(house, card.id)
    assert found.card == replace(card, account_name="Fjordbank ASA")
    assert (found.reader, found.route, found.routed_on, found.told_on) == (
        house.people["Chloé"], Route.NOW, MONDAY, MONDAY,
    )  # fmt: skip
    assert await house.read(lambda session: usage_cards.load(session, 9_999)) is None


async def test_whoever_is_second_is_asked_again(house: House) -> None:
    card = await told(house, await account(house))
    assert await act(house, ok(take(card, "U2", "Chloé", MONDAY, MONDAY))) == []
    assert await act(house, ok(snooze(card, "U2", "Chloé", MONDAY + DAY, MONDAY))) is None
    assert (await kept(house, card.id)).card.state is State.TAKEN


async def test_what_was_said_is_edited(house: House) -> None:
    card = await told(house, await account(house))
    await house.add(notice(card.key, kind=DROP), notice(usage_alerts.channel_key(card), kind=DROP))
    for claimed in await house.claim():
        await house.sent(claimed)
    ids = await act(house, ok(take(card, "U2", "Chloé", MONDAY, MONDAY)))
    assert len(ids or []) == 2
    assert [(await house.row(key)).revision for key in (card.key, usage_alerts.channel_key(card))] == [2, 2]


async def test_a_picture_keeps_what_people_did(house: House) -> None:
    card = await told(house, await account(house))
    await act(house, ok(take(card, "U2", "Chloé", MONDAY, MONDAY)))
    await house.write(lambda session: usage_alerts.set_chart(session, card.id, "F1", NOW))
    found = await kept(house, card.id)
    assert (found.card.chart, found.card.state, found.by) == ("F1", State.TAKEN, house.people["Chloé"])
    assert await house.write(lambda session: usage_alerts.set_chart(session, 9_999, "F1", NOW)) == []


async def test_who_a_customer_belongs_to(house: House) -> None:
    ada, chloe = house.people["Ada"], house.people["Chloé"]
    first = await account(house, 1, amount=1000, currency="EUR")
    async with house.db.write() as tx:
        deal = (await tx.session.scalars(select(Deal))).one()
        for number, values in enumerate(
            (
                {"state": "closed", "csm_id": ada, "amount": 500, "currency": "EUR", "channel_id": "C9"},
                {"state": "open", "csm_id": None, "amount": 70, "currency": "SEK", "channel_outsiders": True},
                {"state": "prospect", "csm_id": ada, "amount": 9_999, "currency": "EUR"},
                {"state": "opening", "csm_id": None},
            )
        ):
            tx.session.add(
                Deal(
                    workspace_id=house.workspace, account_id=first, external_id=f"X{number}", name="x", search_name="x",
                    created_at=NOW, updated_at=NOW, **{"channel_id": f"CX{number}", **values},
                )
            )  # fmt: skip
        external = (await tx.session.get_one(Account, first)).external_id
        await subscriptions.note_renewal(tx.session, house.workspace, external, MONDAY + DAY, NOW, NOW)
    found = await house.read(lambda session: usage_alerts.customers(session, [first, 9_999]))
    assert list(found) == [first]
    one = found[first]
    assert (one.csm, one.deal, one.channel) == (chloe, deal.id, "C00000001")
    assert one.renewal == MONDAY + DAY
    assert one.worth == (Worth("EUR", Decimal(1500)), Worth("SEK", Decimal(70)))
    async with house.db.write() as tx:
        await tx.session.execute(update(Deal).where(Deal.id == deal.id).values(state="closed", csm_id=None))
    one = (await house.read(lambda session: usage_alerts.customers(session, [first])))[first]
    assert (one.csm, one.deal) == (ada, None)


async def test_thousands_of_customers_take_few_queries(house: House) -> None:
    async with house.db.write() as tx:
        accounts = [
            Account(workspace_id=house.workspace, external_id=f"m{n}", name=f"m{n}", updated_at=NOW)
            for n in range(1200)
        ]
        tx.session.add_all(accounts)
        await tx.session.flush()
        ids = [one.id for one in accounts]
    with counted(house.db) as sent:
        found = await house.read(lambda session: usage_alerts.customers(session, ids))
    assert (len(found), queries(sent)) == (1200, 9)


async def test_not_useful_makes_patient_and_is_counted(house: House) -> None:
    for number in (1, 2, 3):
        card = await told(house, await account(house, number))
        if number == 1:
            await act(house, ok(not_useful(card, "U2", "Chloé", "Summer holidays")))
        if number == 2:
            await act(house, ok(take(card, "U2", "Chloé", MONDAY, MONDAY)))
            await act(house, close((await kept(house, card.id)).card, Ended.RECOVERED, MONDAY))
    first = (await house.read(lambda session: usage_alerts.known(session, house.workspace))).keys()
    factor = await house.read(lambda session: usage_alerts.patience_of(session, house.workspace, MONDAY))
    assert factor == {min(first): pytest.approx(1.3)}
    old = await house.read(lambda s: usage_alerts.patience_of(s, house.workspace, MONDAY + timedelta(weeks=61)))
    assert old == {}
    found = await house.read(lambda session: usage_alerts.counts(session, house.workspace, MONDAY))
    assert found == Told(3, 1, 0, 1, 1, ("Summer holidays",))
    later = await house.read(lambda session: usage_alerts.counts(session, house.workspace, MONDAY + DAY))
    assert later == Told()


async def test_how_many_somebody_was_told_at_once(house: House) -> None:
    for number, route in enumerate((Route.NOW, Route.NOW, Route.MORNING, Route.WEEKLY)):
        await told(house, await account(house, number), route)
    found = await house.read(lambda session: usage_alerts.told_at_once(session, house.workspace, MONDAY))
    assert found == {(house.people["Chloé"], MONDAY): 2}
    assert await house.read(lambda s: usage_alerts.told_at_once(s, house.workspace, MONDAY + DAY)) == {}


async def test_the_week_s_digest_tells_what_nothing_else_told_once(house: House) -> None:
    chloe = house.people["Chloé"]
    weekly = await told(house, await account(house, 1), Route.WEEKLY)
    await told(house, await account(house, 2), Route.NOW)
    morning = await told(house, await account(house, 3), Route.MORNING)
    useless = await told(house, await account(house, 4), Route.WEEKLY)
    await act(house, ok(not_useful(useless, "U2", "Chloé", "no")))

    async def untold(today: date) -> list[int]:
        found = await house.read(lambda session: usage_alerts.untold(session, [chloe], today))
        return [one.card.id for one in found.get(chloe, [])]

    assert await untold(MONDAY) == [weekly.id]
    assert await untold(MONDAY + DAY) == [weekly.id, morning.id]
    await house.write(lambda session: usage_alerts.told_in_digest(session, [weekly.id, morning.id], MONDAY + DAY))
    assert await untold(MONDAY + DAY) == []
    assert (await kept(house, morning.id)).told_on == MONDAY + DAY
    await house.write(lambda session: usage_alerts.reroute(session, weekly.id, Route.MORNING, MONDAY + 7 * DAY))
    assert await untold(MONDAY + 7 * DAY) == []
    assert await untold(MONDAY + 8 * DAY) == [weekly.id]


async def test_what_a_morning_may_remind_of(house: House) -> None:
    chloe, ada = house.people["Chloé"], house.people["Ada"]
    late = await told(house, await account(house, 1), Route.MORNING)
    await told(house, await account(house, 2), Route.NOW)
    snoozed = await told(house, await account(house, 3), Route.NOW)
    await act(house, ok(snooze(snoozed, "U2", "Chloé", MONDAY + 9 * DAY, MONDAY)))
    taken = await told(house, await account(house, 4), Route.NOW)
    await act(house, ok(take(taken, "U1", "Ada", MONDAY + 2 * DAY, MONDAY)), "Ada")

    async def things() -> tuple[list[Open], list[Open]]:
        ask = Ask(house.workspace, [ada, chloe], MONDAY, MONDAY)
        found = await house.read(lambda session: mornings.open_things(session, ask))
        wanted = (Subject.USAGE, Subject.USAGE_TASK)
        mine, hers = (
            sorted((one for one in found.get(who, []) if one.subject in wanted), key=lambda one: one.id)
            for who in (chloe, ada)
        )
        return mine, hers

    back = Open(Subject.USAGE, snoozed.id, MONDAY + 9 * DAY, snoozed_until=MONDAY + 9 * DAY)
    task = Open(Subject.USAGE_TASK, taken.id, MONDAY + 2 * DAY)
    assert await things() == ([Open(Subject.USAGE, late.id, MONDAY, new_at=NOW), back], [task])
    await house.write(lambda session: usage_alerts.told_in_digest(session, [late.id], MONDAY + DAY))
    await act(house, ok(done((await kept(house, taken.id)).card, "U1", "Ada", MONDAY)), "Ada")
    assert await things() == ([Open(Subject.USAGE, late.id, MONDAY + DAY), back], [])
    for card in (late, snoozed):
        await act(house, close((await kept(house, card.id)).card, Ended.RECOVERED, MONDAY))
    assert await things() == ([], [])


async def test_what_goes_on_with_the_customers_of_deals(house: House) -> None:
    card = await told(house, await account(house, 1))
    await account(house, 2)
    deals = await house.read(lambda session: session.scalars(select(Deal.id).order_by(Deal.id)))
    first, second = deals.all()
    with counted(house.db) as sent:
        found = await house.read(lambda session: usage_cards.of_deals(session, [first, second]))
    assert (list(found), found[first].id, queries(sent)) == ([first], card.id, 1)
    await act(house, close(card, Ended.NEW_NORMAL, MONDAY))
    assert await house.read(lambda session: usage_cards.of_deals(session, [first, second])) == {}
    assert await house.read(lambda session: usage_cards.of_deals(session, [])) == {}


async def test_a_step_worse_shows_in_what_is_asked_for(house: House) -> None:
    customer = await account(house)
    card = await told(house, customer, severity=Severity.MEDIUM)
    await act(house, worsen(card, Severity.SEVERE, 1.0, 0.98, MONDAY), None)
    known = await house.read(lambda session: usage_alerts.known(session, house.workspace))
    assert known[customer].severity is Severity.SEVERE
    found = await house.read(lambda session: usage_alerts.going_on(session, [customer]))
    assert found[customer].card.worse == 1


async def test_which_broken_feeds_were_told(house: House) -> None:
    key = usage_alerts.feed_key(MONDAY)
    await house.add(NewNotice(key, FEED_BROKEN, "usage_feed", "cs", NOW))
    weeks = [MONDAY, MONDAY - 7 * DAY]
    assert await house.read(lambda s: usage_alerts.feeds_told(s, house.workspace, weeks)) == [MONDAY]


async def test_workspaces_without_a_kind_of_row(house: House) -> None:
    assert await house.read(lambda session: due.workspaces_without(session, "usage_scan")) == [house.workspace]
    row = due.NewDue("usage_scan", "workspace:1", "UTC", MONDAY)
    await house.write(lambda session: due.ensure(session, house.workspace, [row]))
    assert await house.read(lambda session: due.workspaces_without(session, "usage_scan")) == []
    async with house.db.write() as tx:
        await tx.session.execute(update(Due).values(next_due_utc=None))
    assert await house.read(lambda session: due.workspaces_without(session, "usage_scan")) == [house.workspace]
