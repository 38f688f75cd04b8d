"""Which language and which order of day and month a locale stands for."""

from domain.dates.reading import Order

_LANGUAGES = frozenset({"en", "zh", "nl", "sv", "ms"})
# Territories that write the month first in English (Unicode CLDR, short date format).
_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "AS", "MP", "UM", "VI", "BI"})
_DAY_FIRST_CHINESE = frozenset({"HK", "MO", "SG", "MY"})


def language_of(locale: str) -> str:
    """The language to read first: `en`, `zh`, `nl`, `sv` or `ms`; English for any other."""
    language = _parts(locale)[0].lower()
    return language if language in _LANGUAGES else "en"


def order_of(locale: str) -> Order:
    """Day first, save where the locale's own people write otherwise; unsettled in Canada, where both are usual."""
    parts = _parts(locale)
    language = parts[0].lower()
    territory = next((part.upper() for part in parts[1:] if len(part) == 2), "")
    if language == "en" and territory == "CA":
        return Order.UNSETTLED
    if language == "zh" and territory not in _DAY_FIRST_CHINESE:
        return Order.YEAR_MONTH_DAY
    if language == "en" and territory in _MONTH_FIRST:
        return Order.MONTH_DAY_YEAR
    return Order.DAY_MONTH_YEAR


def _parts(locale: str) -> list[str]:
    return locale[:35].split(".", maxsplit=1)[0].replace("_", "-").split("-")
