"""Whether a request comes from Slack, and comes for the first time.

Slack signs each request with the time it was sent (docs.slack.dev/authentication/verifying-requests-from-slack). That
alone lets somebody who caught a request send it again for five minutes, so a signature that was taken once is refused.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from slack_sdk.signature import Clock, SignatureVerifier
from sqlalchemy.exc import InterfaceError, OperationalError

from storage import replays
from storage.database import Database

STAMP: Final = "x-slack-request-timestamp"
SIGNATURE: Final = "x-slack-signature"
TOLERANCE_S: Final = 300
SWEEP: Final = 200
"""Requests between two looks at what is too old in the database."""
_AWAY: Final = (OperationalError, InterfaceError)
_STAMP: Final = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")


log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers")


class Signatures:
    """Checks signatures and remembers those that were taken: in this process, and on PostgreSQL for all of them."""

    def __init__(self, secret: str, db: Database, now: Callable[[], float] = time.time) -> None:
        self._verifier = SignatureVerifier(secret, _Clock(now))
        self._db, self._now = db, now
        self._taken: OrderedDict[str, float] = OrderedDict()
        self._count = 0

    def right(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The signature of a request signed by Slack within five minutes, else None."""
        stamp, signature = headers.get(STAMP, ""), headers.get(SIGNATURE, "")
        # The library fails on what is no number, and on a signature outside ASCII.
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return None
        try:
            return signature if self._verifier.is_valid(body, stamp, signature) else None
        except UnicodeDecodeError:
            # It checks text only, and Slack sends nothing else.
            return None

    async def first(self, workspace_id: int, signature: str) -> bool:
        """Take a signature; False when it was taken before, by whichever process. While the database is away only this
        process is asked: nothing can be done then but to tell the person so."""
        now = self._now()
        while self._taken and next(iter(self._taken.values())) < now:
            self._taken.popitem(last=False)
        if signature in self._taken:
            return False
        # Signed up to five minutes ahead of our clock, and right for five minutes after that.
        until = now + 2 * TOLERANCE_S
        self._taken[signature] = until
        if self._db.is_sqlite:
            return True
        self._count += 1
        try:
            if self._count % SWEEP == 0:
                await replays.forget(self._db, now)
            return await replays.claim(self._db, workspace_id, signature, until)
        except _AWAY as error:
            log.warning("the other processes can't be asked whether they took a request", reason=type(error).__name__)
            return True

    async def release(self, workspace_id: int, signature: str) -> None:
        """It failed and changed nothing: Slack's own next try, which may come within the second, is taken."""
        self._taken.pop(signature, None)
        if self._db.is_sqlite:
            return
        try:
            await replays.release(self._db, workspace_id, signature)
        except _AWAY as error:
            # Slack signs its next try anew, so that it is taken in any case.
            log.warning("a request that failed is not released", reason=type(error).__name__)


class _Clock(Clock):
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now()
