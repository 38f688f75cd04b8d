"""``/deal won``: a closed deal recorded by hand, by the same rule the CRM's webhook uses."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import urlsplit

from slack_bolt.async_app import AsyncApp
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Action, Relation
from domain.closing import read_closing
from domain.dates import read_date
from domain.deals import AccountFacts, DealFacts
from domain.limits import TEXT
from domain.money import read_amount
from domain.outcome import Refused
from domain.text import clean
from domain.words import fold
from handlers import front, listen
from handlers.answers import report
from handlers.listen import Ack, Body, Client
from handlers.ownership import cannot_take
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import person_of, text_of
from handlers.webhooks.deals import Teller, record_deal_won
from messages.deal_forms import won_view
from messages.ids import VIEW_DEAL_WON
from messages.note import note_view
from messages.text import zone_of
from storage.models import Deal

NAME: Final = 300
ACCOUNT_BY_HAND: Final = "hand:"


@dataclass(frozen=True, slots=True)
class Typed:
    """The form, read. ``people``: those picked, by field."""

    facts: DealFacts
    people: Mapping[str, Asker]


async def open_won(ack: Ack, body: Body, client: Client, asker: Asker) -> None:
    """Open the form, for every member."""
    allowed = front.may(asker, Relation.NONE, Action.RECORD_DEAL)
    if isinstance(allowed, Refused):
        await report(ack, allowed)
        return
    view = won_view(asker.card.slack_id, secrets.token_hex(8))
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


class DealWonForm:
    """Reads the form and records the deal."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_submit(self, ack: Ack, view: Body, context: Mapping[str, Any]) -> None:
        """Record it, or say beside each field what is wrong with it."""
        services, asker = self._services, front.asker_of(context)
        picked = {
            name: await services.people.find(slack_id)
            for name in ("owner", "csm")
            if (slack_id := person_of(view, name))
        }
        typed, errors = read_form(view, asker, picked, services.clock())
        if typed is None:
            await ack(response_action="errors", errors=errors)
            return
        teller = Teller(asker.card.slack_id, "command", services.clock())
        async with services.db.write() as tx:
            recorded = await record_deal_won(services, tx, typed.facts, teller)
            if recorded.new:
                await _name_people(tx.session, recorded.deal_id, typed.people, asker)
        if typed.people["owner"].card.id == asker.card.id:
            await ack()
            return
        seller = typed.people["owner"].card.name
        sentence = f"It is recorded. Its channel is being made, and {seller} is asked for the handoff there."
        await ack(response_action="update", view=note_view("A deal was won", sentence))


def read_form(
    view: Body, asker: Asker, picked: Mapping[str, Asker], now: datetime
) -> tuple[Typed | None, dict[str, str]]:
    """The deal of the form, or one sentence for each field that is wrong. ``picked``: the people chosen, by field."""
    errors = {name: unfit for name, person in picked.items() if (unfit := cannot_take(person))}
    names = {name: clean(text_of(view, name), NAME).text for name in ("account", "name")}
    errors |= {name: "Write a name." for name, text in names.items() if not text}
    if "owner" not in picked:
        errors["owner"] = "Pick the seller."
    here = now.astimezone(zone_of(asker.card.zone))
    closed = read_closing(
        text_of(view, "closed_at"), here, lambda text, at: read_date(text, now=at, locale=asker.card.locale)
    )
    amount, currency, url = read_amount(text_of(view, "amount")), _currency(view), _address(view)
    read: dict[str, object] = {"closed_at": closed, "amount": amount, "currency": currency, "crm_url": url}
    errors |= {name: found.reason for name, found in read.items() if isinstance(found, Refused)}
    if errors or isinstance(closed, Refused) or isinstance(amount, Refused):
        return None, errors
    facts = DealFacts(
        id=f"hand-{str(view.get('private_metadata') or secrets.token_hex(8))[:40]}",
        name=names["name"],
        account=AccountFacts(ACCOUNT_BY_HAND + " ".join(fold(names["account"]).split())[:150], names["account"]),
        closed_at=datetime.combine(closed, time(12), here.tzinfo).astimezone(UTC),
        owner_email=picked["owner"].card.email,
        csm_email=picked["csm"].card.email if "csm" in picked else None,
        amount=amount,
        currency=str(currency) or None,
        crm_url=str(url) or None,
        products=tuple(clean(line, NAME).text for line in text_of(view, "products").splitlines()[:100] if line.strip()),
        notes=clean(text_of(view, "notes"), TEXT).text or None,
    )
    return Typed(facts, picked), {}


def _currency(view: Body) -> str | Refused:
    text = text_of(view, "currency").upper()
    if not text or (len(text) == 3 and text.isascii() and text.isalpha()):
        return text
    return Refused("Write the currency's three letters, such as EUR.")


def _address(view: Body) -> str | Refused:
    text = text_of(view, "crm_url")
    if not text:
        return ""
    wrong = Refused("Paste the whole address; it begins with https://")
    try:
        parts = urlsplit(text)
    except ValueError:
        return wrong
    usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(text) <= 2_000
    return text if usable and not any(letter.isspace() or letter in "<>|" for letter in text) else wrong


async def _name_people(session: AsyncSession, deal_id: int, picked: Mapping[str, Asker], asker: Asker) -> None:
    """Who was picked is known by more than an e-mail address, which Slack may not tell."""
    deal = await session.get_one(Deal, deal_id)
    deal.ae_id = picked["owner"].card.id
    if "csm" in picked:
        deal.csm_id, deal.csm_why = picked["csm"].card.id, f"Named by {asker.card.name}."
    await session.flush()


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the form."""
    listen.view(app, VIEW_DEAL_WON, DealWonForm(services).on_submit)
