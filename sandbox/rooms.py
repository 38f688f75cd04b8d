"""Channels and their messages together: creating, joining, inviting, with the notes Slack leaves in the channel."""

from html import unescape
from typing import Any

from sandbox.blockkit.api import escape_text
from sandbox.channels import TEXT_LENGTH, Channel, Channels
from sandbox.errors import SlackError, invalid
from sandbox.messages import Author, Messages
from sandbox.store import Row
from sandbox.world import World

Json = dict[str, Any]
INVITED_MOST = 100
DIRECT_MOST = 8
CAN_JOIN = "Any member in this workspace can see and join it."


class Rooms:
    """What people and the app do to channels."""

    def __init__(self, world: World, channels: Channels, messages: Messages) -> None:
        self.world = world
        self.channels = channels
        self.messages = messages

    def create(self, name: str, creator: str, *, private: bool) -> Channel:
        """A new channel. Raises `name_taken`, `invalid_name_…`."""
        channel = self.channels.create(name, creator, private=private)
        self._joined(channel, creator, None)
        return channel

    def join(self, channel: Channel, user: str) -> bool:
        """Joins a public channel; False when in it already. Raises `is_archived` and for other kinds."""
        if channel.kind != "public":
            raise SlackError("method_not_supported_for_channel_type")
        if channel.archived:
            raise SlackError("is_archived")
        if user in channel.members:
            return False
        self.channels.add(channel, user)
        self._joined(channel, user, None)
        return True

    def _joined(self, channel: Channel, user: str, inviter: str | None) -> None:
        extra = {"inviter": inviter} if inviter else {}
        self.messages.notice(channel, user, "channel_join", f"<@{user}> has joined the channel", **extra)

    def cannot_invite(self, channel: Channel, user: str, inviter: str) -> str | None:
        """Why `user` cannot be invited, in Slack's words, or None."""
        person = self.world.people.get(user)
        if person is None or person.deleted:
            return "user_not_found"
        elsewhere = person.is_stranger and person.team_id not in channel.connected_team_ids
        # Guests come where an admin brings them (slack.com/help, "Manage guests"); apps and members cannot.
        by_admin = (host := self.world.people.get(inviter)) is not None and host.is_admin
        reasons = {
            "cant_invite_self": user == inviter,
            "already_in_channel": user in channel.members,
            "user_is_ultra_restricted": person.is_ultra_restricted and not by_admin,
            "user_is_restricted": person.is_restricted and not by_admin,
            "user_team_not_in_channel": elsewhere,
        }
        return next((error for error, holds in reasons.items() if holds), None)

    def invite(self, channel: Channel, users: list[str], inviter: str, *, force: bool = False) -> list[Json]:
        """Brings people in; the refusals when `force` let the others in.

        Raises the first refusal's error with all of them in `errors`; nobody came in then.
        """
        if channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        if channel.archived:
            raise SlackError("is_archived")
        if not users:
            raise SlackError("no_user")
        if len(users) > INVITED_MOST:
            raise invalid(f"no more than {INVITED_MOST} items allowed", "/users")
        refusals = [
            {"user": user, "ok": False, "error": error}
            for user in users
            if (error := self.cannot_invite(channel, user, inviter))
        ]
        if refusals and not (force and len(refusals) < len(users)):
            raise SlackError(str(refusals[0]["error"]), errors=refusals)
        refused = {one["user"] for one in refusals}
        for user in users:
            if user not in refused and user not in channel.members:
                self.channels.add(channel, user, inviter)
                self._joined(channel, user, inviter)
        return refusals

    def kick(self, channel: Channel, user: str) -> None:
        """Puts someone out."""
        self.channels.remove(channel, user)
        self.messages.notice(channel, user, "channel_leave", f"<@{user}> has left the channel")

    def rename(self, channel: Channel, name: str, user: str) -> None:
        """Another name. Raises `name_taken`, `invalid_name_…`."""
        old = channel.name
        self.channels.rename(channel, name, user)
        text = f'has renamed the channel from "{old}" to "{channel.name}"'
        self.messages.notice(channel, user, "channel_name", text, old_name=old, name=channel.name)

    def convert(self, channel: Channel, user: str, *, private: bool) -> None:
        """Makes a private channel public, or a public one private. Slack tells it by a message in the channel alone
        (docs.slack.dev/reference/events/message/channel_convert_to_public). Raises
        `method_not_supported_for_channel_type`."""
        if channel.is_direct or channel.is_general:
            raise SlackError("method_not_supported_for_channel_type")
        if private == (channel.kind == "private"):
            return
        channel.kind = "private" if private else "public"
        self.channels.changed(channel)
        kind = "private" if private else "public"
        meaning = "Now, it can only be viewed or joined by invitation." if private else CAN_JOIN
        text = f"made this channel *{kind}*. {meaning}"
        self.messages.notice(channel, user, f"channel_convert_to_{kind}", text)

    def archive(self, channel: Channel, user: str) -> None:
        """Archives. Raises `already_archived`, `cant_archive_general`."""
        if channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        if channel.is_general:
            raise SlackError("cant_archive_general")
        if channel.archived:
            raise SlackError("already_archived")
        self.messages.notice(channel, user, "channel_archive", "archived the channel", members=channel.members)
        self.channels.archive(channel, user, archived=True)

    def unarchive(self, channel: Channel, user: str) -> None:
        """Revives. Raises `not_archived`."""
        if channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        if not channel.archived:
            raise SlackError("not_archived")
        self.channels.archive(channel, user, archived=False)
        self.messages.notice(channel, user, "channel_unarchive", "un-archived the channel")

    def describe(self, channel: Channel, what: str, value: str, user: str) -> None:
        """Sets `topic` or `purpose`. Raises `too_long`."""
        if channel.is_im and what == "purpose":
            raise SlackError("method_not_supported_for_channel_type")
        if len(value) > TEXT_LENGTH:
            raise SlackError("too_long")
        text = escape_text(unescape(value))  # neither formatted nor linked (conversations.setTopic)
        held = {"value": text, "creator": user, "last_set": int(self.world.clock.time())}
        if what == "topic":
            channel.topic = held
        else:
            channel.purpose = held
        self.channels.changed(channel)
        said = f"set the channel {'topic' if what == 'topic' else 'description'}: {text}"
        self.messages.notice(channel, user, f"channel_{what}", said, **{what: text})

    def direct(self, users: list[str], opener: str) -> tuple[Channel, bool]:
        """The direct message between `opener` and `users`. Raises `user_not_found`, `too_many_users` …"""
        others = [user for user in dict.fromkeys(users) if user != opener]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(others) > DIRECT_MOST:
            raise SlackError("too_many_users")
        for user in others:
            if self.world.person(user).deleted:
                raise SlackError("user_disabled")
        return self.channels.open_direct([opener, *others])

    def pin(self, channel: Channel, row: Row, user: str) -> None:
        """Pins a message. Raises `already_pinned`."""
        if any(pin["ts"] == row.ts for pin in channel.pins):
            raise SlackError("already_pinned")
        channel.pins.insert(0, {"ts": row.ts, "created": int(self.world.clock.time()), "created_by": user})
        row.body["pinned_to"] = [channel.id]
        self._pinned(channel, row, user, "pin_added")

    def unpin(self, channel: Channel, row: Row, user: str) -> None:
        """Unpins a message. Raises `no_pin`."""
        kept = [pin for pin in channel.pins if pin["ts"] != row.ts]
        if len(kept) == len(channel.pins):
            raise SlackError("no_pin")
        channel.pins = kept
        row.body.pop("pinned_to", None)
        self._pinned(channel, row, user, "pin_removed")

    def _pinned(self, channel: Channel, row: Row, user: str, kind: str) -> None:
        self.world.store.save_message(row)
        self.channels.save(channel)
        item = {"type": "message", "channel": channel.id, "message": row.body, "created_by": user}
        event: Json = {"type": kind, "user": user, "channel_id": channel.id, "item": item, "item_user": row.author}
        event |= {"pin_count": len(channel.pins), "event_ts": self.messages.next_ts(channel)}
        self.world.emit(event, channel.id)
        self.messages.tell("pin", channel, row)

    def say(self, channel: Channel, user: str) -> Author:
        """The author for what `user` posts. Raises `not_in_channel`, `is_archived`."""
        if user not in channel.members:
            raise SlackError("not_in_channel")
        if channel.archived:
            raise SlackError("is_archived")
        return Author(user, bot=user == self.world.app.bot_user_id)
