"""``/baton settings``: what somebody sets for themselves, answered in the window."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final, cast

from slack_bolt.async_app import AsyncApp

from domain.access import Action, Relation
from domain.outcome import Refused
from domain.plan.undo_window import out_of_time
from domain.settings import LANGUAGES, USUAL, PersonSettings, Reminders, check, from_json, to_json
from domain.words import Command
from handlers import front, listen, outbox
from handlers.answers import report
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import choice_of, day_of, pressed, text_of, time_of
from messages.ids import ACT_SETTINGS_RESET, ACT_SETTINGS_UNDO, VIEW_SETTINGS
from messages.settings import saved_view, settings_view
from messages.values import number, pack, unpack
from storage import settings as kept

SAVED: Final = "Saved. It counts from now on."
RESET: Final = "Back to the defaults: 09:00 to 17:00 on the working days of your country."
UNDONE: Final = "It is as it was before."
CHANGED: Final = "You changed your settings once more since; this would lose that."
NO_COUNTRY: Final = "Baton knows no holidays of such a country: write its code of two letters, such as SE."
NO_DAYS: Final = "Choose at least one day, or nothing would ever reach you."
PAST: Final = "This day has passed or is today. Choose a later one, or leave it empty."


class SettingsWindow:
    """Opens the form, keeps what was chosen."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_word(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        """``/baton settings``."""
        allowed = front.may(asker, Relation.NONE, Action.HELP)
        if isinstance(allowed, Refused):
            await report(ack, allowed)
            return
        async with self._services.db.read() as session:
            found = await kept.load(session, asker.card.id)
        await client.views_open(trigger_id=body["trigger_id"], view=self._view(asker, found))
        await ack()

    def _view(self, asker: Asker, settings: PersonSettings, said: str = "", undo: str = "") -> dict[str, Any]:
        calendars, zone = self._services.calendars, asker.card.zone
        country = calendars.country(zone, settings.country)
        return settings_view(settings, zone, country, calendars.weekdays(zone, settings.country), said, undo)

    async def on_saved(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """The form was sent: what can't be is said beside its field."""
        asker, view = front.asker_of(context), body["view"]
        read = self._read(asker, view)
        if isinstance(read, dict):
            await ack(response_action="errors", errors=read)
            return
        undo = await self._keep(asker, read, "settings_saved")
        await ack(response_action="update", view=saved_view(SAVED, undo))

    async def on_reset(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Everything as it was at first; the form shows it."""
        asker = front.asker_of(context)
        undo = await self._keep(asker, USUAL, "settings_reset")
        await client.views_update(view_id=str(body["view"]["id"]), view=self._view(asker, USUAL, RESET, undo))
        await ack()

    async def on_undo(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """As it was before it was saved, within ten minutes and unless it was changed once more."""
        asker, carried = front.asker_of(context), pressed(body)
        said = UNDONE
        late = out_of_time(datetime.fromtimestamp(number(carried, "at"), UTC), self._services.clock())
        was, became = (from_json(unpack(str(carried.get(name) or ""))) for name in ("was", "now"))
        if late is not None:
            said = late.reason
        elif not await self._put_back(asker, was, became):
            said = CHANGED
        await refresh(client, str(body["view"]["id"]), saved_view(said))
        await ack()

    async def _put_back(self, asker: Asker, was: PersonSettings, became: PersonSettings) -> bool:
        async with self._services.db.read() as session:
            found = await kept.load(session, asker.card.id)
        if found != became:
            return False
        await self._keep(asker, was, "settings_undone")
        return True

    def _read(self, asker: Asker, view: Body) -> PersonSettings | dict[str, str]:
        """The settings typed, or what is wrong, by field."""
        services, zone = self._services, asker.card.zone
        country = text_of(view, "country").upper()
        if country and not services.calendars.country(zone, country):
            return {"country": NO_COUNTRY}
        chosen = _weekdays(view)
        if not chosen:
            return {"weekdays": NO_DAYS}
        begin, end = time_of(view, "begin"), time_of(view, "end")
        back, language = day_of(view, "away_until"), choice_of(view, "language")
        found = PersonSettings(
            begin=time.fromisoformat(begin) if begin else USUAL.begin,
            end=time.fromisoformat(end) if end else USUAL.end,
            weekdays=None if chosen == services.calendars.weekdays(zone, country) else chosen,
            country=country,
            reminders=Reminders(choice_of(view, "reminders") or Reminders.ALL),
            digest_day=int(choice_of(view, "digest_day") or USUAL.digest_day),
            language=language if language in LANGUAGES else "",
            away_until=date.fromisoformat(back) if back else None,
        )
        if found.away_until is not None and not found.is_away(services.today(zone)):
            return {"away_until": PAST}
        checked = check(found)
        return {"end": checked.reason} if isinstance(checked, Refused) else checked

    async def _keep(self, asker: Asker, settings: PersonSettings, action: str) -> str:
        """What the undo of it carries; '' when nothing changed."""
        services = self._services
        async with services.db.write() as tx:
            was = await kept.load(tx.session, asker.card.id)
            await kept.keep(tx.session, asker.card.id, asker.card.zone, settings, services.clock())
            await outbox.wrote(services, tx, asker, action, "view", None)
        services.people.forget(asker.card.slack_id)
        await outbox.look_again(services, asker.card.slack_id)
        if was == settings:
            return ""
        before, after = (json.dumps(to_json(one), ensure_ascii=False) for one in (was, settings))
        return pack(was=before, now=after, at=int(services.clock().timestamp()))


def _weekdays(view: Body) -> frozenset[int]:
    field: Any = view.get("state", {}).get("values", {}).get("weekdays", {}).get("weekdays") or {}
    options = cast("list[Mapping[str, Any]]", field.get("selected_options") or [])
    return frozenset(int(one["value"]) for one in options if str(one["value"]) in set("0123456"))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the form and its way back to the defaults; the word itself is ``/baton``'s."""
    handle = SettingsWindow(services)
    listen.view(app, VIEW_SETTINGS, handle.on_saved)
    listen.action(app, ACT_SETTINGS_RESET, handle.on_reset)
    listen.action(app, ACT_SETTINGS_UNDO, handle.on_undo)
