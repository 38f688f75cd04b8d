"""Whatever has digits in it: dates in numbers, weeks, quarters, ordinals, times of day, Chinese counters."""

import re
from collections.abc import Callable, Sequence

from domain.dates.tokens import (
    Mark,
    Month,
    Number,
    Numeric,
    Ordinal,
    Period,
    Quarter,
    Tokens,
    Unit,
    Weekday,
    WeekNumber,
    Year,
)
from domain.dates.vocabulary import Vocabulary, fold

Reader = Callable[[re.Match[str]], Tokens | None]

_HOUR = r"\d{1,2}(?:[:.]\d{2})?"
_HALF_DAY = r"(?:am|pm|a\.m\.?|p\.m\.?)"
_CLOCK = (
    rf"{_HOUR} ?(?:[-–] ?{_HOUR} ?)?{_HALF_DAY}(?![a-z\d])"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[-–] ?\d{1,2}:\d{2})?(?![\d:])|\d{1,2}h\d{2}(?!\d)"
    r"|(?:utc|gmt) ?[+-]\d{1,2}(?::?\d{2})?(?!\d)"
)
_ISO_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_HAN = "零〇一二两三四五六七八九十百"
_HAN_DIGITS = {"零": 0, "〇": 0, "两": 2} | {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_HAN_NUMBER = re.compile(
    r"(?:(?P<hundreds>[一二两三四五六七八九])百零?)?(?:(?P<tens>[一二三四五六七八九]?)十)?(?P<ones>[零〇一二两三四五六七八九]?)"
)
_COUNT = rf"(\d{{1,4}}|[{_HAN}]{{1,7}})"


def number_patterns(vocabularies: Sequence[Vocabulary]) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    """The patterns of these languages in the order they are tried, each with what it makes of a match."""
    codes = {vocabulary.code for vocabulary in vocabularies}
    suffixes = "|".join(v.ordinal_suffix for v in vocabularies if v.ordinal_suffix)
    weeks = "|".join(v.week_prefix for v in vocabularies)
    quarters = "|".join(v.quarter_prefix for v in vocabularies)
    clocks = "|".join([*(v.clock for v in vocabularies if v.clock), _CLOCK])
    units = "|".join(fold(name) for v in vocabularies for names in v.units.values() for name in names.split("|"))
    sources: list[tuple[str, Reader]] = [
        (r"(\d{4})-?w(\d{1,2})(?:-([1-7]))?(?!\d)", _iso_week),
        (rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_ISO_TIME}(?!\d|-\d)", _year_first),
        (r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)", _compact),
        (rf"(?:{clocks})", _clock),
        (rf"(\d{{1,3}})[.,]5(?= ?(?:{units})(?![a-z]))", _and_a_half),
        *([(r"(\d{1,2}) ?([-–—~]|到|至) ?(\d{1,2})[日号]", _han_days_range)] if "zh" in codes else []),
        *(_SWEDISH if "sv" in codes else ()),
        (r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4})(?!\d)", _numeric),
        (r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?!\d|[-/.]\d)", _numeric),
        (rf"(?:{weeks})[. ]{{0,2}}-?(\d{{1,2}})(?!\d| ?(?:am|pm|uur)|[:./]\d)", _week),
        (rf"(?:{quarters})([1-4])[ /-]{{0,1}}([2-9]\d)(?![\d/.:-])", _quarter_of_year),
        (rf"(?:{quarters})[. ]{{0,2}}-?([1-4])(?!\d|:\d)", _quarter),
        (r"([1-4])q(?![a-z])", _quarter),
        (r"'(\d{2})(?!\d)", _short_year),
        *(_CHINESE if "zh" in codes else ()),
        *([(rf"(\d{{1,2}})(?:{suffixes})(?![a-z])", _ordinal)] if suffixes else []),
        (r"(\d{1,9})(?!\d|\.\d|月)", _number),
    ]
    return tuple((re.compile(source), reader) for source, reader in sources)


def _iso_week(match: re.Match[str]) -> Tokens:
    year, week, day = match.groups()
    weekday = (Weekday(int(day) - 1),) if day else ()
    return (*weekday, WeekNumber(int(week)), Year(int(year)))


def _year_first(match: re.Match[str]) -> Tokens:
    return (Numeric((match[1], match[3], match[4]), match[2]),)


def _compact(match: re.Match[str]) -> Tokens:
    return (Numeric((match[1], match[2], match[3]), ""),)


def _clock(_match: re.Match[str]) -> Tokens:
    return (Mark.CLOCK,)


def _and_a_half(match: re.Match[str]) -> Tokens:
    return (Number(int(match[1]), len(match[1])), Mark.HALF)


def _swedish(match: re.Match[str]) -> Tokens:
    return (Numeric((match[1], match[2], match[3]), "/"),)


def _swedish_months(match: re.Match[str]) -> Tokens:
    return (Mark.IN, Number(int(match[1]), len(match[1])), Unit(Period.MONTH))


def _swedish_weeks(match: re.Match[str]) -> Tokens:
    return (Mark.IN, Number(int(match[1]), len(match[1])), Unit(Period.WEEK))


def _numeric(match: re.Match[str]) -> Tokens:
    parts = (match[1], match[3]) if match[4] is None else (match[1], match[3], match[4])
    return (Numeric(parts, match[2]),)


def _week(match: re.Match[str]) -> Tokens:
    return (WeekNumber(int(match[1])),)


def _quarter(match: re.Match[str]) -> Tokens:
    return (Quarter(int(match[1])),)


def _quarter_of_year(match: re.Match[str]) -> Tokens:
    return (Quarter(int(match[1])), Year(2000 + int(match[2])))


def _short_year(match: re.Match[str]) -> Tokens:
    return (Year(2000 + int(match[1])),)


def _ordinal(match: re.Match[str]) -> Tokens:
    return (Ordinal(int(match[1])),)


def _number(match: re.Match[str]) -> Tokens:
    typed = match[1]
    value = int(typed)
    return (Year(value),) if len(typed) == 4 and value >= 1900 else (Number(value, len(typed)),)


def chinese_number(text: str) -> int | None:
    """The value of digits or Chinese numerals up to 999, or of a year read sign by sign (二〇二七).

    None for 两三 and the like, which mean “two or three”.
    """
    if text.isdecimal():
        return int(text)
    if len(text) == 4 and all(sign in _HAN_DIGITS for sign in text):
        return int("".join(str(_HAN_DIGITS[sign]) for sign in text))
    if (match := _HAN_NUMBER.fullmatch(text)) is None:
        return None
    hundreds, tens, ones = match["hundreds"], match["tens"], match["ones"]
    total = 100 * _HAN_DIGITS[hundreds] if hundreds else 0
    if tens is not None:
        total += 10 * (_HAN_DIGITS[tens] if tens else 1)
    return total + (_HAN_DIGITS[ones] if ones else 0)


def _counted(make: Callable[[int], Tokens], low: int = 0, high: int = 9999) -> Reader:
    """A reader of the number in front of a counter, for numbers from `low` to `high`."""

    def read(match: re.Match[str]) -> Tokens | None:
        value = chinese_number(match[1])
        return make(value) if value is not None and low <= value <= high else None

    return read


def _han_years(match: re.Match[str]) -> Tokens | None:
    value = chinese_number(match[1])
    return (Number(value), Unit(Period.YEAR)) if value is not None and value < 100 else None


def _han_days_range(match: re.Match[str]) -> Tokens:
    return (Numeric((match[1], match[3]), "-"),)


def _han_weekday(match: re.Match[str]) -> Tokens:
    return (Weekday(int(match[1]) - 1),)


def _han_count(match: re.Match[str]) -> Tokens | None:
    value = chinese_number(match[1])
    digits = len(match[1]) if match[1].isdecimal() else 0
    return None if value is None else (Number(value, digits),)


# “Mån” is Monday and short for months, “v” a numbered week and short for weeks: after “om” they are counted.
_SWEDISH: tuple[tuple[str, Reader], ...] = (
    (r"(\d{1,2})/(\d{1,2}) ?- ?(\d{4}|\d{2})(?![\d/])", _swedish),
    (r"(?:om|inom) (\d{1,3}) ?man(?![a-z\d])", _swedish_months),
    (r"(?:om|inom) (\d{1,3}) ?v(?![a-z\d]|\.? ?\d)", _swedish_weeks),
)
_CHINESE: tuple[tuple[str, Reader], ...] = (
    (r"(?:周|星期|礼拜)([1-6])(?![\d日号月天周个点时:./-])", _han_weekday),
    (rf"(\d{{4}}|[{_HAN}]{{4}})年度?", _counted(lambda value: (Year(value),), low=1900)),
    (
        rf"(\d{{2}}|[{_HAN}]{{2}})年(?=度|\d|[{_HAN}]|第|q|底|初|末|中)",
        _counted(lambda value: (Year(2000 + value),), high=99),
    ),
    (rf"{_COUNT}年(?=半|之?[后内]|以[后内]|$| )", _han_years),
    (rf"{_COUNT}月份?(?!内)", _counted(lambda value: (Month(value),), low=1, high=12)),
    (rf"{_COUNT}日(?=内|之内|以内)", _counted(lambda value: (Number(value), Unit(Period.DAY)))),
    (rf"{_COUNT}[日号]", _counted(lambda value: (Ordinal(value),))),
    (rf"第{_COUNT}个?(?:周|星期|礼拜)(?![一二三四五六日天末])", _counted(lambda value: (WeekNumber(value),))),
    (rf"第{_COUNT}个?(?:季度|季)", _counted(lambda value: (Quarter(value),), low=1, high=4)),
    (rf"{_COUNT}(?:季度|季)(?!后|内)", _counted(lambda value: (Quarter(value),), low=1, high=4)),
    (rf"第{_COUNT}个?", _counted(lambda value: (Ordinal(value, counts=True),))),
    (rf"([{_HAN}]{{1,7}})(?:个|(?![{_HAN}月]))", _han_count),
    (r"(\d{1,4})个", _han_count),
)
