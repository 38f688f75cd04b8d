"""The routes beside the Web API: response_urls, files, installing."""

import json
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.answers import refused
from sandbox.core import Core
from sandbox.errors import SlackError
from sandbox.files import SIZE_MOST

Json = dict[str, Any]
BODY_MOST = 1024 * 1024
# what a multipart form may add to the file it carries
FORM_ROOM = 10_000


class Web:
    """Handlers over one sandbox."""

    def __init__(self, core: Core) -> None:
        self.core = core

    async def hook(self, request: Request) -> Response:
        """A post to a `response_url`: "ok", or the error as JSON."""
        try:
            self.core.urls.use(str(request.path_params["key"]), await _hook_body(request))
        except SlackError as error:
            return refused(error)
        finally:
            self.core.world.store.commit()
        return PlainTextResponse("ok")

    async def upload(self, request: Request) -> Response:
        """The bytes of a file: raw, or the first file of a multipart form."""
        data = b""
        if int(request.headers.get("content-length") or 0) > SIZE_MOST + FORM_ROOM:
            return refused(SlackError("file_upload_size_restricted", status=413))
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await request.form()
            for value in form.values():
                if isinstance(value, UploadFile):
                    data = await value.read()
                    break
        else:
            data = await request.body()
        try:
            file = self.core.files.receive(str(request.path_params["ticket"]), data)
        except SlackError as error:
            return refused(error)
        finally:
            self.core.world.store.commit()
        return PlainTextResponse(f"OK - {file.size}")

    async def download(self, request: Request) -> Response:
        """A file's bytes, never shown as a page of ours."""
        file = self.core.files.all.get(str(request.path_params["file"]))
        if file is None or file.ticket != request.path_params["ticket"]:
            return refused(SlackError("file_not_found", status=404))
        image = file.mimetype.startswith("image/") and "svg" not in file.mimetype
        place = "inline" if image and "download" not in request.query_params else "attachment"
        quoted = urlencode({"": file.name})[1:]
        headers = {
            "Content-Disposition": f"{place}; filename*=UTF-8''{quoted}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Response(file.data(), media_type=file.mimetype, headers=headers)

    async def show(self, request: Request) -> Response:
        """An image that a block names by its id, for our own page."""
        file = self.core.files.all.get(str(request.path_params["file"]))
        if file is None or not file.ready or not file.mimetype.startswith("image/") or "svg" in file.mimetype:
            return refused(SlackError("file_not_found", status=404))
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return Response(file.data(), media_type=file.mimetype, headers=headers)

    async def authorize(self, request: Request) -> Response:
        """Slack's consent page, agreed to at once: back to `redirect_uri` with a code."""
        query = request.query_params
        world = self.core.world
        if query.get("client_id") != world.client_id:
            return refused(SlackError("invalid_client_id", status=400))
        asked = {scope for scope in query.get("scope", "").split(",") if scope}
        if not asked <= set(world.app.scopes):
            return refused(SlackError("invalid_scope", status=400))
        redirect = query.get("redirect_uri")
        if not redirect or not redirect.startswith(("http://", "https://")):
            return refused(SlackError("bad_redirect_uri", status=400))
        user = query.get("user") or next(iter(world.humans())).id
        answer = {"code": self.core.oauth.grant(user, redirect), "state": query.get("state", "")}
        return RedirectResponse(f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(answer)}")


async def _hook_body(request: Request) -> Json:
    raw = await request.body()
    if len(raw) > BODY_MOST:
        raise SlackError("invalid_payload", status=413)
    text = raw.decode("utf-8", errors="replace")
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        text = parse_qs(text).get("payload", [""])[0]
    try:
        loaded: object = json.loads(text)
    except ValueError:
        raise SlackError("invalid_payload", status=400) from None
    if not isinstance(loaded, dict):
        raise SlackError("invalid_payload", status=400)
    return cast("Json", loaded)


def routes(core: Core) -> list[BaseRoute]:
    """The routes over one sandbox."""
    web = Web(core)
    return [
        Route("/hooks/{key:path}", web.hook, methods=["POST"]),
        Route("/files/upload/{ticket}", web.upload, methods=["POST", "PUT"]),
        Route("/_sandbox/files/{file}", web.show, methods=["GET"]),
        Route("/files/{file}/{ticket}", web.download, methods=["GET"]),
        Route("/oauth/v2/authorize", web.authorize, methods=["GET"]),
    ]
