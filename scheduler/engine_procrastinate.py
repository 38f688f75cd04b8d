"""The engine on PostgreSQL: Procrastinate hands the notices out to any number of processes.

A job is only a hint that a notice is due: it is deferred in the notice's own transaction, and claims the notice before
it does anything. Jobs may be lost, come twice or too late; a sweep finds every notice that is due and has no job.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final, cast

import procrastinate
from procrastinate import types
from procrastinate.jobs import DeleteJobCondition, Job, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback
from procrastinate.worker import Worker
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.retry import backoff
from scheduler.claiming import ClaimingEngine
from scheduler.deliverer import EngineMeans
from scheduler.pacing import POST, UPDATE, Pacer
from storage import claims
from storage.claims import Due, Work
from storage.database import Tx, driver_of

TASK: Final = "deliver"
STALLED_TASK: Final = "free_stalled"
METHODS: Final = {Work.POST: POST, Work.EDIT: UPDATE}
QUEUED: Final = {work.value: METHODS.get(work) for work in Work}
"""Each kind of work is a queue of its own, with hands of its own; named, the method whose pace it keeps."""
EDIT_HANDS: Final = 4
LOT: Final = 4
"""While much waits, leave is taken for so many jobs together."""
SWEEP_S: Final = 2.0
SOONEST_SWEEP_S: Final = 0.2
SWEPT_AT_ONCE: Final = 500
WAITING: Final = (
    "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queue_name = %(queue)s AND status = 'todo') AS some"
)
POLL_S: Final = 5.0
"""How often a worker looks for jobs nobody told it of."""
PACE_PATIENCE_S: Final = 1.2
"""How long a worker waits for leave before it looks whether it is to stop; longer than slots are apart."""
ROOM_PATIENCE_S: Final = 3.5
"""How long a job waits in hand for its room; longer than posts into one room are apart."""
HEARTBEAT_S: Final = 3.0
STALLED_S: Final = 12.0
"""As long as an abandoned claim is left alone. A worker that only seems dead does no harm: its claim is fenced."""
EVERY_5_S: Final = "* * * * * */5"
OPEN_S: Final = 5.0
QUEUE_CONNECTIONS: Final = 4
CONNECTION_PATIENCE_S: Final = 2.0
RESTART_BASE: Final = timedelta(seconds=0.5)
RESTART_CAP: Final = timedelta(seconds=5)
HEALTHY_S: Final = 30.0


class WorkerEndedError(Exception):
    """A worker ended by itself, as it does when a connection of its own is lost."""


class PacedJobs(JobManager):
    """Takes leave to post before it takes a job, so that the most urgent job there is then gets it.

    Lets a worker look again when a job of its process ends: one that waited behind the same lock may go on now, of
    which the library tells nobody.
    """

    def __init__(self, connector: procrastinate.PsycopgConnector, pacer: Pacer) -> None:
        super().__init__(connector)
        self._pacer = pacer
        self._tell: dict[str, NotificationCallback] = {}
        self._news: Counter[str] = Counter()
        self.dry: set[str] = set()
        """The queues in which a worker last found nothing it could take."""
        self._behind: set[str] = set()
        """Those of them in which something waits behind a lock."""

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """As Procrastinate's own; None also when Slack's pace leaves no room for a while."""
        queue = next(iter(queues or ()), "")
        method = QUEUED.get(queue)
        if method is None:
            return await self._fetch(queue, worker_id)
        until = time.monotonic() + PACE_PATIENCE_S
        lot = 1 if queue in self.dry else LOT
        while not (granted := await self._pacer.take(method, lot=lot)).count:
            if time.monotonic() + granted.wait_s > until:
                return None
            await asyncio.sleep(granted.wait_s)
        job = await self._fetch(queue, worker_id)
        if job is None:
            self._pacer.give_back(method)
        return job

    async def _fetch(self, queue: str, worker_id: int) -> Job | None:
        """Again when there was news meanwhile: the worker forgets what it was told during a fetch."""
        while True:
            known = self._news[queue]
            job = await super().fetch_job([queue], worker_id)
            if job is not None:
                self.dry.discard(queue)
                return job
            waiting = await self.connector.execute_query_one_async(query=WAITING, queue=queue)
            if self._news[queue] == known:
                self.dry.add(queue)
                (self._behind.add if waiting["some"] else self._behind.discard)(queue)
                return None

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """As Procrastinate's own; what wakes the worker is kept."""
        (queue,) = queues or ("",)

        async def told(*, channel: str, notification: Notification) -> None:
            self._news[queue] += 1
            await on_notification(channel=channel, notification=notification)

        self._tell[queue] = told
        await super().listen_for_jobs(on_notification=told, queues=[queue])

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """As Procrastinate's own; then the workers of whose queue something waits are told that it may go on now."""
        await super().finish_job(job, status, delete_job)
        for queue in self._behind & set(self._tell):
            await self._tell[queue](channel=queue, notification={"type": "job_inserted", "job_id": job.id or 0})


class ProcrastinateEngine(ClaimingEngine):
    """One of any number of processes on one PostgreSQL."""

    def __init__(self, means: EngineMeans) -> None:
        super().__init__(means)
        self._connector = procrastinate.PsycopgConnector(
            conninfo=self._db.conninfo,
            pool_factory=_pool,
            configure=_each_statement_by_itself,
            min_size=1,
            max_size=QUEUE_CONNECTIONS,
            timeout=CONNECTION_PATIENCE_S,
        )
        self._app = procrastinate.App(connector=self._connector)
        self._jobs = PacedJobs(self._connector, self._pacer)
        self._app.job_manager = self._jobs
        self._app.task(name=TASK)(self._deliver)
        stalled = self._app.task(
            name=STALLED_TASK, queue=Work.ERRAND.value, queueing_lock=STALLED_TASK, pass_context=False
        )(self._free_stalled)
        self._app.periodic(cron=EVERY_5_S)(stalled)
        self._workers: list[Worker] = []
        self._lost: list[int] = []
        self._looking: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> bool:
        """Whether every worker of this process is at work."""
        return bool(self._workers) and all(worker.worker_id is not None for worker in self._workers)

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        """Defer a job for each of these that is due, in the transaction itself."""
        if notice_ids:
            await self._defer(tx, await self._claims.unqueued(tx.session, notice_ids, self._clock()))

    def wake(self) -> None:
        """Look at once: something may be due (the clock jumped, a person asked)."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled. Begins again when the database comes back after it was away."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 - whatever ends the workers, the outbox is still there
                failures = 1 if time.monotonic() - began > HEALTHY_S else failures + 1
                wait = backoff(failures, base=RESTART_BASE, cap=RESTART_CAP, jitter=random.random())  # noqa: S311
                self._log.warning("engine_restarts", why=_reason(error), seconds=round(wait.total_seconds(), 1))
                await asyncio.sleep(wait.total_seconds())

    async def _work(self) -> None:
        """Workers and the sweep, until one of them ends. Workers that lost the database could not sign off; that is
        done when it is back, so that their jobs are free at once."""
        try:
            async with asyncio.timeout(OPEN_S):
                await self._connector.open_async()
            self._workers = [
                self._worker(Work.POST, self._limits.messages),
                self._worker(Work.EDIT, min(EDIT_HANDS, self._limits.messages)),
                self._worker(Work.ERRAND, self._limits.errands),
            ]
            async with asyncio.TaskGroup() as group:
                group.create_task(self._sweep_on())
                for worker in self._workers:
                    group.create_task(_until_it_ends(worker))
        finally:
            self._lost += [worker.worker_id for worker in self._workers if worker.worker_id is not None]
            self._workers = []
            for task in self._looking:
                task.cancel()
            await self._connector.close_async()

    def _worker(self, work: Work, hands: int) -> Worker:
        return Worker(
            self._app,
            queues=[work.value],
            name=work.value,
            concurrency=hands,
            fetch_job_polling_interval=POLL_S,
            abort_job_polling_interval=HEALTHY_S,
            shutdown_graceful_timeout=self._limits.stop_s,
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_S,
        )

    # Jobs

    async def _deliver(self, notice: int, work: str, room: str) -> None:
        """Claim the notice and deliver it; somebody else may have been quicker."""
        expected = Work(work)
        method = METHODS.get(expected)
        if expected is Work.POST and not await self._let_in(room):
            return
        async with self._db.at_once() as connection:
            claimed = await self._claim(connection, [notice])
        if not claimed or self._claims.work_of(claimed[0]) is not expected:
            if method is not None:
                self._pacer.give_back(method)
            for one in claimed:
                await self._deliverer.put_back(one, "it has become another kind of work")
            self._wake.set()
            return
        await self._deliverer.prepare(claimed)
        await self._deliverer.deliver(claimed[0])
        if work in self._jobs.dry:
            # What comes after it in its lane may have lost its job.
            self._wake.set()

    async def _let_in(self, room: str) -> bool:
        """Wait for the room's next slot; the leave to post is lent to others meanwhile. False: it takes too long."""
        wait = await self._pacer.enter(room)
        if not wait:
            return True
        self._pacer.give_back(POST)
        until = time.monotonic() + ROOM_PATIENCE_S
        while wait:
            if time.monotonic() + wait > until:
                return False
            await asyncio.sleep(wait)
            wait = await self._pacer.enter(room)
        await self._pacer.turn(POST)
        return True

    async def _defer(self, tx: Tx, due: Sequence[Due]) -> None:
        if not due:
            return
        jobs = [
            Job(
                queue=one.work.value,
                task_name=TASK,
                priority=-one.priority,
                lock=one.room or one.lane,
                queueing_lock=f"notice:{one.id}",
                task_kwargs=_arguments(one),
            )
            for one in due
        ]
        driver = await driver_of(await tx.session.connection())
        await self._jobs.batch_defer_jobs_async(jobs, connection=driver)

    async def _free_stalled(self, timestamp: int = 0) -> None:
        """Jobs whose worker died are forgotten, so that their rooms are free: the outbox knows what they were for."""
        stalled = list(await self._jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
        for job in stalled:
            await self._jobs.finish_job(job, Status.FAILED, delete_job=True)
        if stalled:
            self._log.warning("jobs_stalled", count=len(stalled), scheduled=timestamp)
            self._wake.set()

    # The sweep

    async def _sweep_on(self) -> None:
        for worker_id in self._lost:
            await self._jobs.unregister_worker(worker_id)
        self._lost.clear()
        await self._free_stalled()
        while True:
            self._wake.clear()
            await self._sweep()
            await self._rest()

    async def _sweep(self) -> None:
        """Take up abandoned claims, and defer jobs for what is due and has none."""
        for notice in await self._deliverer.abandoned():
            if await self._deliverer.take_over(notice):
                task = asyncio.create_task(self._deliverer.look_first(notice))
                self._looking.add(task)
                task.add_done_callback(self._looked)
        found = SWEPT_AT_ONCE
        while found == SWEPT_AT_ONCE:
            async with self._db.write() as tx:
                due = await self._claims.due_unqueued(tx.session, self._clock(), SWEPT_AT_ONCE)
                await self.enqueue(tx, [one.id for one in due])
            found = len(due)

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looking.discard(task)
        self._wake.set()

    async def _rest(self) -> None:
        await asyncio.sleep(SOONEST_SWEEP_S)
        async with self._db.read() as session:
            due = await claims.next_due(session, self._clock())
        until_due = [(due - self._clock()).total_seconds()] if due else []
        try:
            async with asyncio.timeout(max(SOONEST_SWEEP_S, min([SWEEP_S, *until_due])) - SOONEST_SWEEP_S):
                await self._wake.wait()
        except TimeoutError:
            return


def _arguments(due: Due) -> types.JSONDict:
    return {"notice": due.id, "work": due.work.value, "room": due.room}


async def _until_it_ends(worker: Worker) -> None:
    await worker.run()
    raise WorkerEndedError(worker.worker_name)


def _reason(error: BaseException) -> str:
    """What is at the bottom of it, in short."""
    while isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        error = group.exceptions[0]
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {cause}"[:300]


def _pool(**given: Any) -> AsyncConnectionPool[AsyncConnection[Any]]:  # noqa: ANN401 - psycopg_pool's own arguments
    """Without a question before each statement whether the connection still lives: a lost one ends the worker, which
    begins again."""
    arguments: dict[str, Any] = {**given, "check": None}
    return AsyncConnectionPool(**arguments)


async def _each_statement_by_itself(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
