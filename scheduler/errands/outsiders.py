"""Whether a guest or a stranger is in a deal's channel, asked of Slack itself."""

from typing import Final

from sqlalchemy import update

from messages.brief import shows_confidential
from scheduler.channel_looks import look_at
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.workplace import Workplace
from storage import confidential, deal_lists, notices, people, usage_alerts
from storage.models import Deal, Workspace
from storage.notices import ClaimedNotice
from storage.slack_people import facts_from_slack

PAGE: Final = 200
"""Channels of one call; Slack recommends no more."""


async def confidential_check(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Look through the members; when the answer changed, what was said with or without the confidential parts is
    edited, and seller and CSM are told when they were taken out."""
    picture = await place.picture(notice.deal_id or 0)
    if picture is None or not picture.channel.id:
        return StayQuiet("there is no channel to look at")
    info = await place.slack.call("conversations.info", channel=picture.channel.id)
    channel = info["channel"]
    private, shared = bool(channel.get("is_private")), bool(channel.get("is_ext_shared"))
    outsiders = shared or await _any_outsider(place, picture.workspace_id, channel["id"])
    if (private, outsiders) == (picture.channel.private, picture.channel.outsiders):
        return Done("as before")
    lead = await place.lead(picture.workspace_id)
    readers = confidential.readers(picture, lead.slack_id if lead else "")
    now = place.clock()
    async with place.db.write() as tx:
        await tx.session.execute(
            update(Deal).where(Deal.id == picture.id).values(channel_private=private, channel_outsiders=outsiders)
        )
        keys = confidential.keys_in_channel(picture)
        keys += [confidential.key_of(picture.id, reader) for reader in readers]
        keys += await usage_alerts.said_in_channel(tx.session, picture.id)
        await notices.bump(tx.session, picture.workspace_id, keys, now)
        if (outsiders or not private) and confidential.hides(picture):
            told = confidential.notices_to(picture, readers, now)
            if shows_confidential(picture):
                why = confidential.PUBLIC if not private else confidential.SHARED if shared else confidential.GUEST
                told += confidential.told_of(picture, why, "", now.isoformat(), now)
            await notices.add(tx.session, picture.workspace_id, told, now)
    return Done("outsiders" if outsiders else "members only" if private else "public")


async def channels_look(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Compare what Slack says of Baton's channels with what is known of those of deals: that one was made public Slack
    tells only to who subscribes to every message said in it, and what it told while nobody listened is lost."""
    async with place.db.read() as session:
        known = await deal_lists.channels(session, notice.workspace_id)
    if not known:
        return StayQuiet("no deal has a channel")
    every = place.slack.each(
        "users.conversations", "channels", types="private_channel,public_channel", exclude_archived=True, limit=PAGE
    )
    different: list[int] = []
    async for channel in every:
        one = known.get(str(channel["id"]))
        if one is None:
            continue
        shared = bool(channel.get("is_ext_shared")) and not one.outsiders
        if shared or bool(channel.get("is_private")) != one.private:
            different.append(one.deal_id)
    async with place.db.write() as tx:
        await look_at(tx.session, notice.workspace_id, different, place.clock())
    return Done(f"{len(different)} of {len(known)} to look at")


async def _any_outsider(place: Workplace, workspace_id: int, channel_id: str) -> bool:
    every = place.slack.each("conversations.members", "members", channel=channel_id, limit=200)
    members = [str(member) async for member in every]
    await _learn_unknown(place, workspace_id, members)
    async with place.db.read() as session:
        return await people.any_outsider(session, workspace_id, members)


async def _learn_unknown(place: Workplace, workspace_id: int, members: list[str]) -> None:
    async with place.db.read() as session:
        workspace = await session.get_one(Workspace, workspace_id)
        known = await people.slack_ids_known(session, workspace_id, members)
    unknown = set(members) - known - {workspace.bot_user_id}
    for slack_id in sorted(unknown):
        answer = await place.slack.call("users.info", user=slack_id, include_locale=True)
        async with place.db.write() as tx:
            facts = facts_from_slack(answer["user"], workspace.team_id)
            await people.upsert(tx.session, workspace_id, [facts], place.clock())
