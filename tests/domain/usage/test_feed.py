"""A broken feed is told once, and no account is alerted because of it."""

from datetime import date

import numpy as np
import pytest

from domain.usage.holidays import WorkingWeeks, around_new_year
from tests.domain.usage.fleets import MONDAY, Matrix, alerts_of, flat, fleet_of, of_accounts, of_feed, steady, week_of

BREAK = 30
REGIONS = ["SE"] * 20 + ["MY"] * 20


def _lost(weeks: int, left: float, accounts: slice = slice(None)) -> Matrix:
    counts = steady(weeks=50)
    part = counts[BREAK : BREAK + weeks, accounts]
    counts[BREAK : BREAK + weeks, accounts] = part * left if np.isnan(left) else np.floor(part * left)
    return counts


@pytest.mark.parametrize("weeks", [1, 2, 3])
@pytest.mark.parametrize("left", [np.nan, 0.0, 0.5])
def test_the_whole_feed(left: float, weeks: int) -> None:
    alerts = alerts_of(_lost(weeks, left), fleet_of(40, REGIONS))
    (notice,) = of_feed(alerts)
    assert notice.week == week_of(BREAK)
    assert {found.region for _, found in notice.breaks} == {""}
    assert of_accounts(alerts) == []


@pytest.mark.parametrize("left", [np.nan, 0.0, 0.33])
def test_a_region(left: float) -> None:
    alerts = alerts_of(_lost(2, left, slice(0, 20)), fleet_of(40, REGIONS))
    (notice,) = of_feed(alerts)
    assert "SE" in {found.region for _, found in notice.breaks} or left == 0
    assert of_accounts(alerts) == []


def test_one_metric_of_three() -> None:
    logins, users = steady(weeks=50, seed=2), steady(weeks=50, seed=3)
    counts = {"logins": logins, "sticky_events": _lost(1, 0.0), "active_users": users}
    alerts = alerts_of(counts)
    (notice,) = of_feed(alerts)
    assert [metric for metric, _ in notice.breaks] == ["sticky_events"]
    assert of_accounts(alerts) == []


def test_part_of_the_accounts_at_once() -> None:
    alerts = alerts_of(_lost(2, 0.0, slice(0, 16)))
    (notice,) = of_feed(alerts)
    assert notice.week == week_of(BREAK)
    assert of_accounts(alerts) == []


def test_a_real_fall_beside_a_broken_week_is_still_told() -> None:
    counts = _lost(1, np.nan)
    counts[BREAK - 1 :, 7] = np.where(np.isnan(counts[BREAK - 1 :, 7]), np.nan, 2)
    (alert,) = of_accounts(alerts_of(counts))
    assert (alert.account_id, alert.week) == ("a07", week_of(BREAK + 1))


def test_holidays_of_the_region_explain_a_quiet_week() -> None:
    weeks = WorkingWeeks(["SE", "sweden", "Nordics", "de-by", "zone 1"], [1] * 5)
    christmas = date(2024, 12, 23)
    assert [weeks.share(region, christmas) for region in range(5)] == [0.6, 1.0, 0.4, 0.6, 1.0]
    assert weeks.mean_share(christmas) == pytest.approx(0.72)
    assert [around_new_year(day) for day in (date(2024, 12, 16), christmas, date(2024, 12, 30), date(2025, 1, 6))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_week_that_is_wholly_free_explains_what_it_can() -> None:
    """China's spring festival takes all five days of one week in 2025."""
    counts = flat()
    region = ["CN" if place % 2 else "SE" for place in range(40)]
    festival = (date(2025, 1, 27) - MONDAY).days // 7
    counts[festival, 1::2] *= 0.3
    alerts = alerts_of(counts, fleet_of(40, region))
    assert of_feed(alerts) == []
    assert of_accounts(alerts) == []
