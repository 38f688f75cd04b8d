"""The errands that put a picture of usage into Slack: one for each alert, done again when it gets worse."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.usage_alert import UsageAlertCard
from storage.models import Notice
from storage.notices import NewNotice

CHART: Final = "usage_chart"
"""Draws an alert's chart and uploads it; the file's id is kept by ``usage_alerts.set_chart``."""
ANSWER: Final = "usage_answer"
"""Draws the chart somebody asked for (``/cs usage``) and answers them with it."""


def chart_key(card: UsageAlertCard) -> str:
    """The occurrence of an alert's picture; ``notices.bump`` it when the fall got worse."""
    return f"{card.key}:chart"


def chart_notice(card: UsageAlertCard, lane: str, now: datetime, priority: int = 5) -> NewNotice:
    """The errand for an alert that is kept. Add it before the alert's messages and in their lane: they go after it, and
    without a picture when there can be none."""
    return NewNotice(
        key=chart_key(card),
        kind=CHART,
        lane=lane,
        audience="",
        not_before=now,
        facts={"alert": card.id},
        priority=priority,
    )


async def remember(session: AsyncSession, notice_id: int, **facts: Any) -> None:  # noqa: ANN401 - JSON
    """Keep something in an errand's own row, so that it is not done twice after a crash."""
    known = await session.scalar(select(Notice.facts).where(Notice.id == notice_id).with_for_update())
    if known is not None:
        await session.execute(update(Notice).where(Notice.id == notice_id).values(facts={**known, **facts}))
