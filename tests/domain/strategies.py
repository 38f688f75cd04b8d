"""Values for property tests of the handoff."""

from datetime import date

from hypothesis import strategies as st

from domain.handoff import FIELDS, Answers
from domain.handoff_lists import Commitment, KeyDate, Metric, Phase, Stakeholder

TEXT_FIELDS = tuple(field.name for field in FIELDS if field.kind == "text")
LIST_FIELDS = tuple(field.name for field in FIELDS if field.kind == "list")

ids = st.sampled_from([f"id{number}" for number in range(8)])
words = st.one_of(st.just(""), st.sampled_from(["none", "tbd", "Ada", "cost", "无", "   "]), st.text(max_size=30))
days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
phases = st.frozensets(st.sampled_from(Phase))

metrics = st.builds(Metric, id=ids, metric=words, start=words, target=words, by=days, by_words=words)
key_dates = st.builds(KeyDate, id=ids, label=words, on=days, words=words)
stakeholders = st.builds(Stakeholder, id=ids, name=words, role=words, cares_about=words, phases=phases, contact=words)
commitments = st.builds(Commitment, id=ids, text=words, owner=words, due=days, due_words=words)


def _unique(items: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, max_size=5, unique_by=lambda item: item.id).map(tuple)


item_lists = {
    "success_metrics": _unique(metrics),
    "key_dates": _unique(key_dates),
    "stakeholders": _unique(stakeholders),
    "commitments": _unique(commitments),
}
answers = st.builds(Answers, **dict.fromkeys(TEXT_FIELDS, words), **item_lists)
