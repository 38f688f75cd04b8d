"""What a person typed, as Slack's client sends it: names become mentions, and the text gets its rich_text block."""

import re
from base64 import b64decode
from typing import Any, cast

from sandbox.blockkit.api import escape_text, parse_mrkdwn, random_id
from sandbox.core import Core
from sandbox.errors import SlackError, invalid
from sandbox.files import SIZE_MOST, File
from sandbox.messages import TEXT_MOST, Draft
from sandbox.names import EVERYONE

Json = dict[str, Any]
# The page's composer writes the people and channels one picked this way; all else in angle brackets was typed.
_PICKED = re.compile(r"<(?:@[UW][A-Z0-9]+|#[CG][A-Z0-9]+)>")
_STYLES = {"bold": "bold", "italic": "italic", "strike": "strike"}


def person_draft(core: Core, user: str, text: str, thread_ts: str | None, *, broadcast: bool, alone: bool) -> Draft:
    """The draft of what `user` typed; `alone`: no file goes with it. Raises `no_text`, `msg_too_long`."""
    if not text.strip():
        if alone:
            raise SlackError("no_text")
        return Draft(thread_ts=thread_ts, broadcast=broadcast)
    if len(text) > TEXT_MOST:
        raise SlackError("msg_too_long")
    said = typed_text(core, user, text)
    stored = core.messages.stored_text(said)
    return Draft(text=said, thread_ts=thread_ts, broadcast=broadcast, extra={"blocks": [rich_text(stored)]})


def typed_text(core: Core, user: str, text: str) -> str:
    """What `user` typed as mrkdwn: escaped, with references for what was picked or named."""
    parts: list[str] = []
    at = 0
    for found in _PICKED.finditer(text):
        parts += [core.names.typed(escape_text(text[at : found.start()]), user), found.group()]
        at = found.end()
    parts.append(core.names.typed(escape_text(text[at:]), user))
    return "".join(parts)


def receive_files(core: Core, user: str, sent: object) -> list[File]:
    """Takes the page's files, `{"name", "content"}` with the content in base64. Raises `invalid_arguments`."""
    if not isinstance(sent, list):
        raise invalid("must provide an array", "/files")
    files: list[File] = []
    for index, entry in enumerate(cast("list[Any]", sent)):
        members: Json = cast("Json", entry) if isinstance(entry, dict) else {}
        try:
            data = b64decode(str(members.get("content") or ""), validate=True)
        except ValueError:
            raise invalid("must be base64", f"/files/{index}/content") from None
        if not members.get("name") or not data or len(data) > SIZE_MOST:
            raise invalid("must have a name and content", f"/files/{index}")
        file = core.files.begin(str(members["name"]), len(data), user)
        files.append(core.files.receive(file.ticket, data))
    return files


def rich_text(text: str) -> Json:
    """A `rich_text` block for a stored mrkdwn text."""
    sections: list[Json] = []
    line: list[Json] = []

    def flush() -> None:
        if line:
            sections.append({"type": "rich_text_section", "elements": list(line)})
            line.clear()

    for node in parse_mrkdwn(text):
        if node["type"] == "pre":
            flush()
            words = [{"type": "text", "text": node["text"]}]
            sections.append({"type": "rich_text_preformatted", "elements": words, "border": 0})
        elif node["type"] == "quote":
            flush()
            sections.append({"type": "rich_text_quote", "elements": _leaves(node["children"], {})})
        elif node["type"] == "list":
            flush()
            items = [{"type": "rich_text_section", "elements": _leaves(one["children"], {})} for one in node["items"]]
            style = "ordered" if node["ordered"] else "bullet"
            sections.append({"type": "rich_text_list", "style": style, "indent": 0, "elements": items, "border": 0})
        else:
            line += _leaves([node], {})
    flush()
    return {"type": "rich_text", "block_id": random_id(), "elements": sections}


def _leaves(nodes: list[Json], style: Json) -> list[Json]:
    found: list[Json] = []
    for node in nodes:
        kind = node["type"]
        if kind in _STYLES:
            found += _leaves(node["children"], {**style, _STYLES[kind]: True})
            continue
        leaf = _leaf(node)
        worn = {**style, "code": True} if kind == "code" else style
        found.append({**leaf, "style": worn} if worn else leaf)
    return found


def _leaf(node: Json) -> Json:
    kind = node["type"]
    if kind in {"user", "channel", "usergroup"}:
        return {"type": kind, f"{kind}_id": node["id"]}
    if kind == "special" and node["name"] in EVERYONE:
        return {"type": "broadcast", "range": node["name"]}
    if kind == "emoji":
        return {"type": "emoji", "name": node["name"]}
    if kind == "link":
        return {"type": "link", "url": node["url"], **({"text": node["text"]} if node["text"] != node["url"] else {})}
    if kind == "break":
        return {"type": "text", "text": "\n"}
    return {"type": "text", "text": str(node.get("text") or node.get("fallback") or node.get("name") or "")}
