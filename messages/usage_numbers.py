"""Figures of usage as people read them: counts, shares, a trend in one sentence, and the weeks as a table."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from domain.text import clean
from domain.usage.metrics import Metrics
from domain.usage.trend import Trend
from messages.blocks import plain
from messages.limits import IMAGE_ALT, IMAGE_TITLE
from messages.rich import rich, word
from messages.say import Block
from messages.text import day, plural

COLUMNS: Final = 4
"""Metrics beside each other: what a phone shows without breaking lines."""
FELL: Final = "▸"
"""Before the week in which usage fell."""
_WIDTH: Final = 10
_UNIT: Final = 40
_WEEK: Final = timedelta(weeks=1)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NARROW: Final = ((1e15, 1e15, "P"), (1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e7, 1e6, "M"))


def amount(value: float) -> str:
    """``0.4``, ``38``, ``1,240``, ``38M``: at most ten characters."""
    for least, size, sign in _NARROW:
        if value >= least:
            scaled = min(value / size, 9_999_999)
            return f"{scaled:,.0f}{sign}" if scaled >= 100 else f"{scaled:.1f}{sign}"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def percent(share: float) -> str:
    """``−62 %``, ``+8 %``."""
    return f"{min(share, 99.99):+.0%}".replace("-", "−").replace("%", " %")


def unit(metrics: Metrics, metric: str) -> str:
    """What a metric counts, as typed and short: ``logins``."""
    return clean(metrics.of(metric).unit, _UNIT).text or "events"


def title(metrics: Metrics, metric: str) -> str:
    """What a metric is called, as typed and short: ``Logins``."""
    return clean(metrics.of(metric).title, _UNIT).text or "Usage"


def described(trend: Trend, counted: str) -> str:
    """The picture in one sentence of plain text, for who can't see it: ``counted`` is the unit."""
    known = [one for one in trend.counts if one is not None]
    weeks = plural(len(trend.counts), "week")
    if not known:
        return f"{counted.capitalize()} of {weeks}: none are known."
    usual = f"usually {amount(trend.level)} a week" if trend.level is not None else "too new for a usual number"
    if trend.low is not None and trend.high is not None:
        usual += f", mostly {amount(trend.low)} to {amount(trend.high)}"
    last = f"{amount(known[-1])} in the week of {day(trend.last)}"
    fell = f", fallen since {day(trend.since)}" if trend.since is not None else ""
    return f"{counted.capitalize()} over {weeks}: {usual}{fell}; {last}."


def picture(file: str, alt: str, over: str) -> Block:
    """An image that was uploaded, with its description (both as typed)."""
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": clean(alt, IMAGE_ALT).text,
        "title": plain(over, IMAGE_TITLE),
    }


def table(
    first: date, counts: Mapping[str, Sequence[float | None]], metrics: Metrics, *, weeks: int, since: date | None
) -> Block:
    """The newest weeks on top, a column a metric (the first ``COLUMNS`` of them), in letters of one width. ``FELL``
    stands before the week of the fall."""
    shown = list(counts)[:COLUMNS]
    length = max((len(counts[name]) for name in shown), default=0)
    places = list(reversed(range(max(0, length - weeks), length)))
    columns = [[_cell(counts[name], place) for place in places] for name in shown]
    heads = _heads([title(metrics, name) for name in shown])
    widths = [max(map(len, (head, *cells))) for head, cells in zip(heads, columns, strict=True)]
    lines = [_line(" Week of  ", heads, widths)]
    for number, place in enumerate(places):
        on = first + _WEEK * place
        mark = FELL if on == since else " "
        week = f"{mark}{on.day:>2} {_MONTHS[on.month - 1]} {on.year % 100:02}"
        lines.append(_line(week, [cells[number] for cells in columns], widths))
    element: dict[str, Any] = {"type": "rich_text_preformatted", "elements": word("\n".join(lines))}
    return rich(element)


def _line(week: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    return week + "".join(f" {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _cell(counts: Sequence[float | None], place: int) -> str:
    one = counts[place] if place < len(counts) else None
    return "–" if one is None else amount(one)


def _heads(titles: Sequence[str]) -> list[str]:
    """Titles short enough for a column: their first words where those tell them apart, else what fits."""
    firsts = [clean(one, _UNIT).text.partition(" ")[0] for one in titles]
    told_apart = len({one.casefold() for one in firsts}) == len(firsts)
    return [clean(first if told_apart else one, _WIDTH).text for first, one in zip(firsts, titles, strict=True)]
