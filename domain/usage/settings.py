"""The constants of the detector, as values: `docs/usage-detection.md` says where each comes from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an alert is of. `worse` belongs to an episode already told: its message is edited, nothing new is said."""

    USAGE_DROP = "usage_drop"
    STICKY_DROP = "sticky_drop"
    USERS_DROP = "users_drop"
    NOT_ACTIVATED = "not_activated"
    RECOVERY = "recovery"
    HELD = "held"
    WORSE = "worse"
    NEW_NORMAL = "new_normal"
    DATA_BROKEN = "data_broken"


@dataclass(frozen=True, slots=True)
class Watch:
    """One metric that is watched: its name in the feed, what its fall is called, and the evidence asked for (`h`, in
    nats of log likelihood ratio) of an account that has no other metric."""

    metric: str
    kind: Kind
    threshold: float


WATCHES: Final = (
    Watch("logins", Kind.USAGE_DROP, 4.75),
    Watch("sticky_events", Kind.STICKY_DROP, 5.2),
    Watch("active_users", Kind.USERS_DROP, 5.8),
)
"""The first is the primary metric: an account is activated, and called silent, by it."""


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """Step 1: what an account's peers did the same week."""

    base_weeks: int = 12
    base_least: int = 6
    smallest_base: float = 5.0
    fewest_peers: int = 8
    memory_weeks: int = 52
    scatter_weeks: int = 26
    lowest_bias: float = 0.98
    unjudged_below: float = 0.5
    garrote: float = 2.0
    """How many squared standard errors of a group's difference are taken off it (Breiman 1995)."""
    use_groups: bool = True
    low_share: float = 0.2
    low_share_alone: float = 0.1
    """The peers' scatter is also read off this share of lowest accounts; fewer where there are no groups, for then one
    region's holiday is that of a small part of everybody."""
    own_way: float = 0.5
    """How much more or less than its peers an account may follow their swings (a standard deviation)."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """Step 2: when the feed is broken, and not the customers gone."""

    fewest: int = 8
    smallest_base: float = 10.0
    fall: float = 0.7
    sudden: float = 0.72
    low: float = 0.85
    low_share: float = 0.75
    holiday_power: float = 1.5
    silent: float = 0.25
    silent_share: float = 0.12
    silent_weeks: int = 6
    mended: float = 0.8
    real_after: int = 4
    quiet_weeks: int = 3


@dataclass(frozen=True, slots=True)
class Fall:
    """An alternative hypothesis: usage is `left` of what it was. `evidence` multiplies the metric's threshold;
    a run is forgotten after `longest_run` weeks, and alerts only when `missing_share` of its events are missing."""

    left: float
    evidence: float
    longest_run: int
    missing_share: float
    compared: int = 4


SUDDEN: Final = Fall(0.5, 1.0, 10, 0.30, 4)
SLOW: Final = Fall(0.75, 0.65, 16, 0.15, 6)


@dataclass(frozen=True, slots=True)
class ChartSettings:
    """Steps 3 and 4: an account's own baseline, and the evidence against it."""

    window: int = 30
    gap: int = 4
    recent: int = 30
    least: int = 8
    dispersion: float = 0.10
    dispersion_weight: float = 10.0
    dispersion_least: float = 0.02
    dispersion_most: float = 0.30
    fleet_weight: float = 30.0
    telling_level: float = 10.0
    telling_weeks: float = 15.0
    winsor: float = 2.5
    dispersion_scale: float = 1.3
    stretch_power: float = 1.5
    """How much more than measured is taken off fleets whose accounts move more than the model says."""
    stretch_least: float = 1.0
    stretch_most: float = 5.0
    stretch_memory: int = 26
    floor: float = -2.0
    cap_share: float = 0.51
    """The share of the threshold one week can add: one odd week never alerts."""
    missing_events: float = 3.0
    still_weeks: int = 4
    """So many newest weeks must be as low as the whole run has to be: what is over is not told."""
    each_more: float = 0.09
    """How much more evidence is asked for each further metric an account has: more metrics, more chances to err."""
    lent: float = 0.3
    """The share of its evidence one metric lends to the others."""
    lent_most: float = 0.6
    own_least: float = 0.5
    """What a metric has to show by itself, of the evidence asked."""
    falls: tuple[Fall, ...] = (SUDDEN, SLOW)


@dataclass(frozen=True, slots=True)
class YoungSettings:
    """Step 5: accounts in their first weeks."""

    until: int = 16
    window: int = 8
    gap: int = 2
    least: int = 4
    threshold_share: float = 0.6
    missing_share: float = 0.50
    activation_from: int = 6
    activation_until: int = 16
    activation_share: float = 0.25
    activation_before: float = 0.30
    activation_events: float = 6.0
    unseated_share: float = 0.18
    """Instead of `activation_share` where nobody knows the seats: most small customers are above it."""
    fewest: int = 8


@dataclass(frozen=True, slots=True)
class EpisodeSettings:
    """Steps 6 and 7: one alert an episode."""

    calm_weeks: int = 4
    recovered_share: float = 0.8
    regained_share: float = 0.5
    """So much of what was missing has to be back as well: a slow decline told early is still above 80 % then."""
    recovered_weeks: int = 2
    new_normal_weeks: int = 12
    most_at_once: float = 0.025
    always_allowed: int = 4
    hold_weeks: int = 2
    steps: tuple[float, float] = (0.5, 0.8)


@dataclass(frozen=True, slots=True)
class Settings:
    """All constants; the defaults are those of `docs/usage-detection.md`."""

    watches: tuple[Watch, ...] = WATCHES
    peers: PeerSettings = PeerSettings()
    feed: FeedSettings = FeedSettings()
    chart: ChartSettings = ChartSettings()
    young: YoungSettings = YoungSettings()
    episodes: EpisodeSettings = EpisodeSettings()
