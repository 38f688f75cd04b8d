"""Opening a deal's channel: one per deal, whatever crashes in between."""

from collections.abc import Set
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from domain.channel import candidates, channel_name
from domain.deals import DealState
from domain.picture import DealPicture, PersonCard
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.errands.fittings import fit_out
from scheduler.errands.people import find_people, meet_lead
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage import deals, due, home_changes, notices
from storage.models import Deal, Workspace
from storage.notices import ClaimedNotice, NewNotice

NAMES_AT_ONCE: Final = 50
PAGE: Final = 999


async def open_channel(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Find the people, make the channel, fit it out, then say what there is to say in it."""
    picture = await place.picture(notice.deal_id or 0)
    if picture is None:
        return StayQuiet("the deal is gone")
    picture = await find_people(place, picture)
    lead = await meet_lead(place, picture)
    fresh = False
    if not picture.channel.id:
        channel, fresh = await _make(place, picture)
        picture = replace(picture, channel=replace(picture.channel, id=channel.id, name=channel.name))
    await fit_out(place, picture, lead, fresh=fresh)
    await _say_first_things(place, picture, lead)
    return Done(f"#{picture.channel.name}")


@dataclass(frozen=True, slots=True)
class _Made:
    id: str
    name: str


async def _make(place: Workplace, picture: DealPicture) -> tuple[_Made, bool]:
    """The deal's channel, and whether it was made now. Each name is written down before Slack is asked for it: a crash
    in between leaves a trace to look for."""
    if picture.channel.name:
        found = await _find_lost(place, picture)
        if found:
            return await _keep(place, picture.id, _Made(found, picture.channel.name)), False
    refused: set[str] = set()
    name = picture.channel.name or await _claim_name(place, picture, refused)
    while True:
        try:
            answer = await place.slack.call("conversations.create", name=name, is_private=picture.channel.private)
        except SlackRefusedError as error:
            if error.code != "name_taken":
                raise
            refused.add(name)
            name = await _claim_name(place, picture, refused)
            continue
        channel = answer["channel"]
        return await _keep(place, picture.id, _Made(str(channel["id"]), str(channel["name"]))), True


async def _claim_name(place: Workplace, picture: DealPicture, refused: Set[str]) -> str:
    """The next name no other deal has; ``refused`` are those that Slack says are in use."""
    names = candidates(channel_name(picture.facts.account.name, picture.facts.id))
    while True:
        some = list(islice(names, NAMES_AT_ONCE))
        try:
            async with place.db.write() as tx:
                used = await deals.names_taken(tx.session, picture.workspace_id, some) | refused
                name = next((one for one in some if one not in used), None)
                if name is not None:
                    await deals.claim_channel_name(tx.session, picture.id, name)
                    return name
        except IntegrityError:
            # Another deal took it between looking and writing: the same names are looked through again.
            names = chain(some, names)


async def _find_lost(place: Workplace, picture: DealPicture) -> str | None:
    """A channel made for this deal by a process that died before it could write its id down."""
    async with place.db.read() as session:
        workspace = await session.get_one(Workspace, picture.workspace_id)
    mine = place.slack.each(
        "users.conversations", "channels", types="private_channel,public_channel", exclude_archived=True, limit=PAGE
    )
    async for channel in mine:
        if channel["name"] == picture.channel.name and channel.get("creator") == workspace.bot_user_id:
            async with place.db.read() as session:
                known = await deals.channels_known(session, picture.workspace_id, [channel["id"]])
            return None if known else str(channel["id"])
    return None


async def _keep(place: Workplace, deal_id: int, made: _Made) -> _Made:
    async with place.db.write() as tx:
        await tx.session.execute(
            update(Deal).where(Deal.id == deal_id).values(channel_id=made.id, channel_name=made.name)
        )
    return made


async def _say_first_things(place: Workplace, picture: DealPicture, lead: PersonCard | None) -> None:
    async with place.db.write() as tx:
        await tx.session.execute(
            update(Deal)
            .where(Deal.id == picture.id, Deal.state == DealState.OPENING.value)
            .values(state=DealState.OPEN.value)
        )
        now = place.clock()
        await notices.add(tx.session, picture.workspace_id, _first_notices(place, picture), now)
        home_changes.deal_changed(tx.session, picture.workspace_id, picture.id, now)
        readers = [(card.id, card.zone) for card in (picture.ae, picture.csm, lead) if card is not None]
        await due.ensure_mornings(tx.session, picture.workspace_id, readers, now)
        if picture.csm is not None:
            await due.retime_deal(tx.session, [picture.id], picture.csm.zone)


def _first_notices(place: Workplace, picture: DealPicture) -> list[NewNotice]:
    now, lane = place.clock(), f"deal:{picture.id}"
    card = NewNotice(f"{lane}:card", "deal_opened", lane, "deal", now, picture.id, priority=3)
    if picture.handoff is None:
        # A customer from before Baton: the channel was asked for, and nothing is asked of anybody.
        return [card]
    return [
        card,
        NewNotice(f"{lane}:requested", "handoff_requested", lane, "deal", now, picture.id, priority=3),
        NewNotice(f"{lane}:plan", "plan", lane, "deal", now, picture.id, {"zone": place.settings.timezone}, priority=3),
        NewNotice(f"{lane}:announced", "deal_announced", lane, "cs", now, picture.id, priority=4),
    ]
