"""What to do about a fall, by what it looks like: the playbook's steps for the CSM."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from domain.usage.alerts import Severity
from domain.usage.settings import Kind
from domain.usage_alert import Sign

SEVERE: Final = "severe"
NOT_ACTIVATED: Final = "not_activated"
ALWAYS: Final = "always"
OCCASIONS: Final = (SEVERE, *(str(sign) for sign in Sign), NOT_ACTIVATED, ALWAYS)
"""The names a playbook may have steps under, in the order in which they are told."""
MOST: Final = 4
"""Steps told at once; nobody does more of them in a day."""
LONGEST: Final = 300
"""Characters of a step."""


@dataclass(frozen=True, slots=True)
class UsageSteps:
    """Steps by occasion (`OCCASIONS`), each a plain sentence of at most `LONGEST` characters."""

    by_occasion: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def for_alert(self, kind: Kind, severity: Severity, signs: Sequence[Sign]) -> tuple[str, ...]:
        """At most `MOST` steps, the most urgent first, none twice."""
        occasions = {str(sign) for sign in signs} | {ALWAYS}
        if severity is Severity.SEVERE:
            occasions.add(SEVERE)
        if kind is Kind.NOT_ACTIVATED:
            occasions.add(NOT_ACTIVATED)
        every = [step for name in OCCASIONS if name in occasions for step in self.by_occasion.get(name, ())]
        return tuple(dict.fromkeys(every))[:MOST]
