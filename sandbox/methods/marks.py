"""`pins.*`, `reactions.*`, `bookmarks.*`, `emoji.list`."""

import re
from typing import Any

from sandbox.errors import SlackError, invalid
from sandbox.ids import is_ts
from sandbox.methods.table import Access, Call, Method, row
from sandbox.rates import Tier
from sandbox.store import Row

Json = dict[str, Any]
PINS_MOST = 100
# docs.slack.dev/reference/methods/bookmarks.add; Slack keeps 100 bookmarks a channel
BOOKMARKS_MOST = 100
LINK_MOST = 3000
EMOJI = re.compile(r"[a-z0-9_+'\-]{1,100}(?:::skin-tone-[2-6])?")


def _message(call: Call) -> Row:
    """The message of `channel` and `timestamp`. Raises `no_item_specified`, `bad_timestamp`, `message_not_found`."""
    ts = call.maybe("timestamp")
    if ts is None or "channel" not in call.args:
        raise SlackError("no_item_specified")
    if not is_ts(ts):
        raise SlackError("bad_timestamp")
    return call.core.messages.get(call.channel, ts)


def pins_add(call: Call) -> Json:
    if call.channel.archived:
        raise SlackError("is_archived")
    if len(call.channel.pins) >= PINS_MOST:
        raise SlackError("too_many_pins")
    call.core.rooms.pin(call.channel, _message(call), call.bot)
    return {}


def pins_remove(call: Call) -> Json:
    call.core.rooms.unpin(call.channel, _message(call), call.bot)
    return {}


def pins_list(call: Call) -> Json:
    items: list[Json] = []
    for pin in call.channel.pins:
        message = call.core.world.store.message(call.channel.id, pin["ts"])
        if message is not None and not message.deleted:
            items.append({"type": "message", "created": pin["created"], "created_by": pin["created_by"],
                          "channel": call.channel.id, "message": call.core.messages.linked(message)})  # fmt: skip
    return {"items": items}


# reactions


def _emoji(call: Call) -> str:
    name = call.text("name").strip(":")
    if not EMOJI.fullmatch(name) or not call.core.world.emoji.knows(name):
        raise SlackError("invalid_name")
    return name


def reactions_add(call: Call) -> Json:
    name = _emoji(call)
    if call.channel.archived:
        raise SlackError("is_archived")
    call.core.messages.react(call.channel, _message(call), call.bot, name)
    return {}


def reactions_remove(call: Call) -> Json:
    name = _emoji(call)
    _no_comment(call)
    if call.maybe("file"):
        call.core.files.get(call.text("file"))
        raise SlackError("no_reaction")
    row = _message(call)
    call.core.messages.unreact(call.channel, row, call.bot, name)
    return {}


def reactions_get(call: Call) -> Json:
    if call.maybe("file"):
        return {"type": "file", "file": call.core.files.json(call.core.files.get(call.text("file")))}
    _no_comment(call)
    row = _message(call)
    return {"type": "message", "channel": row.channel, "message": call.core.messages.linked(row)}


def _no_comment(call: Call) -> None:
    """Comments on files are gone from Slack. Raises `file_comment_not_found`."""
    if call.maybe("file_comment"):
        raise SlackError("file_comment_not_found")


def reactions_list(call: Call) -> Json:
    user, items = call.text("user", call.bot), list[Json]()
    call.core.world.person(user)
    for channel in call.core.channels.of(call.bot, ("public", "private", "im", "mpim")):
        for found in call.core.world.store.every_message(channel.id, 1000):
            reactions: list[Json] = found.body.get("reactions") or []
            if not found.deleted and any(user in one["users"] for one in reactions):
                message = call.core.messages.linked(found)
                items.append({"type": "message", "channel": channel.id, "message": message})
    items.sort(key=_place)
    page, about = call.page(items, "item", _place, 100)
    return {"items": page, "response_metadata": about}


def _place(item: Json) -> str:
    return f"{item['message']['ts']}-{item['channel']}"


# bookmarks


def _link(value: str) -> str:
    if not value.startswith(("http://", "https://")) or len(value) > LINK_MOST or " " in value:
        raise SlackError("invalid_link")
    return value


def _bookmark_emoji(call: Call) -> str:
    """The `emoji` as sent, `:name:`. Raises `invalid_emoji`."""
    emoji = call.text("emoji")
    if emoji and not EMOJI.fullmatch(emoji.strip(":")):
        raise SlackError("invalid_emoji")
    return emoji


def bookmarks_add(call: Call) -> Json:
    channel = call.channel
    if call.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if len(channel.bookmarks) >= BOOKMARKS_MOST:
        raise SlackError("too_many_bookmarks")
    now, world = int(call.core.world.clock.time()), call.core.world
    emoji = _bookmark_emoji(call)
    if not call.maybe("title"):
        raise invalid("must be more than 0 characters", "/title")
    made: Json = {
        "id": world.ids.make("Bk"),
        "channel_id": channel.id,
        "title": call.text("title"),
        "link": _link(call.text("link")),
        "emoji": emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": call.maybe("entity_id"),
        "date_created": now,
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}",
        "last_updated_by_user_id": call.bot,
        "last_updated_by_team_id": world.team.id,
        "shortcut_id": "",
        "app_id": world.app.id,
        "app_action_id": "",
    }
    channel.bookmarks.append(made)
    return _bookmarked(call, {"bookmark": made})


def _bookmarked(call: Call, answer: Json) -> Json:
    call.core.channels.save(call.channel)
    audience = None if call.channel.kind == "public" else call.channel.members
    call.core.world.hub.tell({"type": "bookmark", "channel": call.channel.id}, audience)
    return answer


def _bookmark(call: Call) -> Json:
    found = next((one for one in call.channel.bookmarks if one["id"] == call.text("bookmark_id")), None)
    if found is None:
        raise SlackError("not_found")
    return found


def bookmarks_edit(call: Call) -> Json:
    found = _bookmark(call)
    given = {name: call.args[name] for name in ("title", "emoji", "link") if name in call.args}
    _bookmark_emoji(call)
    if "link" in given:
        _link(given["link"])
    found |= given | {"date_updated": int(call.core.world.clock.time()), "last_updated_by_user_id": call.bot}
    return _bookmarked(call, {"bookmark": found})


def bookmarks_remove(call: Call) -> Json:
    found = _bookmark(call)
    call.channel.bookmarks.remove(found)
    return _bookmarked(call, {})


def bookmarks_list(call: Call) -> Json:
    return {"bookmarks": call.channel.bookmarks}


def emoji_list(call: Call) -> Json:
    del call
    return {"emoji": {}, "cache_ts": "0"}


METHODS: tuple[Method, ...] = (
    row("pins.add", Tier.TWO, "channel! timestamp", pins_add, scopes="pins:write", access=Access.MEMBER,
        errors="no_item_specified bad_timestamp already_pinned message_not_found is_archived too_many_pins"),
    row("pins.remove", Tier.TWO, "channel! timestamp", pins_remove, scopes="pins:write", access=Access.MEMBER,
        errors="no_item_specified bad_timestamp no_pin message_not_found"),
    row("pins.list", Tier.TWO, "channel!", pins_list, scopes="pins:read", access=Access.MEMBER),
    row("reactions.add", Tier.THREE, "channel! name! timestamp", reactions_add, scopes="reactions:write",
        access=Access.MEMBER,
        errors="no_item_specified bad_timestamp already_reacted invalid_name message_not_found too_many_emoji"),
    row("reactions.remove", Tier.TWO, "channel name! timestamp file file_comment", reactions_remove,
        scopes="reactions:write",
        access=Access.MEMBER, errors="no_item_specified bad_timestamp no_reaction invalid_name message_not_found"
        " file_not_found file_comment_not_found"),
    row("reactions.get", Tier.THREE, "channel timestamp full:bool file file_comment", reactions_get,
        scopes="reactions:read", access=Access.MEMBER,
        errors="no_item_specified bad_timestamp message_not_found file_not_found file_comment_not_found"),
    row("reactions.list", Tier.TWO, "user full:bool limit:int cursor count:int page:int team_id", reactions_list,
        scopes="reactions:read", errors="invalid_cursor invalid_limit user_not_found"),
    row("bookmarks.add", Tier.TWO, "channel_id! title! type! link emoji entity_id parent_id access_level",
        bookmarks_add, scopes="bookmarks:write", access=Access.LIVE, place="channel_id",
        errors="invalid_bookmark_type invalid_link invalid_emoji too_many_bookmarks"),
    row("bookmarks.edit", Tier.TWO, "channel_id! bookmark_id! title type link emoji", bookmarks_edit,
        scopes="bookmarks:write", access=Access.LIVE, place="channel_id",
        errors="not_found invalid_link invalid_emoji"),
    row("bookmarks.remove", Tier.TWO, "channel_id! bookmark_id! quip_section_id", bookmarks_remove,
        scopes="bookmarks:write", access=Access.MEMBER, place="channel_id", errors="not_found"),
    row("bookmarks.list", Tier.THREE, "channel_id!", bookmarks_list, scopes="bookmarks:read", access=Access.MEMBER,
        place="channel_id"),
    row("emoji.list", Tier.TWO, "include_categories:bool", emoji_list, scopes="emoji:read"),
)  # fmt: skip
