"""How much of a working week public holidays leave, per region."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from holidays import country_holidays, list_supported_countries
from holidays.holiday_base import HolidayBase

_WORKING_DAYS: Final = 5
_GROUPS: Final = {
    "emea": ("DE", "FR", "GB"), "eu": ("DE", "FR", "NL"), "europe": ("DE", "FR", "GB"), "dach": ("DE", "AT", "CH"),
    "nordics": ("SE", "NO", "DK", "FI"), "benelux": ("NL", "BE", "LU"), "uk": ("GB",), "uki": ("GB", "IE"),
    "na": ("US", "CA"), "amer": ("US", "CA"), "americas": ("US", "CA"), "north america": ("US", "CA"), "noram": ("US",),
    "usa": ("US",), "latam": ("BR", "MX"), "apac": ("CN", "JP", "SG", "AU"), "asia": ("CN", "JP", "SG"),
    "anz": ("AU", "NZ"),
}  # fmt: skip
"""Names of regions that are no country: the countries whose holidays may explain a quiet week there."""


class WorkingWeeks:
    """Looks up public holidays by region name: an ISO code, a country's English name, or a usual group of countries.
    Nothing is known of another name: no holiday explains anything there."""

    def __init__(self, regions: Sequence[str], sizes: Sequence[int]) -> None:
        """`sizes` says how many accounts each region has."""
        self._sizes = tuple(sizes)
        supported = list_supported_countries()
        self._tables: list[tuple[HolidayBase, ...]] = []
        for region in regions:
            codes = _countries(region, supported)
            self._tables.append(tuple(country_holidays(code) for code in codes))

    def share(self, region: int, monday: date) -> float:
        """The share of working days left that week in the region's country that has most holidays: 0.2 to 1. Where a
        whole week is free (China's spring festival) some work all the same, and others take Saturdays for it."""
        days = [monday + timedelta(days=day) for day in range(_WORKING_DAYS)]
        lost = max((sum(day in table for day in days) for table in self._tables[region]), default=0)
        return max(1, _WORKING_DAYS - lost) / _WORKING_DAYS

    def mean_share(self, monday: date) -> float:
        """The share of working days left in the whole fleet, each account by its region."""
        total = sum(self._sizes)
        kept = sum(size * self.share(region, monday) for region, size in enumerate(self._sizes))
        return kept / total if total else 1.0


def around_new_year(monday: date) -> bool:
    """Whether it is one of the two weeks with Christmas Day and New Year's Day."""
    sunday = monday + timedelta(days=6)
    return any(
        monday <= day <= sunday for year in (monday.year, sunday.year) for day in (date(year, 12, 25), date(year, 1, 1))
    )


def _countries(region: str, supported: dict[str, list[str]]) -> tuple[str, ...]:
    word = region.strip()
    if word.upper() in supported:
        return (word.upper(),)
    if word.casefold() in _GROUPS:
        return _GROUPS[word.casefold()]
    head = word.replace("_", "-").split("-")[0].upper()
    return (head,) if head in supported and len(head) == 2 else ()
