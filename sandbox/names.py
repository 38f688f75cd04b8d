"""Names in a text: what Slack makes of `@ada`, `#general`, `@here` and addresses of mail.

Source: docs.slack.dev/messaging/formatting-message-text ("Advanced formatting", "Automatic parsing") and
docs.slack.dev/interactivity/implementing-slash-commands for the labels of an escaped command.
"""

import re

from sandbox.channels import Channels
from sandbox.usergroups import Usergroups
from sandbox.world import World

EVERYONE = frozenset({"here", "channel", "everyone"})
_NAME = re.compile(r"(?<![\w<@#/.&|])([@#])([\w.\-]+)")
_MAIL = re.compile(r"(?<![\w<@|.:+\-])[A-Za-z0-9][\w.+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")


class Names:
    """Finds names. `user` is who wrote: only what they may know of is linked."""

    def __init__(self, world: World, channels: Channels, usergroups: Usergroups) -> None:
        self.world = world
        self.channels = channels
        self.usergroups = usergroups

    def linked(self, text: str, user: str, *, people: bool = True, labels: bool = False) -> str:
        """`text` (already escaped) with references for names; `labels` adds `|name`, as in an escaped command."""

        def reference(found: re.Match[str]) -> str:
            name = found[2].rstrip(".-")
            made = self._channel(name, user) if found[1] == "#" else self._mention(name.lower(), people=people)
            if made is None:
                return found[0]
            return f"<{made if labels else made.partition('|')[0]}>{found[2][len(name) :]}"

        return _NAME.sub(reference, text)

    def typed(self, text: str, user: str, *, labels: bool = False) -> str:
        """As `linked`, and addresses of mail become links, as everywhere where a person writes."""
        with_mail = _MAIL.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", text)
        return self.linked(with_mail, user, labels=labels)

    def _channel(self, name: str, user: str) -> str | None:
        channel = self.channels.named(name.lower(), user)
        return f"#{channel.id}|{channel.name}" if channel is not None else None

    def _mention(self, name: str, *, people: bool) -> str | None:
        if name in EVERYONE:
            return f"!{name}"
        for group in self.usergroups.all.values():
            if group["handle"].lower() == name:
                return f"!subteam^{group['id']}|@{group['handle']}"
        person = next((one for one in self.world.people.values() if people and one.name.lower() == name), None)
        return f"@{person.id}|{person.name}" if person is not None else None
