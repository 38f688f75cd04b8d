"""Buttons of usage alerts: I'm on it, snooze, not useful, the numbers; done, and undo."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.outcome import Refused
from domain.usage_alert import TASK_DAYS, UsageAlertCard, done, not_useful, snooze, take
from domain.usage_undo import CHANGED, from_values, undo
from handlers import front, listen, usage_alerts
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import in_window, whisper
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import choice_of, pressed, remembered, text_of
from handlers.usage_alerts import Acted, Seen
from messages import ids
from messages.say import Message
from messages.text import cut, day, plural
from messages.usage import person_name
from messages.usage_windows import (
    OTHER,
    no_usage,
    not_useful_view,
    numbers_view,
    reason_of,
    said_message,
    said_view,
)
from messages.values import number
from storage import settings, usage_accounts

TITLE: Final = "Usage"
BUTTON: Final = "button"
VIEW: Final = "view"
MOST_WEEKS: Final = 12
SAY_WHY: Final = "Say in a few words what it is."
UNDONE: Final = "It is as it was before."
_WHY: Final = 500


class UsageActions:
    """Answers the buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_take(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """“I'm on it”: nobody else is told, and a task is due."""
        asker = front.asker_of(context)
        services, today = self._services, self._services.today(asker.card.zone)
        async with services.db.read() as session:
            chosen = await settings.load(session, asker.card.id)
        due = services.calendars.days(asker.card.zone, chosen.country, chosen.weekdays).add(today, TASK_DAYS)
        me, name = asker.card.slack_id, person_name(asker.card.name)
        result = await self._act(asker, body, lambda card: take(card, me, name, due, today), "taken")
        sentence = f"You are on it. A task to look after it is yours until {day(due)}; the lead is not told meanwhile."
        await self._answer(ack, body, client, respond, result, sentence)

    async def on_snooze(
        self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]
    ) -> None:
        """Quiet for the weeks chosen, unless it gets worse."""
        asker = front.asker_of(context)
        weeks = min(max(number(pressed(body), "weeks"), 1), MOST_WEEKS)
        today = self._services.today(asker.card.zone)
        until = today + timedelta(weeks=weeks)
        me, name = asker.card.slack_id, person_name(asker.card.name)
        result = await self._act(asker, body, lambda card: snooze(card, me, name, until, today), "snoozed")
        sentence = f"It is quiet for {plural(weeks, 'week')}, until {day(until)}. If it gets worse you hear of it."
        await self._answer(ack, body, client, respond, result, sentence)

    async def on_done(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """What was to be done is done."""
        asker = front.asker_of(context)
        today = self._services.today(asker.card.zone)
        me, name = asker.card.slack_id, person_name(asker.card.name)
        result = await self._act(asker, body, lambda card: done(card, me, name, today), "task_done")
        await self._answer(ack, body, client, respond, result, "Done. Baton tells you here when usage is back.")

    async def on_not_useful(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Ask why."""
        card = await self._found(body, front.asker_of(context), Action.ACT_ON_USAGE)
        if isinstance(card, Refused):
            await front.tell(client, body, TITLE, card.reason)
        else:
            await front.show(client, body, not_useful_view(card, self._services.metrics))
        await ack()

    async def on_why(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """The reason was given: the detector asks for more evidence of this customer."""
        asker, view = front.asker_of(context), body["view"]
        reason, own = choice_of(view, "reason"), text_of(view, "why")
        if reason == OTHER and not own:
            await ack(response_action="errors", errors={"why": SAY_WHY})
            return
        label = reason_of(reason)
        why = cut(": ".join(part for part in (label, own) if part) or label, _WHY) if label or own else ""
        me, name = asker.card.slack_id, person_name(asker.card.name)
        alert = number(remembered(view), "alert")
        result = await usage_alerts.act(
            self._services, asker, alert, lambda card: not_useful(card, me, name, why), "not_useful", VIEW
        )
        if isinstance(result, Refused):
            await ack(front.on_top(body, TITLE, result.reason))
            return
        sentence = "Thank you. Baton asks for more evidence before it tells of this customer again."
        await ack(response_action="update", view=said_view(sentence, result.card, result.was, result.at))

    async def on_numbers(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Show the weeks of an alert, or of a customer (``/cs usage``), as a table."""
        asker, services = front.asker_of(context), self._services
        account = number(pressed(body), "account")
        seen = await (
            usage_alerts.look(services, asker, account, _channel(body)) if account else self._of_alert(body, asker)
        )
        if isinstance(seen, Refused):
            await front.tell(client, body, TITLE, seen.reason)
        elif seen.weeks is None:
            await front.tell(client, body, TITLE, no_usage(seen.customer.name))
        else:
            today = services.today(asker.card.zone)
            await front.show(client, body, numbers_view(seen.weeks, services.metrics, seen.card, today))
        await ack()

    async def _of_alert(self, body: Body, asker: Asker) -> Seen | Refused:
        card = await self._found(body, asker, Action.SEE_USAGE)
        if isinstance(card, Refused):
            return card
        services = self._services
        async with services.db.read() as session:
            customer = await usage_accounts.load(session, card.account)
            if customer is None:
                return usage_alerts.GONE
            today = services.today(asker.card.zone)
            return Seen(customer, card, await usage_alerts.weeks_of(services, session, customer, card, today))

    async def on_undo(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """Put back what somebody did, within ten minutes."""
        asker, carried = front.asker_of(context), pressed(body)
        try:
            was = from_values(carried)
            at = datetime.fromtimestamp(number(carried, "at"), UTC)
        except (ValueError, OverflowError, OSError):
            await self._refuse(ack, client, body, CHANGED)
            return
        version, now = number(carried, "version"), self._services.clock()
        result = await self._act(asker, body, lambda card: undo(card, was, version, at, now), "undone")
        if isinstance(result, Refused):
            await self._refuse(ack, client, body, result)
        elif in_window(body):
            await refresh(client, str(body["view"]["id"]), said_view(UNDONE))
            await ack()
        else:
            await whisper(respond, body, Message(UNDONE))
            await ack()

    async def _act(self, asker: Asker, body: Body, rule: usage_alerts.Rule, named: str) -> Acted | Refused:
        alert = number(pressed(body), "alert")
        return await usage_alerts.act(self._services, asker, alert, rule, named, BUTTON)

    async def _found(self, body: Body, asker: Asker, action: Action) -> UsageAlertCard | Refused:
        return await usage_alerts.find(self._services, asker, number(pressed(body), "alert"), action, _channel(body))

    async def _answer(
        self, ack: Ack, body: Body, client: Client, respond: Respond, result: Acted | Refused, sentence: str
    ) -> None:
        """Who did what shows in the message itself; the presser is told what follows, with an undo."""
        if isinstance(result, Refused):
            await self._refuse(ack, client, body, result)
            return
        if body.get("response_url"):
            await whisper(respond, body, said_message(sentence, result.card, result.was, result.at))
        else:
            await front.show(client, body, said_view(sentence, result.card, result.was, result.at))
        await ack()

    async def _refuse(self, ack: Ack, client: Client, body: Body, no: Refused) -> None:
        await front.tell(client, body, TITLE, no.reason)
        await ack()


def _channel(body: Body) -> str:
    """The channel of the message whose button was pressed, '' in a window."""
    return str(body.get("channel", {}).get("id", ""))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons and the form."""
    handle = UsageActions(services)
    listen.action(app, ids.ACT_USAGE_TAKE, handle.on_take)
    listen.action(app, ids.ACT_USAGE_SNOOZE, handle.on_snooze)
    listen.action(app, ids.ACT_USAGE_DONE, handle.on_done)
    listen.action(app, ids.ACT_USAGE_NOT_USEFUL, handle.on_not_useful)
    listen.view(app, ids.VIEW_USAGE_NOT_USEFUL, handle.on_why)
    listen.action(app, ids.ACT_USAGE_NUMBERS, handle.on_numbers)
    listen.action(app, ids.ACT_USAGE_UNDO, handle.on_undo)
