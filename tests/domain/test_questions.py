import pytest

from domain.limits import QUESTION
from domain.outcome import Refused
from domain.questions import Asked, QuestionState, Settled, answer, ask, reopen, withdraw

OPEN, ANSWERED, WITHDRAWN = QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.WITHDRAWN


@pytest.mark.parametrize("text", ["?", "  Who signs off?  ", "x" * QUESTION])
def test_asks(text: str) -> None:
    assert ask(text) == Asked(text.strip())


@pytest.mark.parametrize("text", ["", " \n", "x" * (QUESTION + 1)])
def test_refuses_no_question_and_too_long_a_one(text: str) -> None:
    assert isinstance(ask(text), Refused)


def test_an_answer_settles_and_can_be_corrected() -> None:
    assert answer(OPEN, " Ada. ") == Settled(ANSWERED, "Ada.")
    assert answer(ANSWERED, "Bo.") == Settled(ANSWERED, "Bo.")


@pytest.mark.parametrize(
    "refused",
    [
        answer(OPEN, "  "),
        answer(OPEN, "x" * (QUESTION + 1)),
        answer(WITHDRAWN, "Ada"),
        withdraw(ANSWERED),
        withdraw(WITHDRAWN),
        withdraw(OPEN, "x" * (QUESTION + 1)),
        reopen(OPEN),
    ],
)
def test_refuses_with_a_sentence(refused: object) -> None:
    assert isinstance(refused, Refused)
    assert refused.reason.endswith(".")


def test_withdraws_and_reopens() -> None:
    assert withdraw(OPEN, " asked twice ") == Settled(WITHDRAWN, "asked twice")
    assert reopen(ANSWERED) == reopen(WITHDRAWN) == Settled(OPEN, "")
