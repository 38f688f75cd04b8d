"""Blocks and the surfaces that take them.

Source: docs.slack.dev/reference/block-kit/blocks and slack_sdk's models where the reference is silent.
"""

from typing import Literal

from sandbox.blockkit import elements, limits
from sandbox.blockkit.charts import CHART
from sandbox.blockkit.elements import ELEMENTS, IMAGE_SOURCE
from sandbox.blockkit.formats import LEVELS, TASK_STATES, TOP_LEVEL_TASK_STATES, WIDTHS, WebUrl
from sandbox.blockkit.icons import SLACK_ICON
from sandbox.blockkit.objects import BLOCK_ID, plain, text
from sandbox.blockkit.rich_text import RICH_TEXT, RICH_TEXT_VALUE
from sandbox.blockkit.rules import divider_or_collapsible, either, image_source, not_both
from sandbox.blockkit.schema import Anything, Array, Bool, Enum, Field, Int, OneOf, Shape, Str, typed
from sandbox.blockkit.tables import DATA_TABLE, TABLE

Surface = Literal["message", "modal", "home"]

_HTTPS = WebUrl(schemes=("https",))
_IMAGE = ELEMENTS.only(("image",))


def _task(states: tuple[str, ...]) -> tuple[Field, ...]:
    return (
        BLOCK_ID,
        Field("task_id", Str(shortest=1), required=True),
        Field("title", Str(shortest=1), required=True),
        Field("details", RICH_TEXT_VALUE),
        Field("output", RICH_TEXT_VALUE),
        Field("sources", Array(_SOURCE)),
        Field("status", Enum(states)),
    )


_SOURCE = OneOf(
    dict([typed("url", Field("url", WebUrl(), required=True), Field("text", Str(shortest=1), required=True))])
)
_CONTEXT_ITEM = OneOf({**text(limits.TEXT).shapes, **_IMAGE.shapes})

CARD = typed(
    "card",
    BLOCK_ID,
    Field("hero_image", _IMAGE),
    Field("icon", _IMAGE),
    Field("slack_icon", SLACK_ICON),
    Field("title", text(limits.CARD_TITLE)),
    Field("subtitle", text(limits.CARD_SUBTITLE)),
    Field("body", text(limits.CARD_BODY)),
    Field("subtext", text(limits.CARD_SUBTEXT)),
    Field("actions", Array(ELEMENTS.only(("button",)), 1, limits.CARD_ACTIONS)),
    rules=(either("hero_image", "title", "actions", "body"), not_both("icon", "slack_icon")),
)

_SIMPLE = dict(
    [
        typed(
            "section",
            BLOCK_ID,
            Field("text", text(limits.SECTION_TEXT)),
            Field("fields", Array(text(limits.SECTION_FIELD_TEXT), 1, limits.SECTION_FIELDS)),
            Field("accessory", ELEMENTS.only(elements.IN_SECTION)),
            Field("expand", Bool()),
            rules=(either("text", "fields"),),
        ),
        typed("divider", BLOCK_ID),
        typed(
            "image",
            BLOCK_ID,
            *IMAGE_SOURCE,
            Field("title", plain(limits.IMAGE_TITLE)),
            rules=(image_source,),
        ),
        typed(
            "actions",
            BLOCK_ID,
            Field(
                "elements",
                Array(ELEMENTS.only(elements.IN_ACTIONS), 1, limits.ACTIONS_ELEMENTS),
                required=True,
            ),
        ),
        typed(
            "context",
            BLOCK_ID,
            Field("elements", Array(_CONTEXT_ITEM, 1, limits.CONTEXT_ELEMENTS), required=True),
        ),
        typed(
            "header",
            BLOCK_ID,
            Field("text", plain(limits.HEADER_TEXT), required=True),
            Field("level", Int(least=1, most=limits.HEADER_LEVELS)),
        ),
        typed(
            "input",
            BLOCK_ID,
            Field("label", plain(limits.INPUT_LABEL), required=True),
            Field("element", ELEMENTS.only(elements.IN_INPUT), required=True),
            Field("hint", plain(limits.INPUT_HINT)),
            Field("optional", Bool()),
            Field("dispatch_action", Bool()),
        ),
        typed(
            "file",
            BLOCK_ID,
            Field("external_id", Str(shortest=1), required=True),
            Field("source", Enum(("remote",)), required=True),
        ),
        typed(
            "video",
            BLOCK_ID,
            Field("alt_text", Str(shortest=1), required=True),
            Field("title", plain(limits.VIDEO_TITLE), required=True),
            Field("video_url", _HTTPS, required=True),
            Field("thumbnail_url", WebUrl(), required=True),
            Field("title_url", _HTTPS),
            Field("description", plain(limits.VIDEO_DESCRIPTION)),
            Field("author_name", Str(limits.VIDEO_AUTHOR)),
            Field("provider_name", Str()),
            Field("provider_icon_url", WebUrl()),
        ),
        RICH_TEXT,
        TABLE,
    ]
)

_CONTAINED = OneOf(_SIMPLE)

BLOCKS = OneOf(
    {
        **_SIMPLE,
        **dict(
            [
                CARD,
                DATA_TABLE,
                typed(
                    "context_actions",
                    BLOCK_ID,
                    Field(
                        "elements",
                        Array(ELEMENTS.only(elements.IN_CONTEXT_ACTIONS), 1, limits.CONTEXT_ACTIONS_ELEMENTS),
                        required=True,
                    ),
                ),
                typed(
                    "call",
                    BLOCK_ID,
                    Field("call_id", Str(shortest=1), required=True),
                    Field("api_decoration_available", Bool()),
                    Field("call", Anything()),
                ),
                typed(
                    "markdown",
                    BLOCK_ID,
                    Field("text", Str(limits.MARKDOWN_TOTAL, shortest=1), required=True),
                ),
                typed("task_card", *_task(TOP_LEVEL_TASK_STATES)),
                typed(
                    "plan",
                    BLOCK_ID,
                    Field("title", Str(shortest=1), required=True),
                    Field("tasks", Array(Shape((Field("type", Enum(("task_card",))), *_task(TASK_STATES))))),
                    Field("status", Enum(TASK_STATES)),
                ),
                typed(
                    "alert",
                    BLOCK_ID,
                    Field("text", text(limits.ALERT_TEXT), required=True),
                    Field("level", Enum(LEVELS)),
                ),
                typed(
                    "carousel",
                    BLOCK_ID,
                    Field("elements", Array(OneOf(dict([CARD])), 1, limits.CAROUSEL_CARDS), required=True),
                ),
                typed(
                    "container",
                    BLOCK_ID,
                    Field("title", plain(limits.CONTAINER_TITLE)),
                    Field("rich_text_title", RICH_TEXT_VALUE),
                    Field("subtitle", text(limits.CONTAINER_SUBTITLE)),
                    Field("child_blocks", Array(_CONTAINED, 1, limits.CONTAINER_BLOCKS), required=True),
                    Field("width", Enum(WIDTHS)),
                    Field("icon", _IMAGE),
                    Field("is_collapsible", Bool()),
                    Field("default_collapsed", Bool()),
                    Field("has_header_divider", Bool()),
                    rules=(either("title", "rich_text_title"), divider_or_collapsible),
                ),
                typed(
                    "data_visualization",
                    BLOCK_ID,
                    Field("title", Str(limits.CHART_TITLE, shortest=1), required=True),
                    Field("chart", CHART, required=True),
                ),
                typed(
                    "auth_provider",
                    BLOCK_ID,
                    Field("value", Str(limits.AUTH_VALUE, shortest=1), required=True),
                    Field("name", plain(limits.AUTH_NAME), required=True),
                    Field("is_connected", Bool(), required=True),
                    Field("description", plain(limits.AUTH_DESCRIPTION)),
                    Field("icon_url", _HTTPS),
                    Field("auth_url", _HTTPS),
                    Field("disconnect_url", _HTTPS),
                    Field("connected_identity", plain(limits.AUTH_IDENTITY)),
                    Field("connected_context", plain(limits.AUTH_IDENTITY)),
                    Field("accessory", ELEMENTS.only(("overflow",))),
                    Field("fallback", Array(_CONTAINED)),
                ),
            ]
        ),
    }
)

_EVERYWHERE = ("section", "divider", "image", "actions", "context", "header", "input", "video", "rich_text", "card")

ON_SURFACE: dict[Surface, tuple[str, ...]] = {
    "message": (
        *_EVERYWHERE,
        "file",
        "call",
        "markdown",
        "table",
        "data_table",
        "data_visualization",
        "context_actions",
        "task_card",
        "plan",
        "carousel",
        "container",
        "auth_provider",
    ),
    "modal": (*_EVERYWHERE, "alert"),
    "home": (*_EVERYWHERE, "table", "data_table", "carousel", "container", "auth_provider"),
}

BY_SURFACE: dict[Surface, OneOf] = {surface: BLOCKS.only(names) for surface, names in ON_SURFACE.items()}
