"""What was done, told to whoever did it, with the button that takes it back."""

from messages.blocks import actions, button, modal, sections
from messages.ids import VIEW_DONE
from messages.limits import BUTTON_VALUE, INPUT_TEXT
from messages.say import Block, Message, View
from messages.text import cut, escape

LABEL = "Undo"


def done_message(sentence: str, action: str = "", value: str = "") -> Message:
    """``sentence`` as typed; with an ``action`` its undo. What is too long to be carried by a button has none."""
    blocks: list[Block] = [*sections(sentence)]
    if action and len(value) <= BUTTON_VALUE:
        blocks.append(actions([button(LABEL, action, value)]))
    return Message(cut(escape(sentence), INPUT_TEXT), blocks)


def done_view(title: str, sentence: str, action: str = "", value: str = "") -> View:
    """The same in a window."""
    return modal(VIEW_DONE, title, done_message(sentence, action, value).blocks, close="Close")
