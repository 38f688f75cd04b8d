"""The browser page of the local Slack: one HTML document, plain ES modules and style sheets.

Everything on the page comes from the JSON API under ``/_sandbox/ui/`` and its Server-sent events; this package
only serves the files, with headers that keep data from ever running as code.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
STATIC_URL: Final = "/_sandbox/static"

# Images may come from anywhere, because Block Kit names them by URL; scripts and styles only from our own files.
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
        "img-src 'self' data: blob: https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class PageFiles(StaticFiles):
    """Static files the browser asks about every time (``ETag``), so that an edit shows on the next reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def routes(sandbox: object) -> list[BaseRoute]:
    """Give the page at ``/`` and its files under ``/_sandbox/static/``.

    ``sandbox`` is taken so that every part of the sandbox is mounted the same way; the page itself reads
    nothing from it but over the JSON API.
    """
    del sandbox
    html = _render()
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}

    async def page(_request: Request) -> HTMLResponse:
        return HTMLResponse(html, headers=headers)

    return [
        Route("/", page, methods=["GET"], name="page"),
        Mount(STATIC_URL, PageFiles(directory=STATIC), name="static"),
    ]


def _render() -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("index.html")
    return template.render(**_assets())


def _assets() -> dict[str, Any]:
    """Name the files to load, each with a fingerprint of all of them in its address where that matters."""
    digest = sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            digest.update(file.read_bytes())
    return {
        "static": STATIC_URL,
        "styles": [file.name for file in sorted((STATIC / "css").glob("*.css"))],
        "modules": [file.relative_to(STATIC / "js").as_posix() for file in sorted((STATIC / "js").rglob("*.js"))],
        "version": digest.hexdigest()[:12],
    }
