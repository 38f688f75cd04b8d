"""The question to the lead stays inside Slack's limits, whatever is in it."""

import pytest

from messages.unsure import delivery_unsure
from storage.unsure import MOST
from tests.messages.checks import check_message, shown
from tests.messages.pictures import NOW
from tests.messages.test_builders import TEXTS


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_slack_takes_a_full_message(text: str) -> None:
    letter = {
        **{"kind": "handoff_requested", "audience": "deal", "channel": "C1", "customer": text},
        **{"since": NOW.isoformat(), "why": text},
    }
    letters = [{**letter, "notice": number} for number in range(MOST)]
    answered = {"decided": "arrived", "by": "U1", "at": NOW.isoformat()}
    check_message(delivery_unsure({"letters": letters}, NOW))
    check_message(delivery_unsure({"letters": [{**one, **answered} for one in letters]}, NOW))


@pytest.mark.parametrize(
    ("audience", "place"),
    [
        ("cs", "in the customer-success channel"),
        ("person:U1", "to <@U1>"),
        ("channel:C9", "in <#C9>"),
        ("deal", "for Fjordbank, "),
    ],
)
def test_it_says_where_to_look(audience: str, place: str) -> None:
    letter = {
        **{"notice": 1, "kind": "weekly_summary", "audience": audience, "channel": "", "customer": "Fjordbank"},
        **{"since": NOW.isoformat(), "why": "conversations.history: missing_scope"},
    }
    said = shown(delivery_unsure({"letters": [letter]}, NOW))
    assert place in said
    assert "the scope that is missing" in said
