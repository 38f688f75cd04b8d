"""The front door: who is asking, whether they may, and what people hear when something goes wrong.

Every question of access in handlers goes through this module to ``domain.access``.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final, cast

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from domain.access import Action, Allowed, PersonFacts, Relation, allowed, relation_of
from domain.outcome import Refused
from domain.picture import DealPicture
from handlers import listen
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from messages.handoff_place import BadPlace
from messages.note import note_view
from storage.troubles import sentence_of

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
TOO_LATE: Final = frozenset({"expired_trigger_id", "exchanged_trigger_id"})
UNKNOWN_TO_US: Final = frozenset({"user_not_found", "user_not_visible"})
NOBODY: Final = "Slack does not know this person, or not any more. Choose somebody else."
_ANY: Final = re.compile(".*", re.DOTALL)
_STRANGER: Final = PersonFacts(workspace="", is_external=True)

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers")


def asker_of(context: Mapping[str, Any]) -> Asker:
    """Who asks; the middleware put them there for everything but events."""
    return cast("Asker", context["asker"])


def is_lead(services: Services, asker: Asker) -> bool:
    """Whether the settings name this person, by Slack id or e-mail address, as the customer-success lead."""
    named = services.settings.lead.strip()
    return bool(named) and (named == asker.card.slack_id or named.casefold() == asker.card.email.casefold())


def relation(services: Services, asker: Asker, picture: DealPicture | None) -> Relation:
    """What the asker is to this deal; without a deal only the lead is something."""
    me = asker.card.slack_id
    return relation_of(
        me,
        ae=picture.ae.slack_id if picture and picture.ae else None,
        csm=picture.csm.slack_id if picture and picture.csm else None,
        lead=me if is_lead(services, asker) else None,
    )


def relation_to_customer(services: Services, asker: Asker, sellers: Collection[str], csms: Collection[str]) -> Relation:
    """What the asker is to a customer whose deals these people (Slack ids) have."""
    me = asker.card.slack_id
    return relation_of(
        me,
        ae=me if me in sellers else None,
        csm=me if me in csms else None,
        lead=me if is_lead(services, asker) else None,
    )


def may(asker: Asker, to_deal: Relation, action: Action) -> Allowed | Refused:
    """Whether the asker may do this."""
    return allowed(asker.facts, to_deal, action, workspace=asker.team_id)


async def note(client: Client, trigger_id: str, title: str, text: str) -> None:
    """Open a small window with one plain sentence."""
    await client.views_open(trigger_id=trigger_id, view=note_view(title, text))


async def tell(client: Client, body: Body, title: str, text: str) -> None:
    """The same for any interaction: on top of the modal it came from, if it came from one."""
    await show(client, body, note_view(title, text))


async def show(client: Client, body: Body, view: dict[str, Any]) -> None:
    """Open a window for any interaction: on top of the modal it came from, if it came from one."""
    if body.get("view", {}).get("type") == "modal":
        await client.views_push(trigger_id=body["trigger_id"], view=view)
    else:
        await client.views_open(trigger_id=body["trigger_id"], view=view)


def on_top(body: Body, title: str, text: str) -> dict[str, Any]:
    """The answer to a submission that keeps what was typed: a note above the form, or in its place when the stack of
    three is full."""
    view = body.get("view", {})
    full = view.get("previous_view_id") and view.get("previous_view_id") != view.get("root_view_id")
    return {"response_action": "update" if full else "push", "view": note_view(title, text)}


def register(app: AsyncApp, services: Services) -> None:
    """Stand before every handler: find the asker, refuse outsiders, answer when something breaks."""

    async def find_asker(
        body: Body, context: dict[str, Any], ack: Ack, client: Client, next: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        slack_id = _user_id(body)
        _bind(body, slack_id, services.people.team_id)
        if body.get("type") == "event_callback":
            await next()
            return None
        team = _team_id(body)
        # In a shared channel somebody of another workspace presses our buttons: nothing is asked about them.
        here = team in {"", services.people.team_id}
        asker = await _find(services, slack_id) if here and slack_id else None
        refused = allowed(
            asker.facts if asker else _STRANGER, Relation.NONE, Action.HELP, workspace=services.people.team_id
        )
        if asker is None or isinstance(refused, Refused):
            log.info("refused an outsider", at=team)
            reason = refused.reason if isinstance(refused, Refused) else ""
            return await _refuse(body, ack, client, reason)
        context["asker"] = asker
        await next()
        return None

    cast("Any", app).use(find_asker)
    cast("Any", app).error(_on_error)


def register_rest(app: AsyncApp) -> None:
    """After every other handler: a plain answer to whatever nobody else knows."""

    async def unknown(body: Body, ack: Ack, client: Client) -> BoltResponse:
        return await _unknown(body, ack, client)

    listen.command(app, _ANY, unknown)
    listen.action(app, re.compile(r"^open_link"), _silent)
    listen.action(app, _ANY, unknown)
    listen.view(app, _ANY, unknown)
    listen.view_closed(app, _ANY, _silent)
    listen.options(app, _ANY, unknown)
    listen.shortcut(app, _ANY, unknown)
    listen.event(app, _ANY, _unheard)


async def _silent(ack: Ack) -> None:
    await ack()


async def _unheard(event: Body) -> None:
    log.debug("an event nobody handles", kind=event.get("type"))


def _user_id(body: Body) -> str:
    user = body.get("user")
    if isinstance(user, dict):
        return str(cast("Body", user).get("id") or "")
    return str(body.get("user_id") or "")


def _team_id(body: Body) -> str:
    """The workspace somebody acts in, '' when the payload names none."""
    team: object = body.get("team_id") or body.get("team")
    return str(cast("Body", team).get("id") or "") if isinstance(team, dict) else str(team or "")


def _bind(body: Body, slack_id: str, team_id: str) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(team=team_id, user=slack_id, what=_what(body))


def _what(body: Body) -> str:
    if "command" in body:
        return f"command {str(body['command'])[:40]}"
    if "event" in body:
        return f"event {body['event'].get('type')}"
    if body.get("actions"):
        return f"action {body['actions'][0].get('action_id')}"
    view = body.get("view")
    name = view.get("callback_id") if isinstance(view, dict) else body.get("callback_id") or body.get("action_id")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return f"{body.get('type')} {name}"


async def _find(services: Services, slack_id: str) -> Asker | None:
    try:
        return await services.people.find(slack_id)
    except SlackApiError as error:
        if code_of(error) in UNKNOWN_TO_US:
            return None
        raise


async def _refuse(body: Body, ack: Ack, client: Client, reason: str) -> BoltResponse:
    return await _answer(body, ack, client, "Baton", reason)


async def _unknown(body: Body, ack: Ack, client: Client) -> BoltResponse:
    log.warning("nobody handles this")
    if "command" in body:
        text = "Baton does not answer this command here. `/baton help` lists what it does."
        return await ack({"response_type": "ephemeral", "text": text})
    text = "This button or form comes from another version of Baton. Open it anew, or type `/baton help`."
    return await _answer(body, ack, client, "Out of date", text)


async def _answer(body: Body, ack: Ack, client: Client, title: str, text: str) -> BoltResponse:
    """One plain sentence to whoever asks, by the way they asked."""
    if "command" in body:
        return await ack({"response_type": "ephemeral", "text": text})
    match body.get("type"):
        case "view_submission":
            return await ack(on_top(body, title, text))
        case "block_actions" | "shortcut" | "message_action":
            try:
                await tell(client, body, title, text)
            except SlackApiError as error:
                log.warning("a note could not be opened", error=code_of(error))
            return await ack()
        case "block_suggestion":
            return await ack(options=[])
        case _:
            return await ack()


async def _on_error(error: Exception, body: Body, ack: Ack, client: Client) -> BoltResponse:
    if isinstance(error, BoltUnhandledRequestError | BadPlace):
        return await _unknown(body, ack, client)
    if isinstance(error, SlackApiError) and code_of(error) in UNKNOWN_TO_US:
        log.info("somebody Slack does not know")
        return await _answer(body, ack, client, "Baton", NOBODY)
    reference = new_reference()
    log.error("a request failed", reference=reference, exc_info=error)
    if body.get("type") == "event_callback":
        # Slack sends an event again that was not taken.
        return BoltResponse(status=500, body="")
    return await _answer(body, ack, client, "Something went wrong", sorry(error, reference))


def sorry(error: Exception, reference: str) -> str:
    """What a person hears when something broke."""
    if isinstance(error, SlackApiError) and code_of(error) in TOO_LATE:
        return f"Slack stopped waiting before the window could open. Please try again. (Reference: {reference})"
    trouble = sentence_of(error)
    if trouble:
        return f"This was not saved. {trouble} Tell your admin this reference: {reference}"
    return (
        "Something went wrong on our side. This may not have been saved; nothing that was there is lost. "
        f"Please look and try again; if it stays like this, tell your admin this reference: {reference}"
    )


def new_reference() -> str:
    """A short name for one failure, without letters that look alike: ``B-7F3K2Q``."""
    return "B-" + "".join(secrets.choice(LETTERS) for _ in range(6))


def code_of(error: SlackApiError) -> str:
    """Slack's name for what it refused."""
    return str(cast("Any", error.response).get("error", ""))  # pyright: ignore[reportUnknownMemberType]
