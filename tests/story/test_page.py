"""The whole story in the browser, as a newcomer with `baton demo` lives it: wide, on a phone, by keyboard alone.

With BATON_SCREENSHOTS=DIR the first test leaves the README's pictures in DIR.
"""

import os
import re
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.sandbox.page.conftest import CHROMIUM, ROOT
from tests.story.demo import NOW, demo
from tests.story.person import ADA, CHLOE, MEI

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000
FIELDS = {
    "The problem to solve": "Branch managers wait two weeks for figures and decide blindly. "
    "The board asked for daily numbers before the year's end.",
    "Add measures": "Weekly logins: 20 -> 60 by end of March\nTime to a report: 14 days -> 1 day by mid-February",
    "Add people": "Maria Silva, CFO, cares about cost (sale, rollout)\n"
    "Jonas Berg, Project lead, cares about a calm rollout (implementation)",
    "Add promises": "Free migration of two years of data - Ada - by 15 January\nTraining in Norwegian - Chloé",
    "Worries and objections": "An earlier tool failed because nobody was trained.",
}


@pytest.fixture(scope="module")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with demo(tmp_path_factory.mktemp("demo"), "--now", NOW) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def wide(chromium: Browser) -> Generator[Page]:
    yield from _window(chromium, WIDE)


@pytest.fixture
def phone(chromium: Browser) -> Generator[Page]:
    yield from _window(chromium, PHONE)


def _window(browser: Browser, size: dict[str, int]) -> Generator[Page]:
    """A window; a script error or a failed request in it fails the test."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page, broken = context.new_page(), list[str]()
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 400 else None)
    yield page
    context.close()
    assert broken == []


def _at(url: str, minute: int) -> None:
    """Move the clock on to this minute after nine, so that the pictures always show the same time."""
    moment = NOW.replace("09:00", f"09:{minute:02}")
    assert httpx.post(f"{url}_sandbox/clock", json={"now": moment}).is_success


def _picture(page: Page, name: str, size: tuple[int, int] = (1440, 900), top: Locator | None = None) -> None:
    """Keep a picture of this size, with `top` at the top of the messages."""
    folder = os.environ.get("BATON_SCREENSHOTS")
    if not folder:
        return
    before = page.viewport_size
    page.set_viewport_size({"width": size[0], "height": size[1]})
    _two_frames(page)
    if top is not None:
        top.evaluate("(node) => node.closest('article')?.scrollIntoView({ block: 'start' })")
    page.mouse.move(0, 0)
    page.wait_for_function("document.fonts.status === 'loaded'")
    _two_frames(page)
    place = ROOT / Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=place / f"{name}.png", animations="disabled", caret="hide")
    assert before is not None
    page.set_viewport_size(before)


def _two_frames(page: Page) -> None:
    """Until what follows a change of size is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _send(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"Send: {title}").click()
    expect(page.get_by_text("HTTP 202").first).to_be_visible()


def _become(page: Page, user: str) -> None:
    """Take another person's place in the same channel."""
    page.goto(re.sub(r"user=\w+", f"user={user}", page.url))


def _dialog(page: Page, title: str) -> Locator:
    window = page.get_by_role("dialog", name=title, exact=True)
    expect(window).to_be_visible()
    return window


def _fill(window: Locator, **more: str) -> None:
    for label, text in (FIELDS | more).items():
        window.get_by_label(re.compile(f"^{label}")).fill(text)


def _last(page: Page, name: str) -> Locator:
    return page.get_by_role("log", name="Messages").get_by_role("button", name=name, exact=True).last


def test_the_story_and_its_screenshots(wide: Page, page_url: str) -> None:
    page = wide
    page.goto(f"{page_url}?user={ADA}")
    _at(page_url, 1)
    _send(page, "Deal won: Fjordbank")
    page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile("deal-fjordbank-as")).click()
    page.get_by_role("button", name="Sandbox tools").click()
    expect(page.get_by_text("please pass on what you know about")).to_be_visible()
    expect(page.get_by_role("tab", name="Pins 1")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^CRM: "))).to_be_visible()
    expect(page.get_by_text("They come from spreadsheets")).to_be_visible()
    _picture(page, "deal-channel", (1440, 1000))

    _at(page_url, 5)
    _last(page, "Fill in handoff").click()
    window = _dialog(page, "Handoff")
    window.get_by_role("button", name="Hand in").click()
    expect(window.get_by_role("alert").first).to_be_visible()
    with page.expect_response("**/_sandbox/ui/action"):
        window.get_by_label("The problem to solve").fill(FIELDS["The problem to solve"])
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    _last(page, "Fill in handoff").click()
    window = _dialog(page, "Handoff")
    expect(window.get_by_text("Your draft of")).to_be_visible()
    expect(window.get_by_label("The problem to solve")).to_have_value(FIELDS["The problem to solve"])
    _picture(page, "handoff-modal")
    _fill(window, **{"Add dates": "Go-live: 1 March\nBoard meeting: 3 November 2020"})
    window.get_by_role("button", name="Hand in").click()
    expect(window.get_by_text(re.compile("already gone")).first).to_be_visible()
    window.get_by_label(re.compile("^Add dates")).fill("Go-live: 1 March\nBoard meeting: 17 December")
    _add_a_person(page, window)
    _dialog(page, "Handoff").get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Handoff: Fjordbank AS")).to_be_visible()
    expect(page.get_by_role("tab", name="Handoff")).to_be_visible()

    _at(page_url, 10)
    _become(page, CHLOE)
    _last(page, "Return").click()
    window = _dialog(page, "Return the handoff")
    window.get_by_label("What is missing?").fill("What do they use today?\nWho must not be upset?")
    window.get_by_role("button", name="Return").click()
    expect(page.get_by_text("Who must not be upset?").first).to_be_visible()

    _at(page_url, 15)
    _become(page, ADA)
    _last(page, "Complete the handoff").click()
    window = _dialog(page, "Handoff")
    expect(window.get_by_text("Who must not be upset?")).to_be_visible()
    window.get_by_label("What they use today").fill("Spreadsheets, sent around by e-mail.")
    window.get_by_label("Handle with care").fill("The head of IT wanted another supplier.")
    window.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Spreadsheets, sent around by e-mail.").first).to_be_visible()

    _at(page_url, 20)
    _become(page, CHLOE)
    expect(_last(page, "Accept")).to_be_visible()
    brief = page.get_by_role("heading", name="Handoff: Fjordbank AS")
    _picture(page, "brief", (1440, 1200), brief)
    _picture(page, "phone", (390, 844), brief)
    _last(page, "Ask a question").click()
    window = _dialog(page, "Ask a question")
    window.get_by_label("Your question").fill("Which branch goes first?")
    window.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Which branch goes first?").first).to_be_visible()
    _become(page, ADA)
    _last(page, "Answer").click()
    window = _dialog(page, "Answer")
    window.get_by_label("Your answer").fill("Oslo, they asked for it.")
    window.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Oslo, they asked for it.").first).to_be_visible()
    _become(page, CHLOE)
    _last(page, "Accept").click()
    expect(page.get_by_text(re.compile("accepted the handoff")).first).to_be_visible()
    expect(page.get_by_role("button", name="Accept", exact=True)).to_have_count(0)
    page.get_by_role("tab", name="Handoff").click()
    expect(page.get_by_text("Spreadsheets, sent around by e-mail.").last).to_be_visible()


def _add_a_person(page: Page, window: Locator) -> None:
    window.get_by_role("button", name=re.compile("Edit list: People on their side")).click()
    people = _dialog(page, "People on their side")
    people.get_by_role("button", name="Add a person").click()
    entry = _dialog(page, "Person")
    entry.get_by_label("Name").fill("Ingrid Dahl")
    entry.get_by_label("Role").fill("Head of branches")
    entry.get_by_role("button", name="Save").click()
    people = _dialog(page, "People on their side")
    expect(people.get_by_text("Ingrid Dahl")).to_be_visible()
    people.get_by_role("button", name="Back").last.click()


def test_the_main_steps_on_a_phone(phone: Page, page_url: str) -> None:
    page = phone
    page.goto(f"{page_url}?user={ADA}")
    tools = page.get_by_role("button", name="Sandbox tools")
    tools.click()
    _send(page, "Deal won: 上海明珠物流有限公司")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("Send: Deal won: 上海"))).to_be_hidden()
    page.get_by_role("button", name=re.compile("channels", re.IGNORECASE)).first.click()
    page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile("deal-上海明珠")).click()
    expect(page.get_by_text("please pass on what you know about")).to_be_visible()
    _nothing_sticks_out(page)
    _last(page, "Fill in handoff").click()
    window = _dialog(page, "Handoff")
    _fill(window)
    _nothing_sticks_out(page)
    window.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    _become(page, MEI)
    expect(_last(page, "Accept")).to_be_visible()
    _nothing_sticks_out(page)
    _last(page, "Accept").click()
    expect(page.get_by_text(re.compile("accepted the handoff")).first).to_be_visible()


def _nothing_sticks_out(page: Page) -> None:
    """No sideways scrolling, and no button or field beyond the edge."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    beyond = page.evaluate(
        "[...document.querySelectorAll('main button, main input, dialog button, dialog textarea, dialog input')]"
        ".filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > window.innerWidth + 1"
        " && !one.closest('[class*=tabs], [class*=bookmarks], [role=tablist]'))"
        ".map((one) => one.outerHTML.slice(0, 120))"
    )
    assert beyond == []


def test_by_keyboard_alone(wide: Page, page_url: str) -> None:
    """No pointer: the command in the message box, Tab through the form, Enter and Space on buttons."""
    page = wide
    page.goto(f"{page_url}?user={ADA}")
    expect(page.get_by_role("button", name="Send: Deal won: Tallship, seller unknown")).to_be_visible()
    _tab_to(page, page.get_by_role("button", name="Send: Deal won: a name that bites"))
    page.keyboard.press("Enter")
    link = page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile("deal-.*söns"))
    expect(link).to_be_visible()
    _tab_to(page, link)
    page.keyboard.press("Enter")
    expect(page.get_by_text("please pass on what you know about")).to_be_visible()
    box = page.get_by_role("textbox", name=re.compile("^Message "))
    _tab_to(page, box)
    page.keyboard.type("/handoff")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    window = _dialog(page, "Handoff")
    for label, text in FIELDS.items():
        _tab_to(page, window.get_by_label(re.compile(f"^{label}")))
        page.keyboard.insert_text(text)
    _tab_to(page, window.get_by_role("button", name="Hand in"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(_last(page, "Show everything")).to_be_visible()
    _tab_to(page, _last(page, "Show everything"))
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(_last(page, "Show everything")).to_be_focused()


def _tab_to(page: Page, wanted: Locator, most: int = 600) -> None:
    """Press Tab until this has the focus, and it (or the frame around it) shows that it has."""
    for _ in range(most):
        if wanted.evaluate("(node) => node === document.activeElement"):
            assert wanted.evaluate(
                "(node) => [node, node.parentElement, node.parentElement.parentElement].map(getComputedStyle)"
                ".some((style) => style.outlineStyle !== 'none' || style.boxShadow !== 'none')"
            )
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")
