"""What a window of the form and its buttons carry back. Whoever made it up hears that it is out of date."""

import json
from typing import cast

from domain.handoff_lists import Item, item_from_json
from handlers.listen import Body
from messages.handoff_item import PARTS
from messages.handoff_place import BadPlace, Place, load


def window_of(body: Body) -> Body:
    """The window something was pressed or typed in. Raises BadPlace outside one."""
    if "view" not in body:
        raise BadPlace("a button of a window was pressed outside one")
    return cast("Body", body["view"])


def place_of(body: Body) -> Place:
    """Where in the form somebody is. Raises BadPlace."""
    return load(window_of(body).get("private_metadata", ""))


def list_of_place(body: Body) -> Place:
    """The same in the window of a list or of its entry. Raises BadPlace."""
    place = place_of(body)
    if place.field not in PARTS:
        raise BadPlace("the window is about no list")
    return place


def list_named(body: Body) -> str:
    """The list a button opens. Raises BadPlace."""
    name = str(body["actions"][0].get("value"))
    if name not in PARTS:
        raise BadPlace("the button is about no list")
    return name


def page_of(body: Body) -> int:
    """The page a button turns to. Raises BadPlace."""
    value = str(body["actions"][0].get("value"))
    if not value.isdecimal() or len(value) > 6:
        raise BadPlace("the button carries no page")
    return int(value)


def chosen_of(body: Body) -> tuple[str, str]:
    """What is to be done with which entry, from an entry's menu. Raises BadPlace."""
    option = body["actions"][0].get("selected_option")
    if not option:
        raise BadPlace("nothing was chosen")
    what, _, named = str(option["value"]).partition(":")
    return what, named


def removed_of(body: Body, field: str) -> tuple[Item, int]:
    """The entry an undo brings back, and where it stood. Raises BadPlace."""
    try:
        value = json.loads(str(body["actions"][0].get("value")))
        return item_from_json(field, value["item"]), max(0, int(value["at"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPlace("the button carries no entry") from error
