"""Whether Baton is still installed in a workspace: asked before anything is said or done there."""

import time
from typing import Final

from scheduler.delivery import NotYet
from scheduler.workplace import Workplace
from storage import absence

BELIEVED_S: Final = 2.0
"""Other processes hear of it no later than this; the one that Slack told, at once."""
AGAIN_S: Final = 600.0


class Absences:
    """Remembers for a moment which workspaces took Baton away."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._known: dict[int, tuple[float, bool]] = {}

    async def held(self, workspace_id: int) -> NotYet | None:
        """Why nothing may be said there now; None when it may."""
        at, gone = self._known.get(workspace_id, (0.0, False))
        now = time.monotonic()
        if not at or now - at > BELIEVED_S:
            async with self._place.db.read() as session:
                gone = await absence.gone_since(session, workspace_id) is not None
            self._known[workspace_id] = (now, gone)
        return NotYet(self._place.soon(AGAIN_S), absence.WHY, holds_lane=False) if gone else None

    def forget(self) -> None:
        """Ask the database again."""
        self._known.clear()
