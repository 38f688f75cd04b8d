from collections import Counter
from datetime import date
from statistics import median as plain_median

from hypothesis import given
from hypothesis import strategies as st

from domain.metrics.figures import (
    FEW,
    MONTHS,
    Acted,
    Counted,
    Figures,
    median,
    months_until,
    sellers_of,
    series,
    steps_of,
)
from domain.metrics.panels import from_json, panels_of, to_json
from domain.metrics.trend import Way
from domain.usage_rules import Told

TODAY = date(2026, 11, 25)
MONTHS_SHOWN = months_until(TODAY)


def counted(values: list[int], month: date = MONTHS_SHOWN[0], group: str = "") -> list[Counted]:
    return [Counted(month, value, count, group) for value, count in Counter(values).items()]


def figures(*, title: str = "Kickoff held") -> Figures:
    falling = [one for place, month in enumerate(MONTHS_SHOWN) for one in counted([90 - 2 * place] * FEW, month)]
    row = series(falling, MONTHS_SHOWN)
    steps = steps_of(counted([3, 4], group="kickoff"), {"kickoff": (title, "kickoff")}, MONTHS_SHOWN)
    sellers = sellers_of(counted([80, 90], group="U1"), counted([2, 4], group="U1"))
    acted = (Acted(MONTHS_SHOWN[0], 20, 15), Acted(MONTHS_SHOWN[1], 0, 0))
    return Figures(
        TODAY, MONTHS_SHOWN, row, row, row, row, row, steps, acted, sellers, Told(10, 6, 1, 2, 3), whole=True
    )  # fmt: skip


def test_the_months_are_whole_ones_and_the_running_one() -> None:
    assert len(MONTHS_SHOWN) == MONTHS + 1
    assert (MONTHS_SHOWN[0], MONTHS_SHOWN[-1]) == (date(2025, 11, 1), date(2026, 11, 1))
    assert months_until(date(2026, 1, 31))[0] == date(2025, 1, 1)


@given(st.lists(st.integers(-50, 400), min_size=1, max_size=80))
def test_the_median_of_counts_is_the_median_of_the_values(values: list[int]) -> None:
    assert median(Counter(values)) == plain_median(values)


def test_a_series_says_how_many_deals_stand_behind_each_month() -> None:
    found = series([*counted([10, 20]), *counted([30], date(2019, 1, 1))], MONTHS_SHOWN)
    assert (found.points[0].median, found.points[0].deals) == (15, 2)
    assert (found.points[1].median, found.points[1].deals) == (None, 0)
    assert (found.median, found.deals) == (15, 2)
    assert found.trend.way is Way.TOO_FEW


def test_months_of_few_deals_and_the_running_one_are_not_judged() -> None:
    thin = [one for place, month in enumerate(MONTHS_SHOWN) for one in counted([90 - place] * (FEW - 1), month)]
    assert series(thin, MONTHS_SHOWN).trend.way is Way.TOO_FEW
    full = [one for place, month in enumerate(MONTHS_SHOWN) for one in counted([90 - place] * FEW, month)]
    assert series(full, MONTHS_SHOWN).trend.slope == -1
    odd = [*full[:-1], *counted([900] * FEW, MONTHS_SHOWN[-1])]
    assert series(odd, MONTHS_SHOWN).trend == series(full, MONTHS_SHOWN).trend


def test_steps_come_in_the_order_they_are_reached_and_sellers_by_deals() -> None:
    some = [*counted([30], group="live"), *counted([3, 4], group="kickoff"), *counted([9], group="gone")]
    titles = {"kickoff": ("Kickoff held", "kickoff"), "live": ("Go-live", "go_live")}
    found = steps_of(some, titles, MONTHS_SHOWN)
    assert [(one.title, one.series.median) for one in found] == [("Kickoff held", 3.5), ("Go-live", 30)]
    few, many = counted([90], group="U2"), counted([50, 70, 60], group="U1")
    sellers = sellers_of([*few, *many], [*counted([1], group="U2"), *counted([5, 6, 7], group="U1")])
    assert [(one.slack_id, one.deals, one.score, one.days) for one in sellers] == [("U1", 3, 60, 6), ("U2", 1, 90, 1)]


def test_what_is_drawn_comes_back_as_it_was() -> None:
    shown = panels_of(figures())
    assert from_json(to_json(shown)) == shown
    assert [one.sure for one in shown.panels] == [True] * 4
