"""Taking out of Slack what was erased: Baton's messages, canvases, pictures and bookmarks; the names of channels."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from messages.erased import home_to_come
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.errands.usage import kept_fresh
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage.notices import ClaimedNotice
from storage.usage_charts import remember

GONE: Final = frozenset(
    {
        *("message_not_found", "canvas_not_found", "canvas_deleted", "file_not_found", "file_deleted"),
        *("not_found", "bookmark_not_found", "invalid_bookmark_id", "already_archived", "user_not_found"),
    }
)
"""Somebody else took it away before."""
KEPT_EVERY: Final = 20
"""After so many the errand's row says what is left: a restart goes on there."""

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("baton.erase")
One = list[str] | str


@dataclass(slots=True)
class _Left:
    """What could not be taken out, by kind, and why."""

    refused: dict[str, list[One]] = field(default_factory=dict[str, list[One]])
    codes: dict[str, None] = field(default_factory=dict[str, None])

    def add(self, kind: str, one: One, code: str) -> None:
        self.refused.setdefault(kind, []).append(one)
        self.codes[code] = None


async def erase_in_slack(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Take what was erased out of Slack. Safe to repeat. What Slack refuses, such as in an archived channel, stays in
    the errand, and can be tried again when an admin has unarchived it. ``facts``: ids by kind."""
    left, count = _Left(), 0
    if not any(notice.facts.get(kind) for kind in _WORK):
        return StayQuiet("nothing is left to take out")
    async with kept_fresh(place.db, notice):
        for kind, work in _WORK.items():
            wanted: list[One] = list(notice.facts.get(kind) or ())
            count += len(wanted)
            await _each(place, notice, kind, wanted, work, left)
    if left.refused:
        every = "; ".join(f"{len(some)} {kind}" for kind, some in left.refused.items())
        where = ", ".join(sorted({one[0] for some in left.refused.values() for one in some if isinstance(one, list)}))
        raise SlackRefusedError(
            "erasing",
            ", ".join(left.codes),
            f"left: {every}{f' in {where}' if where else ''}. Unarchive the channel, invite Baton, and send this again",
        )
    log.info("erased_in_slack", count=count)
    return Done(f"{count} taken out")


async def _each(
    place: Workplace,
    notice: ClaimedNotice,
    kind: str,
    wanted: Sequence[One],
    work: Callable[[Workplace, One], Awaitable[None]],
    left: _Left,
) -> None:
    done = 0
    try:
        for one in wanted:
            try:
                await work(place, one)
            except SlackRefusedError as error:
                if error.code not in GONE:
                    left.add(kind, one, error.code)
            done += 1
            if done % KEPT_EVERY == 0:
                await _keep(place, notice, kind, [*left.refused.get(kind, ()), *wanted[done:]])
    finally:
        if done:
            await _keep(place, notice, kind, [*left.refused.get(kind, ()), *wanted[done:]])


async def _keep(place: Workplace, notice: ClaimedNotice, kind: str, rest: list[One]) -> None:
    async with place.db.write() as tx:
        await remember(tx.session, notice.id, **{kind: rest})


async def _message(place: Workplace, one: One) -> None:
    await place.slack.call("chat.delete", channel=one[0], ts=one[1])


async def _bookmark(place: Workplace, one: One) -> None:
    await place.slack.call("bookmarks.remove", channel_id=one[0], bookmark_id=one[1])


async def _home(place: Workplace, one: One) -> None:
    """It is made anew when they open it."""
    await place.slack.call("views.publish", user_id=one, view=home_to_come())


async def _canvas(place: Workplace, one: One) -> None:
    await place.slack.call("canvases.delete", canvas_id=one)


async def _file(place: Workplace, one: One) -> None:
    await place.slack.call("files.delete", file=one)


async def _channel(place: Workplace, one: One) -> None:
    """The channel loses name, topic and purpose, and is archived: what people wrote in it is theirs."""
    channel, name = one
    info: Any = (await place.slack.call("conversations.info", channel=channel))["channel"]
    if info.get("is_archived"):
        if info.get("name") == name:
            return
        raise SlackRefusedError("conversations.rename", "is_archived")
    await place.slack.call("conversations.setTopic", channel=channel, topic="")
    await place.slack.call("conversations.setPurpose", channel=channel, purpose="")
    if info.get("name") != name:
        await place.slack.call("conversations.rename", channel=channel, name=name)
    await place.slack.call("conversations.archive", channel=channel)


_WORK: Final[dict[str, Callable[[Workplace, One], Awaitable[None]]]] = {
    "messages": _message,
    "bookmarks": _bookmark,
    "homes": _home,
    "canvases": _canvas,
    "files": _file,
    "channels": _channel,
}
"""In this order: once a channel is archived nothing can be done in it."""
