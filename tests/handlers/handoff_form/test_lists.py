from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.handoff import Answers
from domain.handoff_lists import Stakeholder
from handlers.handoff_form.work import Work, begin, keep
from messages.text import day
from tests.handlers.handoff_form.place import ADA, CHLOE, Place, Window


def today(zone: str) -> date:
    """The person's own day."""
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


async def with_people(place: Place, count: int) -> Window:
    """Ada's form with this many people in her draft."""
    work = await begin(place.services, await place.services.people.find(ADA), place.deal)
    assert isinstance(work, Work)
    people = tuple(Stakeholder(f"s{n}", f"Person {n}", "CFO") for n in range(count))
    await keep(place.services, work, lambda answers, typed: (answers.with_items("stakeholders", people), typed))
    return await place.opened(ADA)


def rows(window: Window) -> list[str]:
    return [block["block_id"] for block in window.view["blocks"] if block["block_id"].startswith("row:")]


async def answers(place: Place) -> Answers:
    draft = await place.draft(ADA)
    assert draft is not None
    return draft.answers


async def test_an_entry_is_added_in_a_pushed_view_and_counted_in_the_form(place: Place) -> None:
    form = await place.opened(ADA)
    await form.type("problem", "Slow reports")
    people = await (await place.top(ADA)).list("stakeholders")
    assert people.callback == "handoff_list"
    entry = await people.act("item_add")
    assert entry.callback == "handoff_item"
    assert len(await place.views(ADA)) == 3
    assert await entry.submit(name="Maria Silva", role="CFO") == {"ok": True, "closed": True}
    people = await place.top(ADA)
    assert people.callback == "handoff_list"
    assert "Maria Silva\nCFO" in str(people.view["blocks"]).replace("\\n", "\n")
    await people.close()
    form = await place.top(ADA)
    assert "1 listed" in str(form.view["blocks"])
    assert form.value("problem") == "Slow reports"
    assert [item.name for item in (await answers(place)).stakeholders] == ["Maria Silva"]


async def test_what_was_typed_and_not_sent_survives_the_lists(place: Place) -> None:
    form = await place.opened(ADA)
    await form.type("key_dates", "Go-live: end of March")
    people = await (await place.top(ADA)).list("key_dates")
    assert "You also typed 1 line in the form" in str(people.view["blocks"])
    await (await people.act("item_add")).submit(label="Kickoff", on="next Friday")
    await (await place.top(ADA)).close()
    form = await place.top(ADA)
    assert form.value("key_dates") == "Go-live: end of March"
    assert "1 listed" in str(form.view["blocks"])


async def test_a_date_is_echoed_while_it_is_typed_and_refused_beside_the_field(place: Place) -> None:
    entry = await (await (await place.opened(ADA)).list("key_dates")).act("item_add")
    soon = today("Europe/Stockholm") + timedelta(days=14)
    entry = await entry.type("on", soon.isoformat())
    assert f"Read as {day(soon)}." in str(entry.view["blocks"])
    entry = await entry.type("on", "2020-01-05")
    assert entry.value("on") == "2020-01-05"
    assert "Read as" not in str(entry.view["blocks"])
    answer = await entry.submit(label="Go-live", on="2020-01-05")
    assert set(answer["errors"]) == {"on"}
    assert (await answers(place)).key_dates == ()


@pytest.mark.parametrize(
    ("who", "zone", "words", "days"),
    [
        (ADA, "Europe/Stockholm", "om två veckor", 14),
        (ADA, "Europe/Stockholm", "in two weeks", 14),
        (CHLOE, "Europe/Amsterdam", "overmorgen", 2),
    ],
)
async def test_dates_are_read_in_the_persons_language_and_zone(
    place: Place, who: str, zone: str, words: str, days: int
) -> None:
    entry = await (await (await place.opened(who)).list("key_dates")).act("item_add")
    before = today(zone)
    entry = await entry.type("on", words)
    expected = {day(start + timedelta(days=days)) for start in (before, today(zone))}
    assert any(f"Read as {one}." in str(entry.view["blocks"]) for one in expected)
    assert (await entry.submit(label="Go-live", on=words))["ok"]
    listed = str((await place.top(who)).view["blocks"])
    assert any(f"{one} (“{words}”)" in listed for one in expected)


async def test_editing_removing_and_undoing(place: Place) -> None:
    people = await (await with_people(place, 3)).list("stakeholders")
    entry = await people.menu("s1", "edit")
    assert entry.value("name") == "Person 1"
    await entry.submit(name="Jonas", role="CTO")
    people = await place.top(ADA)
    people = await people.menu("s0", "remove")
    assert rows(people) == ["row:s1", "row:s2"]
    assert "2 listed" in str((await place.views(ADA))[0]["blocks"])
    people = await people.act("item_undo")
    assert rows(people) == ["row:s0", "row:s1", "row:s2"]
    assert [item.name for item in (await answers(place)).stakeholders] == ["Person 0", "Jonas", "Person 2"]


async def test_an_entry_that_went_meanwhile_is_not_missed(place: Place) -> None:
    people = await (await with_people(place, 2)).list("stakeholders")
    work = await begin(place.services, await place.services.people.find(ADA), place.deal)
    assert isinstance(work, Work)
    left = work.answers.stakeholders[1:]
    await keep(place.services, work, lambda answers, typed: (answers.with_items("stakeholders", left), typed))
    people = await people.menu("s0", "edit")
    assert people.callback == "handoff_list"
    assert rows(people) == ["row:s1"]


async def test_forty_and_two_hundred_people(place: Place) -> None:
    people = await (await with_people(place, 40)).list("stakeholders")
    assert len(rows(people)) == 40
    await people.close(everything=True)
    people = await (await with_people(place, 199)).list("stakeholders")
    assert "page 1 of 5" in str(people.view["blocks"])
    people = await people.act("list_page:next")
    assert rows(people)[0] == "row:s40"
    await (await people.act("item_add")).submit(name="The two hundredth")
    people = await place.top(ADA)
    assert "page 5 of 5" in str(people.view["blocks"])
    assert "A list holds 200" in str(people.view["blocks"])
    people = await people.act("list_page:previous")
    assert rows(people)[0] == "row:s120"
    assert len((await answers(place)).stakeholders) == 200


async def test_an_unsaved_entry_is_kept_when_the_window_is_closed(place: Place) -> None:
    entry = await (await (await place.opened(ADA)).list("stakeholders")).act("item_add")
    entry = await entry.type("name", "Mar")
    await entry.close(everything=True)
    entry = await (await (await place.opened(ADA)).list("stakeholders")).act("item_add")
    assert entry.value("name") == "Mar"
    assert "You began this earlier" in str(entry.view["blocks"])
    await entry.close()
    entry = await (await place.top(ADA)).act("item_add")
    assert entry.value("name") is None


async def test_saving_ends_what_was_unsaved(place: Place) -> None:
    entry = await (await (await place.opened(ADA)).list("stakeholders")).act("item_add")
    entry = await entry.type("name", "Maria")
    await entry.submit(name="Maria")
    entry = await (await place.top(ADA)).act("item_add")
    assert entry.value("name") is None
    draft = await place.draft(ADA)
    assert draft is not None
    assert "item:stakeholders" not in draft.typed


async def test_a_name_is_needed(place: Place) -> None:
    entry = await (await (await place.opened(ADA)).list("stakeholders")).act("item_add")
    answer = await entry.submit(role="CFO")
    assert set(answer["errors"]) == {"name"}
