"""What was really done to a simulated fleet, and the fleet itself."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

METRICS = ("logins", "active_users", "basic_events", "sticky_events", "top_user_events")
SUDDEN, SLOW, STICKY, CHAMPION, SILENCE, NOT_ACTIVATED = (
    "sudden", "slow", "sticky", "champion", "silence", "not_activated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One account went wrong: from week `start`, fully from `full`, over before `end` (the number of weeks if never);
    `depth` is the share lost of the metric that shows it. `detectable`: an ideal reader who knew the account's true
    rate and scatter would see it beyond doubt within eight weeks."""

    account: int
    kind: str
    start: int
    full: int
    end: int
    depth: float
    detectable: bool = False


@dataclass(frozen=True, slots=True)
class Breakage:
    """The feed lost rows in the weeks `start` to `end` - 1."""

    kind: str
    start: int
    end: int


@dataclass(slots=True)
class World:
    """A simulated history. Matrices are accounts × weeks, NaN where there is no row; `created` counts weeks and is
    negative for accounts older than the history."""

    first_monday: date
    regions: list[str]
    verticals: list[str]
    size_classes: list[str]
    created: NDArray[np.int64]
    seats: NDArray[np.float64]
    usage: dict[str, NDArray[np.float64]]
    faults: list[Fault] = field(default_factory=list)
    breakages: list[Breakage] = field(default_factory=list)
    accounts_file: bool = True
