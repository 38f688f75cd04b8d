"""How the time of some work grows with its size: both are timed in the same run, so the machine does not count."""

import time
from collections.abc import Callable
from typing import Final

LINEAR: Final = 10
"""Four times as much that takes less than ten times as long is in proportion; in the square it would be sixteen."""
_ROUNDS: Final = 7


def ratio(work: Callable[[], object], baseline: Callable[[], object]) -> float:
    """The processor time of ``work`` over that of ``baseline``: the quickest of seven rounds each, taken in turn."""
    most = float("inf")
    ours, theirs = most, most
    for _ in range(_ROUNDS):
        theirs = min(theirs, _seconds(baseline))
        ours = min(ours, _seconds(work))
    return ours / theirs


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
