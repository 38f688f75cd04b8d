"""PostgreSQL goes away and comes back: the program lives on, says so meanwhile, and loses nothing."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from storage.migrate import migrate
from tests import postgres
from tests.story.harness import Story, channel_name, deal, tell
from tests.story.shown import text_of


@pytest.fixture
def server() -> Generator[postgres.Server]:
    with postgres.restartable() as running:
        migrate(f"{running.address}/postgres")
        yield running


@pytest.fixture
def story(server: postgres.Server, tmp_path: Path) -> Generator[Story]:
    with tell(tmp_path, f"{server.address}/postgres", "http") as told:
        yield told


def ready(story: Story) -> httpx.Response:
    return httpx.get(f"{story.bot.url}/readyz", timeout=10)


def asked(story: Story, command: str) -> str:
    """What Slack shows Chloé when she asks."""
    order = {"user": story.chloe.id, "channel": "C00GENERAL", "text": command}
    assert story.chloe.http.post("_sandbox/ui/command", json=order).is_success
    return text_of(story.chloe.channel("C00GENERAL")["messages"][-1])


def test_a_postgresql_that_is_restarted(server: postgres.Server, story: Story) -> None:
    before, meanwhile, after = deal(), deal(), deal()
    story.win(before)
    story.deal_channel(channel_name(before))
    assert ready(story).status_code == httpx.codes.OK
    server.stop()
    story.until(lambda: ready(story).status_code == httpx.codes.SERVICE_UNAVAILABLE or None, "not ready")
    reasons = ready(story).json()["reasons"]
    assert any("database" in reason for reason in reasons), reasons
    assert httpx.get(f"{story.bot.url}/healthz").is_success
    body = {"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": meanwhile}
    told = story.send(body, message_id="msg_meanwhile")
    assert (told.status_code, told.headers["retry-after"]) == (httpx.codes.SERVICE_UNAVAILABLE, "60")
    assert "send it again" in told.json()["detail"]
    assert "Something went wrong on our side" in asked(story, "/handoff status")
    assert story.bot.running.poll() is None
    server.start()
    story.until(lambda: ready(story).is_success or None, "ready again", 20)
    assert story.send(body, message_id="msg_meanwhile").status_code == httpx.codes.ACCEPTED
    story.win(after)
    for facts in (meanwhile, after):
        story.deal_channel(channel_name(facts))
    story.quiet()
    story.nothing_twice()
