"""Delivers one claimed notice, whichever engine claimed it, and finds again what a crash left in between.

What it promises: a notice is posted at least once and, as long as the channel's history can be read, at most once.
What it can't: Slack has no idempotency key, so where a post's answer was lost and the history is closed to us, nobody
can know; such a notice becomes ``unsure`` and a person decides.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from domain.clock import Clock
from domain.retry import backoff
from messages.blocks import without_pictures
from messages.say import Block
from scheduler.delivery import Courier, Done, NotYet, Preparing, Say, StayQuiet, Where
from scheduler.pacing import POST, UPDATE
from scheduler.slack import Slack, SlackLaterError, SlackRefusedError, SlackUnknownError
from storage import claims, notices
from storage.database import Database, Tx
from storage.notices import ClaimedNotice

FENCE: Final = timedelta(seconds=1.5)
"""A process stopped longer than this between claim and post (a suspended laptop, a swapped machine) must not post:
its claim may have been taken over. By the machine's clock, because the monotonic one stands still in suspend; and by
the clock that says what is due, because what was right to say before that one was moved may be wrong now."""
SKEW: Final = timedelta(minutes=10)
"""How far this machine's clock may be ahead of Slack's when the history is searched."""
RETRY_BASE: Final = timedelta(seconds=2)
RETRY_CAP: Final = timedelta(minutes=10)
MOST_TRIES: Final = 12
BAD_BLOCKS: Final = "invalid_blocks"
EVENT_TYPE: Final = "baton_notice"

Log = structlog.stdlib.BoundLogger
Enqueue = Callable[[Tx, Sequence[int]], Awaitable[None]]


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


@dataclass(frozen=True, slots=True)
class EngineMeans:
    """What an engine works with. ``clock`` says what is due and may be moved; ``wall`` is the machine's own and dates
    claims."""

    db: Database
    clock: Clock
    slack: Slack
    courier: Courier
    log: Log
    limits: EngineLimits = field(default_factory=EngineLimits)
    wall: Clock = machine_clock


class Deliverer:
    """From a claim to its mark. What it can't finish it leaves ``sending``, to be taken up again."""

    def __init__(self, means: EngineMeans, enqueue: Enqueue) -> None:
        """``enqueue`` tells the engine of the notices that follow from one."""
        self._db, self._clock, self._slack, self._courier = means.db, means.clock, means.slack, means.courier
        self._log, self._wall, self._enqueue = means.log, means.wall, enqueue
        self._abandoned_after = timedelta(seconds=means.slack.timeout_s + means.limits.grace_s)
        self.settled = 0

    async def prepare(self, claimed: Sequence[ClaimedNotice]) -> None:
        """Let the courier load at once what these messages need. When it can't, each of them says so by itself."""
        courier = self._courier
        messages = [notice for notice in claimed if notice.kind not in courier.errands]
        if not messages or not isinstance(courier, Preparing):
            return
        try:
            await courier.prepare(messages)
        except Exception:  # noqa: BLE001 - whatever it is, each message asks again by itself
            self._log.exception("notices_not_prepared", count=len(messages))

    async def deliver(self, notice: ClaimedNotice) -> None:
        """Deliver, or put the notice where its failure belongs. Raises nothing: the row is the way back."""
        log = self._log.bind(notice=notice.key, kind=notice.kind, attempt=notice.attempts)
        try:
            await self._delivered(notice, log)
        except Exception:
            log.exception("notice_left")

    async def _delivered(self, notice: ClaimedNotice, log: Log) -> None:
        try:
            if notice.kind in self._courier.errands:
                await self._errand(notice)
            else:
                await self._message(notice)
        except SlackLaterError as error:
            log.info("notice_later", why=error.why, seconds=error.seconds)
            at = self._clock() + timedelta(seconds=error.seconds)
            await self._postpone(notice, NotYet(at, str(error)))
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
            await claims.put_back(tx.session, notice, at=self._clock() + wait, why=why, failed=True)

    async def _give_up(self, notice: ClaimedNotice, why: str, log: Log, state: str = notices.DEAD) -> None:
        log.error("notice_given_up", why=why, state=state)
        async with self._db.write() as tx:
            if await claims.give_up(tx.session, notice, state=state, why=why):
                ids = await self._courier.after_given_up(tx, notice, why, unsure=state == notices.UNSURE)
                await self._enqueue(tx, ids)

    async def _message(self, notice: ClaimedNotice) -> None:
        decided_at = self._clock()
        plan = await self._courier.plan(notice)
        method = UPDATE if notice.ts else POST
        if not isinstance(plan, Say):
            self._slack.pacer.give_back(method)
        match plan:
            case StayQuiet(reason):
                await self._settle(notice, channel=notice.channel_id, ts=notice.ts, state=notices.QUIET, why=reason)
            case NotYet():
                await self._postpone(notice, plan)
            case Say():
                held = self._slack.pacer.held(method)
                if held > 0:
                    await self._postpone(notice, NotYet(self._soon(held), "Slack asked to wait"))
                elif notice.ts:
                    await self._edit(notice, plan)
                else:
                    await self._post(notice, plan, decided_at)

    async def _post(self, notice: ClaimedNotice, plan: Say, decided_at: datetime) -> None:
        if max(self._wall() - notice.claimed_at, self._clock() - decided_at) > FENCE:
            self._log.warning("notice_fenced", notice=notice.key)
            await self.put_back(notice, "the claim grew old before the post")
            return
        response = await self._with_or_without_pictures(
            POST,
            plan.blocks,
            channel=plan.channel,
            text=plan.text,
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
        await self._with_or_without_pictures(
            UPDATE,
            plan.blocks,
            channel=notice.channel_id,
            ts=notice.ts,
            text=plan.text,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"kind": notice.kind, "key": notice.key}},
        )
        await self._settle(notice, channel=notice.channel_id, ts=notice.ts)

    async def _with_or_without_pictures(
        self,
        method: str,
        blocks: Sequence[Block],
        **arguments: Any,  # noqa: ANN401 - Slack's arguments
    ) -> dict[str, Any]:
        """Say it; without its pictures when Slack does not show one of them (any more)."""
        shown = list(blocks) or (None if method == POST else [])
        try:
            return await self._slack.call_now(method, blocks=shown, **arguments)
        except SlackRefusedError as error:
            bare = without_pictures(blocks)
            if error.code != BAD_BLOCKS or len(bare) == len(blocks):
                raise
            self._log.warning("said_without_picture", why=str(error))
            return await self._slack.call_now(method, blocks=bare, **arguments)

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
            first = await claims.mark_sent(
                tx.session, notice, channel_id=channel, ts=ts, now=self._clock(), state=state, why=why
            )
            if first and ts and state == notices.SENT:
                ids = await self._courier.after_said(tx, notice, channel, ts)
                await self._enqueue(tx, ids)
        self.settled += 1
        self._log.info("notice_settled", notice=notice.key, kind=notice.kind, state=state, why=why)

    async def _postpone(self, notice: ClaimedNotice, plan: NotYet) -> None:
        async with self._db.write() as tx:
            await claims.put_back(
                tx.session, notice, at=plan.until, why=plan.reason, failed=False, holds_lane=plan.holds_lane
            )

    def _soon(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    # Claims whose process is gone, or whose post was never answered

    async def abandoned(self) -> list[ClaimedNotice]:
        """Claims so old that nobody works on them any more."""
        async with self._db.read() as session:
            return await claims.stale(session, self._wall() - self._abandoned_after)

    async def take_over(self, notice: ClaimedNotice) -> bool:
        """Whether an abandoned claim is now ours to look after."""
        async with self._db.write() as tx:
            return await claims.retake(tx.session, notice, self._wall())

    async def look_first(self, notice: ClaimedNotice) -> None:
        """Look before saying it again. Errands and edits are repeated; a post is looked for in the history, and a
        look-up that fails leaves it for the next one. Raises nothing."""
        log = self._log.bind(notice=notice.key, kind=notice.kind)
        try:
            await self._looked(notice, log)
        except Exception:
            log.exception("notice_left")

    async def _looked(self, notice: ClaimedNotice, log: Log) -> None:
        if notice.kind in self._courier.errands or notice.ts:
            await self.put_back(notice, "taken over after a crash")
            return
        try:
            where = await self._courier.said_where(notice)
            ts = await self.find_said(notice, where) if where else None
        except SlackRefusedError as error:
            await self._give_up(notice, f"the history can't be read: {error}", log, notices.UNSURE)
        except (SlackLaterError, SlackUnknownError) as error:
            log.warning("notice_not_looked_up", why=str(error))
        else:
            if where is None or ts is None:
                await self.put_back(notice, "taken over after a crash")
            else:
                await self._settle(notice, channel=where.channel, ts=ts, why="found in the history")

    async def put_back(self, notice: ClaimedNotice, why: str) -> None:
        """It is due again at once."""
        await self._postpone(notice, NotYet(self._clock(), why))

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
