"""Channels and direct messages: who is in them, what they are called, who may see them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from sandbox.errors import SlackError
from sandbox.scopes import ChannelKind
from sandbox.world import World

Json = dict[str, Any]
NAME_LENGTH = 80
TEXT_LENGTH = 250
EVENT_PREFIX: dict[str, str] = {"public": "channel", "private": "group", "im": "im", "mpim": "group"}
CHANNEL_TYPE: dict[str, str] = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


@dataclass
class Channel:
    """A conversation of any kind; `members` in the order they came."""

    id: str
    kind: ChannelKind
    name: str = ""
    creator: str = ""
    created: int = 0
    members: list[str] = field(default_factory=list[str])
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    archived: bool = False
    is_general: bool = False
    is_ext_shared: bool = False
    connected_team_ids: list[str] = field(default_factory=list[str])
    previous_names: list[str] = field(default_factory=list[str])
    last_read: dict[str, str] = field(default_factory=dict[str, str])
    closed_for: list[str] = field(default_factory=list[str])
    pins: list[Json] = field(default_factory=list[Json])
    bookmarks: list[Json] = field(default_factory=list[Json])
    canvas_id: str | None = None
    updated: int = 0

    @property
    def is_im(self) -> bool:
        """A direct message between two."""
        return self.kind == "im"

    @property
    def is_direct(self) -> bool:
        """A direct message between two or more."""
        return self.kind in {"im", "mpim"}

    @property
    def type(self) -> str:
        """`channel_type` of events: channel, group, im or mpim."""
        return CHANNEL_TYPE[self.kind]

    def other(self, user: str) -> str:
        """The other person of a direct message (oneself when alone)."""
        return next((one for one in self.members if one != user), user)


def check_name(name: str) -> str:
    """The channel name as Slack keeps it. Raises SlackError `invalid_name_…`.

    Rule (docs.slack.dev/reference/methods/conversations.create): lower-case letters, digits, hyphens and
    underscores, at most 80 characters; letters of any script without case are let through.
    """
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > NAME_LENGTH:
        raise SlackError("invalid_name_maxlength")
    if all(char in "-_." or unicodedata.category(char).startswith("P") for char in name):
        raise SlackError("invalid_name_punctuation")
    for char in name:
        letter = unicodedata.category(char) in {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
        if not letter and char not in "-_":
            raise SlackError("invalid_name_specials")
    return name


class Channels:
    """All channels of the workspace."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.all: dict[str, Channel] = {}
        self.by_name: dict[str, str] = {}
        self.load()

    def load(self) -> None:
        """Reads the channels from the store, or makes those of the workspace file."""
        self.all = {key: Channel(**body) for key, body in self.world.store.records("channel")}
        if not self.all:
            for entry in cast("list[Json]", self.world.workspace["channels"]):
                self._first(entry)
        self.by_name = {channel.name: channel.id for channel in self.all.values() if channel.name}

    def _first(self, entry: Json) -> None:
        now = int(self.world.clock.time())
        values = dict(entry)
        purpose = str(values.pop("purpose", ""))
        private = bool(values.pop("is_private", False))
        channel = Channel(kind="private" if private else "public", created=now, updated=now * 1000, **values)
        channel.creator = channel.creator or (channel.members[0] if channel.members else "")
        channel.purpose = {"value": purpose, "creator": channel.creator, "last_set": now}
        self.all[channel.id] = channel
        self.save(channel)

    def save(self, channel: Channel) -> None:
        """Stores a channel that was made or changed."""
        channel.updated = int(self.world.clock.time() * 1000)
        self.world.store.put("channel", channel.id, asdict(channel))

    # finding

    def visible(self, channel_id: str, user: str) -> Channel:
        """The channel if `user` may know of it. Raises `channel_not_found`."""
        channel = self.all.get(channel_id)
        if channel is None or not self.sees(channel, user):
            raise SlackError("channel_not_found")
        return channel

    def sees(self, channel: Channel, user: str) -> bool:
        """Members see their channels; members of the team also all public ones."""
        if user in channel.members:
            return True
        person = self.world.people.get(user)
        return channel.kind == "public" and person is not None and not person.is_guest

    def named(self, name: str, user: str) -> Channel | None:
        """The channel called `name` or `#name` that `user` may know of."""
        channel = self.all.get(self.by_name.get(name.removeprefix("#"), ""))
        return channel if channel is not None and self.sees(channel, user) else None

    def of(self, user: str, kinds: Iterable[str], *, archived: bool = True) -> list[Channel]:
        """What `user` sees of some kinds, by id."""
        wanted = set(kinds)
        found = [
            one
            for one in self.all.values()
            if one.kind in wanted and (archived or not one.archived) and self.sees(one, user)
        ]
        return sorted(found, key=lambda one: one.id)

    def direct(self, people: list[str]) -> Channel | None:
        """The direct message of exactly these people."""
        wanted = sorted(set(people))
        return next((one for one in self.all.values() if one.is_direct and sorted(one.members) == wanted), None)

    # changing

    def create(self, name: str, creator: str, *, private: bool) -> Channel:
        """A new channel with its creator in it. Raises `name_taken` and `invalid_name_…`."""
        name = check_name(name)
        if name in self.by_name:
            raise SlackError("name_taken")
        now = int(self.world.clock.time())
        kind: ChannelKind = "private" if private else "public"
        channel = Channel(self.world.ids.make("C"), kind, name, creator, now, [creator])
        self.all[channel.id] = channel
        self.by_name[name] = channel.id
        self.save(channel)
        if not private:
            self.world.emit({"type": "channel_created", "channel": self.brief(channel, creator)}, None)
        self._tell(channel)
        return channel

    def open_direct(self, people: list[str]) -> tuple[Channel, bool]:
        """The direct message of these people, and whether it was there already."""
        known = self.direct(people)
        if known is not None:
            return known, True
        unique = list(dict.fromkeys(people))
        kind: ChannelKind = "im" if len(unique) <= 2 else "mpim"
        now = int(self.world.clock.time())
        name = ""
        if kind == "mpim":
            name = f"mpdm-{'--'.join(self.world.people[one].name for one in unique)}-{len(self.all)}"
        channel = Channel(self.world.ids.make("D" if kind == "im" else "C"), kind, name, unique[0], now, unique)
        self.all[channel.id] = channel
        self.save(channel)
        if kind == "im" and self.world.app.bot_user_id in unique:
            self.world.emit({"type": "im_created", "user": unique[0], "channel": {"id": channel.id}}, channel.id)
        self._tell(channel)
        return channel, False

    def rename(self, channel: Channel, name: str, user: str) -> None:
        """Gives a channel another name. Raises `name_taken` and `invalid_name_…`."""
        name = check_name(name)
        if self.by_name.get(name, channel.id) != channel.id:
            raise SlackError("name_taken")
        if name == channel.name:
            return
        del self.by_name[channel.name]
        channel.previous_names.insert(0, channel.name)
        channel.name = name
        self.by_name[name] = channel.id
        self.save(channel)
        event = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
        self._emit(channel, "rename", {"channel": event, "user": user})
        self._tell(channel)

    def archive(self, channel: Channel, user: str, *, archived: bool) -> None:
        """Archives or revives a channel."""
        channel.archived = archived
        self.save(channel)
        body = {"channel": channel.id, "user": user, "is_moved": 0}
        self._emit(channel, "archive" if archived else "unarchive", body)
        self._tell(channel)

    def add(self, channel: Channel, user: str, inviter: str | None = None) -> None:
        """Puts someone into a channel."""
        channel.members.append(user)
        self.save(channel)
        event: Json = {"type": "member_joined_channel", "user": user, "channel": channel.id}
        event |= {"channel_type": _letter(channel), "team": self.world.team.id}
        if inviter:
            event["inviter"] = inviter
        self.world.emit(event, channel.id)
        if user == self.world.app.bot_user_id and channel.kind == "private":
            self.world.emit({"type": "group_joined", "channel": self.brief(channel, user)}, channel.id)
        self._tell(channel, {user})

    def remove(self, channel: Channel, user: str) -> None:
        """Takes someone out of a channel."""
        channel.members.remove(user)
        self.save(channel)
        event: Json = {"type": "member_left_channel", "user": user, "channel": channel.id}
        self.world.emit(event | {"channel_type": _letter(channel), "team": self.world.team.id}, channel.id)
        if user == self.world.app.bot_user_id:
            gone = "channel_left" if channel.kind == "public" else "group_left"
            self.world.emit({"type": gone, "channel": channel.id, "actor_id": user}, None)
        self._tell(channel, {user})

    def _emit(self, channel: Channel, what: str, body: Json) -> None:
        self.world.emit({"type": f"{EVENT_PREFIX[channel.kind]}_{what}", **body}, channel.id)

    def _tell(self, channel: Channel, more: Iterable[str] = ()) -> None:
        audience = None if channel.kind == "public" else {*channel.members, *more}
        self.world.hub.tell({"type": "channel", "channel": channel.id}, audience)

    def changed(self, channel: Channel) -> None:
        """Stores a channel and tells the pages."""
        self.save(channel)
        self._tell(channel)

    # showing

    def brief(self, channel: Channel, user: str) -> Json:
        """The `channel` object of events such as `channel_created`."""
        return {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
            "creator": channel.creator,
            "is_channel": channel.kind == "public",
            "is_private": channel.kind != "public",
            "is_member": user in channel.members,
            "context_team_id": self.world.team.id,
        }

    def json(self, channel: Channel, user: str) -> Json:
        """Slack's conversation object as `user` sees it."""
        base: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.archived}
        base |= {"is_org_shared": False, "updated": channel.updated, "context_team_id": self.world.team.id}
        if channel.is_im:
            return base | {
                "is_im": True,
                "user": channel.other(user),
                "is_user_deleted": False,
                "is_open": user not in channel.closed_for,
                "priority": 0,
            }
        public = channel.kind == "public"
        conversation = base | {
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind in {"public", "private"},
            "is_group": False,
            "is_im": False,
            "is_mpim": channel.kind == "mpim",
            "is_private": not public,
            "is_general": channel.is_general,
            "unlinked": 0,
            "is_shared": channel.is_ext_shared,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "parent_conversation": None,
            "creator": channel.creator,
            "is_ext_shared": channel.is_ext_shared,
            "shared_team_ids": [self.world.team.id, *channel.connected_team_ids],
            "pending_connected_team_ids": [],
            "is_member": user in channel.members,
            "topic": channel.topic,
            "purpose": channel.purpose,
            "previous_names": channel.previous_names,
        }
        if user in channel.members:
            conversation["last_read"] = channel.last_read.get(user, "0000000000.000000")
        if channel.connected_team_ids:
            conversation["connected_team_ids"] = channel.connected_team_ids
        conversation["properties"] = {}
        if channel.canvas_id:
            conversation["properties"] = {"canvas": {"file_id": channel.canvas_id, "is_empty": False}}
        return conversation


def _letter(channel: Channel) -> str:
    """`channel_type` of membership events: C, G or D."""
    return {"public": "C", "private": "G", "mpim": "G", "im": "D"}[channel.kind]
