"""The app's Home: tabs for whoever has several roles, what waits, customers by filter, search and page; within 100
blocks for any number of deals (at most 2 for each thing that waits, 1 for each customer, some 25 around them)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from domain.home import CUSTOMERS_SHOWN, LONGEST_SEARCH, WAITING_SHOWN, HomePicture, Looking, Show, Tab
from messages.blocks import actions, button, context, divider, header, input_block, plain, section
from messages.home_customers import customer_block
from messages.home_team import team_blocks
from messages.home_waiting import counted, waiting_block
from messages.ids import ACT_HOME_SEARCH, ACT_HOME_TURN, VIEW_HOME
from messages.limits import PLACEHOLDER
from messages.say import Block, View
from messages.text import day, plural, short
from messages.values import pack

_TABS: Final[Mapping[Tab, str]] = MappingProxyType(
    {Tab.CSM: "Customer success", Tab.SELLER: "Sales", Tab.LEAD: "The team"}
)
_WAITING: Final[Mapping[Tab, str]] = MappingProxyType(
    {Tab.CSM: "What needs you today", Tab.SELLER: "What waits for you", Tab.LEAD: "What needs you today"}
)
_CUSTOMERS: Final[Mapping[Tab, str]] = MappingProxyType(
    {Tab.CSM: "Your customers", Tab.SELLER: "Your deals", Tab.LEAD: "All customers"}
)
_SHOWS: Final[Mapping[Show, str]] = MappingProxyType(
    {Show.RISK: "At risk", Show.ONBOARDING: "Onboarding", Show.ALL: "All"}
)
_NONE: Final[Mapping[Show, str]] = MappingProxyType(
    {
        Show.RISK: "Nobody is at risk.",
        Show.ONBOARDING: "No onboarding is under way.",
        Show.ALL: "There are no open deals.",
    }
)
_NOBODY: Final = (
    "You have no open deals. `/deal won` records one; with it come its channel, the handoff and the plan. "
    "`/baton help` lists what Baton does."
)
_NOTHING: Final = "Nothing waits for you today. :tada:"
_QUOTED: Final = 60


def home_view(picture: HomePicture) -> View:
    """The Home of one person, as it is now."""
    blocks = [*_tabs(picture), *_what_waits(picture)]
    if picture.team is not None:
        blocks += team_blocks(picture.team, picture.today)
    blocks += _customers(picture) if picture.tabs else [divider(), section(_NOBODY)]
    return {
        "type": "home",
        "callback_id": VIEW_HOME,
        "private_metadata": pack(**picture.looking.packed()),
        "blocks": blocks,
    }


def _turn(label: str, name: str, to: Looking, *, chosen: bool = False) -> dict[str, Any]:
    """A button to another place in the Home."""
    return button(label, f"{ACT_HOME_TURN}:{name}", pack(**to.packed()), style="primary" if chosen else None)


def _tabs(picture: HomePicture) -> list[Block]:
    if len(picture.tabs) < 2:
        return []
    now = picture.looking.tab
    return [
        actions(
            [
                _turn(
                    _TABS[tab], tab.value, Looking(tab, Show.RISK if tab is Tab.LEAD else Show.ALL), chosen=tab is now
                )
                for tab in picture.tabs
            ]
        )
    ]


def _what_waits(picture: HomePicture) -> list[Block]:
    waiting, looking = picture.waiting, picture.looking
    blocks: list[Block] = [header(_WAITING[looking.tab]), context(f"{day(picture.today)}{counted(waiting)}")]
    if not waiting.total:
        return [*blocks, section(_NOTHING)]
    for one in waiting.page:
        blocks += waiting_block(one, picture.today, for_lead=looking.tab is Tab.LEAD)
    turns = _pages(looking, "waiting", looking.waiting, waiting.total, WAITING_SHOWN)
    return [*blocks, *turns]


def _customers(picture: HomePicture) -> list[Block]:
    looking = picture.looking
    blocks: list[Block] = [divider(), header(_CUSTOMERS[looking.tab]), _search(looking), _filters(picture)]
    if looking.search:
        found = plural(picture.customers, "customer") if picture.customers else "Nobody"
        where = "" if looking.show is Show.ALL else f" among “{_SHOWS[looking.show]}”"
        blocks.append(context(f"{found} found for “{short(looking.search, _QUOTED)}”{where}."))
    elif not picture.rows:
        blocks.append(section(_NONE[looking.show]))
    blocks += [customer_block(one, picture.today, looking.tab) for one in picture.rows]
    return [*blocks, *_pages(looking, "page", looking.page, picture.customers, CUSTOMERS_SHOWN)]


def _search(looking: Looking) -> Block:
    """Its block has a name of its own for each search: Slack keeps what was typed as long as the name stays."""
    element = {
        "type": "plain_text_input",
        "action_id": ACT_HOME_SEARCH,
        "max_length": LONGEST_SEARCH,
        "placeholder": plain("Part of the name, then Enter", PLACEHOLDER),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if looking.search:
        element["initial_value"] = looking.search
    name = f"{ACT_HOME_SEARCH}:{looking.tab}:{looking.search}"
    block = input_block(name, "Find a customer", element, optional=True)
    return block | {"dispatch_action": True}


def _filters(picture: HomePicture) -> Block:
    looking = picture.looking
    shows = [
        _turn(
            f"{_SHOWS[show]} ({picture.counts.of(show):,})",
            show.value,
            replace(looking, show=show, page=0),
            chosen=show is looking.show,
        )
        for show in Show
    ]
    clear = [_turn("Clear the search", "clear", replace(looking, search="", page=0))] if looking.search else []
    return actions([*shows, *clear])


def _pages(looking: Looking, name: str, page: int, total: int, size: int) -> Sequence[Block]:
    """Buttons to the pages around this one, and where one is; nothing for a single page."""
    pages = -(-total // size)
    if pages < 2:
        return []
    turns = [
        _turn(label, f"{name}:{way}", replace(looking, **{name: to}))
        for label, way, to in (("Back", "back", page - 1), ("More", "more", page + 1))
        if 0 <= to < pages
    ]
    first = page * size + 1
    where = f"{first:,}–{min(total, first + size - 1):,} of {total:,}"
    return [actions(turns), context(where)]
