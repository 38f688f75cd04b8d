"""Do-not-disturb as people set it in Slack: asked for many at once, and remembered for a minute."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from domain.hours import Span
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace

KEPT: Final = timedelta(seconds=60)
"""How long an answer is believed; a ``dnd_updated_user`` event ends it at once in this process."""
HOLDING: Final = timedelta(seconds=5)
"""How long an answer is believed that holds something: another process may have heard that it is over."""
NOT_ALLOWED: Final = timedelta(minutes=10)
"""Without the scope ``dnd:read`` Slack is asked again after this."""
MOST: Final = 50
"""People a ``dnd.teamInfo`` may ask for (its reference)."""
GATHER_S: Final = 0.01
_MANY: Final = 10_000


class DoNotDisturb:
    """When people don't want to be disturbed. Whoever asks within a moment is asked for together."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._known: dict[str, tuple[datetime, tuple[Span, ...]]] = {}
        self._asked: dict[str, asyncio.Future[tuple[Span, ...]]] = {}
        self._waiting: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self._not_before: datetime | None = None

    def forget(self, slack_id: str) -> None:
        """Somebody changed it: ask again."""
        self._known.pop(slack_id, None)

    async def spans(self, slack_id: str) -> tuple[Span, ...]:
        """The times around now at which this person is not to be disturbed; none when Slack does not let us know.
        Raises SlackLaterError and SlackUnknownError."""
        now = self._place.clock()
        if self._not_before is not None and now < self._not_before:
            return ()
        kept = self._known.get(slack_id)
        if kept is not None:
            holds = any(span.start <= now < span.end for span in kept[1])
            if timedelta() <= now - kept[0] < (HOLDING if holds else KEPT):
                return kept[1]
        if slack_id not in self._asked:
            self._asked[slack_id] = asyncio.get_running_loop().create_future()
            self._waiting.append(slack_id)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asked[slack_id])

    async def _ask(self) -> None:
        """Until nobody waits for an answer."""
        while self._waiting:
            await asyncio.sleep(GATHER_S)
            some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            answers = {slack_id: self._asked.pop(slack_id) for slack_id in some}
            try:
                found = await self._look_up(some)
            except Exception as error:  # noqa: BLE001 - it is raised by those who asked
                for waiting in answers.values():
                    waiting.set_exception(error)
                    waiting.exception()
                continue
            for slack_id, waiting in answers.items():
                waiting.set_result(found.get(slack_id, ()))

    async def _look_up(self, some: list[str]) -> dict[str, tuple[Span, ...]]:
        try:
            answer = await self._place.slack.call("dnd.teamInfo", users=",".join(some))
        except SlackRefusedError:
            self._not_before = self._place.clock() + NOT_ALLOWED
            return {}
        now = self._place.clock()
        if len(self._known) > _MANY:
            self._known.clear()
        told: dict[str, Any] = answer.get("users") or {}
        found = {slack_id: _spans(told.get(slack_id) or {}) for slack_id in some}
        self._known |= {slack_id: (now, spans) for slack_id, spans in found.items()}
        return found


def _spans(status: dict[str, Any]) -> tuple[Span, ...]:
    """Slack's ``next_dnd_start_ts`` has passed while it is on; a snooze ends at ``snooze_endtime``."""
    found: list[Span] = []
    if status.get("dnd_enabled"):
        start, end = _moment(status.get("next_dnd_start_ts")), _moment(status.get("next_dnd_end_ts"))
        if start is not None and end is not None:
            found.append(Span(start, end))
    snoozed_until = _moment(status.get("snooze_endtime")) if status.get("snooze_enabled") else None
    if snoozed_until is not None:
        found.append(Span(datetime.fromtimestamp(0, UTC), snoozed_until))
    return tuple(found)


def _moment(value: object) -> datetime | None:
    """Seconds since 1970; None for nothing, and for a year nobody lives in."""
    try:
        seconds = float(str(value))
        return datetime.fromtimestamp(seconds, UTC) if seconds > 1 else None
    except (ValueError, OverflowError, OSError):
        return None
