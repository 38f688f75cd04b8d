"""A small window with one plain sentence: what happened meanwhile, why not, what to do."""

from messages.blocks import modal, sections
from messages.ids import VIEW_NOTE
from messages.say import View


def note_view(title: str, text: str) -> View:
    """``text`` is plain, as typed."""
    return modal(VIEW_NOTE, title, sections(text)[:90], close="OK")
