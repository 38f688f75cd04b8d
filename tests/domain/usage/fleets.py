"""Small fleets with counts from a seed, for the tests of the detector."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.usage.alerts import AccountAlert, Alert, FeedAlert
from domain.usage.fleet import Fleet, make_fleet
from domain.usage.history import History, replay
from domain.usage.settings import Kind

MONDAY = date(2024, 1, 15)
WEEKS = 60
DROPS = {Kind.USAGE_DROP, Kind.STICKY_DROP, Kind.USERS_DROP, Kind.NOT_ACTIVATED}
Matrix = NDArray[np.float64]


def steady(accounts: int = 40, weeks: int = WEEKS, seed: int = 1, rate: float = 60.0) -> Matrix:
    """Weeks × accounts of Poisson counts: customers nothing happens to."""
    rates = rate * np.linspace(0.5, 2.0, accounts)
    return np.random.default_rng(seed).poisson(np.broadcast_to(rates, (weeks, accounts))).astype(np.float64)


def flat(accounts: int = 40, weeks: int = WEEKS, rate: float = 60.0) -> Matrix:
    """Weeks × accounts of the same counts every week: what is said of them is never chance."""
    return np.floor(np.broadcast_to(rate * np.linspace(0.5, 2.0, accounts), (weeks, accounts)).copy())


def fleet_of(accounts: int, regions: Sequence[str] | None = None, created: Sequence[int] | None = None) -> Fleet:
    """Accounts a00, a01 … with ten seats each."""
    ids = [f"a{index:02d}" for index in range(accounts)]
    return make_fleet(ids, regions=regions, created=created, seats=[10.0] * accounts)


def alerts_of(counts: dict[str, Matrix] | Matrix, fleet: Fleet | None = None) -> list[Alert]:
    """All that is said of a history of logins, or of several metrics."""
    metrics = counts if isinstance(counts, dict) else {"logins": counts}
    width = next(iter(metrics.values())).shape[1]
    return list(replay(History(MONDAY, fleet or fleet_of(width), metrics)))


def of_accounts(alerts: Sequence[Alert], kinds: set[Kind] = DROPS) -> list[AccountAlert]:
    """The alerts of accounts of these kinds."""
    return [alert for alert in alerts if isinstance(alert, AccountAlert) and alert.kind in kinds]


def of_feed(alerts: Sequence[Alert]) -> list[FeedAlert]:
    """The notices of a broken feed."""
    return [alert for alert in alerts if isinstance(alert, FeedAlert) and alert.kind is Kind.DATA_BROKEN]


def week_of(number: int) -> date:
    """The Monday of a week of the history."""
    return MONDAY + timedelta(weeks=number)
