"""Modals: the stack, errors beside fields, what was typed, and every input."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_bolt import Ack

from tests.sandbox.page.driving import ADA, Bot, Driven, field, modal, mrkdwn, option, plain

TEXT = {"type": "plain_text_input"}
Body = dict[str, Any]


def start_form(page: Page, driven: Driven, bot: Bot, view: Body) -> Locator:
    """A channel with a button that opens `view`; pressed. The open dialog."""

    @bot.app.action("open")
    def _open(ack: Ack, body: Body) -> None:
        ack()
        bot.client.views_open(trigger_id=body["trigger_id"], view=view)

    bot.start()
    channel, _ = driven.channel()
    button = {"type": "button", "action_id": "open", "text": plain("Open the form"), "style": "primary"}
    blocks = [{"type": "actions", "elements": [button]}]
    bot.client.chat_postMessage(channel=channel, text="form", blocks=blocks)
    page.goto(driven.at(channel))
    page.get_by_role("button", name="Open the form").click()
    dialog = page.get_by_role("dialog", name=view["title"]["text"])
    expect(dialog).to_be_visible()
    return dialog


def test_errors_stand_beside_the_field_and_the_form_closes_when_right(page: Page, driven: Driven, bot: Bot) -> None:
    got: list[str] = []

    @bot.app.view("test")
    def _submitted(ack: Ack, view: Body) -> None:
        value = view["state"]["values"]["due"]["due"]["value"]
        if value == "yesterday":
            ack(response_action="errors", errors={"due": "That day has passed."})
            return
        got.append(value)
        ack()

    view = modal("Handoff", field("problem", "Problem", TEXT), field("due", "Due", TEXT, hint=plain("Plain words")))
    dialog = start_form(page, driven, bot, view)
    expect(dialog.get_by_label("Problem")).to_be_focused()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_count(2)
    dialog.get_by_label("Problem").fill("Slow reports")
    dialog.get_by_label("Due").fill("yesterday")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert").filter(has_text="That day has passed.")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(1)
    expect(dialog.get_by_label("Due")).to_be_focused()
    expect(dialog.get_by_label("Problem")).to_have_value("Slow reports")
    dialog.get_by_label("Due").fill("tomorrow")
    dialog.get_by_label("Due").press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Open the form")).to_be_focused()
    assert got == ["tomorrow"]


def test_views_are_pushed_and_popped_and_keep_what_was_typed(page: Page, driven: Driven, bot: Bot) -> None:
    @bot.app.action("add")
    def _add(ack: Ack, body: Body) -> None:
        ack()
        pushed = modal("Stakeholder", field("name", "Name", TEXT), callback_id="added", submit=plain("Add"))
        bot.client.views_push(trigger_id=body["trigger_id"], view=pushed)

    @bot.app.view("added")
    def _added(ack: Ack, view: Body) -> None:
        name = view["state"]["values"]["name"]["name"]["value"]
        ack()
        listed = {"type": "section", "block_id": "people", "text": mrkdwn(f"*{name}*")}
        bot.client.views_update(view_id=view["root_view_id"], view={**form, "blocks": [*form["blocks"], listed]})

    press = {"type": "button", "action_id": "add", "text": plain("Add a stakeholder")}
    form = modal(
        "Handoff", field("problem", "Problem", TEXT), {"type": "actions", "block_id": "a", "elements": [press]}
    )
    dialog = start_form(page, driven, bot, form)
    dialog.get_by_label("Problem").fill("Slow reports")
    dialog.get_by_role("button", name="Add a stakeholder").click()
    second = page.get_by_role("dialog", name="Stakeholder")
    second.get_by_label("Name").fill("Kim")
    second.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.locator("strong")).to_have_text("Kim")
    expect(dialog.get_by_label("Problem")).to_have_value("Slow reports")
    dialog.get_by_role("button", name="Add a stakeholder").click()
    expect(second).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog.get_by_label("Problem")).to_have_value("Slow reports")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_input_that_dispatches_changes_the_form_while_one_types(page: Page, driven: Driven, bot: Bot) -> None:
    def form(echo: str) -> Body:
        typed = {**TEXT, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
        due = field("due", "Due", typed, dispatch_action=True)
        echoed = {"type": "context", "block_id": "echo", "elements": [plain(echo)]}
        return modal("Milestone", due, echoed, field("note", "Note", TEXT, optional=True))

    @bot.app.action("due")
    def _typed(ack: Ack, body: Body, action: Body) -> None:
        ack()
        bot.client.views_update(view_id=body["view"]["id"], view=form(f"read as {action['value']}"))

    dialog = start_form(page, driven, bot, form("nothing yet"))
    dialog.get_by_label("Note").fill("kept")
    dialog.get_by_label("Due").press_sequentially("next friday")
    expect(dialog).to_contain_text("read as next friday")
    expect(dialog.get_by_label("Due")).to_be_focused()
    expect(dialog.get_by_label("Due")).to_have_value("next friday")
    expect(dialog.get_by_label("Note")).to_have_value("kept")


def test_every_input_gives_slacks_values(page: Page, driven: Driven, bot: Bot) -> None:
    values: dict[str, Any] = {}

    @bot.app.view("test")
    def _submitted(ack: Ack, view: Body) -> None:
        values.update({name: block[name] for name, block in view["state"]["values"].items()})
        ack()

    options = [option("Growth", "growth"), option("Scale", "scale"), option("Übergröße", "xl")]
    view = modal(
        "Everything",
        field("plan", "Plan", {"type": "static_select", "options": options}),
        field("parts", "Parts", {"type": "multi_static_select", "options": options}),
        field("csm", "CSM", {"type": "users_select"}),
        field("team", "Team", {"type": "multi_users_select", "initial_users": [ADA]}),
        field("room", "Room", {"type": "channels_select"}),
        field("sure", "Sure", {"type": "radio_buttons", "options": options}),
        field("ticks", "Ticks", {"type": "checkboxes", "options": options}),
        field("day", "Day", {"type": "datepicker", "initial_date": "2026-12-01"}),
        field("hour", "Hour", {"type": "timepicker"}),
        field("moment", "Moment", {"type": "datetimepicker"}),
        field("mail", "Mail", {"type": "email_text_input"}),
        field("site", "Site", {"type": "url_text_input"}),
        field("seats", "Seats", {"type": "number_input", "is_decimal_allowed": False}),
        field("empty", "Empty", TEXT, optional=True),
    )
    dialog = start_form(page, driven, bot, view)
    choose(page, dialog, "Plan", "Übergr", "Übergröße")
    choose(page, dialog, "Parts", "", "Growth", "Scale")
    choose(page, dialog, "CSM", "chloe", "Chloé de Vries")
    choose(page, dialog, "Team", "ben", "Ben Carter")
    choose(page, dialog, "Room", "gen", "general")
    dialog.get_by_role("radiogroup", name="Sure").get_by_label("Scale").check()
    dialog.get_by_role("group", name="Ticks").get_by_label("Growth").check()
    dialog.get_by_label("Hour").fill("09:30")
    dialog.get_by_label("Moment").fill("2026-12-24T15:00")
    dialog.get_by_label("Mail").fill("ada@northwind.example")
    dialog.get_by_label("Site").fill("https://northwind.example")
    dialog.get_by_label("Seats").fill("120")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert values["plan"]["selected_option"]["value"] == "xl"
    assert [one["value"] for one in values["parts"]["selected_options"]] == ["growth", "scale"]
    assert values["csm"]["selected_user"] == "U03CHLOEDV"
    assert values["team"]["selected_users"] == [ADA, "U02BENCART"]
    assert values["room"]["selected_channel"] == "C00GENERAL"
    assert values["sure"]["selected_option"]["value"] == "scale"
    assert [one["value"] for one in values["ticks"]["selected_options"]] == ["growth"]
    assert values["day"]["selected_date"] == "2026-12-01"
    assert values["hour"]["selected_time"] == "09:30"
    assert values["moment"]["selected_date_time"] == 1798120800
    assert values["mail"]["value"] == "ada@northwind.example"
    assert values["site"]["value"] == "https://northwind.example"
    assert values["seats"]["value"] == "120"
    assert values["empty"]["value"] is None


def choose(page: Page, dialog: Locator, label: str, typed: str, *options: str) -> None:
    """Choose with the keyboard: type, move to the option, Enter."""
    box = dialog.get_by_role("combobox", name=label)
    box.click()
    if typed:
        box.press_sequentially(typed)
    for name in options:
        page.get_by_role("option", name=name).first.click()
    if page.get_by_role("listbox").count():
        page.keyboard.press("Escape")


def test_an_external_select_asks_the_bot(page: Page, driven: Driven, bot: Bot) -> None:
    asked: list[str] = []

    @bot.app.options("deal")
    def _options(ack: Ack, payload: Body) -> None:
        asked.append(payload["value"])
        ack(options=[option("Acme Robotics", "17")])

    picker = {"type": "external_select", "min_query_length": 2, "placeholder": plain("Find a deal")}
    dialog = start_form(page, driven, bot, modal("Pick", field("deal", "Deal", picker)))
    box = dialog.get_by_role("combobox", name="Deal")
    box.click()
    expect(page.get_by_role("listbox")).to_contain_text("Type at least 2 characters")
    # At once: a slow machine would ask for "ac" before the last letter is typed.
    box.fill("acm")
    expect(page.get_by_role("option", name="Acme Robotics")).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("Acme Robotics")
    assert asked == ["acm"]


def test_a_confirm_object_is_asked_before_anything_is_sent(page: Page, driven: Driven, bot: Bot) -> None:
    pressed: list[str] = []

    @bot.app.action("close")
    def _close(ack: Ack, body: Body) -> None:
        ack()
        pressed.append(body["user"]["id"])
        bot.client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Closed", blocks=[])

    bot.start()
    channel, _ = driven.channel()
    confirm = {
        "title": plain("Close the deal?"),
        "text": mrkdwn("It is *archived*."),
        "confirm": plain("Close it"),
        "deny": plain("Keep it"),
    }
    danger = {"type": "button", "action_id": "close", "text": plain("Finish"), "style": "danger", "confirm": confirm}
    blocks = [{"type": "section", "text": mrkdwn("Acme"), "accessory": danger}]
    bot.client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    page.goto(driven.at(channel))
    for answer in ("Keep it", "Close it"):
        page.get_by_role("button", name="Finish").click()
        page.get_by_role("dialog", name="Close the deal?").get_by_role("button", name=answer).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("article").filter(has_text="Closed")).to_be_visible()
    assert pressed == [ADA]


def test_a_button_nobody_answers_says_so(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel()
    button = {"type": "button", "action_id": "lost", "text": plain("Press")}
    driven.client.chat_postMessage(channel=channel, text="x", blocks=[{"type": "actions", "elements": [button]}])
    page.goto(driven.at(channel))
    page.get_by_role("button", name="Press").click()
    expect(page.get_by_role("article").get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("way", ["Cancel", "Dismiss"])
def test_closing_tells_the_bot(page: Page, driven: Driven, bot: Bot, way: str) -> None:
    closed: list[Body] = []

    @bot.app.view_closed("test")
    def _closed(ack: Ack, body: Body) -> None:
        ack()
        closed.append(body)
        bot.client.chat_postMessage(channel=ADA, text="Draft kept")

    dialog = start_form(page, driven, bot, modal("Draft", field("a", "A", TEXT), notify_on_close=True))
    dialog.get_by_label("A").fill("half a thought")
    dialog.get_by_role("button", name=way).click()
    expect(dialog).to_have_count(0)
    link = page.get_by_role("navigation", name="Channels").get_by_role("link", name="Sandbox App")
    expect(link).to_have_attribute("aria-description", "1 unread")
    assert closed[0]["is_cleared"] is (way == "Dismiss")
    link.click()
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_text("Draft kept").last).to_be_visible()
