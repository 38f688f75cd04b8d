"""Opening the form: by a button, by a command, by picking a deal; and starting over."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from domain.handoff import Answers
from domain.outcome import Refused
from handlers import front
from handlers.handoff_form import reading
from handlers.handoff_form.places import place_of
from handlers.handoff_form.refresh import refresh
from handlers.handoff_form.work import Change, Work, begin, form_of, keep
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import choice_of
from messages.handoff_form import clearing_view, form_view
from messages.handoff_pick import LISTED, PickDeal, pick_view
from messages.say import View
from messages.values import number, unpack
from storage import deals, handoffs

TITLE: Final = "Handoff"

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("handlers.handoff_form")


async def form_or_reason(services: Services, asker: Asker, deal_id: int) -> View | Refused:
    """The form as this person would see it now, or why they may not."""
    work = await begin(services, asker, deal_id)
    return work if isinstance(work, Refused) else form_view(await form_of(services, work))


async def open_form(client: Client, services: Services, asker: Asker, deal_id: int, trigger_id: str) -> None:
    """Open the handoff form of a deal; a small window says why when the person may not."""
    view = await form_or_reason(services, asker, deal_id)
    if isinstance(view, Refused):
        await front.note(client, trigger_id, TITLE, view.reason)
    else:
        await client.views_open(trigger_id=trigger_id, view=view)


async def open_pick(client: Client, services: Services, asker: Asker, trigger_id: str) -> None:
    """Open the choice of one's own deals; with one deal its form, with none a plain sentence."""
    async with services.db.read() as session:
        mine = await deals.of_person(session, asker.workspace_id, asker.card.id, LISTED + 1)
    if not mine:
        text = "You are not the seller or the CSM of any open deal. In a deal's channel, `/handoff` opens its form."
        await front.note(client, trigger_id, TITLE, text)
    elif len(mine) == 1:
        await open_form(client, services, asker, mine[0].id, trigger_id)
    else:
        picks = [PickDeal(deal.id, deal.name, deal.channel_name) for deal in mine[:LISTED]]
        await client.views_open(trigger_id=trigger_id, view=pick_view(picks, more=len(mine) > LISTED))


class Opening:
    """The handlers that open the form."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_open(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """The button on the card, the brief, a reminder."""
        deal_id = number(unpack(body["actions"][0].get("value", "")), "deal")
        await open_form(client, self._services, front.asker_of(context), deal_id, body["trigger_id"])
        await ack()

    async def on_pick(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """A deal was picked: its form takes the place of the choice."""
        deal_id = number(unpack(choice_of(body["view"], "deal")), "deal")
        view = await form_or_reason(self._services, front.asker_of(context), deal_id)
        if isinstance(view, Refused):
            await ack(response_action="errors", errors={"deal": view.reason})
        else:
            await ack(response_action="update", view=view)

    async def on_start_over(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Throw the draft away. The inputs must be gone for a moment: Slack keeps what was typed in those that stay."""
        services, asker = self._services, front.asker_of(context)
        place = place_of(body)
        work = await begin(services, asker, place.deal)
        if isinstance(work, Refused):
            await front.tell(client, body, TITLE, work.reason)
            await ack()
            return
        async with services.db.write() as tx:
            await handoffs.drop_draft(tx.session, work.handoff.id, asker.card.id)
        fresh = await begin(services, asker, place.deal)
        if not isinstance(fresh, Refused):
            view_id = body["view"]["id"]
            await refresh(client, view_id, clearing_view(await form_of(self._services, fresh)))
            await refresh(client, view_id, form_view(await form_of(self._services, fresh)))
        await ack()

    async def on_typed(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """Somebody types in the form: keep all of it, because closing it tells nothing."""
        place, view = place_of(body), body["view"]
        work = await begin(self._services, front.asker_of(context), place.deal, place.base)
        if not isinstance(work, Refused) and not handed_in(work):
            await keep(self._services, work, root_change(view["state"]["values"], stamp_of(body)))
        await ack()

    async def on_closed(self, ack: Ack, body: Body) -> None:
        """The form was closed: what was typed is kept already."""
        log.info("the form was closed", view=body["view"]["id"])
        await ack()


def handed_in(work: Work) -> bool:
    """Whether this form was handed in already: what Slack sends of its last letters then is no new draft."""
    by = work.handoff.submitted_by
    mine = by is not None and by.id == work.asker.card.id
    return work.draft_at is None and mine and work.handoff.version > work.place.base


def stamp_of(body: Body) -> str:
    """When Slack says the person did it; '' when it does not say."""
    return str(body["actions"][0].get("action_ts", "")) if body.get("actions") else ""


def root_change(values: reading.Values, stamp: str) -> Change:
    """Keeps the whole form as it stands; older news than what is kept already changes nothing."""

    def change(answers: Answers, typed: dict[str, str]) -> tuple[Answers, dict[str, str]]:
        if stamp and stamp < typed.get("at", ""):
            return answers, typed
        return reading.with_texts(answers, values), typed | reading.typed_lists(values) | {"at": stamp}

    return change
