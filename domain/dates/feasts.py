"""Days that move with the moon or with Easter, as the `holidays` library tells them."""

from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

from domain.dates.reading import Outcome, no_such_day
from domain.dates.tokens import Feast


def coming_feast(feast: Feast, today: date) -> Outcome:
    """The next time it is kept, today included."""
    for year in (today.year, today.year + 1):
        day = _day_in(feast, year)
        if day is not None and day >= today:
            return day
    return no_such_day("such day that is known yet")


def feast_in(feast: Feast, year: int) -> Outcome:
    """Its day in that year."""
    return _day_in(feast, year) or no_such_day(f"such day that is known in {year}")


@cache
def _day_in(feast: Feast, year: int) -> date | None:
    names = country_holidays(feast.country, years=year, language="en_US")
    days = sorted(day for day in names if feast.name in names.get_list(day))
    return days[0] + timedelta(days=feast.offset) if days else None
