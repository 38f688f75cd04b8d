"""A sandbox of its own for each test, on a free port, in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox, SandboxConfig
from sandbox.methods.catalogue import COMMON_ERRORS, METHODS

Json = dict[str, Any]
Start = Callable[..., Awaitable["Running"]]


class Running:
    """A sandbox that serves, with short ways to drive it."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.core = sandbox.core
        self.session = session
        self.env = sandbox.environment()
        self.url = sandbox.url
        token, base = self.env["SLACK_BOT_TOKEN"], self.env["SLACK_API_URL"]
        self.web = AsyncWebClient(token=token, base_url=base, session=session)

    async def get(self, path: str, **query: object) -> Json:
        query = {key: str(value) for key, value in query.items()}
        async with self.session.get(f"{self.url}_sandbox/{path}", params=query) as answer:
            return await answer.json()

    async def post(self, path: str, body: object) -> Json:
        async with self.session.post(f"{self.url}_sandbox/{path}", json=body) as answer:
            return await answer.json()

    async def ui(self, path: str, user: str, **body: object) -> Json:
        return await self.post(f"ui/{path}", {"user": user, **body})

    async def api(self, method: str, **kwargs: Any) -> Json:  # noqa: ANN401 - aiohttp's own
        """A raw call: whatever aiohttp takes; the bot token unless `headers` say else."""
        kwargs.setdefault("headers", {"Authorization": f"Bearer {self.env['SLACK_BOT_TOKEN']}"})
        async with self.session.post(f"{self.url}api/{method}", **kwargs) as answer:
            return await answer.json(content_type=None)

    async def error(self, method: str, **args: object) -> str:
        """The error of a call with JSON arguments."""
        answer = await self.api(method, json=args)
        assert answer["ok"] is False, answer
        return answer["error"]


@asynccontextmanager
async def running(config: SandboxConfig) -> AsyncIterator[Running]:
    sandbox = Sandbox(config)
    ready = asyncio.Event()
    serving = asyncio.create_task(sandbox.serve(ready=ready))
    await ready.wait()
    async with aiohttp.ClientSession() as session:
        yield Running(sandbox, session)
    for call in sandbox.core.record.calls(None, 0):
        method = METHODS.get(call["method"])
        if method is not None and call["error"] and not call["fault"] and call["method"] != "api.test":
            assert call["error"] in method.errors | COMMON_ERRORS, (call["method"], call["error"])
    await sandbox.stop()
    await serving


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts sandboxes with the given settings; all are stopped after the test."""
    async with AsyncExitStack() as stack:

        async def begin(**settings: object) -> Running:
            settings.setdefault("port", 0)
            return await stack.enter_async_context(running(SandboxConfig(**cast("Json", settings))))

        yield begin


@pytest.fixture
async def slack(start: Start) -> Running:
    """A sandbox without rate limits."""
    return await start(pace=0)
