"""``/deal export``: the deal as files, to whoever asks, with what they may read."""

from typing import Final

from domain.access import Action
from domain.outcome import Refused
from domain.picture import DealPicture
from handlers import front, outbox
from handlers.listen import Body
from handlers.outbox import Done
from handlers.people import Asker
from handlers.services import Services
from storage.notices import NewNotice

KIND: Final = "deal_export"
ON_ITS_WAY: Final = "The export comes to you in a direct message in a moment: a page that prints well, and JSON."


async def order(services: Services, asker: Asker, picture: DealPicture, body: Body) -> Done:
    """Let the engine make it; Slack may deliver a command twice, its trigger is the same then. That they may export it
    was asked before."""
    relation = front.relation(services, asker, picture)
    confidential = not isinstance(front.may(asker, relation, Action.SEE_CONFIDENTIAL), Refused)
    key = f"deal:{picture.id}:export:{body['trigger_id']}"
    facts = {"asker": asker.card.slack_id, "confidential": confidential}
    new = NewNotice(
        key=key,
        kind=KIND,
        lane=key,
        audience="",
        not_before=services.clock(),
        deal_id=picture.id,
        facts=facts,
        priority=outbox.SOON,
    )
    async with services.db.write() as tx:
        await outbox.say(services, tx, new)
        await outbox.wrote(services, tx, asker, "deal_exported", "command", picture.id, confidential=confidential)
    return Done(ON_ITS_WAY)
