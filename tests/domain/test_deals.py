from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deals import AccountFacts, DealFacts, changes, format_change, money, prefill
from domain.handoff import Answers, too_large
from domain.limits import TEXT

ACME = AccountFacts("a1", "Acme", "acme.com", "Enterprise", "EMEA")
DEAL = DealFacts(
    "d1",
    "Acme – Pro",
    ACME,
    datetime(2026, 12, 1, 9, tzinfo=UTC),
    "ada@example.com",
    amount=Decimal("12000.00"),
    currency="EUR",
    products=("Core", "Analytics"),
    plan="Pro",
    notes="Loves the API",
)


def test_the_same_facts_have_not_changed() -> None:
    assert changes(DEAL, replace(DEAL, amount=Decimal(12000))) == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount": Decimal("15000.50")}, "The amount changed from 12,000 EUR to 15,000.50 EUR."),
        ({"csm_email": "bo@example.com"}, "The CSM is now bo@example.com."),
        ({"notes": None}, "The notes changed from Loves the API to none."),
        ({"account": replace(ACME, region="US")}, "The region changed from EMEA to US."),
        ({"products": ("Core",)}, "The products changed from Core, Analytics to Core."),
    ],
)
def test_says_what_changed(changed: dict[str, object], sentence: str) -> None:
    (change,) = changes(DEAL, replace(DEAL, **changed))
    assert format_change(change) == sentence


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (None, "EUR", ""),
        (Decimal(0), None, "0"),
        (Decimal("1E+6"), "SEK", "1,000,000 SEK"),
        (Decimal("0.5"), "EUR", "0.50 EUR"),
        (Decimal("-3.25"), "USD", "-3.25 USD"),
        (Decimal("0.125"), "KWD", "0.125 KWD"),
        (Decimal("1E+900000"), "EUR", "1E+900000 EUR"),
        (Decimal("NaN"), "EUR", ""),
    ],
)
def test_money_is_for_people(amount: Decimal | None, currency: str | None, shown: str) -> None:
    assert money(amount, currency) == shown


def test_the_draft_starts_with_what_the_crm_knows() -> None:
    assert prefill(DEAL) == Answers(products="Core, Analytics, Pro plan", notes="Loves the API")
    assert prefill(replace(DEAL, products=(), plan=None, notes=None)) == Answers()


def test_long_notes_are_not_cut_in_silence() -> None:
    notes = prefill(replace(DEAL, notes="x" * 10_000)).notes
    assert len(notes) <= TEXT
    assert notes.endswith("all of them are on the deal card.)")


@given(st.lists(st.text()).map(tuple), st.text(), st.text())
def test_whatever_the_crm_sends_fits(products: tuple[str, ...], plan: str, notes: str) -> None:
    draft = prefill(replace(DEAL, products=products, plan=plan, notes=notes))
    assert too_large(draft) == {}
    assert "\x00" not in draft.products + draft.notes
