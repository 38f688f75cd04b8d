"""Who one is, where one is, and the world around: CRM, clock, calls, theme, small screens."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect
from slack_sdk.errors import SlackApiError

from tests.sandbox.page.driving import ADA, GENERAL, Bot, Driven, plain


def test_the_person_is_changed_and_stays_in_the_address(page: Page, driven: Driven) -> None:
    page.goto(driven.at(GENERAL))
    page.get_by_role("button", name="You are Ada Lindqvist").click()
    expect(page.get_by_role("menuitem")).to_have_count(8)
    page.get_by_role("menuitem", name="Mei Chen").press("Enter")
    expect(page.get_by_role("button", name=re.compile("You are .*Mei Chen"))).to_be_visible()
    expect(page).to_have_url(re.compile("user=U05MEICHEN"))
    page.reload()
    expect(page.get_by_role("button", name=re.compile("You are .*Mei Chen"))).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="You are Ada Lindqvist")).to_be_visible()


def test_the_sidebar_shows_what_the_person_may_see(page: Page, driven: Driven) -> None:
    _, name = driven.channel(ADA, private=True, name="deal-acme")
    page.goto(driven.at(GENERAL))
    channels = page.get_by_role("navigation", name="Channels")
    expect(channels.get_by_role("link", name="# general", exact=True)).to_have_attribute("aria-current", "page")
    channels.get_by_role("link", name=f"{name} (private)", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.goto(driven.at(GENERAL, "U02BENCART"))
    expect(channels.get_by_role("link", name="# general", exact=True)).to_be_visible()
    expect(channels.get_by_role("link", name=name)).to_have_count(0)


def test_an_invitation_shows_without_a_reload(page: Page, driven: Driven) -> None:
    page.goto(driven.at(GENERAL))
    channels = page.get_by_role("navigation", name="Channels")
    expect(channels.get_by_role("link", name="# general", exact=True)).to_be_visible()
    _, name = driven.channel(ADA, private=True, name="deal-new")
    expect(channels.get_by_role("link", name=f"{name} (private)")).to_be_visible()


def test_the_clock_is_moved(page: Page, driven: Driven) -> None:
    page.goto(driven.at(GENERAL))
    clock = page.get_by_role("region", name="Clock")
    before = driven.get("/_sandbox/clock")["offset"]
    clock.get_by_role("button", name="+1 day").click()
    expect(clock).to_contain_text("from real time")
    assert driven.get("/_sandbox/clock")["offset"] - before == 86_400
    clock.get_by_role("button", name="Next Monday 09:00").click()
    expect(clock.locator("time")).to_contain_text("09:00:")
    expect(clock).to_contain_text("Monday")
    clock.get_by_label("Set the clock to").fill("2031-05-06T07:08")
    clock.get_by_role("button", name="Set").click()
    expect(clock).to_contain_text("6 May 2031")
    driven.post("/_sandbox/clock", {"advance": -driven.get("/_sandbox/clock")["offset"]})
    expect(clock).to_contain_text("real time")


def test_a_refused_call_is_shown_with_its_pointer(page: Page, driven: Driven) -> None:
    page.goto(driven.at(GENERAL))
    calls = page.get_by_role("region", name="Calls")
    blocks = [{"type": "header", "text": plain("x" * 151)}]
    refused = ""
    try:
        driven.client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    except SlackApiError as error:
        refused = str(error.response["error"])
    assert refused == "invalid_blocks"
    expect(calls.get_by_role("listitem").filter(has_text="/blocks/0/text").first).to_contain_text("invalid_blocks")


def test_faults_are_ordered_and_cleared(page: Page, driven: Driven) -> None:
    page.goto(driven.at(GENERAL))
    page.get_by_text("Faults", exact=True).click()
    faults = page.get_by_role("region", name="Faults")
    faults.get_by_label("Method").fill("chat.delete")
    faults.get_by_label("Fault", exact=True).select_option("503")
    faults.get_by_role("button", name="Add fault").click()
    expect(faults).to_contain_text("HTTP 503 · chat.delete")
    faults.get_by_role("button", name="Clear all faults").click()
    expect(faults.get_by_role("button", name="Clear all faults")).to_have_count(0)
    assert driven.get("/_sandbox/faults")["faults"] == []


def test_without_a_webhook_the_crm_says_so(page: Page, driven: Driven) -> None:
    page.goto(driven.at(GENERAL))
    expect(page.get_by_role("region", name="CRM")).to_contain_text("without a webhook")


def test_the_apps_home_is_drawn_and_redrawn(page: Page, driven: Driven, bot: Bot) -> None:
    opened: list[str] = []

    @bot.app.event("app_home_opened")
    def _home(event: dict[str, str]) -> None:
        opened.append(event["tab"])
        section = {"type": "section", "text": plain(f"Opened {len(opened)} times")}
        bot.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section]})

    bot.start()
    page.goto(f"{driven.url}/?user={ADA}&app=home")
    expect(page.get_by_role("tabpanel")).to_contain_text("Opened 1 times")
    section = {"type": "section", "text": plain("Published later")}
    bot.client.views_publish(user_id=ADA, view={"type": "home", "blocks": [section]})
    expect(page.get_by_role("tabpanel")).to_contain_text("Published later")
    assert opened == ["home"]


def test_on_a_small_screen_the_sidebar_is_a_drawer(browser: Browser, driven: Driven) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(driven.at(GENERAL))
    sales = page.get_by_role("link", name="# sales")
    expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()
    expect(sales).to_be_hidden()
    page.get_by_role("button", name="Show channels").click()
    sales.click()
    expect(page.get_by_role("textbox", name="Message #sales")).to_be_visible()
    expect(sales).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Sandbox tools").click()
    expect(page.get_by_role("region", name="Clock")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Clock")).to_be_hidden()
    context.close()


def test_dark_follows_the_system_and_the_button(browser: Browser, driven: Driven) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(driven.at(GENERAL))
    background = "getComputedStyle(document.getElementById('main')).backgroundColor"
    page.get_by_role("button", name="You are").wait_for()
    assert page.evaluate(background) == "rgb(27, 25, 31)"
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.reload()
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    context.close()
