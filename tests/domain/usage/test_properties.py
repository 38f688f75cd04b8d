"""What holds for every history."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.usage.alerts import Alert
from domain.usage.fleet import LONG_AGO, make_fleet
from domain.usage.history import History, beginnings, filled, replay
from domain.usage.settings import Kind
from tests.domain.usage.fleets import MONDAY, Matrix, alerts_of, flat, fleet_of, of_accounts, steady

ACCOUNTS, LENGTH = 24, 48
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=12, deadline=None)


def _troubled(seed: int, length: int = LENGTH) -> Matrix:
    """A fleet in which a third of the accounts falls, declines or comes back at random, and a week may be lost."""
    rng = np.random.default_rng(seed)
    counts = steady(ACCOUNTS, length, seed)
    for account in range(0, ACCOUNTS, 3):
        start = int(rng.integers(15, length - 5))
        counts[start : start + int(rng.integers(2, 25)), account] *= rng.uniform(0, 0.8)
    counts = np.floor(counts)
    if rng.random() < 0.5:
        counts[int(rng.integers(20, length))] *= rng.choice([0.0, 0.4])
    return np.floor(counts)


def _said(alerts: list[Alert]) -> list[tuple[str, str, str]]:
    return sorted((getattr(alert, "account_id", "*"), alert.week.isoformat(), str(alert.kind)) for alert in alerts)


@FEW
@given(SEEDS)
def test_the_order_of_accounts_changes_nothing(seed: int) -> None:
    counts = _troubled(seed)
    order = np.random.default_rng(seed).permutation(ACCOUNTS)
    regions = ["SE" if index % 2 else "NL" for index in range(ACCOUNTS)]
    ids = [f"a{index:02d}" for index in range(ACCOUNTS)]
    plain = make_fleet(ids, regions=regions)
    mixed = make_fleet([ids[index] for index in order], regions=[regions[index] for index in order])
    first = list(replay(History(MONDAY, plain, {"logins": counts})))
    second = list(replay(History(MONDAY, mixed, {"logins": counts[:, order]})))
    assert _said(first) == _said(second)


@FEW
@given(SEEDS, st.integers(10, LENGTH))
def test_what_comes_later_changes_no_earlier_alert(seed: int, cut: int) -> None:
    counts = _troubled(seed)
    whole = [alert for alert in alerts_of(counts) if (alert.week - MONDAY).days // 7 < cut]
    assert whole == alerts_of(counts[:cut], fleet_of(ACCOUNTS))


@FEW
@given(SEEDS)
def test_each_episode_is_told_once(seed: int) -> None:
    open_now: set[str] = set()
    for alert in of_accounts(alerts_of(_troubled(seed, 70)), {*Kind} - {Kind.WORSE}):
        if alert.kind in {Kind.RECOVERY, Kind.NEW_NORMAL}:
            assert alert.account_id in open_now
            open_now.remove(alert.account_id)
        else:
            assert alert.account_id not in open_now
            open_now.add(alert.account_id)


@FEW
@given(st.lists(st.floats(0.75, 1.4), min_size=LENGTH, max_size=LENGTH))
def test_a_swing_all_share_alerts_nobody(swing: list[float]) -> None:
    counts = np.floor(flat(ACCOUNTS, LENGTH, rate=300) * np.array(swing)[:, None])
    assert of_accounts(alerts_of(counts)) == []


@FEW
@given(st.integers(14, LENGTH - 4))
def test_a_missing_week_of_the_feed_alerts_nobody(week: int) -> None:
    counts = flat(ACCOUNTS, LENGTH)
    counts[week] = np.nan
    assert of_accounts(alerts_of(counts)) == []


@FEW
@given(st.integers(0, LENGTH - 1), st.integers(0, ACCOUNTS - 1), st.floats(0, 5000))
def test_no_single_week_alerts(week: int, account: int, count: float) -> None:
    counts = flat(ACCOUNTS, LENGTH)
    counts[week, account] = np.floor(count)
    assert of_accounts(alerts_of(counts)) == []


@FEW
@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=3, max_size=3), min_size=1, max_size=40))
def test_any_counts_at_all_are_read(rows: list[list[int | None]]) -> None:
    counts = np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)
    alerts = alerts_of(counts)
    assert all(alert.week >= MONDAY for alert in alerts)


def test_a_missing_row_is_a_zero_and_a_missing_week_is_not_known() -> None:
    counts = steady(10, 4)
    counts[1, 3] = np.nan
    counts[2] = np.nan
    counts[:2, 5] = np.nan
    began = beginnings({"logins": counts}, np.full(10, LONG_AGO))
    assert began.tolist() == [LONG_AGO] * 5 + [3] + [LONG_AGO] * 4
    weeks = list(filled(counts, began))
    assert weeks[1][3] == 0
    assert np.isnan(weeks[1][5])
    assert np.isnan(weeks[2]).all()


def test_an_empty_week_of_very_few_accounts_is_zeros() -> None:
    counts = np.array([[5.0, 4.0], [np.nan, np.nan]])
    assert [week.tolist() for week in filled(counts, np.array([LONG_AGO, 0]))] == [[5.0, 4.0], [0.0, 0.0]]


def test_an_account_begins_when_it_was_created_or_with_an_earlier_row() -> None:
    counts = np.array([[np.nan, 1.0, np.nan], [2.0, 1.0, np.nan]])
    assert beginnings({"logins": counts}, np.array([0, 1, 1])).tolist() == [0, 0, 1]
