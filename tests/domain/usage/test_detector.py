"""One account falls: it is told once, soon, with its arithmetic. Nothing happens: nothing is told."""

import numpy as np
import pytest

from domain.usage.alerts import AccountAlert, Severity
from domain.usage.detector import Detector
from domain.usage.fleet import make_fleet
from domain.usage.settings import Kind
from tests.domain.usage.fleets import (
    WEEKS,
    Matrix,
    alerts_of,
    flat,
    fleet_of,
    of_accounts,
    of_feed,
    steady,
    week_of,
)

FALL = 35


def test_nothing_is_said_of_a_fleet_that_goes_on_as_ever() -> None:
    assert alerts_of(steady()) == []


@pytest.mark.parametrize(
    ("left", "severity"), [(0.0, Severity.SEVERE), (0.15, Severity.SEVERE), (0.4, Severity.MEDIUM)]
)
def test_a_sudden_fall_is_told_once_within_two_weeks_with_its_arithmetic(left: float, severity: Severity) -> None:
    counts = steady()
    usual = counts[:FALL, 7].mean()
    counts[FALL:, 7] = np.floor(counts[FALL:, 7] * left)
    (alert,) = of_accounts(alerts_of(counts))
    assert (alert.account_id, alert.kind, alert.severity, alert.metric) == ("a07", Kind.USAGE_DROP, severity, "logins")
    assert week_of(FALL + 1) <= alert.week <= week_of(FALL + 2)
    assert alert.since == week_of(FALL)
    assert alert.usual == pytest.approx(usual, rel=0.1)
    assert alert.missing == pytest.approx(1 - left, abs=0.1)
    assert alert.now == pytest.approx(usual * left, abs=0.1 * usual)
    assert alert.peers == pytest.approx(1, abs=0.1)
    assert alert.evidence >= alert.threshold
    assert alert.baseline_weeks == 30


def test_a_slow_decline_is_told_before_it_is_over() -> None:
    counts = steady(weeks=70)
    counts[40:56, 3] = np.floor(counts[40:56, 3] * np.linspace(0.95, 0.3, 16))
    counts[56:, 3] = np.floor(counts[56:, 3] * 0.3)
    (alert,) = of_accounts(alerts_of(counts))
    assert (alert.account_id, alert.kind) == ("a03", Kind.USAGE_DROP)
    assert week_of(42) < alert.week < week_of(52)


def test_one_odd_week_never_alerts() -> None:
    counts = flat()
    counts[30, 5] = 0
    counts[45, 9] = 0
    assert of_accounts(alerts_of(counts)) == []


def test_what_all_peers_do_is_nobodys_fall() -> None:
    swing = 1 + 0.3 * np.sin(np.arange(WEEKS) / 4)
    counts = np.floor(steady(rate=200) * swing[:, None])
    assert of_accounts(alerts_of(counts)) == []


def test_what_peers_of_the_region_do_is_nobodys_fall() -> None:
    regions = ["SE"] * 20 + ["MY"] * 20
    counts = steady(rate=200)
    counts[35:41, :20] = np.floor(counts[35:41, :20] * np.array([0.85, 0.72, 0.6, 0.6, 0.72, 0.85])[:, None])
    assert of_accounts(alerts_of(counts, fleet_of(40, regions))) == []


@pytest.mark.parametrize("first", [4, 9, 14])
def test_a_common_fall_of_some_months_alerts_nobody_more(first: int) -> None:
    def told(left: float) -> int:
        rng = np.random.default_rng(5)
        swing = np.interp(np.arange(WEEKS), [first, first + 12], [1.0, left])
        counts = rng.poisson(rng.gamma(40, 1 / 40, (WEEKS, 200)) * swing[:, None] * np.linspace(30, 300, 200))
        return len(of_accounts(alerts_of(counts.astype(np.float64))))

    assert told(0.6) <= told(1.0) < 25


def test_metrics_that_fall_together_are_told_sooner_than_one_alone() -> None:
    def fall(seed: int, *, falls: bool) -> Matrix:
        counts = steady(weeks=70, seed=seed, rate=40)
        left = np.interp(np.arange(70), [40, 56], [1.0, 0.2])
        counts[:, :8] = np.floor(counts[:, :8] * left[:, None]) if falls else counts[:, :8]
        return counts

    def told(*, together: bool) -> dict[int, AccountAlert]:
        metrics = {"sticky_events": fall(12, falls=together), "active_users": fall(13, falls=together)}
        alerts = of_accounts(alerts_of({"logins": fall(11, falls=True), **metrics}))
        return {alert.account: alert for alert in reversed(alerts) if alert.account < 8 and alert.week >= week_of(40)}

    alone, agreed = told(together=False), told(together=True)
    assert set(alone) == set(agreed) == set(range(8))
    assert all(agreed[account].week <= alone[account].week for account in range(8))
    assert sum(agreed[account].week < alone[account].week for account in range(8)) >= 3
    assert all(alert.evidence >= alert.threshold for alert in [*alone.values(), *agreed.values()])


def test_a_decline_told_early_is_not_called_a_recovery_while_it_goes_on() -> None:
    counts = flat(weeks=80, rate=100)
    counts[40:, 3] = np.floor(counts[40:, 3] * np.interp(np.arange(40, 80), [40, 60], [1.0, 0.5]))
    told = of_accounts(alerts_of(counts), {*Kind})
    assert told[0].missing < 0.25
    assert [alert.kind for alert in told if alert.week < week_of(60)] in (
        [Kind.USAGE_DROP],
        [Kind.USAGE_DROP, Kind.WORSE],
    )


def test_recovery_is_told_after_two_weeks_and_a_second_fall_is_a_second_episode() -> None:
    counts = steady(weeks=80)
    counts[35:41, 2] = 3
    counts[60:, 2] = 3
    told = of_accounts(alerts_of(counts), {Kind.USAGE_DROP, Kind.RECOVERY})
    assert [alert.kind for alert in told] == [Kind.USAGE_DROP, Kind.RECOVERY, Kind.USAGE_DROP]
    assert told[1].week == week_of(42)
    assert week_of(61) <= told[2].week <= week_of(62)


def test_what_stays_low_becomes_the_new_normal_and_is_not_told_again() -> None:
    counts = flat(weeks=100, rate=100)
    counts[35:, 2] = np.floor(counts[35:, 2] * 0.4)
    told = of_accounts(alerts_of(counts), {*Kind} - {Kind.WORSE})
    assert [alert.kind for alert in told] == [Kind.USAGE_DROP, Kind.NEW_NORMAL]
    counts[75:, 2] = 0
    again = of_accounts(alerts_of(counts))
    assert len(again) == 2
    assert again[1].usual == pytest.approx(counts[60:75, 2].mean(), rel=0.2)


def test_a_step_worse_belongs_to_the_same_episode() -> None:
    counts = steady(rate=200)
    counts[35:, 4] = np.floor(counts[35:, 4] * 0.55)
    counts[39:, 4] = 0
    told = of_accounts(alerts_of(counts), {*Kind} - {Kind.NEW_NORMAL})
    assert [alert.kind for alert in told][:2] == [Kind.USAGE_DROP, Kind.WORSE]
    assert len(of_accounts(told)) == 1
    assert told[-1].severity is Severity.SEVERE


def test_the_kind_says_what_fell() -> None:
    logins, sticky, users = steady(rate=80), steady(seed=2, rate=80), steady(seed=3, rate=80)
    sticky[FALL:, 1] = 0
    users[FALL:, 2] = np.floor(users[FALL:, 2] * 0.2)
    for matrix in (logins, sticky, users):
        matrix[FALL:, 3] = np.floor(matrix[FALL:, 3] * 0.2)
    told = of_accounts(alerts_of({"logins": logins, "sticky_events": sticky, "active_users": users}))
    kinds = {alert.account_id: alert.kind for alert in told}
    assert kinds == {"a01": Kind.STICKY_DROP, "a02": Kind.USERS_DROP, "a03": Kind.USAGE_DROP}
    assert len(told) == 3
    others = {change.metric: change.share for change in next(a for a in told if a.account_id == "a01").others}
    assert others["logins"] == pytest.approx(0, abs=0.25)


def test_a_new_customer_who_does_nothing_is_told_once_from_the_sixth_week() -> None:
    created = [-100] * 20 + [10] * 20
    counts = steady()
    counts[:10, 20:] = np.nan
    counts[10:, 39] = 0
    (alert,) = of_accounts(alerts_of(counts, fleet_of(40, created=created)))
    assert (alert.account_id, alert.kind, alert.severity) == ("a39", Kind.NOT_ACTIVATED, Severity.SEVERE)
    assert week_of(15) <= alert.week <= week_of(17)
    assert alert.since == week_of(10)


def test_without_seats_only_a_new_customer_far_below_all_others_is_told() -> None:
    created = [-100] * 20 + [10] * 20
    counts = steady(rate=60)
    counts[:10, 20:] = np.nan
    counts[10:, 39] = np.floor(counts[10:, 39] * 0.05)
    counts[10:, 38] = np.floor(counts[10:, 38] * 0.3)
    fleet = make_fleet([f"a{index:02d}" for index in range(40)], created=created)
    told = of_accounts(alerts_of(counts, fleet), {Kind.NOT_ACTIVATED})
    assert [alert.account_id for alert in told] == ["a39"]


def test_a_young_customer_who_leaves_is_told_though_the_baseline_is_short() -> None:
    created = [-100] * 39 + [10]
    counts = steady()
    counts[:10, 39] = np.nan
    counts[20:, 39] = 1
    told = of_accounts(alerts_of(counts, fleet_of(40, created=created)))
    assert [(alert.account_id, alert.kind) for alert in told] == [("a39", Kind.USAGE_DROP)]
    assert told[0].week <= week_of(23)


def test_too_many_at_once_wait_and_those_that_come_back_are_never_told() -> None:
    counts = flat(accounts=200, weeks=50)
    counts[FALL : FALL + 2, :20] = np.floor(counts[FALL : FALL + 2, :20] * 0.3)
    alerts = alerts_of(counts)
    assert of_accounts(alerts) == []
    assert [alert.kind for alert in alerts][:1] in ([Kind.HELD], [Kind.DATA_BROKEN])


def test_too_many_at_once_are_told_little_by_little_when_they_stay_low() -> None:
    counts = flat(accounts=200, weeks=50)
    counts[FALL:, :20] = np.floor(counts[FALL:, :20] * 0.35)
    told = of_accounts(alerts_of(counts))
    assert len(told) == 20
    per_week = [sum(alert.week == week_of(number) for alert in told) for number in range(50)]
    assert max(per_week) <= 5
    assert min(alert.week for alert in told) >= week_of(FALL + 3)


def test_not_useful_raises_what_is_asked_of_an_account() -> None:
    counts = steady(rate=20)
    counts[FALL:, 7] = np.floor(counts[FALL:, 7] * 0.5)
    plain = fleet_of(40)
    patient = fleet_of(40)
    patient.patience[7] = 1.5
    soon, late = (
        next(alert for alert in of_accounts(alerts_of(counts, fleet)) if alert.account_id == "a07")
        for fleet in (plain, patient)
    )
    assert soon.week < late.week
    assert late.threshold == pytest.approx(1.5 * soon.threshold)


def test_a_metric_that_is_not_given_is_not_known() -> None:
    detector = Detector(fleet_of(12))
    assert [detector.week(week_of(number), {}) for number in range(20)] == [[]] * 20
    assert of_feed(alerts_of(np.full((20, 12), np.nan))) == []
