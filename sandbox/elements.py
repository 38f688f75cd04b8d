"""Finding the element someone used, and how its use is told to the app."""

from collections.abc import Iterator
from typing import Any, cast

from sandbox.blockkit.state import STATEFUL, Values
from sandbox.blockkit.surface import block_elements, nested_blocks
from sandbox.errors import invalid

Json = dict[str, Any]
# What is copied from the element into the action that is told.
COPIED = ("text", "placeholder", "style", "confirm")
INITIAL = (
    "initial_option",
    "initial_options",
    "initial_date",
    "initial_time",
    "initial_date_time",
    "initial_user",
    "initial_channel",
    "initial_conversation",
    "initial_users",
    "initial_channels",
    "initial_conversations",
)
OPTION_KEYS = ("options", "option_groups")


def find_element(blocks: list[Json], used: Json) -> tuple[Json, Json]:
    """The block and element that `used` (`block_id`, `action_id`) names. Raises `invalid_arguments`."""
    for _, block in nested_blocks(cast("list[Any]", blocks), ""):
        if block.get("block_id") != used.get("block_id"):
            continue
        for _, element in block_elements(block):
            if element.get("action_id") == used.get("action_id"):
                return cast("Json", block), cast("Json", element)
    raise invalid("no such block_id and action_id", "/action")


def action_entry(block: Json, element: Json, used: Json, now: float) -> Json:
    """One entry of `actions`. Raises `invalid_arguments` for an option that the element does not have."""
    kind: str = element["type"]
    entry: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    entry |= {name: element[name] for name in (*COPIED, *INITIAL) if name in element}
    if kind in STATEFUL:
        member = STATEFUL[kind][0]
        entry[member] = used.get(member)
    elif kind == "overflow":
        entry["selected_option"] = used.get("selected_option")
    elif "value" in element:
        entry["value"] = element["value"]
    elif "value" in used:
        entry["value"] = used["value"]
    _check_options(element, entry)
    return entry | {"action_ts": f"{now:.6f}"}


def _check_options(element: Json, entry: Json) -> None:
    if not any(key in element for key in OPTION_KEYS):
        return
    known = {option["value"] for option in _options(element)}
    chosen = entry.get("selected_options")
    picked: list[Any] = chosen if chosen is not None else [entry["selected_option"]]
    for option in picked:
        if option is not None and option.get("value") not in known:
            raise invalid("not one of the element's options", "/action/selected_option")


def _options(element: Json) -> Iterator[Json]:
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group["options"]


def url_places(blocks: list[Json], values: Values) -> Iterator[tuple[str, str, str]]:
    """(block_id, action_id, channel id) of every conversation chosen in an input with `response_url_enabled`."""
    for _, block in nested_blocks(cast("list[Any]", blocks), ""):
        for _, element in block_elements(block):
            if not element.get("response_url_enabled"):
                continue
            state = values.get(block["block_id"], {}).get(element["action_id"], {})
            chosen = state.get("selected_conversation") or state.get("selected_channel")
            if chosen:
                yield block["block_id"], element["action_id"], str(chosen)
