"""Questions asked in a deal's channel: open until answered or withdrawn."""

from dataclasses import dataclass
from enum import StrEnum

from domain.limits import QUESTION
from domain.outcome import Refused


class QuestionState(StrEnum):
    """Where a question stands. Only `open` ones are reminded and counted."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that may be asked; `text` is what to keep."""

    text: str
    state: QuestionState = QuestionState.OPEN


@dataclass(frozen=True, slots=True)
class Settled:
    """What a question becomes: its new state, and the answer or the reason (may be '' when withdrawn)."""

    state: QuestionState
    text: str


def ask(text: str) -> Asked | Refused:
    """A new question of 1 to 1,000 characters after stripping."""
    stripped = text.strip()
    if not stripped:
        return Refused("Write the question after the word: `/handoff ask Who signs off the data migration?`")
    if len(stripped) > QUESTION:
        return Refused(
            f"The question has {len(stripped):,} characters; {QUESTION:,} is the most. Ask it in shorter parts."
        )
    return Asked(stripped)


def answer(state: QuestionState, text: str) -> Settled | Refused:
    """Answer an open question, or answer an answered one anew. 1 to 1,000 characters after stripping."""
    stripped = text.strip()
    if state is QuestionState.WITHDRAWN:
        return Refused("This question was withdrawn meanwhile, so it needs no answer.")
    if not stripped:
        return Refused("Write an answer; the question stays open until there is one.")
    if len(stripped) > QUESTION:
        return Refused(
            f"The answer has {len(stripped):,} characters; {QUESTION:,} is the most. Put the rest in the thread."
        )
    return Settled(QuestionState.ANSWERED, stripped)


def withdraw(state: QuestionState, reason: str = "") -> Settled | Refused:
    """Take an open question back. `reason` is optional and at most 1,000 characters."""
    if state is QuestionState.ANSWERED:
        return Refused("This question was answered meanwhile, so it cannot be withdrawn.")
    if state is QuestionState.WITHDRAWN:
        return Refused("This question was withdrawn already.")
    if len(reason.strip()) > QUESTION:
        return Refused(f"Give the reason in at most {QUESTION:,} characters.")
    return Settled(QuestionState.WITHDRAWN, reason.strip())


def reopen(state: QuestionState) -> Settled | Refused:
    """Open a question again whose answer did not settle it."""
    if state is QuestionState.OPEN:
        return Refused("This question is still open.")
    return Settled(QuestionState.OPEN, "")
