"""The confidential parts of a handoff, told in person to those who may read them."""

from collections.abc import Iterable
from datetime import datetime

from domain.picture import DealPicture
from storage.notices import NewNotice

USUAL = 5


def readers(picture: DealPicture, lead: str) -> tuple[str, ...]:
    """Slack ids of seller, CSM and lead ('' for none), each once."""
    ids = [card.slack_id for card in (picture.ae, picture.csm) if card is not None]
    return tuple(dict.fromkeys([*ids, lead] if lead else ids))


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


def key_of(deal_id: int, slack_id: str) -> str:
    """The occurrence key of the message with the confidential parts to one person."""
    return f"deal:{deal_id}:confidential:{slack_id}"
