"""What the detector says, with the arithmetic behind it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.usage.feed import Break
from domain.usage.settings import Kind


class Severity(StrEnum):
    """How deep the fall is; `info` is good or plain news."""

    LOW = "low"
    MEDIUM = "medium"
    SEVERE = "severe"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Change:
    """What another metric did over the same weeks: −0.4 is 40 % less than usual with the peers' change taken out."""

    metric: str
    share: float


@dataclass(frozen=True, slots=True)
class AccountAlert:
    """One account, computed from complete weeks up to the one that began on Monday `week`.

    `usual` and `now` are events a week: the baseline of `baseline_weeks` weeks, and the mean since Monday `since`.
    `missing` is the share of the expected events that did not come, `peers` what peers did in those weeks (0.9: 10 %
    less than usual). `evidence` in nats, with what the other metrics lend, reached `threshold`. For `not_activated`,
    `usual` is what peers of this age and seats do; for `recovery`, the level before the fall.
    """

    account: int
    account_id: str
    week: date
    kind: Kind
    severity: Severity
    metric: str
    usual: float
    now: float
    since: date
    missing: float
    peers: float
    baseline_weeks: int
    evidence: float
    threshold: float
    others: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedAlert:
    """The feed itself: for each broken metric its breaks, or `held` alerts of accounts that came all at once."""

    week: date
    breaks: tuple[tuple[str, Break], ...]
    held: int = 0
    kind: Kind = Kind.DATA_BROKEN
    severity: Severity = Severity.SEVERE


Alert = AccountAlert | FeedAlert


def severity_of(missing: float, now: float, steps: tuple[float, float]) -> Severity:
    """−30 % low, −50 % medium, −80 % or silence severe."""
    if now <= 0 or missing >= steps[1]:
        return Severity.SEVERE
    return Severity.MEDIUM if missing >= steps[0] else Severity.LOW
