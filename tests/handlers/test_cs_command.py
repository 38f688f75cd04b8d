"""``/cs`` in a local Slack: the numbers at once and the chart after them, to the asker alone."""

import json
from typing import Any

from sqlalchemy import select

from domain.deals import AccountFacts
from storage.models import Notice
from storage.usage_charts import ANSWER
from tests.handlers.office import ADA, BEN, CHLOE, CS, EVA, GENERAL, MEI, Office
from tests.handlers.usage_office import UsageOffice, with_usage


async def chart_for(house: UsageOffice, user: str, channel: str) -> dict[str, Any]:
    return await house.ephemeral(user, channel, "slack_file")


async def test_in_a_deals_channel_it_is_that_deals_customer(office: Office) -> None:
    house = await with_usage(office)
    said = await office.command(CHLOE, "/cs usage", house.channel)
    assert "12 logins in the week of" in said
    assert "usually" in said
    assert "The chart follows" in said
    assert "Logins" in said
    chart = await chart_for(house, CHLOE, house.channel)
    picture = next(block for block in chart["blocks"] if block["type"] == "image")
    assert picture["alt_text"].startswith("Logins over 30 weeks: usually")
    assert not [one for one in await office.messages(house.channel) if one.get("files")], "nothing is shared"
    assert chart["is_ephemeral"]


async def test_elsewhere_by_name_and_of_a_fall_that_goes_on(office: Office) -> None:
    house = await with_usage(office)
    await house.told()
    said = await office.command(CHLOE, "/cs usage fjord", CS)
    assert "logins fell from 42 to 12 a week" in said
    assert "since" in json.dumps(await chart_for(house, CHLOE, CS))


async def test_without_a_name_it_is_ones_only_customer_or_a_choice(office: Office) -> None:
    house = await with_usage(office)
    assert "12 logins" in await office.command(CHLOE, "/cs usage", CS)
    await office.deal(id="D-2", name="Big one", account=AccountFacts("A-2", "Northern `Lights` <Ltd>"))
    said = await office.command(CHLOE, "/cs usage", CS)
    assert "Which customer?" in said
    assert "Northern 'Lights' &lt;Ltd&gt;" in said
    assert "/cs usage Fjordbank" in said
    assert "You have no customer" in await office.command(BEN, "/cs usage")
    assert house.account


async def test_all_its_weeks_open_from_the_answer(office: Office) -> None:
    house = await with_usage(office)
    await office.command(CHLOE, "/cs usage", house.channel)
    answer = await house.ephemeral(CHLOE, house.channel, "The chart follows")
    await office.press(CHLOE, answer, "Show the numbers")
    assert json.dumps(await office.view(CHLOE)).count("\\n") >= 30
    await office.said(CS, "deal_announced")
    row = await office.offer(CS, "Numbers", "usage_numbers", account=house.account)
    await office.press(MEI, row, "Numbers")
    assert "Only the seller" in await office.note(MEI)
    row = await office.offer(CS, "Nobody's", "usage_numbers", account=99_999)
    await office.press(EVA, row, "Nobody's")
    assert "not there any more" in await office.note(EVA)


async def test_no_such_customer_names_the_nearest(office: Office) -> None:
    await with_usage(office)
    said = await office.command(CHLOE, "/cs usage Fjrodbank", CS)
    assert "No customer is called “Fjrodbank”" in said
    assert "`/cs usage Fjordbank`" in said
    assert "No customer is called" in await office.command(CHLOE, "/cs usage zzzzzzzzzz", CS)


async def test_a_customer_without_usage_says_so(office: Office) -> None:
    await office.deal()
    said = await office.command(CHLOE, "/cs usage Fjordbank", CS)
    assert "Nothing was told yet" in said
    assert not await office.notices(ANSWER)


async def test_who_has_nothing_to_do_with_the_customer_is_refused_elsewhere(office: Office) -> None:
    house = await with_usage(office)
    assert "Only the seller" in await office.command(BEN, "/cs usage Fjordbank", GENERAL)
    assert "12 logins" in await office.command(EVA, "/cs usage Fjordbank", GENERAL)
    assert "12 logins" in await office.command(ADA, "/cs usage A-1", GENERAL)
    await office.ui("invite", user=ADA, channel=house.channel, users=[BEN])
    assert "12 logins" in await office.command(BEN, "/cs usage", house.channel)


async def test_help_and_words_it_does_not_know(office: Office) -> None:
    for text in ("/cs help", "/cs HELP"):
        assert "`/cs usage`" in await office.command(ADA, text)
    said = await office.command(ADA, "/cs usgae")
    assert "Did you mean `/cs usage`?" in said
    assert "not something `/cs` knows" in await office.command(ADA, "/cs dance")
    assert "*/cs*" in await office.command(ADA, "/baton help")


async def test_an_answer_that_comes_too_late_is_given_in_person(office: Office) -> None:
    house = await with_usage(office)
    await office.command(CHLOE, "/cs usage", house.channel)
    await chart_for(house, CHLOE, house.channel)
    (row,) = await office.notices(ANSWER)
    services = office.baton.services
    async with services.db.write() as tx:
        again = (await tx.session.scalars(select(Notice).where(Notice.id == row.id))).one()
        facts = {**again.facts, "response_url": again.facts["response_url"] + "x"}
        new = Notice(
            workspace_id=again.workspace_id, key="again", kind=ANSWER, lane="again", audience="", deal_id=None,
            facts=facts, thread_key="", priority=2, not_before=services.clock(), state="pending", why="",
            attempts=0, revision=1, sent_revision=0, channel_id="", ts="", created_at=services.clock(),
        )  # fmt: skip
        tx.session.add(new)
        await tx.session.flush()
        await services.engine.enqueue(tx, [new.id])
    said = await office.said_to(CHLOE, "usage_asked")
    assert "slack_file" in json.dumps(said)
