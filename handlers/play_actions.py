"""Buttons and windows of plays: done with its outcome, not useful, move, snooze, undo."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.calendar import WorkingDays
from domain.milestone_words import date_after
from domain.outcome import Refused
from domain.plays import task
from domain.plays.outcome import CallOutcome, SaveOutcome, call_outcome, save_outcome
from domain.plays.picture import PlayPicture
from domain.plays.task import State
from handlers import front, listen, plays
from handlers.answers import on_press
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import in_window, whisper
from handlers.milestone_dates import reader_of, today_of
from handlers.outbox import Done
from handlers.people import Asker
from handlers.plays import Changed, Rule
from handlers.services import Services
from handlers.typed import choice_of, pressed, remembered, text_of
from messages import ids
from messages.play_views import move_view, outcome_view, said_message, said_view, snooze_view
from messages.values import number
from storage import settings

BUTTON: Final = "button"
FORM: Final = "form"
TITLE: Final = "The task"
_UNTIL: Final = "until"


class PlayActions:
    """Answers them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # Buttons

    async def on_done(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask what came of it; of what is done already, to write it anew."""
        play = await self._found(ack, body, client, front.asker_of(context), also_done=True)
        if play is not None:
            await front.show(client, body, outcome_view(play))
            await ack()

    async def on_move(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask for the new day."""
        play = await self._found(ack, body, client, front.asker_of(context))
        if play is not None:
            await front.show(client, body, move_view(play))
            await ack()

    async def on_snooze(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask until when it keeps quiet."""
        play = await self._found(ack, body, client, front.asker_of(context))
        if play is not None:
            await front.show(client, body, snooze_view(play))
            await ack()

    async def on_not_useful(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """Settled at once; the answer under it takes that back."""
        asker, play_id = front.asker_of(context), number(pressed(body), "play")
        result = await plays.change_play(
            self._services, asker, play_id, lambda play: task.not_useful(play.task), BUTTON
        )
        await self._answer(ack, body, client, respond, result)

    async def on_undo(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """Put back what a change did."""
        asker, change_id = front.asker_of(context), number(pressed(body), "change")
        result = await plays.undo_change(self._services, asker, change_id, BUTTON)
        await self._answer(ack, body, client, respond, result)

    async def _found(
        self, ack: Ack, body: Body, client: Client, asker: Asker, *, also_done: bool = False
    ) -> PlayPicture | None:
        """The play a button is about, if the asker may work on it and it is open; else they were told why not."""
        play = await plays.see(self._services, asker, number(pressed(body), "play"))
        if isinstance(play, PlayPicture) and not (also_done and play.state is State.DONE):
            play = task.not_open(play.task) or play
        if isinstance(play, Refused):
            await on_press(ack, client, body, TITLE, play)
            return None
        return play

    async def _answer(self, ack: Ack, body: Body, client: Client, respond: Respond, result: Done | Refused) -> None:
        if isinstance(result, Refused):
            await on_press(ack, client, body, TITLE, result)
            return
        change_id = result.change_id if isinstance(result, Changed) else None
        if in_window(body) and body["view"].get("callback_id") == ids.VIEW_PLAY_SAID:
            await refresh(client, str(body["view"]["id"]), said_view(result.sentence, change_id))
        elif not in_window(body) and body.get("response_url"):
            await whisper(respond, body, said_message(result.sentence, change_id))
        else:
            await front.show(client, body, said_view(result.sentence, change_id))
        await ack()

    # Windows

    async def on_called(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Write down the outcome of a call."""
        found = call_outcome(
            reached=choice_of(view, "reached"),
            needs=text_of(view, "needs"),
            feedback=text_of(view, "feedback"),
            referral=choice_of(view, "referral"),
            referral_name=text_of(view, "referral_name"),
        )
        await self._finish(ack, body, view, front.asker_of(context), found, "reached")

    async def on_saved(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Write down the outcome of a save play."""
        found = save_outcome(
            result=choice_of(view, "result"), reasons=text_of(view, "reasons"), tried=text_of(view, "tried")
        )
        await self._finish(ack, body, view, front.asker_of(context), found, "result")

    async def _finish(
        self,
        ack: Ack,
        body: Body,
        view: Body,
        asker: Asker,
        found: CallOutcome | SaveOutcome | Mapping[str, Refused],
        field: str,
    ) -> None:
        if not isinstance(found, CallOutcome | SaveOutcome):
            await ack(response_action="errors", errors={name: no.reason for name, no in found.items()})
            return
        days = await self._days(asker)
        today = today_of(asker.card, self._services.clock)
        await self._submit(ack, body, view, asker, lambda play: task.finish(play.task, found, today, days), field)

    async def on_moved(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Move it to the day typed."""
        asker = front.asker_of(context)
        to = await self._day(asker, text_of(view, "due"))
        if isinstance(to, Refused):
            await ack(response_action="errors", errors={"due": to.reason})
            return
        today = today_of(asker.card, self._services.clock)
        await self._submit(ack, body, view, asker, lambda play: task.move(play.task, to, today), "due")

    async def on_snoozed(self, ack: Ack, body: Body, view: Body, context: Mapping[str, Any]) -> None:
        """Let its reminders keep quiet for some days."""
        asker = front.asker_of(context)
        until = await self._until(asker, choice_of(view, "snooze"), text_of(view, "snoozed_until"))
        if isinstance(until, Refused):
            await ack(response_action="errors", errors={"snoozed_until": until.reason})
            return
        today = today_of(asker.card, self._services.clock)
        await self._submit(ack, body, view, asker, lambda play: task.snooze(play.task, until, today), "snoozed_until")

    async def _submit(self, ack: Ack, body: Body, view: Body, asker: Asker, rule: Rule, field: str) -> None:
        """Change the play; the window says what was done, with its undo. A refusal stands beside ``field``."""
        result = await plays.change_play(self._services, asker, number(remembered(view), "play"), rule, FORM)
        if isinstance(result, Refused):
            await ack(response_action="errors", errors={field: result.reason})
        else:
            await ack(response_action="update", view=said_view(result.sentence, result.change_id))

    async def _day(self, asker: Asker, words: str) -> date | Refused:
        return date_after(words, reader_of(asker.card, self._services.clock, await self._days(asker)))

    async def _until(self, asker: Asker, choice: str, words: str) -> date | Refused:
        """A day of one's own that is written counts, whatever is picked above it."""
        today, days = today_of(asker.card, self._services.clock), await self._days(asker)
        if words or choice == _UNTIL:
            no = Refused("Write the day until which it should keep quiet.")
            return await self._day(asker, words) if words else no
        if choice == "monday":
            return days.add(today + timedelta(days=7 - today.weekday()), 0)
        return days.add(today, 1)

    async def _days(self, asker: Asker) -> WorkingDays:
        """The asker's own working days."""
        async with self._services.db.read() as session:
            chosen = await settings.load(session, asker.card.id)
        return self._services.calendars.days(asker.card.zone, chosen.country, chosen.weekdays)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons and windows."""
    handle = PlayActions(services)
    listen.action(app, ids.ACT_PLAY_DONE, handle.on_done)
    listen.action(app, ids.ACT_PLAY_NOT_USEFUL, handle.on_not_useful)
    listen.action(app, ids.ACT_PLAY_MOVE, handle.on_move)
    listen.action(app, ids.ACT_PLAY_SNOOZE, handle.on_snooze)
    listen.action(app, ids.ACT_PLAY_UNDO, handle.on_undo)
    listen.view(app, ids.VIEW_PLAY_CALL, handle.on_called)
    listen.view(app, ids.VIEW_PLAY_SAVE, handle.on_saved)
    listen.view(app, ids.VIEW_PLAY_MOVE, handle.on_moved)
    listen.view(app, ids.VIEW_PLAY_SNOOZE, handle.on_snoozed)
