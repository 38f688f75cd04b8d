"""A time of day in plain words, in five languages: “14:00”, “2pm”, “kl 14.30”, “14 uur”, “下午两点”, “2 petang”."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from domain.dates.patterns import chinese_number
from domain.outcome import Refused

_MORNING: Final = (
    r"a\.m\.|am|in the morning|morning|上午|早上|凌晨|pagi|på förmiddagen|förmiddagen|förmiddag|morgon"
    r"|'s ochtends|ochtend"
)
_AFTERNOON: Final = (
    r"p\.m\.|pm|in the afternoon|afternoon|in the evening|evening|tonight|下午|晚上|傍晚|中午|petang|malam|tengah hari"
    r"|på eftermiddagen|eftermiddagen|eftermiddag|på kvällen|kvällen|kväll|'s middags|middag|'s avonds|avond"
)
_PART_OF_DAY: Final = re.compile(rf"(?<![a-zäöå])(?:{_MORNING}|{_AFTERNOON})(?![a-zäöå])", re.IGNORECASE)
_HAN: Final = "零〇一二两三四五六七八九十"
_PATTERNS: Final = tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        r"(?<=\dT)(?P<hour>\d{1,2}):(?P<minute>\d{2})",
        rf"(?P<hour>\d{{1,2}}|[{_HAN}]{{1,3}})[点點时時](?:(?P<part>半|一刻|三刻)|整|(?P<minute>\d{{1,2}}|[{_HAN}]{{1,3}})分?)?钟?",
        r"(?<![\d:.])(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?::\d{2})?(?![\d:])",
        r"(?<![\d:.])(?P<hour>\d{1,2})(?:[.](?P<minute>\d{2}))?\s*(?:am|pm|a\.m\.|p\.m\.)(?![a-z])",
        r"(?<![\d:.])(?P<hour>\d{1,2})(?:[.](?P<minute>\d{2}))?\s*(?:uur|u|h|o'clock)(?![a-z])",
        r"(?<!\w)(?:at|kl\.?|klockan|om|pukul|jam|@)\s*(?P<hour>\d{1,2})(?:[.](?P<minute>\d{2}))?(?![\d:/.-]\d|\d)",
        r"(?<![\d:.])(?P<hour>\d{1,2})\s+(?=in the (?:morning|afternoon|evening)|pagi|petang|malam)",
        r"(?<![\d:.])(?P<hour>\d{1,2})\s+(?='s (?:ochtends|middags|avonds)|på (?:förmiddagen|eftermiddagen|kvällen))",
    )
)
_NOON: Final = re.compile(r"(?<!\w)(?:at )?(?:noon|midday|12 noon)(?!\w)", re.IGNORECASE)
_EARLY: Final = 6
"""Up to this hour nobody meets without saying that it is the morning: “at 3” is a question."""
_PARTS: Final = {"半": 30, "一刻": 15, "三刻": 45}
_LEADING: Final = re.compile(r"(?:(?<!\w)(?:at|kl\.?|klockan|om|pukul|jam)|@)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimeReading:
    """The time of day, and in `rest` the text without it, in which a date may stand."""

    at: time
    rest: str


def read_time(text: str) -> TimeReading | Refused | None:
    """The first time of day that `text` names; None when it names none. “At 3” is refused: night or afternoon?

    Never raises for any text.
    """
    noon = _NOON.search(text)
    if noon is not None:
        return TimeReading(time(12), _without(text, noon.start(), noon.end()))
    for pattern in _PATTERNS:
        found = pattern.search(text)
        if found is not None:
            return _read(text, found)
    return None


def _read(text: str, found: re.Match[str]) -> TimeReading | Refused | None:
    groups = found.groupdict()
    hour, minute = chinese_number(groups["hour"]), _minute(groups)
    if hour is None or minute is None:
        return None
    late, early = _says(text, _AFTERNOON), _says(text, _MORNING)
    if late and hour < 12:
        hour += 12
    elif early and not late and hour == 12:
        hour = 0
    elif not early and 1 <= hour <= _EARLY and not groups["hour"].startswith("0"):
        return Refused(
            f"Is that {hour:02}:{minute:02} or {hour + 12}:{minute:02}? Write it as {hour + 12}:{minute:02}."
        )
    if hour > 23 or minute > 59:
        return Refused("There is no such time of day: write it as 14:00.")
    return TimeReading(time(hour, minute), _without(text, found.start(), found.end()))


def _minute(groups: dict[str, str | None]) -> int | None:
    if groups.get("part"):
        return _PARTS[str(groups["part"])]
    given = groups.get("minute")
    return chinese_number(given) if given else 0


def _says(text: str, words: str) -> bool:
    return re.search(rf"(?<![a-z])(?:{words})(?![a-z])", text, re.IGNORECASE) is not None


def _without(text: str, start: int, end: int) -> str:
    """The text without the time and the words that belong to it, in single spaces."""
    before = _LEADING.sub("", text[:start]).removesuffix("T")
    rest = re.sub(
        rf"(?<![a-zäöå])(?:{_MORNING}|{_AFTERNOON})(?![a-zäöå])", " ", f"{before} {text[end:]}", flags=re.IGNORECASE
    )
    return " ".join(rest.split()).strip(" ,;")
