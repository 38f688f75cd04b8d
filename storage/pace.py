"""Slots for calls to Slack, shared by every process on one PostgreSQL; by the database's clock, not the machines'."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Double, Integer, bindparam, text

from storage.database import Database


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


_SECONDS: Final[Double[float]] = Double()
_NOW: Final = "coalesce(:now, CAST(extract(epoch FROM statement_timestamp()) AS float8))"
"""The moment of the statement by the database's clock, unless one was given."""
_TAKE: Final = text(
    """
    INSERT INTO pace_slot AS p (bucket, taken, granted, held_until)
    SELECT :bucket, array_fill(clock.now, ARRAY[:most]), :most, 0 FROM (SELECT baton_now(:now) AS now) AS clock
    ON CONFLICT (bucket) DO UPDATE SET (granted, taken) = (
        SELECT free.n, kept.taken || array_fill(kept.now, ARRAY[free.n])
        FROM (
            SELECT clock.now,
                ARRAY(SELECT at FROM unnest(p.taken) AS at WHERE at > clock.now - :span ORDER BY at) AS taken
            FROM (SELECT baton_now(:now) AS now) AS clock
        ) AS kept,
        LATERAL (
            SELECT CASE WHEN p.held_until > kept.now THEN 0
            ELSE greatest(0, least(:most, :size - cardinality(kept.taken))) END AS n
        ) AS free
    )
    RETURNING granted, held_until - baton_now(:now), coalesce(taken[1], 0) + :span - baton_now(:now)
    """.replace("baton_now(:now)", _NOW)
).bindparams(
    bindparam("now", type_=_SECONDS),
    bindparam("span", type_=_SECONDS),
    bindparam("most", type_=Integer()),
    bindparam("size", type_=Integer()),
)
"""One statement, so that replicas that ask together are served one after the other by the row's lock."""
_HOLD: Final = text(
    """
    INSERT INTO pace_slot AS p (bucket, taken, granted, held_until)
    VALUES (:bucket, '{}', 0, baton_now(:now) + :seconds)
    ON CONFLICT (bucket) DO UPDATE SET held_until = greatest(p.held_until, excluded.held_until)
    """.replace("baton_now(:now)", _NOW)
).bindparams(bindparam("now", type_=_SECONDS), bindparam("seconds", type_=_SECONDS))


class SharedSlots:
    """Slots in the table ``pace_slot``. ``clock`` gives seconds in place of the database's clock, for tests."""

    def __init__(self, db: Database, clock: Callable[[], float] | None = None) -> None:
        self._db, self._clock = db, clock

    async def take(self, bucket: str, most: int, limit: Limit) -> Granted:
        """Up to ``most`` slots of ``limit``, all or in part, now. Raises SQLAlchemyError when the database is away."""
        asked = min(most, limit.size)
        given = {"bucket": bucket, "most": asked, "size": limit.size, "span": limit.span_s, "now": self._now()}
        async with self._db.at_once() as connection:
            count, held_s, free_s = (await connection.execute(_TAKE, given)).one()
        return Granted(int(count), max(float(held_s), float(free_s), 0.0) if count < most else 0.0)

    async def hold(self, bucket: str, seconds: float) -> None:
        """No slots of this bucket for so many seconds; a longer pause asked for before stays."""
        async with self._db.at_once() as connection:
            await connection.execute(_HOLD, {"bucket": bucket, "seconds": seconds, "now": self._now()})

    def _now(self) -> float | None:
        return self._clock() if self._clock else None
