"""The page's JSON API under `/_sandbox/ui/`: what a person sees and does. `user` is the person acting."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.answers import JsonResponse, needed, number_of, read_object, refused
from sandbox.channels import Channel
from sandbox.core import Core
from sandbox.errors import SlackError, invalid
from sandbox.messages import Draft
from sandbox.speech import person_draft, receive_files
from sandbox.ui_shapes import Shapes
from sandbox.views import View

Json = dict[str, Any]
Act = Callable[[str, Json], Awaitable[Json]]
Look = Callable[[str, Request], Awaitable[Json]]
# A comment this often keeps the stream open through anything between.
HEARTBEAT_SECONDS = 15.0
SAID = {
    "operation_timeout": 'failed with the error "operation_timeout"',
    "dispatch_failed": 'failed with the error "dispatch_failed"',
}


class Ui:
    """Handlers over one sandbox."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.shapes = Shapes(core)

    def _user(self, given: object) -> str:
        user = self.core.world.people.get(str(given or ""))
        if user is None or user.is_bot:
            raise SlackError("user_not_found", status=404)
        return user.id

    def _channel(self, body: Json, user: str) -> Channel:
        return self.core.channels.visible(needed(body, "channel"), user)

    def act(self, handler: Act) -> Callable[[Request], Awaitable[Response]]:
        """A POST: `{"ok": true, …}`, or 200 with `{"ok": false, "error"}` for what Slack would refuse."""

        async def endpoint(request: Request) -> Response:
            try:
                body = await read_object(request)
                answer = await handler(self._user(body.get("user")), body)
            except SlackError as error:
                return refused(error)
            finally:
                self.core.world.store.commit()
            return JsonResponse({"ok": True, **answer})

        return endpoint

    def look(self, handler: Look) -> Callable[[Request], Awaitable[Response]]:
        """A GET: the JSON, or 404 with `{"ok": false, "error"}`."""

        async def endpoint(request: Request) -> Response:
            try:
                return JsonResponse(await handler(self._user(request.query_params.get("user")), request))
            except SlackError as error:
                return refused(error, 404)

        return endpoint

    # looking

    async def bootstrap(self, request: Request) -> Response:
        """Also without a user: then as the first person."""
        try:
            user = self._user(request.query_params.get("user") or next(iter(self.core.world.humans())).id)
        except SlackError as error:
            return refused(error)
        return JsonResponse(self.shapes.bootstrap(user))

    async def channel(self, user: str, request: Request) -> Json:
        channel = self.core.channels.visible(str(request.path_params["id"]), user)
        limit = max(1, min(number_of(request, "limit", 50), 500))
        return self.shapes.channel_page(channel, user, request.query_params.get("before") or None, limit)

    async def thread(self, user: str, request: Request) -> Json:
        channel = self.core.channels.visible(str(request.path_params["id"]), user)
        return self.shapes.thread(channel, user, str(request.path_params["ts"]))

    async def views(self, user: str, _: Request) -> Json:
        return {"views": [self.core.views.json(view) for view in self.core.views.stack(user)]}

    # saying

    async def message(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        author = self.core.rooms.say(channel, user)
        app = self.core.world.app
        if channel.is_im and app.bot_user_id in channel.members and app.messages_read_only:
            raise SlackError("messages_tab_read_only", message=f"Sending messages to {app.name} has been turned off.")
        thread_ts, broadcast = str(body.get("thread_ts") or "") or None, bool(body.get("reply_broadcast"))
        text, files = str(body.get("text") or ""), receive_files(self.core, user, body.get("files") or [])
        draft = person_draft(self.core, user, text, thread_ts, broadcast=broadcast, alone=not files)
        if files:
            row = self.core.files.complete([(file, file.title) for file in files], channel, user, draft)
        else:
            row = self.core.messages.post(channel, author, draft)
        if row is None:
            raise SlackError("no_text")
        channel.last_read[user] = row.ts
        self.core.channels.save(channel)
        return {"ts": row.ts, "channel": channel.id}

    async def delete_message(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        row = self.core.messages.get(channel, needed(body, "ts"))
        if row.author != user:
            raise SlackError("cant_delete_message")
        self.core.messages.delete(channel, row)
        return {}

    async def read(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        channel.last_read[user] = needed(body, "ts")
        self.core.channels.save(channel)
        return {}

    async def command(self, user: str, body: Json) -> Json:
        channel, line = self._channel(body, user), needed(body, "text").strip()
        name = line.split(" ", 1)[0]
        if body.get("thread_ts"):
            raise SlackError("not_supported_in_threads", message=f"{name} is not supported in threads. Sorry!")
        if user not in channel.members:
            raise SlackError("not_in_channel", message="You are not in this channel.")
        try:
            await self.core.interactions.command(user, channel, line)
        except SlackError as error:
            said = f"{name} {SAID.get(error.error, f'failed with the error “{error.error}”')}"
            if error.error == "unknown_command":
                said = f"{name} is not a valid command. In Slack, all messages that start with / are commands."
            return {"ok": False, "error": error.error, "message": said, "details": error.messages}
        return {}

    # the app's elements

    def _view(self, user: str, view_id: str) -> View:
        view = self.core.views.find(view_id, None)
        if view.user != user:
            raise SlackError("not_found")
        return view

    async def action(self, user: str, body: Json) -> Json:
        container, action = _object(body, "container"), _object(body, "action")
        if container.get("type") == "view":
            view = self._view(user, needed(container, "view_id"))
            await self.core.interactions.action_on_view(user, view, action, _values(body))
            return {}
        channel = self.core.channels.visible(needed(container, "channel_id"), user)
        row = self.core.world.store.message(channel.id, needed(container, "message_ts"))
        if row is None or row.deleted or row.hearer not in {None, user}:
            raise SlackError("message_not_found")
        await self.core.interactions.action_on_message(user, channel, row, action, _values(body))
        return {}

    async def submit(self, user: str, body: Json) -> Json:
        view = self._view(user, needed(body, "view_id"))
        return await self.core.interactions.submit(user, view, body.get("values"))

    async def typed(self, user: str, body: Json) -> Json:
        self.core.views.typed(self._view(user, needed(body, "view_id")), body.get("values"))
        return {}

    async def close(self, user: str, body: Json) -> Json:
        view = self._view(user, needed(body, "view_id"))
        self.core.views.typed(view, body.get("values"))
        await self.core.interactions.close(user, view, everything=bool(body.get("all")))
        return {}

    async def options(self, user: str, body: Json) -> Json:
        if body.get("view_id"):
            return await self.core.interactions.options(user, self._view(user, needed(body, "view_id")), body)
        place = _object(body, "message")
        channel = self.core.channels.visible(needed(place, "channel_id"), user)
        row = self.core.messages.get(channel, needed(place, "message_ts"))
        return await self.core.interactions.options(user, row, body)

    async def shortcut(self, user: str, body: Json) -> Json:
        place = None
        if body.get("message_ts"):
            channel = self._channel(body, user)
            place = channel, self.core.messages.get(channel, needed(body, "message_ts"))
        await self.core.interactions.shortcut(user, needed(body, "callback_id"), place)
        return {}

    async def upload(self, user: str, body: Json) -> Json:
        """Files for a `file_input`: they belong to the person and stand in no channel yet."""
        files = receive_files(self.core, user, body.get("files") or [])
        self.core.files.complete([(file, file.title) for file in files], None, user, Draft())
        return {"files": [self.core.files.json(file) for file in files]}

    async def see_home(self, user: str, _: Request) -> Json:
        view = self.core.views.home(user)
        return {"view": self.core.views.json(view) if view else None}

    async def home(self, user: str, body: Json) -> Json:
        tab = str(body.get("tab") or "home")
        world = self.core.world
        channel, _ = self.core.channels.open_direct([user, world.app.bot_user_id])
        view = self.core.views.home(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
        if view is not None and tab == "home":
            event["view"] = self.core.views.json(view)
        if not body.get("quiet"):
            world.emit(event, None)
        return {"view": self.core.views.json(view) if view else None, "channel": channel.id}

    # channels

    async def direct(self, user: str, body: Json) -> Json:
        channel, _ = self.core.rooms.direct([needed(body, "with")], user)
        return {"channel": channel.id}

    async def create(self, user: str, body: Json) -> Json:
        channel = self.core.rooms.create(needed(body, "name"), user, private=bool(body.get("is_private")))
        return {"channel": channel.id}

    async def react(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        row, name = self.core.messages.get(channel, needed(body, "ts")), needed(body, "name").strip(":")
        if user not in channel.members:
            raise SlackError("not_in_channel")
        reactions: list[Json] = row.body.get("reactions") or []
        if any(one["name"] == name and user in one["users"] for one in reactions):
            self.core.messages.unreact(channel, row, user, name)
        else:
            self.core.messages.react(channel, row, user, name)
        return {}

    async def join(self, user: str, body: Json) -> Json:
        self.core.rooms.join(self._channel(body, user), user)
        return {}

    async def leave(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        if channel.is_general or channel.is_direct or user not in channel.members:
            raise SlackError("cant_leave_general" if channel.is_general else "not_in_channel")
        self.core.rooms.kick(channel, user)
        return {}

    async def invite(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        if user not in channel.members:
            raise SlackError("not_in_channel")
        users: object = body.get("users") or [needed(body, "invitee")]
        if not isinstance(users, list):
            raise invalid("must provide an array", "/users")
        self.core.rooms.invite(channel, [str(one) for one in cast("list[object]", users)], user)
        return {}

    async def archive(self, user: str, body: Json) -> Json:
        channel = self._channel(body, user)
        if user not in channel.members:
            raise SlackError("not_in_channel")
        if body.get("archived", True):
            self.core.rooms.archive(channel, user)
        else:
            self.core.rooms.unarchive(channel, user)
        return {}

    # news

    async def events(self, request: Request) -> Response:
        """Server-sent events for one person."""
        try:
            user = self._user(request.query_params.get("user"))
        except SlackError as error:
            return refused(error)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(user), media_type="text/event-stream", headers=headers)

    async def _stream(self, user: str) -> AsyncIterator[str]:
        queue = self.core.world.hub.listen(user)
        try:
            yield 'retry: 1000\ndata: {"type": "hello"}\n\n'
            while True:
                try:
                    news = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if news is None:
                    return
                yield f"data: {json.dumps(news)}\n\n"
        finally:
            self.core.world.hub.leave(user, queue)


def _object(body: Json, name: str) -> Json:
    value = body.get(name)
    if not isinstance(value, dict):
        raise invalid("must provide an object", f"/{name}")
    return cast("Json", value)


def _values(body: Json) -> object:
    state = body.get("state")
    return cast("Json", state).get("values") if isinstance(state, dict) else None


def routes(core: Core) -> list[BaseRoute]:
    """The routes over one sandbox."""
    ui = Ui(core)
    looks: dict[str, Look] = {"channels/{id}": ui.channel, "channels/{id}/threads/{ts}": ui.thread, "views": ui.views}
    looks["home"] = ui.see_home
    acts: dict[str, Act] = {
        "message": ui.message,
        "delete": ui.delete_message,
        "read": ui.read,
        "command": ui.command,
        "action": ui.action,
        "submit": ui.submit,
        "typed": ui.typed,
        "close": ui.close,
        "options": ui.options,
        "shortcut": ui.shortcut,
        "upload": ui.upload,
        "home": ui.home,
        "im": ui.direct,
        "create": ui.create,
        "react": ui.react,
        "join": ui.join,
        "leave": ui.leave,
        "invite": ui.invite,
        "archive": ui.archive,
    }
    return [
        Route("/_sandbox/ui/bootstrap", ui.bootstrap, methods=["GET"]),
        Route("/_sandbox/ui/events", ui.events, methods=["GET"]),
        *(Route(f"/_sandbox/ui/{path}", ui.look(handler), methods=["GET"]) for path, handler in looks.items()),
        *(Route(f"/_sandbox/ui/{path}", ui.act(handler), methods=["POST"]) for path, handler in acts.items()),
    ]
