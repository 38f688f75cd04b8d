"""Firm dates once the handoff is accepted, and another playbook for a plan that has begun.

What people touched, added or settled is left as it is. Everything else follows the deal as it is known now.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from domain.calendar import WorkingDays
from domain.deals import DealFacts
from domain.handoff import Answers
from domain.limits import MILESTONES
from domain.outcome import Refused
from domain.plan.change import ChosenPlaybook, PlanChange, highest_number
from domain.plan.conditions import wanted, why_not
from domain.plan.links import anchor_of, due_from, left_out
from domain.plan.making import anchor_in, milestone_of, milestones_of, numbered
from domain.plan.sentences import counted, named, quoted
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import CLOSE, Playbook, Step


def firm(
    plan: PlanPicture, playbook: Playbook | None, *, facts: DealFacts, answers: Answers | None, days: WorkingDays
) -> PlanChange:
    """The dates become firm. Steps whose condition turned out false are skipped, or opened, or added when it is true
    now; untouched open ones are due by what they count from. Empty when all that is so already.

    `playbook` None: it is no longer there, and no step comes or goes.
    """
    milestones = {one.number: one for one in plan.milestones}
    out, back = _by_condition(plan, playbook, facts, answers)
    milestones |= {one.number: one for one in (*out, *back)}
    milestones |= _redated(plan, milestones, days)
    new = _added(plan, playbook, milestones, facts, answers, days)
    if new and playbook is not None:
        milestones |= {one.number: one for one in new}
        milestones |= _relinked(playbook, milestones, {one.step for one in new})
        milestones |= _redated(plan, milestones, days)
    changed = tuple(one for number, one in milestones.items() if one != plan.by_number(number))
    parts = ["made the dates firm" if plan.firm_at is None else "brought the plan up to date"]
    parts += [f"{verb} {', '.join(named(one) for one in ones)}" for verb, ones in _told(out, back, new) if ones]
    return PlanChange("firm", "; ".join(parts), changed, firm=True if plan.firm_at is None else None)


def switch(
    plan: PlanPicture,
    playbook: Playbook,
    why: str,
    *,
    facts: DealFacts,
    answers: Answers | None,
    days: WorkingDays,
) -> PlanChange | Refused:
    """The plan follows another playbook from now on. What was touched, added by hand or done is kept as it is; a step
    both playbooks have keeps its number; the rest goes, and new ones get numbers never given before."""
    if playbook.name == plan.playbook:
        return Refused(f"The plan follows {quoted(playbook.title)} already.")
    kept = {one.number: one for one in plan.milestones if _is_kept(one)}
    dues = {one.step: one.due for one in kept.values() if one.step}
    steps = [step for step in playbook.steps if wanted(step, facts=facts, answers=answers)]
    made = milestones_of(playbook, steps, dues, closed_on=plan.closed_on, days=days)
    loose = {one.step: one for one in plan.milestones if one.number not in kept and one.step}
    shared = [_taking(one, loose[one.step]) for one in made if one.step in loose]
    new = numbered([one for one in made if one.step not in loose], highest_number(plan) + 1)
    total = len(kept) + len(made)
    if total > MILESTONES:
        return Refused(f"The plan would have {total} milestones; {MILESTONES} are the most.")
    stays = set(kept) | {one.number for one in shared}
    removed = tuple(one.number for one in plan.milestones if one.number not in stays)
    said = f"changed the playbook from {quoted(plan.playbook_title)} to {quoted(playbook.title)}: "
    said += f"{counted(len(kept) + len(shared), 'milestone')} kept, {len(new)} new, {len(removed)} gone"
    changed = tuple(one for one in shared if one != plan.by_number(one.number))
    return PlanChange(
        "playbook",
        said,
        (*changed, *new),
        removed,
        playbook=ChosenPlaybook(playbook.name, playbook.title, why),
    )


def _is_kept(one: Milestone) -> bool:
    return one.touched or not one.step or one.state is State.DONE


def _taking(made: Milestone, old: Milestone) -> Milestone:
    """The new playbook's milestone in the place of the old one's."""
    return replace(
        made,
        id=old.id,
        number=old.number,
        snoozed_until=old.snoozed_until,
        changed_at=old.changed_at,
        version=old.version,
    )


def _by_condition(
    plan: PlanPicture, playbook: Playbook | None, facts: DealFacts, answers: Answers | None
) -> tuple[list[Milestone], list[Milestone]]:
    """Those to leave out, and those left out before that are in again."""
    out: list[Milestone] = []
    back: list[Milestone] = []
    for step, one in _untouched(plan, playbook):
        is_wanted = wanted(step, facts=facts, answers=answers)
        if one.is_open and not is_wanted and step.only_if is not None:
            why = why_not(step.only_if)
            out.append(replace(one, state=State.SKIPPED, why=why, unblocker="", snoozed_until=None))
        elif left_out(one) and is_wanted:
            back.append(replace(one, state=State.PLANNED, why=""))
    return out, back


def _untouched(plan: PlanPicture, playbook: Playbook | None) -> list[tuple[Step, Milestone]]:
    steps = {step.id: step for step in playbook.steps} if playbook else {}
    return [(steps[one.step], one) for one in plan.milestones if one.step in steps and not one.touched]


def _added(
    plan: PlanPicture,
    playbook: Playbook | None,
    milestones: Mapping[int, Milestone],
    facts: DealFacts,
    answers: Answers | None,
    days: WorkingDays,
) -> tuple[Milestone, ...]:
    """Steps left away when the plan was made, whose condition is true now. Without a condition a step that is missing
    was put into the playbook later, and running plans stay as they are."""
    if playbook is None or playbook.name != plan.playbook:
        return ()
    dues = {one.step: one.due for one in milestones.values() if one.step}
    missing = [
        step
        for step in playbook.steps
        if step.only_if is not None and step.id not in dues and wanted(step, facts=facts, answers=answers)
    ]
    room = max(0, MILESTONES - len(milestones))
    made = milestones_of(playbook, missing[:room], dues, closed_on=plan.closed_on, days=days)
    return numbered(made, highest_number(plan) + 1)


def _relinked(playbook: Playbook, milestones: Mapping[int, Milestone], new: set[str]) -> dict[int, Milestone]:
    """What counted from the anchor of a step that was not there counts from that step again."""
    steps = {step.id: step for step in playbook.steps}
    present = {one.step for one in milestones.values() if one.step}
    found: dict[int, Milestone] = {}
    for number, one in milestones.items():
        step = steps.get(one.step)
        if step is None or one.touched or not one.is_open:
            continue
        before, after = (anchor_in(playbook, step, which) for which in (present - new, present))
        as_written = milestone_of(step, before)
        if (one.after, one.working_days, one.by_day) == (before, as_written.working_days, as_written.by_day):
            found[number] = replace(one, after=after)
    return found


def _redated(plan: PlanPicture, milestones: Mapping[int, Milestone], days: WorkingDays) -> dict[int, Milestone]:
    """The untouched open ones with the days that follow from what they count from."""
    found = dict(milestones)
    done: set[int] = set()

    def date_of(one: Milestone) -> date | None:
        """Anchors first; a ring, which no playbook has, leaves its days as they are."""
        if one.number in done or one.touched or not one.is_open:
            return found[one.number].due
        done.add(one.number)
        anchor = anchor_of(one, list(found.values()))
        if anchor is None and not _from_close(one, found):
            return one.due
        due = due_from(plan.closed_on, date_of(anchor) if anchor else plan.closed_on, one, days)
        if due is not None and due != one.due:
            found[one.number] = replace(one, due=due)
        return due or one.due

    for one in milestones.values():
        date_of(one)
    return found


def _from_close(one: Milestone, found: Mapping[int, Milestone]) -> bool:
    """Whether the way up ends at the close, and not at a step that is not in the plan."""
    by_step = {each.step: each for each in found.values() if each.step}
    seen: set[str] = set()
    while one.by_day is None and one.after != CLOSE:
        if one.after in seen or one.after not in by_step:
            return False
        seen.add(one.after)
        one = by_step[one.after]
    return True


def _told(out: list[Milestone], back: list[Milestone], new: tuple[Milestone, ...]) -> list[tuple[str, list[Milestone]]]:
    return [("skipped", out), ("opened", back), ("added", list(new))]
