"""`views.*` (docs.slack.dev/reference/methods/views.*)."""

from typing import Any, cast

from sandbox.blockkit.api import validate_view
from sandbox.errors import SlackError, invalid, refuse_problems
from sandbox.methods.table import Call, Method, row
from sandbox.rates import Tier

Json = dict[str, Any]


def read_view(call: Call, *types: str) -> Json:
    """The view of the arguments. Raises `invalid_arguments`, `view_too_large`."""
    view = call.args.get("view")
    refuse_problems(validate_view(view))
    sent = cast("Json", view)
    if sent["type"] not in types:
        raise invalid(f"{call.method} only supports views of type {' or '.join(types)}", "/view/type")
    return sent


def _trigger(call: Call) -> tuple[str, str, str | None]:
    trigger_id = call.maybe("trigger_id") or call.maybe("interactivity_pointer")
    if trigger_id is None:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: trigger_id")
    user, conversation = call.core.triggers.check(trigger_id)
    return trigger_id, user, conversation


def open_view(call: Call) -> Json:
    sent = read_view(call, "modal")
    trigger_id, user, conversation = _trigger(call)
    view = call.core.views.open(user, sent, conversation)
    call.core.triggers.use(trigger_id)
    return {"view": call.core.views.json(view)}


def push_view(call: Call) -> Json:
    sent = read_view(call, "modal")
    trigger_id, user, _ = _trigger(call)
    view = call.core.views.push(user, sent)
    call.core.triggers.use(trigger_id)
    return {"view": call.core.views.json(view)}


def update_view(call: Call) -> Json:
    view_id, external_id = call.maybe("view_id"), call.maybe("external_id")
    if (view_id is None) == (external_id is None):
        raise SlackError("invalid_arguments", "[ERROR] exactly one of view_id and external_id must be given")
    sent = read_view(call, "modal", "home")
    view = call.core.views.find(view_id, external_id)
    if sent["type"] != view.sent["type"]:
        raise invalid("must be of the type of the view it replaces", "/view/type")
    updated = call.core.views.update(view, sent, call.maybe("hash"))
    return {"view": call.core.views.json(updated)}


def publish_view(call: Call) -> Json:
    sent = read_view(call, "home")
    if not call.core.world.app.home:
        raise SlackError("not_enabled")
    user = call.core.world.people.get(call.text("user_id"))
    if user is None:
        raise SlackError("invalid_arguments", "[ERROR] invalid `user_id` [json-pointer:/user_id]")
    view = call.core.views.publish(user.id, sent, call.maybe("hash"))
    return {"view": call.core.views.json(view)}


VIEW_ERRORS = "invalid_arguments view_too_large duplicate_external_id"
TRIGGERS = "invalid_trigger_id expired_trigger_id exchanged_trigger_id"

METHODS: tuple[Method, ...] = (
    row("views.open", Tier.FOUR, "view!:json trigger_id interactivity_pointer", open_view,
        errors=f"{VIEW_ERRORS} {TRIGGERS}"),
    row("views.push", Tier.FOUR, "view!:json trigger_id interactivity_pointer", push_view,
        errors=f"{VIEW_ERRORS} {TRIGGERS} push_limit_reached not_found"),
    row("views.update", Tier.FOUR, "view!:json view_id external_id hash", update_view,
        errors=f"{VIEW_ERRORS} not_found hash_conflict"),
    row("views.publish", Tier.FOUR, "user_id! view!:json hash interactivity_pointer", publish_view,
        errors=f"{VIEW_ERRORS} hash_conflict not_enabled"),
)  # fmt: skip
