"""The brief: the handoff as the channel reads it, edited in place on every change; its versions in its thread."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.access import confidential_in_channel
from domain.deals import DealState
from domain.handoff import FIELDS, Field, HandoffState
from domain.handoff_score import completeness, says_nothing
from domain.picture import CommitmentPicture, DealPicture, HandoffPicture
from messages.blocks import actions, button, context, header, section
from messages.handoff_items import dated, line
from messages.ids import (
    ACT_COMMITMENT,
    ACT_COMMITMENT_UNDO,
    ACT_COMMITMENTS,
    ACT_CONFIDENTIAL,
    ACT_HANDOFF_ACCEPT,
    ACT_HANDOFF_ALL,
    ACT_HANDOFF_OPEN,
    ACT_HANDOFF_RETURN,
    ACT_QUESTION_ASK,
)
from messages.people import csm, seller
from messages.rich import field as rich_field
from messages.rich import listing
from messages.say import Block, Message, Quiet
from messages.text import cut, escape, joined, mention, plural, short, when
from messages.values import pack

# Slack refuses messages of somewhat less than 12,000 characters over all blocks (msg_blocks_too_long), so the parts
# below add up to some 10,000; everything is in the window behind "Show everything".
TEXT_SHOWN: Final = 550
LIST_SHOWN: Final = 1_000
_ROWS_SHOWN: Final = 12
_GAPS_SHOWN: Final = 600
_THIN_SHOWN: Final = 3
_THIN_WORDS: Final = 160
_PROMISES_SHOWN: Final = 6
_PROMISE_WORDS: Final = 200
_BAR: Final = 10


def shows_confidential(picture: DealPicture) -> bool:
    """Whether the deal's channel may show worries and sensitivities."""
    channel = picture.channel
    return confidential_in_channel(
        is_private=channel.private, has_guests=channel.outsiders, has_external=channel.outsiders
    )


def handoff_submitted(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """The brief in the deal's channel; quiet before anything was handed in."""
    handoff = picture.handoff
    if handoff is None or not handoff.version:
        return Quiet("nothing has been handed in")
    name = short(picture.facts.account.name, 120)
    by = mention(handoff.submitted_by.slack_id) if handoff.submitted_by else seller(picture)
    text = f"{csm(picture)}, {by} handed over *{name}*: {handoff.score} % complete. {_state_line(picture, handoff)}"
    return Message(cut(text, 3_000), brief_blocks(picture, handoff))


def brief_blocks(picture: DealPicture, handoff: HandoffPicture) -> list[Block]:
    """The brief itself, at most 50 blocks and some 10,000 characters for any answers."""
    open_to_all = shows_confidential(picture)
    blocks = [header(f"Handoff: {' '.join(picture.facts.account.name.split())}"), context(_who(picture, handoff))]
    blocks.append(section(_state_line(picture, handoff)))
    if handoff.state is HandoffState.RETURNED and handoff.gaps:
        blocks.append(rich_field("What is missing", handoff.gaps, _GAPS_SHOWN))
    blocks.append(section(score_text(handoff, open_to_all=open_to_all)))
    for field in FIELDS:
        if field.confidential and not open_to_all:
            continue
        if field.name == "commitments":
            blocks += _promises(picture, field)
        else:
            blocks += _field(field, handoff)
    if not open_to_all:
        labels = joined([f"“{field.label}”" for field in FIELDS if field.confidential])
        blocks.append(context(f"{labels} are told to the seller, the CSM and the lead in person, not in this channel."))
    if picture.open_questions:
        count = plural(len(picture.open_questions), "question")
        blocks.append(context(f":question: {count} about this handoff {_are(len(picture.open_questions))} open."))
    buttons = _buttons(picture, handoff, open_to_all=open_to_all)
    return [*blocks, actions(buttons)] if buttons else blocks


def score_text(handoff: HandoffPicture, *, open_to_all: bool) -> str:
    """The completeness as a bar and a number, with what is empty and what is thin; escaped mrkdwn."""
    found = completeness(handoff.answers)
    labels = {field.name: field for field in FIELDS}
    lines = [f"{bar(found.score)} *{found.score} %* complete"]
    if found.missing:
        lines.append(f"*Empty*: {escape(joined([labels[name].label for name in found.missing]))}")
    # Why a confidential text is thin may quote it.
    thin = [one for one in found.thin if open_to_all or not labels[one.field].confidential]
    lines += [
        f"*Thin*: {escape(labels[one.field].label)} – {short(one.why, _THIN_WORDS)}" for one in thin[:_THIN_SHOWN]
    ]
    if len(thin) > _THIN_SHOWN:
        rest = [labels[one.field].label for one in thin[_THIN_SHOWN:]]
        lines.append(f"*Thin too*: {escape(joined(rest))}")
    return "\n".join(lines)


def bar(score: int) -> str:
    """``▰▰▰▰▰▰▱▱▱▱`` of 62."""
    full = min(_BAR, max(0, score * _BAR // 100))
    return "▰" * full + "▱" * (_BAR - full)


def _who(picture: DealPicture, handoff: HandoffPicture) -> str:
    by = mention(handoff.submitted_by.slack_id) if handoff.submitted_by else seller(picture)
    at = f", {when(handoff.submitted_at)}" if handoff.submitted_at else ""
    return f"From {seller(picture)} to {csm(picture)} · version {handoff.version} by {by}{at}"


def _state_line(picture: DealPicture, handoff: HandoffPicture) -> str:
    by = f" by {mention(handoff.decided_by.slack_id)}" if handoff.decided_by else ""
    at = f", {when(handoff.decided_at)}" if handoff.decided_at else ""
    match handoff.state:
        case HandoffState.ACCEPTED:
            return f":white_check_mark: *Accepted*{by}{at}."
        case HandoffState.RETURNED:
            return f":leftwards_arrow_with_hook: *Returned*{by}{at}; waiting for {seller(picture)}."
        case _:
            return f":hourglass_flowing_sand: Waiting for {csm(picture)} to accept it, or to return it."


def _field(field: Field, handoff: HandoffPicture) -> list[Block]:
    answers = handoff.answers
    if field.kind == "list":
        items = answers.items(field.name)
        return [listing(field.label, [line(item) for item in items], LIST_SHOWN, _ROWS_SHOWN)] if items else []
    text = answers.text(field.name).strip()
    return [rich_field(field.label, text, TEXT_SHOWN)] if text else []


def _promises(picture: DealPicture, field: Field) -> list[Block]:
    """What was promised, open promises first, each with its button."""
    kept = [one for one in picture.commitments if not says_nothing(one.text)]
    if not kept:
        said = [one.text for one in picture.handoff.answers.commitments] if picture.handoff else []
        return [listing(field.label, said, LIST_SHOWN, _ROWS_SHOWN)] if said else []
    ordered = sorted(kept, key=lambda one: one.state != "open")
    waiting = sum(one.state == "open" for one in kept)
    title = f"*{escape(field.label)}* · {len(kept)}, of which {waiting} open"
    blocks = [section(title, button("All promises", ACT_COMMITMENTS, pack(deal=picture.id)))]
    words = {item.id: item.due_words for item in picture.handoff.answers.commitments} if picture.handoff else {}
    for one in ordered[:_PROMISES_SHOWN]:
        blocks.append(section(_promise(one, words.get(one.item_id, "")), _promise_button(one)))
    left = len(kept) - _PROMISES_SHOWN
    return [*blocks, context(f"… and {left} more: press “All promises”.")] if left > 0 else blocks


def _promise(one: CommitmentPicture, words: str) -> str:
    mark = {"done": ":white_check_mark:", "withdrawn": ":heavy_minus_sign:"}.get(one.state, "•")
    due = short(dated(one.due, words), 120)
    what = {"done": "kept", "withdrawn": "withdrawn"}.get(one.state, f"by {due}" if due else "no date")
    settled = f" by {mention(one.resolved_by.slack_id)}" if one.resolved_by and one.state != "open" else ""
    return f"{mark} {short(one.text, _PROMISE_WORDS)}\n{short(one.owner, 80) or 'no owner'} · {what}{settled}"


def _promise_button(one: CommitmentPicture) -> dict[str, Any]:
    if one.state == "open":
        return button("Settle", ACT_COMMITMENT, pack(commitment=one.id))
    return button("Open again", ACT_COMMITMENT_UNDO, pack(commitment=one.id))


def _buttons(picture: DealPicture, handoff: HandoffPicture, *, open_to_all: bool) -> list[dict[str, Any]]:
    this = pack(deal=picture.id)
    drawn_for = pack(deal=picture.id, version=handoff.version)
    found: list[dict[str, Any]] = []
    if picture.state is not DealState.CLOSED:
        if handoff.state is HandoffState.SUBMITTED:
            found.append(button("Accept", ACT_HANDOFF_ACCEPT, drawn_for, style="primary"))
            found.append(button("Return", ACT_HANDOFF_RETURN, drawn_for))
        returned = handoff.state is HandoffState.RETURNED
        edit = button("Complete the handoff" if returned else "Edit", ACT_HANDOFF_OPEN, this)
        found += [button("Ask a question", ACT_QUESTION_ASK, this), edit]
    found.append(button("Show everything", ACT_HANDOFF_ALL, this))
    kept_back = any(handoff.answers.text(field.name).strip() for field in FIELDS if field.confidential)
    if kept_back and not open_to_all:
        found.append(button("Show the confidential parts", ACT_CONFIDENTIAL, this))
    return found


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
