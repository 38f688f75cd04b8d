"""Whether a deal that is not won yet is far enough for its CSM to be introduced."""

from typing import Final

from domain.deals import DealState
from domain.outcome import Refused

INTRODUCE_FROM: Final = 0.5
"""The CRM's probability (0–1) from which a CSM is worth their time: more likely won than lost."""


def introduction(state: DealState, probability: float) -> Refused | None:
    """None when the introduction is to be made; otherwise why not."""
    if state is not DealState.PROSPECT:
        return Refused("The deal is won: its channel does the introduction.")
    if probability < INTRODUCE_FROM:
        return Refused(f"The deal is at {probability:.0%}; introductions are made from {INTRODUCE_FROM:.0%}.")
    return None
