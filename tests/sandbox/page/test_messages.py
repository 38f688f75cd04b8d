"""Reading: what the bot and people write, live, in the page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.sandbox.page.driving import ADA, BEN, CHLOE, GENERAL, Driven, mrkdwn, plain

HOSTILE = "<!channel> & <b>bold</b> \"quoted\" <script>alert('x')</script> \u202eright to left 🎉"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_a_message_appears_without_a_reload_and_is_edited_in_place(page: Page, driven: Driven) -> None:
    channel, name = driven.channel()
    page.goto(driven.at(channel))
    expect(page.get_by_role("textbox", name=f"Message #{name}")).to_be_visible()
    ts: str = driven.client.chat_postMessage(channel=channel, text="Deal *won*")["ts"]
    message = page.get_by_role("log", name="Messages").get_by_role("article").filter(has_text="Deal won")
    expect(message).to_be_visible()
    expect(message.get_by_text("APP", exact=True)).to_be_visible()
    expect(message.locator("strong")).to_have_text("won")
    driven.client.chat_update(channel=channel, ts=ts, text="Deal lost")
    expect(page.get_by_role("article").filter(has_text="Deal lost")).to_contain_text("(edited)")
    expect(page.get_by_text("Deal won")).to_have_count(0)
    driven.client.chat_delete(channel=channel, ts=ts)
    expect(page.get_by_text("Deal lost")).to_have_count(0)


def test_hostile_text_shows_as_it_was_typed(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel()
    safe = escaped(HOSTILE)
    blocks = [
        {"type": "section", "text": mrkdwn(safe)},
        {"type": "header", "text": plain(safe)},
        {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain(safe[:75])}]},
    ]
    driven.client.chat_postMessage(channel=channel, text=safe)
    driven.client.chat_postMessage(channel=channel, text="blocks", blocks=blocks)
    page.goto(driven.at(channel))
    articles = page.get_by_role("article")
    expect(articles.filter(has_text="right to left").first).to_contain_text(HOSTILE)
    expect(page.get_by_role("heading", name="right to left")).to_have_text(HOSTILE)
    expect(page.locator(".message-main .mention", has_text="@channel")).to_have_count(0)
    assert page.evaluate("document.querySelectorAll('.message script, .message b:not(.author)').length") == 0


def test_a_person_writes_and_another_sees_it_unread(page: Page, driven: Driven) -> None:
    channel, name = driven.channel(ADA, BEN)
    page.goto(driven.at(channel))
    box = page.get_by_role("textbox", name=f"Message #{name}")
    box.fill("Hello @Ben Carter, see *this*")
    box.press("Enter")
    expect(page.get_by_role("article").filter(has_text="Hello @Ben Carter, see this")).to_be_visible()
    expect(box).to_have_value("")
    page.goto(driven.at(GENERAL, BEN))
    row = page.get_by_role("navigation", name="Channels").get_by_role("link", name=f"# {name}")
    expect(row).to_have_attribute("aria-description", re.compile("unread"))
    row.click()
    expect(page.get_by_text("Hello @Ben Carter")).to_be_visible()
    expect(row).not_to_have_attribute("aria-description", re.compile("unread"))


def test_a_thread_opens_beside_and_takes_replies(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel()
    ts: str = driven.client.chat_postMessage(channel=channel, text="The brief")["ts"]
    driven.client.chat_postMessage(channel=channel, text="Version 1", thread_ts=ts)
    page.goto(driven.at(channel))
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("Version 1")).to_be_visible()
    reply = thread.get_by_role("textbox", name="Reply in thread")
    expect(reply).to_be_focused()
    reply.fill("Thanks")
    reply.press("Enter")
    expect(thread.get_by_role("article").filter(has_text="Thanks")).to_be_visible()
    expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    reply.press("Escape")
    expect(thread).to_be_hidden()


def test_reactions_pins_bookmarks_and_ephemerals(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel(ADA, BEN)
    client = driven.client
    ts: str = client.chat_postMessage(channel=channel, text="The deal card")["ts"]
    client.reactions_add(channel=channel, timestamp=ts, name="tada")
    page.goto(driven.at(channel))
    reaction = page.get_by_role("button", name="1 reaction with tada")
    reaction.click()
    expect(page.get_by_role("button", name="2 reactions with tada")).to_have_attribute("aria-pressed", "true")
    client.pins_add(channel=channel, timestamp=ts)
    expect(page.get_by_role("tab", name="Pins 1")).to_be_visible()
    client.bookmarks_add(channel_id=channel, title="Acme in the CRM", type="link", link="https://crm.example/1")
    expect(page.get_by_role("link", name="Acme in the CRM")).to_have_attribute("href", "https://crm.example/1")
    client.chat_postEphemeral(channel=channel, user=ADA, text="Only for Ada")
    expect(page.get_by_role("article").filter(has_text="Only for Ada")).to_contain_text("Only visible to you")
    page.goto(driven.at(channel, BEN))
    expect(page.get_by_text("The deal card")).to_be_visible()
    expect(page.get_by_text("Only for Ada")).to_have_count(0)
    page.get_by_role("tab", name="Pins 1").click()
    expect(page.get_by_role("log", name="Pinned messages")).to_contain_text("The deal card")


def test_the_canvas_has_a_tab(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel()
    content = {"type": "markdown", "markdown": "# Handoff\n\n- [x] **problem** told"}
    page.goto(driven.at(channel))
    driven.client.conversations_canvases_create(channel_id=channel, document_content=content)
    page.get_by_role("tablist", name="Channel").get_by_role("tab").nth(1).click()
    expect(page.get_by_role("heading", name="Handoff").last).to_be_visible()
    expect(page.locator(".canvas strong")).to_have_text("problem")


def test_times_are_the_acting_persons(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel(ADA, CHLOE, "U05MEICHEN")
    driven.client.chat_postMessage(channel=channel, text="When?")
    shown: dict[str, str] = {}
    for person in (ADA, "U05MEICHEN"):
        page.goto(driven.at(channel, person))
        message = page.get_by_role("article").filter(has_text="When?")
        shown[person] = message.locator("time").inner_text()
    hours = {person: int(text.split(":")[0]) for person, text in shown.items()}
    assert (hours["U05MEICHEN"] - hours[ADA]) % 24 in {6, 7}


def test_old_messages_come_when_scrolling_up(page: Page, driven: Driven) -> None:
    channel, _ = driven.channel()
    for number in range(90):
        driven.client.chat_postMessage(channel=channel, text=f"Line {number}.")
    page.goto(driven.at(channel))
    expect(page.get_by_text("Line 89.")).to_be_visible()
    expect(page.get_by_text("Line 5.", exact=True)).to_have_count(0)
    page.get_by_role("log", name="Messages").evaluate("log => { log.scrollTop = 0; }")
    expect(page.get_by_text("Line 5.", exact=True)).to_have_count(1)
