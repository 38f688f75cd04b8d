"""Deals to show in the tests of messages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from domain.deals import AccountFacts, DealFacts, DealState
from domain.handoff import Answers, HandoffState
from domain.picture import ChannelPicture, CommitmentPicture, DealPicture, HandoffPicture, PersonCard, QuestionPicture

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADA: Final = PersonCard(1, "U01ADALIND", "Ada Lindqvist", "ada@northwind.example", "sv-SE", "Europe/Stockholm")
CHLOE: Final = PersonCard(2, "U03CHLOEDV", "Chloé de Vries", "chloe@northwind.example", "nl-NL", "Europe/Amsterdam")
EVA: Final = PersonCard(3, "U06EVANOVA", "Eva Novak", "eva@northwind.example", "en-GB", "Europe/London")
HOSTILE: Final = '<!channel> & "Söns" 🎉 <@U01ADALIND> *bold* `code`'
RIGHT_TO_LEFT: Final = "שלום עולם & <مرحبا>"


def facts(**changes: Any) -> DealFacts:  # noqa: ANN401
    """A deal as the CRM tells it."""
    usual = DealFacts(
        id="D-1042",
        name="Onboarding platform",
        account=AccountFacts("A-7", "Fjordbank AS", "fjordbank.example", "mid-market", "EMEA"),
        closed_at=NOW - timedelta(days=3),
        owner_email=ADA.email,
        amount=Decimal(48000),
        currency="EUR",
        crm_url="https://crm.example/deals/D-1042",
        products=("Core", "Analytics"),
        plan="Growth",
        notes="They go live before the year's end.",
    )
    return replace(usual, **changes)


def handoff(state: HandoffState = HandoffState.REQUESTED, **changes: Any) -> HandoffPicture:  # noqa: ANN401
    """A handoff in this state."""
    usual = HandoffPicture(5, state, 0, Answers(), 0, "", NOW - timedelta(days=1))
    return replace(usual, **changes)


def submitted(**changes: Any) -> HandoffPicture:  # noqa: ANN401
    """A handoff that waits for the CSM."""
    given: dict[str, Any] = {
        "version": 2,
        "answers": Answers(products="Core", problem="Logins take a minute, people give up."),
        "score": 25,
        "submitted_at": NOW - timedelta(minutes=5),
        "submitted_by": ADA,
    }
    return handoff(**({"state": HandoffState.SUBMITTED} | given | changes))


def question(number: int = 1, **changes: Any) -> QuestionPicture:  # noqa: ANN401
    """An open question of the CSM."""
    text = "Who signs off the data migration?"
    return replace(QuestionPicture(number, number, text, "open", CHLOE, ADA, NOW - timedelta(hours=2)), **changes)


def promise(number: int = 1, **changes: Any) -> CommitmentPicture:  # noqa: ANN401
    """An open promise."""
    return replace(CommitmentPicture(number, f"c{number}", "Free migration", "Ada", None, "open"), **changes)


def picture(**changes: Any) -> DealPicture:  # noqa: ANN401
    """A deal that was just opened."""
    usual = DealPicture(
        id=7,
        workspace_id=1,
        facts=facts(),
        state=DealState.OPEN,
        stage="",
        probability_percent=None,
        expected_close=None,
        ae=ADA,
        csm=CHLOE,
        csm_why="Fewest open deals (1) among all CSMs.",
        channel=ChannelPicture("C0DEAL0001", "deal-fjordbank-as"),
        handoff=handoff(),
    )
    return replace(usual, **changes)


def hostile(text: str = HOSTILE) -> DealPicture:
    """A deal in which every text is ``text``."""
    person = replace(ADA, name=text)
    given = facts(
        name=text[:300],
        account=AccountFacts("A", text[:300], text[:200], text[:200], text[:200]),
        products=tuple([text[:300]] * 40),
        plan=text[:200],
        notes=text * 20,
        owner_email=text[:254],
        csm_email=text[:254],
    )
    return picture(
        facts=given,
        ae=None,
        csm=None,
        csm_why=text[:300],
        stage=text[:200],
        handoff=submitted(state=HandoffState.RETURNED, gaps=text[:3000], decided_at=NOW, decided_by=person, score=100),
        questions=tuple(
            question(number, text=text[:1000], answer=text[:1000], state=state, answered_by=person, answered_at=NOW)
            for number, state in enumerate(["open", "answered", "withdrawn"] * 10, 1)
        ),
        commitments=tuple(
            promise(number, text=text[:500], owner=text[:200], state=state, evidence=text[:1000])
            for number, state in enumerate(["open", "done", "withdrawn"] * 60, 1)
        ),
    )
