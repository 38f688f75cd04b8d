"""Moving a milestone: what moves along is shown first, then done. Days are local days of the customer's work."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from domain.calendar import WorkingDays
from domain.handoff import Answers
from domain.outcome import Refused
from domain.plan.change import Clash, Effect, Held, Move, PlanChange, Stay
from domain.plan.clashes import clashes
from domain.plan.links import due_from, followers, shifted, stays_put
from domain.plan.sentences import counted, named, on_day
from domain.plan.steps import out_of_reach
from domain.plan_picture import Milestone, PlanPicture


def effect(
    plan: PlanPicture, number: int, to: date, *, days: WorkingDays, answers: Answers | None = None
) -> Effect | Refused:
    """What moving a milestone to `to` does. What counts from it moves along by the same number of working days, and so
    on; settled ones and those whose day was set by hand stay, and with them what counts from those."""
    one = plan.by_number(number)
    if one is None:
        return Refused(f"There is no milestone {number} in this plan.")
    if not one.is_open:
        return Refused(f"{named(one)} is {one.state} already. Open it again first.")
    if one.due == to:
        return Refused(f"{named(one)} is due on {on_day(to)} already.")
    return out_of_reach(plan, to) or effect_of(plan, one, to, days=days, answers=answers)


def effect_of(plan: PlanPicture, one: Milestone, to: date, *, days: WorkingDays, answers: Answers | None) -> Effect:
    """Like `effect`, without asking whether it may be moved."""
    moves, stays = [Move(one, one.due, to)], list[Stay]()
    by = days.distance(one.due, to) if one.due is not None else 0
    following = followers(plan.milestones)
    waiting, seen = list(following.get(one.number, ())) if by else [], {one.number}
    while waiting:
        at = waiting.pop()
        if at.number in seen or at.due is None:
            continue
        seen.add(at.number)
        if stays_put(at):
            stays.append(Stay(at, Held.BY_HAND if at.is_open else Held.SETTLED))
            continue
        moves.append(Move(at, at.due, shifted(at.due, by, days)))
        waiting += following.get(at.number, ())
    along = sorted(moves[1:], key=lambda move: (move.becomes, move.milestone.number))
    ordered = (moves[0], *along)
    return Effect(
        moves=ordered,
        stays=tuple(sorted(stays, key=lambda stay: stay.milestone.number)),
        clashes=_clashes_of(plan, ordered, answers),
        free_day=not days.is_working_day(to),
    )


def moved(plan: PlanPicture, effect: Effect, *, days: WorkingDays, only_this: bool = False) -> PlanChange:
    """The change that does what `effect` says; with `only_this` what counts from the milestone keeps its day, and from
    now on the new distance."""
    first = effect.moves[0]
    one = first.milestone
    changed = [_by_hand(one, first.becomes)]
    if only_this:
        changed += _kept_in_place(plan, one, first.becomes, days)
        along = 0
    else:
        changed += [_moved_along(move) for move in effect.along]
        along = len(effect.along)
    was = f" from {on_day(first.was)}" if first.was else ""
    said = f"moved {named(one)}{was} to {on_day(first.becomes)}"
    if along:
        said += f", and {counted(along, 'milestone')} that {'counts' if along == 1 else 'count'} from it"
    return PlanChange("move", said, tuple(changed))


def _by_hand(one: Milestone, to: date) -> Milestone:
    """An appointment on another day is none any more."""
    return replace(one, due=to, working_days=None, by_day=None, touched=True, snoozed_until=None, booked_for=None)


def _moved_along(move: Move) -> Milestone:
    return replace(move.milestone, due=move.becomes, snoozed_until=None)


def _kept_in_place(plan: PlanPicture, one: Milestone, to: date, days: WorkingDays) -> list[Milestone]:
    """Those that count from it with their new distance, or with none where no number of days says it."""
    kept: list[Milestone] = []
    for each in followers(plan.milestones).get(one.number, ()):
        if stays_put(each) or each.due is None:
            continue
        apart = replace(each, after=one.step, working_days=days.distance(to, each.due))
        fits = due_from(plan.closed_on, to, apart, days) == each.due
        kept.append(apart if fits else replace(each, working_days=None))
    return kept


def _clashes_of(plan: PlanPicture, moves: Sequence[Move], answers: Answers | None) -> tuple[Clash, ...]:
    becomes = {move.milestone.number: move.becomes for move in moves}
    after = replace(
        plan, milestones=tuple(replace(one, due=becomes.get(one.number, one.due)) for one in plan.milestones)
    )
    return tuple(clash for clash in clashes(after, answers) if clash.number in becomes)
