"""The windows of usage alerts, the answers to their buttons, and what ``/cs usage`` says."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from domain.usage.metrics import Metrics
from domain.usage.trend import WEEKS, AccountTrend
from domain.usage_alert import WHY, UsageAlertCard
from domain.usage_undo import Before, to_values
from messages import ids
from messages.blocks import actions, button, context, input_block, modal, plain, section, text_input
from messages.limits import BUTTON_VALUE, MESSAGE_TEXT, OPTION
from messages.say import Block, Message, View
from messages.text import cut, day, escape, listed, short
from messages.usage import alt_text, headline, outcome
from messages.usage_numbers import FELL, amount, described, percent, picture, table, title, unit
from messages.values import pack

REASONS: Final = (
    ("season", "It is a season, a holiday or a project's end"),
    ("known", "I knew it already"),
    ("data", "The numbers are wrong"),
    ("small", "Too small to matter"),
    ("leaving", "They are leaving anyway"),
    ("other", "Something else"),
)
"""Why an alert was not useful: values and labels."""
OTHER: Final = "other"
LATEST: Final = 8
"""Weeks shown at once under ``/cs usage``; the window has all of them."""
_NAME: Final = 80
_NAMES: Final = 10
_FREE: Final = WHY - 100
_UNDO: Final = 300


def reason_of(value: str) -> str:
    """The label of a reason, '' for none of them."""
    return dict(REASONS).get(value, "")


def not_useful_view(card: UsageAlertCard, metrics: Metrics) -> View:
    """Asks why an alert was not useful."""
    options = [{"text": plain(label, OPTION), "value": value} for value, label in REASONS]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": "reason", "options": options}
    blocks: list[Block] = [
        section(headline(card, metrics)),
        input_block("reason", "Why was this not useful?", radio),
        text_input(
            "why",
            "In your own words",
            hint="Baton asks for more evidence before it tells of this customer again; the reasons are counted.",
            multiline=True,
            optional=True,
            most=_FREE,
        ),
    ]
    return modal(ids.VIEW_USAGE_NOT_USEFUL, "Not useful", blocks, submit="Send", metadata=pack(alert=card.id))


def numbers_view(account: AccountTrend, metrics: Metrics, card: UsageAlertCard | None, today: date) -> View:
    """The weeks as a table, with the sentence that says what they show."""
    blocks: list[Block] = [section(_head(account, metrics, card))]
    blocks.append(context(escape(described(account.trend, unit(metrics, account.metric)))))
    if card is not None and card.chart:
        blocks.append(picture(card.chart, alt_text(card, metrics), f"{title(metrics, card.metric)} a week"))
    since = card.since if card is not None else None
    blocks.append(table(account.first, account.counts, metrics, weeks=WEEKS, since=since))
    fell = f" “{FELL}” is the week of the fall." if since is not None else ""
    blocks.append(context(f"Weeks begin on Monday; “–” is a week nothing was told of. The newest stands on top.{fell}"))
    said = outcome(card, today) if card is not None else ""
    if said:
        blocks.append(context(said))
    return modal(ids.VIEW_USAGE_NUMBERS, "The numbers", blocks, close="Close")


def usage_now(
    account_id: int, account: AccountTrend, metrics: Metrics, card: UsageAlertCard | None, today: date
) -> Message:
    """``/cs usage``, to the asker alone: the newest weeks at once; the chart comes after it. ``account_id`` is ours."""
    head = _head(account, metrics, card)
    blocks: list[Block] = [section(head)]
    blocks.append(table(account.first, account.counts, metrics, weeks=LATEST, since=card.since if card else None))
    said = outcome(card, today) if card is not None else ""
    blocks.append(context(said or "Weeks begin on Monday. The chart follows in a moment."))
    blocks.append(actions([button("Show the numbers", ids.ACT_USAGE_NUMBERS, pack(account=account_id))]))
    return Message(cut(head, MESSAGE_TEXT), blocks)


def usage_asked(facts: Mapping[str, Any], now: datetime) -> Message:
    """``/cs usage``, afterwards: the chart. ``facts``, as typed: ``name`` of the customer, ``counted`` the unit,
    ``named`` the metric, ``alt`` what the chart shows, ``file`` Slack's id of it or ''."""
    name, counted, named, alt, file = (str(facts[one]) for one in ("name", "counted", "named", "alt", "file"))
    head = f"*{short(name, _NAME)}*: {escape(counted)} a week"
    if not file:
        text = f"{head}. The chart could not be drawn this time; the numbers above are complete."
        return Message(text, [section(text)])
    return Message(f"{head}. {escape(alt)}", [section(head), picture(file, alt, f"{named} a week")])


def _head(account: AccountTrend, metrics: Metrics, card: UsageAlertCard | None) -> str:
    if card is not None and card.ended is None:
        return headline(card, metrics)
    trend, counted = account.trend, escape(unit(metrics, account.metric))
    last = trend.counts[-1]
    now = "nobody knows how many" if last is None else amount(last)
    text = f"*{short(account.name, _NAME)}*: {now} {counted} in the week of {day(trend.last)}"
    if trend.level is None:
        return f"{text}. There are too few weeks to say what is usual."
    change = f" ({percent(last / trend.level - 1)})" if last is not None and trend.level > 0 else ""
    return f"{text}, usually {amount(trend.level)}{change}."


def no_usage(name: str) -> str:
    """Nothing was ever told of this customer; escaped mrkdwn."""
    return (
        f"Nothing was told yet of how *{short(name, _NAME)}* uses the product. An admin sees with `baton check` which "
        "accounts of the feed the CRM does not know."
    )


def which_account(names: Sequence[str], more: bool, words: str) -> str:
    """Several customers fit, or none was named; escaped mrkdwn."""
    lines = [f"• `/cs usage {_code(name)}`" for name in names[:_NAMES]]
    if more or len(names) > _NAMES:
        lines.append("… and more: write more of the name.")
    head = f"Several customers fit “{short(words, 40)}”. Which one?" if words else "Which customer?"
    return f"{head}\n{listed(lines, 2_000)}"


def no_account(words: str, near: Sequence[str]) -> str:
    """No customer has this name; those most like it."""
    text = f"No customer is called “{short(words, _NAME)}”."
    if not near:
        return f"{text} `/deal` and a part of the name finds one."
    return f"{text} Did you mean one of these?\n" + "\n".join(f"• `/cs usage {_code(name)}`" for name in near)


def _code(name: str) -> str:
    """A name inside backticks."""
    return short(name, _NAME).replace("`", "'")


def said_message(sentence: str, card: UsageAlertCard, was: Before, at: datetime) -> Message:
    """What was done, to whoever did it, with an undo that carries what it was before."""
    text = escape(sentence)
    return Message(text, [section(text), actions([undo_button(card, was, at)])])


def undo_button(card: UsageAlertCard, was: Before, at: datetime) -> dict[str, Any]:
    """Takes one act back; ``at`` (aware) is when it was done."""
    given = to_values(was)
    value = pack(alert=card.id, version=card.version, at=int(at.timestamp()), **given)
    if len(value) > BUTTON_VALUE:
        value = pack(alert=card.id, version=card.version, at=int(at.timestamp()), **given | {"why": was.why[:_UNDO]})
    return button("Undo", ids.ACT_USAGE_UNDO, value)


def said_view(
    sentence: str, card: UsageAlertCard | None = None, was: Before | None = None, at: datetime | None = None
) -> View:
    """The same in a window, with an undo when there is one."""
    blocks: list[Block] = [section(escape(sentence))]
    if card is not None and was is not None and at is not None:
        blocks.append(actions([undo_button(card, was, at)]))
    return modal(ids.VIEW_USAGE_SAID, "Usage", blocks, close="Close")
