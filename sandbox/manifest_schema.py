"""The members of an app manifest: names, types, lengths and counts.

Source: Slack's published JSON schema of the manifest, version 2.0.0, and docs.slack.dev/reference/app-manifest.
"""

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

from sandbox.blockkit.problem import Problem
from sandbox.blockkit.schema import Anything, Array, Bool, Check, Enum, Field, Int, Out, Shape, Str

_ADDRESS: Final = re.compile(r"https?://.*", re.DOTALL)
_DOMAIN: Final = re.compile(r"(?![.\-])[-a-z0-9.]+[a-z0-9]")
_PART: Final = r"(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_RANGE: Final = re.compile(rf"(?:{_PART}\.){{3}}{_PART}(?:/(?:3[0-2]|[1-2][0-9]|[0-9]))?")


@dataclass(frozen=True, slots=True)
class Unique:
    """A list without repetitions."""

    listed: Check

    def check(self, value: object, at: str, out: Out) -> None:
        """As the list, and no item twice."""
        before = len(out)
        self.listed.check(value, at, out)
        if len(out) > before:
            return
        items = [json.dumps(item, sort_keys=True) for item in cast("list[object]", value)]
        if len(set(items)) < len(items):
            out.append(Problem(at, "is there twice"))


def _address(longest: int) -> Str:
    return Str(longest, pattern=_ADDRESS, wording="must begin with http:// or https://")


def _words(longest: int, most: int) -> Array:
    return Array(Str(longest), most=most)


def _flags(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Bool()) for name in names)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Str(), required=True) for name in names)


_PROMPTS = Array(Shape(_texts("title", "message")))
_DISPLAY = Shape(
    (
        Field("name", Str(35, 1), required=True),
        Field("description", Str(140, 1)),
        Field("long_description", Str(4000, 175)),
        Field("background_color", Str(7, 4, re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?"), "must be a colour")),
    )
)
_COMMAND = Shape(
    (
        Field(
            "command",
            Str(32, 2, re.compile(r"/[^\s/A-Z]+"), "must be / and small letters without a space"),
            required=True,
        ),
        Field("description", Str(2000, 1), required=True),
        Field("url", _address(3000)),
        Field("usage_hint", Str(1000, 1)),
        Field("should_escape", Bool()),
    )
)
_SHORTCUT = Shape(
    (
        Field("name", Str(24, 1), required=True),
        Field("type", Enum(("message", "global")), required=True),
        Field("callback_id", Str(255, 1), required=True),
        Field("description", Str(150, 1), required=True),
    )
)
_AGENT = (
    Field("agent_description", Str(300)),
    Field("suggested_prompts", Array(_PROMPTS.item, most=4)),
    Field("actions", Array(Shape(_texts("name", "description")))),
)
_FEATURES = Shape(
    (
        Field(
            "app_home",
            Shape(_flags("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled")),
        ),
        Field("bot_user", Shape((Field("display_name", Str(80, 1), required=True), *_flags("always_online")))),
        Field("shortcuts", Array(_SHORTCUT, 1, 10)),
        Field("slash_commands", Array(_COMMAND, 1, 50)),
        Field(
            "workflow_steps",
            Array(
                Shape(
                    (Field("name", Str(50, 1), required=True), Field("callback_id", Str(50, 1), required=True)),
                ),
                1,
                10,
            ),
        ),
        Field("unfurl_domains", Unique(Array(Str(255, pattern=_DOMAIN, wording="must be a domain"), 1, 5))),
        Field(
            "assistant_view",
            Shape((Field("assistant_description", Str(), required=True), Field("suggested_prompts", _PROMPTS))),
        ),
        Field("agent_view", Shape(_AGENT)),
        Field("code_channels", Shape((*_flags("enabled"), Field("slash_command_url", _address(3000))))),
        Field("functions", Anything()),
        Field("rich_previews", Anything()),
    )
)
_SCOPES = Shape(
    tuple(Field(name, _words(50, 255)) for name in ("bot", "user", "bot_optional", "user_optional")),
)
_OAUTH = Shape(
    (
        Field("redirect_urls", Unique(_words(2500, 1000))),
        Field("scopes", _SCOPES),
        *_flags("token_management_enabled", "pkce_enabled"),
    )
)
_METADATA_SUBSCRIPTION = Shape(
    (Field("app_id", Str(), required=True), Field("event_type", Str(50), required=True)),
)
_EVENTS = Shape(
    (
        Field("request_url", _address(3500)),
        Field("bot_events", Unique(_words(50, 100))),
        Field("user_events", Unique(_words(50, 100))),
        Field("metadata_subscriptions", Unique(Array(_METADATA_SUBSCRIPTION, 1, 20))),
    )
)
_INTERACTIVITY = Shape(
    (
        Field("is_enabled", Bool(), required=True),
        Field("request_url", _address(3500)),
        Field("message_menu_options_url", _address(3500)),
    )
)
_SETTINGS = Shape(
    (
        Field(
            "allowed_ip_address_ranges",
            Unique(Array(Str(pattern=_RANGE, wording="must be an IPv4 address or range"), 1, 50)),
        ),
        Field("event_subscriptions", _EVENTS),
        Field("incoming_webhooks", Shape(_flags("incoming_webhooks_enabled"))),
        Field("interactivity", _INTERACTIVITY),
        Field(
            "siws_links",
            Shape(
                (Field("initiate_uri", Str(3500, pattern=re.compile(r"https://.*"), wording="must begin https://")),)
            ),
        ),
        Field("hermes_app_type", Str()),
        Field("function_runtime", Str()),
        *_flags("org_deploy_enabled", "socket_mode_enabled", "is_hosted", "token_rotation_enabled", "is_mcp_enabled"),
    )
)
# sentences that end with a member's name, which the path takes
_NAMED: Final = MappingProxyType(
    {"invalid additional property: ": "unknown member", "missing required field: ": "must be given"}
)
_LATER = (
    "app_directory",
    "functions",
    "workflows",
    "datastores",
    "outgoing_domains",
    "types",
    "external_auth_providers",
    "mcp_servers",
)
MANIFEST: Final = Shape(
    (
        Field("$schema", Str()),
        Field(
            "_metadata",
            Shape(
                tuple(
                    Field(name, Int()) for name in ("schema_version", "min_version", "major_version", "minor_version")
                )
            ),
        ),
        Field("display_information", _DISPLAY, required=True),
        Field("features", _FEATURES),
        Field("oauth_config", _OAUTH),
        Field("settings", _SETTINGS),
        *(Field(name, Anything()) for name in _LATER),
    )
)


def shape_problems(manifest: object) -> list[str]:
    """One sentence per mistake, each beginning with the member's path (`features.slash_commands[0].url`)."""
    out: Out = []
    MANIFEST.check(manifest, "", out)
    return [_sentence(problem) for problem in out]


def _sentence(problem: Problem) -> str:
    path, said = problem.pointer, problem.message
    for beginning, words in _NAMED.items():
        if said.startswith(beginning):
            path, said = f"{path}/{said.removeprefix(beginning)}", words
    dotted = re.sub(r"\.(\d+)", r"[\1]", path.strip("/").replace("/", "."))
    return f"{dotted or 'manifest'}: {said.replace('must provide an object', 'must be a mapping')}"
