"""What Slack allows, once. Numbers from Slack's Block Kit and method references (docs.slack.dev)."""

from typing import Final

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
HEADER: Final = 150
SECTION: Final = 3_000
FIELD: Final = 2_000
FIELDS: Final = 10
CONTEXT_ELEMENTS: Final = 10
CONTEXT_TEXT: Final = 3_000
ACTIONS: Final = 25
BUTTON: Final = 75
BUTTON_VALUE: Final = 2_000
BUTTON_URL: Final = 3_000
ACCESSIBILITY_LABEL: Final = 75
PLACEHOLDER: Final = 150
OPTION: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
OVERFLOW_OPTIONS: Final = 5
INPUT_LABEL: Final = 2_000
INPUT_HINT: Final = 2_000
INPUT_TEXT: Final = 3_000
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
IMAGE_ALT: Final = 2_000
IMAGE_TITLE: Final = 2_000
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
MODAL_STACK: Final = 3
MESSAGE_TEXT: Final = 3_900
"""``chat.update`` takes 4,000 characters (``msg_too_long``), and every message of ours may be edited."""
TOPIC: Final = 250
BOOKMARK_TITLE: Final = 255
MESSAGE_CHARACTERS: Final = 10_000
"""Text of all blocks of a message together. Slack refuses somewhat less than 12,000 characters with
``msg_blocks_too_long``, a limit it does not document (slackapi/bolt-js issues 2509 and 2867)."""
