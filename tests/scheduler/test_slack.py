"""What each failure of Slack means: refused, later, or nobody knows."""

import asyncio

import pytest

from scheduler.slack import SlackLaterError, SlackRefusedError, SlackUnknownError
from tests.scheduler.desk import CS, GENERAL, TIMEOUT_S, Desk


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", SlackLaterError),
        ("500", SlackUnknownError),
        ("503", SlackUnknownError),
        ("internal_error", SlackUnknownError),
        ("close_before", SlackUnknownError),
        ("close_after", SlackUnknownError),
        ("malformed", SlackUnknownError),
        ("latency", SlackUnknownError),
    ],
)
async def test_each_fault_is_sorted_by_what_may_have_happened(desk: Desk, fault: str, kind: type[Exception]) -> None:
    slack = desk.client()
    await desk.fault("conversations.info", fault, retry_after=7, seconds=2 * TIMEOUT_S)
    with pytest.raises(kind) as caught:
        await slack.call("conversations.info", channel=GENERAL)
    assert str(caught.value).startswith("conversations.info: ")
    if isinstance(caught.value, SlackLaterError):
        assert caught.value.seconds == 7
        assert 6 < slack.pacer.held("conversations.info") <= 7


async def test_a_refusal_says_what_was_wrong(desk: Desk) -> None:
    slack = desk.client()
    with pytest.raises(SlackRefusedError) as caught:
        await slack.call("chat.postMessage", channel="C0NOWHERE", text="x")
    assert (caught.value.method, caught.value.code) == ("chat.postMessage", "channel_not_found")
    with pytest.raises(SlackRefusedError) as scope:
        await slack.call("reactions.add", channel=GENERAL, timestamp="1.0", name="x")
    assert (scope.value.code, scope.value.needed) == ("missing_scope", "reactions:write")
    await slack.call("conversations.join", channel=CS)
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    with pytest.raises(SlackRefusedError) as blocks:
        await slack.call("chat.postMessage", channel=CS, text="x", blocks=[long])
    assert blocks.value.code == "invalid_blocks"
    assert "3001" in str(blocks.value)


async def test_nobody_there_means_nothing_was_done(desk: Desk, unused_tcp_port: int) -> None:
    slack = desk.client()
    slack._client.base_url = f"http://127.0.0.1:{unused_tcp_port}/api/"  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(SlackLaterError):
        await slack.call("auth.test")


async def test_a_call_that_waits_obeys_a_pause_asked_for_meanwhile(desk: Desk) -> None:
    slack = desk.client()
    await slack.pacer.hold("auth.test", 0.05)
    calling = asyncio.create_task(slack.call("auth.test"))
    await asyncio.sleep(0)
    await slack.pacer.hold("auth.test", 0.15)
    await asyncio.wait([calling], timeout=0.08)
    assert await desk.calls("auth.test") == []
    assert (await calling)["ok"]


async def test_every_page_is_read(desk: Desk) -> None:
    slack = desk.client()
    await slack.call("conversations.join", channel=GENERAL)
    for number in range(7):
        await slack.call("chat.postMessage", channel=GENERAL, text=f"{number}")
    said = [one["text"] async for one in slack.each("conversations.history", "messages", channel=GENERAL, limit=2)]
    assert [text for text in said if text.isdigit()] == [str(number) for number in reversed(range(7))]


async def test_text_from_outside_arrives_as_it_is(desk: Desk) -> None:
    slack = desk.client()
    await slack.call("conversations.join", channel=GENERAL)
    text = "陈 & <!channel> \"quoted\" 'x' \u202e → 🎉"
    answer = await slack.call("chat.postMessage", channel=GENERAL, text=text.replace("&", "&amp;").replace("<", "&lt;"))
    assert "陈 &amp; &lt;!channel" in answer["message"]["text"]
