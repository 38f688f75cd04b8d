"""Who can read the channels of deals: looked at for what Slack tells nobody, or told while Baton was away."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import zone_named
from scheduler.deciders import Decision
from storage import deal_lists, notices
from storage.due import DueRow, NewDue
from storage.notices import NewNotice

LOOK: Final = "channels_look"
"""Kind of the rows and of the errand."""
MIDNIGHT: Final = time(0)
IDLE: Final = 8
"""After everything that is said; 9 would be brought forward when it is done again."""
MOST: Final = 1_000
"""Deals whose members are looked through in one night."""


def look_row(workspace_id: int, zone: str, now: datetime) -> NewDue:
    """The row of a workspace, due at once."""
    return NewDue(LOOK, f"workspace:{workspace_id}", zone, now.astimezone(zone_named(zone)).date(), MIDNIGHT)


class ChannelLooks:
    """Rows of kind ``channels_look``, one a workspace. Every ten minutes (the clock's patience with an hour that has
    passed) all channels are asked for with a call or two; the members of each once a day."""

    async def decide(self, session: AsyncSession, rows: Sequence[DueRow], now: datetime) -> Sequence[Decision]:
        """A few statements for each workspace."""
        found: list[Decision] = []
        for row in rows:
            today = now.astimezone(zone_named(row.zone)).date()
            why = "no deal has a channel"
            if await deal_lists.channels(session, row.workspace_id):
                errand = NewNotice(LOOK, LOOK, LOOK, "", now, priority=IDLE)
                await _wake(session, row.workspace_id, [errand], now)
                why = "looks at the channels"
            if row.covered is not None and row.covered != today:
                private = await deal_lists.open_private(session, row.workspace_id, MOST)
                await look_at(session, row.workspace_id, private, now)
                why = "looks at the channels and who is in them"
            found.append(Decision(row.id, today, why=why))
        return found


async def look_at(session: AsyncSession, workspace_id: int, deal_ids: Sequence[int], now: datetime) -> None:
    """Let the members of these deals' channels be looked through; in lanes of their own, so that no message waits."""
    errands = [
        NewNotice(f"deal:{deal}:members_look", "confidential_check", f"look:{deal}", "", now, deal, priority=IDLE)
        for deal in deal_ids
    ]
    await _wake(session, workspace_id, errands, now)


async def _wake(session: AsyncSession, workspace_id: int, errands: Sequence[NewNotice], now: datetime) -> None:
    """Add errands; those that were done before are done again."""
    await notices.bump(session, workspace_id, [one.key for one in errands], now)
    await notices.add(session, workspace_id, errands, now)
