"""The handoff asked for, accepted, returned, late. Its brief is in ``messages.brief``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.handoff import FIELD_BY_NAME, HandoffState
from domain.handoff_score import completeness
from domain.picture import DealPicture
from messages.blocks import actions, button, modal, section, sections_within, text_input
from messages.deals import name_of
from messages.ids import ACT_DECISION_UNDO, ACT_HANDOFF_OPEN, ACT_QUESTION_ASK, VIEW_HANDOFF_RETURN
from messages.limits import MESSAGE_TEXT
from messages.people import csm, seller
from messages.plan import clash_lines, clashes_of, today_of
from messages.say import Block, Message, View
from messages.text import ago, cut, linked, mention, when
from messages.values import pack

WAITING = (HandoffState.REQUESTED, HandoffState.DRAFTING, HandoffState.RETURNED)


def _fill_in(picture: DealPicture, label: str = "Fill in handoff", *more: dict[str, Any]) -> Block:
    return actions([button(label, ACT_HANDOFF_OPEN, pack(deal=picture.id), style="primary"), *more])


def handoff_requested(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """Asks the AE in the deal's channel."""
    if picture.handoff is not None and picture.handoff.version:
        return Message(*_handed_in(picture))
    text = (
        f"{seller(picture)}, please pass on what you know about *{name_of(picture)}*: what they bought and why, who is "
        "who, what you promised. Two minutes are enough to begin, also on the phone; what you type is kept. "
        f"{csm(picture)} takes over from there."
    )
    if picture.ae is None:
        text = (
            f"The handoff of *{name_of(picture)}* waits for its seller: {seller(picture)}. Whoever knows the deal best "
            "among you can begin; it can be finished later."
        )
    return Message(text, [section(text), _fill_in(picture)])


def _handed_in(picture: DealPicture) -> tuple[str, list[Block]]:
    assert picture.handoff is not None
    by = mention(picture.handoff.submitted_by.slack_id) if picture.handoff.submitted_by else seller(picture)
    text = f"The handoff of *{name_of(picture)}* was asked for, and {by} handed it in. Thank you."
    return text, [section(text)]


def handoff_accepted(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The CSM has taken the customer over. ``facts``: ``by`` a Slack id, ``at`` ISO, ``version``, ``dates`` ``firm``
    or, when they were before, ``kept``."""
    if _taken_back(picture, facts):
        text = f"~{mention(str(facts['by']))} accepted the handoff of *{name_of(picture)}*~ and took that back."
        return Message(text, [section(text)])
    text = f":white_check_mark: {mention(str(facts['by']))} accepted the handoff of *{name_of(picture)}*{_at(facts)}."
    if picture.ae is not None:
        text += f" Thank you, {mention(picture.ae.slack_id)}."
    if picture.open_questions:
        text += " Questions that are open stay open until they are answered."
    if picture.plan is None or picture.plan.firm_at is None:
        return Message(text, [section(text)])
    kept = facts.get("dates") == "kept"
    text += " The dates of the plan stay as they are." if kept else " The dates of the plan are firm now."
    lines = clash_lines(clashes_of(picture), today_of(picture, now))
    if not lines:
        return Message(text, [section(text)])
    text += " Not all of them go together with the customer's own days:"
    return Message(text, [section(text), section("\n".join(lines))])


def handoff_returned(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The CSM gives the handoff back and says what is missing. ``facts``: ``by`` a Slack id, ``at`` ISO, ``gaps`` what
    is missing, ``version``."""
    gaps = str(facts.get("gaps", ""))
    if _taken_back(picture, facts):
        text = f"~{mention(str(facts['by']))} gave the handoff back~ and took that back: it waits for the CSM again."
        return Message(text, [section(text)])
    text = f"{seller(picture)}, {mention(str(facts['by']))} gave the handoff back{_at(facts)}. What is missing:"
    rest = "… there is more; all of it stands in the form."
    back = button("Take it back", ACT_DECISION_UNDO, pack(deal=picture.id, version=int(facts.get("version") or 0)))
    complete = _fill_in(picture, "Complete the handoff", back)
    blocks = [section(text), *sections_within(gaps, 8_000, rest), complete]
    return Message(cut(f"{text}\n{linked(gaps)}", MESSAGE_TEXT), blocks)


def _taken_back(picture: DealPicture, facts: Mapping[str, Any]) -> bool:
    """Whether the decision a message tells of was undone: its version is the newest, and was not decided then."""
    handoff, at = picture.handoff, facts.get("at")
    if handoff is None or not at or handoff.version != facts.get("version"):
        return False
    return handoff.state is HandoffState.SUBMITTED or (
        handoff.decided_at is not None and handoff.decided_at != datetime.fromisoformat(str(at))
    )


def meanwhile(picture: DealPicture, now: datetime, zone: str) -> str:
    """What became of the handoff since a button was drawn, in one plain sentence, as typed."""
    handoff = picture.handoff
    if handoff is None:
        return "There is no handoff for this deal yet."
    by = handoff.decided_by.name if handoff.decided_by else "Somebody"
    if handoff.decided_at and handoff.state is HandoffState.ACCEPTED:
        return f"{by} accepted this handoff {ago(handoff.decided_at, now, zone)}."
    if handoff.decided_at and handoff.state is HandoffState.RETURNED:
        return f"{by} returned this handoff {ago(handoff.decided_at, now, zone)}; it waits for the seller."
    if handoff.submitted_at and handoff.version:
        author = handoff.submitted_by.name if handoff.submitted_by else "Somebody"
        return (
            f"{author} changed this handoff {ago(handoff.submitted_at, now, zone)}. Please look at the newest version "
            "first, then decide there."
        )
    return "This handoff has not been handed in yet."


def _at(facts: Mapping[str, Any]) -> str:
    at = facts.get("at")
    return f", {when(datetime.fromisoformat(str(at)))}" if at else ""


def proposed_gaps(picture: DealPicture) -> str:
    """What the score says is missing, as the CSM may send it: one line each, as typed."""
    if picture.handoff is None:
        return ""
    found = completeness(picture.handoff.answers)
    lines = [f"{FIELD_BY_NAME[name].label}: nothing yet." for name in found.missing]
    lines += [f"{FIELD_BY_NAME[thin.field].label}: {thin.why}" for thin in found.thin]
    return cut("\n".join(lines), 2_900)


def return_view(picture: DealPicture) -> View:
    """Asks the CSM what is missing; begun with what the score says."""
    assert picture.handoff is not None
    blocks = [
        section(f"*{name_of(picture)}*: {seller(picture)} is told what is missing and asked to complete it."),
        text_input(
            "gaps",
            "What is missing?",
            initial=proposed_gaps(picture),
            hint="One line each. Change what stands here as you like.",
            multiline=True,
        ),
    ]
    metadata = pack(deal=picture.id, version=picture.handoff.version)
    return modal(VIEW_HANDOFF_RETURN, "Return the handoff", blocks, submit="Return", metadata=metadata)


def status_blocks(picture: DealPicture, lines: list[str]) -> list[Block]:
    """What ``/handoff status`` shows: ``lines`` are escaped."""
    buttons = [
        button("Open the form", ACT_HANDOFF_OPEN, pack(deal=picture.id)),
        button("Ask", ACT_QUESTION_ASK, pack(deal=picture.id)),
    ]
    return [*(section(line) for line in lines), actions(buttons)]
