"""The tree of a `rich_text` block.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from sandbox.blockkit import limits
from sandbox.blockkit.formats import LinkUrl
from sandbox.blockkit.objects import BLOCK_ID
from sandbox.blockkit.schema import Array, Bool, Enum, Field, Int, OneOf, Shape, Str, typed

_FLAGS = ("bold", "italic", "strike", "underline", "code")
_MENTION_FLAGS = ("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline", "code")
_STYLE = Field("style", Shape(tuple(Field(name, Bool()) for name in _FLAGS)))
_MENTION_STYLE = Field("style", Shape(tuple(Field(name, Bool()) for name in _MENTION_FLAGS)))
_ID = Str(shortest=1)
_BORDER = Field("border", Int(least=0, most=limits.RICH_TEXT_BORDER))

INLINE = OneOf(
    dict(
        [
            typed("text", Field("text", Str(shortest=1), required=True), _STYLE),
            typed(
                "link",
                Field("url", LinkUrl(), required=True),
                Field("text", Str()),
                Field("unsafe", Bool()),
                _STYLE,
            ),
            typed(
                "emoji",
                Field("name", _ID, required=True),
                Field("unicode", Str()),
                Field("skin_tone", Int(least=1, most=6)),
                Field("url", Str()),
                Field("display_url", Str()),
                _STYLE,
            ),
            typed("user", Field("user_id", _ID, required=True), _MENTION_STYLE),
            typed("channel", Field("channel_id", _ID, required=True), _MENTION_STYLE),
            typed("usergroup", Field("usergroup_id", _ID, required=True), _MENTION_STYLE),
            typed("team", Field("team_id", _ID, required=True), _MENTION_STYLE),
            typed(
                "broadcast",
                Field("range", Enum(("here", "channel", "everyone")), required=True),
                _MENTION_STYLE,
            ),
            typed(
                "date",
                Field("timestamp", Int(least=0), required=True),
                Field("format", Str(shortest=1), required=True),
                Field("url", LinkUrl()),
                Field("fallback", Str()),
                _STYLE,
            ),
            typed("color", Field("value", Str(shortest=1), required=True), _STYLE),
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
                Field("elements", Array(INLINE.only(("text", "link"))), required=True),
                Field("language", Str()),
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
