"""``/cs`` and ``/cs health``: one page of customers, the worst first, with why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from domain.health import Gap, Health, Sign
from domain.home import AT_RISK, CUSTOMERS_SHOWN, Counts, Customer, Level, Looking, Tab
from domain.portfolio import Reason
from messages.blocks import actions, button, characters, confirm, context, header, section
from messages.home_customers import customer_block
from messages.ids import ACT_CS_SHARE, ACT_CS_TURN
from messages.limits import MESSAGE_CHARACTERS
from messages.portfolio import next_words, reason_words
from messages.say import Block, Message
from messages.text import channel_link, day, joined, listed, plural, short
from messages.values import pack

PORTFOLIO: Final = "portfolio"
HEALTH: Final = "health"
_WHOSE: Final[Mapping[Tab, str]] = MappingProxyType(
    {Tab.CSM: "Your customers", Tab.SELLER: "Your deals", Tab.LEAD: "All customers"}
)
_STATES: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.HEALTHY: ":large_green_circle: healthy",
        Level.WATCH: ":large_yellow_circle: to be watched",
        Level.AT_RISK: ":red_circle: at risk",
    }
)
_SIGNS: Final[Mapping[Sign, str]] = MappingProxyType(
    {
        Sign.FINISHED: "the plan is finished",
        Sign.ON_TIME: "nothing of the plan is late or blocked",
        Sign.ACCEPTED: "the handoff is accepted",
        Sign.USAGE_UP: "usage goes up",
        Sign.USAGE_STEADY: "usage is steady",
        Sign.NO_QUESTIONS: "no question is open",
    }
)
_GAPS: Final[Mapping[Gap, str]] = MappingProxyType(
    {
        Gap.NO_PLAN: "there is no plan",
        Gap.NO_USAGE: "too little usage was told to say where it goes",
        Gap.NEVER_TALKED: "no conversation was recorded (`/cs log`)",
    }
)
_NAME: Final = 60
_ROOM: Final = 1_400
_KEPT: Final = 600
"""Characters for buttons and small print."""
SHARE: Final = confirm(
    "Share this here?", "Everybody in this channel will read it, guests included.", "Share", "Keep it to me"
)

NOBODY: Final = (
    "You have no customers yet. They appear once you are CSM or seller of an open deal; `/deal won` records one."
)


def portfolio_message(looking: Looking, counts: Counts, rows: Sequence[Customer], today: date) -> Message:
    """``/cs``: one screen, the most urgent first."""
    blocks = [customer_block(one, today, looking.tab) for one in rows]
    text = f"{_WHOSE[looking.tab]}, {day(today)}: {_count_words(counts)}"
    return _page(PORTFOLIO, text, looking, counts, blocks)


def health_message(
    looking: Looking, counts: Counts, rows: Sequence[Customer], health: Mapping[int, Health], today: date
) -> Message:
    """``/cs health``: why each of one's customers is healthy or at risk. ``health`` by our id of the deal."""
    blocks = [section(_health(one, health[one.deal_id])) for one in rows]
    text = f"How your customers are, {day(today)}: {_count_words(counts)}"
    return _page(HEALTH, text, looking, counts, blocks, how_it_is_judged())


def health_of_one(rows: Sequence[Customer], health: Mapping[int, Health]) -> Message:
    """The health of one customer, a part for each of its open deals."""
    blocks = [section(_health(one, health[one.deal_id])) for one in rows[:CUSTOMERS_SHOWN]]
    first = rows[0]
    return Message(
        f"{short(first.name, _NAME)} is {_plain(first.level)}.", [*_fitting(blocks), context(how_it_is_judged())]
    )


def no_open_deal(name: str) -> str:
    """The customer has no open deal; ``name`` as typed."""
    return f"*{short(name, _NAME)}* has no open deal: there is nothing to judge."


def how_it_is_judged() -> str:
    """The rule in one line: no score that nobody can check."""
    return (
        f"Each reason has its weight; from {AT_RISK} together a customer is at risk, with any it is watched. "
        "What speaks for a customer takes nothing off."
    )


def cs_shared(facts: Mapping[str, Any], now: datetime) -> Message:
    """What somebody shared. ``facts``: ``text``, ``blocks`` as they saw it, ``by`` their Slack id."""
    by = context(f"Shared by <@{facts['by']}> with `/cs`.")
    return Message(str(facts["text"]), [*facts["blocks"], by])


def without_buttons(blocks: Sequence[Block]) -> list[Block]:
    """What others read of it: the buttons are the asker's."""
    return [
        {name: value for name, value in block.items() if name != "accessory"}
        for block in blocks
        if block.get("type") != "actions"
    ]


def _page(what: str, text: str, looking: Looking, counts: Counts, rows: Sequence[Block], small: str = "") -> Message:
    head, _, tail = text.partition(": ")
    total = counts.of(looking.show)
    first = looking.page * CUSTOMERS_SHOWN
    shown = _fitting(rows)
    blocks: list[Block] = [header(head), context(tail), *shown]
    if len(shown) < len(rows):
        blocks.append(context(f"… and {plural(len(rows) - len(shown), 'more customer')} too long to show here."))
    if total > CUSTOMERS_SHOWN:
        blocks.append(context(f"{first + 1:,}–{min(total, first + CUSTOMERS_SHOWN):,} of {total:,}"))
    if small:
        blocks.append(context(small))
    return Message(text, [*blocks, actions(_turns(what, looking, total))])


def _turns(what: str, looking: Looking, total: int) -> list[dict[str, Any]]:
    pages = -(-total // CUSTOMERS_SHOWN)
    found = [
        button(label, f"{ACT_CS_TURN}:{way}", pack(what=what, tab=looking.tab.value, page=to))
        for label, way, to in (("Back", "back", looking.page - 1), ("More", "more", looking.page + 1))
        if 0 <= to < pages
    ]
    here = pack(what=what, tab=looking.tab.value, page=looking.page)
    other = (HEALTH, "Why?") if what == PORTFOLIO else (PORTFOLIO, "Portfolio")
    found.append(
        button(other[1], f"{ACT_CS_TURN}:{other[0]}", pack(what=other[0], tab=looking.tab.value, page=looking.page))
    )
    return [*found, button("Share in channel", ACT_CS_SHARE, here, ask=SHARE)]


def _fitting(rows: Sequence[Block]) -> list[Block]:
    """As many as one message takes, whatever names hold."""
    kept: list[Block] = []
    room = MESSAGE_CHARACTERS - _KEPT
    for row in rows:
        room -= characters([row])
        if room < 0:
            break
        kept.append(row)
    return kept


def _count_words(counts: Counts) -> str:
    risk = f"{counts.at_risk:,} at risk" if counts.at_risk else "none at risk"
    return f"{plural(counts.every, 'customer')}, {risk}, {counts.onboarding:,} onboarding."


def _health(one: Customer, health: Health) -> str:
    where = f" {channel_link(one.channel_id)}" if one.channel_id else ""
    sum_ = f" ({_sum(health.reasons)})" if health.reasons else ""
    lines = [f"*{short(one.name, _NAME)}*{where} is {_STATES[health.level]}{sum_}"]
    lines += [f"• {reason_words(reason)} (weight {reason.weight}) → {next_words(reason)}" for reason in health.reasons]
    good = [_sign(sign, health) for sign in health.signs]
    if good:
        lines.append(f"_For them_: {joined(good)}.")
    unknown = [_gap(gap, health) for gap in health.gaps]
    if unknown:
        lines.append(f"_Not known_: {joined(unknown)}.")
    return listed(lines, _ROOM)


def _sum(reasons: Sequence[Reason]) -> str:
    total = sum(one.weight for one in reasons)
    return f"{total} together" if len(reasons) > 1 else f"{total}"


def _sign(sign: Sign, health: Health) -> str:
    if sign is Sign.TALKED:
        return f"you talked {_ago(health.days or 0)}"
    return _SIGNS[sign]


def _gap(gap: Gap, health: Health) -> str:
    if gap is Gap.SILENT:
        return f"the last conversation recorded was {_ago(health.days or 0)}"
    return _GAPS[gap]


def _ago(days: int) -> str:
    return "today" if days < 1 else f"{plural(days, 'day')} ago"


def _plain(level: Level) -> str:
    return {Level.HEALTHY: "healthy", Level.WATCH: "to be watched", Level.AT_RISK: "at risk"}[level]
