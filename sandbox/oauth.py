"""Installing the app by OAuth: codes that are good once for ten minutes.

Source: docs.slack.dev/authentication/installing-with-oauth.
"""

from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.world import World

LIFETIME = 600.0


@dataclass
class _Code:
    user: str
    redirect_uri: str | None
    expires: float
    used: bool = False


class OAuth:
    """Codes that `/oauth/v2/authorize` gave out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._codes: dict[str, _Code] = {}

    def grant(self, user: str, redirect_uri: str | None) -> str:
        """A code for `user`'s installation."""
        ids = self.world.ids
        code = f"{ids.number()}.{ids.number()}.{ids.secret(64).lower()}"
        self._codes[code] = _Code(user, redirect_uri, self.world.clock.time() + LIFETIME)
        return code

    def redeem(self, code: str, redirect_uri: str | None) -> str:
        """The user of a code. Raises `invalid_code`, `code_already_used`, `bad_redirect_uri`."""
        found = self._codes.get(code)
        if found is None or self.world.clock.time() > found.expires:
            raise SlackError("invalid_code")
        if found.used:
            raise SlackError("code_already_used")
        if found.redirect_uri and redirect_uri and redirect_uri != found.redirect_uri:
            raise SlackError("bad_redirect_uri")
        found.used = True
        return found.user
