"""`baton migrate`."""

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.common import say, settings_and_logs
from bot.errors import Failure
from storage import schema
from storage.migrate import NewerSchemaError
from storage.migrate import migrate as migrate_database
from storage.troubles import sentence_of


def migrate() -> None:
    """Bring the database to the newest schema."""
    settings = settings_and_logs()
    bring_up(settings.database_url.get_secret_value())
    say(f"The database has the newest schema ({schema.HEAD}).")


def bring_up(url: str) -> None:
    """Migrate, and say in a sentence what went wrong. Raises Failure."""
    try:
        migrate_database(url)
    except NewerSchemaError as error:
        raise Failure(
            f"DATABASE_URL: the database has schema {error.version[:40]}, made by a newer Baton than this one "
            f"({schema.HEAD}). Install that version again; nothing was changed."
        ) from error
    except SQLAlchemyError as error:
        why = sentence_of(error) or f"the database can't be migrated ({_cause(error)})."
        raise Failure(f"DATABASE_URL: {why}") from error


def _cause(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0][:200] if str(cause).strip() else type(cause).__name__
