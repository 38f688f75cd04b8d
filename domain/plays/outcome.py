"""What came of a play, as the CSM writes it down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from domain.limits import QUESTION
from domain.outcome import Refused
from domain.text import clean

NAME: Final = 200


class Reached(StrEnum):
    """Whether the customer was reached: yes; not yet; no, and it is left at that."""

    YES = "yes"
    AGAIN = "again"
    NO = "no"


class Referral(StrEnum):
    """Whether the customer will name somebody."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class Result(StrEnum):
    """How trying to keep the customer ended."""

    KEPT = "kept"
    SMALLER = "smaller"
    LEFT = "left"
    TALKING = "talking"


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """Of the call after an upgrade. ``referral_name`` is who was named, '' for nobody yet."""

    reached: Reached
    needs: str = ""
    feedback: str = ""
    referral: Referral = Referral.NOT_ASKED
    referral_name: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.reached is not Reached.AGAIN


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """Of trying to keep a customer who pays less or leaves."""

    result: Result
    reasons: str = ""
    tried: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.result is not Result.TALKING


Outcome = CallOutcome | SaveOutcome


def call_outcome(
    *, reached: str, needs: str = "", feedback: str = "", referral: str = "", referral_name: str = ""
) -> CallOutcome | Mapping[str, Refused]:
    """The outcome of a call as it was typed, or what is wrong by field."""
    if reached not in set(Reached):
        return {"reached": Refused("Say whether you reached the customer.")}
    name = clean(referral_name, NAME).text
    if name and referral == Referral.NO:
        return {"referral_name": Refused("You chose “No”; take the name out, or choose “Yes”.")}
    wants = Referral(referral) if referral in set(Referral) else Referral.NOT_ASKED
    return CallOutcome(
        Reached(reached),
        clean(needs, QUESTION).text,
        clean(feedback, QUESTION).text,
        Referral.YES if name else wants,
        name,
    )


def save_outcome(*, result: str, reasons: str = "", tried: str = "") -> SaveOutcome | Mapping[str, Refused]:
    """The outcome of a save play as it was typed, or what is wrong by field."""
    if result not in set(Result):
        return {"result": Refused("Say how it ended, or that you still talk.")}
    why = clean(reasons, QUESTION).text
    if not why:
        return {"reasons": Refused("Write down the reasons, in the customer's own words; “they did not say” counts.")}
    return SaveOutcome(Result(result), why, clean(tried, QUESTION).text)


def to_json(outcome: Outcome | None) -> dict[str, Any]:
    """As it is kept; nothing for none."""
    return {name: value for name, value in asdict(outcome).items() if value} if outcome is not None else {}


def from_json(values: Mapping[str, Any]) -> Outcome | None:
    """What ``to_json`` wrote; None for anything else."""
    found: Outcome | Mapping[str, Refused] | None = None
    texts = {name: str(value) for name, value in values.items()}
    if "reached" in values:
        names = ("reached", "needs", "feedback", "referral", "referral_name")
        found = call_outcome(**{name: texts.get(name, "") for name in names})
    elif "result" in values:
        found = save_outcome(**{name: texts.get(name, "") for name in ("result", "reasons", "tried")})
    return found if isinstance(found, CallOutcome | SaveOutcome) else None
