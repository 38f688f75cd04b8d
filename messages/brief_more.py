"""What belongs to the brief: versions in its thread, the confidential parts in person, all of it in a window."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from domain.handoff import FIELD_BY_NAME, FIELDS
from domain.picture import DealPicture
from messages.blocks import actions, button, context, modal, section
from messages.brief import shows_confidential
from messages.handoff_items import line
from messages.ids import ACT_HANDOFF_ALL, VIEW_HANDOFF_ALL
from messages.people import csm
from messages.rich import Leaf, bullets, paragraph, rich, typed, word
from messages.rich import field as rich_field
from messages.say import Block, Message, Quiet, View
from messages.text import channel_link, cut, mention, plural, short, when
from messages.values import pack

_CHANGES_ROOM: Final = 8_000
_SIDE: Final = 250
_CONFIDENTIAL_SHOWN: Final = 3_000
_PAGE_ROOM: Final = 20_000
_PAGE_BLOCKS: Final = 60
_ROWS_A_BLOCK: Final = 20


def handoff_version(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """A later version, in the thread of the brief.

    ``facts``: ``new`` and ``old`` version numbers, ``by`` and ``other`` Slack ids, ``at`` ISO, ``base`` the version it
    was begun from, ``returned`` whether it had been returned, ``changes`` [field, before, after], ``more`` left out.
    """
    at = f", {when(datetime.fromisoformat(str(facts['at'])))}" if facts.get("at") else ""
    first = f"*Version {facts['new']}* by {mention(str(facts['by']))}{at}."
    if facts.get("returned"):
        first += f" {csm(picture)}, it was completed after you returned it."
    blocks = [section(first)]
    if int(facts.get("base", 0)) < int(facts.get("old", 0)):
        other = mention(str(facts["other"])) if facts.get("other") else "somebody"
        joined = (
            f"{mention(str(facts['by']))}, {other} handed in version {facts['old']} while you were writing. Your "
            "changes were joined with it; where you both had changed the same thing you chose, and nothing else of "
            "either is lost."
        )
        blocks.append(section(joined))
        first += f" {joined}"
    changes = [(str(name), str(before), str(after)) for name, before, after in facts.get("changes", ())]
    blocks.append(_changes(changes, int(facts.get("more", 0)), open_to_all=shows_confidential(picture)))
    return Message(cut(first, 3_000), blocks)


def handoff_confidential(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """Worries and sensitivities, in person to those who may read them. ``facts``: ``to`` a Slack id."""
    handoff = picture.handoff
    if handoff is None or not handoff.version:
        return Quiet("nothing has been handed in")
    where = f" ({channel_link(picture.channel.id)})" if picture.channel.id else ""
    text = f"In confidence, about *{short(picture.facts.account.name, 120)}*{where}, version {handoff.version}:"
    blocks = [section(text), *_confidential(picture)]
    blocks.append(context("Only the seller, the CSM and the lead get this. Please do not post it in the channel."))
    return Message(text, blocks)


def confidential_view(picture: DealPicture) -> View:
    """The confidential parts in a window, for those who may read them."""
    return modal(VIEW_HANDOFF_ALL, "In confidence", _confidential(picture), close="Close")


def everything_view(picture: DealPicture, page: int, *, confidential: bool, here: str = "") -> View:
    """The whole handoff, page by page from 0; ``confidential``: with the parts not everybody may read; ``here``: the
    channel it was opened in."""
    parts = _pages(picture, confidential=confidential)
    at = min(max(page, 0), len(parts) - 1)
    turns = [
        button(label, f"{ACT_HANDOFF_ALL}:{name}", pack(deal=picture.id, page=to))
        for label, name, to in (("Earlier", "back", at - 1), ("Go on", "on", at + 1))
        if 0 <= to < len(parts)
    ]
    blocks = [*parts[at], *([actions(turns), context(f"Part {at + 1} of {len(parts)}")] if turns else [])]
    return modal(VIEW_HANDOFF_ALL, "Handoff", blocks, close="Close", metadata=pack(deal=picture.id, here=here))


def _changes(changes: Sequence[tuple[str, str, str]], more: int, *, open_to_all: bool) -> Block:
    rows: list[list[Leaf]] = []
    room = _CHANGES_ROOM
    for name, before, after in changes:
        field = FIELD_BY_NAME.get(name)
        if field is None:
            continue
        row = word(f"{field.label}: ", bold=True)
        row += word("changed") if field.confidential and not open_to_all else _change(before, after)
        size = sum(len(leaf.get("text", leaf.get("url", ""))) for leaf in row)
        if size > room:
            more += len(changes) - len(rows)
            break
        rows.append(row)
        room -= size
    if more:
        rows.append(word(f"… and {plural(more, 'change')} more", italic=True))
    if not rows:
        return rich(paragraph(word("Handed in again without changes.")))
    return rich(bullets(rows))


def _change(before: str, after: str) -> list[Leaf]:
    old, new = cut(before, _SIDE) if before else "", cut(after, _SIDE) if after else ""
    if not old:
        return [*word("added ", italic=True), *typed(new)]
    if not new:
        return [*word("removed ", italic=True), *word(old, strike=True)]
    return [*word(old, strike=True), *word(" → "), *typed(new)]


def _confidential(picture: DealPicture) -> list[Block]:
    answers = picture.handoff.answers if picture.handoff else None
    found: list[Block] = []
    for field in FIELDS:
        if field.confidential:
            text = answers.text(field.name).strip() if answers else ""
            found.append(rich_field(field.label, text or "Nothing is written here (any more).", _CONFIDENTIAL_SHOWN))
    return found


def _pages(picture: DealPicture, *, confidential: bool) -> list[list[Block]]:
    """The blocks of the whole handoff, grouped by what fits in one window; at least one page with one block."""
    pages: list[list[Block]] = [[]]
    room = _PAGE_ROOM
    for size, block in _all(picture, confidential=confidential):
        if pages[-1] and (size > room or len(pages[-1]) >= _PAGE_BLOCKS):
            pages.append([])
            room = _PAGE_ROOM
        pages[-1].append(block)
        room -= size
    if not pages[0]:
        pages[0].append(section("Nothing has been handed in yet."))
    return pages


def _all(picture: DealPicture, *, confidential: bool) -> list[tuple[int, Block]]:
    answers = picture.handoff.answers if picture.handoff and picture.handoff.version else None
    found: list[tuple[int, Block]] = []
    for field in FIELDS if answers else ():
        assert answers is not None
        if field.confidential and not confidential:
            continue
        if field.kind == "text":
            text = answers.text(field.name).strip()
            if text:
                found.append((len(text), rich_field(field.label, text, len(text) + 1)))
            continue
        lines = [line(item) for item in answers.items(field.name)]
        for start in range(0, len(lines), _ROWS_A_BLOCK):
            some = lines[start : start + _ROWS_A_BLOCK]
            label = f"{field.label} · {start + 1} to {start + len(some)} of {len(lines)}"
            head = paragraph(word(label, bold=True))
            found.append((sum(map(len, some)), rich(head, bullets([typed(one) for one in some]))))
    return found
