from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import Answers
from domain.retro import LEAST, First, Forgets, retro

FULL = Answers(products="Pro, 40 seats", problem="Logins take a whole minute every morning.")
THIN = Answers(products="Pro, 40 seats")


def test_all_together_and_by_seller() -> None:
    firsts = [First("U1", THIN)] * 4 + [First("U2", FULL)] * LEAST + [First("U3", THIN)]
    whole, sellers = retro(firsts, {"U1": 2, "": 1}, {"U2": 1})
    assert (whole.handoffs, whole.returned, whole.asked) == (8, 3, 1)
    assert [one.seller for one in sellers] == ["U1", "U2", "U3"]
    first, second, third = sellers
    assert (first.returned, first.asked, first.is_telling) == (2, 0, True)
    assert all(count == 4 for _, count in first.missing)
    assert "problem" not in dict(second.missing)
    assert not third.is_telling, "too few to conclude anything, however bad"


def test_nothing_handed_in() -> None:
    assert retro([], {}, {}) == (Forgets("*", 0), ())


@given(st.lists(st.sampled_from(["", "U1", "U2"]), max_size=30))
def test_no_field_is_missing_more_often_than_there_are_handoffs(sellers: list[str]) -> None:
    whole, parts = retro([First(one, THIN) for one in sellers], {}, {})
    assert sum(one.handoffs for one in parts) == whole.handoffs == len(sellers)
    for one in (whole, *parts):
        assert all(count <= one.handoffs for _, count in one.missing)
        assert one.trouble >= 0
