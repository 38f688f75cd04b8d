"""Plans and playbooks for tests: the shipped ones, and any that Hypothesis makes up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from domain.calendar import WorkingDays
from domain.deals import AccountFacts, DealFacts
from domain.handoff import Answers
from domain.person import PersonCard
from domain.plan.change import PlanChange, applied
from domain.plan.kickoff import book, hold
from domain.plan.making import make
from domain.plan.moving import effect, moved
from domain.plan.steps import add, block, done, edit, name_owner, reopen, skip, snooze, start, unblock
from domain.plan_picture import Milestone, PlanPicture
from domain.playbook import CLOSE, Condition, Kind, Offset, Playbook, Raci, Role, Step
from tests.playbooks import shipped

CLOSED_ON = date(2026, 11, 23)
"""A Monday."""
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
ADA = PersonCard(1, "U01", "Ada")
CHLOE = PersonCard(3, "U03", "Chloé")
WEEKDAYS = WorkingDays()
FACTS = DealFacts(
    id="d1", name="Acme", account=AccountFacts("a1", "Acme"), closed_at=NOW, owner_email="ada@northwind.example"
)


def saas() -> Playbook:
    return shipped().by_name["saas-90-days"]


def services() -> Playbook:
    return shipped().by_name["services-30-days"]


def plan_of(
    playbook: Playbook,
    *,
    facts: DealFacts = FACTS,
    answers: Answers | None = None,
    closed_on: date = CLOSED_ON,
    days: WorkingDays = WEEKDAYS,
) -> PlanPicture:
    """A plan just made and kept: its milestones have ids."""
    made = make(playbook, closed_on=closed_on, facts=facts, answers=answers, days=days)
    plan = PlanPicture(7, playbook.name, playbook.title, "The usual one.", closed_on, made, numbered=len(made))
    return kept(plan)


def kept(plan: PlanPicture) -> PlanPicture:
    """The plan with ids, as storage gives them."""
    used = max((one.id for one in plan.milestones), default=100)
    milestones: list[Milestone] = []
    for one in plan.milestones:
        used += one.id == 0
        milestones.append(one if one.id else replace(one, id=max(used, 101) + one.number))
    return replace(plan, milestones=tuple(milestones))


def after(plan: PlanPicture, change: object, now: datetime = NOW) -> PlanPicture:
    """The plan with a change that was not refused."""
    assert isinstance(change, PlanChange), change
    return kept(applied(plan, change, now))


def by_step(plan: PlanPicture, step: str) -> Milestone:
    return next(one for one in plan.milestones if one.step == step)


def bare(plan: PlanPicture) -> PlanPicture:
    """The plan without what no rule restores: ids, versions, the time of a change, the highest number given."""
    milestones = tuple(replace(one, id=0, version=1, changed_at=None) for one in plan.milestones)
    return replace(plan, milestones=milestones, version=1, numbered=0)


RACI = Raci(Role.CSM, Role.CSM)


@st.composite
def playbooks(draw: st.DrawFn, name: str = "any") -> Playbook:
    """Any playbook of up to eight steps, each counting from the close or an earlier step."""
    count = draw(st.integers(1, 8))
    kinds = draw(st.permutations([Kind.KICKOFF, Kind.GO_LIVE, Kind.EARLY_WIN]))
    steps: list[Step] = []
    for number in range(count):
        anchors = [CLOSE, *(step.id for step in steps)]
        by_day = draw(st.one_of(st.none(), st.none(), st.integers(0, 90)))
        offset = Offset(CLOSE, None, by_day) if by_day is not None else None
        offset = offset or Offset(draw(st.sampled_from(anchors)), draw(st.integers(0, 15)))
        only_if = Condition("current_tool") if draw(st.integers(0, 3)) == 0 else None
        kind = kinds[number] if number < len(kinds) else Kind.OTHER
        steps.append(Step(f"s{number}", f"Step {number}", RACI, offset, kind, only_if=only_if))
    return Playbook(name, name.title(), tuple(steps), usual=True)


closings = st.dates(date(2026, 1, 1), date(2027, 12, 31))
tools = st.sampled_from([None, Answers(), Answers(current_tool="none"), Answers(current_tool="Sheets")])


@st.composite
def changes(draw: st.DrawFn, plan: PlanPicture) -> PlanChange | None:
    """Any change somebody may make to this plan; None when the rule refuses it."""
    numbers = [one.number for one in plan.milestones] or [1]
    number = draw(st.sampled_from(numbers))
    to = draw(st.dates(plan.closed_on, date(2028, 12, 31)))
    later = datetime(2028, 1, 3, 9, tzinfo=UTC)
    made: dict[str, Any] = {
        "add": lambda: add(plan, "By hand", to),
        "start": lambda: start(plan, number),
        "done": lambda: done(plan, number, "seen", by=ADA, now=NOW),
        "block": lambda: block(plan, number, "no access", "Maria"),
        "unblock": lambda: unblock(plan, number),
        "skip": lambda: skip(plan, number, "not needed", by=ADA, now=NOW),
        "reopen": lambda: reopen(plan, number),
        "edit": lambda: edit(plan, number, title="Another", responsible=Role.LEAD),
        "owner": lambda: name_owner(plan, number, CHLOE),
        "snooze": lambda: snooze(plan, number, date(2026, 12, 1), today=date(2026, 11, 25)),
        "hold": lambda: hold(plan, "first report", by=ADA, now=NOW),
    }
    what = draw(st.sampled_from([*made, "move", "only_this", "book"]))
    if what in made:
        change = made[what]()
    elif what == "book":
        booking = book(plan, later, zone=UTC, days=WEEKDAYS, now=NOW)
        change = getattr(booking, "change", None)
    else:
        seen = effect(plan, number, to, days=WEEKDAYS)
        moves = hasattr(seen, "moves")
        change = moved(plan, seen, days=WEEKDAYS, only_this=what == "only_this") if moves else None
    return change if isinstance(change, PlanChange) else None
