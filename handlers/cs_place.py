"""Which customer a word of ``/cs`` is about: that of the channel's deal, one by name, or one of the asker's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from domain.access import Action
from domain.outcome import Refused
from domain.picture import DealPicture
from domain.words import fold
from handlers import front
from handlers.people import Asker
from handlers.services import Services
from messages.usage_windows import no_account, which_account
from storage import deals, pictures, usage_accounts
from storage.usage_accounts import Named

FOUND: Final = 10
NEAR: Final = 3
ALIKE: Final = 0.5
LONGEST: Final = 200
MINE: Final = 101
"""One more than a menu has, so that it is known that there are more."""
NO_DEAL: Final = Refused("This deal is not there any more.")


@dataclass(frozen=True, slots=True)
class Unclear:
    """Several customers fit, or none; ``answer`` is escaped mrkdwn."""

    answer: str


async def by_name(services: Services, asker: Asker, words: str) -> Named | Unclear:
    """The one customer that is called so."""
    words = words.strip()[:LONGEST]
    async with services.db.read() as session:
        found = await usage_accounts.find(session, asker.workspace_id, words, FOUND + 1)
    if len(found) == 1:
        return found[0]
    if found:
        return Unclear(which_account([one.name for one in found], len(found) > FOUND, words))
    return Unclear(no_account(words, await near(services, asker, words)))


async def near(services: Services, asker: Asker, words: str) -> list[str]:
    """The names most like what was typed."""
    async with services.db.read() as session:
        names = await usage_accounts.names(session, asker.workspace_id)
    by_fold = {fold(name)[:LONGEST]: name for name in reversed(names)}
    return [by_fold[one] for one in get_close_matches(fold(words), by_fold, n=NEAR, cutoff=ALIKE)]


async def deal_here(services: Services, asker: Asker, channel_id: str, *, plan: bool = False) -> DealPicture | None:
    """The deal whose channel this is."""
    async with services.db.read() as session:
        row = await deals.by_channel(session, asker.workspace_id, channel_id) if channel_id else None
        return await pictures.load(session, row.id, plan=plan) if row is not None else None


async def deal_for(services: Services, asker: Asker, deal_id: int, action: Action) -> DealPicture | Refused:
    """This deal, if the asker may do that about it."""
    async with services.db.read() as session:
        picture = await pictures.load(session, deal_id)
    if picture is None or picture.workspace_id != asker.workspace_id:
        return NO_DEAL
    allowed = front.may(asker, front.relation(services, asker, picture), action)
    return allowed if isinstance(allowed, Refused) else picture


async def mine(services: Services, asker: Asker) -> Sequence[tuple[int, str]]:
    """The open deals the asker is seller or CSM of, with the customer's name; the lead's are everybody's newest."""
    async with services.db.read() as session:
        if front.is_lead(services, asker):
            return await deals.open_ones(session, asker.workspace_id, MINE)
        return await deals.open_ones(session, asker.workspace_id, MINE, person_id=asker.card.id)
