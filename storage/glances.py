"""Plans at a glance: only the columns that clocks and portfolios look at, for many deals at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import Executable, Row, Table
from sqlalchemy.ext.asyncio import AsyncSession

from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind, Raci, Role
from storage import plan_models

_MILESTONE = cast("Table", plan_models.Milestone.__table__)
COLUMNS: Final = tuple(
    _MILESTONE.c[name]
    for name in (
        *("id", "deal_id", "number", "title", "due", "state"),
        *("kind", "evidence", "why", "unblocker", "booked_for"),
    )
)
"""What a statement selects whose rows ``milestone`` reads."""
_NOBODY: Final = Raci(Role.CSM, Role.CSM)


def milestone(row: Row[Any]) -> Milestone:
    """A row of COLUMNS; who it falls to is not looked at."""
    return Milestone(
        row.id,
        row.number,
        row.title,
        _NOBODY,
        row.due,
        State(row.state),
        Kind(row.kind),
        evidence=row.evidence,
        why=row.why,
        unblocker=row.unblocker,
        booked_for=row.booked_for,
    )


def plan(row: Row[Any], milestones: Sequence[Milestone]) -> PlanPicture | None:
    """The plan of a row of a deal with ``id``, ``closed_on``, ``early_win``; None when it has none."""
    if row.closed_on is None:
        return None
    return PlanPicture(row.id, "", "", "", row.closed_on, tuple(milestones), early_win=row.early_win)


async def rows(session: AsyncSession, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Every row of a statement, by name."""
    return cast("Sequence[Row[Any]]", (await session.execute(statement, values)).all())
