"""An account that logged in 42 times a week for forty weeks and 12 times in the last four, and the alert of it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from domain.settings import PersonSettings
from domain.usage.alerts import Severity
from domain.usage.samples import Samples
from domain.usage.settings import Kind
from domain.usage_alert import Move, Sign, UsageAlertCard
from domain.usage_rules import Route
from scheduler.usage_tell import first_notices
from storage import mornings, notices, people, settings, usage, usage_alerts

WEEK: Final = timedelta(weeks=1)
USUAL: Final = 42.0
FALLEN: Final = 12.0
ALWAYS: Final = PersonSettings(begin=time(0, 0), end=time(23, 59), weekdays=frozenset(range(7)))
"""Who works around the clock hears of things at once."""


def monday_before(now: datetime) -> date:
    """The Monday of this week."""
    today = now.date()
    return today - timedelta(days=today.weekday())


async def record(session: AsyncSession, workspace: int, account: str, csm: str, now: datetime) -> None:
    """The weeks of an account (the CRM's id), whose CSM (Slack id) works around the clock."""
    monday = monday_before(now)
    rows = [(monday - WEEK * (44 - week), USUAL + week % 3 - 1 if week < 40 else FALLEN) for week in range(44)]
    samples = Samples(
        [account] * 88,
        [on.toordinal() for on, _ in rows] * 2,
        ["logins"] * 44 + ["active_users"] * 44,
        np.array([value for _, value in rows] + [value / 3 for _, value in rows]),
        whole=True,
    )
    await usage.record(session, workspace, samples, now)
    person = await people.by_slack_id(session, workspace, csm)
    assert person is not None
    await settings.keep(session, person.id, person.zone, ALWAYS, now)


def card(account: int, now: datetime, **changes: Any) -> UsageAlertCard:  # noqa: ANN401
    """The alert of it, not kept yet; ``account`` is our id."""
    monday = monday_before(now)
    made = UsageAlertCard(
        id=0, account=account, account_id="A-1", account_name="Fjordbank", kind=Kind.USAGE_DROP,
        severity=Severity.SEVERE, metric="logins", usual=USUAL, now=FALLEN, missing=0.71, peers=1.02,
        baseline_weeks=30, evidence=7.1, threshold=5.0, since=monday - 4 * WEEK, week=monday - WEEK,
        was=Severity.SEVERE, moves=(Move("active_users", 14.0, 5.0),), signs=(Sign.FEWER_USERS,),
        next_steps=("Call the customer today.",),
    )  # fmt: skip
    return replace(made, **changes)


async def tell(
    session: AsyncSession, workspace: int, alert: UsageAlertCard, now: datetime
) -> tuple[UsageAlertCard, list[int]]:
    """Keep it and add its notices, as the week's scan does: the alert with its id, and the ids of the notices."""
    reader = await mornings.reader(session, workspace, alert.csm)
    assert reader is not None
    kept = await usage_alerts.add(
        session, workspace, alert, reader=reader.card.id, route=Route.NOW, on=now.date(), now=now
    )
    assert kept is not None
    return kept, await notices.add(session, workspace, first_notices(kept, reader, now), now)
