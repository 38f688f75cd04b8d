"""Slack's pace, kept before Slack has to say no: slots per method, per workspace for posts, and per room.

Own code because a caller here needs to know *how many* it may make now, and when to ask again, without waiting for it;
the limiters on PyPI only block or refuse. Nothing is reserved for later: capacity is taken first, and then the most
urgent notice is claimed with it.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from storage.pace import Granted, Limit

TIERS: Final[Mapping[int, int]] = MappingProxyType({2: 20, 3: 50, 4: 100})
"""Calls a minute per tier (docs.slack.dev, Web API rate limits)."""

METHOD_TIER: Final[Mapping[str, int]] = MappingProxyType(
    {
        "conversations.create": 2,
        "conversations.archive": 2,
        "conversations.setTopic": 2,
        "conversations.list": 2,
        "conversations.canvases.create": 2,
        "bookmarks.add": 2,
        "bookmarks.edit": 2,
        "bookmarks.list": 2,
        "pins.add": 2,
        "users.list": 2,
        "dnd.teamInfo": 2,
        "chat.update": 3,
        "conversations.invite": 3,
        "conversations.join": 3,
        "conversations.open": 3,
        "conversations.history": 3,
        "conversations.replies": 3,
        "conversations.info": 3,
        "users.conversations": 3,
        "users.lookupByEmail": 3,
        "canvases.edit": 3,
        "conversations.members": 4,
        "users.info": 4,
        "files.getUploadURLExternal": 4,
        "files.completeUploadExternal": 4,
        "files.info": 4,
    }
)

MINUTE_S: Final = 60.0
POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
POSTS_IN_A_ROW: Final = 3
"""Short bursts into one channel are allowed; then about one message a second (chat.postMessage reference)."""
POSTS_PER_MINUTE: Final = 300
""""Several hundred messages a minute" are allowed in one workspace (chat.postMessage reference)."""
MARGIN: Final = 0.98
"""Of the workspace's posts: a slot may be used a moment after it was taken."""
MOST_SLOTS: Final = 100
MANY_ROOMS: Final = 10_000
UNLIMITED: Final = Granted(1_000_000)


class Slots(Protocol):
    """Where the slots are kept."""

    async def take(self, bucket: str, most: int, limit: Limit) -> Granted:
        """Up to ``most`` slots of ``limit``, all or in part, now."""
        ...

    async def hold(self, bucket: str, seconds: float) -> None:
        """No slots of this bucket for so many seconds; a longer pause asked for before stays."""
        ...


class Window:
    """The moments at which slots of one limit were taken."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._taken: deque[float] = deque()

    def take(self, most: int, now: float) -> Granted:
        """Up to ``most`` slots at this moment."""
        while self._taken and self._taken[0] + self._limit.span_s <= now:
            self._taken.popleft()
        count = min(most, self._limit.size - len(self._taken))
        self._taken.extend([now] * count)
        return Granted(count, self._taken[0] + self._limit.span_s - now if count < most else 0.0)

    def idle(self, now: float) -> bool:
        """Whether nothing that was taken counts any more."""
        return not self._taken or self._taken[-1] + self._limit.span_s <= now


class MemorySlots:
    """The slots of one process."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._windows: dict[str, Window] = {}
        self._held_until: dict[str, float] = {}

    async def take(self, bucket: str, most: int, limit: Limit) -> Granted:
        """As ``Slots.take``."""
        now = self._now()
        held = self._held_until.get(bucket, 0.0) - now
        if held > 0:
            return Granted(0, held)
        if len(self._windows) > MANY_ROOMS:
            self._windows = {name: w for name, w in self._windows.items() if not w.idle(now)}
        if bucket not in self._windows:
            self._windows[bucket] = Window(limit)
        return self._windows[bucket].take(most, now)

    async def hold(self, bucket: str, seconds: float) -> None:
        """As ``Slots.hold``."""
        self._held_until[bucket] = max(self._held_until.get(bucket, 0.0), self._now() + seconds)


class Pacer:
    """Hands out slots. ``factor`` multiplies Slack's published rates and ``posts_per_minute``, which is for the whole
    workspace; 0 means no limits (tests, own sandbox). With ``slots`` in the database every process shares them."""

    def __init__(
        self,
        factor: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        posts_per_minute: int = POSTS_PER_MINUTE,
        slots: Slots | None = None,
    ) -> None:
        self._factor, self._now = factor, monotonic
        self._slots = slots or MemorySlots(monotonic)
        self._posts = _workspace(posts_per_minute * factor) if factor > 0 else None
        self._closed_until: dict[str, float] = {}
        self._held_until: dict[str, float] = {}
        self._full_until: dict[str, float] = {}
        self._spare: dict[str, tuple[int, float]] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, method: str, most: int = 1, lot: int = 0) -> Granted:
        """Leave to call this method up to ``most`` times now. What is not used is to be given back. ``lot``: when the
        slots have to be asked, ask for so many and keep the rest for the next who ask here."""
        closed = self.closed(method)
        if closed > 0:
            return Granted(0, closed)
        limit = self._limit(method)
        if limit is None:
            return Granted(most)
        spare = self._take_spare(method, most)
        if spare == most:
            return Granted(most)
        missing = most - spare
        granted = await self._slots.take(method, max(missing, lot), limit)
        if granted.count < missing:
            self._closed_until[method] = self._now() + granted.wait_s
        self.give_back(method, granted.count - missing)
        return Granted(spare + min(missing, granted.count), granted.wait_s)

    def give_back(self, method: str, count: int = 1) -> None:
        """Leave that was not used: the next who asks here gets it, for as long as it counts against the limit."""
        limit = self._limit(method)
        if limit is not None and count > 0:
            now = self._now()
            kept, until = self._spare.get(method, (0, 0.0))
            if not kept or until <= now:
                kept, until = 0, now + min(limit.span_s, 1.0)
            self._spare[method] = (kept + count, until)
            self._closed_until.pop(method, None)

    def _take_spare(self, method: str, most: int) -> int:
        count, until = self._spare.pop(method, (0, 0.0))
        if until <= self._now():
            return 0
        used = min(count, most)
        if count > used:
            self._spare[method] = (count - used, until)
        return used

    async def enter(self, room: str) -> float:
        """Leave to post once into this room: 0 when it is given, else the seconds until it is worth asking again."""
        if self._factor <= 0 or not room:
            return 0.0
        full = self._full_until.get(room, 0.0) - self._now()
        if full > 0:
            return full
        limit = Limit(POSTS_IN_A_ROW, POSTS_IN_A_ROW / self._factor)
        granted = await self._slots.take(f"{POST} {room}", 1, limit)
        if granted.count:
            return 0.0
        self._full_until[room] = self._now() + granted.wait_s
        return granted.wait_s

    def full_rooms(self) -> dict[str, float]:
        """The rooms known to be full, with the seconds until they are not."""
        now = self._now()
        self._full_until = {room: until for room, until in self._full_until.items() if until > now}
        return {room: until - now for room, until in self._full_until.items()}

    def closed(self, method: str) -> float:
        """Seconds for which there is no leave to call this method, as far as this process knows."""
        return max(0.0, self._closed_until.get(method, 0.0) - self._now(), self.held(method))

    def held(self, method: str) -> float:
        """Seconds until Slack wants to hear this method again; 0 when it asked this process for no pause."""
        return max(0.0, self._held_until.get(method, 0.0) - self._now())

    async def turn(self, method: str) -> None:
        """Wait for leave to call this method; those who wait here are served in order."""
        async with self._turns[method]:
            while True:
                granted = await self.take(method)
                if granted.count:
                    return
                await asyncio.sleep(granted.wait_s)

    async def hold(self, method: str, seconds: float) -> None:
        """Slack said ``Retry-After``: nothing of this method before that, from no process that shares the slots."""
        self._held_until[method] = max(self._held_until.get(method, 0.0), self._now() + seconds)
        self._spare.pop(method, None)
        if self._factor > 0:
            await self._slots.hold(method, seconds)

    def _limit(self, method: str) -> Limit | None:
        if method == POST:
            return self._posts
        tier = METHOD_TIER.get(method)
        return Limit(TIERS[tier], MINUTE_S / self._factor) if tier is not None and self._factor > 0 else None


def _workspace(per_minute: float) -> Limit:
    """The workspace's posts in spans of about a second, so that they are spread evenly: whatever is urgent finds the
    next slot soon."""
    size = max(1, min(MOST_SLOTS, int(per_minute / MINUTE_S)))
    return Limit(size, size * MINUTE_S / (per_minute * MARGIN))
