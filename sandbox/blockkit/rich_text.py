"""The tree of a `rich_text` block.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block and the rich text pages under
docs.slack.dev/reference/block-kit/block-elements.
"""

from sandbox.blockkit import limits
from sandbox.blockkit.objects import BLOCK_ID
from sandbox.blockkit.schema import Anything, Array, Bool, Enum, Field, Int, Map, Number, OneOf, Shape, Str, typed

_FLAGS = ("bold", "italic", "strike", "highlight", "client_highlight", "underline", "unlink", "code")
_STYLE = Field("style", Shape(tuple(Field(name, Bool()) for name in _FLAGS)))
_BORDER = Field("border", Int(least=0, most=limits.RICH_TEXT_BORDER))
_WORD = Str(shortest=1)
_TAG_COLORS = ("gray", "brown", "purple", "indigo", "blue", "green", "yellow", "orange", "red")


def _url(required: bool = False) -> Field:
    """Slack's own clients put unfinished addresses here, so only the length is judged."""
    return Field("url", Str(limits.URL, shortest=1), required=required)


def _needed(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, _WORD, required=True) for name in names)


def _strings(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Str()) for name in names)


def _flags(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Bool()) for name in names)


_TEXT = typed("text", *_needed("text"), _STYLE)
_LINK = typed(
    "link",
    _url(required=True),
    *_strings("text"),
    *_flags("unsafe", "from_llm", "is_slack_url", "truncated"),
    _STYLE,
)
_MENTIONS = (
    typed("user", *_needed("user_id"), *_flags("from_llm"), _STYLE),
    typed("channel", *_needed("channel_id"), *_strings("tab_id"), *_flags("from_llm"), _STYLE),
    typed("usergroup", *_needed("usergroup_id"), _STYLE),
    typed("team", *_needed("team_id"), _STYLE),
    typed("broadcast", Field("range", Enum(("here", "channel", "everyone")), required=True), _STYLE),
    typed("canvas_user_mention", *_needed("user_id"), *_strings("thread_id"), _STYLE),
    typed(
        "message_mention",
        *_needed("channel_id", "message_ts"),
        *_strings("author_id", "thread_ts", "text", "url"),
        _STYLE,
    ),
    typed(
        "attachment_mention",
        _url(required=True),
        *_strings("text", "app_id", "entity_id", "icon_url", "channel_id", "ts", "icon_name"),
        *_strings("reference_object_type", "product_name"),
        *_flags("full_size_preview_enabled"),
        _STYLE,
    ),
    typed(
        "work_object_mention",
        *_needed("entity_id", "app_id", "text", "url"),
        *_strings("icon_url", "product_name"),
        *_flags("full_size_preview_enabled"),
        _STYLE,
    ),
    typed(
        "workflow_mention",
        *_needed("workflow_id", "function_trigger_id", "text"),
        *_strings("url", "channel_id", "ts"),
        _STYLE,
    ),
)
_OBJECTS = (
    typed(
        "canvas",
        *_needed("file_id"),
        *_strings("label", "section_id", "text", "url"),
        *_flags("hide_title", "is_skill_invocation"),
        _STYLE,
    ),
    typed("canvas_message_unfurl", *_needed("root_message_ts", "root_message_channel"), _STYLE),
    typed(
        "citation",
        *_needed("url", "text"),
        Field("index", Number(), required=True),
        Field("details", Map(Anything()), required=True),
        *_flags("from_llm", "is_slack_url"),
    ),
    typed("file", *_needed("file_id"), *_strings("text", "url"), *_flags("is_skill_invocation"), _STYLE),
    typed("list_record", *_needed("file_id"), *_strings("record_id", "view_id", "text", "url"), _STYLE),
    typed(
        "salesforce_data_field",
        *_needed("salesforce_record_id"),
        *_strings("salesforce_field_label", "salesforce_field_api_name"),
        *_flags("salesforce_include_field_label"),
        _STYLE,
    ),
    typed("tag", *_needed("text"), Field("color", Enum(_TAG_COLORS)), _STYLE),
)

INLINE = OneOf(
    dict(
        [
            _TEXT,
            _LINK,
            typed(
                "emoji",
                *_needed("name"),
                *_strings("unicode", "url", "display_url"),
                Field("skin_tone", Int(least=1, most=6)),
                _STYLE,
            ),
            typed(
                "date",
                Field("timestamp", Int(least=0), required=True),
                *_needed("format"),
                *_strings("timezone", "fallback"),
                _url(),
                _STYLE,
            ),
            typed("color", *_needed("value"), _STYLE),
            *_MENTIONS,
            *_OBJECTS,
        ]
    )
)

SECTION = typed("rich_text_section", Field("elements", Array(INLINE), required=True))

TREE = OneOf(
    dict(
        [
            SECTION,
            typed(
                "rich_text_preformatted",
                Field("elements", Array(OneOf(dict([_TEXT, _LINK]))), required=True),
                *_strings("language"),
                _BORDER,
            ),
            typed("rich_text_quote", Field("elements", Array(INLINE), required=True), _BORDER),
            typed(
                "rich_text_list",
                Field("style", Enum(("bullet", "ordered")), required=True),
                Field("elements", Array(OneOf(dict([SECTION]))), required=True),
                Field("indent", Int(least=0, most=limits.RICH_TEXT_INDENT)),
                Field("offset", Int(least=0)),
                _BORDER,
            ),
        ]
    )
)

RICH_TEXT = typed("rich_text", BLOCK_ID, Field("elements", Array(TREE), required=True))
RICH_TEXT_VALUE = OneOf(dict([RICH_TEXT]))
