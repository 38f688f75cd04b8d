import unicodedata
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.channel import candidates, channel_name, is_valid, slug
from domain.limits import CHANNEL_NAME


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("Acme", "deal-acme"),
        ("Smith & Sons, Ltd.", "deal-smith-sons-ltd"),
        ("O'Brien’s", "deal-obriens"),
        ("株式会社アクメ", "deal-株式会社アクメ"),
        ("Ångström İstanbul ÉCOLE", "deal-ångström-istanbul-école"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "deal-full-width"),
        ("<!channel>", "deal-channel"),
        ("snake_case", "deal-snake_case"),
        ("--a---b--", "deal-a-b"),
        ("شركة عربية", "deal-شركة-عربية"),
        ("e\u0301cole", "deal-école"),
        ("🎉🎉", "deal-d-42"),
        ("", "deal-d-42"),
        ("___", "deal-d-42"),
        ("x" * 10_000, "deal-" + "x" * 75),
        ("a" * 74 + " b", "deal-" + "a" * 74),
    ],
)
def test_names_a_channel_after_the_account(account: str, name: str) -> None:
    assert channel_name(account, "D/42") == name


def test_an_unusable_id_still_gives_a_stable_name() -> None:
    name = channel_name("🎉", "💥")
    assert name == channel_name("?!", "💥")
    assert name != channel_name("🎉", "💣")
    assert is_valid(name)


@given(st.text(), st.text())
@example("\ud800", "\ud800")
@example("Σ" * 90, "")
@example("ﷺ" * 30, "")
def test_always_a_valid_bounded_name(account: str, deal_id: str) -> None:
    name = channel_name(account, deal_id)
    assert 5 < len(name) <= CHANNEL_NAME
    assert is_valid(name)
    assert name == name.lower()
    assert all(letter.isalpha() or letter.isdecimal() or letter in "-_" for letter in name)
    assert "--" not in name
    assert name[-1] not in "-_"


@given(st.text())
@example("가" + "\u0323" + "\u11a8")
@example("ᄀ\u0300ᅡ")
def test_a_slug_rests(text: str) -> None:
    once = slug(text)
    assert slug(once) == once
    assert unicodedata.normalize("NFKC", once) == once


@given(st.text(min_size=1, max_size=120), st.integers(2, 300))
def test_candidates_differ_and_fit(account: str, many: int) -> None:
    names = list(islice(candidates(channel_name(account, "id")), many))
    assert len(set(names)) == many
    assert all(is_valid(name) and "--" not in name for name in names)
    assert names[1].endswith("-2")


def test_candidates_start_with_the_name_itself() -> None:
    assert list(islice(candidates("deal-acme"), 3)) == ["deal-acme", "deal-acme-2", "deal-acme-3"]
    long = "deal-" + "x" * 75
    assert list(islice(candidates(long), 2)) == [long, long[:78] + "-2"]


@pytest.mark.parametrize("name", ["", "Upper", "a b", "a.b", "a" * 81, "a\u0301", "Ⅳ"])
def test_refuses_what_slack_refuses(name: str) -> None:
    assert not is_valid(name)
