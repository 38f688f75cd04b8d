"""The box one writes in: completion by keyboard, commands and their errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from slack_bolt import Ack

from tests.sandbox.page.conftest import running
from tests.sandbox.page.driving import ADA, Bot, Driven

MANIFEST = """
display_information: {name: Baton}
features:
  bot_user: {display_name: Baton, always_online: true}
  app_home: {home_tab_enabled: true, messages_tab_enabled: true}
  slash_commands:
    - {command: /deal, description: Record or find a deal, usage_hint: "[won | close]", should_escape: true}
    - {command: /handoff, description: Fill in the handoff, usage_hint: "[status | accept]", should_escape: false}
oauth_config:
  scopes:
    bot: [commands, chat:write, channels:manage, groups:write, channels:read, groups:read, im:write]
settings:
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
"""


@pytest.fixture(scope="module")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    """A sandbox whose app has two commands."""
    manifest: Path = tmp_path_factory.mktemp("app") / "manifest.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    with running("--manifest", str(manifest)) as sandbox:
        yield sandbox


@pytest.fixture
def driven(commanded: Driven) -> Driven:
    commanded.post("/_sandbox/reset", {})
    return commanded


def test_commands_are_completed_with_the_keyboard(page: Page, driven: Driven) -> None:
    channel, name = driven.channel()
    page.goto(driven.at(channel))
    box = page.get_by_role("textbox", name=f"Message #{name}")
    box.press_sequentially("/")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("/deal [won | close]")
    expect(options.first).to_contain_text("Record or find a deal")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Tab")
    expect(box).to_have_value("/handoff ")
    expect(options).to_have_count(0)
    box.fill("/de")
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("/de")


def test_a_command_reaches_the_bot_with_its_mention(page: Page, driven: Driven, bot: Bot) -> None:
    heard: list[str] = []

    @bot.app.command("/deal")
    def _deal(ack: Ack, command: dict[str, str]) -> None:
        heard.append(command["text"])
        ack("Noted.")

    bot.start()
    channel, name = driven.channel()
    page.goto(driven.at(channel))
    box = page.get_by_role("textbox", name=f"Message #{name}")
    box.press_sequentially("/deal assign @chl")
    box.press("Enter")
    expect(box).to_have_value("/deal assign @Chloé de Vries ")
    box.press("Enter")
    expect(page.get_by_role("article").filter(has_text="Noted.")).to_contain_text("Only visible to you")
    assert len(heard) == 1
    assert heard[0].startswith("assign <@U03CHLOEDV")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("/nothing at all", "/nothing is not a valid command"), ("/handoff", "/handoff failed with the error")],
)
def test_slackbot_says_why_a_command_failed(page: Page, driven: Driven, typed: str, said: str) -> None:
    channel, name = driven.channel()
    page.goto(driven.at(channel))
    box = page.get_by_role("textbox", name=f"Message #{name}")
    box.fill(typed)
    box.press("Enter")
    answer = page.get_by_role("article").filter(has_text=said)
    expect(answer).to_contain_text("Slackbot")
    expect(answer).to_contain_text("Only visible to you")


def test_shift_enter_makes_a_line_and_a_draft_stays_with_its_channel(page: Page, driven: Driven) -> None:
    first, name = driven.channel()
    _, other = driven.channel()
    page.goto(driven.at(first))
    box = page.get_by_role("textbox", name=f"Message #{name}")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    channels = page.get_by_role("navigation", name="Channels")
    channels.get_by_role("link", name=f"# {other}").click()
    expect(page.get_by_role("textbox", name=f"Message #{other}")).to_have_value("")
    channels.get_by_role("link", name=f"# {name}", exact=True).click()
    expect(box).to_have_value("one\ntwo")
    box.press("Enter")
    expect(page.get_by_role("article").filter(has_text="one")).to_contain_text("two")


def test_one_writes_to_a_person_in_private(page: Page, driven: Driven) -> None:
    page.goto(f"{driven.url}/?user={ADA}")
    page.get_by_role("navigation", name="Channels").get_by_role("link", name="Eva Novak").click()
    box = page.get_by_role("textbox", name="Message Eva Novak")
    box.fill("Hi Eva :wave:")
    box.press("Enter")
    expect(page.get_by_role("article").filter(has_text="Hi Eva")).to_contain_text("👋")
