"""Rules that bind several members of one object. Each is `rule(members, at, out)`."""

from collections.abc import Iterable
from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.formats import DECIMAL, WHOLE
from sandbox.blockkit.problem import Problem
from sandbox.blockkit.schema import Json, Out, Rule


def _quoted(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _where(members: Json, at: str) -> str:
    """Slack points at the `type` of an object that has one."""
    return f"{at}/type" if "type" in members else at


def either(*names: str) -> Rule:
    """At least one of `names` must be there."""

    def rule(members: Json, at: str, out: Out) -> None:
        if not any(name in members for name in names):
            out.append(Problem(_where(members, at), f"must define either {_quoted(names)}"))

    return rule


def exactly_one(*names: str) -> Rule:
    """One and only one of `names` must be there."""

    def rule(members: Json, at: str, out: Out) -> None:
        present = sum(name in members for name in names)
        if present == 0:
            out.append(Problem(_where(members, at), f"must define either {_quoted(names)}"))
        elif present > 1:
            out.append(Problem(_where(members, at), f"must define only one of {_quoted(names)}"))

    return rule


def not_both(first: str, second: str) -> Rule:
    """The two members exclude each other."""

    def rule(members: Json, at: str, out: Out) -> None:
        if first in members and second in members:
            out.append(Problem(_where(members, at), f"must define only one of `{first}` or `{second}`"))

    return rule


def image_source(members: Json, at: str, out: Out) -> None:
    """An image comes from a public address or from a Slack file, never both."""
    if "image_url" not in members and "slack_file" not in members:
        out.append(Problem(at, "missing required field: image_url"))
    elif "image_url" in members and "slack_file" in members:
        out.append(Problem(at, "must define only one of `image_url` or `slack_file`"))


def divider_or_collapsible(members: Json, at: str, out: Out) -> None:
    """A container that can be collapsed has no line under its header."""
    if members.get("has_header_divider") and members.get("is_collapsible"):
        out.append(Problem(f"{at}/has_header_divider", "cannot be set when `is_collapsible` is true"))


def at_least_one(*names: str) -> Rule:
    """An object without a `type`, of which one member must be there."""

    def rule(members: Json, at: str, out: Out) -> None:
        if not any(name in members for name in names):
            out.append(Problem(at, f"must define at least one of {_quoted(names)}"))

    return rule


def ordered(low: str, high: str) -> Rule:
    """`low` must not be above `high`."""

    def rule(members: Json, at: str, out: Out) -> None:
        least, most = members.get(low), members.get(high)
        if least is not None and most is not None and float(least) > float(most):
            out.append(Problem(f"{at}/{low}", f"`{low}` must not be greater than `{high}`"))

    return rule


def length_within(members: Json, at: str, out: Out) -> None:
    """A plain-text input's `initial_value` obeys its own `min_length` and `max_length`."""
    value = members.get("initial_value")
    if value is None:
        return
    length = len(value)
    if length > members.get("max_length", limits.INPUT_LENGTH):
        most = members.get("max_length", limits.INPUT_LENGTH)
        out.append(Problem(f"{at}/initial_value", f"must be less than {most + 1} characters"))
    elif length and length < members.get("min_length", 0):
        out.append(Problem(f"{at}/initial_value", f"must be more than {members['min_length'] - 1} characters"))


def number_within(members: Json, at: str, out: Out) -> None:
    """A number input's numbers are whole unless decimals are allowed, and the initial one is in range."""
    if not members.get("is_decimal_allowed"):
        for name in ("initial_value", "min_value", "max_value"):
            value = members.get(name)
            if value is not None and WHOLE.fullmatch(value) is None:
                out.append(Problem(f"{at}/{name}", "must be an integer when `is_decimal_allowed` is false"))
                return
    value = members.get("initial_value")
    if value is None or DECIMAL.fullmatch(value) is None:
        return
    if "min_value" in members and float(value) < float(members["min_value"]):
        out.append(Problem(f"{at}/initial_value", "must not be less than `min_value`"))
    if "max_value" in members and float(value) > float(members["max_value"]):
        out.append(Problem(f"{at}/initial_value", "must not be greater than `max_value`"))


def all_options(members: Json) -> list[dict[str, Any]]:
    """Every option of a select, whether in `options` or in `option_groups`."""
    if "options" in members:
        return cast("list[dict[str, Any]]", members["options"])
    groups = cast("list[dict[str, Any]]", members.get("option_groups", []))
    return [choice for group in groups for choice in group["options"]]


def _essence(choice: Json) -> tuple[object, ...]:
    """What makes two options the same: flags that Slack fills in itself do not count."""
    words = cast("Json", choice["text"])
    more = cast("Json", choice.get("description", {}))
    return (choice["value"], words["type"], words["text"], more.get("type"), more.get("text"))


def initial_among_options(members: Json, at: str, out: Out) -> None:
    """`initial_option(s)` must exactly match one of the options."""
    known: set[tuple[object, ...]] | None = None
    for name in ("initial_option", "initial_options"):
        chosen = members.get(name)
        if chosen is None:
            continue
        known = known or {_essence(choice) for choice in all_options(members)}
        many = cast("list[Json]", chosen if isinstance(chosen, list) else [chosen])
        for index, choice in enumerate(many):
            if _essence(choice) not in known:
                where = f"{at}/{name}/{index}" if name == "initial_options" else f"{at}/{name}"
                out.append(Problem(where, f"`{name}` must match one of the provided options"))


def initial_within_most(*names: str) -> Rule:
    """No more initial items than `max_selected_items`."""

    def rule(members: Json, at: str, out: Out) -> None:
        most = members.get("max_selected_items")
        for name in names:
            if most is not None and len(members.get(name, ())) > most:
                out.append(Problem(f"{at}/{name}", f"no more than {most} items allowed"))

    return rule


def first_duplicate(values: Iterable[Any]) -> tuple[int, Any] | None:
    """Index and value of the first value seen before."""
    seen: set[Any] = set()
    for index, value in enumerate(values):
        if value in seen:
            return index, value
        seen.add(value)
    return None
