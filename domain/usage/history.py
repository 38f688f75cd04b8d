"""A kept history as weekly vectors: what is a zero, and what is not known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.usage.alerts import Alert
from domain.usage.arrays import Codes, Mask, Vector
from domain.usage.detector import Detector
from domain.usage.fleet import LONG_AGO, Fleet
from domain.usage.settings import Settings

_WHOLE_FEED: Final = 8
"""So many accounts must have been there the week before for an empty week to be the feed's fault."""

Counts = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class History:
    """Weeks in a row from `first_monday`; `counts` has a matrix weeks × accounts for each metric, NaN where there is no
    row."""

    first_monday: date
    fleet: Fleet
    counts: Counts

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return max((len(matrix) for matrix in self.counts.values()), default=0)


def beginnings(counts: Counts, created: Codes) -> Codes:
    """The week each account began in: when it was created, its first row if there is an earlier one or nobody knows
    (`created` is LONG_AGO then), and LONG_AGO when it is there from the first week on and nobody knows since when."""
    first = np.full(len(created), np.iinfo(np.int64).max, dtype=np.int64)
    for matrix in counts.values():
        known = ~np.isnan(matrix)
        first = np.where(known.any(axis=0), np.minimum(first, known.argmax(axis=0)), first)
    told = created > LONG_AGO
    return np.where(told, np.minimum(created, first), np.where(first <= 0, LONG_AGO, first))


def filled(matrix: NDArray[np.float64], began: Codes) -> Iterator[Vector]:
    """Week by week: no row of a living account is a zero, but an empty week of the whole feed is not known."""
    before = 0
    for number, row in enumerate(matrix):
        here: Mask = ~np.isnan(row)
        if not here.any() and before >= _WHOLE_FEED:
            yield row
            continue
        before = int(np.count_nonzero(row > 0))
        yield np.where(here, row, np.where(began <= number, 0.0, np.nan))


def replay(history: History, settings: Settings | None = None) -> Iterator[Alert]:
    """The alerts of the whole history, each week judged as on the Monday after it."""
    for alerts in replay_by_week(history, settings):
        yield from alerts


def replay_by_week(history: History, settings: Settings | None = None) -> Iterator[list[Alert]]:
    """The same week by week, so that one can stop in between."""
    detector = Detector(history.fleet, settings)
    metrics = list(history.counts)
    weeks = zip(*(filled(history.counts[name], history.fleet.created) for name in metrics), strict=True)
    for number, vectors in enumerate(weeks):
        monday = history.first_monday + timedelta(weeks=number)
        yield detector.week(monday, dict(zip(metrics, vectors, strict=True)))
