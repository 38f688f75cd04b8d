"""Buttons and windows about a plan as a whole: all of it, a new milestone, another playbook, the kickoff."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.outcome import Refused
from domain.picture import DealPicture
from domain.plan import kickoff, steps
from domain.plan.change import PlanChange, applied
from domain.plan.firming import switch
from domain.plan.kickoff import Booking
from domain.plan_picture import PlanPicture
from domain.playbook import Playbook
from handlers import front, listen, milestone_place, plans
from handlers.listen import Ack, Body, Client
from handlers.milestone_answers import Answers, in_window
from handlers.milestone_dates import moment_of, read_moment, reader_of
from handlers.milestone_people import owner_named
from handlers.milestone_place import Place, Spot, may_edit, settled, today
from handlers.milestone_rules import held
from handlers.people import Asker
from handlers.plan_making import answers_of
from handlers.plans import Rule
from handlers.services import Services
from handlers.typed import choice_of, day_of, person_of, pressed, remembered, text_of, time_of
from messages import ids
from messages.milestone_views import NOWHERE, Back, add_view, back_of, book_view, held_view
from messages.moves import warnings
from messages.plan_windows import Offered, playbook_view
from messages.say import View
from messages.text import zone_of
from messages.values import number

FORM: Final = "form"


class PlanWindows:
    """Answers them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = Answers(services)

    async def on_all(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Show every milestone, page by page."""
        asker, carried = front.asker_of(context), pressed(body)
        place = await milestone_place.of_deal(self._services, asker, number(carried, "deal"))
        if isinstance(place, Refused):
            await self._answers.refuse(ack, client, body, asker, None, place)
            return
        view = milestone_place.whole(self._services, asker, place, number(carried, "page"))
        if in_window(body) and body["view"].get("callback_id") == ids.VIEW_PLAN_ALL:
            await client.views_update(view_id=str(body["view"]["id"]), view=view)
        else:
            await front.show(client, body, view)
        await ack()

    async def on_add(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for a new milestone."""
        place = await self._editable(ack, body, client, front.asker_of(context))
        if place is not None:
            await front.show(client, body, add_view(place.picture, back=_page(body)))
            await ack()

    async def on_added(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Add it."""
        services, asker = self._services, front.asker_of(context)
        reading = reader_of(asker.card, services.clock, services.days_of(asker.card))(text_of(view, "due"))
        if reading.on is None:
            await ack(response_action="errors", errors={"due": reading.sentence})
            return
        owner = await owner_named(services, person_of(view, "owner"), text_of(view, "owner_name"))
        if isinstance(owner, Refused):
            await ack(response_action="errors", errors={"owner": owner.reason})
            return
        title, about, due = text_of(view, "title"), text_of(view, "about"), reading.on
        result = await plans.change_plan(
            services,
            asker,
            number(remembered(view), "deal"),
            lambda plan, _: steps.add(plan, title, due, owner=owner.card, owner_name=owner.name, about=about),
            FORM,
        )
        await self._answers.submitted(ack, client, body, view, asker, result, "title")

    async def on_playbook(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask which playbook the plan is to follow."""
        place = await self._editable(ack, body, client, front.asker_of(context))
        if place is not None:
            await front.show(client, body, choose_playbook(self._services, place, _page(body)))
            await ack()

    async def on_playbook_chosen(
        self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]
    ) -> None:
        """Follow another playbook."""
        services, asker = self._services, front.asker_of(context)
        chosen = services.playbooks.get(choice_of(view, "playbook"))
        if chosen is None:
            await ack(
                response_action="errors", errors={"playbook": "This playbook is not there any more; pick another."}
            )
            return
        rule = following(services, asker, chosen)
        result = await plans.change_plan(services, asker, number(remembered(view), "deal"), rule, FORM)
        await self._answers.submitted(ack, client, body, view, asker, result, "playbook")

    async def on_book(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask when the kickoff is."""
        asker = front.asker_of(context)
        spot = await self._kickoff(ack, body, client, asker)
        if spot is not None:
            await front.show(client, body, book_kickoff(self._services, asker, spot, _under(body)))
            await ack()

    async def on_booked(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Book the kickoff."""
        services, asker = self._services, front.asker_of(context)
        spot = await milestone_place.of_milestone(services, asker, number(remembered(view), "milestone"))
        if isinstance(spot, Refused):
            await ack(front.on_top(body, "Plan", spot.reason))
            return
        words = text_of(view, "words")
        field, at = (
            ("words", read_moment(words, asker.card, services.clock, services.days_of(asker.card)))
            if words
            else (
                "day",
                self._picked(asker, day_of(view, "day"), time_of(view, "time")),
            )
        )
        if isinstance(at, Refused):
            await ack(response_action="errors", errors={field: at.reason})
            return
        booking = Book(services, asker, at)
        result = await plans.change_plan(services, asker, spot.picture.id, booking, FORM, spot.milestone.number)
        await self._answers.submitted(ack, client, body, view, asker, result, field, booking.warnings, spot)

    def _picked(self, asker: Asker, day: str, at: str) -> datetime | Refused:
        if not day or not at:
            return Refused("Pick a day and a time, or write both in plain words below.")
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(at))
        return moment_of(local, asker.card, self._services.clock)

    async def on_held(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the early win."""
        asker = front.asker_of(context)
        spot = await self._kickoff(ack, body, client, asker)
        if spot is not None:
            day = today(self._services, asker)
            view = held_view(spot.picture, spot.milestone, day, spot.plan.early_win, _under(body))
            await front.show(client, body, view)
            await ack()

    async def on_held_said(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """The kickoff was held."""
        services, asker = self._services, front.asker_of(context)
        spot = await milestone_place.of_milestone(services, asker, number(remembered(view), "milestone"))
        if isinstance(spot, Refused):
            await ack(front.on_top(body, "Plan", spot.reason))
            return
        picked = day_of(view, "held_on")
        on = date.fromisoformat(picked) if picked and picked != today(services, asker).isoformat() else None
        rule = held(text_of(view, "early_win"), on, text_of(view, "evidence"), asker.card, services.clock())
        result = await plans.change_plan(services, asker, spot.picture.id, rule, FORM, spot.milestone.number)
        await self._answers.submitted(ack, client, body, view, asker, result, "held_on", spot=spot)

    async def _editable(self, ack: Ack, body: Body, client: Client, asker: Asker) -> Place | None:
        """The plan a button is about, if the asker may change it; else they were told why not."""
        place = await milestone_place.of_deal(self._services, asker, number(pressed(body), "deal"))
        no = place if isinstance(place, Refused) else may_edit(self._services, asker, place.picture)
        if no is not None:
            await self._answers.refuse(ack, client, body, asker, None, no)
        return None if isinstance(place, Refused) or no is not None else place

    async def _kickoff(self, ack: Ack, body: Body, client: Client, asker: Asker) -> Spot | None:
        place = await self._editable(ack, body, client, asker)
        if place is None:
            return None
        spot = milestone_place.kickoff_in(place)
        if isinstance(spot, Refused):
            await self._answers.refuse(ack, client, body, asker, None, spot)
            return None
        if not spot.milestone.is_open:
            await self._answers.refuse(ack, client, body, asker, spot, settled(spot.milestone))
            return None
        return spot


class Book:
    """A rule: the kickoff is booked. ``warnings`` are escaped lines about what it clashes with."""

    def __init__(self, services: Services, asker: Asker, at: datetime) -> None:
        self._services, self._asker, self._at = services, asker, at
        self.warnings: list[str] = []

    def __call__(self, plan: PlanPicture, picture: DealPicture) -> PlanChange | Refused:
        """The change, or a no."""
        services, card = self._services, self._asker.card
        booking = kickoff.book(
            plan,
            self._at,
            zone=zone_of(card.zone),
            days=services.days_for(picture),
            now=services.clock(),
            answers=answers_of(picture),
        )
        if not isinstance(booking, Booking):
            return booking
        self.warnings = warnings(booking.effect, today(services, self._asker))
        return booking.change


def book_kickoff(services: Services, asker: Asker, spot: Spot, back: Back = NOWHERE) -> View:
    """The window that books the kickoff, in the asker's zone."""
    return book_view(spot.picture, spot.milestone, services.clock(), asker.card.zone, back)


def following(services: Services, asker: Asker, playbook: Playbook) -> Rule:
    """A rule: the plan follows another playbook, because the asker chose it."""
    return lambda plan, picture: switch(
        plan,
        playbook,
        f"Chosen by {asker.card.name}.",
        facts=picture.facts,
        answers=answers_of(picture),
        days=services.days_for(picture),
    )


def choose_playbook(services: Services, place: Place, back: Back = NOWHERE) -> View:
    """The window that offers every playbook, and says what each would keep and add."""
    now = services.clock()
    facts, days = place.picture.facts, services.days_for(place.picture)
    offered: list[Offered] = []
    for playbook in services.playbooks.by_name.values():
        change = switch(place.plan, playbook, "", facts=facts, answers=answers_of(place.picture), days=days)
        if isinstance(change, Refused):
            offered.append(Offered(playbook, len(place.plan.milestones), 0))
            continue
        adds = sum(place.plan.by_number(one.number) is None for one in change.milestones)
        offered.append(Offered(playbook, len(applied(place.plan, change, now).milestones) - adds, adds))
    return playbook_view(place.picture, place.plan, offered, back)


def _page(body: Body) -> Back:
    """The page of the whole plan from which a window is opened."""
    return Back(page=number(remembered(body["view"]), "page")) if in_window(body) else Back()


def _under(body: Body) -> Back:
    if not in_window(body):
        return Back()
    view = body["view"]
    return Back(edit=view.get("callback_id") == ids.VIEW_MILESTONE_EDIT, page=back_of(remembered(view)).page)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons and windows."""
    handle = PlanWindows(services)
    for action_id in (ids.ACT_PLAN_ALL, f"{ids.ACT_PLAN_ALL}:back", f"{ids.ACT_PLAN_ALL}:on"):
        listen.action(app, action_id, handle.on_all)
    listen.action(app, ids.ACT_MILESTONE_ADD, handle.on_add)
    listen.view(app, ids.VIEW_MILESTONE_ADD, handle.on_added)
    listen.action(app, ids.ACT_PLAYBOOK, handle.on_playbook)
    listen.view(app, ids.VIEW_PLAYBOOK, handle.on_playbook_chosen)
    listen.action(app, ids.ACT_KICKOFF_BOOK, handle.on_book)
    listen.view(app, ids.VIEW_KICKOFF_BOOK, handle.on_booked)
    listen.action(app, ids.ACT_KICKOFF_HELD, handle.on_held)
    listen.view(app, ids.VIEW_KICKOFF_HELD, handle.on_held_said)
