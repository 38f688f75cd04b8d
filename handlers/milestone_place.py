"""What a button or a window is about: a milestone with its plan and its deal, read as it is now."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.outcome import Refused
from domain.picture import DealPicture
from domain.plan.sentences import named
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from handlers import plans
from handlers.milestone_dates import today_of
from handlers.people import Asker
from handlers.services import Services
from messages.milestone_edit import Past, Told, edit_view
from messages.milestone_views import NOWHERE, Back
from messages.plan_windows import all_view
from messages.say import View
from messages.text import ago
from storage import plan_history

NO_KICKOFF: Final = Refused("This plan has no kickoff. Add one with `/milestone add Kickoff by next Friday`.")
HISTORY: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A deal with its plan."""

    picture: DealPicture
    plan: PlanPicture


@dataclass(frozen=True, slots=True)
class Spot(Place):
    """One milestone in it."""

    milestone: Milestone


async def of_deal(services: Services, asker: Asker, deal_id: int) -> Place | Refused:
    """The plan of a deal, for whoever may see it."""
    picture = await plans.see_plan(services, asker, deal_id)
    if isinstance(picture, Refused):
        return picture
    assert picture.plan is not None
    return Place(picture, picture.plan)


async def of_milestone(services: Services, asker: Asker, milestone_id: int) -> Spot | Refused:
    """The milestone with this row id."""
    deal_id = await plans.deal_of_milestone(services, milestone_id)
    place = deal_id if isinstance(deal_id, Refused) else await of_deal(services, asker, deal_id)
    if isinstance(place, Refused):
        return place
    one = place.plan.by_id(milestone_id)
    return Spot(place.picture, place.plan, one) if one is not None else plans.NO_MILESTONE


def kickoff_in(place: Place) -> Spot | Refused:
    """The kickoff of a plan."""
    one = place.plan.of_kind(Kind.KICKOFF)
    return Spot(place.picture, place.plan, one) if one is not None else NO_KICKOFF


def may_edit(services: Services, asker: Asker, picture: DealPicture, one: Milestone | None = None) -> Refused | None:
    """Why the asker may not change this plan, or this milestone of it; None when they may."""
    allowed = plans.may_work_on(services, asker, picture, one)
    return allowed if isinstance(allowed, Refused) else None


async def window(services: Services, asker: Asker, spot: Spot, back: Back = NOWHERE, told: Told | None = None) -> View:
    """The milestone's own window as this person may see it."""
    async with services.db.read() as session:
        found = await plan_history.of_milestone(session, spot.picture.id, spot.milestone.number, HISTORY)
    return edit_view(
        spot.picture,
        spot.milestone,
        today(services, asker),
        history=[Past(one.at, one.by, one.said, one.undone) for one in found],
        may_edit=may_edit(services, asker, spot.picture, spot.milestone) is None,
        back=back,
        told=told,
    )


def whole(services: Services, asker: Asker, place: Place, page: int) -> View:
    """One page of the whole plan as this person may see it."""
    may = may_edit(services, asker, place.picture) is None
    return all_view(place.picture, place.plan, page, today(services, asker), may_edit=may)


def today(services: Services, asker: Asker) -> date:
    """The asker's own day."""
    return today_of(asker.card, services.clock)


async def meanwhile(services: Services, asker: Asker, spot: Spot) -> str:
    """The newest change of a milestone in one plain sentence, as typed: who did what, and when."""
    async with services.db.read() as session:
        found = await plan_history.of_milestone(session, spot.picture.id, spot.milestone.number, 1)
    if not found:
        return ""
    by = found[0].by.name if found[0].by else "Baton"
    undone = ", and it was undone" if found[0].undone else ""
    return f"{by} {found[0].said} {ago(found[0].at, services.clock(), asker.card.zone)}{undone}."


def settled(one: Milestone) -> Refused:
    """A button for open milestones was pressed on one that is settled."""
    state = "is done already" if one.state is State.DONE else "was skipped"
    return Refused(f"{named(one)} {state}.")
