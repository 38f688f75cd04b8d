"""Composition objects: texts, options, confirmation dialogs, filters.

Source: docs.slack.dev/reference/block-kit/composition-objects.
"""

from collections.abc import Callable
from functools import cache

from sandbox.blockkit import limits
from sandbox.blockkit.formats import CONVERSATION_KINDS, FileId, LinkUrl, WebUrl
from sandbox.blockkit.rules import at_least_one, exactly_one
from sandbox.blockkit.schema import Array, Bool, Check, Enum, Field, OneOf, Shape, Str, typed

BLOCK_ID = Field("block_id", Str(limits.ID))
ACTION_ID = Field("action_id", Str(limits.ID))
STYLE = Field("style", Enum(("primary", "danger")))


@cache
def plain(longest: int = limits.TEXT) -> OneOf:
    """A text object that can only be `plain_text`, of 1 to `longest` characters."""
    body = Field("text", Str(longest, shortest=1), required=True)
    return OneOf(dict([typed("plain_text", body, Field("emoji", Bool()))]))


@cache
def text(longest: int = limits.TEXT) -> OneOf:
    """A text object, `plain_text` or `mrkdwn`, of 1 to `longest` characters."""
    body = Field("text", Str(longest, shortest=1), required=True)
    return OneOf({**plain(longest).shapes, **dict([typed("mrkdwn", body, Field("verbatim", Bool()))])})


def option(words: Callable[[int], Check], *more: Field) -> Shape:
    """An option object whose text and description are what `words` allows."""
    return Shape(
        (
            Field("text", words(limits.OPTION_TEXT), required=True),
            Field("value", Str(limits.OPTION_VALUE, shortest=1), required=True),
            Field("description", words(limits.OPTION_DESCRIPTION)),
            *more,
        )
    )


SELECT_OPTION = option(plain)
CHOICE_OPTION = option(text)
OVERFLOW_OPTION = option(plain, Field("url", LinkUrl()))

OPTION_GROUP = Shape(
    (
        Field("label", plain(limits.OPTION_GROUP_LABEL), required=True),
        Field("options", Array(SELECT_OPTION, 1, limits.GROUP_OPTIONS), required=True),
    )
)

CONFIRM = Field(
    "confirm",
    Shape(
        (
            Field("title", plain(limits.CONFIRM_TITLE), required=True),
            Field("text", text(limits.CONFIRM_TEXT), required=True),
            Field("confirm", plain(limits.CONFIRM_BUTTON), required=True),
            Field("deny", plain(limits.CONFIRM_BUTTON), required=True),
            STYLE,
        )
    ),
)

CONVERSATION_FILTER = Shape(
    (
        Field("include", Array(Enum(CONVERSATION_KINDS), 1, len(CONVERSATION_KINDS))),
        Field("exclude_external_shared_channels", Bool()),
        Field("exclude_bot_users", Bool()),
    ),
    rules=(at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)

DISPATCH_CONFIG = Field(
    "dispatch_action_config",
    Shape((Field("trigger_actions_on", Array(Enum(("on_enter_pressed", "on_character_entered")), 1)),)),
)

_PARAMETER = Shape((Field("name", Str(shortest=1), required=True), Field("value", Str(), required=True)))
_TRIGGER = Shape((Field("url", WebUrl(), required=True), Field("customizable_input_parameters", Array(_PARAMETER))))
WORKFLOW = Shape((Field("trigger", _TRIGGER, required=True),))

SLACK_FILE = Shape(
    (Field("id", FileId()), Field("url", WebUrl())),
    rules=(exactly_one("id", "url"),),
)
