"""Windows about one milestone that were filled in: done, moved, blocked, skipped, snoozed, edited."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.milestone_words import date_after
from domain.outcome import Refused
from domain.plan import steps
from domain.playbook import Role
from domain.unblocker_words import split_unblocker
from handlers import front, listen, milestone_place, plans
from handlers.listen import Ack, Body, Client
from handlers.milestone_answers import PLAN, Answers
from handlers.milestone_dates import reader_of
from handlers.milestone_moves import TO_SHOW, Moving, day_in, fingerprint
from handlers.milestone_people import Owner, called, owner_named
from handlers.milestone_place import Spot, today
from handlers.milestone_rules import Editing, Edits, finished
from handlers.people import Asker
from handlers.plans import Changed, Rule
from handlers.services import Services
from handlers.typed import choice_of, person_of, remembered, text_of
from messages import ids
from messages.milestone_edit import was_changed
from messages.milestone_views import AWAKE, back_of
from messages.moves import effect_view, warnings
from messages.text import escape
from messages.values import number

FORM: Final = "form"
NOTHING_TO_SHOW: Final = "Nothing to show: "
_UNTIL: Final = "until"


class MilestoneForms:
    """Saves them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = Answers(services)

    async def on_done(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """It is done, with how one can see it, or why there is nothing to see."""
        asker = front.asker_of(context)
        spot = await self._spot(ack, body, view, asker)
        if spot is None:
            return
        evidence, why = text_of(view, "evidence"), text_of(view, "why")
        if spot.milestone.evidence_asked and not evidence and not why:
            reason = "Show how one can see it, or say below why there is nothing to show."
            await ack(response_action="errors", errors={"evidence": reason})
            return
        rule = finished(
            spot.milestone.number, evidence or (why and NOTHING_TO_SHOW + why), asker.card, self._services.clock()
        )
        await self._save(ack, body, view, client, asker, spot, rule, "evidence")

    async def on_moved(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Move it, or show first what moves along."""
        asker = front.asker_of(context)
        spot = await self._spot(ack, body, view, asker)
        if spot is None:
            return
        to = self._day(asker, text_of(view, "due"))
        if isinstance(to, Refused):
            await ack(response_action="errors", errors={"due": to.reason})
            return
        await self._move(
            ack, body, view, client, asker, spot, Moving(spot.milestone.number, to, self._services.days_for)
        )

    async def on_effect(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Move what was shown."""
        asker, carried = front.asker_of(context), remembered(view)
        spot = await self._spot(ack, body, view, asker)
        to = day_in(carried)
        if spot is None or to is None:
            return
        along, seen = choice_of(view, "along"), number(carried, "seen")
        rule = Moving(spot.milestone.number, to, self._services.days_for, along, seen)
        await self._move(ack, body, view, client, asker, spot, rule)

    async def on_blocked(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """It waits for something."""
        asker = front.asker_of(context)
        spot = await self._spot(ack, body, view, asker)
        if spot is None:
            return
        who = await called(self._services, person_of(view, "unblocker_id"), text_of(view, "unblocker"))
        if isinstance(who, Refused):
            await ack(response_action="errors", errors={"unblocker_id": who.reason})
            return
        one, why = spot.milestone.number, text_of(view, "why")
        if not who:
            why, who = split_unblocker(why)
        await self._save(ack, body, view, client, asker, spot, lambda plan, _: steps.block(plan, one, why, who), "why")

    async def on_skipped(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """It is not needed."""
        asker = front.asker_of(context)
        spot = await self._spot(ack, body, view, asker)
        if spot is None:
            return
        one, why, now = spot.milestone.number, text_of(view, "why"), self._services.clock()
        await self._save(
            ack,
            body,
            view,
            client,
            asker,
            spot,
            lambda plan, _: steps.skip(plan, one, why, by=asker.card, now=now),
            "why",
        )

    async def on_snoozed(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Its reminders keep quiet for some days."""
        asker = front.asker_of(context)
        spot = await self._spot(ack, body, view, asker)
        if spot is None:
            return
        until = self._until(asker, choice_of(view, "snooze"), text_of(view, "snoozed_until"))
        if isinstance(until, Refused):
            await ack(response_action="errors", errors={"snoozed_until": until.reason})
            return
        one, day = spot.milestone.number, today(self._services, asker)
        await self._save(
            ack,
            body,
            view,
            client,
            asker,
            spot,
            lambda plan, _: steps.snooze(plan, one, until, today=day),
            "snoozed_until",
        )

    async def on_edited(self, ack: Ack, body: Body, view: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Save the fields that were changed; a new day that moves others is shown before it is done."""
        asker = front.asker_of(context)
        spot = await self._spot(ack, body, view, asker)
        if spot is None:
            return
        edits = await self._edits(view, asker)
        if not isinstance(edits, Edits):
            await ack(response_action="errors", errors=edits)
            return
        services = self._services
        rule = Editing(spot.milestone.number, edits, services.days_for, services.clock())
        result = await plans.change_plan(services, asker, spot.picture.id, rule, FORM, spot.milestone.number)
        shows = rule.effect is not None and bool(rule.effect.along)
        if rule.effect is not None and shows and (isinstance(result, Changed) or result is TO_SHOW):
            saved = escape(result.sentence) if isinstance(result, Changed) else ""
            await self._show_effect(ack, view, asker, spot, rule, saved)
            return
        more = warnings(rule.effect, today(services, asker)) if rule.effect is not None else ()
        await self._answers.submitted(ack, client, body, view, asker, result, "title", more, spot)

    async def _edits(self, view: Body, asker: Asker) -> Edits | dict[str, str]:
        """What was changed, or what is wrong with which field."""
        carried = remembered(view)
        texts = {name: text_of(view, name) for name in ("title", "due", "owner_name", "about")}
        texts |= {"owner": person_of(view, "owner"), "responsible": choice_of(view, "responsible")}
        new = {name: text for name, text in texts.items() if was_changed(carried, name, text)}
        due: date | Refused | None = None
        if "due" in new:
            due = self._day(asker, new["due"]) if new["due"] else Refused("A milestone that has a day keeps one.")
        if isinstance(due, Refused):
            return {"due": due.reason}
        owner: Owner | Refused | None = None
        if {"owner", "owner_name"} & set(new):
            # Who was picked a moment ago counts, not the one who stood there before.
            member = "" if "owner" not in new and new["owner_name"] else texts["owner"]
            owner = await owner_named(self._services, member, "" if member else texts["owner_name"])
        if isinstance(owner, Refused):
            return {"owner": owner.reason}
        role = Role(new["responsible"]) if new.get("responsible") in set(Role) else None
        return Edits(new.get("title"), new.get("about"), role, owner, due)

    def _day(self, asker: Asker, words: str) -> date | Refused:
        return date_after(words, reader_of(asker.card, self._services.clock, self._services.days_of(asker.card)))

    def _until(self, asker: Asker, choice: str, words: str) -> date | Refused | None:
        """A day of one's own that is written counts, whatever is picked above it; None ends the snooze."""
        day, days = today(self._services, asker), self._services.days_of(asker.card)
        if words or choice == _UNTIL:
            return self._day(asker, words) if words else Refused("Write the day until which it should keep quiet.")
        if choice == AWAKE[0]:
            return None
        if choice == "monday":
            return days.add(day + timedelta(days=7 - day.weekday()), 0)
        return days.add(day, 1)

    async def _spot(self, ack: Ack, body: Body, view: Body, asker: Asker) -> Spot | None:
        """The milestone a window is about; else the window said that it is gone."""
        found = await milestone_place.of_milestone(self._services, asker, number(remembered(view), "milestone"))
        if isinstance(found, Refused):
            await ack(front.on_top(body, PLAN, found.reason))
            return None
        return found

    async def _save(
        self,
        ack: Ack,
        body: Body,
        view: Body,
        client: Client,
        asker: Asker,
        spot: Spot,
        rule: Rule,
        field: str,
        more: Sequence[str] = (),
    ) -> None:
        result = await plans.change_plan(self._services, asker, spot.picture.id, rule, FORM, spot.milestone.number)
        await self._answers.submitted(ack, client, body, view, asker, result, field, more, spot)

    async def _move(
        self, ack: Ack, body: Body, view: Body, client: Client, asker: Asker, spot: Spot, rule: Moving
    ) -> None:
        result = await plans.change_plan(self._services, asker, spot.picture.id, rule, FORM, spot.milestone.number)
        if result is TO_SHOW:
            await self._show_effect(ack, view, asker, spot, rule, rule.first)
            return
        more = warnings(rule.effect, today(self._services, asker)) if rule.effect is not None else ()
        field = "due" if view.get("callback_id") == ids.VIEW_MILESTONE_MOVE else "along"
        await self._answers.submitted(ack, client, body, view, asker, result, field, more, spot)

    async def _show_effect(
        self, ack: Ack, view: Body, asker: Asker, spot: Spot, rule: Moving | Editing, first: str
    ) -> None:
        """The second step: what moves along."""
        assert rule.effect is not None
        shown = effect_view(
            spot.picture,
            rule.effect,
            fingerprint(rule.effect),
            today(self._services, asker),
            back_of(remembered(view)),
            first,
        )
        await ack(response_action="update", view=shown)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the windows."""
    handle = MilestoneForms(services)
    listen.view(app, ids.VIEW_MILESTONE_DONE, handle.on_done)
    listen.view(app, ids.VIEW_MILESTONE_MOVE, handle.on_moved)
    listen.view(app, ids.VIEW_MILESTONE_EFFECT, handle.on_effect)
    listen.view(app, ids.VIEW_MILESTONE_BLOCK, handle.on_blocked)
    listen.view(app, ids.VIEW_MILESTONE_SKIP, handle.on_skipped)
    listen.view(app, ids.VIEW_MILESTONE_SNOOZE, handle.on_snoozed)
    listen.view(app, ids.VIEW_MILESTONE_EDIT, handle.on_edited)
