"""``/cs retro``: what sales forgets to tell, for the lead and admins."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from domain.access import Action, Relation
from domain.outcome import Refused
from domain.retro import retro
from handlers import front
from handlers.answers import report, say
from handlers.listen import Ack
from handlers.people import Asker
from handlers.services import Services
from messages.cs_retro import retro_message
from storage import retros

DAYS: Final = 180
"""Days that are looked back on: half a year of handoffs, so that a seller with two a month can be told something."""


async def show(services: Services, ack: Ack, asker: Asker) -> None:
    """Answer the word."""
    relation = Relation.LEAD if front.is_lead(services, asker) else Relation.NONE
    allowed = front.may(asker, relation, Action.SEE_TEAM_FIGURES)
    if isinstance(allowed, Refused):
        await report(ack, allowed)
        return
    since = services.today(asker.card.zone) - timedelta(days=DAYS)
    async with services.db.read() as session:
        taught = await retros.load(session, asker.workspace_id, datetime.combine(since, time(), UTC))
    whole, sellers = retro(taught.firsts, taught.returned, taught.asked)
    await say(ack, retro_message(whole, sellers, since, DAYS))
