"""What both engines are made of: their means, the claims they make, and the delivery of what they claimed."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from scheduler.deliverer import Deliverer, EngineMeans
from storage import claims
from storage.claims import Claims
from storage.database import Tx
from storage.notices import ClaimedNotice


class ClaimingEngine(ABC):
    """An engine without its queue."""

    def __init__(self, means: EngineMeans) -> None:
        self._db, self._clock, self._wall, self._log = means.db, means.clock, means.wall, means.log
        self._limits, self._pacer = means.limits, means.slack.pacer
        self._claims = Claims(means.courier.errands)
        self._deliverer = Deliverer(means, self.enqueue)
        self._wake = asyncio.Event()

    @abstractmethod
    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Let these be delivered once the transaction is committed."""

    async def _claim(self, session: AsyncSession | AsyncConnection, ids: Sequence[int]) -> list[ClaimedNotice]:
        return await claims.claim(session, ids, self._clock(), self._wall())
