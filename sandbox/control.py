"""The control routes under `/_sandbox/`: clock, faults, rates, record, state, samples."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.answers import JsonResponse, needed, number_of, read_object, refused
from sandbox.core import Core
from sandbox.errors import SlackError, invalid
from sandbox.people import Person
from sandbox.webhooks import Webhooks

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[object]]
DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
WAIT_MOST = 60.0
# message time-stamps have ten digits
EPOCH, LATEST = 0.0, datetime(2200, 1, 1, tzinfo=UTC).timestamp()
MESSAGES_MOST = 100_000


class Control:
    """Handlers over one sandbox."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.webhooks = Webhooks(core.world)

    def wrap(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """JSON from what a handler gives; 400 with the error for a SlackError."""

        async def endpoint(request: Request) -> Response:
            try:
                answer = await handler(request)
            except SlackError as error:
                return refused(error, error.status if error.status != 200 else 400)
            finally:
                self.core.world.store.commit()
            return JsonResponse(answer)

        return endpoint

    # clock

    def _clock(self) -> Json:
        clock = self.core.world.clock
        return {"now": clock.now().isoformat(), "offset": clock.offset, "version": clock.version}

    async def get_clock(self, request: Request) -> Json:
        wait = min(float(number_of(request, "wait", 0)), WAIT_MOST)
        await self.core.world.clock.changed(number_of(request, "after", -1), wait)
        return self._clock()

    async def set_clock(self, request: Request) -> Json:
        body = await read_object(request)
        clock = self.core.world.clock
        if "now" in body:
            seconds = _moment(body["now"]).timestamp() - clock.time()
        elif "advance" in body:
            seconds = _seconds(body["advance"])
        else:
            raise invalid("now or advance must be given")
        if not EPOCH <= clock.time() + seconds <= LATEST:
            raise invalid("must lead to a time between 1970 and 2200", "/now" if "now" in body else "/advance")
        clock.move(seconds)
        self.core.world.save_clock()
        self.core.schedule.post_due()
        self.core.world.hub.tell({"type": "clock", **self._clock()})
        return self._clock()

    # faults, rates, sockets

    async def get_faults(self, _: Request) -> Json:
        return {"faults": self.core.faults.list()}

    async def add_faults(self, request: Request) -> Json:
        try:
            orders: object = json.loads(await request.body())
        except ValueError:
            raise SlackError("invalid_json") from None
        return {"faults": self.core.faults.add(orders)}

    async def clear_faults(self, _: Request) -> Json:
        self.core.faults.clear()
        return {"faults": []}

    async def set_rates(self, request: Request) -> Json:
        factor = (await read_object(request)).get("factor")
        if not isinstance(factor, int | float) or isinstance(factor, bool) or factor < 0:
            raise invalid("must provide a number of 0 or more", "/factor")
        self.core.rates.set_factor(float(factor))
        return {"factor": self.core.rates.factor}

    async def get_rates(self, _: Request) -> Json:
        return {"factor": self.core.rates.factor}

    async def get_socket(self, _: Request) -> Json:
        return {"connections": len(self.core.sockets.connections), "wrong_acks": self.core.sockets.wrong_acks}

    async def disconnect(self, request: Request) -> Json:
        reason = needed(await read_object(request), "disconnect")
        if reason not in {"warning", "refresh_requested", "link_disabled", "drop"}:
            raise invalid("must be warning, refresh_requested, link_disabled or drop", "/disconnect")
        return {"told": await self.core.sockets.disconnect(reason)}

    # record

    async def calls(self, request: Request) -> Json:
        method = request.query_params.get("method") or None
        return {"calls": self.core.record.calls(method, number_of(request, "after", 0))}

    async def deliveries(self, request: Request) -> Json:
        return {"deliveries": self.core.record.deliveries(number_of(request, "after", 0))}

    async def messages(self, request: Request) -> Json:
        channel = request.query_params.get("channel") or None
        named = self.core.channels.by_name.get((channel or "").removeprefix("#"))
        limit = min(number_of(request, "limit", MESSAGES_MOST), MESSAGES_MOST)
        rows = self.core.world.store.every_message(named or channel, limit)
        return {
            "messages": [
                {
                    **row.body,
                    "channel": row.channel,
                    "deleted": row.deleted,
                    "ephemeral_to": row.hearer,
                    "is_edited": "edited" in row.body,
                }
                for row in rows
            ]
        }

    async def state(self, _: Request) -> Json:
        core, bot = self.core, self.core.world.app.bot_user_id
        channels = [{**core.channels.json(one, bot), "members": one.members} for one in core.channels.all.values()]
        views = {user: [core.views.json(view) for view in core.views.stack(user)] for user in core.views.stacks}
        homes = {user: core.views.json(view) for user in core.views.homes if (view := core.views.home(user))}
        canvases = [core.canvases.json(canvas) for canvas in core.canvases.all.values()]
        return {
            "channels": channels,
            "views": views,
            "homes": homes,
            "canvases": canvases,
            "people": [core.world.user_json(person) for person in core.world.people.values()],
            "scheduled": len(core.schedule.waiting),
        }

    async def reset(self, _: Request) -> Json:
        self.core.reset()
        return {"ok": True}

    # people

    async def change_person(self, request: Request) -> Json:
        """Changes a person's zone, locale, presence, status, do-not-disturb, or what they are in the workspace (a
        guest, an admin, deactivated), and tells the app."""
        body = await read_object(request)
        if needed(body, "user") not in self.core.world.people:
            return self._join_team(body)
        person = self.core.world.person(needed(body, "user"))
        known = {"tz", "locale", "presence", "real_name", "title", "deleted", "status_text", "status_emoji", "dnd"}
        known |= {"is_admin", "is_restricted", "is_ultra_restricted"}
        unknown = sorted(set(body) - known - {"user"})
        if unknown:
            raise invalid(f"unknown member {unknown[0]}")
        for name in set(body) & known:
            setattr(person, name, body[name])
        person.updated = int(self.core.world.clock.time())
        self.core.world.add_person(person)
        if person.deleted:
            self._leaves_channels(person.id)
        user = self.core.world.user_json(person)
        self.core.world.emit({"type": "user_change", "user": user, "cache_ts": person.updated}, None)
        self.core.world.hub.tell({"type": "people", "user": person.id})
        if "dnd" in body:
            event = {"type": "dnd_updated_user", "user": person.id, "dnd_status": body["dnd"]}
            self.core.world.emit(event, None)
        return {"user": user}

    def _leaves_channels(self, user: str) -> None:
        """A deactivated person is in no channel any more; Slack tells the app of it only by `user_change`."""
        for channel in self.core.channels.all.values():
            if user in channel.members and not channel.is_direct:
                channel.members.remove(user)
                self.core.channels.changed(channel)

    def _join_team(self, body: Json) -> Json:
        """Someone new: `{"user": id, "name", "real_name", "email", …}`."""
        known = {field.name for field in fields(Person)}
        values = {key: value for key, value in body.items() if key in known}
        needed(body, "name")
        needed(body, "real_name")
        world = self.core.world
        made: Json = {"team_id": world.team.id, **values, "id": needed(body, "user")}
        person = Person(**made)
        person.updated = int(world.clock.time())
        world.add_person(person)
        user = world.user_json(person)
        world.emit({"type": "team_join", "user": user}, None)
        world.hub.tell({"type": "people", "user": person.id})
        return {"user": user}

    async def share_channel(self, request: Request) -> Json:
        """Shares a channel with another team, or ends that: `{"channel", "team", "shared": bool}`."""
        body = await read_object(request)
        channel = self.core.channels.all.get(needed(body, "channel"))
        if channel is None:
            raise SlackError("channel_not_found")
        team, shared = needed(body, "team"), bool(body.get("shared", True))
        if shared and team not in channel.connected_team_ids:
            channel.connected_team_ids.append(team)
        if not shared and team in channel.connected_team_ids:
            channel.connected_team_ids.remove(team)
        channel.is_ext_shared = bool(channel.connected_team_ids)
        self.core.channels.changed(channel)
        kind = "channel_shared" if shared else "channel_unshared"
        event: Json = {"type": kind, "channel": channel.id}
        event |= {"connected_team_id": team} if shared else {"previously_connected_team_id": team}
        self.core.world.emit(event | {"is_ext_shared": channel.is_ext_shared}, channel.id)
        return {"channel": self.core.channels.json(channel, self.core.world.app.bot_user_id)}

    async def convert_channel(self, request: Request) -> Json:
        """Makes a channel public or private: `{"channel", "user", "private": bool}`."""
        body = await read_object(request)
        channel = self.core.channels.all.get(needed(body, "channel"))
        if channel is None:
            raise SlackError("channel_not_found")
        private = body.get("private")
        if not isinstance(private, bool):
            raise invalid("must provide a boolean", "/private")
        self.core.rooms.convert(channel, self.core.world.person(needed(body, "user")).id, private=private)
        return {"channel": self.core.channels.json(channel, self.core.world.app.bot_user_id)}

    async def install(self, request: Request) -> Json:
        """Takes the app out of the workspace or puts it back: `{"installed": bool}`; its bot token goes and comes."""
        installed = (await read_object(request)).get("installed")
        if not isinstance(installed, bool):
            raise invalid("must provide a boolean", "/installed")
        world = self.core.world
        token = world.tokens[world.bot_token]
        if not installed and not token.revoked:
            world.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [world.app.bot_user_id]}}, None)
            world.emit({"type": "app_uninstalled"}, None)
        world.tokens[world.bot_token] = replace(token, revoked=not installed)
        return {"installed": installed}

    # webhooks

    async def sample(self, request: Request) -> Json:
        return await self.webhooks.send_sample(str(request.path_params["name"]))

    async def webhook(self, request: Request) -> Json:
        body = await read_object(request)
        sent: object = body.get("body")
        if not isinstance(sent, dict):
            raise invalid("must provide an object", "/body")
        message_id = body.get("id")
        return await self.webhooks.send(cast("Json", sent), str(message_id) if message_id else None)


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise invalid("must be an ISO 8601 date and time", "/now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = DURATION.fullmatch(str(value))
    if found is None or not any(found[name] for name in ("weeks", "days", "hours", "minutes", "seconds")):
        raise invalid("must be seconds or an ISO 8601 duration", "/advance")
    parts = {name: float(part) for name, part in found.groupdict().items() if part and name != "sign"}
    return timedelta(**parts).total_seconds() * (-1 if found["sign"] else 1)


def routes(core: Core) -> list[BaseRoute]:
    """The routes over one sandbox."""
    control = Control(core)
    table: list[tuple[str, str, Handler]] = [
        ("GET", "clock", control.get_clock),
        ("POST", "clock", control.set_clock),
        ("GET", "faults", control.get_faults),
        ("POST", "faults", control.add_faults),
        ("DELETE", "faults", control.clear_faults),
        ("GET", "rates", control.get_rates),
        ("POST", "rates", control.set_rates),
        ("GET", "socket", control.get_socket),
        ("POST", "socket", control.disconnect),
        ("GET", "calls", control.calls),
        ("GET", "deliveries", control.deliveries),
        ("GET", "messages", control.messages),
        ("GET", "state", control.state),
        ("POST", "reset", control.reset),
        ("POST", "people", control.change_person),
        ("POST", "share", control.share_channel),
        ("POST", "convert", control.convert_channel),
        ("POST", "install", control.install),
        ("POST", "samples/{name}", control.sample),
        ("POST", "webhook", control.webhook),
    ]
    return [Route(f"/_sandbox/{path}", control.wrap(handler), methods=[verb]) for verb, path, handler in table]
