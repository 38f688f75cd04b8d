"""Baton's own limits on what people and other programs may write, in one place.

Lengths count characters (Unicode code points), list limits count items.
"""

from typing import Final

TEXT: Final = 3_000
"""One text field of the handoff. Slack's `plain_text_input` takes at most 3,000 (block kit reference)."""

ITEMS: Final = 200
"""Items in one list of the handoff."""

ITEM_TEXT: Final = 500
"""One text of an item in a list: a promise, what somebody cares about."""

ITEM_WORD: Final = 200
"""One short text of an item: a name, a role, a start value, the words of a date."""

LINE: Final = 1_000
"""One line typed into a list."""

LINE_ERRORS: Final = 20
"""Lines refused before the rest of a text is left unread: nobody corrects more at once."""

DATE_READINGS: Final = 600
"""Times the date reader is asked for one text of lines: two hundred good lines need fewer, and each costs CPU."""

QUESTION: Final = 1_000
"""A question, its answer, or the reason given for an action."""

CHANNEL_NAME: Final = 80
"""Slack's limit on a channel name (conversations.create)."""

MILESTONES: Final = 200
"""Milestones of one plan, and steps of one playbook."""

MILESTONE_TITLE: Final = 150
"""The title of a milestone: two lines of a message on a phone."""
