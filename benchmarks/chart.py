"""How long a chart takes after the first one; the baseline is matplotlib's plain line of the same weeks and size."""

import asyncio
import time
from datetime import date, timedelta
from io import BytesIO
from random import Random
from typing import Any, cast

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.figures import line, spread
from domain.usage.trend import Trend, trend_of
from scheduler.charts.drawing import DPI, HEIGHT, WIDTH
from scheduler.charts.studio import Studio

TIMES = 40
MONDAY = date(2025, 10, 6)


async def run() -> list[str]:
    """The rows of this benchmark: as the engine asks for a chart, with the way to the process that draws and back."""
    chance = Random(5)
    weeks = [[float(chance.randint(30, 55)) for _ in range(54)] + [20.0, 14.0, 9.0, 12.0] for _ in range(TIMES)]
    trends = [trend_of(MONDAY, counts, since=MONDAY + timedelta(weeks=54)) for counts in weeks]
    studio, mine, bare = Studio(), list[float](), list[float]()
    began = time.perf_counter()
    await studio.draw(trends[0])
    first = time.perf_counter() - began
    _plain(trends[0])
    for trend in trends:
        began = time.perf_counter()
        await studio.draw(trend)
        mine.append(time.perf_counter() - began)
        began = time.perf_counter()
        _plain(trend)
        bare.append(time.perf_counter() - began)
    await studio.close()
    ours, theirs = spread(mine), spread(bare)
    return [
        line(f"chart, p50 of {TIMES} after the first", ours.p50, theirs.p50, limit="< 300 ms"),
        line(f"chart, p99 of {TIMES} after the first", ours.p99, theirs.p99, limit="< 300 ms"),
        line("chart, the first, with its process", first * 1000, theirs.p50),
    ]


def _plain(trend: Trend) -> bytes:
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI)
    canvas = FigureCanvasAgg(figure)
    cast("Any", figure).subplots().plot(trend.counts)
    stream = BytesIO()
    cast("Any", canvas).print_png(stream)
    return stream.getvalue()


if __name__ == "__main__":
    print("\n".join(asyncio.run(run())))
