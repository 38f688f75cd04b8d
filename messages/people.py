"""How people of a deal are named, also those Slack does not know."""

from typing import Final

from domain.picture import DealPicture, PersonCard
from messages.text import joined, mention, short

EMAIL: Final = 90
"""Characters of an e-mail address that are shown."""


def person(card: PersonCard | None, email: str = "", otherwise: str = "nobody yet") -> str:
    """A mention; for somebody who is not in this Slack their e-mail address, said so."""
    if card is not None:
        return mention(card.slack_id)
    return f"{short(email, EMAIL)} (not in this Slack)" if email else otherwise


def seller(picture: DealPicture) -> str:
    """The AE of a deal."""
    return person(picture.ae, picture.facts.owner_email)


def csm(picture: DealPicture) -> str:
    """The CSM of a deal."""
    return person(picture.csm, picture.facts.csm_email or "")


def missing(picture: DealPicture) -> list[str]:
    """Who the CRM names and Slack does not know, each with what to do, escaped."""
    found: list[str] = []
    if picture.ae is None:
        who = f"the seller, {short(picture.facts.owner_email, EMAIL)}," if picture.facts.owner_email else "the seller"
        found.append(
            f"No member of this Slack is {who} so nobody was asked for the handoff. Invite them to Slack, or correct "
            "the deal's owner in the CRM; Baton adds them as soon as it sees them."
        )
    if picture.csm is None and picture.facts.csm_email:
        found.append(
            f"No member of this Slack is the CSM, {short(picture.facts.csm_email, EMAIL)}. Name another with "
            "`/deal assign @somebody` in the deal's channel, or invite them to Slack."
        )
    elif picture.csm is None:
        found.append(f"Nobody is CSM yet. {short(picture.csm_why, 300)} Use `/deal assign @somebody` in the channel.")
    return found


def both(picture: DealPicture) -> str:
    """The people of the deal that Slack knows, mentioned."""
    return joined([mention(card.slack_id) for card in (picture.ae, picture.csm) if card is not None])
