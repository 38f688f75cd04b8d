"""A closed deal as the CRM tells it, what changed in it, and what of it the handoff starts with."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.handoff import Answers
from domain.limits import TEXT
from domain.text import clean

_SHOWN: Final = 200
_MOST_DIGITS: Final = 30
_CUT_NOTE: Final = "\n(The CRM's notes are longer; all of them are on the deal card.)"


class DealState(StrEnum):
    """`prospect` before it is won, `opening` until the channel is made, `open` while people work in it, `closed` when
    it is archived. `held` is a deal won before Baton came: its facts are known, and nothing is done about it until
    somebody asks for that."""

    PROSPECT = "prospect"
    HELD = "held"
    OPENING = "opening"
    OPEN = "open"
    CLOSED = "closed"


class Begin(StrEnum):
    """What is begun for a won deal. `nothing`: its facts are kept. `channel`: its channel is made, with the card.
    `plan`: the handoff is asked for, the plan made and its clocks started as well."""

    NOTHING = "nothing"
    CHANNEL = "channel"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A customer in the CRM; `id` is the CRM's."""

    id: str
    name: str
    domain: str | None = None
    segment: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class DealFacts:
    """A won deal, as the `deal.won` webhook gives it; `id` is the CRM's, `closed_at` aware, `currency` ISO 4217."""

    id: str
    name: str
    account: AccountFacts
    closed_at: datetime
    owner_email: str
    amount: Decimal | None = None
    currency: str | None = None
    csm_email: str | None = None
    crm_url: str | None = None
    products: tuple[str, ...] = ()
    plan: str | None = None
    notes: str | None = None
    playbook: str | None = None
    renews_on: date | None = None
    """Kept with what billing tells of the customer, not with the deal."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact the CRM changed: `what` is its name in plain words, `before` and `after` plain text, '' for none."""

    what: str
    before: str
    after: str


def changes(old: DealFacts, new: DealFacts) -> tuple[FactChange, ...]:
    """What differs between two tellings of one deal, in the order of the card. Equal facts give an empty tuple."""
    return tuple(
        FactChange(what, before, after)
        for (what, before), (_, after) in zip(_card(old), _card(new), strict=True)
        if before != after
    )


def format_change(change: FactChange) -> str:
    """A change as one plain sentence, not escaped for mrkdwn; each side cut at 200 characters."""
    before, after = clean(change.before, _SHOWN).text, clean(change.after, _SHOWN).text
    if not before:
        return f"{change.what} is now {after}."
    return f"{change.what} changed from {before} to {after or 'none'}."


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount for people: `12,000 EUR`, `0.50`; '' for none and for what is no number."""
    if amount is None or not amount.is_finite():
        return ""
    if abs(amount.adjusted()) > _MOST_DIGITS:
        figure = str(amount)
    elif amount == amount.to_integral_value():
        figure = f"{amount:,.0f}"
    else:
        exponent = amount.as_tuple().exponent
        figure = f"{amount:,.{max(2, -int(exponent))}f}"
    return f"{figure} {currency}" if currency else figure


def prefill(deal: DealFacts) -> Answers:
    """The handoff's first draft: products and plan, and the CRM's notes as far as the field holds them."""
    bought = [product.strip() for product in deal.products if product.strip()]
    if deal.plan and deal.plan.strip():
        bought.append(f"{deal.plan.strip()} plan" if deal.plan.strip().isalpha() else deal.plan.strip())
    return Answers(products=clean(", ".join(bought), TEXT).text, notes=_notes(deal.notes or ""))


def _notes(notes: str) -> str:
    whole = clean(notes, TEXT)
    if not whole.cut:
        return whole.text
    return clean(notes, TEXT - len(_CUT_NOTE)).text + _CUT_NOTE


def _card(deal: DealFacts) -> tuple[tuple[str, str], ...]:
    return (
        ("The deal's name", deal.name),
        ("The customer", deal.account.name),
        ("The customer's domain", deal.account.domain or ""),
        ("The segment", deal.account.segment or ""),
        ("The region", deal.account.region or ""),
        ("The amount", money(deal.amount, deal.currency)),
        ("The closing date", deal.closed_at.date().isoformat()),
        ("The seller", deal.owner_email),
        ("The CSM", deal.csm_email or ""),
        ("The CRM link", deal.crm_url or ""),
        ("The products", ", ".join(deal.products)),
        ("The plan", deal.plan or ""),
        ("The notes", deal.notes or ""),
        ("The playbook", deal.playbook or ""),
    )
