"""Whether a guest or a stranger is in a deal's channel, asked of Slack itself."""

from sqlalchemy import update

from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.workplace import Workplace
from storage import confidential, notices, people, usage_alerts
from storage.models import Deal, Workspace
from storage.notices import ClaimedNotice
from storage.slack_people import facts_from_slack


async def confidential_check(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """Look through the members; when the answer changed, what was said with or without the confidential parts is
    edited."""
    picture = await place.picture(notice.deal_id or 0)
    if picture is None or not picture.channel.id:
        return StayQuiet("there is no channel to look at")
    info = await place.slack.call("conversations.info", channel=picture.channel.id)
    channel = info["channel"]
    private = bool(channel.get("is_private"))
    outsiders = bool(channel.get("is_ext_shared")) or await _any_outsider(place, picture.workspace_id, channel["id"])
    if (private, outsiders) == (picture.channel.private, picture.channel.outsiders):
        return Done("as before")
    lead = await place.lead(picture.workspace_id)
    readers = confidential.readers(picture, lead.slack_id if lead else "")
    async with place.db.write() as tx:
        await tx.session.execute(
            update(Deal).where(Deal.id == picture.id).values(channel_private=private, channel_outsiders=outsiders)
        )
        keys = [f"deal:{picture.id}:{what}" for what in ("brief", "canvas", "card")]
        keys += [confidential.key_of(picture.id, reader) for reader in readers]
        keys += await usage_alerts.said_in_channel(tx.session, picture.id)
        await notices.bump(tx.session, picture.workspace_id, keys, place.clock())
        if picture.handoff is not None and picture.handoff.version and (outsiders or not private):
            told = confidential.notices_to(picture, readers, place.clock())
            await notices.add(tx.session, picture.workspace_id, told, place.clock())
    return Done("outsiders" if outsiders else "members only")


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
