"""The lists of the form: looking through them, adding, changing and removing entries."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.handoff import Answers
from domain.handoff_lists import Item
from domain.limits import ITEMS
from domain.outcome import Refused
from handlers import front
from handlers.handoff_form import reading
from handlers.handoff_form.dates import reader_of
from handlers.handoff_form.opening import TITLE, root_change, stamp_of
from handlers.handoff_form.places import chosen_of, list_named, list_of_place, page_of, place_of, removed_of
from handlers.handoff_form.refresh import refresh
from handlers.handoff_form.work import Change, Work, begin, form_of, keep, list_of
from handlers.listen import Ack, Body, Client
from handlers.services import Services
from messages.handoff_form import form_view
from messages.handoff_item import ItemForm, item_view, raw_parts
from messages.handoff_list import PAGE, ListShown, list_view
from messages.handoff_place import Place, token
from messages.note import note_view
from messages.say import View


def find(items: Sequence[Item], named: str) -> tuple[int, Item] | None:
    """The entry with this id, or this token of its id, and its place."""
    return next(((at, item) for at, item in enumerate(items) if named in (item.id, token(item.id))), None)


def unsaved_key(field: str) -> str:
    """Where a draft keeps the entry of this list that is being typed."""
    return f"item:{field}"


def item_id_of(body: Body, place: Place, work: Work) -> str:
    """The id of the entry in this form; a new one's comes from the view, so that saving twice makes one entry."""
    return place.item or reading.new_item_id(f"{body['view']['id']}:{place.handoff}:{work.asker.card.id}")


class Lists:
    """The handlers of the list view and of the entry's form."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_open_list(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """“Edit list” in the form: keep the form, show the list above it."""
        work = await self._work(body, client, context)
        if work is not None:
            view = body["view"]
            work = await keep(self._services, work, root_change(view["state"]["values"], stamp_of(body)))
            shown = list_of(work, replace(work.place, field=list_named(body)))
            await client.views_push(trigger_id=body["trigger_id"], view=list_view(shown))
        await ack()

    async def on_page(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Another page of the list."""
        work = await self._work(body, client, context)
        if work is not None:
            shown = list_of(work, replace(list_of_place(body), page=page_of(body)))
            await refresh(client, body["view"]["id"], list_view(shown))
        await ack()

    async def on_add(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """An empty form above the list; or what was typed in one and never saved."""
        work = await self._work(body, client, context)
        if work is not None:
            await self._push_item(work, body, client, None)
        await ack()

    async def on_menu(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Edit or remove an entry."""
        work = await self._work(body, client, context)
        if work is not None:
            what, named = chosen_of(body)
            place = list_of_place(body)
            found = find(work.answers.items(place.field), named)
            if found is None:
                # Removed from another window: show the list as it is.
                await self._show(work, body, client, list_of(work, place))
            elif what == "edit":
                await self._push_item(work, body, client, found[1])
            else:
                await self._remove(work, body, client, place, *found)
        await ack()

    async def on_undo(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Put the entry back that was just removed."""
        work = await self._work(body, client, context)
        if work is not None:
            place = list_of_place(body)
            item, at = removed_of(body, place.field)
            work = await keep(self._services, work, _put(place.field, item, at=at))
            await self._show(work, body, client, list_of(work, place))
        await ack()

    async def on_item_typed(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Somebody types in an entry's form: keep it, and say what a date was read as."""
        work = await self._work(body, client, context)
        if work is not None:
            place = list_of_place(body)
            raw = reading.raw_of(place.field, body["view"]["state"]["values"])
            saved = find(work.answers.items(place.field), item_id_of(body, place, work))
            if saved is None or raw_parts(saved[1]) != raw:
                key, packed = unsaved_key(place.field), reading.pack_raw(place.item, raw)
                work = await keep(self._services, work, lambda answers, typed: (answers, typed | {key: packed}))
            view = item_view(self._item_form(work, place, raw))
            if _echoed(view) != _echoed(body["view"]):
                await refresh(client, body["view"]["id"], view)
        await ack()

    async def on_item(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Save an entry: into the draft, then back to the list."""
        services, asker = self._services, front.asker_of(context)
        view = body["view"]
        place = list_of_place(body)
        work = await begin(services, asker, place.deal, place.base)
        if isinstance(work, Refused):
            await ack(front.on_top(body, TITLE, work.reason))
            return
        found = find(work.answers.items(place.field), place.item) if place.item else None
        raw = reading.raw_of(place.field, view["state"]["values"])
        reader = reader_of(asker.card, services.clock)
        item_id = item_id_of(body, place, work)
        read = reading.item_from(place.field, raw, reader, item_id, found[1] if found else None)
        if isinstance(read, reading.Filled):
            await ack(response_action="errors", errors=dict(read.errors))
            return
        if found is None and len(work.answers.items(place.field)) >= ITEMS:
            first = next(iter(raw))
            await ack(response_action="errors", errors={first: f"A list holds {ITEMS}; remove one to add another."})
            return
        work = await keep(services, work, _put(place.field, read))
        at = next((n for n, item in enumerate(work.answers.items(place.field)) if item.id == read.id), 0)
        page = place.page if place.item else at // PAGE
        shown = list_of(work, replace(place, item="", page=page))
        await asyncio.gather(
            refresh(client, view["previous_view_id"], list_view(shown)),
            refresh(client, view["root_view_id"], form_view(await form_of(services, work))),
        )
        await ack()

    async def on_item_closed(self, ack: Ack, body: Body, context: Mapping[str, Any]) -> None:
        """“Back” throws the unsaved entry away; closing the whole window keeps it."""
        if not body.get("is_cleared"):
            place = list_of_place(body)
            work = await begin(self._services, front.asker_of(context), place.deal, place.base)
            if not isinstance(work, Refused) and unsaved_key(place.field) in work.typed:
                await keep(self._services, work, _forget(place.field))
        await ack()

    async def _work(self, body: Body, client: Client, context: Mapping[str, Any]) -> Work | None:
        place = place_of(body)
        work = await begin(self._services, front.asker_of(context), place.deal, place.base)
        if isinstance(work, Refused):
            await refresh(client, body["view"]["id"], note_view(TITLE, work.reason))
            return None
        return work

    async def _push_item(self, work: Work, body: Body, client: Client, item: Item | None) -> None:
        place = replace(list_of_place(body), item=item.id if item else "")
        unsaved = reading.unpack_raw(work.typed.get(unsaved_key(place.field), ""), place.item)
        raw = unsaved or (raw_parts(item) if item else {})
        form = self._item_form(work, place, raw, unfinished=unsaved is not None)
        await client.views_push(trigger_id=body["trigger_id"], view=item_view(form))

    def _item_form(self, work: Work, place: Place, raw: Mapping[str, str], *, unfinished: bool = False) -> ItemForm:
        found = find(work.answers.items(place.field), place.item) if place.item else None
        reader = reader_of(work.asker.card, self._services.clock)
        echoes = reading.echoes(place.field, raw, reader, found[1] if found else None)
        return ItemForm(place, raw, echoes, unfinished)

    async def _remove(self, work: Work, body: Body, client: Client, place: Place, at: int, item: Item) -> None:
        def change(answers: Answers, typed: dict[str, str]) -> tuple[Answers, dict[str, str]]:
            kept = [other for other in answers.items(place.field) if other.id != item.id]
            return answers.with_items(place.field, kept), typed

        work = await keep(self._services, work, change)
        shown = replace(list_of(work, place), removed=item, removed_at=at)
        await self._show(work, body, client, shown)

    async def _show(self, work: Work, body: Body, client: Client, shown: ListShown) -> None:
        """The list, and the form below it, which counts its entries."""
        await asyncio.gather(
            refresh(client, body["view"]["id"], list_view(shown)),
            refresh(client, body["view"]["root_view_id"], form_view(await form_of(self._services, work))),
        )


def _echoed(view: View) -> dict[str, str]:
    """What the view says its dates were read as."""
    return {
        block["block_id"]: block["elements"][0]["text"]
        for block in view["blocks"]
        if str(block.get("block_id")).startswith("echo:")
    }


def _put(field: str, item: Item, at: int | None = None) -> Change:
    """The entry in its place: where its id is already, else at `at`, else at the end; a full list stays as it is."""

    def change(answers: Answers, typed: dict[str, str]) -> tuple[Answers, dict[str, str]]:
        items = list(answers.items(field))
        found = find(items, item.id)
        if found is not None:
            items[found[0]] = item
        elif len(items) < ITEMS:
            items.insert(len(items) if at is None else min(at, len(items)), item)
        return _forget(field)(answers.with_items(field, items), typed)

    return change


def _forget(field: str) -> Change:
    key = unsaved_key(field)
    return lambda answers, typed: (answers, {name: text for name, text in typed.items() if name != key})
