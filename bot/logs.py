"""Logs: structlog and everything the libraries write, one stream, console or JSON, without a single secret."""

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Literal, TextIO

import structlog
from structlog.types import Processor

from bot.masking import Masker

_QUIETER = {
    "aiosqlite": logging.WARNING,
    "asyncio": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "uvicorn": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "aiohttp": logging.WARNING,
    "procrastinate": logging.WARNING,
    "psycopg.pool": logging.ERROR,
    "sqlalchemy": logging.WARNING,
}


class _MaskedFormatter(structlog.stdlib.ProcessorFormatter):
    """Masks the finished line, so nothing that was joined, quoted or traced on the way escapes."""

    def __init__(self, mask: Callable[[str], str], processors: list[Processor], foreign: list[Processor]) -> None:
        super().__init__(processors=processors, foreign_pre_chain=foreign)
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        return self._mask(super().format(record))


class _MaskedHandler(logging.StreamHandler[TextIO]):
    """A stream that says which line could not be written instead of printing its arguments."""

    def handleError(self, record: logging.LogRecord) -> None:
        kind = sys.exc_info()[0]
        name = kind.__name__ if kind else "an error"
        try:
            self.stream.write(f"a log line of {record.name} could not be written ({name})\n")
        except (OSError, ValueError):
            # The stream itself is gone: there is nowhere left to say so.
            self.setLevel(logging.CRITICAL + 1)


def set_up_logs(
    style: Literal["console", "json"] = "console",
    secrets: Iterable[str] = (),
    *,
    debug: bool = False,
    stream: TextIO | None = None,
) -> Masker:
    """Send every log of this process to `stream` (stderr by default). Returns the masker for other outputs."""
    mask = Masker(secrets)
    out = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = _MaskedHandler(out)
    handler.setFormatter(_MaskedFormatter(mask, _ending(style, out), shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    _route_libraries(debug=debug)
    logging.captureWarnings(capture=True)
    _catch_threads()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    return mask


def _ending(style: Literal["console", "json"], out: TextIO) -> list[Processor]:
    first: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "json":
        # Tracebacks as text: the structured form carries local variables.
        return [*first, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=repr)]
    colours = out.isatty()
    return [
        *first,
        structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback),
    ]


def _route_libraries(*, debug: bool) -> None:
    """Libraries that brought handlers of their own lose them; all speak through the root."""
    for name, level in _QUIETER.items():
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(min(level, logging.INFO) if debug else level)


def _catch_threads() -> None:
    def report(crash: threading.ExceptHookArgs) -> None:
        if crash.exc_value is not None:
            logging.getLogger("thread").error("a thread stopped", exc_info=crash.exc_value)

    threading.excepthook = report
