from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from domain.home import (
    CUSTOMERS_SHOWN,
    SELLERS_SHOWN,
    WAITING_SHOWN,
    Accept,
    Arrow,
    Counts,
    Customer,
    HomePicture,
    LateKickoff,
    Level,
    Looking,
    Owing,
    Show,
    Tab,
    Team,
    Urgency,
    Wait,
    Waiting,
    looking_of,
    searched,
)
from domain.morning import Item
from domain.portfolio import Danger, Reason
from domain.reminders import Occurrence, Subject
from domain.usage_rules import Told
from messages.home import home_view
from messages.values import unpack
from tests.messages.checks import check_view, formatted, strings
from tests.messages.pictures import ADA, CHLOE, HOSTILE, NOW, RIGHT_TO_LEFT
from tests.messages.shown import words_in
from tests.usage import card

TODAY: Final = NOW.date()
LATE: Final = Reason(Danger.OVERDUE, 30, 5, 2, HOSTILE)


def customer(number: int = 1, **changes: Any) -> Customer:  # noqa: ANN401
    usual = Customer(number, "Fjordbank", "Fjordbank Pro", "C0DEAL0001", opening=False, level=Level.HEALTHY, reasons=())
    return replace(usual, **changes)


def item(number: int = 1, **changes: Any) -> Item:  # noqa: ANN401
    one = Item(Occurrence(Subject.MILESTONE, number, "open", TODAY), 7, "Fjordbank", "C0DEAL0001", "Data loaded", 4)
    return replace(one, **({"due": TODAY - timedelta(days=3), "late": 3} | changes))


def home(**changes: Any) -> HomePicture:  # noqa: ANN401
    return replace(HomePicture(CHLOE, TODAY, (Tab.CSM,), Looking()), **changes)


def full(hostile: str) -> HomePicture:
    """As much as a Home can hold, for the lead, who has every role."""
    risky = customer(
        name=hostile * 9,
        deal=hostile * 8,
        level=Level.AT_RISK,
        reasons=(LATE, LATE),
        csm=CHLOE.slack_id,
        ae=ADA.slack_id,
        handoff="returned",
        settled=3,
        total=14,
        day=12,
        next_title=hostile * 9,
        next_due=TODAY,
        questions=1_200,
        fall=card(1, NOW, account_name=hostile),
    )
    return home(
        tabs=tuple(Tab),
        looking=Looking(Tab.LEAD, Show.ALL, 2, 1, searched(hostile)),
        waiting=Waiting(
            {(urgency, wait): 1_000 for urgency in Urgency for wait in Wait},
            tuple(
                item(title=hostile * 9, customer=hostile * 9, state="blocked", why=hostile)
                for _ in range(WAITING_SHOWN)
            ),
        ),
        counts=Counts(100_000, 50_000, 70_000),
        rows=tuple(replace(risky, deal_id=at) for at in range(CUSTOMERS_SHOWN)),
        team=Team(
            tuple(Owing(ADA.slack_id, 1_000, TODAY, 99) for _ in range(SELLERS_SHOWN)),
            500,
            90_000,
            Told(1_000, 400, 100, 300, 50, (hostile * 9, hostile, hostile)),
            TODAY - timedelta(days=90),
        ),
    )


@given(st.sampled_from([HOSTILE, RIGHT_TO_LEFT, "x" * 300]))
def test_a_full_home_is_one_slack_takes(hostile: str) -> None:
    view = check_view(home_view(full(hostile)))
    assert len(view["blocks"]) <= 60
    assert not [text for text in formatted([view["blocks"]]) if "<!channel>" in text or f"<@{ADA.slack_id}> *b" in text]


def test_what_waits_and_what_is_shown() -> None:
    waiting = Waiting(
        {(Urgency.LATE_KICKOFF, Wait.KICKOFF): 1, (Urgency.HANDOFF, Wait.ACCEPT): 2, (Urgency.OVERDUE, Wait.PLAY): 3},
        (
            LateKickoff(7, "Fjordbank", "C0DEAL0001", 7, None),
            LateKickoff(8, "Northern", "", 9, NOW - timedelta(days=2)),
            Accept(9, "Tulip", "C0DEAL0002", 2, 85, NOW, ADA.slack_id),
            item(),
        ),
    )
    view = check_view(home_view(home(waiting=waiting, counts=Counts(1), rows=(customer(),))))
    words = words_in(view["blocks"])
    assert "1 late kickoff, 2 handoffs to accept and 3 overdue" in words
    assert "No kickoff* 7 working days after the close" in words
    assert "Was the kickoff held?" in words
    assert "85 % complete" in words
    assert "Overdue 3 working days" in words
    for label in ("Book", "Book again", "Held", "Accept", "Return", "Read it", "Done", "Move"):
        assert label in words.splitlines(), label
    assert "Nothing waits" not in words


def test_nothing_waits_only_when_nothing_does() -> None:
    assert "Nothing waits for you today" in words_in(home_view(home())["blocks"])


def test_a_customer_in_short() -> None:
    rows = (
        customer(settled=2, total=8, day=12, next_title="Training held", next_due=TODAY, usage=Arrow.UP, questions=2),
        customer(2, name="Northern", deal="Relaunch", opening=True, level=Level.AT_RISK, reasons=(LATE,)),
        customer(3, total=9, settled=9, finished=True, handoff="submitted", fall=card(1, NOW)),
    )
    words = words_in(home_view(home(rows=rows, counts=Counts(3)))["blocks"])
    assert ":large_green_circle: Healthy · *Fjordbank* <#C0DEAL0001> · Pro" in words
    assert "2 of 8, day 12 · next: Training held, Mon 23 Nov · :arrow_upper_right: usage up · 2 open questions" in words
    assert ":red_circle: At risk · *Northern* <#C0DEAL0001> · Relaunch" in words
    assert "5 working days overdue and 1 more_ → do it, or move it to a day that holds" in words
    assert "plan finished, 9 milestones · handoff waits for the CSM" in words
    assert "usage −71 %" in words


def test_everything_is_remembered_in_the_view_and_its_buttons() -> None:
    looking = Looking(Tab.SELLER, Show.RISK, 1, 0, "acme")
    view = home_view(home(tabs=(Tab.CSM, Tab.SELLER), looking=looking, counts=Counts(40, 30, 20), rows=(customer(),)))
    assert looking_of(unpack(view["private_metadata"])) == looking
    buttons = {
        element["text"]["text"]: looking_of(unpack(element["value"]))
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert buttons["More"] == replace(looking, page=2)
    assert buttons["Back"] == replace(looking, page=0)
    assert buttons["All (40)"] == replace(looking, show=Show.ALL, page=0)
    assert buttons["Clear the search"] == replace(looking, search="", page=0)
    assert buttons["Customer success"] == Looking(Tab.CSM)
    field = next(block for block in view["blocks"] if block["type"] == "input")
    assert field["element"]["initial_value"] == "acme"


def test_a_single_role_has_no_tabs_and_a_single_page_no_buttons() -> None:
    words = list(strings(home_view(home(rows=(customer(),), counts=Counts(1)))["blocks"]))
    assert not {"Customer success", "Sales", "More", "Back"} & set(words)


def test_the_teams_alerts_in_numbers() -> None:
    team = Team((), 0, 0, Told(14, 9, 1, 2, 4, ("seasonal",)), TODAY - timedelta(days=90))
    words = words_in(home_view(home(tabs=(Tab.LEAD,), looking=Looking(Tab.LEAD), team=team))["blocks"])
    assert "*14 alerts* since Tue 25 Aug: 9 acted on (64 %), 1 snoozed (7 %) and 2 not useful (14 %)." in words
    assert "With 4 customers usage came back." in words
    assert "“seasonal”" in words
    assert "No handoff is late" in words
