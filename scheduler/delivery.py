"""What the courier decides about one notice, and what the engine does with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from messages.say import Block
from storage.database import Tx
from storage.notices import ClaimedNotice


@dataclass(frozen=True, slots=True)
class Say:
    """Post this (or, when it was posted before, edit it to this)."""

    channel: str
    text: str
    blocks: Sequence[Block]
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A channel to post into, or a thread in it."""

    channel: str
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class StayQuiet:
    """Say nothing, ever, because of ``reason``."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """Look again at ``until``. ``holds_lane``: what comes after it in its lane waits too."""

    until: datetime
    reason: str
    holds_lane: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """An errand was carried out; ``note`` is what is worth remembering of it."""

    note: str = ""


Plan = Say | StayQuiet | NotYet


class Courier(Protocol):
    """Knows what each kind of notice says, to whom, and what follows from having said it."""

    errands: frozenset[str]
    """The kinds that are work in Slack and not a message."""

    async def plan(self, notice: ClaimedNotice) -> Plan:
        """What to do about a message notice, from the facts as they are now. Raises the errors of scheduler.slack."""
        ...

    async def said_where(self, notice: ClaimedNotice) -> Where | None:
        """Where a message notice goes, whatever it would say now; None when there is no such place. Raises the errors
        of scheduler.slack."""
        ...

    async def run_errand(self, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
        """Carry an errand out; safe to repeat. Raises the errors of scheduler.slack."""
        ...

    async def after_said(self, tx: Tx, notice: ClaimedNotice, channel: str, ts: str) -> Sequence[int]:
        """Record, in the transaction that marks it sent, what follows; returns the ids of new notices."""
        ...

    async def after_given_up(self, tx: Tx, notice: ClaimedNotice, why: str, *, unsure: bool) -> Sequence[int]:
        """Record, in the transaction that gives it up, who is told; returns the ids of new notices. ``unsure``: it may
        have arrived, and nobody can look."""
        ...


@runtime_checkable
class Preparing(Protocol):
    """A courier that wants to see together what was claimed together."""

    async def prepare(self, notices: Sequence[ClaimedNotice]) -> None:
        """Load in few queries what these messages need; each is then asked for by ``plan``, within a second or so."""
        ...
