"""What Slack's own Python models build is taken."""

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.attachments import Attachment, BlockAttachment
from slack_sdk.models.blocks import block_elements
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View

from sandbox.blockkit.api import (
    Surface,
    assign_ids,
    initial_values,
    validate_attachments,
    validate_blocks,
    validate_metadata,
    validate_view,
)
from tests.sandbox.blockkit.block_samples import BLOCKS
from tests.sandbox.blockkit.samples import INLINE, TREE, Json, rich

OPTIONS = [sdk.Option(value="a", text="A"), sdk.Option(value="b", text="B", description="bee")]
CONFIRM = sdk.ConfirmObject(title="t", text="x")
PARTS = sdk.RichTextElementParts
SDK_INLINE = {"text", "link", "emoji", "user", "channel", "usergroup", "team", "broadcast", "date", "color"}
MESSAGE: list[sdk.Block] = [
    sdk.SectionBlock(text="*hi*"),
    sdk.SectionBlock(fields=["a", "b"], block_id="s"),
    sdk.SectionBlock(text="x", accessory=sdk.ImageElement(image_url="https://a.example/x.png", alt_text="a")),
    sdk.SectionBlock(text="x", accessory=sdk.OverflowMenuElement(action_id="o", options=OPTIONS, confirm=CONFIRM)),
    sdk.DividerBlock(),
    sdk.HeaderBlock(text="Header"),
    sdk.ImageBlock(image_url="https://a.example/x.png", alt_text="a", title="t"),
    sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="a"), sdk.PlainTextObject(text="b")]),
    sdk.ActionsBlock(
        elements=[
            sdk.ButtonElement(text="Go", action_id="a", value="1", style="primary", confirm=CONFIRM),
            sdk.LinkButtonElement(text="Link", url="https://a.example", action_id="b"),
            sdk.StaticSelectElement(placeholder="p", action_id="c", options=OPTIONS, initial_option=OPTIONS[1]),
            sdk.UserSelectElement(placeholder="p", action_id="d"),
            sdk.DatePickerElement(action_id="e", placeholder="p", initial_date="2026-11-23"),
            sdk.CheckboxesElement(action_id="f", options=OPTIONS, initial_options=OPTIONS),
        ]
    ),
    sdk.MarkdownBlock(text="**a**"),
    sdk.RichTextBlock(
        elements=[
            sdk.RichTextSectionElement(
                elements=[
                    PARTS.Text(text="a", style=PARTS.TextStyle(bold=True)),
                    PARTS.Link(url="https://a.example", text="b"),
                    PARTS.User(user_id="U1"),
                    PARTS.Emoji(name="tada"),
                ]
            ),
            sdk.RichTextListElement(
                style="bullet", elements=[sdk.RichTextSectionElement(elements=[PARTS.Text(text="x")])]
            ),
        ]
    ),
    sdk.ContextActionsBlock(
        elements=[
            sdk.FeedbackButtonsElement(
                action_id="f",
                positive_button=sdk.FeedbackButtonObject(text="+", value="1"),
                negative_button=sdk.FeedbackButtonObject(text="-", value="0"),
            ),
            sdk.IconButtonElement(action_id="i", icon="trash", text="Delete"),
        ]
    ),
]
INPUTS = [
    sdk.PlainTextInputElement(action_id="a", placeholder="p", multiline=True, min_length=1, max_length=10),
    sdk.NumberInputElement(action_id="a", is_decimal_allowed=False, min_value=1, max_value="7", initial_value="3"),
    sdk.EmailInputElement(action_id="a"),
    sdk.UrlInputElement(action_id="a"),
    sdk.DateTimePickerElement(action_id="a", initial_date_time=1628633820),
    sdk.TimePickerElement(action_id="a", initial_time="12:30", timezone="Europe/Oslo"),
    sdk.RadioButtonsElement(action_id="a", options=OPTIONS, initial_option=OPTIONS[0]),
    block_elements.FileInputElement(action_id="a", filetypes=["pdf"], max_files=2),
    sdk.RichTextInputElement(action_id="a", placeholder="p"),
    sdk.ConversationMultiSelectElement(
        action_id="a", placeholder="p", filter=sdk.ConversationFilter(include=["im"]), max_selected_items=3
    ),
    sdk.StaticMultiSelectElement(
        placeholder="p", option_groups=[sdk.OptionGroup(label="g", options=OPTIONS)], action_id="a"
    ),
    sdk.ExternalDataSelectElement(placeholder="p", action_id="a", min_query_length=0),
]


def test_messages_built_by_the_sdk() -> None:
    assert validate_blocks([block.to_dict() for block in MESSAGE], "message") == []


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: str(element.type))
def test_modals_built_by_the_sdk(element: sdk.InputInteractiveElement) -> None:
    block = sdk.InputBlock(label="Label", hint="Hint", element=element, block_id="b", optional=True)
    view = View(type="modal", title="T", submit="S", close="C", callback_id="c", blocks=[block]).to_dict()
    assert validate_view(view) == []
    view["blocks"] = assign_ids(view["blocks"])
    assert list(initial_values(view)["b"]) == ["a"]


def test_home_tabs_built_by_the_sdk() -> None:
    assert validate_view(View(type="home", blocks=[sdk.DividerBlock()]).to_dict()) == []


def test_attachments_and_metadata_built_by_the_sdk() -> None:
    plain = Attachment(text="a", color="#ffaa00", title="t").to_dict()
    blocks = BlockAttachment(blocks=MESSAGE[:2], color="good").to_dict()
    assert validate_attachments([plain, blocks]) == []
    assert validate_metadata(Metadata(event_type="e", event_payload={"a": 1}).to_dict()) == []


@pytest.mark.parametrize(("surface", "block"), BLOCKS, ids=lambda value: str(value)[:40])
def test_what_the_sdk_reads_and_writes_again_is_taken(surface: Surface, block: Json) -> None:
    if block["type"] == "rich_text":
        known = [part for part in INLINE if part["type"] in SDK_INLINE]
        block = rich({"type": "rich_text_section", "elements": known}, *TREE[1:])
    parsed = sdk.Block.parse(dict(block))
    if parsed is None:
        assert block["type"] in {"data_table", "data_visualization"}
        return
    assert validate_blocks([parsed.to_dict()], surface) == []
