"""What is said of a usage alert and of the feed, read at the moment it is sent or edited."""

from domain.calendar import zone_named
from domain.deals import DealState
from domain.picture import DealPicture
from domain.usage_alert import (
    DROP,
    ESCALATED,
    FEED_BROKEN,
    NEW_NORMAL,
    RECOVERED,
    WORSE,
    UsageAlertCard,
    feed_from_json,
)
from messages import usage as words
from messages.say import Message, Quiet
from messages.values import number
from scheduler.audience import DEAL
from scheduler.workplace import Workplace
from storage import mornings, notices, usage_alerts
from storage.notices import ClaimedNotice


async def usage_of(place: Workplace, notice: ClaimedNotice) -> Message | Quiet:
    """To the CSM, and in the channel of an open deal, when a customer's usage falls: what fell, what to do next, and
    who is on it. In its thread what became of it; to the lead when nobody acts."""
    async with place.db.read() as session:
        kept = await usage_alerts.load(session, number(notice.facts, "alert"))
        parent = await notices.by_key(session, notice.workspace_id, notice.thread_key) if notice.thread_key else None
        readers = await mornings.readers(session, [kept.reader]) if kept is not None and kept.reader else {}
    if kept is None:
        return Quiet("the alert is gone")
    if notice.thread_key and (parent is None or (parent.state == notices.QUIET and not parent.ts)):
        return Quiet("the alert itself was never said")
    if not notice.thread_key and not notice.ts and kept.card.ended is not None:
        return Quiet("it was over before it could be said")
    if notice.kind == DROP and notice.audience != DEAL and notice.key != kept.card.said_as:
        return words.usage_passed_on(kept.card, place.metrics) if notice.ts else Quiet("another CSM has the customer")
    zone = next((one.card.zone for one in readers.values()), place.settings.timezone)
    return _built(place, notice.kind, kept.card, zone)


def _built(place: Workplace, kind: str, card: UsageAlertCard, zone: str) -> Message | Quiet:
    today = place.clock().astimezone(zone_named(zone)).date()
    if kind == DROP:
        return words.usage_drop(card, place.metrics, today)
    if kind == ESCALATED:
        return words.usage_escalated(card, place.metrics, today)
    in_thread = {WORSE: words.usage_worse, RECOVERED: words.usage_recovered, NEW_NORMAL: words.usage_new_normal}
    return in_thread[kind](card, place.metrics)


async def feed_of(place: Workplace, notice: ClaimedNotice) -> Message | Quiet:
    """To the lead, or in the team's channel: the feed of usage is broken, or so many customers fall at once that their
    alerts wait."""
    card = feed_from_json(notice.facts)
    return words.usage_feed_broken(card) if notice.kind == FEED_BROKEN else words.usage_held(card)


def not_there(notice: ClaimedNotice, picture: DealPicture | None) -> Message | Quiet | None:
    """Why nothing of a customer's usage is said in a deal's channel: the customer may be in it, or nobody any more.
    What stands there already is taken out when somebody from outside comes."""
    if notice.audience != DEAL:
        return None
    if picture is None or picture.state is DealState.CLOSED:
        return Quiet("the deal is finished")
    if not picture.channel.outsiders:
        return None
    return words.usage_taken_out() if notice.ts else Quiet("somebody from outside is in the channel")
