"""Who a milestone falls to, as people read it."""

from typing import Final

from domain.picture import DealPicture
from domain.plan_picture import Milestone
from domain.playbook import Role
from messages.people import csm, seller
from messages.text import mention, short

_NAME: Final = 60


def owner_of(picture: DealPicture, one: Milestone) -> str:
    """A mention of whoever does it; for the customer's people their name. Escaped mrkdwn."""
    if one.owner is not None:
        return mention(one.owner.slack_id)
    if one.owner_name:
        return f"{short(one.owner_name, _NAME)} (customer)"
    match one.responsible:
        case Role.AE:
            return seller(picture)
        case Role.CUSTOMER:
            return "the customer"
        case Role.LEAD:
            return "the lead"
        case _:
            return csm(picture)
