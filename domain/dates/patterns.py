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
from domain.dates.vocabulary import Vocabulary

Reader = Callable[[re.Match[str]], Tokens | None]

_HOUR = r"\d{1,2}(?:[:.]\d{2})?"
_HALF_DAY = r"(?:am|pm|a\.m\.?|p\.m\.?)"
_CLOCK = (
    rf"{_HOUR} ?(?:[-–] ?{_HOUR} ?)?{_HALF_DAY}(?![a-z\d])"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[-–] ?\d{1,2}:\d{2})?(?![\d:])|\d{1,2}h\d{2}(?!\d)"
)
_ISO_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_HAN = "零〇一二两三四五六七八九十百"
_HAN_DIGITS = {"零": 0, "〇": 0, "两": 2} | {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_COUNT = rf"(\d{{1,4}}|[{_HAN}]{{1,7}})"


def number_patterns(vocabularies: Sequence[Vocabulary]) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    """The patterns of these languages in the order they are tried, each with what it makes of a match."""
    codes = {vocabulary.code for vocabulary in vocabularies}
    suffixes = "|".join(v.ordinal_suffix for v in vocabularies if v.ordinal_suffix)
    weeks = "|".join(v.week_prefix for v in vocabularies)
    quarters = "|".join(v.quarter_prefix for v in vocabularies)
    clocks = "|".join([*(v.clock for v in vocabularies if v.clock), _CLOCK])
    sources: list[tuple[str, Reader]] = [
        (r"(\d{4})-?w(\d{1,2})(?:-([1-7]))?(?!\d)", _iso_week),
        (rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_ISO_TIME}(?!\d|-\d)", _year_first),
        (r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)", _compact),
        (rf"(?:{clocks})", _clock),
        *([(r"(\d{1,2})/(\d{1,2}) ?- ?(\d{4}|\d{2})(?![\d/])", _swedish)] if "sv" in codes else []),
        (r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?!\d|[-/.]\d)", _numeric),
        (rf"(?:{weeks})[. ]{{0,2}}-?(\d{{1,2}})(?!\d| ?(?:am|pm|uur)|[:./]\d)", _week),
        (rf"(?:{quarters})[. ]{{0,2}}-?([1-4])(?!\d|[:./]\d)", _quarter),
        (r"([1-4])q(?![a-z])", _quarter),
        (r"'(\d{2})(?!\d)", _short_year),
        *(_CHINESE if "zh" in codes else ()),
        *([(rf"(\d{{1,2}})(?:{suffixes})(?![a-z])", _ordinal)] if suffixes else []),
        (r"(\d{1,9})(?!\d|\.\d)", _number),
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


def _swedish(match: re.Match[str]) -> Tokens:
    return (Numeric((match[1], match[2], match[3]), "/"),)


def _numeric(match: re.Match[str]) -> Tokens:
    parts = (match[1], match[3]) if match[4] is None else (match[1], match[3], match[4])
    return (Numeric(parts, match[2]),)


def _week(match: re.Match[str]) -> Tokens:
    return (WeekNumber(int(match[1])),)


def _quarter(match: re.Match[str]) -> Tokens:
    return (Quarter(int(match[1])),)


def _short_year(match: re.Match[str]) -> Tokens:
    return (Year(2000 + int(match[1])),)


def _ordinal(match: re.Match[str]) -> Tokens:
    return (Ordinal(int(match[1])),)


def _number(match: re.Match[str]) -> Tokens:
    typed = match[1]
    value = int(typed)
    return (Year(value),) if len(typed) == 4 and value >= 1900 else (Number(value, len(typed)),)


def chinese_number(text: str) -> int | None:
    """The value of digits or Chinese numerals up to 999; two or more bare digits (二〇二七) are read one by one."""
    if text.isdecimal():
        return int(text)
    if len(text) > 1 and all(sign in _HAN_DIGITS for sign in text):
        return int("".join(str(_HAN_DIGITS[sign]) for sign in text))
    total, digit = 0, None
    for sign in text:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign] or None
        else:
            unit = 100 if sign == "百" else 10
            total += unit * (1 if digit is None else digit)
            digit = None
    return total + (digit or 0)


def _count(match: re.Match[str]) -> int:
    return chinese_number(match[1]) or 0


def _han_year(match: re.Match[str]) -> Tokens:
    value = _count(match)
    return (Year(value if value >= 100 else 2000 + value),)


def _han_years(match: re.Match[str]) -> Tokens | None:
    value = _count(match)
    return (Number(value), Unit(Period.YEAR)) if value < 100 else None


def _han_month(match: re.Match[str]) -> Tokens | None:
    value = _count(match)
    return (Month(value),) if 1 <= value <= 12 else None


def _han_day(match: re.Match[str]) -> Tokens:
    return (Ordinal(_count(match)),)


def _han_days(match: re.Match[str]) -> Tokens:
    return (Number(_count(match)), Unit(Period.DAY))


def _han_week(match: re.Match[str]) -> Tokens:
    return (WeekNumber(_count(match)),)


def _han_quarter(match: re.Match[str]) -> Tokens | None:
    value = _count(match)
    return (Quarter(value),) if 1 <= value <= 4 else None


def _han_count(match: re.Match[str]) -> Tokens:
    return (Number(_count(match), len(match[1]) if match[1].isdecimal() else 0),)


_CHINESE: tuple[tuple[str, Reader], ...] = (
    (rf"(\d{{4}}|[{_HAN}]{{4}})年度?", _han_year),
    (rf"(\d{{2}}|[{_HAN}]{{2}})年(?=度|\d|[{_HAN}]|第|q|底|初|末|中)", _han_year),
    (rf"{_COUNT}年(?=之?[后内]|以[后内]|$| )", _han_years),
    (rf"{_COUNT}月份?(?!内)", _han_month),
    (rf"{_COUNT}日(?=内|之内|以内)", _han_days),
    (rf"{_COUNT}[日号]", _han_day),
    (rf"第{_COUNT}个?(?:周|星期|礼拜)(?![一二三四五六日天末])", _han_week),
    (rf"第{_COUNT}个?(?:季度|季)", _han_quarter),
    (rf"{_COUNT}(?:季度|季)(?!后|内)", _han_quarter),
    (rf"第{_COUNT}个?", _han_day),
    (rf"([{_HAN}]{{1,7}})个?", _han_count),
    (r"(\d{1,4})个", _han_count),
)
