"""How long to wait before trying again."""

from datetime import timedelta
from typing import Final

_MOST_DOUBLINGS: Final = 60


def backoff(attempt: int, *, base: timedelta, cap: timedelta, jitter: float) -> timedelta:
    """Wait after the failed try number `attempt` (from 1): exponential with "equal jitter".

    The full wait is `base` doubled for each earlier try, never above `cap`; half of it is certain and `jitter` (a
    number 0..1 drawn by the caller) decides the other half, so that many waiters spread out yet none returns at
    once. Formula: "Exponential Backoff And Jitter", AWS Architecture Blog. Raises ValueError for an attempt below 1,
    a base that is not positive, a cap below the base, or a jitter outside 0..1.
    """
    if attempt < 1:
        raise ValueError("attempt counts from 1")
    if base <= timedelta(0) or cap < base:
        raise ValueError("base must be positive and cap at least base")
    if not 0 <= jitter <= 1:
        raise ValueError("jitter must be between 0 and 1")
    doublings = min(attempt - 1, _MOST_DOUBLINGS)
    full = min(base.total_seconds() * 2**doublings, cap.total_seconds())
    return timedelta(seconds=full / 2 + full / 2 * jitter)
