"""Charts: what is drawn, that it can be read on both of Slack's themes, and the process that draws."""

import asyncio
import signal
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.metrics.panels import Panel, Panels
from domain.usage.trend import Trend, trend_of
from scheduler.charts import drawing
from scheduler.charts.drawing import CARD, EDGE, FALL, INK, LEVEL, LINE, USUAL, draw
from scheduler.charts.months import draw_panels
from scheduler.charts.studio import ChartError, Studio

MONDAY = date(2026, 4, 27)
FELL = trend_of(MONDAY, [40.0 + week % 5 for week in range(26)] + [12.0, 9.0, 11.0, 8.0], since=date(2026, 10, 26))


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in rgb(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def picture(trend: Trend) -> Image.Image:
    return Image.open(BytesIO(draw(trend))).convert("RGBA")


def holds(image: Image.Image, colour: str) -> bool:
    return any(found[:3] == rgb(colour) for _, found in image.getcolors(1 << 20) or ())


def test_it_is_read_on_a_card_of_its_own_whatever_the_theme() -> None:
    image = picture(FELL)
    assert image.size == (1125, 600)
    assert image.getextrema()[3] == (255, 255)
    assert contrast(INK, CARD) >= 7
    assert contrast(FALL, CARD) >= 4.5
    for mark in (LINE, LEVEL, FALL):
        assert contrast(mark, CARD) >= 3
        assert contrast(mark, USUAL) >= 3
    assert all(contrast(EDGE, theme) >= 3 for theme in ("#ffffff", "#1a1d21"))


def test_band_and_break_are_drawn_only_where_there_are_any() -> None:
    assert all(holds(picture(FELL), colour) for colour in (LINE, USUAL, LEVEL, FALL))
    calm = picture(trend_of(MONDAY, [40.0] * 30))
    assert holds(calm, USUAL)
    assert not holds(calm, FALL)
    new = picture(trend_of(MONDAY, [4.0, 5.0]))
    assert holds(new, LINE)
    assert not holds(new, USUAL)


COUNTS = st.lists(st.none() | st.floats(0, 1e12) | st.integers(0, 9).map(float), min_size=1, max_size=40)


@settings(max_examples=12, deadline=None)
@given(COUNTS, st.integers(-5, 45))
def test_any_history_can_be_drawn(counts: list[float | None], fell: int) -> None:
    since = MONDAY + timedelta(weeks=fell) if fell >= 0 else None
    assert picture(trend_of(MONDAY, counts, since=since)).size == (1125, 600)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (0.4, "0.4"), (38.0, "38"), (9_999.0, "9,999"), (38_200.0, "38k"), (2.5e6, "2.5M"), (7e15, "7,000T")],
)
def test_numbers_are_short(value: float, said: str) -> None:
    assert drawing.count(value) == said


async def test_one_process_draws_them_all_and_ends_with_the_studio() -> None:
    studio = Studio()
    first, second = await asyncio.gather(studio.draw(FELL), studio.draw(trend_of(MONDAY, [1.0])))
    assert first == draw(FELL)
    assert second.startswith(b"\x89PNG")
    worker = studio.worker
    assert worker is not None
    assert await studio.draw(FELL) == first
    assert studio.worker is worker
    await studio.close()
    assert worker.returncode is not None
    with pytest.raises(ChartError, match="stopping"):
        await studio.draw(FELL)


async def test_a_process_that_died_costs_one_picture_at_most() -> None:
    studio = Studio()
    try:
        await studio.draw(FELL)
        assert studio.worker is not None
        studio.worker.send_signal(signal.SIGKILL)
        with pytest.raises(ChartError, match="ended"):
            await studio.draw(FELL)
        assert await studio.draw(FELL) == draw(FELL)
    finally:
        await studio.close()


async def test_what_cant_be_drawn_is_said_and_the_next_one_is_drawn() -> None:
    studio = Studio()
    try:
        with pytest.raises(ChartError, match="OverflowError"):
            await studio.draw(Trend(date(9999, 12, 27), (1.0, 2.0, 3.0)))
        assert await studio.draw(FELL) == draw(FELL)
    finally:
        await studio.close()


async def test_the_end_does_not_wait_for_a_picture() -> None:
    studio = Studio()
    drawing = asyncio.create_task(studio.draw(FELL))
    async with asyncio.timeout(10):
        while studio.worker is None:  # noqa: ASYNC110 - nothing else tells of it
            await asyncio.sleep(0)
    worker = studio.worker
    await studio.close()
    with pytest.raises(ChartError, match="ended"):
        await drawing
    assert worker.returncode == -signal.SIGKILL


async def test_nobody_waits_for_ever() -> None:
    studio = Studio(patience_s=0.01)
    try:
        with pytest.raises(ChartError, match="within"):
            await studio.draw(FELL)
    finally:
        await studio.close()


def test_figures_by_month_are_drawn_on_the_same_card() -> None:
    months = tuple(date(2026, month, 1) for month in range(1, 12))
    row = (40.0, None, 36.0, *(30.0 - place for place in range(8)))
    panels = Panels(tuple(Panel(f"Figure {place}", months, row, (3,) * 11, sure=place == 0) for place in range(4)))
    image = Image.open(BytesIO(draw_panels(panels))).convert("RGBA")
    assert image.size == (1125, 900)
    assert all(holds(image, colour) for colour in (LINE, LEVEL, INK))
    empty = Panels((Panel("Nothing", months, (None,) * 11, (0,) * 11),))
    assert Image.open(BytesIO(draw_panels(empty))).size == (1125, 900)
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_panels(Panels(()))
