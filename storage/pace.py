"""Slots for calls to Slack, shared by every process on one PostgreSQL; by the database's clock, not the machines'."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from storage.database import Database, driver_of


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``size`` calls in any ``span_s`` seconds."""

    size: int
    span_s: float


@dataclass(frozen=True, slots=True)
class Granted:
    """How many slots were given now; when that is fewer than asked, ``wait_s`` is when to ask again, in seconds."""

    count: int
    wait_s: float = 0.0


_NOW: Final = "coalesce(%(now)s::float8, extract(epoch FROM statement_timestamp())::float8)"
"""The moment of the statement by the database's clock, unless one was given."""
_TAKE: Final = """
    INSERT INTO pace_slot AS p (bucket, taken, granted, held_until)
    SELECT %(bucket)s, array_fill(clock.now, ARRAY[%(most)s::int]), %(most)s, 0 FROM (SELECT the_moment AS now) AS clock
    ON CONFLICT (bucket) DO UPDATE SET (granted, taken) = (
        SELECT free.n, kept.taken || array_fill(kept.now, ARRAY[free.n])
        FROM (
            SELECT clock.now,
                ARRAY(SELECT at FROM unnest(p.taken) AS at WHERE at > clock.now - %(span)s ORDER BY at) AS taken
            FROM (SELECT the_moment AS now) AS clock
        ) AS kept,
        LATERAL (
            SELECT CASE WHEN p.held_until > kept.now THEN 0
            ELSE greatest(0, least(%(most)s::int, %(size)s::int - cardinality(kept.taken))) END AS n
        ) AS free
    )
    RETURNING granted, held_until - the_moment, coalesce(taken[1], 0) + %(span)s - the_moment
    """.replace("the_moment", _NOW)
"""One statement, so that replicas that ask together are served one after the other by the row's lock."""
_HOLD: Final = """
    INSERT INTO pace_slot AS p (bucket, taken, granted, held_until)
    VALUES (%(bucket)s, '{}', 0, the_moment + %(seconds)s)
    ON CONFLICT (bucket) DO UPDATE SET held_until = greatest(p.held_until, excluded.held_until)
    """.replace("the_moment", _NOW)


class SharedSlots:
    """Slots in the table ``pace_slot``, asked for with the driver itself, because it is done for every message.
    ``clock`` gives seconds in place of the database's clock, for tests."""

    def __init__(self, db: Database, clock: Callable[[], float] | None = None) -> None:
        self._db, self._clock = db, clock

    async def take(self, bucket: str, most: int, limit: Limit) -> Granted:
        """Up to ``most`` slots of ``limit``, all or in part, now. Raises SQLAlchemyError when the database is away."""
        asked = min(most, limit.size)
        given = {"bucket": bucket, "most": asked, "size": limit.size, "span": float(limit.span_s), "now": self._now()}
        async with self._db.at_once() as connection:
            driver = await driver_of(connection)
            count, held_s, free_s = await (await driver.execute(_TAKE, given)).fetchone() or (0, 0.0, 0.0)
        return Granted(int(count), max(float(held_s), float(free_s), 0.0) if count < most else 0.0)

    async def hold(self, bucket: str, seconds: float) -> None:
        """No slots of this bucket for so many seconds; a longer pause asked for before stays."""
        async with self._db.at_once() as connection:
            driver = await driver_of(connection)
            await driver.execute(_HOLD, {"bucket": bucket, "seconds": float(seconds), "now": self._now()})

    def _now(self) -> float | None:
        return self._clock() if self._clock else None
