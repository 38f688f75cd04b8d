"""Valid blocks that use every field, with the surface they stand on."""

from sandbox.blockkit.api import Surface
from sandbox.blockkit.elements import IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_SECTION, ONLY_ON
from tests.sandbox.blockkit.samples import ELEMENTS, IMAGE, TREE, Json, mrkdwn, plain, rich

ID = {"block_id": "block"}
RAW = {"type": "raw_text", "text": "a"}
NUMBER = {"type": "raw_number", "text": "1", "value": 1}
CELL = rich({"type": "rich_text_section", "elements": [{"type": "text", "text": "b"}]})
TASK: Json = {
    "task_id": "t",
    "title": "Title",
    "details": CELL,
    "output": CELL,
    "sources": [{"type": "url", "url": "https://a.example", "text": "a"}],
    "status": "complete",
    **ID,
}
CARD_TEXTS: Json = {"title": mrkdwn(), "subtitle": plain(), "body": mrkdwn(), "subtext": plain()}
BUTTON = {"type": "button", "text": plain(), "action_id": "a"}
CARD: Json = {
    "type": "card",
    "hero_image": IMAGE,
    "icon": IMAGE,
    "actions": [BUTTON],
    **CARD_TEXTS,
    **ID,
}
DIVIDER = {"type": "divider"}


def plot(kind: str) -> Json:
    return {
        "type": kind,
        "series": [{"name": "s", "data": [{"label": "a", "value": -1.5}]}],
        "axis_config": {"categories": ["a"], "x_label": "x", "y_label": "y"},
    }


PIE = {"type": "pie", "segments": [{"label": "a", "value": 1}]}
CHARTS = [PIE, plot("bar"), plot("area"), plot("line")]

MESSAGE: list[Json] = [
    {"type": "section", "text": mrkdwn(), "accessory": IMAGE, "expand": True, **ID},
    {"type": "section", "text": plain(), "fields": [mrkdwn(), plain()]},
    {"type": "divider", **ID},
    {**IMAGE, "title": plain(), **ID},
    {"type": "image", "slack_file": {"id": "F0CHART001"}, "alt_text": "a"},
    {"type": "context", "elements": [mrkdwn(), plain(), IMAGE], **ID},
    {"type": "header", "text": plain(), "level": 2, **ID},
    {"type": "file", "external_id": "x", "source": "remote", **ID},
    {"type": "call", "call_id": "R1", "api_decoration_available": True, "call": {"v1": {}}, **ID},
    {"type": "markdown", "text": "**a**", **ID},
    {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "video_url": "https://a.example/v",
        "thumbnail_url": "https://a.example/t.png",
        "title_url": "https://a.example",
        "description": plain(),
        "author_name": "a",
        "provider_name": "p",
        "provider_icon_url": "https://a.example/i.png",
        **ID,
    },
    rich(*TREE, **ID),
    {
        "type": "table",
        "rows": [[RAW, CELL, NUMBER]],
        "column_settings": [{"align": "left", "is_wrapped": True}, None],
        **ID,
    },
    {
        "type": "data_table",
        "caption": "c",
        "rows": [[RAW], [NUMBER], [CELL]],
        "page_size": 10,
        "row_header_column_index": 0,
        **ID,
    },
    *({"type": "data_visualization", "title": "t", "chart": chart, **ID} for chart in CHARTS),
    {"type": "task_card", **TASK},
    {"type": "plan", "title": "p", "tasks": [TASK, {"type": "task_card", **TASK, "block_id": "x"}]},
    {"type": "plan", "title": "p", "status": "error", **ID},
    CARD,
    {"type": "card", "slack_icon": {"type": "icon", "name": "sparkle"}, "title": plain()},
    {"type": "carousel", "elements": [{**CARD, "block_id": "c"}], **ID},
    {
        "type": "container",
        "title": plain(),
        "subtitle": mrkdwn(),
        "child_blocks": [DIVIDER],
        "width": "wide",
        "icon": IMAGE,
        "is_collapsible": True,
        "default_collapsed": True,
        **ID,
    },
    {"type": "container", "rich_text_title": CELL, "has_header_divider": True, "child_blocks": [DIVIDER]},
    {
        "type": "auth_provider",
        "value": "v",
        "name": plain(),
        "is_connected": True,
        "description": plain(),
        "icon_url": "https://a.example/i.png",
        "auth_url": "https://a.example/a",
        "disconnect_url": "https://a.example/d",
        "connected_identity": plain(),
        "connected_context": plain(),
        "accessory": {"type": "overflow", "options": [{"text": plain(), "value": "v"}]},
        "fallback": [DIVIDER],
        **ID,
    },
]
MODAL: list[Json] = [{"type": "alert", "text": mrkdwn(), "level": "info", **ID}]


def holding(element: Json) -> Json:
    """A block in which the element may stand."""
    kind = element["type"]
    if kind in IN_CONTEXT_ACTIONS:
        return {"type": "context_actions", "elements": [element], **ID}
    if kind in {"button", "overflow", "workflow_button"}:
        return {"type": "actions", "elements": [element], **ID}
    if kind in IN_SECTION and kind not in IN_ACTIONS:
        return {"type": "section", "text": plain(), "accessory": element}
    extra: Json = {} if kind == "file_input" else {"dispatch_action": True}
    return {
        "type": "input",
        "label": plain(),
        "hint": plain(),
        "optional": True,
        "element": element,
        **extra,
        **ID,
    }


def surface_of(element: Json) -> Surface:
    """A surface that takes the element: a modal when it can, for `response_url_enabled`."""
    kind = element["type"]
    only = ONLY_ON.get(kind, ("modal",))
    return "message" if kind in IN_CONTEXT_ACTIONS or "modal" not in only else "modal"


BLOCKS: list[tuple[Surface, Json]] = [
    *(("message", block) for block in MESSAGE),
    *(("modal", block) for block in MODAL),
    *((surface_of(element), holding(element)) for element in ELEMENTS),
]
