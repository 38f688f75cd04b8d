"""`conversations.*` (docs.slack.dev/reference/methods/conversations.*)."""

import json
from typing import Any, cast

from sandbox.canvases import read_content
from sandbox.channels import Channel
from sandbox.errors import SlackError, invalid
from sandbox.ids import is_ts
from sandbox.messages import shown
from sandbox.methods.table import Access, Call, Method, metadata, row
from sandbox.rates import Tier
from sandbox.store import Row, Span

Json = dict[str, Any]
KIND_OF_TYPE = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
READ_SCOPE = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}
WRONG_KIND = "method_not_supported_for_channel_type"


def archive(call: Call) -> Json:
    call.core.rooms.archive(call.channel, call.bot)
    return {}


def unarchive(call: Call) -> Json:
    call.core.rooms.unarchive(call.channel, call.bot)
    return {}


def close(call: Call) -> Json:
    channel = call.channel
    if not channel.is_direct:
        raise SlackError(WRONG_KIND)
    if call.bot in channel.closed_for:
        return {"no_op": True, "already_closed": True}
    channel.closed_for.append(call.bot)
    call.core.channels.changed(channel)
    return {}


def create(call: Call) -> Json:
    private = call.flag("is_private")
    call.require_scope(("groups:write",) if private else ("channels:manage",))
    channel = call.core.rooms.create(call.text("name"), call.bot, private=private)
    return {"channel": call.core.channels.json(channel, call.bot)}


def history(call: Call) -> Json:
    limit, following = call.limit(100), call.cursor("next_ts")
    oldest, latest = call.ts_bound("oldest"), call.ts_bound("latest")
    # with `oldest` alone Slack gives what is closest to it, to page forwards by; else the newest
    forwards = oldest is not None and latest is None
    after, before, inclusive = oldest, latest, call.flag("inclusive")
    if following is not None and forwards:
        after, inclusive = following, True
    elif following is not None:
        after = after if after is None or inclusive else _just_after(after)
        before, inclusive = following, True
    span = Span(after=after, before=before, inclusive=inclusive, limit=limit + 1, newest_first=not forwards)
    rows = call.core.world.store.messages(call.channel.id, span)
    page, more = rows[:limit], rows[limit:]
    answer = _messages(call, page[::-1] if forwards else page) | {
        "has_more": bool(more),
        "pin_count": len(call.channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    if latest is not None:
        answer["latest"] = call.text("latest")
    if more:
        answer["response_metadata"] = metadata("next_ts", more[0].ts)
    return answer


def _just_after(ts: str) -> str:
    whole, _, part = ts.partition(".")
    return f"{whole}.{int(part) + 1:06d}" if part != "999999" else f"{int(whole) + 1:010d}.000000"


def _messages(call: Call, rows: list[Row]) -> Json:
    every, wanted = call.flag("include_all_metadata"), _metadata_keys(call)
    return {"messages": [shown(row, metadata=every or _event_type(row) in wanted) for row in rows]}


def _metadata_keys(call: Call) -> list[str]:
    """The event types of `metadata_keys_to_include`. Raises `invalid_metadata_filter_keys`."""
    keys: object = call.args.get("metadata_keys_to_include") or []
    if isinstance(keys, str):
        try:
            keys = json.loads(keys)
        except ValueError:
            raise SlackError("invalid_metadata_filter_keys") from None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in cast("list[object]", keys)):
        raise SlackError("invalid_metadata_filter_keys")
    return cast("list[str]", keys)


def _event_type(row: Row) -> str | None:
    held: Json = row.body.get("metadata") or {}
    return held.get("event_type")


def replies(call: Call) -> Json:
    store, channel = call.core.world.store, call.channel
    limit = call.limit(1000, most=1000)  # the method's own default
    oldest, latest = call.ts_bound("oldest"), call.ts_bound("latest")
    following = call.cursor("next_ts")
    found = call.core.messages.get(channel, call.text("ts"), "thread_not_found")
    if found.thread is None:
        return _messages(call, [found]) | {"has_more": False}
    root = call.core.messages.get(channel, found.thread, "thread_not_found")
    span = Span(
        thread=root.ts,
        after=following or oldest or root.ts,
        before=latest,
        inclusive=following is not None or call.flag("inclusive"),
        limit=limit + 2,
        newest_first=False,
    )
    rows = [row for row in store.messages(channel.id, span) if row.ts != root.ts]
    answer = _messages(call, [root, *rows[:limit]]) | {"has_more": len(rows) > limit}
    if len(rows) > limit:
        answer["response_metadata"] = metadata("next_ts", rows[limit].ts)
    return answer


def info(call: Call) -> Json:
    channel = _with_unread(call, call.channel)
    if call.flag("include_num_members") and not call.channel.is_im:
        channel["num_members"] = len(call.channel.members)
    if call.flag("include_locale"):
        channel["locale"] = "en-US"
    return {"channel": channel}


def _with_unread(call: Call, channel: Channel) -> Json:
    """The conversation; a direct message also with its newest message and what is unread of it."""
    shown_channel = call.core.channels.json(channel, call.bot)
    if not channel.is_direct:
        return shown_channel
    store, read = call.core.world.store, channel.last_read.get(call.bot, "0000000000.000000")
    newest = store.messages(channel.id, Span(limit=1))
    unread = store.unread(channel.id, read)
    return shown_channel | {
        "last_read": read,
        "latest": shown(newest[0]) if newest else None,
        "unread_count": unread,
        "unread_count_display": unread,
    }


def invite(call: Call) -> Json:
    users = call.ids("users")
    if not users:
        raise SlackError("no_user")
    refused = call.core.rooms.invite(call.channel, users, call.bot, force=call.flag("force"))
    answer: Json = {"channel": call.core.channels.json(call.channel, call.bot)}
    return answer | {"errors": refused} if refused else answer


def join(call: Call) -> Json:
    if not call.core.rooms.join(call.channel, call.bot):
        call.warnings.append("already_in_channel")
    return {"channel": call.core.channels.json(call.channel, call.bot)}


def kick(call: Call) -> Json:
    channel, user = call.group_only(), call.text("user")
    if not user:
        raise SlackError("no_user")
    if user == call.bot:
        raise SlackError("cant_kick_self")
    call.core.world.person(user)
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    call.core.rooms.kick(channel, user)
    return {}


def leave(call: Call) -> Json:
    channel = call.group_only()
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if channel.archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        return {"not_in_channel": True}
    if len(channel.members) == 1 and channel.kind == "private":
        raise SlackError("last_member")
    call.core.rooms.kick(channel, call.bot)
    return {}


def read_types(call: Call) -> list[str]:
    """The kinds of channel that `types` asks for. Raises `invalid_types`, `missing_scope`."""
    types = call.ids("types") or ["public_channel"]
    kinds: list[str] = []
    for name in types:
        if name not in KIND_OF_TYPE:
            raise SlackError("invalid_types")
        kind = KIND_OF_TYPE[name]
        call.require_scope((READ_SCOPE[kind],))
        kinds.append(kind)
    return kinds


def list_all(call: Call) -> Json:
    kinds = read_types(call)
    channels = call.core.channels.of(call.bot, kinds, archived=not call.flag("exclude_archived"))
    page, about = call.page(channels, "channel", _id, 100)
    listed: list[Json] = []
    for channel in page:
        entry = call.core.channels.json(channel, call.bot)
        if not channel.is_im:
            entry["num_members"] = len(channel.members)
        listed.append(entry)
    return {"channels": listed, "response_metadata": about}


def _id(channel: Channel) -> str:
    return channel.id


def mark(call: Call) -> Json:
    ts = call.text("ts")
    if not is_ts(ts) and ts != "0":
        raise SlackError("invalid_timestamp")
    call.channel.last_read[call.bot] = ts
    call.core.channels.save(call.channel)
    return {}


def members(call: Call) -> Json:
    page, about = call.page(sorted(call.channel.members), "user", str, 100)
    return {"members": page, "response_metadata": about}


def open_direct(call: Call) -> Json:
    given, users = call.maybe("channel"), call.ids("users")
    if given and users:
        raise invalid("only one of channel and users may be given")
    if given:
        channel = call.core.channels.visible(given, call.bot)
        if not channel.is_direct:
            raise SlackError(WRONG_KIND)
        was_open = call.bot not in channel.closed_for
    else:
        if not users:
            raise SlackError("users_list_not_supplied")
        call.require_scope(("im:write",) if len(users) == 1 else ("mpim:write",))
        if users == [call.bot]:
            raise SlackError("cannot_dm_bot")
        if call.flag("prevent_creation") and call.core.channels.direct([call.bot, *users]) is None:
            raise SlackError("channel_not_found")
        channel, was_open = call.core.rooms.direct(users, call.bot)
    if call.bot in channel.closed_for:
        channel.closed_for.remove(call.bot)
        call.core.channels.changed(channel)
    full = call.flag("return_im") or not channel.is_im
    answer: Json = {"channel": _with_unread(call, channel) if full else {"id": channel.id}}
    return {"no_op": True, "already_open": True, **answer} if was_open else answer


def rename(call: Call) -> Json:
    channel = call.group_only()
    if channel.archived:
        raise SlackError("is_archived")
    if channel.creator != call.bot:
        raise SlackError("not_authorized")
    call.core.rooms.rename(channel, call.text("name"), call.bot)
    return {"channel": call.core.channels.json(channel, call.bot)}


def set_topic(call: Call) -> Json:
    call.core.rooms.describe(call.channel, "topic", call.text("topic"), call.bot)
    return {"channel": call.core.channels.json(call.channel, call.bot), "topic": call.channel.topic["value"]}


def set_purpose(call: Call) -> Json:
    call.core.rooms.describe(call.channel, "purpose", call.text("purpose"), call.bot)
    return {"channel": call.core.channels.json(call.channel, call.bot), "purpose": call.channel.purpose["value"]}


def canvases_create(call: Call) -> Json:
    content = call.args.get("document_content")
    if content is not None:
        read_content(content, "/document_content")
    canvas = call.core.canvases.create(call.text("title"), content, call.bot, call.channel)
    return {"canvas_id": canvas.id}


NAMES = (
    "name_taken invalid_name invalid_name_required invalid_name_maxlength invalid_name_specials"
    " invalid_name_punctuation"
)
INVITES = (
    "already_in_channel cant_invite_self user_not_found user_is_restricted user_is_ultra_restricted no_user"
    f" user_team_not_in_channel {WRONG_KIND} is_archived"
)
TIMES = "invalid_metadata_filter_keys invalid_ts_oldest invalid_ts_latest invalid_cursor invalid_limit"

METHODS: tuple[Method, ...] = (
    row("conversations.archive", Tier.TWO, "channel!", archive, deed="write", access=Access.MEMBER,
        errors=f"already_archived cant_archive_general {WRONG_KIND}"),
    row("conversations.unarchive", Tier.TWO, "channel!", unarchive, deed="write", access=Access.MEMBER,
        errors=f"not_archived {WRONG_KIND}"),
    row("conversations.canvases.create", Tier.TWO, "channel_id! document_content:json title", canvases_create,
        scopes="canvases:write", access=Access.LIVE, place="channel_id",
        errors="channel_canvas_already_exists canvas_creation_failed canvas_editing_failed"),
    row("conversations.close", Tier.TWO, "channel!", close, deed="write", access=Access.VISIBLE, errors=WRONG_KIND),
    row("conversations.create", Tier.TWO, "name! is_private:bool team_id", create, deed="write", errors=NAMES),
    row("conversations.history", Tier.THREE,
        "channel! cursor latest oldest inclusive:bool limit:int include_all_metadata:bool metadata_keys_to_include:any",
        history, deed="history", access=Access.MEMBER, errors=TIMES),
    row("conversations.info", Tier.THREE, "channel! include_locale:bool include_num_members:bool", info, deed="read",
        access=Access.VISIBLE),
    row("conversations.invite", Tier.THREE, "channel! users!:ids force:bool", invite, deed="invite",
        access=Access.MEMBER, errors=INVITES),
    row("conversations.join", Tier.THREE, "channel!", join, deed="join", access=Access.VISIBLE,
        errors=f"is_archived {WRONG_KIND}"),
    row("conversations.kick", Tier.THREE, "channel! user", kick, deed="write", access=Access.MEMBER,
        errors=f"cant_kick_self cant_kick_from_general user_not_found no_user {WRONG_KIND}"),
    row("conversations.leave", Tier.THREE, "channel!", leave, deed="write", access=Access.VISIBLE,
        errors=f"cant_leave_general is_archived last_member {WRONG_KIND}"),
    row("conversations.list", Tier.TWO, "cursor exclude_archived:bool limit:int team_id types:ids", list_all,
        deed="read", errors="invalid_cursor invalid_limit invalid_types"),
    row("conversations.mark", Tier.THREE, "channel! ts!", mark, deed="write", access=Access.MEMBER,
        errors="invalid_timestamp"),
    row("conversations.members", Tier.FOUR, "channel! cursor limit:int", members, deed="read", access=Access.VISIBLE,
        errors="invalid_cursor invalid_limit"),
    row("conversations.open", Tier.THREE, "channel users:ids return_im:bool prevent_creation:bool", open_direct,
        deed="open",
        errors=f"users_list_not_supplied too_many_users user_not_found user_disabled cannot_dm_bot {WRONG_KIND}"),
    row("conversations.rename", Tier.TWO, "channel! name!", rename, deed="write", access=Access.MEMBER,
        errors=f"{NAMES} not_authorized is_archived {WRONG_KIND}"),
    row("conversations.replies", Tier.THREE,
        "channel! ts! cursor latest oldest inclusive:bool limit:int include_all_metadata:bool"
        " metadata_keys_to_include:any",
        replies, deed="history", access=Access.MEMBER, errors=f"thread_not_found {TIMES}"),
    row("conversations.setPurpose", Tier.TWO, "channel! purpose!", set_purpose, deed="topic", access=Access.LIVE,
        errors=f"too_long {WRONG_KIND}"),
    row("conversations.setTopic", Tier.TWO, "channel! topic!", set_topic, deed="topic", access=Access.LIVE,
        errors="too_long"),
)  # fmt: skip
