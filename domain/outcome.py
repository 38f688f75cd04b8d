"""The answer "no", with its reason, that every rule may give instead of a result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule's no. `reason` is one plain sentence that can be shown to the person."""

    reason: str
