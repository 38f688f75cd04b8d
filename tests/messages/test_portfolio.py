from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.plan_picture import State
from domain.portfolio import Danger, Portfolio, Reason, Standing, portfolio, to_json
from messages.blocks import characters
from messages.portfolio import next_words, portfolio_digest, reason_words
from messages.say import Message, Quiet
from tests.domain.weeks import AMSTERDAM, MONDAY, WEEKDAYS, at, kickoff, milestone, plan
from tests.messages.checks import check_message, formatted
from tests.messages.pictures import HOSTILE, RIGHT_TO_LEFT
from tests.messages.shown import words_in

DAY = timedelta(days=1)


def standing(number: int, name: str = "", title: str = "Data loaded") -> Standing:
    steps = [
        milestone(1, MONDAY - number * DAY, title=title),
        milestone(2, state=State.BLOCKED, title=title, unblocker=title),
        kickoff(),
    ]
    return Standing(number, name or f"Customer {number}", f"C0{number:06d}", 2, plan(*steps))


def of(*standings: Standing) -> dict[str, Any]:
    return to_json(portfolio(standings, today=MONDAY, zone=AMSTERDAM, days=WEEKDAYS))


def to_csm(mine: dict[str, Any]) -> Message | Quiet:
    facts = {"to": "csm", "day": MONDAY.isoformat(), "team": "T0NORTHWND", "mine": mine}
    return portfolio_digest(facts, at(MONDAY))


def to_lead(team: Sequence[tuple[str, dict[str, Any]]]) -> Message | Quiet:
    facts = {"to": "lead", "day": MONDAY.isoformat(), "team": "T0NORTHWND", "team_of": [list(one) for one in team]}
    return portfolio_digest(facts, at(MONDAY))


def taken(said: Message | Quiet) -> str:
    assert isinstance(said, Message)
    check_message(said)
    assert characters(list(said.blocks)) < 11_000
    return words_in(list(said.blocks))


def test_names_three_deals_with_reasons_and_the_next_action_and_counts_the_rest() -> None:
    said = to_csm(of(*(standing(n) for n in range(1, 81))))
    words = taken(said)
    assert "Your portfolio: 80 deals, 80 at risk." in words
    assert words.count("*Next*:") == 3
    assert "*Customer 78* <#C0000078>\n• “Data loaded” is 56 working days overdue\n" in words
    assert "• no kickoff 20 working days after the close" in words
    assert "*Next*: do it, or move it to a day that holds." in words
    assert "77 more deals are at risk, less than these." in words


def test_opens_the_plan_and_the_channel() -> None:
    said = to_csm(of(standing(7)))
    assert isinstance(said, Message)
    (buttons,) = [one["elements"] for one in said.blocks if one["type"] == "actions"]
    assert [(one["action_id"], one.get("value"), one.get("url")) for one in buttons] == [
        ("plan_all", '{"deal":7}', None),
        ("open_link", None, "https://slack.com/app_redirect?channel=C0000007&team=T0NORTHWND"),
    ]


def test_a_calm_portfolio_is_one_line_and_an_empty_one_nothing() -> None:
    calm = to_csm(to_json(Portfolio(12)))
    assert taken(calm) == "Your portfolio, Mon 30 Nov 2026: all 12 deals are on their way."
    assert taken(to_csm(to_json(Portfolio(1)))).endswith("the one deal is on its way.")
    assert isinstance(to_csm(to_json(Portfolio(0))), Quiet)
    assert isinstance(to_lead([]), Quiet)
    assert taken(to_lead([("U1", to_json(Portfolio(3)))])).endswith("all 3 deals are on their way.")


def test_the_lead_sees_each_csm_with_at_most_three() -> None:
    team = [
        ("U0000ONE", of(*(standing(n) for n in range(1, 6)))),
        ("U0000TWO", of(standing(9))),
        ("", of(standing(3))),
        ("U00CALM1", to_json(Portfolio(4))),
    ]
    words = taken(to_lead(team))
    assert "The team's portfolio: 11 deals, 7 at risk with 3 CSMs." in words
    assert "<@U0000ONE>: 5 deals, 5 at risk\n• *Customer 5*" in words
    assert words.count("\n• *Customer") == 5
    assert "*Nobody is CSM*: 1 deal, 1 at risk" in words
    assert "4 deals of 1 other CSM are on their way." in words
    assert words.index("U0000TWO") < words.index("U0000ONE")


@pytest.mark.parametrize("text", ["", "x" * 300, HOSTILE * 10, RIGHT_TO_LEFT * 20, "🎉" * 200])
def test_a_lead_of_50_csms_with_80_deals_each_gets_one_message(text: str) -> None:
    some = of(*(standing(n, text, text or "Data loaded") for n in range(1, 81)))
    said = to_lead([(f"U{number:08d}", some) for number in range(50)])
    words = taken(said)
    assert isinstance(said, Message)
    assert not any("<!channel>" in found for found in formatted([said.text, *said.blocks]))
    named = words.count("<@U000000")
    left = 50 - named
    assert named >= 20
    assert (f"… and {left} more CSMs with {80 * left:,} deals at risk" in words) == (left > 0)
    assert words.count("→") >= named


def test_a_deal_named_to_break_things_is_taken() -> None:
    mine = of(*(standing(n, HOSTILE * 40, HOSTILE * 40) for n in range(1, 9)))
    said = to_csm(mine)
    taken(said)
    assert isinstance(said, Message)
    assert not any("<!channel>" in found for found in formatted([said.text, *said.blocks]))


@pytest.mark.parametrize("danger", Danger)
@pytest.mark.parametrize("count", [1, 4])
def test_every_reason_has_words(danger: Danger, count: int) -> None:
    one = Reason(danger, 10, 6, count, "Data loaded", "Jonas")
    for said in (reason_words(one), next_words(one), next_words(replace(one, what="", who=""))):
        assert said
        assert not said.endswith(".")
