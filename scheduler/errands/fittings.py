"""What a deal's channel is fitted with: topic, members, bookmark. Each step can be repeated without harm."""

from typing import Any, Final

from sqlalchemy import update

from domain.picture import DealPicture
from messages.topic import bookmark_title, topic
from scheduler.slack import SlackRefusedError
from scheduler.workplace import Workplace
from storage.models import Deal

MEMBER_ALREADY: Final = frozenset({"already_in_channel", "cant_invite_self"})
NOT_INVITABLE: Final = frozenset(
    {
        "user_is_restricted",
        "user_is_ultra_restricted",
        "cant_invite",
        "user_not_found",
        "user_disabled",
        "ura_max_channels",
    }
)
NO_BOOKMARKS: Final = frozenset({"missing_scope", "too_many_bookmarks", "invalid_link", "restricted_action"})


async def fit_out(place: Workplace, picture: DealPicture) -> None:
    """Bring topic, members and bookmark of the deal's channel up to date."""
    await _set_topic(place, picture)
    await _invite(place, picture)
    await _bookmark(place, picture)


async def _keep(place: Workplace, deal_id: int, **values: Any) -> None:  # noqa: ANN401
    async with place.db.write() as tx:
        await tx.session.execute(update(Deal).where(Deal.id == deal_id).values(**values))


async def _row(place: Workplace, deal_id: int) -> Deal:
    async with place.db.read() as session:
        return await session.get_one(Deal, deal_id)


async def _set_topic(place: Workplace, picture: DealPicture) -> None:
    wanted = topic(picture)
    if (await _row(place, picture.id)).topic == wanted:
        return
    await place.slack.call("conversations.setTopic", channel=picture.channel.id, topic=wanted)
    await _keep(place, picture.id, topic=wanted)


async def _invite(place: Workplace, picture: DealPicture) -> None:
    lead = await place.lead(picture.workspace_id)
    wanted = {card.slack_id for card in (picture.ae, picture.csm, lead) if card}
    for slack_id in sorted(wanted):
        try:
            await place.slack.call("conversations.invite", channel=picture.channel.id, users=slack_id)
        except SlackRefusedError as error:
            if error.code not in MEMBER_ALREADY | NOT_INVITABLE:
                raise


async def _bookmark(place: Workplace, picture: DealPicture) -> None:
    url, row = picture.facts.crm_url or "", await _row(place, picture.id)
    if not url or row.bookmark_url == url:
        return
    channel, title = picture.channel.id, bookmark_title(picture)
    try:
        if row.bookmark_id:
            await place.slack.call(
                "bookmarks.edit", channel_id=channel, bookmark_id=row.bookmark_id, link=url, title=title
            )
            await _keep(place, picture.id, bookmark_url=url)
            return
        known = await place.slack.call("bookmarks.list", channel_id=channel)
        found = next((b for b in known.get("bookmarks") or () if b.get("link") == url), None)
        if found is None:
            answer = await place.slack.call("bookmarks.add", channel_id=channel, title=title, type="link", link=url)
            found = answer["bookmark"]
    except SlackRefusedError as error:
        if error.code not in NO_BOOKMARKS:
            raise
        return
    await _keep(place, picture.id, bookmark_id=str(found["id"]), bookmark_url=url)
