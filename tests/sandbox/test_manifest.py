"""What Slack takes and refuses in an app manifest."""

from copy import deepcopy
from typing import Any

import pytest

from sandbox.manifest import app_of
from sandbox.manifest_rules import manifest_problems

Json = dict[str, Any]
GOOD: Json = {
    "display_information": {"name": "x" * 35, "description": "d" * 140, "background_color": "#abc"},
    "features": {
        "bot_user": {"display_name": "bot"},
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/deal", "description": "Deals", "should_escape": True}],
        "shortcuts": [{"name": "Log", "type": "message", "callback_id": "log", "description": "Logs"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "channels:history"]}},
    "settings": {
        "socket_mode_enabled": True,
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["message.channels", "app_home_opened"]},
    },
}


def changed(path: str, value: object) -> Json:
    manifest = deepcopy(GOOD)
    *way, last = path.split("/")
    held: Any = manifest
    for name in way:
        held = held[int(name)] if name.isdigit() else held.setdefault(name, {})
    held[last] = value
    return manifest


def test_a_good_manifest_makes_an_app() -> None:
    assert manifest_problems(GOOD) == []
    app = app_of(GOOD)
    assert (app.name, app.commands[0].should_escape, app.shortcuts[0].type) == ("bot", True, "message")
    assert app.wants("message.channels")
    assert not app.wants("message.im")
    assert app.command("/other") is None


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("shout", 1, "shout: unknown member"),
        ("features/shout", 1, "features.shout: unknown member"),
        ("settings", [], "settings: must be a mapping"),
        ("display_information/name", "x" * 36, "display_information.name"),
        ("display_information/name", "", "display_information.name: must be given"),
        ("display_information/description", "x" * 141, "display_information.description"),
        ("display_information/long_description", "short", "at least 174"),
        ("display_information/background_color", "red", "background_color"),
        ("oauth_config/scopes/bot", ["commands", "shout"], "unknown scope shout"),
        ("oauth_config/scopes/bot", ["channels:history"], "need the scope commands"),
        ("oauth_config/scopes/bot", ["commands"], "message.channels needs the scope channels:history"),
        ("features/slash_commands/0/command", "deal", "is not a command"),
        ("features/slash_commands/0/description", "", "description: must be given"),
        ("features/slash_commands/0/shout", 1, "shout: unknown member"),
        ("features/shortcuts/0/type", "loud", "features.shortcuts[0]"),
        ("features/bot_user/display_name", "", "display_name: needed"),
        ("settings/event_subscriptions/bot_events", ["shouted"], "unknown event shouted"),
        ("settings/socket_mode_enabled", False, "request_url: needed without Socket Mode"),
    ],
)
def test_a_bad_member_is_named(path: str, value: object, said: str) -> None:
    assert said in "; ".join(manifest_problems(changed(path, value)))
