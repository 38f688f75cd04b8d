"""The front door: what people hear when something is unknown, out of date or broken."""

import re
import sqlite3

from slack_sdk.errors import SlackApiError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from domain.access import Action, Relation
from domain.outcome import Refused
from handlers import front
from tests.handlers.office import ADA, BEN, CHLOE, EVA, GENERAL, Office


async def test_a_button_of_another_version_gets_a_plain_answer(office: Office) -> None:
    deal = await office.deal()
    old = await office.offer(deal.channel.id, "Old", "no_such_button", deal=deal.id)
    await office.press(ADA, old, "Old")
    assert "comes from another version of Baton" in await office.note(ADA)


async def test_what_breaks_is_a_sentence_and_a_reference_for_the_person_and_everything_in_the_log(
    office: Office,
) -> None:
    deal = await office.deal()
    await office.command(ADA, "/deal")
    async with office.baton.db.write() as tx:
        await tx.session.execute(text("ALTER TABLE question RENAME TO question_gone"))
    shown = await office.command(ADA, "/deal", deal.channel.id)
    found = re.search(r"B-[2-9A-HJ-NP-Z]{6}", shown)
    assert found, shown
    assert "no such table" not in shown
    logged = office.log.getvalue()
    assert found.group() in logged
    assert "no such table" in logged


async def test_a_form_that_breaks_keeps_what_was_typed_beneath_the_note(office: Office) -> None:
    deal = await office.deal()
    await office.command(CHLOE, "/handoff ask", deal.channel.id)
    async with office.baton.db.write() as tx:
        await tx.session.execute(text("ALTER TABLE question RENAME TO question_gone"))
    await office.submit(CHLOE, question="Who signs?")
    assert "tell your admin this reference: B-" in await office.note(CHLOE)
    assert (await office.view(CHLOE))["callback_id"] == "question_ask"


async def test_a_button_that_breaks_says_so(office: Office) -> None:
    deal = await office.deal()
    card = await office.said(deal.channel.id, "deal_opened")
    async with office.baton.db.write() as tx:
        await tx.session.execute(text("ALTER TABLE question RENAME TO question_gone"))
    await office.press(ADA, card, "Change CSM")
    assert "Something went wrong on our side" in await office.note(ADA)


async def test_the_lead_is_known_by_address_or_id(office: Office) -> None:
    services = office.baton.services
    eva, ben = await services.people.find(EVA), await services.people.find(BEN)
    deal = await office.deal()
    assert front.relation(services, eva, deal) is Relation.LEAD
    assert front.relation(services, eva, None) is Relation.LEAD
    assert front.relation(services, ben, deal) is Relation.NONE
    assert front.relation(services, await services.people.find(ADA), deal) is Relation.AE
    assert isinstance(front.may(ben, Relation.NONE, Action.ACCEPT), Refused)


def test_references_have_no_letters_that_look_alike() -> None:
    made = {front.new_reference() for _ in range(200)}
    assert len(made) > 190
    assert all(re.fullmatch(r"B-[2-9A-HJ-NP-Z]{6}", reference) for reference in made)


def test_a_window_that_came_too_late_asks_to_try_again() -> None:
    late = SlackApiError("late", {"ok": False, "error": "expired_trigger_id"})
    assert "Please try again" in front.sorry(late, "B-ABCDEF")
    assert "Something went wrong" in front.sorry(ValueError("secret"), "B-ABCDEF")
    assert "secret" not in front.sorry(ValueError("secret"), "B-ABCDEF")
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert "no room left" in front.sorry(OperationalError("INSERT", {}, full), "B-ABCDEF")


async def test_a_link_button_is_answered_silently(office: Office) -> None:
    deal = await office.deal()
    await office.press(ADA, await office.said(deal.channel.id, "deal_opened"), "Open in CRM")
    assert await office.views(ADA) == []


async def test_commands_are_answered_to_the_asker_alone(office: Office) -> None:
    await office.command(ADA, "/baton")
    said = await office.messages(GENERAL)
    assert said
    assert all(message["is_ephemeral"] for message in said)
