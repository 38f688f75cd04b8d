"""People named on a milestone: members own it, everybody else is only called by their name."""

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from domain.outcome import Refused
from domain.person import PersonCard
from handlers import front
from handlers.services import Services


@dataclass(frozen=True, slots=True)
class Owner:
    """Who does it: a member, or somebody at the customer by name; neither for nobody."""

    card: PersonCard | None = None
    name: str = ""


async def owner_named(services: Services, slack_id: str, name: str = "") -> Owner | Refused:
    """The person with this Slack id ('' for nobody), else the name. A guest or somebody of another company is the
    customer's: Baton tells them nothing, so only their name is kept."""
    if not slack_id:
        return Owner(None, name)
    try:
        person = await services.people.find(slack_id)
    except SlackApiError as error:
        if front.code_of(error) in front.UNKNOWN_TO_US:
            return Refused("Slack does not know this person any more; name somebody else.")
        raise
    if person.facts.is_bot or person.facts.is_deleted:
        return Refused(f"{person.card.name} can't do it: name a person who is still here.")
    if person.facts.is_guest or person.facts.is_external:
        return Owner(None, person.card.name)
    return Owner(person.card)


async def called(services: Services, slack_id: str, words: str = "") -> str | Refused:
    """How whoever can unblock something is called: a person by name, other words as typed."""
    person = await owner_named(services, slack_id)
    if isinstance(person, Refused):
        return person
    return ", ".join(filter(None, (person.card.name if person.card else person.name, words)))
