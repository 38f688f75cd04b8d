"""A simulator of business customers: seeds in, histories with known faults out.

The counts are negative-binomial (Poisson with a gamma-distributed rate, Hilbe 2011, ch. 8) around a rate made of the
account's size, its own random walk, the season and holidays of its region and vertical, the product's common swings,
and the ramp of a new customer. Faults and broken feeds are laid on afterwards, from the same seed.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from holidays import country_holidays
from numpy.typing import NDArray

from benchmarks.usage.breakages import break_feeds
from benchmarks.usage.regimes import Regime
from benchmarks.usage.truth import (
    CHAMPION,
    METRICS,
    NOT_ACTIVATED,
    SILENCE,
    SLOW,
    STICKY,
    SUDDEN,
    Fault,
    World,
)

Matrix = NDArray[np.float64]
WARM = 30
"""Faults of accounts from before the history begin after so many weeks."""
EVIDENT = 4.0
"""Standard deviations an ideal reader needs within `WITHIN` weeks for a fault to count as detectable."""
WITHIN = 8
SUMMER = {
    "SE": (28, 3.0, 0.5),
    "NL": (31, 2.5, 0.3),
    "DE": (32, 3.0, 0.25),
    "US": (28, 4.0, 0.12),
    "MY": (25, 3.0, 0.05),
}


def simulate(regime: Regime, seed: int) -> World:
    """The fleet of this regime and seed; the same one every time."""
    rng = np.random.default_rng([seed, sum(map(ord, regime.name))])
    n, weeks = regime.accounts, regime.weeks
    monday = date(2022, 1, 3) + timedelta(weeks=int(rng.integers(0, 52)))
    region = rng.integers(0, len(regime.regions), n)
    vertical = rng.choice(len(regime.verticals), n, p=_skewed(len(regime.verticals)))
    seats = np.maximum(2, np.round(np.exp(rng.normal(np.log(regime.seats_median), regime.seats_spread, n))))
    size = np.digitize(seats, [25, 150])
    joined = rng.random(n) < regime.joining
    created = np.where(joined, rng.integers(1, weeks - 10, n), -rng.integers(20, 200, n))
    per_seat = regime.logins_per_seat * np.exp(rng.normal(0, 0.6, n))
    own = np.exp(rng.normal(0, regime.season_own, n))

    season = _season(regime, rng, monday, region, vertical) * own[:, None]
    product = _product(regime, rng)
    walk = np.cumsum(rng.normal(0, regime.drift, (n, weeks)), axis=1)
    moods = np.zeros((n, weeks))
    for week in range(1, weeks):
        moods[:, week] = 0.7 * moods[:, week - 1] + regime.moods * np.sqrt(1 - 0.7**2) * rng.normal(0, 1, n)
    rate = (seats * per_seat)[:, None] * np.exp(season + product + walk + moods) * _ramp(regime, rng, created)
    odd = rng.random((n, weeks)) < regime.odd_weeks
    rate = np.where(odd, rate * np.exp(rng.normal(-0.5, 0.6, (n, weeks))), rate)

    dispersion = np.exp(rng.normal(np.log(regime.dispersion), regime.dispersion_spread, n))
    faults = _faults(regime, rng, created)
    factors = _factors(faults, n, weeks)
    usage = _counts(regime, rng, rate, seats, dispersion, factors)
    faults = [replace(fault, detectable=_detectable(fault, rate, dispersion, factors)) for fault in faults]

    alive = np.arange(weeks)[None, :] >= created[:, None]
    usage = {name: np.where(alive, counts, np.nan) for name, counts in usage.items()}
    names = regime.regions if regime.names == "countries" else tuple(f"zone {i}" for i in range(len(regime.regions)))
    world = World(
        monday, [names[i] for i in region], [regime.verticals[i] for i in vertical],
        [("small", "mid", "large")[i] for i in size], created, seats, usage, faults,
        accounts_file=regime.names != "none",
    )  # fmt: skip
    world.breakages = break_feeds(world, rng, region)
    _leave_out(regime, world)
    if regime.sparse_rows:
        for counts in world.usage.values():
            counts[counts == 0] = np.nan
    return world


def _leave_out(regime: Regime, world: World) -> None:
    """Take out the metrics this fleet does not send, and what only they show."""
    world.usage = {name: counts for name, counts in world.usage.items() if name in regime.metrics}
    if "sticky_events" not in regime.metrics:
        world.faults = [replace(fault, detectable=False) if fault.kind == STICKY else fault for fault in world.faults]
        world.breakages = [breakage for breakage in world.breakages if "sticky" not in breakage.kind]


def _skewed(kinds: int) -> Matrix:
    shares = 1.0 / np.arange(1, kinds + 1)
    return shares / shares.sum()


def _season(regime: Regime, rng: np.random.Generator, monday: date, region: Matrix, vertical: Matrix) -> Matrix:
    """Logarithms of the common season, accounts × weeks."""
    weeks = regime.weeks
    days = [monday + timedelta(weeks=week) for week in range(weeks)]
    of_year = np.array([day.isocalendar().week for day in days])
    by_region = np.zeros((len(regime.regions), weeks))
    for index, country in enumerate(regime.regions):
        middle, width, depth = SUMMER.get(country, (30, 3.0, 0.2))
        by_region[index] += np.log1p(-depth * np.exp(-0.5 * ((of_year - middle) / width) ** 2)) * regime.season
        years = range(days[0].year, days[-1].year + 2)
        off = country_holidays(country, years=years) if regime.holidays else {}
        for week, day in enumerate(days):
            lost = sum(day + timedelta(days=i) in off for i in range(5))
            by_region[index, week] += np.log(max(0.15, 1 - 0.17 * lost * regime.holidays))
            if day.month == 12 and day.day >= 21:
                by_region[index, week] += np.log(0.6)
            elif (day.month, day.day >= 29) == (12, True) or (day.month == 1 and day.day <= 4):
                by_region[index, week] += np.log(0.75)
    phase = rng.uniform(0, 2 * np.pi, len(regime.verticals))
    angle = 2 * np.pi * of_year / 52.2
    by_vertical = 0.08 * regime.season * np.sin(angle[None, :] + phase[:, None])
    quarter = np.array([any((day + timedelta(days=i)).month % 3 == 0 and (day + timedelta(days=i)).day >= 25
                            for i in range(5)) for day in days])  # fmt: skip
    by_vertical[0] += regime.quarter_end * quarter
    if "education" in regime.verticals:
        by_vertical[regime.verticals.index("education")] -= (
            0.5 * regime.season * np.exp(-0.5 * ((of_year - 30) / 3) ** 2)
        )
    mixed = rng.normal(0, 0.02, (len(regime.regions), len(regime.verticals), weeks))
    return by_region[region] + by_vertical[vertical] + mixed[region, vertical]


def _product(regime: Regime, rng: np.random.Generator) -> Matrix:
    """Swings of the whole product: an autoregressive part and a few releases that change its level for good."""
    swing = np.zeros(regime.weeks)
    for week in range(1, regime.weeks):
        swing[week] = 0.7 * swing[week - 1] + rng.normal(0, regime.product)
    for week in rng.integers(10, regime.weeks, 3):
        swing[week:] += rng.normal(0, regime.product * 2)
    return swing + np.arange(regime.weeks) * rng.normal(0.002, 0.002)


def _ramp(regime: Regime, rng: np.random.Generator, created: Matrix) -> Matrix:
    age = np.arange(regime.weeks)[None, :] - created[:, None] + 1
    time = regime.ramp_weeks * np.exp(rng.normal(0, 0.4, len(created)))[:, None]
    return np.where(age <= 0, 0.0, 1 - 0.9 * np.exp(-np.maximum(age, 0) * 2 / time))


def _faults(regime: Regime, rng: np.random.Generator, created: Matrix) -> list[Fault]:
    faults = []
    kinds = (SUDDEN, SLOW, STICKY, CHAMPION, SILENCE)
    for account, since in enumerate(created):
        if since > 0 and rng.random() < regime.never_active:
            faults.append(Fault(account, NOT_ACTIVATED, int(since), int(since), regime.weeks, rng.uniform(0.85, 0.98)))
            continue
        if rng.random() >= regime.faulty:
            continue
        earliest = WARM if since <= 0 else since + rng.integers(9, 30)
        if earliest >= regime.weeks - 10:
            continue
        start = int(rng.integers(earliest, regime.weeks - 8))
        kind = str(rng.choice(kinds, p=(0.35, 0.25, 0.15, 0.1, 0.15)))
        full = start + (int(rng.integers(regime.slow_weeks[0], regime.slow_weeks[1] + 1)) if kind == SLOW else 0)
        end = full + int(rng.integers(5, 16)) if rng.random() < 0.5 else regime.weeks
        depth = {
            SUDDEN: (0.3, 0.9), SLOW: regime.slow_depth, STICKY: (0.5, 0.95), CHAMPION: (0.4, 0.7), SILENCE: (1, 1),
        }[kind]  # fmt: skip
        faults.append(Fault(account, kind, start, full, min(end, regime.weeks), float(rng.uniform(*depth))))
    return faults


def _factors(faults: list[Fault], n: int, weeks: int) -> dict[str, Matrix]:
    factors = {name: np.ones((n, weeks)) for name in METRICS}
    time = np.arange(weeks)
    for fault in faults:
        way = np.clip((time - fault.start + 1) / max(1, fault.full - fault.start + 1), 0, 1)
        left = np.where((time >= fault.start) & (time < fault.end), 1 - fault.depth * way, 1.0)
        for name in METRICS:
            share = 1.0
            if fault.kind == STICKY and name != "sticky_events":
                share = 0.0 if name != "basic_events" else -0.1
            if fault.kind == CHAMPION and name in {"logins", "basic_events", "sticky_events"}:
                share = 0.6
            factors[name][fault.account] *= 1 - share * (1 - left)
    return factors


def _counts(
    regime: Regime,
    rng: np.random.Generator,
    rate: Matrix,
    seats: Matrix,
    dispersion: Matrix,
    factors: dict[str, Matrix],
) -> dict[str, Matrix]:
    n, weeks = rate.shape
    shape = 1.0 / (regime.shared * dispersion)[:, None]
    shared = rng.gamma(np.broadcast_to(shape, (n, weeks))) / shape
    sticky = rng.uniform(0.5, 3.0, n)[:, None]
    top = np.clip(rng.beta(2, 5, n), 0.05, 0.9)[:, None]
    apart = ((1 - regime.shared) * dispersion)[:, None]
    own = {name: rng.gamma(np.broadcast_to(1 / apart, (n, weeks))) * apart for name in METRICS}
    busy = rate * shared
    usage = {
        "logins": rng.poisson(busy * own["logins"] * factors["logins"]),
        "basic_events": rng.poisson(busy * 6 * own["basic_events"] * factors["basic_events"]),
        "sticky_events": rng.poisson(busy * sticky * own["sticky_events"] * factors["sticky_events"]),
        "top_user_events": rng.poisson(busy * 6 * top * own["top_user_events"] * factors["top_user_events"]),
    }
    reach = 1 - np.exp(-busy / seats[:, None] * 0.8)
    people = np.broadcast_to(seats[:, None], (n, weeks)).astype(np.int64)
    usage["active_users"] = rng.binomial(people, np.clip(reach * factors["active_users"], 0, 1))
    return {name: usage[name].astype(np.float64) for name in METRICS}


def _detectable(fault: Fault, rate: Matrix, dispersion: Matrix, factors: dict[str, Matrix]) -> bool:
    """Whether the counts expected to be missing stand out of the true scatter within `WITHIN` weeks."""
    weeks = rate.shape[1]
    if fault.kind == NOT_ACTIVATED:
        seen = slice(fault.start, min(weeks, fault.start + 14))
        return weeks - fault.start >= 14 and float(rate[fault.account, seen].sum()) >= 30
    metric = "sticky_events" if fault.kind == STICKY else "logins"
    last = min(fault.full + WITHIN, fault.end, weeks)
    mean = rate[fault.account, fault.start : last]
    missing = mean * (1 - factors[metric][fault.account, fault.start : last])
    scatter = mean + dispersion[fault.account] * mean**2
    strength = missing.sum() / np.sqrt(max(1e-9, float(scatter.sum())))
    return last - fault.start >= 4 and float(strength) >= EVIDENT
