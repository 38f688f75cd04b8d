"""What billing told of one customer, read as a whole: whatever order it came in, however often.

Changes are put in the order in which they happened and grouped into episodes: one follows the other within an hour.
What counts of an episode is its net effect, so an upgrade that is put back within the hour is nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.plays.plans import PlanOrder, folded

SETTLING: Final = timedelta(hours=1)
"""Changes that follow each other this closely are one matter (issue D: “upgrade then undo within an hour”)."""
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


class Told(StrEnum):
    """What was told: another plan, or the end of the subscription."""

    PLAN = "plan"
    CANCEL = "cancel"


class Effect(StrEnum):
    """The net effect of an episode. ``kept``: a cancellation was withdrawn."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    CANCEL = "cancel"
    KEPT = "kept"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """One telling of billing. ``id`` is our row's; ``at`` when it happened. ``before`` and ``after`` are plans as
    billing calls them, '' for none; ``delta`` the change of monthly revenue. Of a cancellation ``effective_at`` is the
    end, ``reason`` what the customer gave."""

    id: int
    kind: Told
    at: datetime
    before: str = ""
    after: str = ""
    delta: Decimal | None = None
    effective_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """Changes that belong together, in order, and what they come to. ``returned``: it ended a cancellation."""

    changes: tuple[Change, ...]
    effect: Effect
    before: str
    after: str
    delta: Decimal | None = None
    effective_at: datetime | None = None
    reason: str = ""
    returned: bool = False

    @property
    def first(self) -> Change:
        """Where it began."""
        return self.changes[0]

    @property
    def last_at(self) -> datetime:
        """When its last change happened."""
        return self.changes[-1].at


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer is after all of it. ``leaving``: the cancellation that holds, if one does."""

    plan: str
    leaving: Change | None = None


@dataclass(slots=True)
class _Run:
    """An episode that is being gathered, with what held before it."""

    before: Standing
    changes: list[Change] = field(default_factory=list[Change])


def episodes(changes: Iterable[Change], plans: PlanOrder, base: str = "") -> tuple[Episode, ...]:
    """The episodes of one customer in order. ``base`` is the plan known before the first change, '' for none. The same
    set of changes gives the same episodes, in whatever order it is given."""
    return tuple(_episode(run, after, plans) for run, after in _runs(changes, plans, base))


def standing(changes: Iterable[Change], plans: PlanOrder, base: str = "") -> Standing:
    """Where the customer is after all of these."""
    runs = _runs(changes, plans, base)
    return runs[-1][1] if runs else Standing(base)


def comes_back(change: Change, plans: PlanOrder) -> bool:
    """Whether a change of plan after a cancellation withdraws it: it goes to a plan we know, or brings more money.
    Billing also tells of “no plan” or a free one at the end of a subscription; that withdraws nothing."""
    if change.kind is Told.CANCEL:
        return False
    return plans.rank(change.after) is not None or (change.delta or 0) > 0


def _runs(changes: Iterable[Change], plans: PlanOrder, base: str) -> list[tuple[_Run, Standing]]:
    found: list[tuple[_Run, Standing]] = []
    now, last = Standing(base), _NEVER
    for change in _in_order(changes, base):
        # What a customer who leaves is told of besides (the end again, no plan any more) belongs to their leaving.
        still = now.leaving is not None and not comes_back(change, plans)
        joins = bool(found) and (still or change.at - last <= SETTLING)
        run = found.pop()[0] if joins else _Run(now)
        run.changes.append(change)
        now, last = _after(now, change, plans), change.at
        found.append((run, now))
    return found


def _after(now: Standing, change: Change, plans: PlanOrder) -> Standing:
    if change.kind is Told.CANCEL:
        return Standing(now.plan, change)
    leaving = None if now.leaving is None or comes_back(change, plans) else now.leaving
    return Standing(change.after or now.plan, leaving)


def _in_order(changes: Iterable[Change], base: str) -> list[Change]:
    """As they happened. Of several at one moment the one that begins where the customer is goes first, and a
    cancellation last: billing sends “no plan” along with it. Nothing depends on ``id``, which says what came first."""
    left = sorted(changes, key=_key)
    ordered: list[Change] = []
    plan = base
    while left:
        same = [one for one in left if one.at == left[0].at and one.kind is left[0].kind]
        one = next((each for each in same if each.before and folded(each.before) == folded(plan)), same[0])
        left.remove(one)
        ordered.append(one)
        plan = one.after or plan
    return ordered


def _key(change: Change) -> tuple[datetime, bool, str, str, datetime, str, Decimal]:
    ends = change.effective_at or _NEVER
    is_end = change.kind is Told.CANCEL
    return (change.at, is_end, change.before, change.after, ends, change.reason, change.delta or Decimal(0))


def _episode(run: _Run, after: Standing, plans: PlanOrder) -> Episode:
    moved = [one for one in run.changes if one.kind is Told.PLAN]
    was = (moved[0].before if moved else "") or run.before.plan
    becomes = after.plan if moved else was
    deltas = [one.delta for one in moved if one.delta is not None]
    delta = sum(deltas, Decimal(0)) if deltas else None
    if after.leaving is not None:
        end = after.leaving
        return Episode(tuple(run.changes), Effect.CANCEL, was, becomes, delta, end.effective_at, end.reason)
    returned = run.before.leaving is not None
    effect = direction(was, becomes, delta, plans)
    if effect is Effect.NONE and returned:
        effect = Effect.KEPT
    return Episode(tuple(run.changes), effect, was, becomes, delta, returned=returned)


def direction(before: str, after: str, delta: Decimal | None, plans: PlanOrder) -> Effect:
    """Up, down or neither. Two plans we know are compared by their order; with one we don't know only the change of
    monthly revenue tells."""
    low, high = plans.rank(before), plans.rank(after)
    if folded(before) == folded(after):
        return Effect.NONE
    sign = (high - low) if low is not None and high is not None else (delta or 0)
    if sign == 0:
        return Effect.NONE
    return Effect.UPGRADE if sign > 0 else Effect.DOWNGRADE


def unknown_names(changes: Sequence[Change], plans: PlanOrder) -> tuple[str, ...]:
    """The plans in these that are not in our order, each once, as billing wrote it."""
    found: dict[str, str] = {}
    for one in changes:
        for name in (one.before, one.after):
            if plans.is_unknown(name):
                found.setdefault(folded(name), " ".join(name.split()))
    return tuple(found.values())
