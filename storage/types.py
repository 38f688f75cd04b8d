"""Column types shared by all models."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String, TypeDecorator
from sqlalchemy.types import TypeEngine


def to_sqlite(moment: datetime) -> str:
    """An aware time as SQLite keeps it: 26 characters, the year always four (``strftime`` writes 999 for year 999)."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC.

    PostgreSQL keeps it as ``timestamptz``; SQLite, which has no such type, as fixed-width ISO text, so that text order
    is time order. A naive value raises ``ValueError``: what time it meant can't be known.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database; give it a time zone")
        utc = value.astimezone(UTC)
        return to_sqlite(utc) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)
