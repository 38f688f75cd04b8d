"""Figures over many deals, counted in the database: a constant number of statements, and as many rows as there are
different values, not deals.

Days are counted between days in UTC. A deal belongs to the month its plan was finished in, a handoff to the month it
was accepted in, a morning to the month it was said in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.metrics.figures import (
    Acted,
    Counted,
    Figures,
    months_until,
    sellers_of,
    series,
    steps_of,
)
from domain.playbook import Kind
from storage import raw, usage_alerts
from storage.models import Person
from storage.plan_models import Milestone, Plan
from storage.types import to_sqlite

TITLED: Final = 100
"""The newest finished deals from whose plans steps get their titles."""
_PLAN, _MILESTONE, _PERSON = (cast("Table", model.__table__) for model in (Plan, Milestone, Person))

_SQLITE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "month": "substr({0}, 1, 7)",
        "days": "CAST(julianday(substr({0}, 1, 10)) - julianday(substr({1}, 1, 10)) AS INTEGER)",
        "day_later": "strftime('%Y-%m-%dT%H:%M:%f000', {0}, '+1 day')",
        "requested": "handoff.requested_at",
        "number": "CAST(substr(plan.finished_at, 1, 4) || substr(plan.finished_at, 6, 2) AS INTEGER)",
        "start": "julianday(plan.closed_on)",
        "took": "CAST(julianday(milestone.settled_at) - finished.start + 10000 AS INTEGER) - 10000",
        "index": "INDEXED BY ix_milestone_done",
    }
)
_POSTGRESQL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "month": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM')",
        "days": "(({0} AT TIME ZONE 'UTC')::date - {1})",
        "day_later": "({0} + interval '24 hours')",
        "requested": "(handoff.requested_at AT TIME ZONE 'UTC')::date",
        "number": "CAST(to_char(plan.finished_at AT TIME ZONE 'UTC', 'YYYYMM') AS BIGINT)",
        "start": "plan.closed_on",
        "took": "((milestone.settled_at AT TIME ZONE 'UTC')::date - finished.start)",
        "index": "",
    }
)
_FINISHED: Final = """
SELECT {month} AS month, {days} AS value, count(*) AS many
FROM plan {mine}
WHERE plan.workspace_id = :workspace AND plan.finished_at >= :since
GROUP BY 1, 2
"""
_STEPS: Final = """
WITH finished AS MATERIALIZED (
    SELECT plan.deal_id AS deal_id, {number} AS month, {start} AS start
    FROM plan {mine}
    WHERE plan.workspace_id = :workspace AND plan.finished_at >= :since
)
SELECT milestone.step AS step, finished.month * 100000 + 10000 + {took} AS packed, count(*) AS many
FROM finished
JOIN milestone {index} ON milestone.deal_id = finished.deal_id AND milestone.state = 'done'
WHERE milestone.step <> '' AND milestone.settled_at IS NOT NULL
GROUP BY 1, 2
"""
"""Month and days go through the grouping as one number, and SQLite is told which index holds all of it: half the time
of the plain statement."""
_TALKED: Final = """
SELECT month, value, count(*) AS many FROM (
    SELECT {month} AS month, (
        SELECT count(*) FROM interaction
        WHERE interaction.account_id = deal.account_id AND interaction.undone_at IS NULL
          AND interaction.at >= plan.closed_on AND interaction.at <= plan.finished_at
    ) AS value
    FROM plan JOIN deal ON deal.id = plan.deal_id {whose}
    WHERE plan.workspace_id = :workspace AND plan.finished_at >= :since
) AS talked
GROUP BY 1, 2
"""
_ACCEPTED: Final = """
SELECT deal.ae_id AS seller, {month} AS month, {days} AS waited, handoff.score AS score, count(*) AS many
FROM handoff JOIN deal ON deal.id = handoff.deal_id {whose}
WHERE handoff.state = 'accepted' AND handoff.decided_at >= :since AND deal.workspace_id = :workspace
GROUP BY 1, 2, 3, 4
"""
_MORNINGS: Final = """
SELECT month, count(*) AS told, sum(acted) AS acted FROM (
    SELECT {month} AS month, CASE WHEN EXISTS (
        SELECT 1 FROM audit_entry
        WHERE audit_entry.workspace_id = notice.workspace_id AND audit_entry.actor = substr(notice.audience, 8)
          AND audit_entry.deal_id IS NOT NULL
          AND audit_entry.at >= notice.sent_at AND audit_entry.at < {day_later}
    ) THEN 1 ELSE 0 END AS acted
    FROM notice
    WHERE notice.workspace_id = :workspace AND notice.kind IN ('milestone_reminder', 'milestone_overdue')
      AND notice.sent_at >= :since {audience}
) AS mornings
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A statement: where the month stands, and between which two moments days are counted."""

    template: str
    month: str
    until: str = "plan.finished_at"
    since: str = "plan.closed_on"

    def written(self, words: Mapping[str, str], csm: bool) -> str:
        """The statement in a database's own words."""
        return self.template.format(
            month=words["month"].format(self.month),
            days=words["days"].format(self.until, self.since),
            day_later=words["day_later"].format("notice.sent_at"),
            mine="JOIN deal ON deal.id = plan.deal_id AND deal.csm_id = :csm" if csm else "",
            whose="AND deal.csm_id = :csm" if csm else "",
            **{name: words[name] for name in ("number", "start", "took", "index")},
            audience="AND notice.audience = :reader" if csm else "",
        )


async def load(
    session: AsyncSession, workspace_id: int, today: date, *, csm: int | None = None, csm_slack_id: str = ""
) -> Figures:
    """The figures of the last whole months and the running one, until ``today``; with ``csm`` (our id and Slack's) only
    of their deals and their own reminders. At most ten statements."""
    months = months_until(today)
    start = datetime.combine(months[0], time(), UTC)
    sqlite = raw.is_sqlite(session)
    words = _SQLITE if sqlite else _POSTGRESQL
    given: dict[str, Any] = {"workspace": workspace_id, "since": to_sqlite(start) if sqlite else start}
    if csm is not None:
        given |= {"csm": csm, "reader": f"person:{csm_slack_id}"}

    async def rows(asked: _Asked) -> Sequence[Any]:
        statement = asked.written(words, csm is not None)
        return (await session.execute(text(statement), given)).all()

    finished = await rows(_Asked(_FINISHED, "plan.finished_at"))
    steps = [_step(row.step, row.packed, row.many) for row in await rows(_Asked(_STEPS, ""))]
    talked = await rows(_Asked(_TALKED, "plan.finished_at"))
    accepted = await rows(_Asked(_ACCEPTED, "handoff.decided_at", "handoff.decided_at", words["requested"]))
    mornings = await rows(_Asked(_MORNINGS, "notice.sent_at"))
    titles = await _titles(session, workspace_id)
    names = await _slack_ids(session, [row.seller for row in accepted]) if csm is None else {}
    scores = [Counted(_month(r.month), r.score, r.many, names.get(r.seller or 0, "")) for r in accepted]
    waited = [Counted(_month(r.month), r.waited, r.many, names.get(r.seller or 0, "")) for r in accepted]
    kickoffs = {step for step, (_, kind) in titles.items() if kind == Kind.KICKOFF.value}
    return Figures(
        today=today,
        months=months,
        onboarding=series((Counted(_month(r.month), r.value, r.many) for r in finished), months),
        kickoff=series((one for one in steps if one.group in kickoffs), months),
        interactions=series((Counted(_month(r.month), r.value, r.many) for r in talked), months),
        score=series(scores, months),
        accepting=series(waited, months),
        steps=steps_of(steps, titles, months),
        reminders=tuple(sorted((Acted(_month(r.month), r.told, r.acted) for r in mornings), key=lambda one: one.month)),
        sellers=sellers_of(scores, waited) if csm is None else (),
        alerts=await usage_alerts.counts(session, workspace_id, months[0]) if csm is None else None,
        whole=csm is None,
    )


def _step(step: str, packed: int, many: int) -> Counted:
    """A row of ``_STEPS``."""
    month, days = divmod(packed, 100_000)
    return Counted(date(month // 100, month % 100, 1), days - 10_000, many, step)


def _month(value: str) -> date:
    year, month = value.split("-")
    return date(int(year), int(month), 1)


async def _titles(session: AsyncSession, workspace_id: int) -> dict[str, tuple[str, str]]:
    """Title and kind of each step, as the newest finished plan that has it says."""
    newest = (
        select(_PLAN.c.deal_id)
        .where(_PLAN.c.workspace_id == bindparam("workspace"), _PLAN.c.finished_at.is_not(None))
        .order_by(_PLAN.c.finished_at.desc())
        .limit(TITLED)
    )
    statement = (
        select(_MILESTONE.c.step, _MILESTONE.c.title, _MILESTONE.c.kind)
        .where(_MILESTONE.c.deal_id.in_(newest), _MILESTONE.c.state == literal("done", literal_execute=True))
        .order_by(_MILESTONE.c.deal_id)
    )
    rows = (await session.execute(statement, {"workspace": workspace_id})).all()
    return {step: (title, kind) for step, title, kind in rows if step}


async def _slack_ids(session: AsyncSession, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return {}
    rows = await session.execute(select(_PERSON.c.id, _PERSON.c.slack_id).where(_PERSON.c.id.in_(wanted)))
    return {row.id: row.slack_id for row in rows.all()}
