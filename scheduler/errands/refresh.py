"""Bringing a deal's channel up to date after its facts or people changed."""

from domain.deals import DealState
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.errands.fittings import fit_out
from scheduler.errands.people import find_people
from scheduler.workplace import Workplace
from storage import notices
from storage.notices import ClaimedNotice


async def refresh_channel(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Topic, members and bookmark; people the CRM names only now are looked up, and the card shows them."""
    picture = await place.picture(notice.deal_id or 0)
    if picture is None or not picture.channel.id:
        return StayQuiet("the channel is not made yet: it will be made with the newest facts")
    if picture.state is DealState.CLOSED:
        return StayQuiet("the deal is closed, and its channel archived")
    found = await find_people(place, picture)
    await fit_out(place, found, await place.lead(found.workspace_id))
    if found != picture:
        async with place.db.write() as tx:
            keys = [f"deal:{found.id}:card", f"deal:{found.id}:announced"]
            await notices.bump(tx.session, found.workspace_id, keys, place.clock())
    return Done()
