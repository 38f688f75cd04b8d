import pytest

from domain.commitments import CommitmentState, Settled, deliver, undo, withdraw
from domain.limits import QUESTION
from domain.outcome import Refused

OPEN, DONE, WITHDRAWN = CommitmentState.OPEN, CommitmentState.DONE, CommitmentState.WITHDRAWN


def test_is_delivered_with_evidence_or_withdrawn_with_a_reason() -> None:
    assert deliver(OPEN, " https://example.com/report ") == Settled(DONE, "https://example.com/report")
    assert withdraw(OPEN, "They host it themselves") == Settled(WITHDRAWN, "They host it themselves")


@pytest.mark.parametrize("settled", [DONE, WITHDRAWN])
def test_is_opened_again(settled: CommitmentState) -> None:
    assert undo(settled) == Settled(OPEN, "")


@pytest.mark.parametrize(
    "refused",
    [
        deliver(OPEN, " "),
        withdraw(OPEN, ""),
        deliver(DONE, "x"),
        deliver(WITHDRAWN, "x"),
        withdraw(DONE, "x"),
        withdraw(OPEN, "x" * (QUESTION + 1)),
        undo(OPEN),
    ],
)
def test_refuses_with_a_sentence(refused: object) -> None:
    assert isinstance(refused, Refused)
    assert refused.reason.endswith(".")
