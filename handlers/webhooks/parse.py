"""From the text of a webhook to what can be used of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Never, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.words import nearest
from handlers.webhooks.fields import Moment
from handlers.webhooks.models import EVENTS, SAMPLES, Refusal, UsageRecorded, UsageSample
from handlers.webhooks.problems import NotJson

_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)
_SAMPLES: Final = TypeAdapter(list[UsageSample])
_SHOWN: Final = 60


class Unusable(Exception):
    """Nothing in the body can be used."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        super().__init__("nothing can be used")
        self.refused = list(refused)


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook: its type, when the sender says it happened, what can be used of it, and what can't."""

    kind: str
    at: datetime
    data: BaseModel
    accepted: int = 1
    refused: list[Refusal] = field(default_factory=list[Refusal])


def parse(body_bytes: bytes) -> Event:
    """Read a body. Raises NotJson or Unusable."""
    body = _json(body_bytes)
    if not isinstance(body, dict):
        raise Unusable([_refusal("body", "it has to be an object with type, timestamp and data")])
    envelope = cast(Mapping[str, Any], body)
    kind = envelope.get("type")
    model = EVENTS.get(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str) or model is None:
        raise Unusable([_refusal("type", _unknown(kind))])
    refused = [] if isinstance(envelope.get("data"), dict) else [_refusal("data", "it has to be an object")]
    at = _at(envelope.get("timestamp"), refused)
    if refused or at is None:
        raise Unusable(refused)
    if model is UsageRecorded:
        return _usage(kind, at, envelope["data"])
    try:
        return Event(kind, at, model.model_validate(envelope["data"]))
    except ValidationError as error:
        raise Unusable(refusals(error)) from error


def _json(body: bytes) -> object:
    def no_constant(name: str) -> Never:
        raise NotJson(f"The body is not JSON: {name} is no JSON number.")

    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=no_constant)
    except UnicodeDecodeError as error:
        raise NotJson("The body is not JSON in UTF-8.") from error
    except RecursionError as error:
        raise NotJson("The body is not JSON that can be read: it is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise NotJson(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:
        raise NotJson("The body is not JSON that can be read: a number in it has too many digits.") from error


def _at(value: object, refused: list[Refusal]) -> datetime | None:
    if value is None:
        refused.append(_refusal("timestamp", "it is missing"))
        return None
    try:
        return _MOMENT.validate_python(value)
    except ValidationError as error:
        refused.append(_refusal("timestamp", _reason(error.errors(include_url=False)[0])))
        return None


def _usage(kind: str, at: datetime, data: Mapping[str, Any]) -> Event:
    """Each sample stands for itself: good ones are kept, bad ones named."""
    samples = data.get("samples")
    if not isinstance(samples, list):
        raise Unusable([_refusal("samples", "it has to be a list")])
    found = cast(list[object], samples)
    if not found:
        raise Unusable([_refusal("samples", "it is empty")])
    if len(found) > SAMPLES:
        raise Unusable([_refusal("samples", f"there are {len(found)}; at most {SAMPLES} are taken in one request")])
    good, refused = _good(found)
    if not good:
        raise Unusable(refused)
    return Event(kind, at, UsageRecorded.model_construct(samples=good), len(good), refused)


def _good(samples: list[object]) -> tuple[list[UsageSample], list[Refusal]]:
    try:
        return _SAMPLES.validate_python(samples), []
    except ValidationError as error:
        bad: dict[int, Refusal] = {}
        for one in error.errors(include_url=False, include_input=False):
            index = int(one["loc"][0])
            if index not in bad:
                bad[index] = _refusal(_path(one["loc"][1:]) or "samples", _reason(one), index)
    kept = [sample for index, sample in enumerate(samples) if index not in bad]
    return _SAMPLES.validate_python(kept), [bad[index] for index in sorted(bad)]


def refusals(error: ValidationError) -> list[Refusal]:
    """What is wrong, once for each field, by its path in `data`."""
    seen: dict[str, Refusal] = {}
    for one in error.errors(include_url=False, include_input=False):
        path = _path(one["loc"])
        seen.setdefault(path, _refusal(path, _reason(one)))
    return list(seen.values())


def _refusal(name: str, reason: str, index: int = 0) -> Refusal:
    return Refusal(index=index, field=name, reason=reason)


def _path(location: tuple[int | str, ...]) -> str:
    """Where in `data`: `account.name`, `products.3`. The branches of a union are no part of it."""
    parts = [str(part) for part in location if isinstance(part, int) or "[" not in part]
    return ".".join(parts)


def _reason(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "it is missing"
        case "value_error":
            return str(error["ctx"]["error"])
        case "model_type" | "model_attributes_type" | "dict_type":
            return "it has to be an object"
        case _:
            message = str(error["msg"])
            return message.replace("Input should", "it should").replace("List should", "the list should")


def _unknown(kind: object) -> str:
    if kind is None:
        return "it is missing"
    if not isinstance(kind, str):
        return "it has to be a text"
    near = nearest(kind[:_SHOWN], list(EVENTS))
    known = ", ".join(EVENTS)
    return f"there is no such type; did you mean {near}?" if near else f"there is no such type; known are {known}"
