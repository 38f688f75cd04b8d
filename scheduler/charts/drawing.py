"""Draws a trend as a PNG. Imported by the worker alone: matplotlib costs half a second and 50 MB.

No text from outside is drawn: the bundled font has no letters of many scripts, and the message beside the picture names
account and metric.
"""

from datetime import date
from io import BytesIO
from typing import Any, Final, cast

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from domain.usage.trend import Trend

WIDTH, HEIGHT, DPI = 4.5, 2.4, 250
"""1125 × 600 pixels, whose words can still be read where Slack shows it 360 pixels wide."""
CARD: Final = "#eef1f4"
"""An opaque card of its own: on a transparent one no colour has contrast against both of Slack's themes."""
EDGE: Final = "#8792a0"
INK: Final = "#1d2733"
LINE: Final = "#0b5cad"
USUAL: Final = "#b9cbdc"
LEVEL: Final = "#42566b"
FALL: Final = "#b3261e"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FONT: Final[dict[str, Any]] = {"color": INK, "fontsize": 9.5, "family": "DejaVu Sans"}
_HEADROOM: Final = 1.08
_WORDS_AT: Final = 1.035
"""Above the plot, as a share of its height."""


def draw(trend: Trend) -> bytes:
    """The picture, 1125 × 600 pixels: the weeks as a line, the usual band behind it, the weeks since the break in
    another colour and with another mark."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=CARD, edgecolor=EDGE, linewidth=2)
    canvas = FigureCanvasAgg(figure)
    axes = cast("Any", figure).add_axes((0.115, 0.15, 0.855, 0.72), facecolor=CARD)
    places = range(len(trend.counts))
    counts = [float("nan") if one is None else one for one in trend.counts]
    _usual(axes, trend)
    broke = _broke_at(trend)
    axes.plot(places, counts, color=LINE, linewidth=2.2, marker="o", markersize=3.6, zorder=3, clip_on=False)
    if broke is not None:
        fallen = range(broke, len(counts))
        axes.plot(fallen, counts[broke:], color=FALL, linewidth=2.2, marker="s", markersize=5, zorder=4, clip_on=False)
    top = max([one for one in trend.counts if one is not None] + [trend.high or 0.0, 1.0]) * _HEADROOM
    axes.set_ylim(0, top)
    axes.set_xlim(-0.8, len(counts) - 0.2)
    if broke is not None and trend.since is not None:
        _break(axes, trend.since, broke, len(counts))
    _frame(axes, trend)
    stream = BytesIO()
    canvas.print_png(stream, pil_kwargs={"compress_level": 3})  # pyright: ignore[reportUnknownMemberType]
    return stream.getvalue()


def _broke_at(trend: Trend) -> int | None:
    """The place of the first week of the fall, None when there is none in the picture."""
    if trend.since is None:
        return None
    place = (trend.since - trend.first).days // 7
    return max(0, place) if place < len(trend.counts) else None


def _usual(axes: Any, trend: Trend) -> None:  # noqa: ANN401 - matplotlib's types are partly unknown
    if trend.level is None or trend.low is None or trend.high is None:
        return
    axes.axhspan(trend.low, trend.high, color=USUAL, linewidth=0, zorder=1)
    axes.axhline(trend.level, color=LEVEL, linewidth=1.6, linestyle=(0, (5, 3)), zorder=2)
    axes.text(
        0, _WORDS_AT, f"usual {count(trend.level)} ({count(trend.low)}–{count(trend.high)}) a week",
        transform=axes.transAxes, **_FONT,
    )  # fmt: skip


def _break(axes: Any, since: date, broke: int, weeks: int) -> None:  # noqa: ANN401
    at = broke - 0.5
    axes.axvline(at, color=FALL, linewidth=1.8, linestyle=(0, (2, 2)), zorder=2)
    # The words about what is usual stand to the left.
    place, side = (1.0, "right") if broke > weeks / 2 else ((at + 0.8) / (weeks + 0.6), "left")
    axes.text(
        max(place, 0.55), _WORDS_AT, f"since {_day(since)}", transform=axes.transAxes, ha=side,
        **(_FONT | {"color": FALL, "fontweight": "bold"}),
    )  # fmt: skip


def _frame(axes: Any, trend: Trend) -> None:  # noqa: ANN401
    def tick(place: float, _position: int) -> str:
        number = round(place)
        return _day(trend.monday(number)) if 0 <= number < len(trend.counts) else ""

    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(tick))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=axes.get_ylim()[1] >= 2))
    axes.yaxis.set_major_formatter(FuncFormatter(_size))
    axes.grid(axis="y", color=EDGE, alpha=0.35, linewidth=0.8, zorder=0)
    axes.tick_params(colors=INK, labelsize=9, length=3)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(EDGE)


def _size(value: float, _position: int) -> str:
    return count(value)


def _day(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]}"


def count(value: float) -> str:
    """``0.4``, ``38``, ``1.2k``, ``3.4M``: short enough for the margin."""
    for size, sign in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "k")):
        if value >= size:
            scaled = value / (1e3 if sign == "k" else size)
            return f"{scaled:,.0f}{sign}" if scaled >= 10 else f"{scaled:.1f}{sign}"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
