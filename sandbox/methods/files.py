"""`files.*` and `canvases.*`."""

from typing import Any, cast

from sandbox.blockkit.api import validate_blocks
from sandbox.canvases import read_content
from sandbox.channels import Channel
from sandbox.errors import SlackError, invalid, refuse_problems
from sandbox.files import SIZE_MOST, File
from sandbox.messages import Draft
from sandbox.methods.chat import target
from sandbox.methods.table import Access, Call, Method, row
from sandbox.rates import Tier

Json = dict[str, Any]
PER_PAGE = 100
# docs.slack.dev/reference/methods/files.getUploadURLExternal
ALT_MOST = 1000
SNIPPET_MOST = 1024 * 1024
KINDS = frozenset({"all", "spaces", "snippets", "images", "gdocs", "zips", "pdfs"})
LEVELS = frozenset({"read", "write", "owner"})


def get_upload_url(call: Call) -> Json:
    length = call.number("length", 0)
    if length == 0:
        raise SlackError("missing_argument")
    if length < 0 or not call.maybe("filename"):
        raise invalid("must be more than 0", "/length" if length < 0 else "/filename")
    if len(call.text("alt_txt")) > ALT_MOST:
        raise SlackError("alt_txt_too_large")
    if call.maybe("snippet_type") and length > SNIPPET_MOST:
        raise SlackError("snippet_too_large")
    if length > SIZE_MOST:
        raise SlackError("file_upload_size_restricted")
    file = call.core.files.begin(
        call.text("filename"),
        length,
        call.bot,
        # the Node client says alt_text
        call.text("alt_txt") or call.text("alt_text"),
    )
    return {"upload_url": call.core.files.upload_url(file), "file_id": file.id}


def complete_upload(call: Call) -> Json:
    wanted = _wanted(call)
    channels = _places(call)
    blocks = call.args.get("blocks")
    if blocks is not None:
        refuse_problems(validate_blocks(blocks, "message"))
    draft = Draft(call.text("initial_comment"), cast("list[Json] | None", blocks), thread_ts=call.maybe("thread_ts"))
    call.core.files.complete(wanted, channels[0] if channels else None, call.bot, draft)
    for channel in channels[1:]:
        call.core.files.share([file for file, _ in wanted], channel, call.bot, draft)
    return {"files": [call.core.files.json(file) for file, _ in wanted]}


def _places(call: Call) -> list[Channel]:
    """The channels of `channel_id` and `channels` (people too), each once. Raises the errors of posting."""
    named = [call.text("channel_id"), *(one.strip() for one in call.text("channels").split(","))]
    found: list[Channel] = []
    for one in dict.fromkeys(name for name in named if name):
        call.args["channel"] = one
        channel = target(call, may_open=one != call.maybe("channel_id"))
        if call.bot not in channel.members:
            raise SlackError("not_in_channel")
        found.append(channel)
    return found


def _wanted(call: Call) -> list[tuple[File, str]]:
    files = call.args.get("files")
    if not isinstance(files, list) or not files:
        raise invalid("must provide an array of files", "/files")
    found: list[tuple[File, str]] = []
    for index, entry in enumerate(cast("list[object]", files)):
        if not isinstance(entry, dict) or not isinstance(cast("Json", entry).get("id"), str):
            raise invalid("missing required field: id", f"/files/{index}")
        members = cast("Json", entry)
        file = call.core.files.all.get(members["id"])
        if file is None or file.content is None or file.ready:
            raise SlackError("file_not_found")
        found.append((file, str(members.get("title") or "")))
    return found


def info(call: Call) -> Json:
    file = call.core.files.get(call.text("file"))
    return {"file": call.core.files.json(file), "comments": [], "response_metadata": {"next_cursor": ""}}


def list_all(call: Call) -> Json:
    files = sorted((one for one in call.core.files.all.values() if one.ready), key=_newest)
    channel, user = call.maybe("channel"), call.maybe("user")
    if user:
        call.core.world.person(user)
    if not set(call.ids("types")) <= KINDS:
        raise SlackError("unknown_type")
    found = [
        one
        for one in files
        if (user is None or one.user == user)
        and call.number("ts_from", 0) <= one.created <= call.number("ts_to", 1 << 40)
        and _of_kind(one, call.ids("types"))
        and (channel is None or any(share["channel"] == channel for share in one.shares))
    ]
    count, page = call.number("count", PER_PAGE), max(1, call.number("page", 1))
    if not 1 <= count <= 1000:
        raise invalid("must be between 1 and 1000", "/count")
    start = (page - 1) * count
    paging = {"count": count, "total": len(found), "page": page, "pages": -(-len(found) // count)}
    return {"files": [call.core.files.json(one) for one in found[start : start + count]], "paging": paging}


def _of_kind(file: File, kinds: list[str]) -> bool:
    """By the ending of the name; an empty list and `all` take every file."""
    by_kind = {"images": file.mimetype.startswith("image/"), "pdfs": file.name.endswith(".pdf")}
    by_kind["zips"] = file.name.endswith(".zip")
    return not kinds or "all" in kinds or any(by_kind.get(kind) for kind in kinds)


def _newest(file: File) -> tuple[int, str]:
    return -file.created, file.id


def delete(call: Call) -> Json:
    file = call.core.files.get(call.text("file"))
    if file.user != call.bot:
        raise SlackError("cant_delete_file")
    call.core.files.delete(file)
    return {}


# canvases


def canvases_create(call: Call) -> Json:
    content = call.args.get("document_content")
    if content is not None:
        read_content(content, "/document_content")
    channel: Channel | None = None
    if call.maybe("channel_id"):
        channel = call.core.channels.visible(call.text("channel_id"), call.bot)
        if call.bot not in channel.members:
            raise SlackError("not_in_channel")
    return {"canvas_id": call.core.canvases.create(call.text("title"), content, call.bot, channel).id}


def canvases_edit(call: Call) -> Json:
    canvas = call.core.canvases.get(call.text("canvas_id"), call.bot, write=True)
    call.core.canvases.edit(canvas, call.args.get("changes"))
    return {}


def canvases_delete(call: Call) -> Json:
    call.core.canvases.delete(call.core.canvases.get(call.text("canvas_id"), call.bot, write=True))
    return {}


def sections_lookup(call: Call) -> Json:
    canvas = call.core.canvases.get(call.text("canvas_id"), call.bot)
    return {"sections": call.core.canvases.lookup(canvas, call.args.get("criteria"))}


def _whom(call: Call) -> list[str]:
    channels, users = call.ids("channel_ids"), call.ids("user_ids")
    if bool(channels) == bool(users):
        raise SlackError("invalid_parameters")
    for channel in channels:
        call.core.channels.visible(channel, call.bot)
    for user in users:
        call.core.world.person(user)
    return channels or users


def access_set(call: Call) -> Json:
    canvas = call.core.canvases.get(call.text("canvas_id"), call.bot, write=True)
    level, whom = call.text("access_level"), _whom(call)
    if level not in LEVELS:
        raise invalid("must be read, write or owner", "/access_level")
    if level == "owner":
        if len(whom) > 1 or call.ids("channel_ids"):
            raise invalid("only one user can be the owner", "/user_ids")
        canvas.access[canvas.owner] = "write"
        canvas.owner = whom[0]
    else:
        canvas.access |= dict.fromkeys(whom, level)
    call.core.canvases.save(canvas)
    return {}


def access_delete(call: Call) -> Json:
    canvas = call.core.canvases.get(call.text("canvas_id"), call.bot, write=True)
    for one in _whom(call):
        canvas.access.pop(one, None)
    call.core.canvases.save(canvas)
    return {}


CANVAS = "canvas_not_found restricted_action"

METHODS: tuple[Method, ...] = (
    row("files.getUploadURLExternal", Tier.FOUR, "filename! length!:int alt_txt alt_text snippet_type", get_upload_url,
        scopes="files:write",
        errors="file_upload_size_restricted missing_argument alt_txt_too_large snippet_too_large"),
    row("files.completeUploadExternal", Tier.FOUR,
        "files!:json channel_id channels thread_ts initial_comment blocks:json highlight_type username icon_url"
        " icon_emoji",
        complete_upload,
        scopes="files:write", errors="file_not_found not_in_channel is_archived thread_not_found invalid_blocks"),
    row("files.info", Tier.FOUR, "file! count:int page:int cursor limit:int", info, scopes="files:read",
        errors="file_not_found file_deleted"),
    row("files.list", Tier.THREE,
        "channel user count:int page:int ts_from:int ts_to:int types:ids show_files_hidden_by_limit:bool team_id",
        list_all, scopes="files:read", access=Access.VISIBLE, errors="unknown_type user_not_found"),
    row("files.delete", Tier.THREE, "file!", delete, scopes="files:write",
        errors="file_not_found file_deleted cant_delete_file"),
    row("canvases.create", Tier.TWO, "title document_content:json channel_id", canvases_create,
        scopes="canvases:write", errors="canvas_creation_failed channel_canvas_already_exists not_in_channel"),
    row("canvases.edit", Tier.THREE, "canvas_id! changes!:json", canvases_edit, scopes="canvases:write",
        errors=f"{CANVAS} section_not_found canvas_editing_failed"),
    row("canvases.delete", Tier.THREE, "canvas_id!", canvases_delete, scopes="canvases:write", errors=CANVAS),
    row("canvases.access.set", Tier.THREE, "canvas_id! access_level! channel_ids:ids user_ids:ids", access_set,
        scopes="canvases:write", errors=f"{CANVAS} user_not_found invalid_parameters"),
    row("canvases.access.delete", Tier.THREE, "canvas_id! channel_ids:ids user_ids:ids", access_delete,
        scopes="canvases:write", errors=f"{CANVAS} user_not_found invalid_parameters"),
    row("canvases.sections.lookup", Tier.THREE, "canvas_id! criteria!:json", sections_lookup, scopes="canvases:read",
        errors=CANVAS),
)  # fmt: skip
