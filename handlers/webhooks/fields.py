"""The kinds of fields in webhook bodies: what is accepted, how long, and how text from outside is made safe."""

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain.text import clean
from domain.usage.samples import LARGEST

ID: Final = 200
NAME: Final = 300
WORD: Final = 200
NOTES: Final = 100_000
URL: Final = 2_000
EMAIL: Final = 254
"""RFC 5321 limits a path to 256 octets, the brackets included."""
CURRENCY: Final = 8
PRODUCTS: Final = 100

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.I
)
_LARGEST: Final = Decimal(10) ** 15
_NO_CONTROLS: Final = r"^[^\u0000-\u001f\u007f-\u009f]+$"
_YEARS: Final = "Between 1970 and 2200."


def _identifier(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("it has to be a text")
    text = value.strip()
    if not text:
        raise ValueError("it is empty")
    if len(text) > ID:
        raise ValueError(f"it is longer than {ID} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("it has control characters in it")
    return text


def _safe(limit: int, *, required: bool) -> BeforeValidator:
    def check(value: object) -> str:
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            raise ValueError("it has to be a text")
        text = clean(value, limit).text
        if required and not text:
            raise ValueError("it is empty")
        return text

    return BeforeValidator(check)


def _text_schema(limit: int, *, required: bool, example: str = "") -> WithJsonSchema:
    kind: str | list[str] = "string" if required else ["string", "null"]
    schema: dict[str, Any] = {"type": kind, "description": f"Kept up to {limit} characters."}
    if required:
        schema["minLength"] = 1
    if example:
        schema["examples"] = [example]
    return WithJsonSchema(schema)


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise ValueError("it has to be a day such as 2026-12-31")
    try:
        found = date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError("there is no such day") from error
    if not _EARLIEST.date() <= found < _LATEST.date():
        raise ValueError("it has to be between 1970 and 2200")
    return found


def _moment(value: object) -> datetime:
    """ISO 8601; a day alone is its midnight, and a time without a zone is UTC: CRMs send both."""
    if not isinstance(value, str):
        raise ValueError("it has to be a time such as 2026-12-31T09:30:00Z")
    text = value.strip()
    if _DAY.fullmatch(text):
        day = _day(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    if not _MOMENT.fullmatch(text):
        raise ValueError("it has to be a time such as 2026-12-31T09:30:00Z")
    try:
        found = datetime.fromisoformat(text.upper().replace(",", "."))
    except ValueError as error:
        raise ValueError("there is no such time") from error
    # Years are compared first: the first and last representable days can't be moved to another zone.
    if not _EARLIEST.year <= found.year < _LATEST.year:
        raise ValueError("it has to be between 1970 and 2200")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _day_or_none(value: object) -> date | None:
    """A day, or the day a time names where it was written; '' is none."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str) or not _MOMENT.fullmatch(value.strip()):
        return _day(value)
    _moment(value)
    return _day(value.strip()[:10])


def _money(value: Decimal) -> Decimal:
    if abs(value) >= _LARGEST:
        raise ValueError("it is too large")
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def _figure(value: object) -> object:
    """Money: a JSON number, or the same as a text, as several CRMs write it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("it has to be a number")
    if isinstance(value, str) and len(value) > WORD:
        raise ValueError("it is too large")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("it has to be a number")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError("it is too large") from error


def _whole(value: object) -> object:
    """JSON knows no whole numbers: 9.0 is 9."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("it has to be a whole number")
    if value != int(value):
        raise ValueError("it has to be a whole number")
    return int(value)


def _flag(value: object) -> object:
    if value is not None and not isinstance(value, bool):
        raise ValueError("it has to be true or false")
    return value


def _web(value: object) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise ValueError("it has to be a text")
    text = value.strip()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError as error:
        raise ValueError("it has to be a web address beginning with https://") from error
    if not usable or any(c.isspace() or not c.isprintable() or c in '<>|"' for c in text):
        raise ValueError("it has to be a web address beginning with https://")
    if len(text) > URL:
        raise ValueError(f"it is longer than {URL} characters")
    return text


def _list(value: object) -> object:
    return [] if value is None else value


Identifier = Annotated[
    str,
    BeforeValidator(_identifier),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1, "maxLength": ID, "pattern": _NO_CONTROLS}, {"type": "integer"}]}
    ),
]
Name = Annotated[str, _safe(NAME, required=True), _text_schema(NAME, required=True)]
Word = Annotated[str, _safe(WORD, required=True), _text_schema(WORD, required=True)]
OptionalWord = Annotated[str, _safe(WORD, required=False), _text_schema(WORD, required=False)]
Notes = Annotated[str, _safe(NOTES, required=False), _text_schema(NOTES, required=False)]
Email = Annotated[str, _safe(EMAIL, required=True), AfterValidator(str.lower), _text_schema(EMAIL, required=True)]
OptionalEmail = Annotated[
    str, _safe(EMAIL, required=False), AfterValidator(str.lower), _text_schema(EMAIL, required=False)
]
Currency = Annotated[
    str,
    _safe(CURRENCY, required=False),
    AfterValidator(str.upper),
    WithJsonSchema({"type": ["string", "null"], "maxLength": CURRENCY, "examples": ["EUR"]}),
]
Web = Annotated[
    str, BeforeValidator(_web), WithJsonSchema({"type": ["string", "null"], "maxLength": URL, "format": "uri"})
]
Products = Annotated[list[Word], BeforeValidator(_list), Field(max_length=PRODUCTS)]
Money = Annotated[
    Decimal,
    BeforeValidator(_figure),
    Field(allow_inf_nan=False),
    AfterValidator(_money),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": -1e15, "exclusiveMaximum": 1e15},
                {"type": "string", "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$"},
            ],
            "examples": [48000, "48000.00"],
        }
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": _YEARS}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "description": f"ISO 8601; without a zone it is UTC. {_YEARS}"}
    ),
]
OptionalDay = Annotated[
    date | None,
    BeforeValidator(_day_or_none),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
                {"type": "string", "maxLength": 0},
                {"type": "null"},
            ],
            "description": _YEARS,
        }
    ),
]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(_number)]
Number = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False), BeforeValidator(_number)]
Score = Annotated[int, Field(ge=0, le=10), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
