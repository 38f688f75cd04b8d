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
        ("display_information/name", "", "display_information.name: must be more than 0 characters"),
        ("display_information", {}, "display_information.name: must be given"),
        ("display_information/description", "x" * 141, "display_information.description"),
        ("display_information/long_description", "x" * 174, "long_description: must be more than 174 characters"),
        ("display_information/long_description", "x" * 4001, "long_description: must be less than 4001 characters"),
        ("display_information/background_color", "red", "background_color"),
        ("oauth_config/scopes/bot", ["commands", "shout"], "unknown scope shout"),
        ("oauth_config/scopes/bot", ["channels:history"], "need the scope commands"),
        ("oauth_config/scopes/bot", ["commands"], "message.channels needs the scope channels:history"),
        ("features/slash_commands/0/command", "deal", "slash_commands[0].command: must be /"),
        ("features/slash_commands/0/command", "/" + "x" * 32, "command: must be less than 33 characters"),
        ("features/slash_commands/0/description", "", "slash_commands[0].description: must be more than 0"),
        ("features/slash_commands/0/description", "x" * 2001, "description: must be less than 2001"),
        ("features/slash_commands/0/usage_hint", "x" * 1001, "usage_hint: must be less than 1001"),
        ("features/slash_commands/0/should_escape", "yes", "should_escape: must provide a boolean"),
        ("features/slash_commands/0/url", "slack.example", "url: must begin with http:// or https://"),
        ("features/slash_commands", [], "slash_commands: must provide at least 1 items"),
        ("features/slash_commands", [GOOD["features"]["slash_commands"][0]] * 2, "/deal is there twice"),
        ("features/slash_commands", [{"command": f"/c{n}", "description": "x"} for n in range(51)], "no more than 50"),
        ("features/shortcuts/0/name", "x" * 25, "shortcuts[0].name: must be less than 25"),
        ("features/shortcuts/0/description", "x" * 151, "description: must be less than 151"),
        ("features/shortcuts/0/callback_id", "x" * 256, "callback_id: must be less than 256"),
        ("features/shortcuts", [GOOD["features"]["shortcuts"][0]] * 11, "no more than 10"),
        ("features/unfurl_domains", ["https://x.example"], "unfurl_domains[0]: must be a domain"),
        ("features/unfurl_domains", ["x.example", "x.example"], "unfurl_domains: is there twice"),
        ("features/app_home/home_tab_enabled", "true", "home_tab_enabled: must provide a boolean"),
        ("features/bot_user/display_name", "x" * 81, "display_name: must be less than 81"),
        ("_metadata/major_version", "2", "_metadata.major_version: must provide an integer"),
        ("oauth_config/scopes/bot", "commands", "scopes.bot: must provide an array"),
        ("oauth_config/redirect_urls", ["https://x.example"] * 2, "redirect_urls: is there twice"),
        ("settings/interactivity", {}, "settings.interactivity.is_enabled: must be given"),
        ("settings/interactivity/is_enabled", False, "shortcuts: need settings.interactivity"),
        ("settings/event_subscriptions/bot_events", ["app_home_opened"] * 2, "bot_events: is there twice"),
        ("settings/event_subscriptions/metadata_subscriptions", [{"app_id": "A1"}], "[0].event_type: must be given"),
        ("settings/allowed_ip_address_ranges", ["1.2.3"], "must be an IPv4 address"),
        ("features/slash_commands/0/shout", 1, "shout: unknown member"),
        ("features/shortcuts/0/type", "loud", "features.shortcuts[0]"),
        ("features/bot_user", {}, "bot_user.display_name: must be given"),
        ("features", {}, "display_name: needed by an app with bot scopes"),
        ("settings/event_subscriptions/bot_events", ["shouted"], "unknown event shouted"),
        ("settings/socket_mode_enabled", False, "request_url: needed without Socket Mode"),
    ],
)
def test_a_bad_member_is_named(path: str, value: object, said: str) -> None:
    assert said in "; ".join(manifest_problems(changed(path, value)))
