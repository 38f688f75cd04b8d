"""``/baton settings``: opened, kept, refused beside the field, put back; and who moves takes their clocks along."""

import json
from datetime import time
from typing import Any

from sqlalchemy import select

from domain.settings import PersonSettings, Reminders
from storage import settings
from storage.plan_models import Due
from tests.handlers.office import CHLOE, Office, chosen


async def kept(office: Office) -> PersonSettings:
    asker = await office.baton.services.people.find(CHLOE)
    async with office.baton.db.read() as session:
        return await settings.load(session, asker.card.id)


CHINESE = {"text": {"type": "plain_text", "text": "中文", "emoji": True}, "value": "zh"}


def picked(kind: str, **value: str | dict[str, Any] | None) -> dict[str, Any]:
    return {"type": kind, **value}


def boxes(*numbers: int) -> dict[str, Any]:
    options = [{"text": {"type": "plain_text", "text": str(one), "emoji": True}, "value": str(one)} for one in numbers]
    return {"type": "checkboxes", "selected_options": options}


def filled(**changes: str | dict[str, Any]) -> dict[str, Any]:
    """The form as somebody leaves it who changes what is given."""
    menu = {"text": {"type": "plain_text", "text": "Wednesday", "emoji": True}, "value": "2"}
    slack = {"text": {"type": "plain_text", "text": "As in Slack", "emoji": True}, "value": "slack"}
    return {
        "begin": picked("timepicker", selected_time="10:00"),
        "end": picked("timepicker", selected_time="18:30"),
        "weekdays": boxes(0, 1, 2, 3),
        "country": "",
        "reminders": chosen("due", "Only what is due today or late"),
        "digest_day": picked("static_select", selected_option=menu),
        "language": picked("static_select", selected_option=slack),
        "away_until": picked("datepicker", selected_date=None),
        **changes,
    }


async def test_settings_are_kept_shown_and_put_back(office: Office) -> None:
    await office.command(CHLOE, "/baton settings")
    view = await office.view(CHLOE)
    assert view["callback_id"] == "settings"
    assert "Europe/Amsterdam" in json.dumps(view)
    assert "holidays of NL" in json.dumps(view)
    chosen_language = picked("static_select", selected_option=CHINESE)
    assert (await office.submit(CHLOE, **filled(country="se", language=chosen_language)))["ok"]
    assert await kept(office) == PersonSettings(
        begin=time(10), end=time(18, 30), weekdays=frozenset({0, 1, 2, 3}), country="SE",
        reminders=Reminders.DUE, digest_day=2, language="zh",
    )  # fmt: skip
    assert "settings_saved" in await office.audited()
    asker = await office.baton.services.people.find(CHLOE)
    assert asker.card.locale == "zh-CN", "dates are read in the language chosen"
    await office.command(CHLOE, "/baton settings")
    again = json.dumps(await office.view(CHLOE))
    assert '"initial_time": "10:00"' in again
    await office.press_in_view(CHLOE, "Back to the defaults")
    assert await kept(office) == PersonSettings()
    assert "Back to the defaults: 09:00" in json.dumps(await office.view(CHLOE))


async def test_what_makes_no_sense_is_said_beside_its_field(office: Office) -> None:
    for field, value in (
        ("country", "QQ"),
        ("weekdays", boxes()),
        ("end", picked("timepicker", selected_time="09:00")),
        ("away_until", picked("datepicker", selected_date="2020-01-01")),
    ):
        await office.command(CHLOE, "/baton settings")
        answer = await office.submit(CHLOE, **filled(**{field: value}))
        assert list(answer["errors"]) == [field], answer
    assert await kept(office) == PersonSettings()


async def test_who_moves_takes_their_clocks_along(office: Office) -> None:
    await office.deal()

    async def zones() -> set[tuple[str, str]]:
        async with office.baton.db.read() as session:
            rows = (await session.scalars(select(Due))).all()
        asker = await office.baton.services.people.find(CHLOE)
        return {(one.kind, one.zone) for one in rows if one.person_id == asker.card.id or one.deal_id is not None}

    assert {zone for _, zone in await zones()} == {"Europe/Amsterdam"}
    async with office.http.post(f"{office.url}_sandbox/people", json={"user": CHLOE, "tz": "Asia/Tokyo"}) as answer:
        assert answer.ok

    async def moved() -> bool:
        return {zone for _, zone in await zones()} == {"Asia/Tokyo"}

    await office.until(moved)
    assert {"morning", "weekly_summary"} <= {kind for kind, _ in await zones()}
