"""The `state.values` of a view or message: one entry for every element that can hold a value.

Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

from collections.abc import Iterator
from typing import Any, cast

from sandbox.blockkit.schema import JsonValue
from sandbox.blockkit.surface import block_elements, nested_blocks

Values = dict[str, dict[str, dict[str, Any]]]

PLURAL = frozenset({"selected_options", "selected_users", "selected_conversations", "selected_channels", "files"})

# element type → (member of the state, member that sets it at first)
STATEFUL: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}


def stateful_elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(block, element) for every element that holds a value; buttons and menus of actions hold none."""
    for _, block in nested_blocks(cast("list[Any]", blocks), ""):
        for _, element in block_elements(block):
            if element["type"] in STATEFUL:
                yield cast("dict[str, Any]", block), cast("dict[str, Any]", element)


def state_shape(element: dict[str, Any], value: JsonValue = None) -> dict[str, Any]:
    """One entry of `state.values`: `{"type": …, "value" or "selected_…": value}`; blank text becomes null.

    Raises KeyError for an element that holds no value (button, overflow, image).
    """
    member = STATEFUL[element["type"]][0]
    held = value
    if value is None or value == "":
        held = list[object]() if member in PLURAL else None
    shape: dict[str, Any] = {"type": element["type"], member: held}
    if element["type"] == "timepicker" and "timezone" in element:
        shape["timezone"] = element["timezone"]
    return shape


def initial_values(view: dict[str, Any], conversation: str | None = None) -> Values:
    """What `view.state.values` holds when nothing was typed; every block and element must have its id.

    `conversation` is where the view was opened, for `default_to_current_conversation`.
    """
    values: Values = {}
    for block, element in stateful_elements(view.get("blocks", [])):
        initial = element.get(STATEFUL[element["type"]][1])
        if initial is None and conversation is not None and element.get("default_to_current_conversation"):
            initial = [conversation] if element["type"].startswith("multi_") else conversation
        values.setdefault(block["block_id"], {})[element["action_id"]] = state_shape(element, initial)
    return values
