"""What a builder hands to the courier: something to say, or the reason to say nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack. ``text`` (mrkdwn) is what notifications and screen readers get; ``blocks`` what is shown.

    The engine adds channel, thread and metadata.
    """

    text: str
    blocks: Sequence[Block] = field(default_factory=tuple[Block, ...])


@dataclass(frozen=True, slots=True)
class Quiet:
    """There is nothing to say any more; ``reason`` goes into the notice's row and the log."""

    reason: str
