"""The sandbox's baseline: the same Starlette route on the same server, which reads the form and says ok.

`python -m benchmarks.form` prints `url=` as `python -m sandbox` does.
"""

import json
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANSWER = json.dumps({"ok": True}).encode()


async def endpoint(request: Request) -> Response:
    await request.form()
    return Response(ANSWER, media_type="application/json")


def main() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"url=http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    app = Starlette(routes=[Route("/api/{method:path}", endpoint, methods=["GET", "POST"])])
    config = uvicorn.Config(app, http="httptools", log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
