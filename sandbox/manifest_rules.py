"""What Slack refuses in an app manifest (schema version 2): what one member asks of another.

Source: docs.slack.dev/reference/app-manifest and the scope that each event's reference page asks for.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from sandbox.manifest_schema import shape_problems
from sandbox.scopes import ALL_BOT_SCOPES

Json = dict[str, Any]

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
    said = shape_problems(manifest)
    if said:
        return said
    granted = [str(one) for one in _listed(part(manifest, "oauth_config/scopes"), "bot")]
    said += [f"oauth_config.scopes.bot: unknown scope {one}" for one in granted if one not in ALL_BOT_SCOPES]
    socket = part(manifest, "settings").get("socket_mode_enabled") is True
    said += _commands(_listed(part(manifest, "features"), "slash_commands"), granted, socket=socket)
    said += _events(part(manifest, "settings/event_subscriptions"), granted, socket=socket)
    said += _shortcuts(
        _listed(part(manifest, "features"), "shortcuts"), granted, part(manifest, "settings/interactivity")
    )
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


def _commands(commands: list[Json], granted: list[str], *, socket: bool) -> Iterable[str]:
    if commands and "commands" not in granted:
        yield "features.slash_commands: need the scope commands"
    seen: set[str] = set()
    for index, entry in enumerate(commands):
        where, name = f"features.slash_commands[{index}]", str(entry["command"])
        if name in seen:
            yield f"{where}.command: {name} is there twice"
        seen.add(name)
        if not socket and not entry.get("url"):
            yield f"{where}.url: needed without Socket Mode"


def _shortcuts(shortcuts: list[Json], granted: list[str], interactivity: Json) -> Iterable[str]:
    if shortcuts and "commands" not in granted:
        yield "features.shortcuts: need the scope commands"
    if shortcuts and not interactivity.get("is_enabled"):
        yield "features.shortcuts: need settings.interactivity"
    names = [str(one["callback_id"]) for one in shortcuts]
    yield from (
        f"features.shortcuts[{index}].callback_id: {name} is there twice"
        for index, name in enumerate(names)
        if name in names[:index]
    )


def _events(subscriptions: Json, granted: list[str], *, socket: bool) -> Iterable[str]:
    events = [str(one) for one in _listed(subscriptions, "bot_events")]
    if events and not socket and not subscriptions.get("request_url"):
        yield "settings.event_subscriptions.request_url: needed without Socket Mode"
    for event in events:
        if event not in EVENTS:
            yield f"settings.event_subscriptions.bot_events: unknown event {event}"
        elif EVENTS[event] and not set(EVENTS[event]) & set(granted):
            yield f"settings.event_subscriptions.bot_events: {event} needs the scope {' or '.join(EVENTS[event])}"
