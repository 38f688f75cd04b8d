"""One customer in the list of a Home: how they are, how far, what is next; one block each."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from domain.handoff import HandoffState
from domain.home import Arrow, Customer, Level, Tab
from messages.blocks import button, section
from messages.brief import bar
from messages.ids import ACT_PLAN_ALL
from messages.portfolio import next_words, reason_words
from messages.say import Block
from messages.text import channel_link, mention, plural, short, short_day
from messages.usage_numbers import percent
from messages.values import pack

_LEVELS: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.HEALTHY: ":large_green_circle: Healthy",
        Level.WATCH: ":large_yellow_circle: Watch",
        Level.AT_RISK: ":red_circle: At risk",
    }
)
_ARROWS: Final[Mapping[Arrow, str]] = MappingProxyType(
    {
        Arrow.UP: ":arrow_upper_right: usage up",
        Arrow.FLAT: ":arrow_right: usage steady",
        Arrow.DOWN: ":arrow_lower_right: usage down",
    }
)
_HANDOFFS: Final[Mapping[str, str]] = MappingProxyType(
    {
        HandoffState.REQUESTED.value: "handoff not begun",
        HandoffState.DRAFTING.value: "handoff being written",
        HandoffState.SUBMITTED.value: "handoff waits for the CSM",
        HandoffState.RETURNED.value: "handoff given back",
    }
)
_NAME: Final = 60
_TITLE: Final = 80


def customer_block(one: Customer, today: date, tab: Tab) -> Block:
    """A customer in two or three lines, with a button to their plan."""
    lines = [_head(one, tab), _progress(one, today)]
    if one.reasons:
        first = one.reasons[0]
        more = f" (and {plural(len(one.reasons) - 1, 'more reason')})" if len(one.reasons) > 1 else ""
        lines.append(f"_{reason_words(first)}{more}_ → {next_words(first)}")
    plan = button("Plan", ACT_PLAN_ALL, pack(deal=one.deal_id)) if one.total else None
    return section("\n".join(lines), plan)


def _head(one: Customer, tab: Tab) -> str:
    deal = short(_without(one.name, one.deal), _NAME)
    where = f" {channel_link(one.channel_id)}" if one.channel_id else ""
    parts = [f"*{short(one.name, _NAME)}*{where}", *([deal] if deal else [])]
    if tab is not Tab.CSM:
        parts.append(f"CSM {mention(one.csm)}" if one.csm else "nobody is CSM")
    if tab is Tab.LEAD and one.ae:
        parts.append(f"seller {mention(one.ae)}")
    return f"{_LEVELS[one.level]} · {' · '.join(parts)}"


def _without(customer: str, deal: str) -> str:
    """A deal's name as far as it says more than its customer's."""
    begins = deal.casefold().startswith(customer.casefold())
    return deal[len(customer) :].strip(" -–—:,·/") if begins else deal


def _progress(one: Customer, today: date) -> str:
    parts: list[str] = []
    if one.opening:
        parts.append("its channel is being made")
    if one.finished:
        parts.append(f"plan finished, {plural(one.total, 'milestone')}")
    elif one.total:
        since = f", day {one.day}" if one.day is not None else ""
        parts.append(f"{bar(one.percent)} {one.settled} of {one.total}{since}")
    if one.handoff in _HANDOFFS:
        parts.append(_HANDOFFS[one.handoff])
    if one.next_title:
        due = f", {short_day(one.next_due, today)}" if one.next_due else ""
        late = " :warning:" if one.next_due is not None and one.next_due < today else ""
        parts.append(f"next: {short(one.next_title, _TITLE)}{due}{late}")
    if one.fall is not None:
        parts.append(f":arrow_lower_right: usage {percent(-one.fall.missing)}")
    elif one.usage is not None:
        parts.append(_ARROWS[one.usage])
    if one.questions:
        parts.append(plural(one.questions, "open question"))
    return " · ".join(parts) or "no plan yet"
