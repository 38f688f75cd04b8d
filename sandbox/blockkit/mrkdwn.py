"""Slack's mrkdwn: escaping, the form Slack stores, plain text, and a small tree for safe rendering.

Source: docs.slack.dev/messaging/formatting-message-text. The tree is JSON (lists of nodes with a `type`):
text, break, bold, italic, strike, code, pre, quote, list, link, user, channel, usergroup, special,
emoji, date. A page that sets `textContent` from it can never run what a user typed.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from sandbox.blockkit.formats import is_link

Node = dict[str, Any]

_TOKEN = re.compile(
    r"<[^<>\n]+>|`[^`\n]+`|:[a-z0-9_+'\-]+:(?::skin-tone-[2-6]:)?|[*_~]|\n",
)
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_LONG_QUOTE = re.compile(r"(?:&gt;|>){3} ?")
_BULLET = re.compile(r"(?P<indent> *)(?:(?P<bullet>[•◦▪\-]) |(?P<number>\d{1,3})\. )(?=\S)")
_ENTITY = re.compile(r"[@#!][^\s<>][^<>]*")
_BARE_URL = re.compile(r"https?://[^\s<>|`*~]+")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_TRAILING = ".,;:!?'\")]}"
_DATE_PARTS = 3
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_BLOCK_NODES = frozenset({"quote", "list", "pre"})


def escape_text(text: str) -> str:
    """`text` with the three characters that mean something to Slack replaced by entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_entity(inside: str) -> bool:
    target = inside.partition("|")[0]
    return _ENTITY.fullmatch(inside) is not None or is_link(unescape(target))


def _stored_plain(text: str) -> str:
    return _AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _linked(text: str) -> str:
    parts: list[str] = []
    at = 0
    for found in _BARE_URL.finditer(text):
        url = found.group().rstrip(_TRAILING)
        if not is_link(url):
            continue
        parts += [_stored_plain(text[at : found.start()]), f"<{_stored_plain(url)}>"]
        at = found.start() + len(url)
    return "".join((*parts, _stored_plain(text[at:])))


def as_stored(text: str, *, verbatim: bool = False) -> str:
    """mrkdwn as Slack gives it back: stray `&`, `<`, `>` escaped, bare web addresses turned into links
    unless `verbatim`, well-formed `<…>` references left alone."""
    parts: list[str] = []
    at = 0
    outside = _stored_plain if verbatim else _linked
    for found in re.finditer(r"<([^<>\n]+)>|```.+?```|`[^`\n]+`", text, re.DOTALL):
        inside = found.group(1)
        if inside is not None and not _is_entity(inside):
            continue
        parts.append(outside(text[at : found.start()]))
        kept = _AMPERSAND.sub("&amp;", found.group())
        parts.append(kept if inside is not None else _stored_plain(kept))
        at = found.end()
    return "".join((*parts, outside(text[at:])))


def parse_mrkdwn(text: str) -> list[Node]:
    """The tree of a mrkdwn text as Slack stores it; never fails, whatever the text."""
    nodes: list[Node] = []
    at = 0
    for fence in _FENCE.finditer(text):
        nodes += _lines(text[at : fence.start()])
        nodes.append({"type": "pre", "text": unescape(fence.group(1).strip("\n"))})
        at = fence.end()
    nodes += _lines(text[at:])
    return nodes


def _lines(text: str) -> list[Node]:
    """Quotes and lists are whole lines; all other lines are inline text with breaks between."""
    if not text:
        return []
    nodes: list[Node] = []
    plain: list[str] = []
    lines = text.split("\n")
    index = 0

    def flush() -> None:
        if plain:
            nodes.extend(_inline("\n".join(plain)))
            plain.clear()

    while index < len(lines):
        line = lines[index]
        long = _LONG_QUOTE.match(line)
        if long:
            flush()
            rest = "\n".join([line[long.end() :], *lines[index + 1 :]])
            nodes.append({"type": "quote", "children": _inline(rest)})
            return nodes
        taken = _run(lines, index, _QUOTE)
        if taken:
            flush()
            quoted = "\n".join(_QUOTE.sub("", row, count=1) for row in lines[index : index + taken])
            nodes.append({"type": "quote", "children": _inline(quoted)})
        elif taken := _run(lines, index, _BULLET):
            flush()
            nodes += _list(lines[index : index + taken])
        else:
            plain.append(line)
        index += taken or 1
    flush()
    return nodes


def _run(lines: list[str], start: int, pattern: re.Pattern[str]) -> int:
    count = 0
    while start + count < len(lines) and pattern.match(lines[start + count]):
        count += 1
    return count


def _list(lines: list[str]) -> list[Node]:
    """Consecutive items; a change between bullets and numbers starts a new list."""
    nodes: list[Node] = []
    for line in lines:
        found = _BULLET.match(line)
        if found is None:
            continue
        ordered = found["number"] is not None
        item: Node = {
            "indent": len(found["indent"]) // 2,
            "marker": f"{found['number']}." if ordered else found["bullet"],
            "children": _inline(line[found.end() :]),
        }
        if nodes and nodes[-1]["ordered"] == ordered:
            nodes[-1]["items"].append(item)
        else:
            nodes.append({"type": "list", "ordered": ordered, "items": [item]})
    return nodes


def _inline(text: str, active: frozenset[str] = frozenset()) -> list[Node]:
    nodes: list[Node] = []
    buffer: list[str] = []
    hopeless: set[str] = set()
    at = 0

    def flush() -> None:
        words = "".join(buffer)
        buffer.clear()
        if words:
            nodes.append({"type": "text", "text": unescape(words)})

    while (found := _TOKEN.search(text, at)) is not None:
        buffer.append(text[at : found.start()])
        token, at = found.group(), found.end()
        node: Node | None = None
        if token in _STYLES:
            end = -1
            if token not in active and token not in hopeless and _opens(text, found.start()):
                end = _closer(text, token, at)
                if end < 0:
                    hopeless.add(token)
            if end >= 0:
                children = _inline(text[at:end], active | {token})
                node, at = {"type": _STYLES[token], "children": children}, end + 1
        else:
            node = _leaf(token)
        if node is None:
            buffer.append(token)
        else:
            flush()
            nodes.append(node)
    buffer.append(text[at:])
    flush()
    return nodes


def _opens(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    return not (before.isalnum() or before == text[at]) and not after.isspace() and after != text[at]


def _closer(text: str, token: str, start: int) -> int:
    """Index of the delimiter that closes `token`, on the same line and outside code and references."""
    at = start
    while (found := _TOKEN.search(text, at)) is not None:
        if found.group() == "\n":
            return -1
        if found.group() == token and found.start() > start and not text[found.start() - 1].isspace():
            after = text[found.end() : found.end() + 1]
            if not (after.isalnum() or after == token):
                return found.start()
        at = found.end()
    return -1


def _leaf(token: str) -> Node | None:
    if token == "\n":  # noqa: S105 - a line break, not a secret
        return {"type": "break"}
    if token[0] == "`":
        return {"type": "code", "text": unescape(token[1:-1])}
    if token[0] == ":":
        name, _, skin = token.strip(":").partition("::skin-tone-")
        return {"type": "emoji", "name": name, **({"skin_tone": int(skin)} if skin else {})}
    return _reference(token[1:-1])


def _reference(inside: str) -> Node | None:
    target, _, label = inside.partition("|")
    words = unescape(label)
    if not target:
        return None
    if target[0] == "@" and len(target) > 1:
        return {"type": "user", "id": target[1:], "text": words}
    if target[0] == "#" and len(target) > 1:
        return {"type": "channel", "id": target[1:], "text": words}
    if target[0] == "!":
        return _special(target[1:], words)
    url = unescape(target)
    return {"type": "link", "url": url, "text": words or _shown(url)} if is_link(url) else None


def _shown(url: str) -> str:
    return url.removeprefix("mailto:").removeprefix("tel:")


def _special(name: str, words: str) -> Node | None:
    if name.startswith("date^"):
        parts = name.split("^")[1:]
        if len(parts) < _DATE_PARTS - 1 or _TIMESTAMP.fullmatch(parts[0]) is None:
            return {"type": "text", "text": words} if words else None
        link = unescape(parts[2]) if len(parts) >= _DATE_PARTS else ""
        return {
            "type": "date",
            "timestamp": int(parts[0]),
            "format": unescape(parts[1]),
            "url": link if is_link(link) else None,
            "fallback": words,
        }
    if name.startswith("subteam^"):
        return {"type": "usergroup", "id": name.removeprefix("subteam^"), "text": words}
    return {"type": "special", "name": name, "text": words} if name else None


def _words(node: Node, names: Mapping[str, str]) -> str:
    kind = node["type"]
    if kind == "break":
        return "\n"
    if kind == "list":
        rows = (f"{item['marker']} {_joined(item['children'], names)}" for item in node["items"])
        return "\n".join(rows)
    if "children" in node:
        return _joined(node["children"], names)
    if kind in {"user", "channel", "usergroup", "special"}:
        sign = "#" if kind == "channel" else "@"
        key = str(node.get("id") or node.get("name"))
        return sign + (names.get(key) or str(node["text"]).removeprefix(sign) or key)
    if kind == "emoji":
        return f":{node['name']}:"
    return str(node["fallback"] if kind == "date" else node["text"])


def _joined(nodes: list[Node], names: Mapping[str, str]) -> str:
    """Quotes, lists and code blocks stand on lines of their own."""
    words = ""
    after_block = False
    for node in nodes:
        is_block = node["type"] in _BLOCK_NODES
        if words and (is_block or after_block) and not words.endswith("\n"):
            words += "\n"
        words += _words(node, names)
        after_block = is_block
    return words


def to_plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """mrkdwn as a person would read it aloud: no marks, references by the name in `names` (id → name)."""
    return _joined(parse_mrkdwn(text), names or {})
