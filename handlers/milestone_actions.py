"""Buttons about milestones: on the plan, on the morning's digest, in the milestone's own window, under a command."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.outcome import Refused
from domain.plan import steps
from domain.plan.change import PlanChange
from domain.plan_picture import PlanPicture
from domain.playbook import Kind
from handlers import front, listen, milestone_place, plans
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import Answers, dismiss, in_window, whisper
from handlers.milestone_moves import TO_SHOW, Moving, day_in, fingerprint
from handlers.milestone_place import Spot, may_edit, settled, today
from handlers.milestone_rules import finished, wants_evidence
from handlers.people import Asker
from handlers.plans import Changed, Rule
from handlers.services import Services
from handlers.typed import pressed, remembered
from messages import ids
from messages.milestone_views import Back, back_of, block_view, done_view, held_view, move_view, skip_view, snooze_view
from messages.moves import ALL, ONE, effect_message, warnings
from messages.say import View
from messages.values import number

BUTTON: Final = "button"
Make = Callable[[Spot, Back], View]


class MilestoneActions:
    """Answers the buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = Answers(services)

    async def on_open(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Show a milestone: what it is, and what can be done about it."""
        asker = front.asker_of(context)
        spot = await milestone_place.of_milestone(self._services, asker, number(pressed(body), "milestone"))
        if isinstance(spot, Refused):
            await self._answers.refuse(ack, client, body, asker, None, spot)
            return
        page = number(remembered(body["view"]), "page") if in_window(body) else 0
        await front.show(client, body, await milestone_place.window(self._services, asker, spot, Back(page=page)))
        await ack()

    async def on_done(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """Done at once; where evidence is asked for, its window opens."""
        asker = front.asker_of(context)
        spot = await self._open_one(ack, body, client, asker)
        if spot is None:
            return
        one = spot.milestone
        if one.kind is Kind.KICKOFF:
            day = today(self._services, asker)
            view = held_view(spot.picture, one, day, spot.plan.early_win, _back(body))
            await self._show(ack, body, client, view)
        elif wants_evidence(one):
            await self._show(ack, body, client, done_view(spot.picture, one, back=_back(body)))
        else:
            rule = finished(one.number, "", asker.card, self._services.clock())
            await self._change(ack, body, client, respond, asker, spot, rule)

    async def on_evidence(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the evidence of what is done."""
        asker = front.asker_of(context)
        spot = await self._found(ack, body, client, asker)
        if spot is not None:
            await self._show(ack, body, client, done_view(spot.picture, spot.milestone, back=_back(body)))

    async def on_start(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """Somebody works on it now."""
        await self._press(ack, body, client, respond, context, steps.start)

    async def on_unblock(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """It can go on."""
        await self._press(ack, body, client, respond, context, steps.unblock)

    async def on_reopen(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """It is to be done again."""
        await self._press(ack, body, client, respond, context, steps.reopen)

    async def on_move(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the new day."""
        await self._ask(ack, body, client, context, lambda spot, back: move_view(spot.picture, spot.milestone, back))

    async def on_block(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask what it waits for."""
        await self._ask(ack, body, client, context, lambda spot, back: block_view(spot.picture, spot.milestone, back))

    async def on_skip(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask why it is not needed."""
        await self._ask(ack, body, client, context, lambda spot, back: skip_view(spot.picture, spot.milestone, back))

    async def on_snooze(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask until when it keeps quiet."""
        day = today(self._services, front.asker_of(context))

        def make(spot: Spot, back: Back) -> View:
            return snooze_view(spot.picture, spot.milestone, day, back)

        await self._ask(ack, body, client, context, make)

    async def on_move_all(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """Move it and everything that counts from it, as it was shown."""
        await self._move(ack, body, client, respond, context, ALL)

    async def on_move_one(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """Move it alone."""
        await self._move(ack, body, client, respond, context, ONE)

    async def on_move_cancel(self, ack: Ack, respond: Respond) -> None:
        """Move nothing."""
        await dismiss(respond)
        await ack()

    async def on_undo(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """Put back what a change did."""
        asker = front.asker_of(context)
        result = await plans.undo_change(self._services, asker, number(pressed(body), "change"), BUTTON)
        spot: Spot | None = None
        if in_window(body) and isinstance(result, Changed):
            milestone = number(remembered(body["view"]), "milestone")
            found = await milestone_place.of_milestone(self._services, asker, milestone)
            spot = None if isinstance(found, Refused) else found
        await self._answers.pressed(ack, client, body, respond, asker, result, spot)

    async def _move(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any], along: str
    ) -> None:
        asker, carried = front.asker_of(context), pressed(body)
        spot = await self._open_one(ack, body, client, asker)
        if spot is None:
            return
        to = day_in(carried)
        if to is None:
            await self._answers.refuse(ack, client, body, asker, None, plans.NO_CHANGE)
            return
        rule = Moving(spot.milestone.number, to, self._services.days_for, along, number(carried, "seen"))
        result = await plans.change_plan(self._services, asker, spot.picture.id, rule, BUTTON, spot.milestone.number)
        if result is TO_SHOW:
            assert rule.effect is not None
            seen, day = fingerprint(rule.effect), today(self._services, asker)
            await whisper(respond, body, effect_message(spot.picture, rule.effect, seen, day, rule.first))
            await ack()
            return
        more = warnings(rule.effect, today(self._services, asker)) if rule.effect else ()
        await self._answers.pressed(ack, client, body, respond, asker, result, spot, more)

    async def _press(
        self,
        ack: Ack,
        body: Body,
        client: Client,
        respond: Respond,
        context: Mapping[str, Any],
        step: Callable[[PlanPicture, int], PlanChange | Refused],
    ) -> None:
        """A button that needs no more to be known."""
        asker = front.asker_of(context)
        spot = await self._found(ack, body, client, asker)
        if spot is not None:
            numbered = spot.milestone.number
            await self._change(ack, body, client, respond, asker, spot, lambda plan, _: step(plan, numbered))

    async def _change(
        self, ack: Ack, body: Body, client: Client, respond: Respond, asker: Asker, spot: Spot, rule: Rule
    ) -> None:
        result = await plans.change_plan(self._services, asker, spot.picture.id, rule, BUTTON, spot.milestone.number)
        await self._answers.pressed(ack, client, body, respond, asker, result, spot)

    async def _ask(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any], make: Make) -> None:
        """A button that opens a window about an open milestone."""
        spot = await self._open_one(ack, body, client, front.asker_of(context))
        if spot is not None:
            await self._show(ack, body, client, make(spot, _back(body)))

    async def _found(self, ack: Ack, body: Body, client: Client, asker: Asker) -> Spot | None:
        """The milestone the button is about, if the asker may change it; else they were told why not."""
        spot = await milestone_place.of_milestone(self._services, asker, number(pressed(body), "milestone"))
        no = spot if isinstance(spot, Refused) else may_edit(self._services, asker, spot.picture, spot.milestone)
        if no is not None:
            await self._answers.refuse(ack, client, body, asker, None, no)
        return None if isinstance(spot, Refused) or no is not None else spot

    async def _open_one(self, ack: Ack, body: Body, client: Client, asker: Asker) -> Spot | None:
        """The same, of one that is not settled yet."""
        spot = await self._found(ack, body, client, asker)
        if spot is None or spot.milestone.is_open:
            return spot
        await self._answers.refuse(ack, client, body, asker, spot, settled(spot.milestone))
        return None

    async def _show(self, ack: Ack, body: Body, client: Client, view: View) -> None:
        await front.show(client, body, view)
        await ack()


def _back(body: Body) -> Back:
    """The windows that stay under the one to be opened."""
    if not in_window(body):
        return Back()
    view = body["view"]
    return Back(edit=view.get("callback_id") == ids.VIEW_MILESTONE_EDIT, page=back_of(remembered(view)).page)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons."""
    handle = MilestoneActions(services)
    listen.action(app, ids.ACT_MILESTONE_OPEN, handle.on_open)
    listen.action(app, ids.ACT_MILESTONE_DONE, handle.on_done)
    listen.action(app, ids.ACT_MILESTONE_EVIDENCE, handle.on_evidence)
    listen.action(app, ids.ACT_MILESTONE_START, handle.on_start)
    listen.action(app, ids.ACT_MILESTONE_UNBLOCK, handle.on_unblock)
    listen.action(app, ids.ACT_MILESTONE_REOPEN, handle.on_reopen)
    listen.action(app, ids.ACT_MILESTONE_MOVE, handle.on_move)
    listen.action(app, ids.ACT_MILESTONE_BLOCK, handle.on_block)
    listen.action(app, ids.ACT_MILESTONE_SKIP, handle.on_skip)
    listen.action(app, ids.ACT_MILESTONE_SNOOZE, handle.on_snooze)
    listen.action(app, ids.ACT_MOVE_ALL, handle.on_move_all)
    listen.action(app, ids.ACT_MOVE_ONE, handle.on_move_one)
    listen.action(app, ids.ACT_MOVE_CANCEL, handle.on_move_cancel)
    listen.action(app, ids.ACT_PLAN_UNDO, handle.on_undo)
