"""The scenarios of Bolt for Python's own tests, with events that the sandbox made instead of written ones."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncSay
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store import FileInstallationStore, Installation
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.bolt import Heard, Next, over_socket
from tests.sandbox.conftest import Running

Json = dict[str, Any]
ADA, BOT, GENERAL = "U01ADALIND", "U00BOT0001", "C00GENERAL"


@pytest.fixture
async def heard() -> Heard:
    return Heard()


@pytest.fixture
async def app(slack: Running, heard: Heard) -> AsyncIterator[AsyncApp]:
    """Connected, and a member of #general."""
    client = AsyncWebClient(token=slack.env["SLACK_BOT_TOKEN"], base_url=slack.env["SLACK_API_URL"])
    app = AsyncApp(client=client, process_before_response=True)
    async with over_socket(slack, app):
        await client.conversations_join(channel=GENERAL)
        yield app


async def said(slack: Running, text: str, **more: object) -> str:
    return str((await slack.ui("message", ADA, channel=GENERAL, text=text, **more))["ts"])


async def test_a_keyword_is_heard_and_the_own_messages_are_not(slack: Running, app: AsyncApp, heard: Heard) -> None:
    @app.message("Hello")
    async def hello(body: Json, say: AsyncSay, context: AsyncBoltContext) -> None:
        await say("Hello yourself")
        await heard.put({"type": "hello", "bot": context.bot_user_id, "body": body})

    @app.event("message")
    async def other(body: Json) -> None:
        await heard.put(body)

    await said(slack, "Hello there")
    first = await heard.next()
    assert (first["type"], first["bot"]) == ("hello", BOT)
    event = first["body"]["event"]
    assert event.items() >= {"type": "message", "user": ADA, "channel": GENERAL, "channel_type": "channel"}.items()
    assert event["event_ts"] == event["ts"]
    assert first["body"]["authorizations"][0]["is_bot"] is True
    await said(slack, "What else?")
    assert (await heard.next())["event"]["text"] == "What else?"
    texts = [one["text"] for one in (await slack.get(f"messages?channel={GENERAL}"))["messages"]]
    assert "Hello yourself" in texts, "the app's own message is there, and Bolt left its event out"


async def test_deleted_messages(slack: Running, app: AsyncApp, heard: Heard) -> None:
    @app.event({"type": "message", "subtype": "message_deleted"})
    async def listen(event: Json) -> None:
        await heard.put(event)

    ts = await said(slack, "first")
    await slack.ui("delete", ADA, channel=GENERAL, ts=ts)
    deleted = await heard.next()
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"], deleted["hidden"]) == (ts, "first", True)


async def test_files_and_broadcast_replies(slack: Running, app: AsyncApp, heard: Heard) -> None:
    for subtype in ("file_share", "thread_broadcast"):

        @app.event({"type": "message", "subtype": subtype})
        async def listen(event: Json) -> None:
            await heard.put(event)

    file = {"name": "plan.txt", "content": "cGxhbg=="}
    await said(slack, "Here", files=[file])
    shared = await heard.next()
    assert (shared["subtype"], shared["files"][0]["name"], shared["user"]) == ("file_share", "plan.txt", ADA)
    parent = await said(slack, "parent")
    await said(slack, "to all", thread_ts=parent, reply_broadcast=True)
    reply = await heard.next()
    assert (reply["subtype"], reply["thread_ts"], reply["root"]["text"]) == ("thread_broadcast", parent, "parent")


async def test_listener_middleware_lazy_work_and_errors(slack: Running, app: AsyncApp, heard: Heard) -> None:
    async def only_deals(command: Json, next: Next) -> None:
        if command["text"].startswith("deal"):
            await next()

    async def acknowledge(ack: AsyncAck) -> None:
        await ack("On it")

    async def work(command: Json, say: AsyncSay) -> None:
        await say(f"Done with {command['text']}")
        await heard.put({"type": "worked"})

    app.command("/deal", middleware=[only_deals])(ack=acknowledge, lazy=[work])

    @app.command("/broken")
    async def broken() -> None:
        raise ValueError("as it happens")

    @app.error
    async def failed(error: Exception) -> None:
        await heard.put({"type": "failed", "error": str(error)})

    assert await slack.ui("command", ADA, channel=GENERAL, text="/deal deal 7") == {"ok": True}
    await heard.next("worked")
    texts = [one["text"] for one in (await slack.get(f"ui/channels/{GENERAL}", user=ADA))["messages"]]
    assert {"On it", "Done with deal 7"} <= set(texts)
    answer = await slack.ui("command", ADA, channel=GENERAL, text="/broken")
    assert (await heard.next("failed"))["error"] == "as it happens"
    assert answer["error"] in {"dispatch_failed", "operation_timeout"}


async def test_authorised_by_an_installation_store(slack: Running, heard: Heard, tmp_path: Path) -> None:
    store = FileInstallationStore(base_dir=str(tmp_path), client_id=slack.env["SLACK_CLIENT_ID"])
    token = slack.env["SLACK_BOT_TOKEN"]
    installation = Installation(
        app_id="A00BOT0001",
        team_id="T00NORTHW",
        user_id=ADA,
        bot_token=token,
        bot_id="B00BOT0001",
        bot_user_id=BOT,
        bot_scopes=["chat:write"],
    )
    store.save(installation)
    client = AsyncWebClient(base_url=slack.env["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret="kept secret", installation_store=store, process_before_response=True)

    @app.command("/deal")
    async def deal(ack: AsyncAck, context: AsyncBoltContext) -> None:
        await ack()
        assert isinstance(context.authorize_result, AuthorizeResult)
        await heard.put({"type": "authorised", "token": context.bot_token, "url": context.authorize_result.url})

    async with over_socket(slack, app):
        assert await slack.ui("command", ADA, channel=GENERAL, text="/deal") == {"ok": True}
        found = await heard.next("authorised")
        assert found["token"] == token
        assert found["url"].startswith("https://")
        calls = [one["method"] for one in (await slack.get("calls"))["calls"]]
        assert calls.count("auth.test") == 1
