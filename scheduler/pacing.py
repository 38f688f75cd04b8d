"""Slack's pace, kept before Slack has to say no: slots are reserved per method and, for posts, per channel.

Own code because a caller here needs to know *when* its turn is without waiting for it (a notice whose turn is far off
goes back to the outbox); the limiters on PyPI only block or refuse.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

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
    }
)

WINDOW_S: Final = 60.0
POST: Final = "chat.postMessage"
POSTS_IN_A_ROW: Final = 3
"""Short bursts into one channel are allowed; then about one message a second (chat.postMessage reference)."""


class Window:
    """At most ``size`` slots in any ``span`` seconds."""

    def __init__(self, size: int, span: float) -> None:
        self._span = span
        self._slots: deque[float] = deque(maxlen=size)

    def reserve(self, now: float) -> float:
        """The moment of the next free slot, at or after ``now``; it is taken."""
        full = len(self._slots) == self._slots.maxlen
        at = max(now, self._slots[0] + self._span) if full else now
        self._slots.append(at)
        return at

    def idle_since(self, moment: float) -> bool:
        """Whether nothing was reserved at or after ``moment``."""
        return not self._slots or self._slots[-1] < moment


class Pacer:
    """Hands out slots. ``factor`` multiplies Slack's published rates; 0 means no limits (tests, own sandbox)."""

    def __init__(self, factor: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._factor = factor
        self._now = monotonic
        self._methods: dict[str, Window] = {}
        self._channels: dict[str, Window] = {}
        self._held_until: dict[str, float] = {}
        self._reserved: dict[int, float] = {}

    def reserve(self, method: str, channel: str = "", owner: int = 0) -> float:
        """Seconds until this call may be made. With an ``owner`` the slot is kept for it until ``used``."""
        now, held = self._now(), self._held_until.get(method, 0.0)
        at = self._reserved.get(owner) if owner else None
        if at is None:
            at = self._slot(method, channel, max(now, held))
        if owner:
            self._reserved[owner] = at
        return max(at, held, now) - now

    def used(self, owner: int) -> None:
        """The owner made its call, or will not: its reservation is gone."""
        self._reserved.pop(owner, None)

    def hold(self, method: str, seconds: float) -> None:
        """Slack said ``Retry-After``: nothing of this method before that."""
        self._held_until[method] = max(self._held_until.get(method, 0.0), self._now() + seconds)

    def held(self, method: str) -> float:
        """Seconds until Slack wants to hear this method again; 0 when it asked for no pause."""
        return max(0.0, self._held_until.get(method, 0.0) - self._now())

    def _slot(self, method: str, channel: str, now: float) -> float:
        if self._factor <= 0:
            return now
        if method == POST:
            return self._of_channel(channel, now).reserve(now)
        tier = METHOD_TIER.get(method)
        if tier is None:
            return now
        if method not in self._methods:
            self._methods[method] = Window(TIERS[tier], WINDOW_S / self._factor)
        return self._methods[method].reserve(now)

    def _of_channel(self, channel: str, now: float) -> Window:
        if len(self._channels) > 10_000:
            self._channels = {name: w for name, w in self._channels.items() if not w.idle_since(now - WINDOW_S)}
        if channel not in self._channels:
            self._channels[channel] = Window(POSTS_IN_A_ROW, POSTS_IN_A_ROW / self._factor)
        return self._channels[channel]
