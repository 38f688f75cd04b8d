"""What Slack's own client refuses before it sends a view submission."""

from collections.abc import Callable
from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.formats import DECIMAL, EMAIL, TIME, WHOLE, is_date, is_web_address
from sandbox.blockkit.rules import all_options
from sandbox.blockkit.schema import JsonValue
from sandbox.blockkit.state import STATEFUL, stateful_elements

Element = dict[str, Any]
Judge = Callable[[Element, JsonValue], str | None]

REQUIRED = "Please complete this required field."


def _plain_text(element: Element, value: JsonValue) -> str | None:
    if not isinstance(value, str):
        return "Please enter text."
    least, most = element.get("min_length", 0), element.get("max_length", limits.INPUT_LENGTH)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter no more than {most} characters." if len(value) > most else None


def _email(_: Element, value: JsonValue) -> str | None:
    sound = isinstance(value, str) and EMAIL.fullmatch(value) is not None
    return None if sound else "Please enter a valid email address."


def _url(_: Element, value: JsonValue) -> str | None:
    sound = isinstance(value, str) and len(value) <= limits.URL and is_web_address(value)
    return None if sound else "Please enter a valid URL."


def _number(element: Element, value: JsonValue) -> str | None:
    if not isinstance(value, str) or DECIMAL.fullmatch(value) is None:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and WHOLE.fullmatch(value) is None:
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number that is at least {least}."
    if most is not None and float(value) > float(most):
        return f"Please enter a number that is at most {most}."
    return None


def _date(_: Element, value: JsonValue) -> str | None:
    return None if isinstance(value, str) and is_date(value) else "Please choose a valid date."


def _time(_: Element, value: JsonValue) -> str | None:
    sound = isinstance(value, str) and TIME.fullmatch(value) is not None
    return None if sound else "Please choose a valid time."


def _moment(_: Element, value: JsonValue) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    sound = whole and limits.TIMESTAMP_MIN <= value <= limits.TIMESTAMP_MAX
    return None if sound else "Please choose a valid date and time."


def _is_option(element: Element, value: JsonValue) -> bool:
    if not isinstance(value, dict) or not isinstance(cast("Element", value).get("value"), str):
        return False
    if "options" not in element and "option_groups" not in element:
        return True
    known = {choice["value"] for choice in all_options(element)}
    return cast("Element", value)["value"] in known


def _one_option(element: Element, value: JsonValue) -> str | None:
    return None if _is_option(element, value) else "Please choose one of the options."


def _one_id(_: Element, value: JsonValue) -> str | None:
    return None if isinstance(value, str) else "Please choose one of the options."


def _many(element: Element, value: JsonValue) -> str | None:
    if not isinstance(value, list):
        return "Please choose one of the options."
    items = cast("list[Any]", value)
    most = element.get("max_selected_items")
    if most is not None and len(items) > most:
        return f"Please choose no more than {most} items."
    with_options = STATEFUL[element["type"]][0] == "selected_options"
    judge = _one_option if with_options else _one_id
    return next((said for item in items if (said := judge(element, item))), None)


def _files(element: Element, value: JsonValue) -> str | None:
    if not isinstance(value, list):
        return "Please add a file."
    files = cast("list[Any]", value)
    most = element.get("max_files", limits.FILES)
    if len(files) > most:
        return f"Please add no more than {most} files."
    kinds = {kind.lower().removeprefix(".") for kind in element.get("filetypes", ())}
    for file in files:
        name = str(cast("Element", file).get("name", "")) if isinstance(file, dict) else ""
        if kinds and "." in name and name.rsplit(".", 1)[-1].lower() not in kinds:
            return f"Please add only files of these types: {', '.join(sorted(kinds))}."
    return None


def _rich_text(_: Element, value: JsonValue) -> str | None:
    sound = isinstance(value, dict) and cast("Element", value).get("type") == "rich_text"
    return None if sound else "Please enter text."


_JUDGES: dict[str, Judge] = {
    "plain_text_input": _plain_text,
    "email_text_input": _email,
    "url_text_input": _url,
    "number_input": _number,
    "rich_text_input": _rich_text,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _moment,
    "static_select": _one_option,
    "external_select": _one_option,
    "radio_buttons": _one_option,
    "users_select": _one_id,
    "conversations_select": _one_id,
    "channels_select": _one_id,
    "file_input": _files,
}


def _held(values: object, block_id: str, element: Element) -> JsonValue:
    """The value typed for an element, or None for anything blank or malformed."""
    held: Any = values
    for key in (block_id, element["action_id"], STATEFUL[element["type"]][0]):
        held = cast("Element", held).get(key) if isinstance(held, dict) else None
    return None if held in ("", [], {}) else held


def check_submission(view: dict[str, Any], values: object) -> dict[str, str]:
    """`{block_id: sentence}` for every input block of a modal that the client would not let through.

    `values` has the form of `state.values`; blocks and elements must have their ids.
    """
    said: dict[str, str] = {}
    for block, element in stateful_elements(view.get("blocks", [])):
        if block["type"] != "input":
            continue
        value = _held(values, block["block_id"], element)
        if value is None:
            sentence = None if block.get("optional") else REQUIRED
        else:
            sentence = _JUDGES.get(element["type"], _many)(element, value)
        if sentence:
            said[block["block_id"]] = sentence
    return said
