"""``/cs metrics``: the numbers at once, the picture after them, the file by a button.

A CSM sees the figures of their own deals; the lead and admins those of everybody.
"""

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action, Relation
from domain.outcome import Refused
from handlers import front, listen, outbox
from handlers.answers import say
from handlers.listen import Ack, Body, Respond
from handlers.milestone_answers import whisper
from handlers.people import Asker
from handlers.services import Services
from messages import ids
from messages.cs_metrics import ORDERED, metrics_message
from messages.say import Message
from storage import figures
from storage.notices import NewNotice

PICTURE: Final = "metrics_answer"
FILE: Final = "metrics_csv"


class CsMetrics:
    """Answers with figures."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(self, ack: Ack, body: Body, asker: Asker) -> None:
        """The numbers; the picture is ordered."""
        services, csm = self._services, self._whose(asker)
        today = services.today(asker.card.zone)
        async with services.db.read() as session:
            if csm:
                found = await figures.load(
                    session, asker.workspace_id, today, csm=csm, csm_slack_id=asker.card.slack_id
                )
            else:
                found = await figures.load(session, asker.workspace_id, today)
        if found.onboarding.deals or found.score.deals:
            await self._order(asker, PICTURE, body, response_url=str(body.get("response_url", "")))
        await say(ack, metrics_message(found))

    async def on_export(self, ack: Ack, body: Body, respond: Respond, context: Mapping[str, Any]) -> None:
        """The file comes in person."""
        await self._order(front.asker_of(context), FILE, body)
        await whisper(respond, {**body, "container": {}}, Message(ORDERED))
        await ack()

    def _whose(self, asker: Asker) -> int:
        """Our id of whose deals the asker may see, 0 for everybody's."""
        relation = Relation.LEAD if front.is_lead(self._services, asker) else Relation.NONE
        allowed = front.may(asker, relation, Action.SEE_TEAM_FIGURES)
        return asker.card.id if isinstance(allowed, Refused) else 0

    async def _order(self, asker: Asker, kind: str, body: Body, **more: str) -> None:
        """Slack may deliver a command twice; its trigger is the same then."""
        services = self._services
        key = f"{kind}:{body['trigger_id']}"
        facts = {"asker": asker.card.slack_id, "csm": self._whose(asker), "zone": asker.card.zone, **more}
        new = NewNotice(key, kind, key, "", services.clock(), facts=facts, priority=outbox.SOON)
        async with services.db.write() as tx:
            await outbox.say(services, tx, new)
            if kind == FILE:
                await outbox.wrote(services, tx, asker, "figures_exported", "button", None)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the button."""
    listen.action(app, ids.ACT_CS_EXPORT, CsMetrics(services).on_export)
