"""`trigger_id`s: three seconds (the patience the sandbox is started with), one use."""

from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.world import World

KEPT = 1000


@dataclass
class _Trigger:
    user: str
    expires: float
    conversation: str | None = None
    used: bool = False


class Triggers:
    """The newest triggers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known: dict[str, _Trigger] = {}

    def make(self, user: str, conversation: str | None = None) -> str:
        """A fresh trigger for what `user` just did, in `conversation` if it was in one."""
        ids = self.world.ids
        trigger_id = f"{ids.number()}.{ids.number()}.{ids.secret(32).lower()}"
        self._known[trigger_id] = _Trigger(user, self.world.clock.time() + self.world.config.patience_s, conversation)
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return trigger_id

    def check(self, trigger_id: str) -> tuple[str, str | None]:
        """The user and conversation of a trigger that is still good.

        Raises `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`.
        """
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.world.clock.time() > trigger.expires:
            raise SlackError("expired_trigger_id")
        return trigger.user, trigger.conversation

    def use(self, trigger_id: str) -> None:
        """Marks a checked trigger as used."""
        self._known[trigger_id].used = True
