"""Rate limits: a bucket per method, and for posting one per channel.

Source: docs.slack.dev/apis/web-api/rate-limits. Slack gives the tiers per minute and “short bursts” without a number:
here a tier may be used up at once and refills evenly; posting refills one a second a channel.
"""

import math
from dataclasses import dataclass
from enum import Enum

from sandbox.clock import Clock


class Tier(Enum):
    """Calls a minute; POST is per channel, OPEN has no limit."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    SPECIAL = 600
    POST = 60
    OPEN = 0


POST_BURST = 10
FORGET_AFTER = 10_000


@dataclass
class _Bucket:
    left: float
    at: float


class Rates:
    """`factor` multiplies every limit; 0 means none."""

    def __init__(self, clock: Clock, factor: float = 1.0) -> None:
        self.clock = clock
        self.factor = factor
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def set_factor(self, factor: float) -> None:
        """Changes the pace and forgets what was used."""
        self.factor = factor
        self._buckets.clear()

    def take(self, method: str, tier: Tier, place: str = "") -> int:
        """Uses one call; 0 when it may go on, else the seconds to wait."""
        if self.factor <= 0 or tier is Tier.OPEN:
            return 0
        per_second = tier.value * self.factor / 60
        size = max(1.0, (POST_BURST if tier is Tier.POST else tier.value) * self.factor)
        now = self.clock.time()
        bucket = self._buckets.get((method, place))
        if bucket is None:
            if len(self._buckets) > FORGET_AFTER:
                self._buckets.clear()
            bucket = self._buckets[(method, place)] = _Bucket(size, now)
        bucket.left = min(size, bucket.left + max(0.0, now - bucket.at) * per_second)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return max(1, math.ceil((1 - bucket.left) / per_second))
