from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import HandoffState
from domain.health import Gap, Sign, health_of
from domain.home import Arrow, Customer, Level
from domain.portfolio import Danger, Reason

TODAY = date(2026, 11, 25)
WELL = Customer(
    1, "Fjordbank", "Pro", "C1", False, Level.HEALTHY, (), handoff=HandoffState.ACCEPTED.value, settled=3, total=9,
    day=12, usage=Arrow.FLAT,
)  # fmt: skip
KICKOFF = Reason(Danger.KICKOFF, 55, 5)
QUESTIONS = Reason(Danger.QUESTIONS, 17, 9, 2)


def test_a_healthy_customer_is_explained_by_what_speaks_for_them() -> None:
    found = health_of(WELL, TODAY - timedelta(days=4), TODAY)
    assert (found.level, found.weight, found.days) == (Level.HEALTHY, 0, 4)
    assert found.signs == (Sign.ON_TIME, Sign.ACCEPTED, Sign.USAGE_STEADY, Sign.NO_QUESTIONS, Sign.TALKED)
    assert found.gaps == ()


def test_what_speaks_for_a_customer_hides_no_reason() -> None:
    customer = replace(WELL, level=Level.AT_RISK, reasons=(KICKOFF, QUESTIONS), questions=2, usage=Arrow.UP)
    found = health_of(customer, TODAY, TODAY)
    assert (found.level, found.weight) == (Level.AT_RISK, 72)
    assert found.reasons == (KICKOFF, QUESTIONS)
    assert found.signs == (Sign.ACCEPTED, Sign.USAGE_UP, Sign.TALKED)


def test_what_nobody_knows_is_said_and_weighs_nothing() -> None:
    found = health_of(replace(WELL, total=0, usage=None, handoff="requested"), None, TODAY)
    assert found.gaps == (Gap.NO_PLAN, Gap.NO_USAGE, Gap.NEVER_TALKED)
    assert found.level is Level.HEALTHY
    assert health_of(WELL, TODAY - timedelta(days=30), TODAY).gaps == (Gap.SILENT,)


@given(st.lists(st.integers(1, 80), max_size=6))
def test_the_weight_is_that_of_the_reasons_and_nothing_else(weights: list[int]) -> None:
    reasons = tuple(Reason(Danger.OVERDUE, one) for one in weights)
    assert health_of(replace(WELL, reasons=reasons), TODAY, TODAY).weight == sum(weights)
