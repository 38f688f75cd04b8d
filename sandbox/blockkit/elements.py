"""Block elements and which of them may stand where.

Source: docs.slack.dev/reference/block-kit/block-elements and the compatibility lists of
docs.slack.dev/reference/block-kit/blocks.
"""

from sandbox.blockkit import limits
from sandbox.blockkit.formats import TIME, Day, LinkUrl, NumberText, Timezone, WebUrl
from sandbox.blockkit.objects import (
    ACTION_ID,
    CHOICE_OPTION,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SELECT_OPTION,
    SLACK_FILE,
    STYLE,
    WORKFLOW,
    plain,
)
from sandbox.blockkit.rich_text import RICH_TEXT_VALUE
from sandbox.blockkit.rules import (
    exactly_one,
    image_source,
    initial_among_options,
    initial_within_most,
    length_within,
    number_within,
    ordered,
)
from sandbox.blockkit.schema import Array, Bool, Enum, Field, Int, OneOf, Rule, Shape, Str, typed

PLACEHOLDER = Field("placeholder", plain(limits.PLACEHOLDER))
FOCUS = Field("focus_on_load", Bool())
ACCESSIBILITY = Field("accessibility_label", Str(limits.ACCESSIBILITY_LABEL))
OPTIONS = Field("options", Array(SELECT_OPTION, 1, limits.OPTIONS))
OPTION_GROUPS = Field("option_groups", Array(OPTION_GROUP, 1, limits.OPTION_GROUPS))
CHOICES = Field("options", Array(CHOICE_OPTION, 1, limits.CHOICE_OPTIONS), required=True)
QUERY = Field("min_query_length", Int(least=0))
MOST_SELECTED = Field("max_selected_items", Int(least=1))
RESPONSE_URL = Field("response_url_enabled", Bool())
TO_CURRENT = Field("default_to_current_conversation", Bool())
FILTER = Field("filter", CONVERSATION_FILTER)
SLACK_ID = Str(shortest=1)
IDS = Array(SLACK_ID)

IMAGE_SOURCE = (
    Field("image_url", WebUrl()),
    Field("slack_file", SLACK_FILE),
    Field("alt_text", Str(limits.IMAGE_ALT, shortest=1), required=True),
)


def _select(kind: str, *fields: Field, rules: tuple[Rule, ...] = ()) -> tuple[str, Shape]:
    return typed(kind, ACTION_ID, PLACEHOLDER, CONFIRM, FOCUS, *fields, rules=rules)


def _many(kind: str, initial: Field, *fields: Field, rules: tuple[Rule, ...] = ()) -> tuple[str, Shape]:
    most = initial_within_most(initial.name)
    return _select(kind, initial, MOST_SELECTED, *fields, rules=(*rules, most))


def _choice(kind: str, initial: Field) -> tuple[str, Shape]:
    return typed(kind, ACTION_ID, CONFIRM, FOCUS, CHOICES, initial, rules=(initial_among_options,))


def _typed_text(kind: str, *fields: Field, rules: tuple[Rule, ...] = ()) -> tuple[str, Shape]:
    return typed(kind, ACTION_ID, PLACEHOLDER, FOCUS, DISPATCH_CONFIG, *fields, rules=rules)


_FEEDBACK = Shape(
    (
        Field("text", plain(limits.BUTTON_TEXT), required=True),
        Field("value", Str(limits.BUTTON_VALUE), required=True),
        ACCESSIBILITY,
    )
)
_BUTTON_TEXT = Field("text", plain(limits.BUTTON_TEXT), required=True)
_MULTI_OPTIONS = Field("initial_options", Array(SELECT_OPTION, 1, limits.OPTIONS))

ELEMENTS = OneOf(
    dict(
        [
            typed(
                "button",
                ACTION_ID,
                CONFIRM,
                STYLE,
                _BUTTON_TEXT,
                ACCESSIBILITY,
                Field("visible_to_user_ids", IDS),
                Field("url", LinkUrl()),
                Field("value", Str(limits.BUTTON_VALUE)),
                Field("agent_prompt", Str(limits.BUTTON_AGENT_PROMPT)),
                Field("agent_prompt_display", Str()),
            ),
            typed("image", *IMAGE_SOURCE, rules=(image_source,)),
            typed(
                "overflow",
                ACTION_ID,
                CONFIRM,
                Field("options", Array(OVERFLOW_OPTION, 1, limits.OVERFLOW_OPTIONS), required=True),
            ),
            typed(
                "workflow_button",
                ACTION_ID,
                STYLE,
                _BUTTON_TEXT,
                ACCESSIBILITY,
                Field("workflow", WORKFLOW, required=True),
            ),
            typed(
                "feedback_buttons",
                ACTION_ID,
                Field("positive_button", _FEEDBACK, required=True),
                Field("negative_button", _FEEDBACK, required=True),
            ),
            typed(
                "icon_button",
                ACTION_ID,
                CONFIRM,
                _BUTTON_TEXT,
                ACCESSIBILITY,
                Field("visible_to_user_ids", Array(SLACK_ID, 0, limits.VISIBLE_TO)),
                Field("icon", Enum(("trash",)), required=True),
                Field("value", Str(limits.BUTTON_VALUE)),
            ),
            _select(
                "static_select",
                OPTIONS,
                OPTION_GROUPS,
                Field("initial_option", SELECT_OPTION),
                rules=(exactly_one("options", "option_groups"), initial_among_options),
            ),
            _select("external_select", QUERY, Field("initial_option", SELECT_OPTION)),
            _select("users_select", Field("initial_user", SLACK_ID)),
            _select(
                "conversations_select",
                Field("initial_conversation", SLACK_ID),
                TO_CURRENT,
                RESPONSE_URL,
                FILTER,
            ),
            _select("channels_select", Field("initial_channel", SLACK_ID), RESPONSE_URL),
            _many(
                "multi_static_select",
                _MULTI_OPTIONS,
                OPTIONS,
                OPTION_GROUPS,
                rules=(exactly_one("options", "option_groups"), initial_among_options),
            ),
            _many("multi_external_select", _MULTI_OPTIONS, QUERY),
            _many("multi_users_select", Field("initial_users", IDS)),
            _many("multi_conversations_select", Field("initial_conversations", IDS), TO_CURRENT, FILTER),
            _many("multi_channels_select", Field("initial_channels", IDS)),
            _choice("checkboxes", Field("initial_options", Array(CHOICE_OPTION, 1, limits.CHOICE_OPTIONS))),
            _choice("radio_buttons", Field("initial_option", CHOICE_OPTION)),
            typed("datepicker", ACTION_ID, CONFIRM, PLACEHOLDER, FOCUS, Field("initial_date", Day())),
            typed(
                "timepicker",
                ACTION_ID,
                CONFIRM,
                PLACEHOLDER,
                FOCUS,
                Field(
                    "initial_time",
                    Str(pattern=TIME, wording="must be a valid time in the format HH:mm"),
                ),
                Field("timezone", Timezone()),
            ),
            typed(
                "datetimepicker",
                ACTION_ID,
                CONFIRM,
                FOCUS,
                Field("initial_date_time", Int(least=limits.TIMESTAMP_MIN, most=limits.TIMESTAMP_MAX)),
            ),
            _typed_text(
                "plain_text_input",
                Field("initial_value", Str()),
                Field("multiline", Bool()),
                Field("min_length", Int(least=0, most=limits.INPUT_LENGTH)),
                Field("max_length", Int(least=1, most=limits.INPUT_LENGTH)),
                rules=(ordered("min_length", "max_length"), length_within),
            ),
            _typed_text("email_text_input", Field("initial_value", Str())),
            _typed_text("url_text_input", Field("initial_value", Str(limits.URL))),
            _typed_text(
                "number_input",
                Field("is_decimal_allowed", Bool(), required=True),
                Field("initial_value", NumberText()),
                Field("min_value", NumberText()),
                Field("max_value", NumberText()),
                rules=(ordered("min_value", "max_value"), number_within),
            ),
            _typed_text(
                "rich_text_input",
                Field("initial_value", RICH_TEXT_VALUE),
                Field("min_lines", Int(least=1, most=limits.INPUT_LINES)),
                Field("max_lines", Int(least=1, most=limits.INPUT_LINES)),
                rules=(ordered("min_lines", "max_lines"),),
            ),
            typed(
                "file_input",
                ACTION_ID,
                Field("filetypes", Array(Str(shortest=1), 1)),
                Field("max_files", Int(least=1, most=limits.FILES)),
            ),
        ]
    )
)

SINGLE_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI_SELECTS = tuple(f"multi_{name}" for name in SINGLE_SELECTS)
CHOICE_KINDS = ("checkboxes", "radio_buttons")
TEXT_KINDS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")

IN_SECTION = (
    "button",
    "image",
    "overflow",
    "workflow_button",
    "datepicker",
    "timepicker",
    *CHOICE_KINDS,
    *SINGLE_SELECTS,
    *MULTI_SELECTS,
)
IN_ACTIONS = (
    "button",
    "overflow",
    "workflow_button",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "rich_text_input",
    *CHOICE_KINDS,
    *SINGLE_SELECTS,
    *MULTI_SELECTS,
)
IN_INPUT = (
    "datepicker",
    "timepicker",
    "datetimepicker",
    "rich_text_input",
    "file_input",
    *TEXT_KINDS,
    *CHOICE_KINDS,
    *SINGLE_SELECTS,
    *MULTI_SELECTS,
)
IN_CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")

# Elements that not every surface takes; all others stand on all three.
ONLY_ON: dict[str, tuple[str, ...]] = {
    "file_input": ("modal",),
    "email_text_input": ("modal",),
    "url_text_input": ("modal",),
    "number_input": ("modal",),
    "rich_text_input": ("modal", "home"),
    "datetimepicker": ("message", "modal"),
    "workflow_button": ("message",),
}
