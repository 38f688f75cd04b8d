"""``/cs metrics``: medians with the deals behind them, a trend only where it is more than noise; picture and file."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.metrics.figures import FEW, Acted, Figures, Seller, Series
from domain.metrics.trend import LEAST, SURE, Judged, Way
from messages.blocks import actions, button, context, header, section
from messages.ids import ACT_CS_EXPORT
from messages.say import Block, Message
from messages.text import escape, listed, mention, plural, short
from messages.usage_numbers import picture
from messages.values import pack

STEPS_SHOWN: Final = 20
SELLERS_SHOWN: Final = 10
_ROOM: Final = 2_400
_TITLE: Final = 60
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WAYS: Final[Mapping[Way, str]] = MappingProxyType({Way.UP: "rising", Way.DOWN: "falling"})
HOW: Final = (
    f"Medians of twelve whole months and this one. A trend is told from {LEAST} months with at least {FEW} deals each, "
    f"and only when chance alone shows one like it less than once in {round(1 / SURE)} times (Mann-Kendall; how much: "
    "Sen's slope)."
)
NOTHING: Final = (
    "No deal has finished its plan in the last twelve months, so there is nothing to measure yet. A plan is finished "
    "when its last milestone is done or skipped."
)
ORDERED: Final = "The file comes to you in person in a moment."


def metrics_message(figures: Figures) -> Message:
    """The numbers at once; the picture comes after them."""
    whose = "The team's figures" if figures.whole else "Your figures"
    reminded = sum(one.told for one in figures.reminders)
    if not figures.onboarding.deals and not figures.score.deals and not reminded:
        return Message(NOTHING, [section(NOTHING)])
    lines = [
        _line("Days to onboard", figures.onboarding, "day"),
        _line("Days to kickoff", figures.kickoff, "day"),
        _line("Conversations while onboarding", figures.interactions, ""),
        _line("Handoff score", figures.score, "%"),
        _line("Days until a handoff is accepted", figures.accepting, "day"),
        _reminders(figures.reminders),
    ]
    if figures.alerts is not None:
        lines.append(_alerts(figures))
    blocks: list[Block] = [header(whose), section("\n".join(lines))]
    if figures.onboarding.deals:
        blocks.append(section(f"*Days to onboard, by month*\n{_by_month(figures.onboarding)}"))
    if figures.steps:
        blocks.append(section(f"*Days to each milestone*\n{listed(_steps(figures), _ROOM)}"))
    if figures.sellers:
        blocks.append(section(f"*Handoffs by seller*\n{listed(_sellers(figures), _ROOM)}"))
    blocks.append(context(HOW))
    blocks.append(actions([button("Export as CSV", ACT_CS_EXPORT, pack(what="metrics"))]))
    return Message(f"{whose}: {lines[0]}", blocks)


def digest_line(told: Mapping[str, Any]) -> str:
    """The figures in one line for the lead's digest (``domain.metrics.figures.brief``), escaped; '' for none."""
    if not told:
        return ""
    trend = told["trend"]
    judged = Judged(Way(trend["way"]), float(trend["p"]), float(trend["slope"]))
    said = (
        f"Onboarding takes {told['days']:g} days in the median of {plural(int(told['deals']), 'deal')}{_way(judged)}."
    )
    score = f" A handoff scores {told['score']:g} %." if told.get("score") is not None else ""
    return f"{said}{score} `/cs metrics` has all figures."


def metrics_asked(facts: Mapping[str, Any], now: datetime) -> Message:
    """Afterwards: the picture. ``facts``: ``file`` Slack's id or '', ``alt`` what it shows, as typed."""
    file, alt = str(facts.get("file", "")), str(facts.get("alt", ""))
    if not file:
        text = "The picture could not be drawn this time; the numbers above are complete."
        return Message(text, [section(text)])
    return Message(escape(alt), [picture(file, alt, "By month")])


def alt_of(figures: Figures) -> str:
    """What the picture shows, in words, plain."""
    parts = [
        _said(name, found)
        for name, found in (
            ("days to onboard", figures.onboarding),
            ("days to kickoff", figures.kickoff),
            ("handoff score", figures.score),
            ("days until accepted", figures.accepting),
        )
    ]
    return f"Medians by month of the last year: {'; '.join(parts)}."


def _said(name: str, found: Series) -> str:
    if found.median is None:
        return f"{name}: none"
    return f"{name}: {found.median:g} of {plural(found.deals, 'deal')}{_trend(found)}"


def _line(name: str, found: Series, unit: str) -> str:
    if found.median is None:
        return f"• {name}: nothing to measure yet"
    what = {"": f"{found.median:g}", "%": f"{found.median:g} %"}.get(unit, _amount(found.median, unit))
    return f"• {name}: *{what}* (median of {plural(found.deals, 'deal')}){_trend(found)}"


def _amount(value: float, unit: str) -> str:
    return f"{value:g} {unit if value == 1 else unit + 's'}"


def _trend(found: Series) -> str:
    return _way(found.trend)


def _way(judged: Judged) -> str:
    """Only what is more than noise."""
    if judged.way not in _WAYS:
        return ""
    return f", {_WAYS[judged.way]} by about {abs(judged.slope):.1f} a month (p {_p(judged.p)})"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _reminders(every: tuple[Acted, ...]) -> str:
    told, acted = sum(one.told for one in every), sum(one.acted for one in every)
    if not told:
        return "• Reminders: none were sent yet"
    share = f"{100 * acted / told:.0f} %"
    return f"• Reminders acted on within a day: *{share}* (of {plural(told, 'morning')})"


def _alerts(figures: Figures) -> str:
    told = figures.alerts
    if told is None or not told.told:
        return "• Usage alerts: none were told yet"
    judged = told.taken + told.not_useful
    useful = (
        f"*{100 * told.taken / judged:.0f} %* useful of {judged:,} that somebody judged" if judged else "not judged yet"
    )
    return f"• Usage alerts: {told.told:,} told, {useful}; {told.recovered:,} recovered"


def _by_month(found: Series) -> str:
    rows = [
        f"{_MONTHS[point.month.month - 1]} {point.month.year % 100:02d}  "
        + (f"{point.median:>5g}  ({point.deals:,})" if point.median is not None else "    –")
        for point in found.points
    ]
    return "```" + "\n".join([*rows[:-1], f"{rows[-1]} so far"]) + "```\n_In brackets: the deals behind it._"


def _steps(figures: Figures) -> list[str]:
    lines = [
        f"• {short(one.title, _TITLE)}: *{one.series.median:g}* (of {one.series.deals:,}){_trend(one.series)}"
        for one in figures.steps[:STEPS_SHOWN]
        if one.series.median is not None
    ]
    left = len(figures.steps) - STEPS_SHOWN
    return [*lines, f"… and {plural(left, 'more step')} in the file"] if left > 0 else lines


def _sellers(figures: Figures) -> list[str]:
    lines = [_seller(one) for one in figures.sellers[:SELLERS_SHOWN]]
    left = len(figures.sellers) - SELLERS_SHOWN
    return [*lines, f"… and {plural(left, 'more seller')} in the file"] if left > 0 else lines


def _seller(one: Seller) -> str:
    who = mention(one.slack_id) if one.slack_id else "Sellers not in this Slack"
    return (
        f"• {who}: score *{one.score:g} %*, accepted after *{_amount(one.days, 'day')}* ({plural(one.deals, 'deal')})"
    )
