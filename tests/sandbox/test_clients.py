"""Every Socket Mode implementation of Bolt for Python, and the synchronous client."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler as AiohttpHandler
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler as WebsocketClientHandler
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler as WebsocketsHandler
from slack_bolt.async_app import AsyncAck
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.bolt import Heard, make_app
from tests.sandbox.conftest import Running

ADA = "U01ADALIND"
Handler = Callable[..., Any]


@pytest.mark.parametrize("handler", [AiohttpHandler, WebsocketsHandler])
async def test_asynchronous_handlers(slack: Running, handler: Handler) -> None:
    app = make_app(slack.env, Heard())

    @app.command("/deal")
    async def deal(ack: AsyncAck) -> None:
        await ack("done")

    connected = handler(app, slack.env["SLACK_APP_TOKEN"])
    await connected.connect_async()
    assert await slack.ui("command", ADA, channel="C00GENERAL", text="/deal") == {"ok": True}
    page = await slack.get("ui/channels/C00GENERAL", user=ADA)
    assert page["messages"][-1]["text"] == "done"
    await connected.close_async()


@pytest.mark.parametrize("kind", [SocketModeHandler, WebsocketClientHandler])
async def test_synchronous_handlers(slack: Running, kind: Handler) -> None:
    client = WebClient(token=slack.env["SLACK_BOT_TOKEN"], base_url=slack.env["SLACK_API_URL"])
    app = await asyncio.to_thread(App, client=client, process_before_response=True)
    ran = threading.Event()

    @app.command("/deal")
    def deal(ack: Ack) -> None:
        ack("done")
        ran.set()

    handler = kind(app, slack.env["SLACK_APP_TOKEN"])
    opened = threading.Event()
    listeners = getattr(handler.client, "on_open_listeners", None)
    if listeners is None:
        opened.set()
    else:
        # This one connects in a thread of its own and returns before it is connected.
        listeners.append(lambda _session: opened.set())
    await asyncio.to_thread(handler.connect)
    assert await asyncio.to_thread(opened.wait, 10)
    assert await slack.ui("command", ADA, channel="C00GENERAL", text="/deal") == {"ok": True}
    assert ran.is_set()
    await asyncio.to_thread(handler.close)


async def test_the_synchronous_client(slack: Running) -> None:
    client = WebClient(token=slack.env["SLACK_BOT_TOKEN"], base_url=slack.env["SLACK_API_URL"])
    made = await asyncio.to_thread(client.conversations_create, name="deal", is_private=True)
    channel = made["channel"]["id"]
    await asyncio.to_thread(client.conversations_invite, channel=channel, users=[ADA])
    uploaded = await asyncio.to_thread(client.files_upload_v2, channel=channel, content="x", filename="x.txt")
    assert uploaded["ok"]
    with pytest.raises(SlackApiError, match="name_taken"):
        await asyncio.to_thread(client.conversations_create, name="deal")


async def test_installing_by_oauth(slack: Running) -> None:
    query = {
        "client_id": slack.env["SLACK_CLIENT_ID"],
        "scope": "chat:write",
        "state": "s",
        "redirect_uri": "http://127.0.0.1:1/oauth_redirect",
    }
    async with slack.session.get(f"{slack.url}oauth/v2/authorize", params=query, allow_redirects=False) as answer:
        assert answer.status == 307
        location = answer.headers["Location"]
    code = location.split("code=")[1].split("&")[0]
    secrets = {"client_id": slack.env["SLACK_CLIENT_ID"], "client_secret": slack.env["SLACK_CLIENT_SECRET"]}
    done = await slack.web.oauth_v2_access(**secrets, code=code)
    assert done["access_token"] == slack.env["SLACK_BOT_TOKEN"]
    with pytest.raises(SlackApiError, match="code_already_used"):
        await slack.web.oauth_v2_access(**secrets, code=code)
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await slack.web.oauth_v2_access(client_id=secrets["client_id"], client_secret="x", code=code)
