"""The few Slack methods the program itself calls, over real HTTP, with answers a test can change.

The whole of Slack is in the sandbox; here it is enough to refuse, to be slow, or to be away.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

AUTH: dict[str, Any] = {
    "ok": True,
    "team_id": "T00NORTHW",
    "team": "Northwind",
    "user_id": "U00BOT0001",
    "bot_id": "B00BOT0001",
    "url": "https://northwind.example/",
}


@dataclass
class StubbedSlack:
    """Answers by method; `failures` counts how many calls are answered 503 first."""

    url: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=lambda: {"auth.test": dict(AUTH)})
    headers: dict[str, str] = field(default_factory=dict[str, str])
    failures: int = 0
    calls: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        if self.failures:
            self.failures -= 1
            return web.Response(status=503, text="upstream")
        return web.json_response(
            self.answers.get(method, {"ok": False, "error": "unknown_method"}), headers=self.headers
        )


@asynccontextmanager
async def stubbed_slack() -> AsyncIterator[StubbedSlack]:
    """A server on a free port for the length of the block."""
    slack = StubbedSlack()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield slack
    await runner.cleanup()
