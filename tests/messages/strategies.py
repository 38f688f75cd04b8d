"""Any handoff: from nothing to lists of 200 with every text as long as it may be, of what breaks things."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain.deals import AccountFacts, DealFacts, DealState
from domain.handoff import FIELDS, Answers, HandoffState
from domain.handoff_lists import Commitment, Item, KeyDate, Metric, Phase, Stakeholder
from domain.handoff_score import completeness, promises
from domain.limits import ITEM_TEXT, ITEM_WORD, TEXT
from domain.picture import (
    ChannelPicture,
    CommitmentPicture,
    DealPicture,
    HandoffPicture,
    PersonCard,
    QuestionPicture,
)

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
NOW = datetime(2026, 12, 2, 9, 14, tzinfo=UTC)
ADA = PersonCard(1, "U01ADALIND", "Ada Lindqvist", "ada@northwind.example", "sv-SE", "Europe/Stockholm")
CHLOE = PersonCard(3, "U03CHLOEDV", "Chloé de Vries", "chloe@northwind.example", "nl-NL", "Europe/Amsterdam")

UNITS = (
    *("a", "& ", "<!channel> ", "<@U01ADALIND>", "*bold* _it_ `x` ", "🎉", "👩‍👩‍👧", "é", "漢字", "מזל טוב "),
    *("\n", " \n\n", "\u202e", "\u200b", "https://example.com/a?b=c&d=e ", '"Söns" ', "&amp;", "<<<>>>", "# | [x](y) "),
)

texts = {limit: st.builds(lambda unit, n, limit=limit: (unit * n)[:limit], st.sampled_from(UNITS),
         st.sampled_from((0, 1, 2, 30, limit))) for limit in (ITEM_WORD, ITEM_TEXT, TEXT)}  # fmt: skip
days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
word, long = texts[ITEM_WORD], texts[ITEM_TEXT]

_ITEMS: dict[str, st.SearchStrategy[Any]] = {
    "success_metrics": st.builds(Metric, id=st.just(""), metric=word, start=word, target=word, by=days, by_words=word),
    "key_dates": st.builds(KeyDate, id=st.just(""), label=word, on=days, words=word),
    "stakeholders": st.builds(
        Stakeholder,
        id=st.just(""),
        name=word,
        role=word,
        cares_about=long,
        phases=st.frozensets(st.sampled_from(Phase)),
        contact=word,
    ),
    "commitments": st.builds(Commitment, id=st.just(""), text=long, owner=word, due=days, due_words=word),
}


def _many(templates: list[Item], count: int, prefix: str) -> tuple[Item, ...]:
    made: list[Item] = []
    for number in range(count if templates else 0):
        item = templates[number % len(templates)]
        values = {name: getattr(item, name) for name in item.__slots__}
        made.append(type(item)(**values | {"id": f"{prefix}{number}"}))
    return tuple(made)


lists = {
    name: st.builds(
        _many,
        st.lists(items, max_size=3),
        st.sampled_from((0, 1, 3, 40, 41, 200)),
        st.sampled_from(("i", "漢" * 150, "x" * 190)),
    )
    for name, items in _ITEMS.items()
}
answers = st.builds(Answers, **{f.name: texts[TEXT] for f in FIELDS if f.kind == "text"}, **lists)


def picture_of(
    filled: Answers,
    state: HandoffState = HandoffState.SUBMITTED,
    *,
    version: int = 3,
    gaps: str = "",
    name: str = "Fjordbank",
    private: bool = True,
    outsiders: bool = False,
    promise_state: str = "open",
    questions: int = 0,
) -> DealPicture:
    """The deal with this handoff, as storage reads it."""
    decided = state in (HandoffState.ACCEPTED, HandoffState.RETURNED)
    handoff = HandoffPicture(
        id=7,
        state=state,
        version=version,
        answers=filled,
        score=completeness(filled).score,
        gaps=gaps,
        requested_at=NOW,
        submitted_at=NOW,
        submitted_by=ADA,
        decided_at=NOW if decided else None,
        decided_by=CHLOE if decided else None,
    )
    promised = [
        CommitmentPicture(n, one.id, one.text, one.owner, one.due, promise_state, "see the ticket", CHLOE, NOW)
        for n, one in enumerate(promises(filled), start=1)
    ]
    asked = [QuestionPicture(n, n, "Who signs?", "open", CHLOE, ADA, NOW) for n in range(1, questions + 1)]
    return DealPicture(
        id=12,
        workspace_id=1,
        facts=DealFacts("D-1", "Fjordbank Pro", AccountFacts("A-1", name), NOW, "ada@northwind.example"),
        state=DealState.OPEN,
        stage="",
        probability_percent=None,
        expected_close=None,
        ae=ADA,
        csm=CHLOE,
        csm_why="",
        channel=ChannelPicture("C0DEAL00001", "deal-fjordbank", private, outsiders),
        handoff=handoff,
        questions=tuple(asked),
        commitments=tuple(promised),
    )


pictures = st.builds(
    picture_of,
    answers,
    st.sampled_from((HandoffState.SUBMITTED, HandoffState.ACCEPTED, HandoffState.RETURNED)),
    gaps=texts[TEXT],
    name=word.filter(lambda text: bool(text.strip())),
    private=st.booleans(),
    outsiders=st.booleans(),
    promise_state=st.sampled_from(("open", "done", "withdrawn")),
    questions=st.sampled_from((0, 1, 200)),
)
