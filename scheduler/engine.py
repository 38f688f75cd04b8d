"""The embedded engine: asyncio workers of one process. The outbox is the queue.

Also what `baton tick` delivers with, on both databases.
"""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from scheduler.claiming import ClaimingEngine
from scheduler.deliverer import EngineLimits, EngineMeans, machine_clock
from scheduler.pacing import POST, UPDATE
from storage import claims
from storage.claims import Due, Open, Work
from storage.database import Tx
from storage.notices import ClaimedNotice

SWEEP_S: Final = 2.0
GATHER_S: Final = 0.02
"""While hands are busy: so many of them that come free are filled in one step."""
DRAIN_PATIENCE_S: Final = 4.0
"""Longer than a room waits for its next post; what waits longer than this is not due yet."""
LOOK_UP: Final = "look-up"

__all__ = ["EmbeddedEngine", "EngineLimits", "EngineMeans", "machine_clock"]


@dataclass(frozen=True, slots=True)
class _Hands:
    """How many more of each may be taken."""

    messages: int
    errands: int

    def of(self, work: Work) -> int:
        return self.errands if work is Work.ERRAND else self.messages


class EmbeddedEngine(ClaimingEngine):
    """Beside SQLite, in one process; ``enqueue`` only wakes the workers."""

    def __init__(self, means: EngineMeans) -> None:
        super().__init__(means)
        self._stopping = asyncio.Event()
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._rooms: dict[int, str] = {}
        self._swept = 0.0
        self._asked_for = (Open(), frozenset[str]())
        self.running = False

    @property
    def settled(self) -> int:
        """How many notices came to their end here."""
        return self._deliverer.settled

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Wake the workers once the transaction is committed."""
        if notice_ids:
            tx.after_commit.append(self._wake.set)

    def wake(self) -> None:
        """Look at once: something may be due (the clock jumped, a person asked)."""
        self._swept = 0.0
        self._wake.set()

    async def run(self) -> None:
        """Deliver until ``stop`` is called or the task is cancelled; waits for what is in hand."""
        self.running = True
        try:
            while not self._stopping.is_set():
                try:
                    if not await self.step(sweep=time.monotonic() - self._swept >= SWEEP_S):
                        await self._rest()
                except SQLAlchemyError:
                    # The database may be away for a while; the outbox is still there when it is back.
                    self._log.exception("engine_step_failed")
                    await asyncio.sleep(SWEEP_S)
        finally:
            self.running = False
            await self._finish()

    async def stop(self) -> None:
        """Take nothing new."""
        self._stopping.set()
        self._wake.set()

    async def drain(self) -> int:
        """Deliver everything that is due now, at Slack's pace, then return how many were (``baton tick``)."""
        before = self.settled
        while True:
            if await self.step():
                continue
            if self._in_hand:
                await asyncio.wait(self._in_hand.values(), return_when=asyncio.FIRST_COMPLETED)
            elif not self._wake.is_set():
                wait = await self._waiting_for_pace()
                if not 0 < wait <= DRAIN_PATIENCE_S:
                    return self.settled - before
                await asyncio.sleep(wait)

    async def step(self, *, sweep: bool = True) -> bool:
        """Claim what is due, as far as there are hands and Slack's pace for it. ``sweep``: look for abandoned claims
        too. True when it is worth taking another step at once."""
        self._wake.clear()
        if sweep:
            self._swept = time.monotonic()
            await self._recover()
        hands, may = self._free_hands(), self._may()
        most = max(0, hands.messages if may.posts or may.edits else 0) + max(0, hands.errands)
        self._asked_for = (may, self._full())
        if not most:
            return False
        full = self._asked_for[1]
        async with self._db.read() as session:
            found = await self._claims.due(session, self._clock(), may, most, full)
        if not found:
            return False
        chosen = await self._choose(found, hands)
        if not chosen:
            return self._may_differently()
        async with self._db.write() as tx:
            claimed = await self._claim(tx.session, [due.id for due in chosen])
        self._take(chosen, claimed)
        return True

    def _full(self) -> frozenset[str]:
        """The rooms in which nothing more can be said just now."""
        return frozenset((*self._pacer.full_rooms(), *self._rooms.values()))

    def _may_differently(self) -> bool:
        """Whether what may be taken is no longer what the last step asked for."""
        return self._asked_for != (self._may(), self._full())

    def _free_hands(self) -> _Hands:
        names = [task.get_name() for task in self._in_hand.values()]
        errands = names.count(Work.ERRAND.value)
        messages = len(names) - errands - names.count(LOOK_UP)
        return _Hands(self._limits.messages - messages, self._limits.errands - errands)

    def _may(self) -> Open:
        hands = self._free_hands()
        talk = hands.messages > 0
        return Open(
            posts=talk and not self._pacer.closed(POST),
            edits=talk and not self._pacer.closed(UPDATE),
            errands=hands.errands > 0,
        )

    async def _choose(self, found: Sequence[Due], hands: _Hands) -> list[Due]:
        """Of what is due, what there are hands and leave for: one for each room, the most urgent first."""
        wanted: dict[Work, list[Due]] = {work: [] for work in Work}
        rooms: set[str] = set()
        for due in found:
            messages = len(wanted[Work.POST]) + len(wanted[Work.EDIT])
            taken = len(wanted[Work.ERRAND]) if due.work is Work.ERRAND else messages
            if taken < hands.of(due.work) and due.room not in rooms:
                wanted[due.work].append(due)
                rooms.update([due.room] if due.room else [])
        edits = (await self._pacer.take(UPDATE, len(wanted[Work.EDIT]))).count if wanted[Work.EDIT] else 0
        return [*wanted[Work.ERRAND], *wanted[Work.EDIT][:edits], *await self._let_in(wanted[Work.POST])]

    async def _let_in(self, posts: Sequence[Due]) -> list[Due]:
        """The posts the workspace and their rooms have a slot for now."""
        if not posts:
            return []
        granted = (await self._pacer.take(POST, len(posts))).count
        allowed = [due for due in posts[:granted] if not await self._pacer.enter(due.room)]
        self._pacer.give_back(POST, granted - len(allowed))
        return allowed

    def _take(self, chosen: Sequence[Due], claimed: Sequence[ClaimedNotice]) -> None:
        """Start work on what was claimed; leave for what somebody else was quicker with is given back."""
        asked = {due.id: due for due in chosen}
        missed = {due.id for due in chosen} - {notice.id for notice in claimed}
        for number in missed:
            if asked[number].work is not Work.ERRAND:
                self._pacer.give_back(UPDATE if asked[number].work is Work.EDIT else POST)
        ready = asyncio.ensure_future(self._deliverer.prepare(claimed))
        for notice in claimed:
            due = asked[notice.id]
            self._start(notice, self._deliver(notice, ready), due.work.value, due.room)

    async def _deliver(self, notice: ClaimedNotice, ready: asyncio.Future[None]) -> None:
        await asyncio.shield(ready)
        await self._deliverer.deliver(notice)

    def _start(self, notice: ClaimedNotice, work: Coroutine[Any, Any, None], name: str, room: str = "") -> None:
        task = asyncio.create_task(work, name=name)
        self._in_hand[notice.id] = task
        if room:
            self._rooms[notice.id] = room

        def finished(_task: asyncio.Task[None]) -> None:
            self._in_hand.pop(notice.id, None)
            self._rooms.pop(notice.id, None)
            self._wake.set()

        task.add_done_callback(finished)

    async def _recover(self) -> None:
        """Claims whose process is gone, or whose post was never answered: look before saying it again."""
        for notice in await self._deliverer.abandoned():
            if notice.id not in self._in_hand and await self._deliverer.take_over(notice):
                self._start(notice, self._deliverer.look_first(notice), LOOK_UP)

    async def _waiting_for_pace(self) -> float:
        """Seconds until Slack's pace lets something go on that is due; 0 when nothing waits for that."""
        waits = self._pace_waits()
        if not waits:
            return 0.0
        async with self._db.read() as session:
            found = await self._claims.due(session, self._clock(), Open(), 1)
        return max(min(waits), GATHER_S) if found else 0.0

    def _pace_waits(self) -> list[float]:
        closed = (self._pacer.closed(POST), self._pacer.closed(UPDATE))
        return [wait for wait in (*closed, *self._pacer.full_rooms().values()) if wait > 0]

    async def _rest(self) -> None:
        """Until something is due, a hand comes free, or Slack's pace lets more through."""
        due: datetime | None = None
        if not self._in_hand:
            async with self._db.read() as session:
                due = await claims.next_due(session, self._clock())
        until_due = [max(GATHER_S, (due - self._clock()).total_seconds())] if due else []
        if self._may_differently():
            return
        try:
            async with asyncio.timeout(min([SWEEP_S, *until_due, *self._pace_waits()])):
                await self._wake.wait()
        except TimeoutError:
            return
        if self._in_hand:
            await asyncio.sleep(GATHER_S)

    async def _finish(self) -> None:
        """Let what is in hand be finished; what is not stays claimed and is looked up at the next start."""
        if not self._in_hand:
            return
        _, left = await asyncio.wait(list(self._in_hand.values()), timeout=self._limits.stop_s)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
