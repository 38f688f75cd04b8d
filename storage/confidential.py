"""The confidential parts of a handoff, told in person to those who may read them, and taken out of a channel."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain.handoff import FIELDS
from domain.picture import DealPicture
from storage.notices import NewNotice

USUAL = 5
SHARED: Final = "shared"
"""Why a channel can be read by more people: another company is in it."""
GUEST: Final = "guest"
PUBLIC: Final = "public"


def hides(picture: DealPicture) -> bool:
    """Whether the handoff holds anything that only seller, CSM and lead may read."""
    return picture.handoff is not None and any(
        picture.handoff.answers.text(field.name).strip() for field in FIELDS if field.confidential
    )


def readers(picture: DealPicture, lead: str) -> tuple[str, ...]:
    """Slack ids of seller, CSM and lead ('' for none), each once."""
    ids = [card.slack_id for card in (picture.ae, picture.csm) if card is not None]
    return tuple(dict.fromkeys([*ids, lead] if lead else ids))


def keys_in_channel(picture: DealPicture) -> list[str]:
    """Everything said or drawn in the deal's channel that shows the confidential parts, or what changed in them, where
    it may: the card, the brief, its later versions and the canvas."""
    newest = picture.handoff.version if picture.handoff is not None else 0
    later = [f"brief:v{version}" for version in range(2, newest + 1)]
    return [f"deal:{picture.id}:{what}" for what in ("card", "brief", "canvas", *later)]


def notices_to(picture: DealPicture, people: Iterable[str], now: datetime) -> list[NewNotice]:
    """One message in person to each of these Slack ids."""
    return [
        NewNotice(
            key=key_of(picture.id, slack_id),
            kind="handoff_confidential",
            lane=f"deal:{picture.id}",
            audience=f"person:{slack_id}",
            not_before=now,
            deal_id=picture.id,
            facts={"to": slack_id},
            priority=USUAL,
        )
        for slack_id in people
    ]


def told_of(picture: DealPicture, why: str, who: str, stamp: str, now: datetime) -> list[NewNotice]:
    """That the confidential parts were taken out, and ``why`` (SHARED, GUEST, PUBLIC; ``who`` a Slack id or ''): in the
    channel, and in person to seller and CSM. ``stamp`` tells one such moment from the next."""
    key = f"deal:{picture.id}:outsiders:{stamp}"
    to = {"": "deal", **{f":{slack_id}": f"person:{slack_id}" for slack_id in readers(picture, "")}}
    return [
        NewNotice(
            key=f"{key}{end}",
            kind="confidential_withdrawn" if end else "outsiders_came",
            lane=f"deal:{picture.id}",
            audience=audience,
            not_before=now,
            deal_id=picture.id,
            facts={"who": who, "why": why},
            priority=USUAL,
        )
        for end, audience in to.items()
    ]


def key_of(deal_id: int, slack_id: str) -> str:
    """The occurrence key of the message with the confidential parts to one person."""
    return f"deal:{deal_id}:confidential:{slack_id}"
