"""OAuth scopes: those that exist, and those a channel's kind asks for.

Source: docs.slack.dev/reference/scopes and the scope table of each `conversations.*` method.
"""

from typing import Final, Literal

ChannelKind = Literal["public", "private", "im", "mpim"]
Deed = Literal[
    "read",
    "history",
    "write",
    "invite",
    "topic",
    "join",
    "open",
]

ALL_BOT_SCOPES: Final[tuple[str, ...]] = (
    "app_mentions:read",
    "assistant:write",
    "bookmarks:read",
    "bookmarks:write",
    "calls:read",
    "calls:write",
    "canvases:read",
    "canvases:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "channels:write.invites",
    "channels:write.topic",
    "chat:write",
    "chat:write.customize",
    "chat:write.public",
    "commands",
    "conversations.connect:manage",
    "conversations.connect:read",
    "conversations.connect:write",
    "datastore:read",
    "datastore:write",
    "dnd:read",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "groups:write.invites",
    "groups:write.topic",
    "im:history",
    "im:read",
    "im:write",
    "im:write.topic",
    "incoming-webhook",
    "links.embed:write",
    "links:read",
    "links:write",
    "lists:read",
    "lists:write",
    "metadata.message:read",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "mpim:write.topic",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "reminders:read",
    "reminders:write",
    "remote_files:read",
    "remote_files:share",
    "remote_files:write",
    "search:read.files",
    "search:read.im",
    "search:read.mpim",
    "search:read.private",
    "search:read.public",
    "search:read.users",
    "team.billing:read",
    "team.preferences:read",
    "team:read",
    "tokens.basic",
    "triggers:read",
    "triggers:write",
    "usergroups:read",
    "usergroups:write",
    "users.profile:read",
    "users:read",
    "users:read.email",
    "users:write",
    "workflow.steps:execute",
    "workflows.templates:read",
    "workflows.templates:write",
)

APP_LEVEL_SCOPES: Final = ("connections:write", "authorizations:read", "app_configurations:write")

NEEDED: Final[dict[Deed, dict[ChannelKind, tuple[str, ...]]]] = {
    "read": {
        "public": ("channels:read",),
        "private": ("groups:read",),
        "im": ("im:read",),
        "mpim": ("mpim:read",),
    },
    "history": {
        "public": ("channels:history",),
        "private": ("groups:history",),
        "im": ("im:history",),
        "mpim": ("mpim:history",),
    },
    "write": {
        "public": ("channels:manage",),
        "private": ("groups:write",),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    },
    "invite": {
        "public": ("channels:write.invites", "channels:manage"),
        "private": ("groups:write.invites", "groups:write"),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    },
    "topic": {
        "public": ("channels:write.topic", "channels:manage"),
        "private": ("groups:write.topic", "groups:write"),
        "im": ("im:write.topic", "im:write"),
        "mpim": ("mpim:write.topic", "mpim:write"),
    },
    "join": {
        "public": ("channels:join",),
        "private": ("channels:join",),
        "im": ("channels:join",),
        "mpim": ("channels:join",),
    },
    "open": {
        "public": ("channels:manage",),
        "private": ("groups:write",),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    },
}


def accepted(deed: Deed) -> tuple[str, ...]:
    """Every scope that opens a deed for at least one kind of channel."""
    return tuple(dict.fromkeys(scope for per_kind in NEEDED[deed].values() for scope in per_kind))
