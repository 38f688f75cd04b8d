"""The smallest Slack that can be answered: sends envelopes or signed requests and times the acknowledgements.

Not the sandbox: that one checks, stores and shows everything, and its own time would hide the bot's.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

SECRET = "a-signing-secret-of-the-benchmark"
TEAM, BOT, AE, CSM = "T00BENCH", "U00BOT", "U00AE", "U00CSM"
PEOPLE = {
    AE: {"name": "Ada", "email": "ada@bench.example"},
    CSM: {"name": "Chloé", "email": "chloe@bench.example"},
}


def user(slack_id: str) -> dict[str, Any]:
    """A ``user`` object as users.info gives it."""
    person = PEOPLE[slack_id]
    profile = {"real_name": person["name"], "email": person["email"]}
    return {"id": slack_id, "team_id": TEAM, "name": person["name"], "profile": profile, "tz": "UTC", "locale": "en-US"}


class Slack:
    """A Web API that says yes, and one websocket."""

    def __init__(self) -> None:
        self.views: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._connected = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        data: dict[str, Any] = dict(await request.post())
        if not data and request.content_type == "application/json":
            data = await request.json()
        return web.json_response({"ok": True, **self._answer(method, data)})

    def _answer(self, method: str, data: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        if method.startswith("views."):
            return self._view(json.loads(data["view"]) if isinstance(data.get("view"), str) else data["view"], number)
        if method == "users.lookupByEmail":
            found = [key for key, person in PEOPLE.items() if person["email"] == data.get("email")]
            return {"user": user(found[0])} if found else {"ok": False, "error": "users_not_found"}
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "auth.test": lambda: {
                "team_id": TEAM,
                "team": "Bench",
                "user_id": BOT,
                "bot_id": "B00BOT",
                "url": self.url,
            },
            "apps.connections.open": lambda: {"url": f"{self.url.replace('http', 'ws')}/link"},
            "users.info": lambda: {"user": user(str(data.get("user", AE)))},
            "users.list": lambda: {"members": [user(key) for key in PEOPLE]},
            "conversations.create": lambda: {"channel": {"id": f"C{number:08d}", "name": data["name"]}},
            "conversations.open": lambda: {"channel": {"id": "D00DIRECT"}},
            "conversations.list": lambda: {
                "channels": [{"id": "C00CS", "name": "customer-success", "is_member": True}]
            },
            "bookmarks.add": lambda: {"bookmark": {"id": f"Bk{number}"}},
            "chat.postMessage": lambda: {"channel": data["channel"], "ts": f"{1_700_000_000 + number}.000100"},
            "conversations.canvases.create": lambda: {"canvas_id": f"F{number}"},
        }
        return answers.get(method, dict)()

    def _view(self, view: dict[str, Any], number: int) -> dict[str, Any]:
        view |= {"id": f"V{number:08d}", "hash": f"{number}.h"}
        view["root_view_id"] = view["id"]
        self.views.put_nowait(view)
        return {"view": view}

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        hello = {
            "type": "hello",
            "num_connections": 1,
            "debug_info": {"host": "bench"},
            "connection_info": {"app_id": "A"},
        }
        await socket.send_json(hello)
        self._connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                self._acknowledged(json.loads(message.data))
        return socket

    def _acknowledged(self, answer: dict[str, Any]) -> None:
        future = self._waiting.pop(str(answer.get("envelope_id")), None)
        if future and not future.done():
            future.set_result(answer.get("payload"))

    async def connected(self) -> None:
        await self._connected.wait()

    async def over_socket(self, kind: str, payload: dict[str, Any]) -> Any:
        """Send one envelope and wait for its acknowledgement; returns the payload of the answer."""
        assert self._socket is not None
        envelope = f"e-{next(self._numbers)}"
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = future
        frame = {"envelope_id": envelope, "type": kind, "accepts_response_payload": True, "payload": payload}
        await self._socket.send_json(frame)
        return await asyncio.wait_for(future, 30)

    async def over_http(self, session: aiohttp.ClientSession, url: str, kind: str, payload: dict[str, Any]) -> Any:
        """Send one signed request and wait for its answer."""
        # As in Slack no two requests are the same; one that is, is refused.
        payload = payload | {"trigger_id": f"{next(self._numbers)}.2.3"}
        form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        body = urlencode(form)
        stamp = str(int(time.time()))
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        async with session.post(url, data=body, headers=headers) as response:
            text = await response.text()
            if response.status != 200:
                raise RuntimeError(f"{url} answered {response.status}: {text[:200]}")
            return json.loads(text) if text.startswith("{") else text


def command(name: str, text: str, slack_id: str = AE) -> dict[str, str]:
    """A slash command's payload."""
    return {
        "token": "t", "team_id": TEAM, "team_domain": "bench", "channel_id": "C00ANY", "channel_name": "any",
        "user_id": slack_id, "user_name": "ada", "command": name, "text": text, "api_app_id": "A00BENCH",
        "is_enterprise_install": "false", "response_url": "http://127.0.0.1:9/none", "trigger_id": "1.2.3",
    }  # fmt: skip


def interaction(kind: str, slack_id: str = AE, **more: object) -> dict[str, Any]:
    """An interaction's payload."""
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": slack_id, "username": "ada", "name": "ada", "team_id": TEAM},
        "api_app_id": "A00BENCH",
        "token": "t",
        "trigger_id": "1.2.3",
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }
