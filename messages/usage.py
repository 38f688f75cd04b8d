"""Usage alerts: what fell and what to do, that it got worse or is back, that nobody acted, and that the feed is broken.

Each is built from the card as it is now, so that pressing a button or a worse week edits what was said.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from domain.deals import money
from domain.text import clean
from domain.usage.alerts import Severity
from domain.usage.metrics import Metrics
from domain.usage.settings import Kind
from domain.usage_alert import Ended, FeedCard, Sign, State, UsageAlertCard
from messages import ids
from messages.blocks import actions, button, context, plain, section
from messages.limits import MESSAGE_TEXT, OPTION, PLACEHOLDER
from messages.say import Block, Message, Quiet
from messages.text import cut, day, escape, listed, mention, plural, short
from messages.usage_numbers import amount, percent, picture, title, unit
from messages.usage_words import reckoned
from messages.values import pack

SNOOZES: Final = ((1, "1 week"), (2, "2 weeks"), (4, "4 weeks"))
"""Weeks an alert may be snoozed for."""
WORDS: Final[Mapping[Severity, str]] = MappingProxyType(
    {
        Severity.SEVERE: ":red_circle: *Severe*",
        Severity.MEDIUM: ":large_orange_circle: *Clear*",
        Severity.LOW: ":large_yellow_circle: *Slight*",
        Severity.INFO: ":large_blue_circle: *For information*",
    }
)
_PLAIN: Final[Mapping[Severity, str]] = MappingProxyType(
    {Severity.SEVERE: "severe", Severity.MEDIUM: "clear", Severity.LOW: "slight", Severity.INFO: "for information"}
)
_SIGNS: Final[Mapping[Sign, str]] = MappingProxyType(
    {
        Sign.SILENT: "Nobody uses it any more.",
        Sign.CHAMPION_LEFT: "Whoever used it most has all but stopped: has the champion left?",
        Sign.FEWER_USERS: "Fewer people use it.",
        Sign.STICKY: "They use less of the sticky features, for which customers stay.",
        Sign.BASIC: "The sticky features hold; only the basic ones are used less.",
    }
)
_NAME: Final = 80
_ARITHMETIC: Final = 900
_MOVES: Final = 8
_MOVES_ROOM: Final = 1_000
_STEPS_ROOM: Final = 1_800
_WHY: Final = 300
_WORTH: Final = 3


def usage_drop(card: UsageAlertCard, metrics: Metrics, today: date) -> Message:
    """To the CSM in person and in the deal's channel: the whole of it, with its chart and its buttons."""
    return _whole(card, metrics, today, "")


def usage_escalated(card: UsageAlertCard, metrics: Metrics, today: date) -> Message | Quiet:
    """To the lead: severe, and nobody acted on it."""
    whose = f"{mention(card.csm)} was told and" if card.csm else "Nobody is CSM there, and"
    return _whole(card, metrics, today, f":rotating_light: {whose} nobody has acted on it yet.")


def usage_worse(card: UsageAlertCard, metrics: Metrics) -> Message:
    """In the thread of what was said, which is edited as well."""
    text = (
        f":arrow_lower_right: *Worse*: {amount(card.now)} {escape(unit(metrics, card.metric))} a week now, "
        f"{percent(-card.missing)} of what was to be expected. This is {_PLAIN[card.severity]}."
    )
    return Message(text, [section(text)])


def usage_recovered(card: UsageAlertCard, metrics: Metrics) -> Message:
    """In the thread: it is back."""
    text = (
        f":white_check_mark: *{short(card.account_name, _NAME)}* is back: {amount(card.now)} "
        f"{escape(unit(metrics, card.metric))} a week, of {amount(card.usual)} before the fall of {day(card.since)}."
    )
    return Message(text, [section(text)])


def usage_new_normal(card: UsageAlertCard, metrics: Metrics) -> Message:
    """In the thread: it did not come back, and nothing more is said of it."""
    text = (
        f"*{short(card.account_name, _NAME)}* has stayed low since {day(card.since)}: {amount(card.now)} "
        f"{escape(unit(metrics, card.metric))} a week are taken as usual from here on. A further fall is told anew."
    )
    return Message(text, [section(text)])


def usage_passed_on(card: UsageAlertCard, metrics: Metrics) -> Message:
    """To whoever was told before the customer went to another CSM."""
    head = headline(card, metrics)
    who = f" to {mention(card.csm)}" if card.csm else ""
    return Message(head, [section(head), context(f"Passed on{who}, who looks after this customer now.")])


def usage_taken_out() -> Message:
    """In place of what was said in a channel which somebody from outside can read now; of what it was, not a word."""
    text = "What stood here is for the team alone, and somebody from outside can read this channel now."
    return Message(text, [context(text)])


def usage_feed_broken(card: FeedCard) -> Message:
    """To the lead: our own pipe, not the customers."""
    head = f":warning: *The usage feed looks broken* in the week of {day(card.week)}"
    ask = (
        "Ask whoever runs the export, and send the missing days again: what comes later counts. Nobody is told of a "
        "customer because of these weeks."
    )
    return Message(head, [section(f"{head}\n{short(card.said, _ARITHMETIC)}"), section(ask)])


def usage_held(card: FeedCard) -> Message:
    """To the lead: too many falls at once to believe them."""
    head = f":hourglass_flowing_sand: *{plural(card.held, 'alert')} of usage wait*, week of {day(card.week)}"
    ask = (
        "So many customers do not fall in one week by themselves: look whether the feed, a release or a holiday is the "
        "reason. Those that are still low in two weeks are told then, the heaviest first."
    )
    return Message(head, [section(f"{head}\n{short(card.said, _ARITHMETIC)}"), section(ask)])


def _whole(card: UsageAlertCard, metrics: Metrics, today: date, above: str) -> Message:
    head = headline(card, metrics)
    blocks: list[Block] = [section(f"{above}\n{head}" if above else head)]
    blocks.append(context(short(reckoned(card.alert(), metrics), _ARITHMETIC)))
    looks = _looks(card, metrics)
    if looks:
        blocks.append(section(looks))
    if card.chart:
        blocks.append(picture(card.chart, alt_text(card, metrics), f"{title(metrics, card.metric)} a week"))
    worth = _worth(card, today)
    if worth:
        blocks.append(section(worth))
    if card.next_steps and card.ended is None:
        steps = [f"{number}. {short(step, 300)}" for number, step in enumerate(card.next_steps, 1)]
        blocks.append(section("*What to do next*\n" + listed(steps, _STEPS_ROOM)))
    said = outcome(card, today)
    if said:
        blocks.append(context(said))
    blocks.append(actions(buttons(card, today)))
    return Message(cut(f"{above} {head}".strip(), MESSAGE_TEXT), blocks)


def headline(card: UsageAlertCard, metrics: Metrics) -> str:
    """What fell, from what to what, since when, how bad; escaped mrkdwn of at most some 400 characters."""
    name, counted = short(card.account_name, _NAME), escape(unit(metrics, card.metric))
    begin = f"{WORDS[card.severity]} · *{name}*"
    worse = f" It got worse {plural(card.worse, 'time')} since it was told." if card.worse else ""
    if card.kind is Kind.NOT_ACTIVATED:
        return (
            f"{begin} does not get going: {amount(card.now)} {counted} a week since {day(card.since)}; customers of "
            f"this age and size have {amount(card.usual)}.{worse}"
        )
    return (
        f"{begin}: {counted} fell from {amount(card.usual)} to {amount(card.now)} a week "
        f"({percent(-card.missing)}) since {day(card.since)}.{worse}"
    )


def alt_text(card: UsageAlertCard, metrics: Metrics) -> str:
    """The chart in one sentence of plain text."""
    counted = unit(metrics, card.metric)
    return (
        f"Chart of {counted} a week over 30 weeks: usually {amount(card.usual)}, since {day(card.since)} "
        f"{amount(card.now)}, which is {percent(-card.missing)}."
    )


def _looks(card: UsageAlertCard, metrics: Metrics) -> str:
    """Which users and features: what it looks like, and what the other metrics did."""
    lines = [f"• {_SIGNS[sign]}" for sign in card.signs]
    lines += [
        f"• {short(title(metrics, move.metric), 40)}: {amount(move.usual)} → {amount(move.now)} a week"
        f" ({percent(move.share)})"
        for move in card.moves[:_MOVES]
    ]
    return "*Users and features*\n" + listed(lines, _MOVES_ROOM) if lines else ""


def _worth(card: UsageAlertCard, today: date) -> str:
    amounts = " + ".join(money(one.amount, one.currency) for one in card.worth[:_WORTH])
    parts = [f"Worth {short(amounts, 120)}"] if amounts else []
    if card.renewal is not None:
        left = (card.renewal - today).days
        when = f"in {plural(left, 'day')}" if left > 0 else "today" if left == 0 else "past"
        parts.append(f"renewal {day(card.renewal)} ({when})")
    return " · ".join(parts)


def outcome(card: UsageAlertCard, today: date) -> str:
    """What people did and how it ended, escaped; '' while nothing happened."""
    who = mention(card.by) if card.by else short(card.by_name, _NAME) or "Somebody"
    did = ""
    if card.state is State.TAKEN and card.task_done is not None:
        did = f":white_check_mark: {who} did what was to be done, {day(card.task_done)}."
    elif card.state is State.TAKEN:
        until = f" until {day(card.task_due)}" if card.task_due else ""
        did = f":raising_hand: {who} is on it{until}."
    elif card.state is State.SNOOZED and card.until is not None:
        over = "It waits for somebody again." if today >= card.until else ""
        did = f":zzz: {who} snoozed it until {day(card.until)}. {over}".strip()
    elif card.state is State.NOT_USEFUL:
        did = (
            f":no_bell: {who} found this not useful: “{short(card.why, _WHY)}”. More evidence is asked of this "
            "customer from now on."
        )
    if card.ended is Ended.RECOVERED:
        return f":white_check_mark: Usage is back: {amount(card.now)} a week. {did}".strip()
    if card.ended is Ended.NEW_NORMAL:
        return f"It stayed so: {amount(card.now)} a week are taken as usual now. {did}".strip()
    return did


def buttons(card: UsageAlertCard, today: date) -> list[dict[str, Any]]:
    """What can be done about it now."""
    value = pack(alert=card.id)
    found: list[dict[str, Any]] = []
    if card.state is State.TAKEN and card.task_done is None:
        found.append(button("Done", ids.ACT_USAGE_DONE, value, style="primary"))
    elif card.ended is None and card.state in (State.OPEN, State.SNOOZED):
        found.append(button("I'm on it", ids.ACT_USAGE_TAKE, value, style="primary"))
        if card.waits(today):
            found.append(_snooze(card.id))
        found.append(button("Not useful", ids.ACT_USAGE_NOT_USEFUL, value))
    return [*found, button("Show the numbers", ids.ACT_USAGE_NUMBERS, value)]


def _snooze(alert_id: int) -> dict[str, Any]:
    options = [{"text": plain(label, OPTION), "value": pack(alert=alert_id, weeks=weeks)} for weeks, label in SNOOZES]
    return {
        "type": "static_select",
        "action_id": ids.ACT_USAGE_SNOOZE,
        "placeholder": plain("Snooze …", PLACEHOLDER),
        "options": options,
    }


def person_name(text: str) -> str:
    """Somebody's name as it is kept with an alert."""
    return clean(text, _NAME).text
