"""Who is a CSM: shown and changed by the lead and admins, in a window or by ``/baton csms add|remove``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action, Allowed
from domain.outcome import Refused
from domain.plan.undo_window import out_of_time
from domain.text import clean
from domain.words import Command, nearest, parse_command
from handlers import front, listen, outbox
from handlers.answers import on_press, report, say
from handlers.done import NO_UNDO, Undo, answer_command, answer_press
from handlers.handoff_form.refresh import refresh
from handlers.listen import Ack, Body, Client, Respond
from handlers.milestone_answers import in_window
from handlers.outbox import Done
from handlers.ownership import cannot_take
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed, people_in, person_of, pressed, text_of
from messages.csms import CsmLine, csms_view
from messages.ids import ACT_CSM_REMOVE, ACT_CSMS_UNDO, VIEW_CSMS
from messages.say import View
from messages.text import escape
from messages.values import number, pack, unpack
from storage import csms, people
from storage.csms import What

TITLE: Final = "CSMs"
PLACES: Final = 20
PLACE: Final = 60
HOW: Final = (
    "`/baton csms` shows and changes who is a CSM. Or type `/baton csms add @somebody regions EMEA, APAC segments "
    "enterprise` and `/baton csms remove @somebody`."
)
WORDS: Final = ("add", "remove", "list", "help")


_MARK: Final = 16
CHANGED: Final = Refused("This was changed once more since; set it as it should be with `/baton csms`.")


@dataclass(frozen=True, slots=True)
class RosterChanged(Done):
    """Somebody's part in the roster ``was`` this (None: none) and ``became`` that, at a moment."""

    person: str
    was: What | None
    became: What
    at: datetime


class CsmCommand:
    """Answers ``/baton csms …``, its window and its buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def _may(self, asker: Asker) -> Allowed | Refused:
        return front.may(asker, front.relation(self._services, asker, None), Action.MANAGE_CSMS)

    async def on_word(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        """``command.rest`` is what follows ``csms``, as Slack sent it."""
        allowed = self._may(asker)
        if isinstance(allowed, Refused):
            await report(ack, allowed)
            return
        word, mentioned = parse_command(command.rest), people_in(command.rest)
        match word.word:
            case "" | "list":
                await client.views_open(trigger_id=body["trigger_id"], view=await self._view(asker))
                await ack()
            case "add" if mentioned:
                regions, segments = places_in(as_typed(word.rest.partition(">")[2]))
                result = await self._add(asker, mentioned[0], regions, segments, "command")
                await answer_command(ack, result, _undo_of(result))
            case "remove" if mentioned:
                result = await self._remove(asker, mentioned[0], "command")
                await answer_command(ack, result, _undo_of(result))
            case _:
                near = nearest(word.word, WORDS) if word.word not in WORDS else None
                await say(ack, (f"Did you mean `/baton csms {near}`? " if near else "") + HOW)

    async def on_saved(self, ack: Ack, view: Body, context: Mapping[str, Any]) -> None:
        """The form of the window: add or change one; the window stays, with the new list."""
        asker = front.asker_of(context)
        allowed, slack_id = self._may(asker), person_of(view, "csm")
        if isinstance(allowed, Refused) or not slack_id:
            reason = allowed.reason if isinstance(allowed, Refused) else "Pick somebody."
            await ack(response_action="errors", errors={"csm": reason})
            return
        regions, segments = (split_places(text_of(view, name)) for name in ("regions", "segments"))
        result = await self._add(asker, slack_id, regions, segments, "form")
        if isinstance(result, Refused):
            await ack(response_action="errors", errors={"csm": result.reason})
        else:
            await ack(response_action="update", view=await self._view(asker, result.sentence, _undo_of(result).value))

    async def on_remove(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """The button beside a CSM."""
        asker = front.asker_of(context)
        allowed = self._may(asker)
        if isinstance(allowed, Refused):
            await on_press(ack, client, body, TITLE, allowed)
            return
        result = await self._remove(asker, str(pressed(body).get("person") or ""), "button")
        said = result.sentence if isinstance(result, Done) else result.reason
        view = await self._view(asker, said, _undo_of(result).value)
        await refresh(client, str(body["view"]["id"]), view)
        await ack()

    async def on_undo(self, ack: Ack, body: Body, client: Client, respond: Respond, context: Mapping[str, Any]) -> None:
        """As it was before, in the window or under the command."""
        asker, carried = front.asker_of(context), pressed(body)
        allowed = self._may(asker)
        result = allowed if isinstance(allowed, Refused) else await self._put_back(asker, carried)
        if in_window(body) and not isinstance(allowed, Refused):
            said = result.sentence if isinstance(result, Done) else result.reason
            await refresh(client, str(body["view"]["id"]), await self._view(asker, said))
            await ack()
        else:
            await answer_press(ack, client, body, respond, TITLE, result)

    async def _put_back(self, asker: Asker, carried: Mapping[str, Any]) -> Done | Refused:
        services, slack_id = self._services, str(carried.get("person") or "")
        late = out_of_time(datetime.fromtimestamp(number(carried, "at"), UTC), services.clock())
        if late is not None:
            return late
        was = unpack(str(carried.get("was") or ""))
        async with services.db.write() as tx:
            person = await people.by_slack_id(tx.session, asker.workspace_id, slack_id)
            found = await csms.what_of(tx.session, person.id) if person is not None else None
            if person is None or found is None or _mark(found) != str(carried.get("mark")):
                return CHANGED
            regions, segments = ([str(one) for one in was.get(name) or ()] for name in ("regions", "segments"))
            active = bool(was.get("active"))
            await people.set_csm(
                tx.session, asker.workspace_id, person.id, regions=regions, segments=segments, active=active
            )
            detail = {"person": slack_id, "regions": regions, "segments": segments, "active": active}
            await outbox.wrote(services, tx, asker, "csm_undone", "button", None, **detail)
        where = ", ".join([*regions, *segments]) or "every region and segment"
        return Done(f"{person.name} is {f'a CSM for {where}' if active else 'no CSM'}, as before.")

    async def _view(self, asker: Asker, said: str = "", undo: str = "") -> View:
        async with self._services.db.read() as session:
            roster = await people.roster(session, asker.workspace_id)
        shown = [
            CsmLine(entry.person.slack_id, entry.regions, entry.segments, entry.open_deals)
            for entry in roster
            if entry.active
        ]
        return csms_view(shown, escape(said), undo)

    async def _add(
        self, asker: Asker, slack_id: str, regions: Sequence[str], segments: Sequence[str], via: str
    ) -> Done | Refused:
        services, target = self._services, await self._services.people.find(slack_id)
        unfit = cannot_take(target)
        if unfit:
            return Refused(unfit)
        async with services.db.write() as tx:
            was = await csms.what_of(tx.session, target.card.id)
            new = await people.set_csm(
                tx.session, asker.workspace_id, target.card.id, regions=regions, segments=segments
            )
            detail = {"person": slack_id, "regions": list(regions), "segments": list(segments)}
            await outbox.wrote(services, tx, asker, "csm_added" if new else "csm_changed", via, None, **detail)
        where = ", ".join([*regions, *segments]) or "every region and segment"
        became = What(tuple(regions), tuple(segments), active=True)
        return RosterChanged(f"{target.card.name} is a CSM for {where}.", slack_id, was, became, services.clock())

    async def _remove(self, asker: Asker, slack_id: str, via: str) -> Done | Refused:
        services = self._services
        async with services.db.write() as tx:
            person = await people.by_slack_id(tx.session, asker.workspace_id, slack_id)
            was = await csms.what_of(tx.session, person.id) if person is not None else None
            if person is None or was is None or not await csms.retire(tx.session, person.id):
                return Refused("They are no CSM.")
            await outbox.wrote(services, tx, asker, "csm_removed", via, None, person=slack_id)
        said = f"{person.name} gets no new deals. Those they have stay theirs until somebody changes it."
        return RosterChanged(said, slack_id, was, replace(was, active=False), services.clock())


def _undo_of(result: Done | Refused) -> Undo:
    """What the button carries: as it was, and by which mark it finds out that it was changed since."""
    if not isinstance(result, RosterChanged):
        return NO_UNDO
    was = json.dumps(asdict(result.was) if result.was else {}, ensure_ascii=False)
    at = int(result.at.timestamp())
    return Undo(ACT_CSMS_UNDO, pack(person=result.person, was=was, mark=_mark(result.became), at=at))


def _mark(what: What) -> str:
    return sha256(json.dumps(asdict(what)).encode()).hexdigest()[:_MARK]


def split_places(text: str) -> tuple[str, ...]:
    """Regions or segments with commas or lines between them, each once."""
    parts = [clean(part, PLACE).text for part in text.replace("\n", ",").replace("，", ",").split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))[:PLACES]


def places_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``regions EMEA, APAC segments enterprise`` as regions and segments; what stands before either are regions."""
    folded = text.replace("=", " ").replace(":", " ")
    found: dict[str, list[str]] = {"regions": [], "segments": []}
    into = "regions"
    for word in folded.split():
        named = {"region": "regions", "segment": "segments"}.get(word.casefold(), word.casefold())
        if named in found:
            into = named
        else:
            found[into].append(word)
    return split_places(" ".join(found["regions"])), split_places(" ".join(found["segments"]))


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the window."""
    handle = CsmCommand(services)
    listen.view(app, VIEW_CSMS, handle.on_saved)
    listen.action(app, ACT_CSM_REMOVE, handle.on_remove)
    listen.action(app, ACT_CSMS_UNDO, handle.on_undo)
