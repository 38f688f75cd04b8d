"""Step 5, second half: new customers who never began. The first ninety days are where customers are lost."""

import numpy as np

from domain.usage.arrays import Codes, Mask, Vector, group_medians, take
from domain.usage.fleet import Fleet
from domain.usage.settings import YoungSettings


class Activation:
    """What accounts did per seat at each age, and who does next to nothing beside that."""

    def __init__(self, fleet: Fleet, settings: YoungSettings) -> None:
        self._settings = settings
        self._fleet = fleet
        self._seats = np.where(np.isnan(fleet.seats) | (fleet.seats <= 0), np.nan, fleet.seats)
        self._seated = ~np.isnan(self._seats)
        self._at_age = np.full((settings.activation_until + 1, len(fleet)), np.nan, dtype=np.float32)
        self._last = np.full(len(fleet), np.nan)
        self._shares = (np.full(len(fleet), np.nan), np.full(len(fleet), np.nan))
        self._asked = np.zeros(len(fleet), dtype=np.bool_)

    def week(self, corrected: Vector, factor: Vector, age: Codes) -> tuple[Mask, Vector, Vector]:
        """Who is not activated this week (each account once), what peers do at that age with as many seats (corrected
        events a week), and what the account did in its last two weeks."""
        asked = self._settings
        units = np.where(self._seated, self._seats, 1.0)
        two = (corrected + self._last) / 2
        self._last = corrected
        watched = (age >= 1) & (age <= asked.activation_until)
        columns = np.flatnonzero(watched)
        self._at_age[age[columns], columns] = (two / units)[columns]
        usual = self._usual(age) * units
        share = two / np.maximum(usual, 1e-9)
        before, self._shares = self._shares[0], (self._shares[1], share)
        due = watched & (age + 1 >= asked.activation_from) & ~self._asked & ~np.isnan(two) & ~np.isnan(usual)
        missing = 2 * factor * (usual - two)
        at_rest = (two <= 1.0) & (share <= asked.activation_before)
        low = np.where(self._seated, share <= asked.activation_share, at_rest | (share <= asked.unseated_share))
        low &= ~(before > asked.activation_before)
        found = due & low & (missing >= asked.activation_events)
        self._asked |= found
        return found, usual, two

    def _usual(self, age: Codes) -> Vector:
        """The peers' median per seat at each account's age: of its size class when enough are known, else of all."""
        asked = self._settings
        result = np.full(len(age), np.nan)
        for weeks in range(asked.activation_from - 3, asked.activation_until + 1):
            now = age == weeks
            if not now.any():
                continue
            row = self._at_age[weeks].astype(np.float64)
            for seated in (True, False):
                values = np.where(self._seated == seated, row, np.nan)
                known = values[~np.isnan(values)]
                if known.size < asked.fewest:
                    continue
                usual = np.full(len(age), float(np.median(known)))
                names = self._fleet.size.names
                if names:
                    medians, counts = group_medians(values, self._fleet.size.codes, len(names))
                    medians = np.where(counts >= asked.fewest, medians, float(np.median(known)))
                    usual = take(medians, self._fleet.size.codes, float(np.median(known)))
                result = np.where(now & (self._seated == seated), usual, result)
        return result
