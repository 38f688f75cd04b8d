"""What a deal's channel is fitted with: topic, members, bookmark. Each step can be repeated without harm."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import update

from domain.picture import DealPicture, PersonCard
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
        "user_team_not_in_channel",
        "org_user_not_in_team",
    }
)
BOOKMARK_GONE: Final = frozenset({"not_found", "bookmark_not_found", "invalid_bookmark_id"})
NO_BOOKMARKS: Final = frozenset({"missing_scope", "too_many_bookmarks", "invalid_link", "restricted_action"})


async def fit_out(place: Workplace, picture: DealPicture, lead: PersonCard | None, *, fresh: bool = False) -> None:
    """Bring topic, members and bookmark of the deal's channel up to date. ``fresh``: the channel was made just now,
    so that nothing can be in it yet."""
    row = _Fitted() if fresh else await _fitted(place, picture.id)
    done: dict[str, str] = {}
    try:
        done |= await _set_topic(place, picture, row)
        await _invite(place, picture, lead)
        done |= await _bookmark(place, picture, row, fresh=fresh)
    finally:
        if done:
            async with place.db.write() as tx:
                await tx.session.execute(update(Deal).where(Deal.id == picture.id).values(**done))


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What the channel was given already."""

    topic: str = ""
    bookmark_id: str = ""
    bookmark_url: str = ""


async def _fitted(place: Workplace, deal_id: int) -> _Fitted:
    async with place.db.read() as session:
        row = await session.get_one(Deal, deal_id)
        return _Fitted(row.topic, row.bookmark_id, row.bookmark_url)


async def _set_topic(place: Workplace, picture: DealPicture, row: _Fitted) -> dict[str, str]:
    wanted = topic(picture)
    if row.topic == wanted:
        return {}
    await place.slack.call("conversations.setTopic", channel=picture.channel.id, topic=wanted)
    return {"topic": wanted}


async def _invite(place: Workplace, picture: DealPicture, lead: PersonCard | None) -> None:
    """All in one call. When Slack refuses one of them it may refuse all: then one by one."""
    wanted = sorted({card.slack_id for card in (picture.ae, picture.csm, lead) if card})
    if len(wanted) > 1 and await _invited(place, picture.channel.id, ",".join(wanted)):
        return
    for slack_id in wanted:
        await _invited(place, picture.channel.id, slack_id)


async def _invited(place: Workplace, channel: str, users: str) -> bool:
    try:
        await place.slack.call("conversations.invite", channel=channel, users=users)
    except SlackRefusedError as error:
        if error.code not in MEMBER_ALREADY | NOT_INVITABLE:
            raise
        return False
    return True


async def _bookmark(place: Workplace, picture: DealPicture, row: _Fitted, *, fresh: bool) -> dict[str, str]:
    url = picture.facts.crm_url or ""
    if not url or row.bookmark_url == url:
        return {}
    try:
        found = await _changed_bookmark(place, picture, row) or await _new_bookmark(place, picture, fresh=fresh)
    except SlackRefusedError as error:
        if error.code not in NO_BOOKMARKS:
            raise
        return {}
    return {"bookmark_id": found, "bookmark_url": url}


async def _changed_bookmark(place: Workplace, picture: DealPicture, row: _Fitted) -> str:
    """The id of the bookmark that now leads to the deal's address; '' when there is none or somebody removed it."""
    if not row.bookmark_id:
        return ""
    try:
        await place.slack.call(
            "bookmarks.edit",
            channel_id=picture.channel.id,
            bookmark_id=row.bookmark_id,
            link=picture.facts.crm_url,
            title=bookmark_title(picture),
        )
    except SlackRefusedError as error:
        if error.code not in BOOKMARK_GONE:
            raise
        return ""
    return row.bookmark_id


async def _new_bookmark(place: Workplace, picture: DealPicture, *, fresh: bool) -> str:
    """The id of a bookmark made now, or by a process that died before it could write its id down."""
    channel, url = picture.channel.id, picture.facts.crm_url
    if not fresh:
        known = await place.slack.call("bookmarks.list", channel_id=channel)
        found = next((b for b in known.get("bookmarks") or () if b.get("link") == url), None)
        if found is not None:
            return str(found["id"])
    title = bookmark_title(picture)
    answer = await place.slack.call("bookmarks.add", channel_id=channel, title=title, type="link", link=url)
    return str(answer["bookmark"]["id"])
