"""What waits until its reader can be spoken to: looked at again when that becomes another moment."""

from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, bindparam, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Deal, Notice, Person
from storage.notices import PENDING
from storage.types import UtcDateTime

HELD: Final = "it waits for working hours"
"""Why such a notice waits, as its row says."""

_NOTICE, _DEAL, _PERSON = (cast("Table", model.__table__) for model in (Notice, Deal, Person))
_AT: Final = bindparam("moment", type_=UtcDateTime())
_READER: Final = bindparam("slack_id", type_=_PERSON.c.slack_id.type)
_WORKSPACE: Final = bindparam("in_workspace", type_=_NOTICE.c.workspace_id.type)
_THEIR_DEALS: Final = (
    select(_DEAL.c.id)
    .join_from(_DEAL, _PERSON, _PERSON.c.id == _DEAL.c.csm_id)
    .where(_PERSON.c.workspace_id == _WORKSPACE, _PERSON.c.slack_id == _READER)
)
_THEIRS: Final = (
    select(_NOTICE.c.id)
    .where(
        _NOTICE.c.workspace_id == _WORKSPACE,
        # Written out, because the index holds only what is pending.
        _NOTICE.c.state == literal(PENDING, literal_execute=True),
        _NOTICE.c.not_before > _AT,
        _NOTICE.c.why == HELD,
        or_(_NOTICE.c.audience == literal("person:") + _READER, _NOTICE.c.deal_id.in_(_THEIR_DEALS)),
    )
    .order_by(_NOTICE.c.id)
)
_LOCKED: Final = _THEIRS.with_for_update(key_share=True)
_AGAIN: Final = update(_NOTICE).where(_NOTICE.c.id.in_(_LOCKED)).values(not_before=_AT).returning(_NOTICE.c.id)


async def is_any(session: AsyncSession, workspace_id: int, slack_id: str, at: datetime) -> bool:
    """Whether something that waits for this person, in person or as a deal's CSM, would wait beyond ``at``."""
    given = {"in_workspace": workspace_id, "slack_id": slack_id, "moment": at}
    return (await session.scalars(_THEIRS.limit(1), given)).first() is not None


async def look_again(session: AsyncSession, workspace_id: int, slack_id: str, at: datetime) -> list[int]:
    """Let all of that be looked at again at ``at``: it is said then, or held anew. The ids of the notices."""
    given = {"in_workspace": workspace_id, "slack_id": slack_id, "moment": at}
    return list((await session.scalars(_AGAIN, given)).all())
