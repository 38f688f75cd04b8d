"""`chat.*` (docs.slack.dev/reference/methods/chat.*)."""

from typing import Any

from sandbox.channels import Channel
from sandbox.content import read_changes, read_draft
from sandbox.errors import SlackError, invalid
from sandbox.ids import is_ts
from sandbox.messages import Author, Draft
from sandbox.methods.table import Access, Call, Method, row
from sandbox.rates import Tier
from sandbox.schedule import Scheduled
from sandbox.store import Row

Json = dict[str, Any]
MARKDOWN_MOST = 12_000
CUSTOM = ("username", "icon_url", "icon_emoji")
CONTENT = ("text", "blocks", "attachments", "metadata", "thread_ts", "reply_broadcast")
PARSE = frozenset({"none", "full", "mrkdwn", "false", "client"})


def target(call: Call, *, may_open: bool = True) -> Channel:
    """The channel to post to: an id, a name, or a person. Raises `channel_not_found`, `not_in_channel`, …"""
    channels, wanted = call.core.channels, call.text("channel")
    if wanted.startswith(("U", "W")) and wanted in call.core.world.people and may_open:
        if wanted == call.bot:
            raise SlackError("channel_not_found")
        return channels.open_direct([call.bot, wanted])[0]
    channel = channels.all.get(wanted) or channels.named(wanted, call.bot)
    if channel is None or not channels.sees(channel, call.bot):
        raise SlackError("channel_not_found")
    if call.bot not in channel.members:
        may_post = channel.kind == "public" and call.token is not None and "chat:write.public" in call.token.scopes
        if not may_post:
            raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    if channel.is_im and not call.core.world.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def draft_of(call: Call) -> Draft:
    """What the arguments say. Raises the errors of content."""
    args = dict(call.args)
    if args.get("thread_ts") and not is_ts(args["thread_ts"]):
        raise SlackError("invalid_thread_ts", f"[ERROR] {args['thread_ts'][:80]} is not a valid thread_ts")
    if args.get("parse") and args["parse"] not in PARSE:
        raise invalid("must be none or full", "/parse")
    if args.get("text") and (call.flag("link_names") or args.get("parse") == "full"):
        args["text"] = call.core.names.linked(args["text"], call.bot, people=False)
    markdown = _markdown(args)
    if markdown:
        args |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    return read_draft(args, call.warnings)


def _markdown(args: Json) -> str:
    """Takes `markdown_text` out of the arguments. Raises `markdown_text_conflict`, `msg_too_long`."""
    markdown = str(args.pop("markdown_text", None) or "")
    if markdown and (args.get("blocks") or args.get("text")):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_MOST:
        raise SlackError("msg_too_long")
    return markdown


def customised(call: Call, draft: Draft) -> Draft:
    """The draft under another name or picture. Raises `missing_scope`, `as_user_not_supported`."""
    if call.flag("as_user"):
        raise SlackError("as_user_not_supported")
    given = {name: call.args[name] for name in CUSTOM if call.args.get(name)}
    if not given:
        return draft
    call.require_scope(("chat:write.customize",))
    extra: Json = {"username": given["username"]} if "username" in given else {}
    icons = {"emoji": given["icon_emoji"]} if "icon_emoji" in given else {"image_48": given.get("icon_url")}
    if "icon_emoji" in given or "icon_url" in given:
        extra["icons"] = icons
    return Draft(
        draft.text, draft.blocks, draft.attachments, draft.metadata, draft.thread_ts, draft.broadcast,
        subtype="bot_message" if "username" in given else None, extra=extra,
    )  # fmt: skip


def post_message(call: Call) -> Json:
    channel = target(call)
    draft = customised(call, draft_of(call))
    row = call.core.messages.post(channel, Author(call.bot, bot=True), draft)
    return {"channel": channel.id, "ts": row.ts, "message": row.body}


def me_message(call: Call) -> Json:
    channel = target(call)
    draft = read_draft(call.args, call.warnings)
    said = Draft(draft.text, subtype="me_message")
    row = call.core.messages.post(channel, Author(call.bot, bot=True), said)
    return {"channel": channel.id, "ts": row.ts}


def post_ephemeral(call: Call) -> Json:
    channel, hearer = target(call, may_open=False), call.text("user")
    if hearer not in call.core.world.people:
        raise SlackError("user_not_in_channel")
    if hearer not in channel.members:
        raise SlackError("user_not_in_channel")
    row = call.core.messages.ephemeral(channel, Author(call.bot, bot=True), hearer, customised(call, draft_of(call)))
    return {"message_ts": row.ts}


def _own(call: Call, ts: str, error: str) -> tuple[Channel, Row]:
    channel = call.core.channels.visible(call.text("channel"), call.bot)
    row = call.core.messages.get(channel, ts)
    if row.author != call.bot or row.body.get("subtype") not in {None, "bot_message", "me_message", "thread_broadcast"}:
        raise SlackError(error)
    return channel, row


def update(call: Call) -> Json:
    channel, row = _own(call, call.text("ts"), "cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    args = dict(call.args)
    if call.flag("reply_broadcast") and not row.listed:
        return _broadcast(call, channel, row)
    markdown = _markdown(args)
    if markdown:
        args["blocks"] = [{"type": "markdown", "text": markdown}]
    changes, gone = read_changes(args)
    if markdown:
        changes["text"] = markdown
    if changes.get("text") and "blocks" not in args:
        gone |= {"blocks"}  # the new text is shown instead
    text = str(changes.get("text", ""))
    draft = Draft(text, changes.get("blocks"), changes.get("attachments"), changes.get("metadata"))
    content = call.core.messages.content(draft)
    if not markdown and "text" not in args:
        content.pop("text")
    # docs.slack.dev/reference/methods/chat.update: an update by blocks leaves no edited mark
    editor = None if changes.get("blocks") else call.bot
    call.core.messages.edit(channel, row, content, editor=editor, gone=gone)
    return {"channel": channel.id, "ts": row.ts, "text": row.body["text"], "message": row.body}


def _broadcast(call: Call, channel: Channel, row: Row) -> Json:
    """Shows a reply to the whole channel afterwards. Raises `no_dual_broadcast_content_update`."""
    if any(name in call.args for name in (*CONTENT[:4], "markdown_text")):
        raise SlackError("no_dual_broadcast_content_update")
    call.core.messages.broadcast(channel, row)
    return {"channel": channel.id, "ts": row.ts, "text": row.body["text"], "message": row.body}


def delete(call: Call) -> Json:
    channel, row = _own(call, call.text("ts"), "cant_delete_message")
    call.core.messages.delete(channel, row)
    return {"channel": channel.id, "ts": row.ts}


def get_permalink(call: Call) -> Json:
    row = call.core.messages.get(call.channel, call.text("message_ts"))
    return {"channel": call.channel.id, "permalink": call.core.messages.permalink(row)}


def schedule_message(call: Call) -> Json:
    channel = target(call)
    draft = draft_of(call)
    if draft.thread_ts:
        call.core.messages.get(channel, draft.thread_ts, "thread_not_found")
    sent = {name: call.args[name] for name in CONTENT if name in call.args}
    sent |= {"text": draft.text, "blocks": draft.blocks}
    made = call.core.schedule.add(channel, call.number("post_at", 0), sent)
    app = call.core.world.app
    message = {"type": "delayed_message", "user": call.bot, "bot_id": app.bot_id, "team": call.core.world.team.id}
    message |= {"bot_profile": call.core.world.bot_profile(), **call.core.messages.content(draft)}
    return {"channel": channel.id, "scheduled_message_id": made.id, "post_at": made.post_at, "message": message}


def delete_scheduled(call: Call) -> Json:
    channel = call.core.channels.visible(call.text("channel"), call.bot)
    call.core.schedule.remove(call.text("scheduled_message_id"), channel)
    return {}


def list_scheduled(call: Call) -> Json:
    wanted = call.maybe("channel")
    if wanted:
        _listable(call, wanted)
    oldest, latest = call.number("oldest", 0), call.number("latest", 1 << 40)
    if oldest > latest:
        raise invalid("oldest must not be after latest", "/oldest")
    waiting = [
        one
        for one in call.core.schedule.waiting.values()
        if (not wanted or one.channel == wanted) and oldest <= one.post_at <= latest
    ]
    page, about = call.page(sorted(waiting, key=_place), "scheduled", _place, 100)
    shown = [
        {"id": one.id, "channel_id": one.channel, "post_at": one.post_at, "date_created": one.created,
         "text": str(one.sent.get("text") or "")}
        for one in page
    ]  # fmt: skip
    return {"scheduled_messages": shown, "response_metadata": about}


def _listable(call: Call, channel_id: str) -> None:
    """Raises `invalid_channel` for one that is not there to be seen."""
    channel = call.core.channels.all.get(channel_id)
    if channel is None or not call.core.channels.sees(channel, call.bot):
        raise SlackError("invalid_channel")


def _place(one: Scheduled) -> str:
    return f"{one.post_at:012d}-{one.id}"


SAY = (
    "text blocks:json attachments:json metadata:json thread_ts reply_broadcast:bool mrkdwn:bool parse"
    " link_names:bool unfurl_links:bool unfurl_media:bool username icon_url icon_emoji as_user:bool"
    " markdown_text unfurl_app_links:bool"
)
CONTENT_ERRORS = (
    "no_text invalid_blocks invalid_blocks_format invalid_attachments too_many_attachments msg_too_long"
    " invalid_metadata_format invalid_metadata_schema metadata_too_large markdown_text_conflict"
)
PLACE_ERRORS = (
    "is_archived not_in_channel messages_tab_disabled as_user_not_supported thread_not_found invalid_thread_ts"
)

METHODS: tuple[Method, ...] = (
    row("chat.postMessage", Tier.POST, f"channel! {SAY} client_msg_id container_id current_draft_last_updated_ts",
        post_message, scopes="chat:write", errors=f"{CONTENT_ERRORS} {PLACE_ERRORS}"),
    row("chat.postEphemeral", Tier.FOUR, f"channel! user! {SAY}", post_ephemeral, scopes="chat:write",
        errors=f"{CONTENT_ERRORS} {PLACE_ERRORS} user_not_in_channel"),
    row("chat.meMessage", Tier.THREE, "channel! text!", me_message, scopes="chat:write",
        errors=f"no_text {PLACE_ERRORS}"),
    row("chat.update", Tier.THREE,
        "channel! ts! text blocks:json attachments:json metadata:json parse link_names:bool as_user:bool file_ids:any"
        " reply_broadcast:bool markdown_text unfurl_links:bool unfurl_media:bool unfurled_attachments:json",
        update, scopes="chat:write",
        errors=f"{CONTENT_ERRORS} message_not_found cant_update_message is_inactive no_dual_broadcast_content_update"),
    row("chat.delete", Tier.THREE, "channel! ts! as_user:bool", delete, scopes="chat:write",
        errors="message_not_found cant_delete_message"),
    row("chat.getPermalink", Tier.SPECIAL, "channel! message_ts!", get_permalink, access=Access.VISIBLE,
        errors="message_not_found"),
    row("chat.scheduleMessage", Tier.THREE, f"channel! post_at!:int {SAY}", schedule_message, scopes="chat:write",
        errors=f"{CONTENT_ERRORS} {PLACE_ERRORS} time_in_past time_too_far restricted_too_many"),
    row("chat.deleteScheduledMessage", Tier.THREE, "channel! scheduled_message_id! as_user:bool", delete_scheduled,
        scopes="chat:write", errors="invalid_scheduled_message_id"),
    row("chat.scheduledMessages.list", Tier.THREE, "channel latest:int oldest:int limit:int cursor team_id",
        list_scheduled, errors="invalid_cursor invalid_limit invalid_channel"),
)  # fmt: skip
