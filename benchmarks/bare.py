"""The baseline: a Bolt app that does nothing but acknowledge, with the same help text, by HTTP or Socket Mode.

`python -m benchmarks.bare http PORT` or `python -m benchmarks.bare socket API_URL`.
"""

import asyncio
import sys

import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.slack import BOT, SECRET, TEAM
from messages.help import BY_COMMAND

HELP = BY_COMMAND["/baton"]


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_user_id=BOT, bot_id="B00BOT", bot_token="xoxb-bench")


def bare_app(api_url: str) -> AsyncApp:
    app = AsyncApp(
        signing_secret=SECRET,
        client=AsyncWebClient(token="xoxb-bench", base_url=api_url),
        authorize=authorize,
        process_before_response=True,
    )

    async def answer(ack) -> None:
        await ack(HELP, response_type="ephemeral")

    async def done(ack) -> None:
        await ack()

    app.command("/baton")(answer)
    app.view("handoff")(done)
    return app


async def serve_http(port: int) -> None:
    handler = AsyncSlackRequestHandler(bare_app("http://127.0.0.1:9/api/"))
    api = FastAPI()

    @api.post("/slack/events")
    async def events(request: Request) -> Response:
        return await handler.handle(request)

    config = uvicorn.Config(api, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()


async def serve_socket(api_url: str) -> None:
    await AsyncSocketModeHandler(bare_app(api_url), app_token="xapp-bench").start_async()


if __name__ == "__main__":
    kind, where = sys.argv[1:3]
    asyncio.run(serve_http(int(where)) if kind == "http" else serve_socket(where))
