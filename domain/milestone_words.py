"""What people type about milestones: which one is meant, and where a title ends and its date begins."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from domain.dates import DateReading, Refusal
from domain.dates.languages.chinese import CHINESE
from domain.outcome import Refused
from domain.plan_picture import Milestone
from domain.text import clean
from domain.words import fold

Read = Callable[[str], DateReading]
"""Reads a text as a date, as its writer means it."""

_NUMBER: Final = re.compile(
    r"\s*(?:[#＃№]\s?|no\.?\s+|nr\.?\s*|第)?(\d{1,4})(?:\s*[号個个])?"
    r"(?:$|[.,:;)\]，。：；）]*(?:\s+|$)|(?=[\u3400-\u9fff]))\s*",
    re.IGNORECASE,
)
_MORE_NUMBERS: Final = re.compile(r"(?=.*\d)(?:\d|and|och|en|dan|和|[\s,;&+#，、])+", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\s*[\"“”„«「『]([^\"“”„«»」』]+)[\"“”»」』]\s*")
_WORD: Final = re.compile(r"\w+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WHOLE_WORD: Final = 3
"""Shorter words count only when they are whole words of the title."""
_MOST_WORDS: Final = 20
_READ: Final = 400
"""Characters in which a milestone is looked for; a title is shorter."""
_NAMED: Final = 5
_TITLE: Final = 80

# Words that say “from here on it is a date”. Strong ones are asked first: “Training on Monday by Friday”.
_STRONG: Final = (
    *(
        "by",
        "before",
        "due",
        "due by",
        "due on",
        "until",
        "till",
        "no later than",
        "not later than",
        "on or before",
        "deadline",
        "latest",
    ),
    *("senast", "senast den", "innan", "före", "fram till", "till och med", "t.o.m."),
    *("uiterlijk", "voor", "vóór", "tegen", "ten laatste", "tot en met", "t/m"),
    *("sebelum", "menjelang", "selewat-lewatnya", "tidak lewat dari", "paling lewat"),
)
_STRONG_HAN: Final = ("截止到", "截止", "截至", "最迟", "最晚", "不晚于", "不迟于")
_WEAK: Final = (
    *("on", "in", "at", "within"),
    *("på", "den", "om", "inom", "i", "vid", "till"),
    *("op", "over", "binnen", "aan", "per", "tot"),
    *("pada", "dalam", "hingga", "sehingga", "di"),
)
_WEAK_HAN: Final = ("在", "于", "到", "至")
_TO: Final = ("to", "till", "naar", "ke", "kepada", "hingga", "for", "=", "->", "→", ":")
_TO_HAN: Final = ("改到", "改为", "移到", "推迟到", "延到", "延期到", "提前到", "到", "至")
_FILLERS: Final = tuple(sorted(CHINESE.fillers.split("|"), key=len, reverse=True))
_HAN_END: Final = re.compile(r"(?:前|之前|以前|后|之后|以后|内|之内|以内)(?:完成)?$")
_TRIES: Final = 24
"""How often a text is tried as a date: each reading costs a fraction of a millisecond."""
_DATE_LENGTH: Final = 80


def _pattern(latin: Sequence[str], han: Sequence[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(latin, key=len, reverse=True))
    signs = "|".join(sorted(han, key=len, reverse=True))
    return re.compile(rf"(?:(?<!\S)|(?<=[,;:(]))(?:{words})(?=\s)|(?:{signs})", re.IGNORECASE)


_STRONG_WORD: Final = _pattern(_STRONG, _STRONG_HAN)
_WEAK_WORD: Final = _pattern(_WEAK, _WEAK_HAN)
_LEADING: Final = re.compile(
    rf"\s*(?:(?:{'|'.join(re.escape(word) for word in _TO)})\s+|(?:{'|'.join(_TO_HAN)})\s*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """The milestone meant, and what was typed after it."""

    milestone: Milestone
    rest: str


@dataclass(frozen=True, slots=True)
class Dated:
    """`words` is what stands before the date, as typed; the date is `on`."""

    words: str
    on: date


def find_milestone(
    milestones: Sequence[Milestone], text: str, prefer: Callable[[Milestone], bool] = lambda one: one.is_open
) -> Found | Refused:
    """The milestone that `text` begins with: its number (“3”, “#3”, “３”), its title in quotes, or words of its title.

    Of several that fit the words, the only one that is `prefer`red is meant; else all of them are named and nothing is
    chosen. Never raises.
    """
    if not text.strip():
        return Refused("Say which milestone, by its number or its title: for example `3` or `kickoff`.")
    number = _NUMBER.match(text)
    if number is not None:
        wanted = int(number[1])
        known = next((one for one in milestones if one.number == wanted), None)
        rest = text[number.end() :].strip()
        if known is not None and rest and _MORE_NUMBERS.fullmatch(rest):
            return Refused(f"One milestone at a time, please: first {wanted}, then the others.")
        if known is not None:
            return Found(known, rest)
    quoted = _QUOTED.match(text)
    found = _by_words(milestones, text, prefer) if quoted is None else _by_quoted(milestones, quoted, text, prefer)
    if found is not None:
        return found
    return _no_number(milestones, int(number[1])) if number else _nothing_like(milestones, text)


def _by_quoted(
    milestones: Sequence[Milestone], quoted: re.Match[str], text: str, prefer: Callable[[Milestone], bool]
) -> Found | Refused | None:
    matches = _matching(_folded(milestones), quoted[1])
    return _one_of(matches, quoted[1], text[quoted.end() :].strip(), prefer) if matches else None


def _by_words(
    milestones: Sequence[Milestone], text: str, prefer: Callable[[Milestone], bool]
) -> Found | Refused | None:
    """The longest beginning of the text that fits any title settles it."""
    titles = _folded(milestones)
    ends = [word.end() for word in re.finditer(r"\S+", text[:_READ])][:_MOST_WORDS]
    for end in reversed(ends):
        if matches := _matching(titles, text[:end]):
            return _one_of(matches, text[:end], text[end:].strip(), prefer)
    return None


def _one_of(matches: Sequence[Milestone], said: str, rest: str, prefer: Callable[[Milestone], bool]) -> Found | Refused:
    preferred = [one for one in matches if prefer(one)]
    for group in (matches, preferred):
        if len(group) == 1:
            return Found(group[0], rest)
    names = [name_of(one) for one in (preferred or matches)]
    more = f" or {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    shown = ", ".join(names[: _NAMED - 1]) + f" or {names[_NAMED - 1]}" if len(names) >= _NAMED else " or ".join(names)
    return Refused(f"“{clean(said.strip(), _TITLE).text}” can be {shown}{more}. Say the number.")


def _folded(milestones: Sequence[Milestone]) -> list[tuple[Milestone, str]]:
    return [(one, fold(one.title)) for one in milestones]


def _matching(titles: Sequence[tuple[Milestone, str]], said: str) -> list[Milestone]:
    folded = fold(said)
    words = _WORD.findall(folded)
    if not words or (sum(map(len, words)) < _WHOLE_WORD and not _HAN.search(folded)):
        return []
    exact = [one for one, title in titles if _WORD.findall(title) == words]
    return exact or [one for one, title in titles if _fits(words, folded, title)]


def _fits(words: Sequence[str], folded: str, title: str) -> bool:
    """Whether the words begin words of the title, in its order; of a Chinese title a part will do."""
    if _HAN.search(folded) and len(folded.strip()) > 1 and folded.strip() in title:
        return True
    theirs = iter(_WORD.findall(title))
    return all(
        any(word == each or (len(word) >= _WHOLE_WORD and each.startswith(word)) for each in theirs) for word in words
    )


def name_of(milestone: Milestone) -> str:
    """``3 “Kickoff held”``, as typed."""
    return f"{milestone.number} “{clean(' '.join(milestone.title.split()), _TITLE).text}”"


def _no_number(milestones: Sequence[Milestone], wanted: int) -> Refused:
    if not milestones:
        return Refused("This plan has no milestones yet.")
    known = [one.number for one in milestones]
    return Refused(f"There is no milestone {wanted} in this plan; its numbers go from {min(known)} to {max(known)}.")


def _nothing_like(milestones: Sequence[Milestone], text: str) -> Refused:
    said = clean(" ".join(text.split()), _TITLE).text
    by_title = {fold(one.title): one for one in milestones}
    folded = fold(text)
    for end in (len(folded), *(word.end() for word in list(re.finditer(r"\S+", folded))[2::-1])):
        near = get_close_matches(folded[:end][:200], by_title, n=1, cutoff=0.6)
        if near:
            return Refused(f"No milestone is called “{said}”. Did you mean {name_of(by_title[near[0]])}?")
    return Refused(f"No milestone is called “{said}”. `/milestone` lists all of them with their numbers.")


def split_dated(text: str, read: Read, names: Sequence[str] = ()) -> Dated | Refused:
    """Where the words end and their date begins: “Data loaded by next Friday”, “数据导入 下周五前”.

    `names` are words in the text that belong to neither (the owner's name): they are not read as part of the date. The
    words come back as typed. A day that is past, or two days at once, are refused in the reader's words. Never raises.
    """
    unread = ""
    for pattern in (_STRONG_WORD, _WEAK_WORD):
        found: Dated | None = None
        for at, after in _places(pattern, text):
            reading = _read_either(text[at:], text[after:], read, names)
            if found is not None:
                # “Check in on Friday”: the first word is the title's when the date is the same without it.
                found = Dated(text[:at].strip(), found.on) if reading.on == found.on else found
            elif reading.on is not None:
                found = Dated(text[:at].strip(), reading.on)
            elif reading.reason not in {Refusal.NOT_UNDERSTOOD, Refusal.EMPTY}:
                return Refused(reading.sentence)
            elif pattern is _STRONG_WORD:
                unread = unread or reading.sentence
        if found is not None:
            return found
    return _chinese_end(text, read, names) or Refused(
        unread or "Say by when it is due: for example `/milestone add Data loaded by next Friday`."
    )


def _places(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where the separators begin and end, first to last, those only from which a date may reach to the end."""
    found = [(match.start(), match.end()) for match in pattern.finditer(text)]
    return [(at, after) for at, after in found if len(text) - after <= 2 * _DATE_LENGTH][-_TRIES:]


def _read_either(whole: str, rest: str, read: Read, names: Sequence[str]) -> DateReading:
    """With the separator first, for “before March” is another day than “March”; then without a word the reader does not
    know."""
    reading = read(_without(whole, names))
    return reading if reading.reason is not Refusal.NOT_UNDERSTOOD else read(_without(rest, names))


def _without(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, " ")
    return text.strip()


def _chinese_end(text: str, read: Read, names: Sequence[str]) -> Dated | None:
    """Chinese needs no word before a date: what follows spaces, or ends in “前”, “后” or “内”, is tried."""
    plain = text.strip()
    if not _HAN.search(plain[-_DATE_LENGTH:]):
        return None
    places = [match.start() for match in re.finditer(r"(?<=\s)\S", plain)]
    if _HAN_END.search(_without(plain, names)):
        places = list(range(len(plain)))
    for at in places[-_TRIES:]:
        tail = _without(plain[at:], names)
        reading = read(tail) if _HAN.search(tail) and len(tail) <= _DATE_LENGTH else None
        if reading is not None and reading.on is not None:
            return Dated(plain[: _past_fillers(plain, at, reading.on, read)].rstrip(" ，,、：:"), reading.on)
    return None


def _past_fillers(text: str, at: int, on: date, read: Read) -> int:
    """Words that say nothing about the day (“交付”) belong to the title."""
    while filler := next((one for one in _FILLERS if text.startswith(one, at)), None):
        rest = text[at + len(filler) :].lstrip()
        if read(rest).on != on:
            break
        at = len(text) - len(rest)
    return at


def date_after(rest: str, read: Read) -> date | Refused:
    """The date of “move 3 to next Friday”, of which `rest` is “to next Friday”."""
    if not rest.strip():
        return Refused("Say the new day as well: for example `/milestone move 3 to next Friday`.")
    reading = read(rest)
    while reading.reason is Refusal.NOT_UNDERSTOOD and (leading := _LEADING.match(rest)):
        rest = rest[leading.end() :]
        reading = read(rest)
    return reading.on if reading.on is not None else Refused(reading.sentence)
