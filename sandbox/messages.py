"""Messages: posting, editing, deleting, threads, reactions, and who is told of it."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.blockkit.api import assign_ids, normalise
from sandbox.blockkit.mrkdwn import as_stored
from sandbox.channels import Channel, Channels
from sandbox.errors import SlackError
from sandbox.ids import is_ts, micros_to_ts, ts_to_micros
from sandbox.notices import tell_links, tell_metadata
from sandbox.shown import Shown
from sandbox.store import Row, Span
from sandbox.world import World

Json = dict[str, Any]
# docs.slack.dev/reference/methods/chat.postMessage, "Truncating content"
TEXT_MOST = 40_000
REPLY_USERS = 5
_CHANNEL_REF = re.compile(r"<#(C[A-Z0-9]+)(?:\|[^>]*)?>")
_USER_REF = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Draft:
    """What is to be said. `text` as it was sent; blocks, attachments and metadata already validated."""

    text: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    files: list[Json] | None = None
    extra: Json = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Author:
    """Who says it: a person, or the app (`bot`)."""

    user: str
    bot: bool = False


class Messages:
    """Every message of every channel."""

    def __init__(self, world: World, channels: Channels, shown: Shown) -> None:
        self.world = world
        self.channels = channels
        self.shown = shown
        self._newest: dict[str, int] = {}

    def forget(self) -> None:
        """After a reset: no time-stamps are taken."""
        self._newest.clear()

    def next_ts(self, channel: Channel) -> str:
        """A time-stamp later than every other of the channel."""
        newest = self._newest.get(channel.id)
        if newest is None:
            stored = self.world.store.newest_ts(channel.id)
            newest = ts_to_micros(stored) if stored else 0
        micros = max(newest + 1, int(self.world.clock.time() * 1_000_000))
        self._newest[channel.id] = micros
        return micros_to_ts(micros)

    # finding

    def get(self, channel: Channel, ts: str, error: str = "message_not_found") -> Row:
        """The message at `ts`, not deleted and not ephemeral. Raises SlackError(`error`)."""
        row = self.world.store.message(channel.id, ts) if is_ts(ts) else None
        if row is None or row.deleted or row.hearer is not None:
            raise SlackError(error)
        return row

    def permalink(self, row: Row) -> str:
        """The message's address in the workspace."""
        link = f"https://{self.world.team.domain}.slack.com/archives/{row.channel}/p{row.ts.replace('.', '')}"
        if row.thread and row.thread != row.ts:
            link += f"?thread_ts={row.thread}&cid={row.channel}"
        return link

    def linked(self, row: Row) -> Json:
        """A message as lists of pins and reactions give it: with its address."""
        return {**row.body, "permalink": self.permalink(row)}

    # posting

    def stored_text(self, text: str, *, verbatim: bool = False) -> str:
        """Text as Slack gives it back: escaped, web addresses linked, channels named."""
        if not text:
            return ""
        return _CHANNEL_REF.sub(self._with_name, as_stored(text, verbatim=verbatim))

    def _with_name(self, found: re.Match[str]) -> str:
        channel = self.channels.all.get(found[1])
        shown = channel.name if channel is not None and channel.kind == "public" else ""
        return f"<#{found[1]}|{shown}>"

    def content(self, draft: Draft) -> Json:
        """The members of a message that come from what was sent. Raises `invalid_blocks` for a file it can't show."""
        self.shown.check(draft.blocks, "/blocks", "invalid_blocks")
        self.shown.check(draft.attachments, "/attachments", "invalid_attachments")
        body: Json = {"text": self.stored_text(draft.text)}
        if draft.blocks:
            body["blocks"] = normalise(assign_ids(draft.blocks))
        if draft.attachments:
            body["attachments"] = _attachments(draft.attachments)
        if draft.metadata:
            body["metadata"] = draft.metadata
        if draft.files:
            body["files"] = draft.files
        return body

    def _body(self, channel: Channel, author: Author, draft: Draft) -> Json:
        world = self.world
        body: Json = {"type": "message", "user": author.user, "ts": self.next_ts(channel)}
        if author.bot:
            body |= {"bot_id": world.app.bot_id, "app_id": world.app.id, "team": world.team.id}
            body["bot_profile"] = world.bot_profile()
        else:
            body |= {"client_msg_id": str(uuid4()), "team": world.person(author.user).team_id}
        if draft.subtype:
            body["subtype"] = draft.subtype
        if draft.subtype == "bot_message":
            del body["user"]
        return body | self.content(draft) | draft.extra

    def post(self, channel: Channel, author: Author, draft: Draft) -> Row:
        """Adds a message to a channel or thread. Raises `thread_not_found`."""
        body = self._body(channel, author, draft)
        parent = self._parent(channel, draft.thread_ts) if draft.thread_ts else None
        row = Row(channel.id, body["ts"], body, author=author.user)
        if parent is not None:
            root = parent.thread or parent.ts
            row.thread = body["thread_ts"] = root
            row.listed = draft.broadcast
            body["parent_user_id"] = parent.body.get("user", "")
            if draft.broadcast:
                body |= {"subtype": "thread_broadcast", "root": _shown(parent.body)}
        self.world.store.add_message(row)
        if parent is not None:
            self._count_replies(parent)
        channel.closed_for.clear()
        self._announce(channel, row)
        return row

    def _parent(self, channel: Channel, thread_ts: str) -> Row:
        row = self.get(channel, thread_ts, "thread_not_found")
        if row.thread is not None and row.thread != row.ts:
            return self.get(channel, row.thread, "thread_not_found")
        return row

    def _count_replies(self, parent: Row) -> None:
        count, users = self.world.store.authors(parent.channel, parent.ts)
        replies = self.world.store.messages(parent.channel, Span(thread=parent.ts, limit=1))
        if count == 0:
            for name in ("thread_ts", "reply_count", "reply_users_count", "latest_reply", "reply_users"):
                parent.body.pop(name, None)
            parent.thread = None
        else:
            parent.thread = parent.ts
            parent.body |= {
                "thread_ts": parent.ts,
                "reply_count": count,
                "reply_users_count": len(users),
                "latest_reply": replies[0].ts,
                "reply_users": users[:REPLY_USERS],
                "is_locked": False,
                "subscribed": False,
            }
        self.world.store.save_message(parent)

    def _announce(self, channel: Channel, row: Row) -> None:
        body = row.body
        event = {
            **_shown(body, metadata=False),
            "channel": channel.id,
            "event_ts": row.ts,
            "channel_type": channel.type,
        }
        if body.get("files"):
            # The event alone calls it so; the history does not (docs.slack.dev/reference/events/message/file_share).
            event.setdefault("subtype", "file_share")
        self.world.emit(event, channel.id)
        bot = self.world.app.bot_user_id
        if row.author != bot and "subtype" not in body and bot in self.mentioned(body["text"]) and not channel.is_im:
            mention = {key: value for key, value in event.items() if key not in {"channel_type", "subtype"}}
            self.world.emit({**mention, "type": "app_mention"}, channel.id)
        tell_metadata(self.world, row, None, body.get("metadata"), row.ts)
        tell_links(self.world, row, is_member=bot in channel.members)
        self.tell("message", channel, row)

    @staticmethod
    def mentioned(text: str) -> set[str]:
        """The people a text mentions."""
        return set(_USER_REF.findall(text))

    def ephemeral(self, channel: Channel, author: Author, hearer: str, draft: Draft) -> Row:
        """A message that only `hearer` sees; it stands in no history."""
        body = self._body(channel, author, draft) | {"is_ephemeral": True}
        if draft.thread_ts:
            body["thread_ts"] = draft.thread_ts
        row = Row(
            channel.id, str(body["ts"]), body, draft.thread_ts, draft.thread_ts is None, hearer, author=author.user
        )
        self.world.store.add_message(row)
        self.tell("ephemeral", channel, row)
        return row

    # changing

    def edit(self, channel: Channel, row: Row, changes: Json, *, editor: str | None, gone: Iterable[str] = ()) -> None:
        """Replaces members of a message; `editor` leaves the edited mark. Ephemerals change silently."""
        before, metadata = _shown(row.body), row.body.get("metadata")
        for name in gone:
            row.body.pop(name, None)
        row.body |= changes
        if editor is not None:
            row.body["edited"] = {"user": editor, "ts": f"{int(self.world.clock.time())}.000000"}
        self.world.store.save_message(row)
        if row.hearer is None:
            ts = self._changed(channel, "message_changed", before, {"message": _shown(row.body)})
            tell_metadata(self.world, row, metadata, row.body.get("metadata"), ts)
        self.tell("ephemeral" if row.hearer else "message_changed", channel, row)

    def broadcast(self, channel: Channel, row: Row) -> None:
        """Shows a reply in its channel too, later than it was written. Raises `cant_broadcast_message`."""
        parent = self.world.store.message(channel.id, row.thread or "")
        if parent is None or parent.ts == row.ts:
            raise SlackError("cant_broadcast_message")
        before = _shown(row.body)
        row.listed = True
        row.body |= {"subtype": "thread_broadcast", "root": _shown(parent.body)}
        self.world.store.save_message(row)
        self._changed(channel, "message_changed", before, {"message": _shown(row.body)})
        self.tell("message_changed", channel, row)

    def delete(self, channel: Channel, row: Row) -> None:
        """Removes a message; a parent with replies leaves a tombstone."""
        before = _shown(row.body)
        if row.thread == row.ts and row.body.get("reply_count"):
            kept = {
                key: row.body[key] for key in ("type", "ts", "thread_ts", "reply_count", "reply_users", "latest_reply")
            }
            row.body = {
                **kept,
                "user": "USLACKBOT",
                "subtype": "tombstone",
                "text": "This message was deleted.",
                "hidden": True,
                "reply_users_count": row.body["reply_users_count"],
            }
            self.world.store.save_message(row)
            self._changed(channel, "message_changed", before, {"message": _shown(row.body)})
            self.tell("message_changed", channel, row)
            return
        row.deleted = True
        self.world.store.save_message(row)
        if row.thread and row.thread != row.ts and row.hearer is None:
            parent = self.world.store.message(channel.id, row.thread)
            if parent is not None:
                self._count_replies(parent)
        if row.hearer is None:
            ts = self._changed(channel, "message_deleted", before, {"deleted_ts": row.ts})
            tell_metadata(self.world, row, row.body.get("metadata"), None, ts)
        self._unpin(channel, row.ts)
        self.tell("message_deleted", channel, row)

    def _unpin(self, channel: Channel, ts: str) -> None:
        kept = [pin for pin in channel.pins if pin.get("ts") != ts]
        if len(kept) != len(channel.pins):
            channel.pins = kept
            self.channels.changed(channel)

    def _changed(self, channel: Channel, subtype: str, before: Json, what: Json) -> str:
        """Tells the app of a change; the event's own time-stamp."""
        ts = self.next_ts(channel)
        event = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "ts": ts, "event_ts": ts}
        self.world.emit(event | {"previous_message": before, "channel_type": channel.type} | what, channel.id)
        return ts

    def tell(self, kind: str, channel: Channel, row: Row) -> None:
        """Tells the pages that may see the message."""
        news = {"type": kind, "channel": channel.id, "ts": row.ts, "thread_ts": row.thread}
        audience = [row.hearer] if row.hearer else (None if channel.kind == "public" else channel.members)
        self.world.hub.tell(news, audience)

    def notice(self, channel: Channel, user: str, subtype: str, text: str, **extra: object) -> Row:
        """A system message such as “has joined the channel”."""
        draft = Draft(subtype=subtype, extra={"text": text, **extra})
        return self.post(channel, Author(user), draft)

    # reactions

    def react(self, channel: Channel, row: Row, user: str, name: str) -> None:
        """Adds an emoji to a message. Raises `already_reacted`, `too_many_reactions`."""
        reactions: list[Json] = deepcopy(row.body.get("reactions", []))
        found: Json | None = next((one for one in reactions if one["name"] == name), None)
        if found is not None and user in found["users"]:
            raise SlackError("already_reacted")
        if found is None:
            if len(reactions) >= 50:
                raise SlackError("too_many_emoji")
            found = dict[str, Any](name=name, users=[], count=0)
            reactions.append(found)
        found["users"].append(user)
        found["count"] = len(found["users"])
        row.body["reactions"] = reactions
        self._reacted(channel, row, user, name, "reaction_added")

    def unreact(self, channel: Channel, row: Row, user: str, name: str) -> None:
        """Takes an emoji off a message. Raises `no_reaction`."""
        reactions: list[Json] = deepcopy(row.body.get("reactions", []))
        found = next((one for one in reactions if one["name"] == name and user in one["users"]), None)
        if found is None:
            raise SlackError("no_reaction")
        found["users"].remove(user)
        found["count"] = len(found["users"])
        row.body["reactions"] = [one for one in reactions if one["users"]]
        if not row.body["reactions"]:
            del row.body["reactions"]
        self._reacted(channel, row, user, name, "reaction_removed")

    def _reacted(self, channel: Channel, row: Row, user: str, name: str, kind: str) -> None:
        self.world.store.save_message(row)
        event: Json = {"type": kind, "user": user, "reaction": name, "event_ts": self.next_ts(channel)}
        event["item"] = {"type": "message", "channel": channel.id, "ts": row.ts}
        if row.author:
            event["item_user"] = row.author
        self.world.emit(event, channel.id)
        self.tell("reaction", channel, row)


def shown(row: Row, *, metadata: bool = False) -> Json:
    """A message as history gives it; its metadata only when asked for."""
    return _shown(row.body, metadata=metadata)


def _shown(body: Json, *, metadata: bool = True) -> Json:
    if metadata or "metadata" not in body:
        return dict(body)
    return {key: value for key, value in body.items() if key != "metadata"}


def _attachments(attachments: list[Json]) -> list[Json]:
    done: list[Json] = []
    for index, attachment in enumerate(attachments, 1):
        one: Json = {"id": index, **attachment}
        one.setdefault("fallback", "[no preview available]")
        if "blocks" in one:
            one["blocks"] = normalise(assign_ids(one["blocks"]))
        done.append(one)
    return done
