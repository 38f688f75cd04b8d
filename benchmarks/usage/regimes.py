"""Kinds of fleets: what a product's customers are like. The detector has to be right in all of them."""

from dataclasses import dataclass, replace

from benchmarks.usage.truth import METRICS


@dataclass(frozen=True, slots=True)
class Regime:
    """The settings of a simulated fleet. Shares are 0–1, spreads are of natural logarithms, rates per week."""

    name: str
    accounts: int = 1000
    weeks: int = 104
    logins_per_seat: float = 2.0
    seats_median: float = 40.0
    seats_spread: float = 1.3
    dispersion: float = 0.08
    dispersion_spread: float = 0.7
    drift: float = 0.015
    """Weekly step of an account's own level, a random walk."""
    odd_weeks: float = 0.01
    """How often a week of an account is an odd one: a holiday of theirs, an audit, a migration."""
    season: float = 1.0
    season_own: float = 0.3
    """How differently accounts follow the common season."""
    holidays: float = 1.0
    product: float = 0.04
    quarter_end: float = 0.15
    joining: float = 0.3
    ramp_weeks: float = 8.0
    never_active: float = 0.10
    faulty: float = 0.4
    regions: tuple[str, ...] = ("SE", "NL", "DE", "US", "MY", "GB")
    verticals: tuple[str, ...] = ("finance", "education", "retail", "software", "health")
    names: str = "countries"
    """`countries`: regions are called as the countries; `unknown`: by names nobody knows; `none`: no accounts file."""
    sparse_rows: bool = False
    """Zeros are not written: the row is missing."""
    moods: float = 0.0
    """Spread of an account's own swings that last some weeks (autoregressive, 0.7 a week)."""
    metrics: tuple[str, ...] = METRICS
    """The metrics the file has."""
    shared: float = 0.7
    """The share of the dispersion that all metrics of an account have in common."""
    slow_weeks: tuple[int, int] = (8, 20)
    slow_depth: tuple[float, float] = (0.4, 0.9)
    """How many weeks a slow decline takes, and the share lost in the end."""


ORDINARY = Regime("ordinary")
REGIMES: tuple[Regime, ...] = (
    ORDINARY,
    replace(ORDINARY, name="small accounts", seats_median=8, seats_spread=1.0, logins_per_seat=0.8, sparse_rows=True),
    replace(ORDINARY, name="huge accounts", seats_median=400, seats_spread=1.5, logins_per_seat=4),
    replace(ORDINARY, name="noisy", dispersion=0.2, odd_weeks=0.02, drift=0.02),
    replace(ORDINARY, name="strong season", season=2.0, season_own=0.4, holidays=1.3, product=0.08, quarter_end=0.35),
    replace(ORDINARY, name="calm", season=0.3, drift=0.005, dispersion=0.04, product=0.02, quarter_end=0.0),
    replace(ORDINARY, name="steady", dispersion=0.015, odd_weeks=0.005, drift=0.008, season=0.6, seats_median=80),
    replace(ORDINARY, name="drifting", drift=0.03),
    replace(ORDINARY, name="moody", moods=0.2, dispersion=0.05),
    replace(ORDINARY, name="young fleet", joining=0.7, never_active=0.15, ramp_weeks=10),
    replace(ORDINARY, name="few peers", accounts=120, verticals=("a", "b", "c", "d", "e", "f", "g", "h")),
    replace(ORDINARY, name="unknown regions", names="unknown"),
    replace(ORDINARY, name="no accounts file", names="none", sparse_rows=True),
)
VARIATIONS: tuple[Regime, ...] = (
    replace(ORDINARY, name="logins only", metrics=("logins",)),
    replace(ORDINARY, name="logins and users", metrics=("logins", "active_users")),
    replace(ORDINARY, name="metrics apart", shared=0.2),
    replace(
        ORDINARY, name="little noise", dispersion=0.03, dispersion_spread=0.3, drift=0, odd_weeks=0, season_own=0.1
    ),
    replace(ORDINARY, name="chance alone", dispersion=0.002, drift=0, odd_weeks=0, season_own=0, product=0),
    replace(ORDINARY, name="much noise", dispersion=0.3, odd_weeks=0.03),
    replace(ORDINARY, name="tiny accounts", seats_median=5, seats_spread=0.7, logins_per_seat=1.0),
    replace(ORDINARY, name="no season", season=0, holidays=0, quarter_end=0),
    replace(ORDINARY, name="half of them new", joining=0.6),
    replace(ORDINARY, name="steep declines", slow_weeks=(8, 16), slow_depth=(0.6, 0.95)),
    replace(ORDINARY, name="gentle declines", slow_weeks=(16, 26), slow_depth=(0.4, 0.7)),
    replace(ORDINARY, name="few faults", faulty=0.1),
    replace(ORDINARY, name="many faults", faulty=0.7),
)
"""The same fleet with one thing changed at a time: how far the figures depend on this simulator."""
