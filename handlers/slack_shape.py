"""What Slack sends, as far as Bolt and the handlers rely on it: a signed payload of another shape goes no further."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, cast
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Json = dict[str, Any]

DEEPEST: Final = 64
"""Levels of lists and objects. Slack's deepest is rich text in a block of a message in an event: about 12."""
FIELDS: Final = 64
"""Fields of a form; a slash command has about 15, everything else one."""
_JSON: Final = "application/json"


class Misshapen(Exception):
    """Nothing Slack would send; the sentence names the field, and nothing that stands in it."""


class _Loose(BaseModel):
    """Fields that are not named here are none of our business."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


Id = Annotated[str, Field(min_length=1, max_length=255)]
Named = Annotated[str, Field(max_length=255)]


class _Thing(_Loose):
    id: Id


class _Team(_Loose):
    id: Named | None = None


class _Option(_Loose):
    value: str = ""


class _Element(_Loose):
    """An input's state, or what was pressed."""

    type: str | None = None
    value: str | None = None
    action_ts: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_user: str | None = None
    selected_date: str | None = None
    selected_time: str | None = None


class _Action(_Element):
    action_id: Id
    block_id: Named = ""


class _State(_Loose):
    values: dict[str, dict[str, _Element]]


class _Block(_Loose):
    type: str
    block_id: str | None = None


class _View(_Loose):
    id: Id
    type: str
    callback_id: Named = ""
    private_metadata: str = ""
    state: _State
    hash: str = ""
    blocks: list[_Block] = Field(default_factory=list[_Block])
    root_view_id: Named | None = None
    previous_view_id: Named | None = None
    app_installed_team_id: Named | None = None


class _Container(_Loose):
    is_ephemeral: bool | None = None


class _Envelope(_Loose):
    """What Bolt looks at in every payload, whatever it is (slack_bolt.request.internals)."""

    type: str | None = None
    team: str | _Team | None = None
    team_id: Named | None = None
    enterprise: str | _Team | None = None
    enterprise_id: Named | None = None
    authorizations: list[_Team] | None = None
    channel: str | _Team | None = None
    channel_id: Named | None = None
    message: Json | None = None
    response_url: str | None = None
    response_urls: list[Json] | None = None
    function_data: Json | None = None
    is_ext_shared_channel: bool | None = None


class _Command(_Loose):
    command: Id
    user_id: Id
    trigger_id: Id
    text: str = ""


class _Pressed(_Loose):
    user: _Thing
    view: _View | None = None
    actions: Annotated[list[_Action], Field(min_length=1)]
    trigger_id: Id
    container: _Container = Field(default_factory=_Container)
    channel: _Team = Field(default_factory=_Team)


class _Filled(_Loose):
    """Submitted, or closed."""

    user: _Thing
    view: _View
    trigger_id: Named = ""
    is_cleared: bool = False


class _Suggestion(_Loose):
    user: _Thing
    action_id: Id
    value: str = ""


class _Shortcut(_Loose):
    user: _Thing
    callback_id: Id
    trigger_id: Id


class _Event(_Loose):
    """What stands in most events (docs.slack.dev/reference/events)."""

    type: Id
    user: str | _Thing | None = None
    channel: str | _Team | None = None
    event_ts: Named | None = None
    tab: Named = ""


class _Callback(_Loose):
    event: _Event


class _PersonEvent(_Loose):
    user: _Thing


class _HomeEvent(_Loose):
    user: Id


class _ChannelEvent(_Loose):
    channel: Id
    user: Named = ""


class _NewIdEvent(_Loose):
    old_channel_id: Id
    new_channel_id: Id


class _Renamed(_Thing):
    name: str = ""


class _RenameEvent(_Loose):
    channel: _Renamed


_ABOUT_A_CHANNEL: Final = (
    *("member_joined_channel", "member_left_channel", "channel_shared", "channel_unshared"),
    *("channel_archive", "group_archive", "channel_deleted", "group_deleted"),
)
_KINDS: Final[Mapping[str, type[_Loose]]] = MappingProxyType(
    {
        "block_actions": _Pressed,
        "view_submission": _Filled,
        "view_closed": _Filled,
        "block_suggestion": _Suggestion,
        "shortcut": _Shortcut,
        "message_action": _Shortcut,
        "event_callback": _Callback,
    }
)
_EVENTS: Final[Mapping[str, type[_Loose]]] = MappingProxyType(
    {
        "user_change": _PersonEvent,
        "team_join": _PersonEvent,
        "app_home_opened": _HomeEvent,
        "channel_id_changed": _NewIdEvent,
        "channel_rename": _RenameEvent,
        "group_rename": _RenameEvent,
        **dict.fromkeys(_ABOUT_A_CHANNEL, _ChannelEvent),
    }
)


def read(content_type: str, body: bytes) -> Json:
    """The payload in the body of a request, fit for Bolt. Raises Misshapen.

    Slack sends events as JSON, and the rest as a form whose field `payload` is JSON; a command is the form itself.
    """
    try:
        text = body.decode("utf-8")
        if content_type.partition(";")[0].strip().lower() == _JSON or text.startswith("{"):
            return fit(json.loads(text))
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
        return fit(json.loads(form["payload"]) if "payload" in form else form)
    except RecursionError as error:
        raise Misshapen("It is nested too deeply.") from error
    except ValueError as error:
        raise Misshapen("It is neither JSON nor a form in UTF-8.") from error


def fit(payload: object) -> Json:
    """The payload, if it is one Slack would send: without characters that no database keeps, and without nulls at its
    top, which mean the same as nothing. Raises Misshapen."""
    if not isinstance(payload, dict):
        raise Misshapen("It is no object.")
    cleaned = cast("Json", _clean(cast("object", payload), 0))
    found = {name: value for name, value in cleaned.items() if value is not None}
    if "command" not in found and "type" not in found:
        raise Misshapen("It has no type.")
    kind = _Command if "command" in found else _KINDS.get(str(found["type"]), _Envelope)
    try:
        _Envelope.model_validate(found)
        kind.model_validate(found)
        if kind is _Callback:
            event = found["event"]
            _EVENTS.get(event["type"], _Event).model_validate(event)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        raise Misshapen(f"{where[:200]}: {first['type']}") from error
    return found


def _clean(value: object, depth: int) -> object:
    """Without NUL, which PostgreSQL's texts can't hold, and without lone surrogates, which UTF-8 can't."""
    if isinstance(value, str):
        if "\0" in value:
            value = value.replace("\0", "")
        # The usual text is asked for once and left alone.
        return value if value.isascii() else value.encode("utf-8", "ignore").decode("utf-8")
    if depth >= DEEPEST:
        raise Misshapen("It is nested too deeply.")
    if isinstance(value, dict):
        return {str(_clean(key, depth)): _clean(inner, depth + 1) for key, inner in cast("Json", value).items()}
    if isinstance(value, list):
        return [_clean(inner, depth + 1) for inner in cast("list[object]", value)]
    return value
