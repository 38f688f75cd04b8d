"""What sales promised, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.limits import QUESTION
from domain.picture import CommitmentPicture, DealPicture
from messages.blocks import button, context, modal, section, sections, text_input
from messages.deals import name_of
from messages.ids import ACT_COMMITMENT, ACT_COMMITMENT_UNDO, VIEW_COMMITMENT, VIEW_COMMITMENTS
from messages.limits import MESSAGE_TEXT, VIEW_BLOCKS
from messages.say import Block, Message, View
from messages.text import ago, cut, day, linked, mention, plural, short, when
from messages.values import pack

_SHOWN = (VIEW_BLOCKS - 4) // 2


def find(picture: DealPicture, commitment_id: int) -> CommitmentPicture | None:
    """The promise with this id."""
    return next((one for one in picture.commitments if one.id == commitment_id), None)


def commitment_resolved(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """In the thread of the brief. ``facts``: ``text`` the promise, ``state``, ``note``, ``by`` a Slack id."""
    by, promise, note = mention(str(facts["by"])), short(str(facts["text"]), 300), str(facts.get("note", ""))
    match facts["state"]:
        case "done":
            head = f":white_check_mark: {by} marked the promise “{promise}” as kept:"
        case "withdrawn":
            head = f"{by} withdrew the promise “{promise}”:"
        case _:
            head = f"{by} opened the promise “{promise}” again."
    return Message(cut(f"{head}\n{linked(note)}", MESSAGE_TEXT), [section(head), *sections(note)])


def commitments_view(picture: DealPicture) -> View:
    """All promises of a deal, each with what can be done about it."""
    blocks: list[Block] = [section(f"What was promised to *{name_of(picture)}*:")]
    for one in picture.commitments[:_SHOWN]:
        blocks += [section(_line(one), _button(one)), context(_small(one))]
    left = len(picture.commitments) - _SHOWN
    if left > 0:
        blocks.append(context(f"… and {left} more; they show here as the first ones are settled."))
    if not picture.commitments:
        blocks.append(section("Nothing is written down as promised. The form of the handoff has a field for it."))
    return modal(VIEW_COMMITMENTS, "Promises", blocks, close="Close")


def _line(one: CommitmentPicture) -> str:
    mark = {"done": ":white_check_mark: ", "withdrawn": ":heavy_minus_sign: "}.get(one.state, "")
    return f"{mark}{short(one.text, 500)}"


def _small(one: CommitmentPicture) -> str:
    owner = short(one.owner, 100) or "no owner"
    due = f"due {day(one.due)}" if one.due else "no date"
    by = f" by {mention(one.resolved_by.slack_id)}" if one.resolved_by else ""
    at = f", {when(one.resolved_at)}" if one.resolved_at else ""
    match one.state:
        case "done":
            return f"Kept{by}{at}: {short(one.evidence, 300)}"
        case "withdrawn":
            return f"Withdrawn{by}{at}: {short(one.evidence, 300)}"
        case _:
            return f"{owner} · {due}"


def _button(one: CommitmentPicture) -> dict[str, Any]:
    if one.state == "open":
        return button("Settle", ACT_COMMITMENT, pack(commitment=one.id))
    return button("Open again", ACT_COMMITMENT_UNDO, pack(commitment=one.id))


def commitment_view(picture: DealPicture, one: CommitmentPicture) -> View:
    """Settles one promise: kept, with how one can see it, or withdrawn, with why."""
    choices = [
        ("done", "It is kept"),
        ("withdrawn", "It is withdrawn"),
    ]
    options = [{"text": {"type": "plain_text", "text": label}, "value": value} for value, label in choices]
    blocks: list[Block] = [
        section(f"Promised to *{name_of(picture)}*:"),
        *sections(one.text),
        {
            "type": "input",
            "block_id": "outcome",
            "label": {"type": "plain_text", "text": "What became of it?"},
            "element": {
                "type": "radio_buttons",
                "action_id": "outcome",
                "options": options,
                "initial_option": options[0],
            },
        },
        text_input(
            "evidence",
            "How can one see it, or why not?",
            hint="A link or one sentence.",
            multiline=True,
            most=QUESTION,
        ),
    ]
    return modal(VIEW_COMMITMENT, "Promise", blocks, submit="Save", metadata=pack(commitment=one.id))


def open_line(picture: DealPicture) -> str:
    """``2 promises are open`` or ''."""
    count = sum(one.state == "open" for one in picture.commitments)
    return f"{plural(count, 'promise')} {'is' if count == 1 else 'are'} open." if count else ""


def meanwhile(one: CommitmentPicture, now: datetime, zone: str) -> str:
    """What became of a promise since its button was drawn, in one plain sentence, as typed; '' for nothing."""
    if one.resolved_at is None or one.state == "open":
        return ""
    by = one.resolved_by.name if one.resolved_by else "Somebody"
    what = "marked this promise as kept" if one.state == "done" else "withdrew this promise"
    return f"{by} {what} {ago(one.resolved_at, now, zone)}."
