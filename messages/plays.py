"""A play as its CSM reads it: what happened, what it means for the customer, what to say, and the task."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from domain.deals import money
from domain.plays.changes import Effect
from domain.plays.keeping import Gone
from domain.plays.outcome import CallOutcome, Outcome, Reached, Referral, Result, SaveOutcome
from domain.plays.picture import PlayPicture
from domain.plays.plans import PlanOrder, Tier, Track
from domain.plays.task import TITLES, State
from messages.blocks import actions, button, context, section
from messages.ids import ACT_PLAY_DONE, ACT_PLAY_MOVE, ACT_PLAY_NOT_USEFUL, ACT_PLAY_SNOOZE
from messages.limits import SECTION
from messages.say import Block, Message, Quiet
from messages.text import channel_link, day, listed, mention, plural, short, when, zone_of
from messages.values import pack

_NAME: Final = 80
_PLAN: Final = 60
_REASON: Final = 300
_LINE: Final = 500
_SAID: Final = 200
_ROOM: Final = 1_400
"""Characters of one list: three of them and the rest stay inside what a message may hold."""
_TEXT: Final = 600
_BESIDE: Final = 300
"""Characters of what was written down, alone and beside the advice; the window has all of it."""
_SLOT: Final = re.compile(r"\{(customer|plan)\}")

RESULT: Final[Mapping[Result, str]] = {
    Result.KEPT: "They stay as they were",
    Result.SMALLER: "They stay, with less",
    Result.LEFT: "They go",
    Result.TALKING: "We are still talking",
}
REACHED: Final[Mapping[Reached, str]] = {
    Reached.YES: "Yes",
    Reached.AGAIN: "No, I try again",
    Reached.NO: "No, I leave it at that",
}
REFERRAL: Final[Mapping[Referral, str]] = {
    Referral.YES: "Yes",
    Referral.NO: "No",
    Referral.NOT_ASKED: "I did not ask",
}

_GONE: Final[Mapping[Gone, str]] = {
    Gone.UNDONE: "It was put back within the hour, so there is nothing to do.",
    Gone.TURNED: "The plan changed again within the hour; a newer message tells how.",
    Gone.JOINED: "Another message tells of the same change.",
    Gone.LATER: "Something newer happened since; another message tells what.",
    Gone.RETURNED: "The cancellation was withdrawn: they stay.",
}


def play_message(play: PlayPicture, plans: PlanOrder, key: str, now: datetime, *, said: bool) -> Message | Quiet:
    """The message of a play, edited in place as its task is settled or falls away. ``key`` is the occurrence it is said
    under: another one than the play has now was told to somebody who had the customer before. ``said``: Slack shows it
    already; what falls away before that is never said."""
    if not said and (play.gone is not None or key != play.key):
        return Quiet(_quiet(play, key))
    head = _head(play, plans, now)
    if key != play.key:
        who = f" to {mention(play.owner.slack_id)}" if play.owner else ""
        return Message(head, [section(f"~{head}~"), context(f"Passed on{who}, who looks after this customer now.")])
    if play.gone is not None:
        blocks: list[Block] = [section(f"~{head}~"), section(_GONE[play.gone])]
        return Message(head, blocks + (_done(play) if play.state is not State.OPEN else []))
    if play.state is State.TOLD:
        return Message(head, [section(head)])
    if play.state is not State.OPEN:
        return Message(head, [section(head), *_done(play)])
    return Message(head, [section(head), *_advice(play, plans), *_task(play)])


def _quiet(play: PlayPicture, key: str) -> str:
    if play.gone is None or key != play.key:
        return "another CSM has the customer now"
    return f"it fell away before it could be said ({play.gone})"


# What happened


def _head(play: PlayPicture, plans: PlanOrder, now: datetime) -> str:
    customer = f"*{short(play.customer, _NAME)}*"
    where = f" ({channel_link(play.channel_id)})" if play.channel_id else ""
    before, after = _plan(play.before, plans), _plan(play.after, plans)
    match play.effect:
        case Effect.UPGRADE:
            text = f":arrow_up: {customer}{where} moved up from {before} to {after}{_delta(play)}."
        case Effect.DOWNGRADE:
            text = f":arrow_down: {customer}{where} moved down from {before} to {after}{_delta(play)}."
        case Effect.CANCEL:
            on = f" Their plan is {after}." if play.after else ""
            text = f":warning: {customer}{where} canceled: {_ends(play, now)}.{on}{_reason(play)}"
        case _:
            on = f" on {after}" if play.after else ""
            text = f":green_heart: {customer}{where} took the cancellation back and stays{on}."
    back = " They had canceled before, and took that back." if play.returned and play.effect in _MOVES else ""
    nobody = "" if play.has_csm else " *Nobody is CSM of this customer*: somebody has to take it."
    return f"{text}{back}{nobody}"


_MOVES: Final = (Effect.UPGRADE, Effect.DOWNGRADE)


def _plan(name: str, plans: PlanOrder) -> str:
    return f"*{short(plans.called(name), _PLAN)}*" if name.strip() else "no plan"


def _delta(play: PlayPicture) -> str:
    if not play.delta:
        return ""
    sign = "+" if play.delta > Decimal(0) else ""
    return f" ({sign}{money(play.delta, play.currency)} a month)".replace("-", "−")


def _ends(play: PlayPicture, now: datetime) -> str:
    if play.effective_at is None:
        return "when it ends was not told"
    zone = zone_of(play.owner.zone if play.owner else "UTC")
    # A day alone is told as its midnight in UTC; it means that day wherever one is.
    whole = play.effective_at.astimezone(UTC).time() == time()
    on = play.effective_at.astimezone(UTC).date() if whole else play.effective_at.astimezone(zone).date()
    left = (on - now.astimezone(zone).date()).days
    if left > 0:
        return f"the subscription ends on {day(on)}, in {plural(left, 'day')}"
    return "the subscription ends today" if left == 0 else f"the subscription ended on {day(on)}"


def _reason(play: PlayPicture) -> str:
    return f" What they said: “{short(play.reason, _REASON)}”." if play.reason.strip() else " They gave no reason."


# What to do about it


def _advice(play: PlayPicture, plans: PlanOrder) -> list[Block]:
    if play.effect is Effect.UPGRADE:
        tier = plans.find(play.after)
        return [
            *_part("New for them", _adds(plans.passed(play.before, play.after)), play, plans),
            *_part("Say", tier.say if tier else (), play, plans),
            *_part("Understand what they need, and ask", plans.upgrade.ask, play, plans),
        ]
    track: Track = plans.downgrade if play.effect is Effect.DOWNGRADE else plans.cancel
    lost = _adds(plans.passed(play.before, play.after)) if play.effect is Effect.DOWNGRADE else ()
    return [
        *_part("What they lose", lost, play, plans),
        *_part("Try to keep them", track.say, play, plans),
        *_part("Ask for the reasons", track.ask, play, plans),
    ]


def _adds(tiers: Sequence[Tier]) -> tuple[str, ...]:
    if len(tiers) == 1:
        return tiers[0].adds
    return tuple(f"{tier.name}: {one}" for tier in tiers for one in tier.adds)


def _part(label: str, lines: Iterable[str], play: PlayPicture, plans: PlanOrder) -> list[Block]:
    written = [f"• {_filled(one, play, plans)}" for one in lines if one.strip()]
    return [section(f"*{label}*\n{listed(written, _ROOM)}")] if written else []


def _filled(line: str, play: PlayPicture, plans: PlanOrder) -> str:
    """An escaped line with the names in it."""
    names = {"customer": short(play.customer, _NAME), "plan": short(plans.called(play.after), _PLAN) or "the plan"}
    return _SLOT.sub(lambda found: names[found[1]], short(line, _LINE))


def _task(play: PlayPicture) -> list[Block]:
    by = f", by {day(play.due)}" if play.due else ""
    who = f" · {mention(play.owner.slack_id)}" if play.owner and not play.has_csm else ""
    lines = [f"*To do: {TITLES[play.effect]}*{by}{who}"]
    if play.snoozed_until is not None:
        lines.append(f"Reminders keep quiet until {day(play.snoozed_until)}.")
    if play.last is not None:
        by_whom = mention(play.last.by.slack_id) if play.last.by else "Baton"
        lines.append(f"{by_whom} {short(play.last.said, _SAID)} ({when(play.last.at)}).")
    value = pack(play=play.id)
    row = [
        button("Done", ACT_PLAY_DONE, value, style="primary"),
        button("Not useful", ACT_PLAY_NOT_USEFUL, value),
        button("Move", ACT_PLAY_MOVE, value),
        button("Snooze", ACT_PLAY_SNOOZE, value),
    ]
    return [section("\n".join(lines)), *outcome_blocks(play.outcome, _BESIDE), actions(row)]


def _done(play: PlayPicture) -> list[Block]:
    by = f" by {mention(play.settled_by.slack_id)}" if play.settled_by else ""
    at = f", {when(play.settled_at)}" if play.settled_at else ""
    if play.state is State.NOT_USEFUL:
        return [section(f":no_entry_sign: Marked as not useful{by}{at}.")]
    if play.state is not State.DONE:
        return []
    more = actions([button("Change the outcome", ACT_PLAY_DONE, pack(play=play.id))])
    return [section(f":white_check_mark: {TITLES[play.effect]} done{by}{at}."), *outcome_blocks(play.outcome), more]


def outcome_blocks(outcome: Outcome | None, most: int = _TEXT) -> list[Block]:
    """What came of it, as far as it was written down; of each text at most so many characters."""
    match outcome:
        case None:
            return []
        case CallOutcome():
            name = f", {short(outcome.referral_name, _NAME)}" if outcome.referral_name else ""
            pairs = [
                ("Reached", REACHED[outcome.reached]),
                ("Needs", short(outcome.needs, most)),
                ("Feedback", short(outcome.feedback, most)),
                ("Referral", "" if outcome.referral is Referral.NOT_ASKED else REFERRAL[outcome.referral] + name),
            ]
        case SaveOutcome():
            pairs = [
                ("Outcome", RESULT[outcome.result]),
                ("Reasons", short(outcome.reasons, most)),
                ("Tried", short(outcome.tried, most)),
            ]
    lines = [f"*{label}:* {value}" for label, value in pairs if value]
    together = "\n".join(lines)
    return [section(together)] if len(together) <= SECTION else [section(line) for line in lines]


def due_by(on: date | None) -> str:
    """``, due Fri 4 Dec 2026``; '' for no day."""
    return f", due {day(on)}" if on else ""


def plan_unknown(facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """To the lead, once for each name billing uses that is not in plans.yaml. ``facts``: ``name``, ``customer``,
    ``effect`` (what was made of it)."""
    name = short(str(facts.get("name") or ""), _PLAN)
    customer = short(str(facts.get("customer") or ""), _NAME)
    effect = str(facts.get("effect") or "")
    if effect in (Effect.UPGRADE, Effect.DOWNGRADE):
        told = f"By its monthly revenue it counts as {'an upgrade' if effect == Effect.UPGRADE else 'a downgrade'}."
    else:
        told = "Whether that is up or down nobody can tell, so the CSM was not told."
    text = (
        f":grey_question: Billing says that *{customer}* has to do with the plan “{name}”, which is not in plans.yaml. "
        f"{told} Add it there, or as another name of a plan (`also`), in the folder BATON_PLAYBOOKS names."
    )
    return Message(text, [section(text)])
