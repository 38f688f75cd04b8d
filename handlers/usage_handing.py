"""A customer has another CSM: the falls of its usage that go on are theirs from now on."""

from domain.outcome import Refused
from domain.usage_alert import DROP, State, hand_over
from domain.usage_rules import Route
from handlers import outbox
from handlers.outbox import SOON, to_person
from handlers.services import Services
from storage import plays, usage_alerts
from storage.database import Tx
from storage.models import Deal
from storage.notices import NewNotice


async def follow_csm(services: Services, tx: Tx, deal_id: int) -> None:
    """Give the open alert of this deal's customer to whoever looks after it now, in the caller's transaction. What was
    said to the CSM before says so; what nobody has use for is not told again."""
    deal = await tx.session.get_one(Deal, deal_id)
    csm = (await plays.keepers(tx.session, deal.account_id)).csm
    kept = (await usage_alerts.going_on(tx.session, [deal.account_id])).get(deal.account_id)
    if csm is None or kept is None:
        return
    card, now = hand_over(kept.card, csm.slack_id, csm.id), services.clock()
    if isinstance(card, Refused):
        return
    before = kept.card.said_as
    ids = await usage_alerts.change(tx.session, kept, card, kept.by if card.by else None, now)
    if ids is None:
        return
    await usage_alerts.hand_over(tx.session, card.id, csm.id, services.today(csm.zone))
    await services.engine.enqueue(tx, ids)
    await outbox.redraw(services, tx, [before])
    if kept.route is Route.NOW and card.state is not State.NOT_USEFUL:
        audience, lane = to_person(csm.slack_id), f"usage:{card.account}"
        told = NewNotice(card.said_as, DROP, lane, audience, now, None, {"alert": card.id}, priority=SOON)
        await outbox.say_or_redraw(services, tx, told)
