from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import Choice, CsmLoad, choose_csm

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def csm(
    person_id: str,
    open_deals: int = 0,
    *,
    regions: tuple[str, ...] = (),
    segments: tuple[str, ...] = (),
    days_ago: int | None = None,
    active: bool = True,
    away: bool = False,
) -> CsmLoad:
    last = None if days_ago is None else NOW - timedelta(days=days_ago)
    return CsmLoad(person_id, frozenset(regions), frozenset(segments), open_deals, last, active, away)


@pytest.mark.parametrize(
    ("csms", "chosen"),
    [
        ([], None),
        ([csm("a", active=False)], None),
        ([csm("a", away=True)], None),
        ([csm("a", 3), csm("b", 1)], "b"),
        ([csm("a", 1, days_ago=2), csm("b", 1, days_ago=9)], "b"),
        ([csm("a", 1, days_ago=2), csm("b", 1)], "b"),
        ([csm("b", 1), csm("a", 1)], "a"),
        ([csm("a", 0, regions=("APAC",)), csm("b", 9, regions=("emea ",))], "b"),
        ([csm("a", 0, regions=("EMEA",), segments=("SMB",)), csm("b", 9, regions=("EMEA",), segments=("Ent",))], "b"),
        ([csm("a", 0), csm("b", 9, regions=("EMEA",), segments=("Ent",))], "a"),
        # Nobody fits both: the region counts before the segment, the segment before nothing.
        ([csm("a", 0, regions=("APAC",), segments=("Ent",)), csm("b", 9, regions=("EMEA",), segments=("SMB",))], "b"),
        ([csm("a", 0, regions=("APAC",), segments=("SMB",)), csm("b", 9, regions=("APAC",), segments=("Ent",))], "b"),
        ([csm("a", 5, regions=("APAC",), segments=("SMB",)), csm("b", 2, regions=("US",), segments=("SMB",))], "b"),
        ([csm("a", 0, regions=("EMEA",), away=True), csm("b", 9, regions=("EMEA",))], "b"),
    ],
)
def test_chooses_by_fit_load_and_wait(csms: list[CsmLoad], chosen: str | None) -> None:
    choice = choose_csm(csms, "EMEA", "Ent")
    assert choice.person_id == chosen
    assert choice.why.endswith(".")


def test_says_why() -> None:
    assert choose_csm([csm("a", 3), csm("b", 1)], "EMEA", "Ent") == Choice(
        "b", "Fewest open deals (1) among the CSMs for EMEA and Ent."
    )
    assert "never had one" in choose_csm([csm("a", 1, days_ago=1), csm("b", 1)], None, None).why
    assert "none present takes Ent there" in choose_csm([csm("a", segments=("SMB",))], "EMEA", "Ent").why


def test_a_deal_without_region_fits_any() -> None:
    assert choose_csm([csm("a", regions=("APAC",), segments=("SMB",))], None, " ").person_id == "a"


names = st.sampled_from(["EMEA", "APAC", "US"])
loads = st.lists(
    st.builds(
        CsmLoad,
        st.sampled_from("abcdef"),
        st.frozensets(names),
        st.frozensets(names),
        st.integers(0, 3),
        st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda load: load.person_id,
)


@given(loads, st.one_of(st.none(), names), st.one_of(st.none(), names), st.randoms())
def test_order_does_not_matter_and_only_present_people_are_chosen(
    csms: list[CsmLoad], region: str | None, segment: str | None, random: object
) -> None:
    choice = choose_csm(csms, region, segment)
    shuffled = sorted(csms, key=lambda _: random.random())
    assert choose_csm(shuffled, region, segment) == choice
    present = {load.person_id for load in csms if load.active and not load.away}
    assert choice.person_id in (present or {None})
