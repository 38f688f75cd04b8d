"""Lists of deals' ids, for work that has to look at many."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from storage.models import Deal


async def open_private(session: AsyncSession, workspace_id: int, limit: int) -> list[int]:
    """The newest open deals whose private channel has members only, as far as is known."""
    statement = (
        select(Deal.id)
        .where(
            Deal.workspace_id == workspace_id,
            Deal.state == DealState.OPEN.value,
            Deal.channel_private.is_(True),
            Deal.channel_outsiders.is_(False),
        )
        .order_by(Deal.id.desc())
        .limit(limit)
    )
    return list((await session.scalars(statement)).all())


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """What is known of a deal's channel."""

    deal_id: int
    private: bool
    outsiders: bool


async def channels(session: AsyncSession, workspace_id: int) -> dict[str, KnownChannel]:
    """The channels of open deals, by Slack's id."""
    statement = select(Deal.channel_id, Deal.id, Deal.channel_private, Deal.channel_outsiders).where(
        Deal.workspace_id == workspace_id, Deal.state == DealState.OPEN.value, Deal.channel_id != ""
    )
    found = (await session.execute(statement)).all()
    return {channel: KnownChannel(deal, private, outsiders) for channel, deal, private, outsiders in found if channel}


async def of_csm(session: AsyncSession, person_id: int) -> list[int]:
    """Every deal that is not finished and of which this person is CSM."""
    statement = select(Deal.id).where(Deal.csm_id == person_id, Deal.state != DealState.CLOSED.value)
    return list((await session.scalars(statement)).all())
