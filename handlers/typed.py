"""What people typed: in a slash command's text and in the inputs of a view."""

import html
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from handlers.listen import Body
from messages.values import unpack

_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]{2,30})(?:\|[^>]*)?>")
_NAMED: Final = re.compile(r"<[@#!]([^>|]*)(?:\|([^>]*))?>")
_ADDRESS: Final = re.compile(r"<([a-z][a-z0-9+.-]*:[^>|\s]+)(?:\|([^>]*))?>", re.IGNORECASE)


def people_in(text: str) -> list[str]:
    """The Slack ids of the people mentioned, in order (``<@U012AB3CD|name>``, as Slack sends an escaped command)."""
    return _PERSON.findall(text)


def as_typed(text: str) -> str:
    """A command's text as the person saw it: Slack escapes ``& < >`` and turns people, channels and links into tokens
    (``should_escape`` in the manifest)."""

    def sign(found: re.Match[str]) -> str:
        prefix = {"<@": "@", "<#": "#"}.get(found.group()[:2], "@")
        return prefix + (found.group(2) or found.group(1))

    text = _NAMED.sub(sign, text)
    text = _ADDRESS.sub(lambda found: found.group(1).removeprefix("mailto:"), text)
    return html.unescape(text)


def _state(view: Body, name: str) -> Mapping[str, Any]:
    values = view.get("state", {}).get("values", {})
    return cast("Mapping[str, Any]", values.get(name, {}).get(name) or {})


def text_of(view: Body, name: str) -> str:
    """What stands in a text field, '' for nothing."""
    return str(_state(view, name).get("value") or "").strip()


def person_of(view: Body, name: str) -> str:
    """The Slack id picked in a people menu, '' for nobody."""
    return str(_state(view, name).get("selected_user") or "")


def choice_of(view: Body, name: str) -> str:
    """The value of the option picked, '' for none."""
    option = cast("Mapping[str, Any]", _state(view, name).get("selected_option") or {})
    return str(option.get("value") or "")


def pressed(body: Body) -> Mapping[str, Any]:
    """What the pressed button carries, or the option picked in a menu of a message."""
    action = body["actions"][0]
    option = cast("Mapping[str, Any]", action.get("selected_option") or {})
    return unpack(str(action.get("value") or option.get("value") or ""))


def day_of(view: Body, name: str) -> str:
    """The day picked, ``2026-12-04``; '' for none."""
    return str(_state(view, name).get("selected_date") or "")


def time_of(view: Body, name: str) -> str:
    """The time picked, ``14:00``; '' for none."""
    return str(_state(view, name).get("selected_time") or "")


def remembered(view: Body) -> Mapping[str, Any]:
    """What the window carries."""
    return unpack(str(view.get("private_metadata") or ""))
