from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retry import backoff

SECOND = timedelta(seconds=1)
CAP = timedelta(minutes=5)


def test_doubles_up_to_the_cap() -> None:
    waits = [backoff(attempt, base=SECOND, cap=CAP, jitter=1).total_seconds() for attempt in range(1, 12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_stays_between_half_and_all_of_the_full_wait(attempt: int, jitter: float) -> None:
    full = backoff(attempt, base=SECOND, cap=CAP, jitter=1)
    wait = backoff(attempt, base=SECOND, cap=CAP, jitter=jitter)
    assert full / 2 <= wait <= full <= CAP


@given(st.integers(1, 100), st.floats(0, 1))
def test_never_gets_shorter(attempt: int, jitter: float) -> None:
    earlier = backoff(attempt, base=SECOND, cap=CAP, jitter=jitter)
    assert backoff(attempt + 1, base=SECOND, cap=CAP, jitter=jitter) >= earlier


@pytest.mark.parametrize(
    ("attempt", "base", "cap", "jitter"),
    [(0, SECOND, CAP, 0.5), (1, timedelta(0), CAP, 0.5), (1, CAP, SECOND, 0.5), (1, SECOND, CAP, 1.1)],
)
def test_refuses_nonsense(attempt: int, base: timedelta, cap: timedelta, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"attempt|base|jitter"):
        backoff(attempt, base=base, cap=cap, jitter=jitter)
