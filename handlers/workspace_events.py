"""People who come, change or go; the app taken away."""

from typing import Final

import structlog
from slack_bolt.async_app import AsyncApp

from handlers import listen, outbox
from handlers.listen import Body
from handlers.services import Services
from storage import absence, audit, deal_lists, due, people
from storage.database import Tx
from storage.slack_people import facts_from_slack

BELIEVED_S: Final = 6
"""Longer than any process believes an old answer of Slack that holds something back (scheduler.dnd)."""
CHECKED: Final = 1_000
"""Open deals whose channels are looked at again when a member becomes a guest."""
EVENTS: Final = ("user_change", "team_join", "app_uninstalled", "tokens_revoked", "dnd_updated_user")

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers")


class WorkspaceEvents:
    """Keeps people as Slack says they are."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_person(self, event: Body) -> None:
        """Somebody is new or changed: what was known of them is replaced."""
        services, user = self._services, event["user"]
        facts = facts_from_slack(user, services.people.team_id)
        workspace = services.people.workspace_id
        async with services.db.write() as tx:
            before = await people.by_slack_id(tx.session, workspace, facts.slack_id)
            member = before is not None and not before.is_guest and not before.is_external
            await people.upsert(tx.session, workspace, [facts], services.clock())
            moved = before is not None and before.zone != facts.zone
            if before is not None and moved:
                await self._moved(tx, before.id, facts.zone)
            if member and (facts.is_guest or facts.is_external):
                await self._check_channels(tx)
        services.people.forget(facts.slack_id)
        if moved:
            await outbox.look_again(services, facts.slack_id)

    async def _moved(self, tx: Tx, person_id: int, zone: str) -> None:
        """Somebody lives by another clock now: what is looked at for them, and for the deals they are CSM of, too."""
        await due.retime_person(tx.session, person_id, zone)
        await due.retime_deal(tx.session, await deal_lists.of_csm(tx.session, person_id), zone)

    async def on_do_not_disturb(self, event: Body) -> None:
        """Somebody changed when they want to be disturbed: what waits for them need not wait for the old end."""
        slack_id = str(event.get("user") or "")
        self._services.disturbed(slack_id)
        await outbox.look_again(self._services, slack_id, BELIEVED_S)

    async def _check_channels(self, tx: Tx) -> None:
        """A member became a guest: which deal channels they are in only Slack can say."""
        services = self._services
        for deal_id in await deal_lists.open_private(tx.session, services.people.workspace_id, CHECKED):
            await outbox.errand(services, tx, deal_id, "confidential_check", f"deal:{deal_id}:confidential_check")

    async def on_taken_away(self, event: Body, body: Body) -> None:
        """Baton was uninstalled, or its token revoked: nothing more is said; what is known is kept for thirty days."""
        if event.get("type") == "tokens_revoked" and not event.get("tokens", {}).get("bot"):
            # Somebody's own token, which Baton does not use.
            return
        services, now = self._services, self._services.clock()
        async with services.db.write() as tx:
            team = str(body.get("team_id") or services.people.team_id)
            workspace = await absence.by_team(tx.session, team)
            if workspace is None or not await absence.took_away(tx.session, workspace, now):
                return
            act = audit.Act("slack", "taken_away", "event", detail={"kind": str(event.get("type"))})
            await audit.record(tx.session, workspace, act, now)
        services.taken_away()
        log.error("Slack took Baton's access away: install the app again within 30 days", kind=event.get("type"))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to everything in EVENTS."""
    handle = WorkspaceEvents(services)
    listen.event(app, "user_change", handle.on_person)
    listen.event(app, "team_join", handle.on_person)
    listen.event(app, "dnd_updated_user", handle.on_do_not_disturb)
    listen.event(app, "app_uninstalled", handle.on_taken_away)
    listen.event(app, "tokens_revoked", handle.on_taken_away)
