"""Rules that bind several fields of one object."""

import pytest

from sandbox.blockkit import limits
from sandbox.blockkit.api import Surface, format_problems, validate_blocks, validate_suggestions
from tests.sandbox.blockkit.block_samples import holding, plot, surface_of
from tests.sandbox.blockkit.samples import IMAGE, Json, Value, mrkdwn, option, plain, rich


def found(block: Json, surface: Surface = "message") -> set[tuple[str, str]]:
    return {(problem.pointer, problem.message) for problem in validate_blocks([block], surface)}


def found_in(element: Json) -> set[tuple[str, str]]:
    """Problems of an element, with pointers from the element on."""
    block = holding(element)
    at = "/blocks/0/element" if block["type"] == "input" else "/blocks/0/elements/0"
    return {(pointer.removeprefix(at), message) for pointer, message in found(block, surface_of(element))}


def options(count: int) -> list[Json]:
    return [option(f"o{index}") for index in range(count)]


def select(**more: Value) -> Json:
    return {"type": "static_select", **more}


def multi(**more: Value) -> Json:
    return {"type": "multi_static_select", **more}


@pytest.mark.parametrize(
    ("element", "most"),
    [
        ("static_select", limits.OPTIONS),
        ("multi_static_select", limits.OPTIONS),
        ("checkboxes", limits.CHOICE_OPTIONS),
        ("radio_buttons", limits.CHOICE_OPTIONS),
        ("overflow", limits.OVERFLOW_OPTIONS),
    ],
)
def test_number_of_options(element: str, most: int) -> None:
    assert found_in({"type": element, "options": options(most)}) == set()
    assert found_in({"type": element, "options": options(most + 1)}) == {
        ("/options", f"no more than {most} items allowed")
    }
    assert found_in({"type": element, "options": []}) == {("/options", "must provide at least 1 items")}


def test_number_of_option_groups_and_of_options_in_one() -> None:
    group = {"label": plain(), "options": options(limits.GROUP_OPTIONS)}
    assert found_in(select(option_groups=[group] * limits.OPTION_GROUPS)) == set()
    assert found_in(select(option_groups=[group] * (limits.OPTION_GROUPS + 1))) == {
        ("/option_groups", "no more than 100 items allowed")
    }
    full = {"label": plain(), "options": options(limits.GROUP_OPTIONS + 1)}
    assert found_in(select(option_groups=[full])) == {("/option_groups/0/options", "no more than 100 items allowed")}


def test_options_or_groups_but_not_both() -> None:
    group = {"label": plain(), "options": options(1)}
    assert found_in(select()) == {("/type", "must define either `options` or `option_groups`")}
    assert found_in(select(options=options(1), option_groups=[group])) == {
        ("/type", "must define only one of `options` or `option_groups`")
    }


@pytest.mark.parametrize("where", ["options", "option_groups"])
def test_initial_option_must_be_among_the_options(where: str) -> None:
    held = options(2) if where == "options" else [{"label": plain(), "options": options(2)}]
    message = "`initial_option` must match one of the provided options"
    assert found_in(select(**{where: held}, initial_option=option("o1"))) == set()
    assert found_in(select(**{where: held}, initial_option=option("o2"))) == {("/initial_option", message)}
    renamed = {"text": plain("other"), "value": "o1"}
    assert found_in(select(**{where: held}, initial_option=renamed)) == {("/initial_option", message)}
    described = option("o1", description=plain())
    assert found_in(select(**{where: held}, initial_option=described)) == {("/initial_option", message)}


def test_initial_option_may_leave_out_what_slack_fills_in() -> None:
    bare = {"text": {"type": "plain_text", "text": "o1"}, "value": "o1"}
    assert found_in(select(options=options(2), initial_option=bare)) == set()


@pytest.mark.parametrize("kind", ["multi_static_select", "checkboxes"])
def test_initial_options_must_be_among_the_options(kind: str) -> None:
    element = {"type": kind, "options": options(3), "initial_options": options(3)}
    assert found_in(element) == set()
    element["initial_options"] = [option("o0"), option("x")]
    assert found_in(element) == {("/initial_options/1", "`initial_options` must match one of the provided options")}
    element["initial_options"] = []
    assert found_in(element) == {("/initial_options", "must provide at least 1 items")}


@pytest.mark.parametrize(
    ("kind", "field", "item"),
    [
        ("multi_users_select", "initial_users", "U1"),
        ("multi_conversations_select", "initial_conversations", "C1"),
        ("multi_channels_select", "initial_channels", "C1"),
        ("multi_external_select", "initial_options", option("a")),
    ],
)
def test_no_more_initial_items_than_can_be_selected(kind: str, field: str, item: Value) -> None:
    assert found_in({"type": kind, field: [item] * 2, "max_selected_items": 2}) == set()
    assert found_in({"type": kind, field: [item] * 3, "max_selected_items": 2}) == {
        (f"/{field}", "no more than 2 items allowed")
    }


def test_text_of_options_by_element() -> None:
    marked = {"text": mrkdwn(), "value": "a"}
    assert found_in({"type": "radio_buttons", "options": [marked]}) == set()
    for kind in ("static_select", "overflow"):
        assert found_in({"type": kind, "options": [marked]}) == {("/options/0/text/type", "unsupported type: mrkdwn")}


def test_only_overflow_options_have_addresses() -> None:
    linked = option("a", url="https://a.example")
    assert found_in({"type": "overflow", "options": [linked]}) == set()
    assert found_in(select(options=[linked])) == {("/options/0", "invalid additional property: url")}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"min_length": 3, "max_length": 3}, None),
        ({"min_length": 4, "max_length": 3}, ("/min_length", "`min_length` must not be greater than `max_length`")),
        ({"initial_value": "abc", "max_length": 3}, None),
        ({"initial_value": "abcd", "max_length": 3}, ("/initial_value", "must be less than 4 characters")),
        ({"initial_value": "abc", "min_length": 3}, None),
        ({"initial_value": "ab", "min_length": 3}, ("/initial_value", "must be more than 2 characters")),
        ({"initial_value": "x" * 3000}, None),
        ({"initial_value": "x" * 3001}, ("/initial_value", "must be less than 3001 characters")),
    ],
)
def test_lengths_of_a_text_input(fields: Json, wrong: tuple[str, str] | None) -> None:
    assert found_in({"type": "plain_text_input", **fields}) == ({wrong} if wrong else set())


WHOLE = "must be an integer when `is_decimal_allowed` is false"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"min_value": "2", "max_value": "2"}, None),
        ({"min_value": "3", "max_value": "2"}, ("/min_value", "`min_value` must not be greater than `max_value`")),
        ({"initial_value": "2", "min_value": "2", "max_value": "2"}, None),
        ({"initial_value": "1", "min_value": "2"}, ("/initial_value", "must not be less than `min_value`")),
        ({"initial_value": "3", "max_value": "2"}, ("/initial_value", "must not be greater than `max_value`")),
        ({"initial_value": "1.5"}, ("/initial_value", WHOLE)),
        ({"min_value": "1.5"}, ("/min_value", WHOLE)),
        ({"max_value": "1.5"}, ("/max_value", WHOLE)),
        ({"initial_value": "-10"}, None),
        ({"initial_value": "١٠"}, ("/initial_value", "must be a valid number")),
        ({"initial_value": 10}, ("/initial_value", "must provide a string")),
    ],
)
def test_range_of_a_number_input(fields: Json, wrong: tuple[str, str] | None) -> None:
    element = {"type": "number_input", "is_decimal_allowed": False, **fields}
    assert found_in(element) == ({wrong} if wrong else set())


def test_decimals_where_they_are_allowed() -> None:
    element = {"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.5", "min_value": ".5"}
    assert found_in(element) == set()


def test_lines_of_a_rich_text_input() -> None:
    assert found_in({"type": "rich_text_input", "min_lines": 2, "max_lines": 2}) == set()
    assert found_in({"type": "rich_text_input", "min_lines": 3, "max_lines": 2}) == {
        ("/min_lines", "`min_lines` must not be greater than `max_lines`")
    }


def test_a_filter_says_something() -> None:
    for filters in ({"include": ["im"]}, {"exclude_bot_users": False}):
        assert found_in({"type": "conversations_select", "filter": filters}) == set()
    names = "`include` or `exclude_external_shared_channels` or `exclude_bot_users`"
    assert found_in({"type": "conversations_select", "filter": {}}) == {
        ("/filter", f"must define at least one of {names}")
    }


def test_a_section_says_something() -> None:
    assert found({"type": "section", "fields": [mrkdwn()]}) == set()
    message = ("/blocks/0/type", "must define either `text` or `fields`")
    assert found({"type": "section"}) == {message}
    assert found({"type": "section", "accessory": IMAGE}) == {message}
    assert found({"type": "section", "fields": []}) == {("/blocks/0/fields", "must provide at least 1 items")}


@pytest.mark.parametrize("wrap", [False, True])
def test_an_image_has_one_source(wrap: bool) -> None:
    bare: Json = {"type": "image", "alt_text": "a"}
    both = {**IMAGE, "slack_file": {"id": "F0CHART001"}}
    at = "/blocks/0/accessory" if wrap else "/blocks/0"

    def problems(image: Json) -> set[tuple[str, str]]:
        return found({"type": "section", "text": plain(), "accessory": image} if wrap else image)

    assert problems(bare) == {(at, "missing required field: image_url")}
    assert problems({"type": "image"}) == {(at, "missing required field: alt_text")}
    assert problems(both) == {(at, "must define only one of `image_url` or `slack_file`")}
    either = "must define either `id` or `url`"
    assert problems({**bare, "slack_file": {}}) == {(f"{at}/slack_file", either)}


def test_a_card_says_something_and_has_one_icon() -> None:
    said = "must define either `hero_image` or `title` or `actions` or `body`"
    assert found({"type": "card", "subtitle": plain()}) == {("/blocks/0/type", said)}
    icon = {"type": "icon", "name": "star"}
    assert found({"type": "card", "title": plain(), "icon": IMAGE, "slack_icon": icon}) == {
        ("/blocks/0/type", "must define only one of `icon` or `slack_icon`")
    }


def test_a_container_has_a_title_and_no_line_when_it_collapses() -> None:
    inside = [{"type": "divider"}]
    assert found({"type": "container", "child_blocks": inside}) == {
        ("/blocks/0/type", "must define either `title` or `rich_text_title`")
    }
    folded = {"type": "container", "title": plain(), "child_blocks": inside, "is_collapsible": True}
    assert found(folded) == set()
    assert found({**folded, "has_header_divider": True}) == {
        ("/blocks/0/has_header_divider", "cannot be set when `is_collapsible` is true")
    }


def test_pending_tasks_stand_only_in_a_plan() -> None:
    task = {"task_id": "1", "title": "t", "status": "pending"}
    assert found({"type": "plan", "title": "p", "tasks": [task]}) == set()
    assert found({"type": "task_card", **task}) == {("/blocks/0/status", "must be a valid enum value")}


def table(rows: int, cells: int, kind: str = "table", words: str = "a") -> Json:
    cell = {"type": "raw_text", "text": words}
    more = {"caption": "c"} if kind == "data_table" else {}
    return {"type": kind, "rows": [[cell] * cells for _ in range(rows)], **more}


@pytest.mark.parametrize(
    ("kind", "fewest", "most", "cells"),
    [
        ("table", 1, limits.TABLE_ROWS, limits.TABLE_CELLS),
        ("data_table", limits.DATA_TABLE_ROWS_MIN, limits.DATA_TABLE_ROWS, limits.DATA_TABLE_CELLS),
    ],
)
def test_size_of_a_table(kind: str, fewest: int, most: int, cells: int) -> None:
    assert found(table(most, cells, kind)) == set()
    assert found(table(fewest, 1, kind)) == set()
    assert found(table(most + 1, 1, kind)) == {("/blocks/0/rows", f"no more than {most} items allowed")}
    assert found(table(fewest - 1, 1, kind)) == {("/blocks/0/rows", f"must provide at least {fewest} items")}
    assert ("/blocks/0/rows/0", f"no more than {cells} items allowed") in found(table(fewest, cells + 1, kind))


@pytest.mark.parametrize(
    ("kind", "longest"),
    [("table", limits.TABLE_TEXT_TOTAL), ("data_table", limits.DATA_TABLE_TEXT_TOTAL)],
)
def test_characters_of_a_table(kind: str, longest: int) -> None:
    assert found(table(2, 1, kind, "x" * (longest // 2))) == set()
    assert found(table(2, 1, kind, "x" * (longest // 2 + 1))) == {
        ("/blocks", f"all `{kind}` blocks together must be less than {longest + 1} characters")
    }


def test_cells_of_a_table() -> None:
    number = {"type": "raw_number", "text": "1"}
    block = {"type": "table", "rows": [[number]]}
    assert found(block) == {("/blocks/0/rows/0/0", "missing required field: value")}
    assert found({"type": "table", "rows": [[mrkdwn()]]}) == {("/blocks/0/rows/0/0/type", "unsupported type: mrkdwn")}
    ragged = {"type": "table", "rows": [[{**number, "value": 1}], [{**number, "value": 1}] * 2]}
    assert found(ragged) == set()
    assert found({**ragged, "type": "data_table", "caption": "c"}) == {
        ("/blocks/0/rows/1", "all rows must have the same number of cells")
    }


def test_header_of_a_data_table() -> None:
    cell = rich({"type": "rich_text_section", "elements": []})
    block = table(2, 2, "data_table")
    block["rows"][0] = [cell, *block["rows"][0][1:]]
    assert found(block) == {("/blocks/0/rows/0/0/type", "unsupported type: rich_text")}
    assert found({**table(2, 2, "data_table"), "row_header_column_index": 1}) == set()
    assert found({**table(2, 2, "data_table"), "row_header_column_index": 2}) == {
        ("/blocks/0/row_header_column_index", "must be less than 2")
    }


def chart(shape: Json) -> Json:
    return {"type": "data_visualization", "title": "t", "chart": shape}


def series(count: int, points: int) -> Json:
    labels = [f"l{index}" for index in range(points)]
    data = [{"label": label, "value": 1} for label in labels]
    lines = [{"name": f"s{index}", "data": data} for index in range(count)]
    return {"type": "bar", "series": lines, "axis_config": {"categories": labels}}


def test_size_of_a_chart() -> None:
    assert found(chart(series(limits.CHART_SERIES, limits.CHART_POINTS))) == set()
    assert found(chart(series(limits.CHART_SERIES + 1, 1))) == {
        ("/blocks/0/chart/series", "no more than 12 items allowed")
    }
    assert ("/blocks/0/chart/series/0/data", "no more than 20 items allowed") in found(
        chart(series(1, limits.CHART_POINTS + 1))
    )


def test_series_match_their_categories() -> None:
    twice = series(2, 1)
    twice["series"][1]["name"] = "s0"
    assert found(chart(twice)) == {("/blocks/0/chart/series/1/name", "must be unique")}
    short = plot("line")
    short["axis_config"]["categories"] = ["a", "b"]
    assert found(chart(short)) == {("/blocks/0/chart/series/0/data", "must match `axis_config.categories`")}


def test_suggestions() -> None:
    group = {"label": plain(), "options": options(1)}
    assert validate_suggestions({"options": []}) == []
    assert validate_suggestions({"options": options(100)}) == []
    assert validate_suggestions({"option_groups": [group]}) == []
    assert format_problems(validate_suggestions({"options": options(101)})) == [
        "[ERROR] no more than 100 items allowed [json-pointer:/options]"
    ]
    for wrong in ({}, None, [], {"options": options(1), "option_groups": [group]}, {"options": [{"value": "a"}]}):
        assert [problem.code for problem in validate_suggestions(wrong)] == ["invalid_arguments"]
