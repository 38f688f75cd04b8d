"""Deals of summaries that were claimed together, read together: a Monday has ten thousand of them."""

from collections.abc import Sequence
from typing import Final

from domain.picture import DealPicture
from scheduler.workplace import Workplace
from storage import summaries
from storage.notices import ClaimedNotice

GATHERED: Final = frozenset({"weekly_summary"})
"""Kinds that need no more of a deal than ``storage.summaries`` reads."""
_KEPT: Final = 1_000
"""More pictures than this wait for nobody: their notices were put back."""


class Gathered:
    """Pictures by notice, each to be taken once: the next time its facts are other ones."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._found: dict[tuple[int, int], DealPicture] = {}

    async def prepare(self, notices: Sequence[ClaimedNotice]) -> None:
        """Read the deals of these notices in a constant number of queries."""
        mine = [one for one in notices if one.kind in GATHERED and one.deal_id is not None]
        if not mine:
            return
        if len(self._found) > _KEPT:
            self._found.clear()
        async with self._place.db.read() as session:
            pictures = await summaries.load_many(session, [one.deal_id for one in mine if one.deal_id is not None])
        for one in mine:
            picture = pictures.get(one.deal_id or 0)
            if picture is not None:
                self._found[one.id, one.attempts] = picture

    def take(self, notice: ClaimedNotice) -> DealPicture | None:
        """The picture read for this claim, None when there is none (any more)."""
        return self._found.pop((notice.id, notice.attempts), None)
