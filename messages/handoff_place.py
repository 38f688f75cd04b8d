"""What a view of the handoff form remembers in its `private_metadata`: which handoff, version and entry."""

import json
from dataclasses import asdict, dataclass, fields
from hashlib import blake2s
from typing import Any, Final, cast

from domain.limits import ITEM_WORD
from messages.limits import OPTION_VALUE

_LONGEST_TOKEN: Final = OPTION_VALUE - len("remove:")


class BadPlace(ValueError):
    """The metadata of a view is not ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the form somebody is.

    `base` is the version their answers started from (0: none yet). `field` and `item` name the list and the entry of a
    pushed view ('' for a new entry), `page` the list's page from 0. `against` is the version a conflict was shown for.
    """

    deal: int
    handoff: int
    base: int
    field: str = ""
    item: str = ""
    page: int = 0
    against: int = 0


def dump(place: Place) -> str:
    """The place as `private_metadata`; what has its default is left out."""
    blank = Place(0, 0, 0)
    always = ("deal", "handoff", "base")
    kept = {name: value for name, value in asdict(place).items() if name in always or value != getattr(blank, name)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def load(metadata: str) -> Place:
    """Reads what `dump` wrote. Raises BadPlace for anything else."""
    try:
        value = json.loads(metadata)
    except ValueError as error:
        raise BadPlace("the view's metadata is not JSON") from error
    if not isinstance(value, dict):
        raise BadPlace("the view's metadata is not an object")
    given = cast("dict[str, Any]", value)
    known = {field.name: field.type for field in fields(Place)}
    for name, content in given.items():
        if known.get(name) not in (type(content), type(content).__name__) or isinstance(content, bool):
            raise BadPlace(f"the view's metadata has a strange {name!r}")
    if not {"deal", "handoff", "base"} <= given.keys():
        raise BadPlace("the view's metadata names no handoff")
    return Place(**given)


def token(item_id: str) -> str:
    """An entry's id as it fits into an option's value; long ids become a digest."""
    plain = len(item_id) <= min(_LONGEST_TOKEN, ITEM_WORD) and item_id.isascii()
    return item_id if plain else blake2s(item_id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
