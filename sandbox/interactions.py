"""What people do with the app — commands, actions, modals — as Slack tells the app, and what its answers do."""

import re
from typing import Any, cast

from sandbox.blockkit.api import check_submission, escape_text, initial_values, validate_view
from sandbox.blockkit.mrkdwn import as_stored
from sandbox.channels import Channel, Channels
from sandbox.delivery.dispatch import Dispatcher
from sandbox.delivery.transport import Ack
from sandbox.elements import action_entry, find_element, url_places
from sandbox.errors import SlackError, invalid, refuse_problems
from sandbox.names import Names
from sandbox.response_urls import ResponseUrls
from sandbox.store import Row
from sandbox.triggers import Triggers
from sandbox.views import View, Views
from sandbox.world import World

Json = dict[str, Any]
_PICKED = re.compile(r"<[@#][UWCG][A-Z0-9]+>")
TROUBLE = "We had some trouble connecting. Try again?"


class Interactions:
    """Every gesture of a person towards the app."""

    def __init__(
        self,
        world: World,
        channels: Channels,
        names: Names,
        views: Views,
        triggers: Triggers,
        urls: ResponseUrls,
        dispatcher: Dispatcher,
    ) -> None:
        self.world = world
        self.channels = channels
        self.names = names
        self.views = views
        self.triggers = triggers
        self.urls = urls
        self.dispatcher = dispatcher

    # what stands on every payload

    def _common(self, kind: str, user: str) -> Json:
        world = self.world
        person = world.person(user)
        return {
            "type": kind,
            "team": {"id": world.team.id, "domain": world.team.domain},
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
            "api_app_id": world.app.id,
            "token": world.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel: Channel) -> Json:
        return {"id": channel.id, "name": shown_name(channel)}

    # commands

    async def command(self, user: str, channel: Channel, line: str) -> None:
        """Types a slash command. Raises SlackError `unknown_command`, `operation_timeout`, `dispatch_failed`, or the
        answer's own error."""
        name, _, text = line.strip().partition(" ")
        command = self.world.app.command(name)
        if command is None:
            raise SlackError("unknown_command")
        person = self.world.person(user)
        payload = {
            "token": self.world.verification_token,
            "team_id": self.world.team.id,
            "team_domain": self.world.team.domain,
            "channel_id": channel.id,
            "channel_name": shown_name(channel),
            "user_id": user,
            "user_name": person.name,
            "command": name,
            "text": self._command_text(text.strip(), user, escape=command.should_escape),
            "api_app_id": self.world.app.id,
            "is_enterprise_install": "false",
            "response_url": self.urls.make("commands", user, channel),
            "trigger_id": self.triggers.make(user, channel.id),
        }
        ack = await self.dispatcher.ask("slash_commands", name, payload)
        if ack.payload:
            self.urls.respond(channel, user, None, ack.payload)
        elif ack.text.strip():
            self.urls.respond(channel, user, None, {"text": ack.text})

    def _command_text(self, text: str, user: str, *, escape: bool) -> str:
        """A command's text as the app gets it: as typed, or with `should_escape` escaped, and people, channels and
        links as `<@id|name>`, `<#id|name>` and `<address>`."""

        def reference(found: re.Match[str]) -> str:
            kind, known_id = found[0][1], found[0][2:-1]
            known = self.world.people.get(known_id) if kind == "@" else self.channels.all.get(known_id)
            if known is None:
                return escape_text(found[0]) if escape else found[0]
            return f"<{kind}{known.id}|{known.name}>" if escape else f"{kind}{known.name}"

        parts: list[str] = []
        at = 0
        for found in (*_PICKED.finditer(text), None):
            typed = text[at : found.start() if found else len(text)]
            parts.append(as_stored(self.names.typed(escape_text(typed), user, labels=True)) if escape else typed)
            if found:
                parts.append(reference(found))
                at = found.end()
        return "".join(parts)

    # actions

    async def action_on_message(self, user: str, channel: Channel, row: Row, action: Json, state: object) -> None:
        """Uses an element of a message. Raises SlackError."""
        self._interactive()
        blocks: list[Json] = row.body.get("blocks") or []
        block, element = find_element(blocks, action)
        values = initial_values({"blocks": blocks})
        _overlay(values, state)
        payload = self._common("block_actions", user)
        container: Json = {"type": "message", "message_ts": row.ts, "channel_id": channel.id}
        container["is_ephemeral"] = row.hearer is not None
        if row.thread:
            container["thread_ts"] = row.thread
        payload |= {
            "container": container,
            "trigger_id": self.triggers.make(user, channel.id),
            "channel": self._channel(channel),
            "message": row.body,
            "state": {"values": values},
            "response_url": self.urls.make("actions", user, channel, row.ts),
            "actions": [action_entry(block, element, action, self.world.clock.time())],
        }
        await self.dispatcher.ask("interactive", f"block_actions {action['action_id']}", payload)

    async def action_on_view(self, user: str, view: View, action: Json, state: object) -> None:
        """Uses an element of a modal or Home tab. Raises SlackError."""
        self._interactive()
        self.views.typed(view, state)
        block, element = find_element(view.sent["blocks"], action)
        payload = self._common("block_actions", user)
        payload |= {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self.triggers.make(user),
            "view": self.views.json(view),
            "actions": [action_entry(block, element, action, self.world.clock.time())],
        }
        await self.dispatcher.ask("interactive", f"block_actions {action['action_id']}", payload)

    def _interactive(self) -> None:
        if not self.world.app.interactivity:
            raise SlackError("interactivity_disabled")

    async def options(self, user: str, place: View | Row, query: Json) -> Json:
        """Asks the app for the options of an external select; `{"options"}` or `{"option_groups"}`."""
        self._interactive()
        blocks: list[Json] = place.sent["blocks"] if isinstance(place, View) else place.body.get("blocks") or []
        find_element(blocks, query)
        payload = self._common("block_suggestion", user)
        payload |= {
            "action_id": query["action_id"],
            "block_id": query["block_id"],
            "value": str(query.get("value", "")),
        }
        if isinstance(place, View):
            payload |= {"container": {"type": "view", "view_id": place.id}, "view": self.views.json(place)}
        else:
            channel = self.channels.all[place.channel]
            container = {"type": "message", "message_ts": place.ts, "channel_id": channel.id, "is_ephemeral": False}
            payload |= {"container": container, "channel": self._channel(channel), "message": place.body}
        ack = await self.dispatcher.ask("interactive", f"block_suggestion {query['action_id']}", payload)
        return _options_of(ack)

    async def shortcut(self, user: str, callback_id: str, place: tuple[Channel, Row] | None) -> None:
        """Uses a global shortcut, or one on a message. Raises SlackError."""
        self._interactive()
        payload = self._common("message_action" if place else "shortcut", user)
        payload |= {"callback_id": callback_id, "trigger_id": self.triggers.make(user)}
        payload["action_ts"] = f"{self.world.clock.time():.6f}"
        if place:
            channel, row = place
            payload |= {
                "channel": self._channel(channel),
                "message": row.body,
                "message_ts": row.ts,
                "response_url": self.urls.make("app", user, channel, row.ts),
            }
        await self.dispatcher.ask("interactive", f"shortcut {callback_id}", payload)

    # modals

    async def submit(self, user: str, view: View, values: object) -> Json:
        """Submits a modal: `{"ok", "closed", "errors"?, "message"?}`.

        Inputs that Slack's client would not let through are answered here without asking the app.
        """
        self.views.typed(view, values)
        refused = check_submission(view.sent, view.values)
        if refused:
            return {"ok": False, "closed": False, "errors": refused}
        payload = self._common("view_submission", user)
        payload |= {"trigger_id": self.triggers.make(user), "view": self.views.json(view)}
        payload["response_urls"] = self._response_urls(user, view)
        what = f"view_submission {view.sent.get('callback_id') or ''}".strip()
        try:
            ack = await self.dispatcher.ask("interactive", what, payload)
            return self._after_submit(view, ack)
        except SlackError as error:
            return {"ok": False, "closed": False, "error": error.error, "message": TROUBLE, "details": error.messages}

    def _response_urls(self, user: str, view: View) -> list[Json]:
        found: list[Json] = []
        for block_id, action_id, channel_id in url_places(view.sent["blocks"], view.values):
            channel = self.channels.all.get(channel_id)
            if channel is not None and self.channels.sees(channel, user):
                url = self.urls.make("app", user, channel)
                found.append(
                    {"block_id": block_id, "action_id": action_id, "channel_id": channel_id, "response_url": url}
                )
        return found

    def _after_submit(self, view: View, ack: Ack) -> Json:
        answer = ack.payload or {}
        action = answer.get("response_action")
        if not answer and not ack.text.strip():
            self.views.close(view)
            return {"ok": True, "closed": True}
        if action == "clear":
            self.views.close(view, everything=True)
            stack = self.views.stack(view.user)
            for left in stack:
                self.views.close(left, everything=True)
            return {"ok": True, "closed": True}
        if action == "errors":
            return {"ok": False, "closed": False, "errors": _errors_of(view, answer)}
        if action in {"update", "push"}:
            refuse_problems(validate_view(answer.get("view")))
            sent = cast("Json", answer["view"])
            if action == "update":
                self.views.update(view, sent)
            else:
                self.views.push(view.user, sent)
            return {"ok": True, "closed": False}
        raise invalid("unknown response_action", "/response_action")

    async def close(self, user: str, view: View, *, everything: bool) -> None:
        """Closes a modal (or the stack), telling the app where it asked to be told."""
        cleared = everything or bool(view.sent.get("clear_on_close"))
        gone = self.views.close(view, everything=cleared)
        for one in reversed(gone):
            if not one.sent.get("notify_on_close"):
                continue
            payload = self._common("view_closed", user)
            payload |= {"view": self.views.json(one, with_values=False), "is_cleared": cleared}
            try:
                await self.dispatcher.ask("interactive", f"view_closed {one.sent.get('callback_id') or ''}", payload)
            except SlackError:
                continue  # the person closed it; a failure is in the record of deliveries


def shown_name(channel: Channel) -> str:
    """How payloads name a channel: private ones and direct messages stay unnamed."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.kind == "private" else channel.name


def _overlay(values: dict[str, dict[str, Json]], typed: object) -> None:
    """Lays the page's values over the initial ones."""
    members = cast("Json", typed) if isinstance(typed, dict) else {}
    for block_id, actions in values.items():
        for action_id, state in actions.items():
            held: object = cast("Json", members.get(block_id) or {}).get(action_id)
            if isinstance(held, dict):
                state |= {key: value for key, value in cast("Json", held).items() if key in state}


def _errors_of(view: View, answer: Json) -> dict[str, str]:
    """The errors of an answer. Raises `invalid_arguments` when one is not beside an input of the view."""
    errors: object = answer.get("errors")
    inputs = {block["block_id"] for block in view.sent["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise invalid("must provide an object of errors", "/errors")
    said = cast("dict[str, object]", errors)
    for block_id, sentence in said.items():
        if block_id not in inputs:
            raise invalid(f"no input block with block_id {block_id}", f"/errors/{block_id}")
        if not isinstance(sentence, str) or not sentence:
            raise invalid("must provide a string", f"/errors/{block_id}")
    return cast("dict[str, str]", said)


def _options_of(ack: Ack) -> Json:
    """The options of an answer. Raises SlackError for those Slack would not show."""
    answer = ack.payload or {}
    for name in ("options", "option_groups"):
        if name in answer:
            if answer[name]:
                select = {
                    "type": "static_select",
                    "placeholder": {"type": "plain_text", "text": "-"},
                    "action_id": "a",
                    name: answer[name],
                }
                block = {"type": "actions", "elements": [select]}
                view = {"type": "modal", "title": {"type": "plain_text", "text": "-"}, "blocks": [block]}
                refuse_problems(validate_view(view))
            return {name: answer[name]}
    raise invalid("must provide options or option_groups", "/options")
