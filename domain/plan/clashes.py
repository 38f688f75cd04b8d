"""Where a plan clashes with the customer's own days: key dates, and the days by which success should be measured."""

from domain.handoff import Answers
from domain.plan.change import Clash
from domain.plan_picture import PlanPicture


def clashes(plan: PlanPicture, answers: Answers | None) -> tuple[Clash, ...]:
    return ()
