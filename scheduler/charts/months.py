"""Draws figures by month as a PNG, four small pictures in one. Imported by the worker alone, as ``drawing`` is.

A point is as large as many deals stand behind it; a line joins months that have any. A row whose trend is told is drawn
in blue, any other in grey: what may be noise must not look like news.
"""

from datetime import date
from io import BytesIO
from math import sqrt
from typing import Any, Final, cast

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from domain.metrics.panels import Panel, Panels
from scheduler.charts.drawing import CARD, DPI, EDGE, INK, LEVEL, LINE, count

WIDTH, HEIGHT = 4.5, 3.6
COLUMNS: Final = 2
_LETTERS: Final = "JFMAMJJASOND"
_SMALLEST, _GROWTH, _LARGEST = 9.0, 7.0, 90.0


def draw_panels(shown: Panels) -> bytes:
    """The picture, 1125 × 900 pixels. Raises ValueError for nothing to draw."""
    if not shown.panels:
        raise ValueError("there is nothing to draw")
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor=CARD, edgecolor=EDGE, linewidth=2)
    canvas = FigureCanvasAgg(figure)
    rows = -(-len(shown.panels) // COLUMNS)
    for place, panel in enumerate(shown.panels):
        _draw(cast("Any", figure).add_subplot(rows, COLUMNS, place + 1, facecolor=CARD), panel)
    cast("Any", figure).subplots_adjust(left=0.08, right=0.97, top=0.92, bottom=0.07, hspace=0.45, wspace=0.22)
    stream = BytesIO()
    canvas.print_png(stream, pil_kwargs={"compress_level": 3})  # pyright: ignore[reportUnknownMemberType]
    return stream.getvalue()


def _draw(axes: Any, panel: Panel) -> None:  # noqa: ANN401 - matplotlib's types are partly unknown
    colour = LINE if panel.sure else LEVEL
    known = [(place, value) for place, value in enumerate(panel.medians) if value is not None]
    places, values = [place for place, _ in known], [value for _, value in known]
    sizes = [min(_LARGEST, _SMALLEST + _GROWTH * sqrt(panel.deals[place])) for place in places]
    axes.plot(places, values, color=colour, linewidth=1.8, zorder=2)
    axes.scatter(places, values, s=sizes, color=colour, zorder=3, clip_on=False)
    axes.set_xlim(-0.6, max(len(panel.months), 1) - 0.4)
    low = min([0.0, *values])
    axes.set_ylim(low, max([*values, low + 1.0]) * 1.12)
    axes.set_title(panel.title, loc="left", color=INK, fontsize=8.5, family="DejaVu Sans", fontweight="bold")
    _frame(axes, panel.months)


def _frame(axes: Any, months: tuple[date, ...]) -> None:  # noqa: ANN401
    axes.set_xticks(range(len(months)), [_LETTERS[month.month - 1] for month in months])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(_size))
    axes.grid(axis="y", color=EDGE, alpha=0.35, linewidth=0.8, zorder=0)
    axes.tick_params(colors=INK, labelsize=7.5, length=2)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(EDGE)


def _size(value: float, _position: int) -> str:
    return f"-{count(-value)}" if value < 0 else count(value)
