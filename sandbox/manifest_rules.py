"""What Slack refuses in an app manifest (schema version 2).

Source: docs.slack.dev/reference/app-manifest and the scope that each event's reference page asks for.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from sandbox.scopes import ALL_BOT_SCOPES

Json = dict[str, Any]

MEMBERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "": frozenset({"_metadata", "display_information", "features", "oauth_config", "settings", "functions"}),
        "_metadata": frozenset({"major_version", "minor_version", "schema_version"}),
        "display_information": frozenset({"name", "description", "long_description", "background_color"}),
        "features": frozenset(
            {"app_home", "bot_user", "shortcuts", "slash_commands", "unfurl_domains", "assistant_view", "rich_previews"}
        ),
        "features/app_home": frozenset({"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"}),
        "features/bot_user": frozenset({"display_name", "always_online"}),
        "oauth_config": frozenset({"redirect_urls", "scopes", "token_management_enabled", "pkce_enabled"}),
        "oauth_config/scopes": frozenset({"bot", "user", "bot_optional", "user_optional"}),
        "settings": frozenset(
            {
                "allowed_ip_address_ranges",
                "event_subscriptions",
                "incoming_webhooks",
                "interactivity",
                "org_deploy_enabled",
                "socket_mode_enabled",
                "token_rotation_enabled",
                "is_hosted",
                "function_runtime",
            }
        ),
        "settings/event_subscriptions": frozenset(
            {"request_url", "bot_events", "user_events", "metadata_subscriptions"}
        ),
        "settings/interactivity": frozenset({"is_enabled", "request_url", "message_menu_options_url"}),
    }
)
COMMAND: Final = frozenset({"command", "url", "description", "usage_hint", "should_escape"})
SHORTCUT: Final = frozenset({"name", "type", "callback_id", "description"})
COMMAND_NAME: Final = re.compile(r"/[^\s/A-Z]{1,31}")
COLOUR: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
LENGTHS: Final = {"name": 35, "description": 140, "long_description": 4000}
LONG_LEAST: Final = 174
COMMANDS_MOST, SHORTCUTS_MOST, EVENTS_MOST = 50, 10, 100

# the scopes of which an event asks for one; none: it asks for no scope
EVENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "app_home_opened": (),
        "app_mention": ("app_mentions:read",),
        "app_rate_limited": (),
        "app_uninstalled": (),
        "assistant_thread_context_changed": ("assistant:write",),
        "assistant_thread_started": ("assistant:write",),
        "call_rejected": ("calls:read",),
        "channel_archive": ("channels:read",),
        "channel_created": ("channels:read",),
        "channel_deleted": ("channels:read",),
        "channel_history_changed": ("channels:history", "groups:history", "mpim:history"),
        "channel_id_changed": ("channels:read", "groups:read", "im:read", "mpim:read"),
        "channel_left": ("channels:read",),
        "channel_rename": ("channels:read",),
        "channel_shared": ("channels:read", "groups:read"),
        "channel_unarchive": ("channels:read",),
        "channel_unshared": ("channels:read", "groups:read"),
        "dnd_updated_user": ("dnd:read",),
        "emoji_changed": ("emoji:read",),
        "file_change": ("files:read",),
        "file_created": ("files:read",),
        "file_deleted": ("files:read",),
        "file_public": ("files:read",),
        "file_shared": ("files:read",),
        "file_unshared": ("files:read",),
        "group_archive": ("groups:read",),
        "group_deleted": ("groups:read",),
        "group_history_changed": ("groups:history",),
        "group_left": ("groups:read",),
        "group_rename": ("groups:read",),
        "group_unarchive": ("groups:read",),
        "im_history_changed": ("im:history",),
        "link_shared": ("links:read",),
        "member_joined_channel": ("channels:read", "groups:read"),
        "member_left_channel": ("channels:read", "groups:read"),
        "message.channels": ("channels:history",),
        "message.groups": ("groups:history",),
        "message.im": ("im:history",),
        "message.mpim": ("mpim:history",),
        "message_metadata_deleted": ("metadata.message:read",),
        "message_metadata_posted": ("metadata.message:read",),
        "message_metadata_updated": ("metadata.message:read",),
        "pin_added": ("pins:read",),
        "pin_removed": ("pins:read",),
        "reaction_added": ("reactions:read",),
        "reaction_removed": ("reactions:read",),
        "shared_channel_invite_accepted": ("conversations.connect:manage",),
        "shared_channel_invite_approved": ("conversations.connect:manage",),
        "shared_channel_invite_declined": ("conversations.connect:manage",),
        "shared_channel_invite_received": ("conversations.connect:read",),
        "shared_channel_invite_requested": ("conversations.connect:manage",),
        "subteam_created": ("usergroups:read",),
        "subteam_members_changed": ("usergroups:read",),
        "subteam_updated": ("usergroups:read",),
        "team_domain_change": ("team:read",),
        "team_join": ("users:read",),
        "team_rename": ("team:read",),
        "tokens_revoked": (),
        "user_change": ("users:read",),
        "user_huddle_changed": ("users:read",),
        "user_profile_changed": ("users.profile:read", "users:read"),
        "user_status_changed": ("users:read",),
    }
)


def manifest_problems(manifest: Json) -> list[str]:
    """One sentence per mistake, each beginning with the member's path; empty when Slack would take it."""
    said = list(_unknown(manifest))
    if said:
        return said
    said += _display(part(manifest, "display_information"))
    granted = [str(one) for one in _listed(part(manifest, "oauth_config/scopes"), "bot")]
    said += [f"oauth_config.scopes.bot: unknown scope {one}" for one in granted if one not in ALL_BOT_SCOPES]
    socket = part(manifest, "settings").get("socket_mode_enabled") is True
    said += _commands(_listed(part(manifest, "features"), "slash_commands"), granted, socket=socket)
    said += _shortcuts(_listed(part(manifest, "features"), "shortcuts"))
    said += _events(part(manifest, "settings/event_subscriptions"), granted, socket=socket)
    interactivity = part(manifest, "settings/interactivity")
    if interactivity.get("is_enabled") and not socket and not interactivity.get("request_url"):
        said.append("settings.interactivity.request_url: needed without Socket Mode")
    if granted and not part(manifest, "features/bot_user").get("display_name"):
        said.append("features.bot_user.display_name: needed by an app with bot scopes")
    return said


def part(manifest: Json, path: str) -> Json:
    """The mapping at `a/b`, empty when it is not there."""
    held: Any = manifest
    for name in path.split("/"):
        held = cast("Json", held).get(name) if isinstance(held, dict) else None
    return cast("Json", held) if isinstance(held, dict) else {}


def _listed(holder: Json, name: str) -> list[Any]:
    value: object = holder.get(name)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _unknown(manifest: Json) -> Iterable[str]:
    for path, known in MEMBERS.items():
        held: Any = manifest
        for name in path.split("/") if path else ():
            held = cast("Json", held).get(name) if isinstance(held, dict) else None
        if held is None:
            continue
        dotted = path.replace("/", ".")
        if not isinstance(held, dict):
            yield f"{dotted}: must be a mapping"
            continue
        for name in sorted(set(cast("Json", held)) - known):
            yield f"{dotted}.{name}: unknown member".removeprefix(".")


def _display(display: Json) -> Iterable[str]:
    if not display.get("name"):
        yield "display_information.name: must be given"
    for name, most in LENGTHS.items():
        value = display.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > most):
            yield f"display_information.{name}: must be a string of at most {most} characters"
    long = display.get("long_description")
    if isinstance(long, str) and len(long) < LONG_LEAST:
        yield f"display_information.long_description: must be at least {LONG_LEAST} characters"
    colour = display.get("background_color")
    if colour is not None and not COLOUR.fullmatch(str(colour)):
        yield "display_information.background_color: must be a colour like #2c2d30"


def _commands(commands: list[Any], granted: list[str], *, socket: bool) -> Iterable[str]:
    if commands and "commands" not in granted:
        yield "features.slash_commands: need the scope commands"
    if len(commands) > COMMANDS_MOST:
        yield f"features.slash_commands: at most {COMMANDS_MOST}"
    seen: set[str] = set()
    for index, entry in enumerate(commands):
        where = f"features.slash_commands[{index}]"
        if not isinstance(entry, dict):
            yield f"{where}: must be a mapping"
            continue
        members = cast("Json", entry)
        name = str(members.get("command") or "")
        if not COMMAND_NAME.fullmatch(name):
            yield f"{where}.command: {name!r} is not a command"
        if name in seen:
            yield f"{where}.command: {name} is there twice"
        seen.add(name)
        yield from (f"{where}.{one}: unknown member" for one in sorted(set(members) - COMMAND))
        if not members.get("description"):
            yield f"{where}.description: must be given"
        if not socket and not members.get("url"):
            yield f"{where}.url: needed without Socket Mode"


def _shortcuts(shortcuts: list[Any]) -> Iterable[str]:
    if len(shortcuts) > SHORTCUTS_MOST:
        yield f"features.shortcuts: at most {SHORTCUTS_MOST}"
    for index, entry in enumerate(shortcuts):
        where = f"features.shortcuts[{index}]"
        members = cast("Json", entry) if isinstance(entry, dict) else {}
        if members.keys() != SHORTCUT or members.get("type") not in {"global", "message"}:
            yield f"{where}: must have name, type (global or message), callback_id and description"


def _events(subscriptions: Json, granted: list[str], *, socket: bool) -> Iterable[str]:
    events = [str(one) for one in _listed(subscriptions, "bot_events")]
    if len(events) > EVENTS_MOST:
        yield f"settings.event_subscriptions.bot_events: at most {EVENTS_MOST}"
    if events and not socket and not subscriptions.get("request_url"):
        yield "settings.event_subscriptions.request_url: needed without Socket Mode"
    for event in events:
        if event not in EVENTS:
            yield f"settings.event_subscriptions.bot_events: unknown event {event}"
        elif EVENTS[event] and not set(EVENTS[event]) & set(granted):
            yield f"settings.event_subscriptions.bot_events: {event} needs the scope {' or '.join(EVENTS[event])}"
