"""Valid blocks and elements that between them use every field of the tables."""

from typing import Any

Value = Any
Json = dict[str, Any]


def plain(words: str = "words") -> Json:
    return {"type": "plain_text", "text": words, "emoji": True}


def mrkdwn(words: str = "*words*") -> Json:
    return {"type": "mrkdwn", "text": words, "verbatim": False}


def option(value: str = "v", **more: Value) -> Json:
    return {"text": plain(value), "value": value, **more}


CONFIRM = {
    "title": plain(),
    "text": mrkdwn(),
    "confirm": plain("Yes"),
    "deny": plain("No"),
    "style": "danger",
}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "alt"}
ACTED: Json = {"action_id": "act", "confirm": CONFIRM}
FOCUSED: Json = {"focus_on_load": True, "placeholder": plain()}
DISPATCH = {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
TYPED: Json = {"action_id": "act", **FOCUSED, **DISPATCH}
TRIGGER = {
    "url": "https://slack.com/shortcuts/Ft1/x",
    "customizable_input_parameters": [{"name": "a", "value": "b"}],
}
FEEDBACK = {"text": plain("👍"), "value": "good", "accessibility_label": "Good"}
FLAGS = ("bold", "italic", "strike", "highlight", "client_highlight", "underline", "unlink", "code")
STYLE = {"style": dict.fromkeys(FLAGS, True)}
GROUPS = {"option_groups": [{"label": plain(), "options": [option("a"), option("b")]}]}
DESCRIBED = option("a", description=plain())

ELEMENTS: list[Json] = [
    {
        "type": "button",
        "text": plain(),
        "url": "https://example.com",
        "value": "v",
        "style": "primary",
        "accessibility_label": "label",
        "agent_prompt": "do it",
        "agent_prompt_display": "it",
        "visible_to_user_ids": ["U1"],
        **ACTED,
    },
    IMAGE,
    {"type": "image", "slack_file": {"id": "F0CHART001"}, "alt_text": "alt"},
    {"type": "image", "slack_file": {"url": "https://files.slack.com/a.png"}, "alt_text": "alt"},
    {"type": "overflow", "options": [DESCRIBED | {"url": "https://example.com"}], **ACTED},
    {
        "type": "workflow_button",
        "text": plain(),
        "workflow": {"trigger": TRIGGER},
        "style": "danger",
        "accessibility_label": "label",
        "action_id": "act",
    },
    {
        "type": "feedback_buttons",
        "action_id": "act",
        "positive_button": FEEDBACK,
        "negative_button": FEEDBACK,
    },
    {
        "type": "icon_button",
        "icon": "trash",
        "text": plain(),
        "value": "v",
        "accessibility_label": "label",
        "visible_to_user_ids": ["U1"],
        **ACTED,
    },
    {"type": "static_select", "options": [DESCRIBED], "initial_option": DESCRIBED, **ACTED, **FOCUSED},
    {"type": "static_select", **GROUPS, "initial_option": option("b")},
    {"type": "external_select", "min_query_length": 1, "initial_option": option(), **ACTED, **FOCUSED},
    {"type": "users_select", "initial_user": "U1", **ACTED, **FOCUSED},
    {"type": "users_select", "confirm": {**CONFIRM, "text": plain()}},
    {
        "type": "conversations_select",
        "initial_conversation": "C1",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "filter": {
            "include": ["im"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
        **ACTED,
        **FOCUSED,
    },
    {
        "type": "channels_select",
        "initial_channel": "C1",
        "response_url_enabled": True,
        **ACTED,
        **FOCUSED,
    },
    {
        "type": "multi_static_select",
        "options": [option("a"), option("b")],
        "initial_options": [option("a")],
        "max_selected_items": 1,
        **ACTED,
        **FOCUSED,
    },
    {"type": "multi_static_select", **GROUPS},
    {
        "type": "multi_external_select",
        "min_query_length": 1,
        "initial_options": [option()],
        **ACTED,
        **FOCUSED,
    },
    {"type": "multi_external_select", "max_selected_items": 3},
    {"type": "multi_users_select", "initial_users": ["U1"], "max_selected_items": 1, **ACTED, **FOCUSED},
    {
        "type": "multi_conversations_select",
        "initial_conversations": ["C1"],
        "default_to_current_conversation": True,
        "filter": {"exclude_bot_users": True},
        "max_selected_items": 1,
        **ACTED,
        **FOCUSED,
    },
    {
        "type": "multi_channels_select",
        "initial_channels": ["C1"],
        "max_selected_items": 1,
        **ACTED,
        **FOCUSED,
    },
    {
        "type": "checkboxes",
        "options": [{"text": mrkdwn(), "value": "a", "description": mrkdwn()}],
        "initial_options": [{"text": mrkdwn(), "value": "a", "description": mrkdwn()}],
        "focus_on_load": True,
        **ACTED,
    },
    {
        "type": "radio_buttons",
        "options": [option("a"), option("b")],
        "initial_option": option("b"),
        "focus_on_load": True,
        **ACTED,
    },
    {"type": "datepicker", "initial_date": "2026-02-28", **ACTED, **FOCUSED},
    {
        "type": "timepicker",
        "initial_time": "23:59",
        "timezone": "America/Los_Angeles",
        **ACTED,
        **FOCUSED,
    },
    {"type": "datetimepicker", "initial_date_time": 1_628_633_820, "focus_on_load": True, **ACTED},
    {"type": "plain_text_input", "initial_value": "hello", "multiline": True, **TYPED},
    {"type": "plain_text_input", "min_length": 5},
    {"type": "plain_text_input", "max_length": 5},
    {"type": "email_text_input", "initial_value": "a@b.example", **TYPED},
    {"type": "url_text_input", "initial_value": "https://a.example", **TYPED},
    {"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.5", **TYPED},
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "-1"},
    {"type": "number_input", "is_decimal_allowed": False, "max_value": "7"},
    {
        "type": "rich_text_input",
        "initial_value": {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
        },
        **TYPED,
    },
    {"type": "rich_text_input", "min_lines": 1},
    {"type": "rich_text_input", "max_lines": 100},
    {"type": "file_input", "action_id": "act", "filetypes": ["pdf"], "max_files": 3},
]

INLINE: list[Json] = [
    {"type": "text", "text": "a", **STYLE},
    {
        "type": "link",
        "url": "https://a.example",
        "text": "a",
        "unsafe": False,
        "from_llm": False,
        "is_slack_url": False,
        "truncated": False,
        **STYLE,
    },
    {
        "type": "emoji",
        "name": "wave",
        "unicode": "1f44b",
        "skin_tone": 2,
        "url": "u",
        "display_url": "u",
        **STYLE,
    },
    {"type": "user", "user_id": "U1", "from_llm": True, **STYLE},
    {"type": "channel", "channel_id": "C1", "tab_id": "t", "from_llm": True, **STYLE},
    {"type": "usergroup", "usergroup_id": "S1", **STYLE},
    {"type": "team", "team_id": "T1", **STYLE},
    {"type": "broadcast", "range": "here", **STYLE},
    {
        "type": "date",
        "timestamp": 1_720_710_212,
        "format": "{date_num}",
        "timezone": "Europe/Oslo",
        "fallback": "f",
        "url": "https://a.example",
        **STYLE,
    },
    {"type": "color", "value": "#F405B3", **STYLE},
    {"type": "canvas_user_mention", "user_id": "U1", "thread_id": "t", **STYLE},
    {
        "type": "message_mention",
        "channel_id": "C1",
        "message_ts": "1.2",
        "author_id": "U1",
        "thread_ts": "1.2",
        "text": "t",
        "url": "u",
        **STYLE,
    },
    {
        "type": "attachment_mention",
        "url": "https://a.example",
        "text": "t",
        "app_id": "A1",
        "entity_id": "e",
        "icon_url": "u",
        "channel_id": "C1",
        "ts": "1.2",
        "icon_name": "i",
        "reference_object_type": "record",
        "product_name": "p",
        "full_size_preview_enabled": True,
        **STYLE,
    },
    {
        "type": "work_object_mention",
        "entity_id": "e",
        "app_id": "A1",
        "text": "t",
        "url": "u",
        "icon_url": "u",
        "product_name": "p",
        "full_size_preview_enabled": True,
        **STYLE,
    },
    {
        "type": "workflow_mention",
        "workflow_id": "W",
        "function_trigger_id": "F",
        "text": "t",
        "url": "u",
        "channel_id": "C1",
        "ts": "1.2",
        **STYLE,
    },
    {
        "type": "canvas",
        "file_id": "F1",
        "label": "l",
        "section_id": "s",
        "text": "t",
        "url": "u",
        "hide_title": True,
        "is_skill_invocation": True,
        **STYLE,
    },
    {
        "type": "canvas_message_unfurl",
        "root_message_ts": "1",
        "root_message_channel": "C1",
        **STYLE,
    },
    {
        "type": "citation",
        "url": "u",
        "text": "t",
        "index": 1,
        "details": {"citation_type": "file"},
        "from_llm": True,
        "is_slack_url": False,
    },
    {"type": "file", "file_id": "F1", "text": "t", "url": "u", "is_skill_invocation": False, **STYLE},
    {
        "type": "list_record",
        "file_id": "F1",
        "record_id": "r",
        "view_id": "v",
        "text": "t",
        "url": "u",
        **STYLE,
    },
    {
        "type": "salesforce_data_field",
        "salesforce_record_id": "1",
        "salesforce_field_label": "l",
        "salesforce_field_api_name": "n",
        "salesforce_include_field_label": True,
        **STYLE,
    },
    {"type": "tag", "text": "t", "color": "gray", **STYLE},
]

TEXT = {"type": "text", "text": "a"}
LINK = {"type": "link", "url": "https://a.example"}


def rich(*elements: Json, **more: Value) -> Json:
    return {"type": "rich_text", "elements": list(elements), **more}


SECTION_ELEMENT = {"type": "rich_text_section", "elements": [TEXT]}
TREE: list[Json] = [
    {"type": "rich_text_section", "elements": INLINE},
    {"type": "rich_text_preformatted", "elements": [TEXT, LINK], "border": 1, "language": "python"},
    {"type": "rich_text_quote", "elements": [TEXT], "border": 1},
    {
        "type": "rich_text_list",
        "style": "ordered",
        "elements": [SECTION_ELEMENT],
        "indent": 1,
        "offset": 1,
        "border": 1,
    },
]
