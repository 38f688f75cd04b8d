"""What sales promised: open until delivered with evidence, or withdrawn with a reason."""

from dataclasses import dataclass
from enum import StrEnum

from domain.limits import QUESTION
from domain.outcome import Refused


class CommitmentState(StrEnum):
    """Where a promise stands."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Settled:
    """What a promise becomes; `note` is the evidence when done, the reason when withdrawn, '' when open again."""

    state: CommitmentState
    note: str


def deliver(state: CommitmentState, evidence: str) -> Settled | Refused:
    """Mark an open promise as kept. `evidence` says how one can see it: a link or a sentence, 1 to 1,000 characters."""
    return _settle(
        state, CommitmentState.DONE, evidence, "Say how one can see that it is done: a link or one sentence."
    )


def withdraw(state: CommitmentState, reason: str) -> Settled | Refused:
    """Withdraw an open promise. `reason` is for the customer's next call: 1 to 1,000 characters."""
    return _settle(state, CommitmentState.WITHDRAWN, reason, "Say why it is withdrawn; the customer may ask.")


def undo(state: CommitmentState) -> Settled | Refused:
    """Open a promise again that was marked done or withdrawn."""
    if state is CommitmentState.OPEN:
        return Refused("This promise is still open; there is nothing to undo.")
    return Settled(CommitmentState.OPEN, "")


def _settle(state: CommitmentState, becomes: CommitmentState, note: str, without_note: str) -> Settled | Refused:
    if state is not CommitmentState.OPEN:
        return Refused(f"This promise was marked {state} meanwhile. Undo that first to change it.")
    stripped = note.strip()
    if not stripped:
        return Refused(without_note)
    if len(stripped) > QUESTION:
        return Refused(f"Use at most {QUESTION:,} characters; this has {len(stripped):,}.")
    return Settled(becomes, stripped)
