"""Whether a step that only some deals have is in the plan of this one."""

import re
from typing import Final

from domain.deals import DealFacts
from domain.handoff import Answers
from domain.handoff_score import says_nothing
from domain.playbook import Condition, Step
from domain.words import fold

_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def wanted(step: Step, *, facts: DealFacts, answers: Answers | None) -> bool:
    """Whether the step is in the plan: yes when it asks for nothing, and while what it asks for is not known yet."""
    return step.only_if is None or holds(step.only_if, facts=facts, answers=answers) is not False


def holds(condition: Condition, *, facts: DealFacts, answers: Answers | None) -> bool | None:
    """Whether a condition is true of a deal; None while nobody said. "None" counts as said, in five languages."""
    said = [text for text in _texts(condition.field, facts, answers) if text.strip()]
    if not said:
        return None
    if condition.wanted is None:
        return not all(says_nothing(text) for text in said)
    return any(_has_word(text, condition.wanted) for text in said)


def why_not(condition: Condition) -> str:
    """Why a step is left out, as a plain sentence."""
    field = condition.field.replace("_", " ")
    if condition.wanted is None:
        return f"The handoff says that there is no {field}."
    return f"The {field} is not {condition.wanted}."


def _texts(field: str, facts: DealFacts, answers: Answers | None) -> list[str]:
    match field:
        case "plan":
            return [facts.plan or ""]
        case "segment":
            return [facts.account.segment or ""]
        case "region":
            return [facts.account.region or ""]
        case "products":
            return [*facts.products, answers.products if answers else ""]
        case _:
            return [answers.text(field)] if answers else []


def _has_word(text: str, word: str) -> bool:
    """The whole word, any case; in Chinese, which has no spaces, any part."""
    folded, sought = fold(text), fold(word)
    if _HAN.search(sought):
        return sought in folded
    return re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", folded) is not None
