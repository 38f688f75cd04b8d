"""What an app may answer to a `block_suggestion`: the options of an external select."""

from sandbox.blockkit import limits
from sandbox.blockkit.objects import OPTION_GROUP, SELECT_OPTION
from sandbox.blockkit.problem import INVALID_ARGUMENTS, Problem
from sandbox.blockkit.rules import exactly_one
from sandbox.blockkit.schema import Array, Field, Out, Shape
from sandbox.blockkit.surface import recode

SUGGESTIONS = Shape(
    (
        Field("options", Array(SELECT_OPTION, 0, limits.OPTIONS)),
        Field("option_groups", Array(OPTION_GROUP, 0, limits.OPTION_GROUPS)),
    ),
    rules=(exactly_one("options", "option_groups"),),
)


def validate_suggestions(answer: object, pointer: str = "") -> list[Problem]:
    """What Slack's client would not show of an answer `{"options": […]}` or `{"option_groups": […]}`.

    No options at all is sound: nothing matches what was typed.
    Source: docs.slack.dev/reference/block-kit/block-elements/select-menu-element (external data source).
    """
    out: Out = []
    SUGGESTIONS.check(answer, pointer, out)
    return recode(out, INVALID_ARGUMENTS)
