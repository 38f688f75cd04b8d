"""Amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deals import money
from domain.money import read_amount
from domain.outcome import Refused


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("48000", "48000"),
        ("48,000", "48000"),
        ("48.000", "48000"),
        ("48 000", "48000"),
        ("1\u00a0234\u00a0567,5", "1234567.5"),
        ("1'234'567.89", "1234567.89"),
        ("48.000,50", "48000.50"),
        ("48,000.50", "48000.50"),
        ("0", "0"),
        ("12,5", "12.5"),
        ("４８０００", "48000"),
    ],
)
def test_amounts_are_read(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["lots", "-5", "1e9", "48k", "EUR 5", "1,2,3", "1,23,456", "1.000,000.5", "5,", ".5", "9" * 16, "1,0000"]
)
def test_everything_else_is_refused_with_an_example(text: str) -> None:
    refused = read_amount(text)
    assert isinstance(refused, Refused)
    assert "48000" in refused.reason


def test_nothing_is_no_amount() -> None:
    assert read_amount("  ") is None


@given(st.decimals(0, 10**15 - 1, places=2))
def test_what_baton_writes_it_reads(amount: Decimal) -> None:
    assert read_amount(money(amount, None)) == amount


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    found = read_amount(text)
    assert found is None or isinstance(found, (Decimal, Refused))
