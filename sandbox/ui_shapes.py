"""What the page is shown: one person's workspace as JSON."""

from typing import Any

from sandbox.channels import Channel
from sandbox.core import Core
from sandbox.store import Row, Span

Json = dict[str, Any]
THREAD_MOST = 1000


class Shapes:
    """Builds the page's JSON from the sandbox's state."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def bootstrap(self, user: str) -> Json:
        """Everything the page needs to begin."""
        core, world = self.core, self.core.world
        app = world.app
        mine = [
            self.channel(one, user)
            for one in core.channels.of(user, ("public", "private", "mpim"))
            if not one.archived or user in one.members
        ]
        ims = [self.channel(one, user) for one in core.channels.of(user, ("im",))]
        target = world.config.webhook
        return {
            "team": {"id": world.team.id, "name": world.team.name, "domain": world.team.domain},
            "me": world.user_json(world.people[user], with_locale=True),
            "people": [world.user_json(person, with_locale=True) for person in world.people.values()],
            "channels": sorted(mine, key=lambda one: one["name"]),
            "ims": ims,
            "commands": [
                {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
                for one in app.commands
            ],
            "shortcuts": [
                {"name": one.name, "callback_id": one.callback_id, "type": one.type, "description": one.description}
                for one in app.shortcuts
            ],
            "app": {
                "id": app.id,
                "name": app.name,
                "bot_user_id": app.bot_user_id,
                "bot_id": app.bot_id,
                "home": app.home,
                "messages_tab": app.messages_tab,
                "messages_read_only": app.messages_read_only,
            },
            "usergroups": [{"id": one["id"], "handle": one["handle"]} for one in core.usergroups.all.values()],
            "now": world.clock.now().isoformat(),
            "offset": world.clock.offset,
            "samples": [
                {"name": one.name, "title": one.title, "description": one.description}
                for one in (target.samples if target else ())
            ],
            "events_url": world.config.events_url,
            "environment": {
                "SLACK_API_URL": f"{core.base_url}/api/",
                "mode": "http" if world.config.events_url else "socket",
                "connections": len(core.sockets.connections),
                "events_url": world.config.events_url,
            },
        }

    def channel(self, channel: Channel, user: str) -> Json:
        """One channel in the list."""
        read = channel.last_read.get(user, "0000000000.000000")
        shown: Json = {
            "id": channel.id,
            "name": channel.name,
            "is_private": channel.kind != "public",
            "is_im": channel.is_im,
            "is_mpim": channel.kind == "mpim",
            "is_ext_shared": channel.is_ext_shared,
            "is_general": channel.is_general,
            "is_archived": channel.archived,
            "is_member": user in channel.members,
            "topic": channel.topic["value"],
            "purpose": channel.purpose["value"],
            "creator": channel.creator,
            "last_read": read,
            "unread": self.core.world.store.unread(channel.id, read) if user in channel.members else 0,
            "num_members": len(channel.members),
        }
        if channel.is_direct:
            shown["user"] = channel.other(user)
            shown["members"] = channel.members
        return shown

    def message(self, row: Row) -> Json:
        """One message, marked when only this person sees it."""
        shown = {**row.body, "channel": row.channel}
        if row.hearer:
            shown |= {"is_ephemeral": True}
        return shown

    def channel_page(self, channel: Channel, user: str, before: str | None, limit: int) -> Json:
        """A channel with its newest messages (or those before a ts), oldest first."""
        rows = self.core.world.store.messages(channel.id, Span(before=before, limit=limit + 1, hearer=user))
        people = self.core.world.people
        pins: list[Json] = []
        for pin in channel.pins:
            row = self.core.world.store.message(channel.id, pin["ts"])
            if row is not None and not row.deleted:
                pins.append({**pin, "message": self.message(row)})
        canvas = self.core.canvases.all.get(channel.canvas_id or "")
        return {
            "channel": self.channel(channel, user),
            "members": [self.core.world.user_json(people[one]) for one in channel.members if one in people],
            "messages": [self.message(row) for row in reversed(rows[:limit])],
            "pins": pins,
            "bookmarks": channel.bookmarks,
            "canvas": self.core.canvases.json(canvas) if canvas else None,
            "has_more": len(rows) > limit,
        }

    def thread(self, channel: Channel, user: str, ts: str) -> Json:
        """A parent and its replies, oldest first."""
        parent = self.core.messages.get(channel, ts, "thread_not_found")
        span = Span(thread=parent.ts, limit=THREAD_MOST, newest_first=False, hearer=user)
        replies = [row for row in self.core.world.store.messages(channel.id, span) if row.ts != parent.ts]
        return {"messages": [self.message(parent), *(self.message(row) for row in replies)]}
