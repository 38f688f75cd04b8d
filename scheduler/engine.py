"""The embedded engine: asyncio workers that claim notices, deliver them once, and find them again after a crash.

What it promises: a notice is posted at least once and, as long as the channel's history can be read, at most once.
What it can't: Slack has no idempotency key, so where a post's answer was lost and the history is closed to us, nobody
can know; such a notice becomes ``unsure`` and a person decides.
"""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock import Clock
from domain.retry import backoff
from scheduler.delivery import Courier, Done, NotYet, Say, StayQuiet, Where
from scheduler.pacing import POST
from scheduler.slack import Slack, SlackLaterError, SlackRefusedError, SlackUnknownError
from storage import notices
from storage.database import Database, Tx
from storage.notices import ClaimedNotice

SWEEP_S: Final = 2.0
FENCE: Final = timedelta(seconds=1.5)
"""A process stopped longer than this between claim and post (a suspended laptop, a swapped machine) must not post:
its claim may have been taken over. By the machine's clock, because the monotonic one stands still in suspend."""
SHORT_WAIT_S: Final = 0.5
SKEW: Final = timedelta(minutes=10)
"""How far this machine's clock may be ahead of Slack's when the history is searched."""
RETRY_BASE: Final = timedelta(seconds=2)
RETRY_CAP: Final = timedelta(minutes=10)
MOST_TRIES: Final = 12
EVENT_TYPE: Final = "baton_notice"
ERRAND: Final = "errand"
MESSAGE: Final = "message"

Log = structlog.stdlib.BoundLogger


def machine_clock() -> datetime:
    """The present moment by this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """How much is in hand at once: messages, errands (channels, canvases); how long what is in hand may take when the
    engine stops; how long after Slack's time-out a claim is taken for abandoned (longer than the fence)."""

    messages: int = 16
    errands: int = 6
    stop_s: float = 4.0
    grace_s: float = 2.0


class EmbeddedEngine:
    """Beside SQLite, in one process. The outbox is the queue; ``enqueue`` only wakes the workers."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        slack: Slack,
        courier: Courier,
        log: Log,
        limits: EngineLimits | None = None,
        wall: Clock = machine_clock,
    ) -> None:
        """``clock`` says what is due and may be moved; ``wall`` is the machine's own and dates claims."""
        self._db, self._clock, self._slack, self._courier, self._log = db, clock, slack, courier, log
        self._wall = wall
        self._limits = limits or EngineLimits()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self.running = False
        self.settled = 0

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Wake the workers once the transaction is committed."""
        if notice_ids:
            tx.after_commit.append(self._wake.set)

    def wake(self) -> None:
        """Look at once: something may be due (the clock jumped, a person asked)."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until ``stop`` is called or the task is cancelled; waits for what is in hand."""
        self.running = True
        try:
            while not self._stopping.is_set():
                try:
                    if not await self.step():
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
        """Deliver everything that is due now, then return how many were (``baton tick``)."""
        before = self.settled
        while await self.step() or self._in_hand or self._wake.is_set():
            if self._in_hand:
                await asyncio.wait(self._in_hand.values(), return_when=asyncio.FIRST_COMPLETED)
        return self.settled - before

    async def step(self) -> bool:
        """Claim what is due, as far as there are hands for it. True when something was claimed."""
        self._wake.clear()
        busy = sum(task.get_name() == ERRAND for task in self._in_hand.values())
        hands = {True: self._limits.errands - busy, False: self._limits.messages - (len(self._in_hand) - busy)}
        async with self._db.read() as session:
            found = await notices.stale(session, self._abandoned_before())
            due = [errands for errands, free in hands.items() if free > 0 and await self._due(session, errands)]
        await self._recover(found)
        if not due:
            return False
        claimed: list[ClaimedNotice] = []
        async with self._db.write() as tx:
            for errands in due:
                claimed += await self._claim(tx, errands, hands[errands])
        for notice in claimed:
            errand = notice.kind in self._courier.errands
            work = self._errand(notice) if errand else self._message(notice)
            self._start(notice, self._delivered(notice, work), ERRAND if errand else MESSAGE)
        return bool(claimed)

    async def _due(self, session: AsyncSession, errands: bool) -> bool:
        kinds = sorted(self._courier.errands)
        return await notices.anything_due(session, self._clock(), kinds=kinds, exclude=not errands)

    async def _claim(self, tx: Tx, errands: bool, limit: int) -> list[ClaimedNotice]:
        kinds = sorted(self._courier.errands)
        return await notices.claim(
            tx.session, self._clock(), self._wall(), kinds=kinds, exclude=not errands, limit=limit
        )

    def _start(self, notice: ClaimedNotice, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(self._kept(notice, work), name=name)
        self._in_hand[notice.id] = task

        def finished(_task: asyncio.Task[None]) -> None:
            self._in_hand.pop(notice.id, None)
            self._wake.set()

        task.add_done_callback(finished)

    async def _kept(self, notice: ClaimedNotice, work: Coroutine[Any, Any, None]) -> None:
        """Whatever goes wrong here leaves the notice ``sending``; it is taken up again when its claim is old."""
        try:
            await work
        except Exception:  # noqa: BLE001 - a task has nobody to raise to; the row is the way back
            self._log.exception("notice_left", notice=notice.key, kind=notice.kind)

    async def _delivered(self, notice: ClaimedNotice, work: Coroutine[Any, Any, None]) -> None:
        """Deliver, or put the notice where its failure belongs."""
        log = self._log.bind(notice=notice.key, kind=notice.kind, attempt=notice.attempts)
        try:
            await work
        except SlackLaterError as error:
            log.info("notice_later", why=error.why, seconds=error.seconds)
            at = self._clock() + timedelta(seconds=error.seconds)
            async with self._db.write() as tx:
                await notices.put_back(tx.session, notice, at=at, why=str(error), failed=False)
        except SlackUnknownError as error:
            await self._uncertain(notice, error, log)
        except SlackRefusedError as error:
            await self._give_up(notice, str(error), log)
        except Exception as error:
            log.exception("notice_failed")
            await self._retry(notice, f"{type(error).__name__}: {error}", log)

    async def _uncertain(self, notice: ClaimedNotice, error: SlackUnknownError, log: Log) -> None:
        """Errands and edits can be repeated; a post stays ``sending`` until the history has been looked at."""
        if notice.kind in self._courier.errands or notice.ts or error.method != POST:
            await self._retry(notice, str(error), log)
            return
        log.warning("notice_unknown", why=error.why)

    async def _retry(self, notice: ClaimedNotice, why: str, log: Log) -> None:
        if notice.attempts >= MOST_TRIES:
            await self._give_up(notice, why, log)
            return
        wait = backoff(notice.attempts, base=RETRY_BASE, cap=RETRY_CAP, jitter=random.random())  # noqa: S311
        log.warning("notice_again", why=why, seconds=wait.total_seconds())
        async with self._db.write() as tx:
            await notices.put_back(tx.session, notice, at=self._clock() + wait, why=why, failed=True)

    async def _give_up(self, notice: ClaimedNotice, why: str, log: Log, state: str = notices.DEAD) -> None:
        log.error("notice_given_up", why=why, state=state)
        async with self._db.write() as tx:
            await notices.give_up(tx.session, notice, state=state, why=why)
            ids = await self._courier.after_given_up(tx, notice, why)
            await self.enqueue(tx, ids)

    async def _message(self, notice: ClaimedNotice) -> None:
        plan = await self._courier.plan(notice)
        match plan:
            case StayQuiet(reason):
                await self._settle(notice, channel=notice.channel_id, ts=notice.ts, state=notices.QUIET, why=reason)
            case NotYet():
                await self._postpone(notice, plan)
            case Say() if notice.ts:
                await self._edit(notice, plan)
            case Say():
                await self._post(notice, plan)

    async def _post(self, notice: ClaimedNotice, plan: Say) -> None:
        if not await self._my_turn(notice, POST, plan.channel):
            return
        if self._wall() - notice.claimed_at > FENCE:
            self._log.warning("notice_fenced", notice=notice.key)
            await self._postpone(notice, NotYet(self._clock(), "the claim grew old before the post"))
            return
        response = await self._slack.call_now(
            POST,
            channel=plan.channel,
            text=plan.text,
            blocks=list(plan.blocks) or None,
            thread_ts=plan.thread_ts or None,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"kind": notice.kind, "key": notice.key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        try:
            await self._settle(notice, channel=str(response["channel"]), ts=str(response["ts"]))
        except Exception as error:
            raise SlackUnknownError(POST, f"posted but not marked: {type(error).__name__}: {error}") from error

    async def _edit(self, notice: ClaimedNotice, plan: Say) -> None:
        if not await self._my_turn(notice, "chat.update", notice.channel_id):
            return
        await self._slack.call_now(
            "chat.update",
            channel=notice.channel_id,
            ts=notice.ts,
            text=plan.text,
            blocks=list(plan.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"kind": notice.kind, "key": notice.key}},
        )
        await self._settle(notice, channel=notice.channel_id, ts=notice.ts)

    async def _my_turn(self, notice: ClaimedNotice, method: str, channel: str) -> bool:
        """Wait a short while for Slack's pace; put the notice back, its slot kept, when the wait is long."""
        while (wait := self._slack.pacer.reserve(method, channel, owner=notice.id)) > 0:
            if wait > SHORT_WAIT_S:
                at = self._clock() + timedelta(seconds=wait)
                await self._postpone(notice, NotYet(at, "waiting for Slack's pace"))
                return False
            await asyncio.sleep(wait)
        self._slack.pacer.used(notice.id)
        return True

    async def _errand(self, notice: ClaimedNotice) -> None:
        outcome = await self._courier.run_errand(notice)
        match outcome:
            case Done(note):
                await self._settle(notice, channel="", ts="", why=note)
            case StayQuiet(reason):
                await self._settle(notice, channel="", ts="", state=notices.QUIET, why=reason)
            case NotYet():
                await self._postpone(notice, outcome)

    async def _settle(
        self, notice: ClaimedNotice, *, channel: str, ts: str, state: str = notices.SENT, why: str = ""
    ) -> None:
        async with self._db.write() as tx:
            first = await notices.mark_sent(
                tx.session, notice, channel_id=channel, ts=ts, now=self._clock(), state=state, why=why
            )
            if first and ts and state == notices.SENT:
                ids = await self._courier.after_said(tx, notice, channel, ts)
                await self.enqueue(tx, ids)
        self.settled += 1
        self._log.info("notice_settled", notice=notice.key, kind=notice.kind, state=state, why=why)

    async def _postpone(self, notice: ClaimedNotice, plan: NotYet) -> None:
        async with self._db.write() as tx:
            await notices.put_back(
                tx.session, notice, at=plan.until, why=plan.reason, failed=False, holds_lane=plan.holds_lane
            )

    def _abandoned_before(self) -> datetime:
        return self._wall() - timedelta(seconds=self._slack.timeout_s + self._limits.grace_s)

    async def _recover(self, found: Sequence[ClaimedNotice]) -> None:
        """Claims whose process is gone, or whose post was never answered: look before saying it again."""
        for notice in found:
            if notice.id in self._in_hand:
                continue
            async with self._db.write() as tx:
                taken = await notices.retake(tx.session, notice, self._wall())
            if taken:
                self._start(notice, self._look_first(notice), MESSAGE)

    async def _look_first(self, notice: ClaimedNotice) -> None:
        """Errands and edits are repeated. A post is looked for; a look-up that fails leaves it for the next one."""
        again = NotYet(self._clock(), "taken over after a crash")
        if notice.kind in self._courier.errands or notice.ts:
            await self._postpone(notice, again)
            return
        log = self._log.bind(notice=notice.key, kind=notice.kind)
        try:
            where = await self._courier.said_where(notice)
            ts = await self.find_said(notice, where) if where else None
        except SlackRefusedError as error:
            await self._give_up(notice, f"the history can't be read: {error}", log, notices.UNSURE)
        except (SlackLaterError, SlackUnknownError) as error:
            log.warning("notice_not_looked_up", why=str(error))
        else:
            if where is None or ts is None:
                await self._postpone(notice, again)
            else:
                await self._settle(notice, channel=where.channel, ts=ts, why="found in the history")

    async def find_said(self, notice: ClaimedNotice, where: Where) -> str | None:
        """The ``ts`` of the message with this occurrence key in the channel or thread, None when it was never said."""
        method = "conversations.replies" if where.thread_ts else "conversations.history"
        said = self._slack.each(
            method,
            "messages",
            channel=where.channel,
            ts=where.thread_ts or None,
            oldest=None if where.thread_ts else f"{(notice.created_at - SKEW).timestamp():.6f}",
            include_all_metadata=True,
            limit=200,
        )
        async for message in said:
            metadata: dict[str, Any] = message.get("metadata") or {}
            payload: dict[str, Any] = metadata.get("event_payload") or {}
            if payload.get("key") == notice.key:
                return str(message["ts"])
        return None

    async def _rest(self) -> None:
        async with self._db.read() as session:
            due = await notices.next_due(session, self._clock())
        wait = SWEEP_S if due is None else min(SWEEP_S, max(0.02, (due - self._clock()).total_seconds()))
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _finish(self) -> None:
        """Let what is in hand be finished; what is not stays claimed and is looked up at the next start."""
        if not self._in_hand:
            return
        _, left = await asyncio.wait(list(self._in_hand.values()), timeout=self._limits.stop_s)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
