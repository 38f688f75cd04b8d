"""Samples of usage as columns, sifted: what may be recorded, and what is refused and why."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Samples:
    """Parallel columns: the account's and the metric's name, the day (`date.toordinal`), the number. `whole`: the
    numbers are of whole weeks, and the days are their Mondays. Made by `sift`, which nothing wrong passes."""

    accounts: Sequence[str]
    days: Sequence[int]
    metrics: Sequence[str]
    values: Sequence[float]
    whole: bool = False

    def __len__(self) -> int:
        return len(self.accounts)
