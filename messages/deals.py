"""A deal: its card, its announcement, and what happens to it as a whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.deals import DealState, money
from domain.handoff import FIELD_BY_NAME, HandoffState
from domain.handoff_score import completeness
from domain.picture import DealPicture, HandoffPicture
from messages.blocks import actions, button, characters, context, divider, fields, header, modal, section, sections
from messages.ids import (
    ACT_CSM_CHANGE,
    ACT_CSM_UNDO,
    ACT_HANDOFF_OPEN,
    ACT_LINK,
    ACT_NOTES,
    ACT_QUESTION_ASK,
    VIEW_NOTES,
)
from messages.limits import BUTTON_URL, HEADER, MESSAGE_CHARACTERS
from messages.people import csm, missing, seller
from messages.say import Block, Message, View
from messages.text import channel_link, chunks, cut, day, escape, joined, mention, plural, short, when
from messages.values import pack

NOTES_A_PAGE: Final = 15_000
_NAME: Final = 120
_TELLING: Final = 4
_WORD: Final = 300


def title(picture: DealPicture) -> str:
    """Account and deal on one line, as typed."""
    account, name = picture.facts.account.name, picture.facts.name
    # "Fjordbank – Core" of "Fjordbank AS": the legal form is on the card, the name need not stand twice.
    first = (account.split() or [""])[0].casefold()
    both = name if len(first) >= _TELLING and name.casefold().startswith(first) else f"{account} – {name}"
    return cut(" ".join(both.split()), HEADER)


def name_of(picture: DealPicture) -> str:
    """The customer's name, escaped, on one short line."""
    return short(picture.facts.account.name, _NAME)


def deal_opened(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The card in the deal's channel, kept up to date in place."""
    return Message(f"Deal won: {short(title(picture), 200)}", card_blocks(picture))


def card_blocks(picture: DealPicture) -> list[Block]:
    """The card: facts, people, handoff, buttons, and every note the CRM sent."""
    blocks = [header(title(picture)), *fields(_facts(picture))]
    blocks.append(section(handoff_line(picture)))
    if picture.open_questions:
        blocks.append(context(f"{plural(len(picture.open_questions), 'open question')} about this handoff."))
    buttons = _buttons(picture)
    if buttons:
        blocks.append(actions(buttons))
    return [*blocks, *_notes(picture, MESSAGE_CHARACTERS - characters(blocks))]


def deal_announced(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """What the customer-success channel hears of a new deal, kept up to date in place."""
    where = channel_link(picture.channel.id) if picture.channel.id else "its channel is being made"
    first = f"*{short(title(picture), 200)}* is won: {where}"
    if picture.state is DealState.CLOSED:
        first = f"*{short(title(picture), 200)}* is finished; {where} is archived."
    blocks = [section(first), section(handoff_line(picture)), *fields(_facts(picture))]
    blocks += [section(f":warning: {gap}") for gap in missing(picture)]
    blocks += [section(f":warning: {short(str(told), 500)}") for told in facts.get("missing", ())]
    if picture.facts.crm_url:
        blocks.append(actions([_crm(picture)]))
    return Message(f"Deal won: {short(title(picture), 200)} {where}", blocks)


def csm_assigned(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The CSM changed. ``facts``: ``new``, ``old`` and ``by`` are Slack ids; ``old`` may be '', ``by`` is '' for the
    CRM."""
    new, old = str(facts.get("new", "")), str(facts.get("old", ""))
    by = mention(str(facts["by"])) if facts.get("by") else "the CRM"
    where = f" in {channel_link(picture.channel.id)}" if picture.channel.id else ""
    instead = f" instead of {mention(old)}" if old else ""
    if facts.get("in_person"):
        giver = by[0].upper() + by[1:]
        text = f"{giver} made you the CSM of *{name_of(picture)}*{instead}. The handoff is{where or ' on its way'}."
    else:
        text = f"{mention(new)} is now the CSM of *{name_of(picture)}*{instead}, named by {by}."
    if facts.get("in_person") or not (old and facts.get("by")) or picture.csm is None or picture.csm.slack_id != new:
        return Message(text, [section(text)])
    undo = button("Undo", ACT_CSM_UNDO, pack(deal=picture.id, csm=new))
    return Message(text, [section(text), actions([undo])])


def deal_closed(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """The last word in the channel. ``facts``: ``by`` a Slack id."""
    left: list[str] = []
    if picture.open_questions:
        left.append(plural(len(picture.open_questions), "question"))
    promises = [one for one in picture.commitments if one.state == "open"]
    if promises:
        left.append(plural(len(promises), "promise"))
    text = f"{mention(str(facts.get('by', '')))} finished *{name_of(picture)}*. This channel is archived now."
    if left:
        text += f" Still open when it was finished: {joined(left)}."
    return Message(text, [section(text)])


def pre_sale_intro(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """A deal is likely to be won: its CSM gets to know it before. Told in the customer-success channel."""
    likely = f"{picture.probability_percent} % likely" if picture.probability_percent is not None else "likely"
    stage = f", stage {short(picture.stage, _WORD)}" if picture.stage else ""
    expected = f", expected {day(picture.expected_close)}" if picture.expected_close else ""
    text = (
        f"*{short(title(picture), 200)}* may be won soon ({likely}{stage}{expected}). {seller(picture)}, meet "
        f"{csm(picture)}, who would take this customer over: a good moment to join a call."
    )
    blocks = [section(text), context(f"Why this CSM: {short(picture.csm_why, _WORD) or 'named by the CRM'}")]
    if picture.facts.crm_url:
        blocks.append(actions([_crm(picture)]))
    return Message(text, blocks)


def handoff_line(picture: DealPicture) -> str:
    """Where the handoff stands, in one escaped line."""
    handoff = picture.handoff
    if handoff is None:
        return f"*Handoff*: {'not asked for yet' if picture.state is DealState.PROSPECT else 'none is asked for'}."
    return f"*Handoff*: {_state(picture, handoff)}"


def _state(picture: DealPicture, handoff: HandoffPicture) -> str:
    by = f" by {mention(handoff.decided_by.slack_id)}" if handoff.decided_by else ""
    at = f", {when(handoff.decided_at)}" if handoff.decided_at else ""
    match handoff.state:
        case HandoffState.REQUESTED:
            return f"waiting for {seller(picture)} to fill it in."
        case HandoffState.DRAFTING:
            return f"{seller(picture)} has begun; not handed in yet."
        case HandoffState.SUBMITTED:
            return f"handed in, {handoff.score} % complete; waiting for {csm(picture)}.{lacking(handoff)}"
        case HandoffState.ACCEPTED:
            return f"accepted{by}{at}; {handoff.score} % complete.{lacking(handoff)}"
        case HandoffState.RETURNED:
            return f"returned{by}{at}; waiting for {seller(picture)}. Missing: {short(handoff.gaps, 300)}"


def lacking(handoff: HandoffPicture) -> str:
    """What is still empty in a handed-in handoff: ``" Empty: Key dates and …"``, or ''."""
    labels = [FIELD_BY_NAME[name].label for name in completeness(handoff.answers).missing]
    return f" Empty: {escape(joined(labels))}." if labels else ""


def _facts(picture: DealPicture) -> list[tuple[str, str]]:
    facts = picture.facts
    place = " · ".join(short(word, _NAME) for word in (facts.account.segment, facts.account.region) if word)
    why = f"\n_{short(picture.csm_why, _WORD)}_" if picture.csm_why else ""
    return [
        ("Seller", seller(picture)),
        ("CSM", csm(picture) + why),
        ("Amount", escape(money(facts.amount, facts.currency))),
        ("Closed", day(facts.closed_at.date())),
        ("Plan", short(facts.plan or "", _WORD)),
        ("Products", _products(facts.products)),
        ("Customer", name_of(picture) + (f"\n{short(facts.account.domain, _NAME)}" if facts.account.domain else "")),
        ("Segment and region", place),
    ]


def _products(products: tuple[str, ...]) -> str:
    names = [short(product, _NAME) for product in products]
    shown: list[str] = []
    for name in names:
        if sum(map(len, shown)) + len(name) > 1_200:
            break
        shown.append(name)
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")


def _buttons(picture: DealPicture) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if picture.state is not DealState.CLOSED and picture.handoff is not None:
        begun = picture.handoff.version > 0
        label = "Edit handoff" if begun else "Fill in handoff"
        value = pack(deal=picture.id)
        found = [
            button(label, ACT_HANDOFF_OPEN, value, style=None if begun else "primary"),
            button("Ask", ACT_QUESTION_ASK, value),
            button("Change CSM", ACT_CSM_CHANGE, value),
        ]
    return [*found, *([_crm(picture)] if picture.facts.crm_url else [])]


def _crm(picture: DealPicture) -> dict[str, Any]:
    return button("Open in CRM", ACT_LINK, url=(picture.facts.crm_url or "")[:BUTTON_URL])


def _notes(picture: DealPicture, room: int) -> list[Block]:
    notes = (picture.facts.notes or "").strip()
    if not notes:
        return []
    blocks: list[Block] = [divider(), section("*Notes from the CRM*")]
    pieces = chunks(notes)
    shown = 0
    for piece in pieces:
        if len(piece) > room:
            break
        blocks.append(section(piece))
        room -= len(piece)
        shown += 1
    if shown < len(pieces):
        rest = f"There is more: {len(notes):,} characters in all."
        blocks.append(section(rest, button("Show all notes", ACT_NOTES, pack(deal=picture.id, page=1))))
    return blocks


def notes_view(picture: DealPicture, page: int) -> View:
    """All notes of the CRM, as many as a window holds at once."""
    pages = note_pages(picture.facts.notes or "")
    at = min(max(page, 1), len(pages))
    turns = [
        button(label, f"{ACT_NOTES}:{name}", pack(deal=picture.id, page=to))
        for label, name, to in (("Earlier", "back", at - 1), ("Go on", "on", at + 1))
        if 1 <= to <= len(pages)
    ]
    blocks = [*(section(piece) for piece in pages[at - 1]), *([actions(turns)] if turns else [])]
    if len(pages) > 1:
        blocks.append(context(f"Part {at} of {len(pages)}"))
    return modal(VIEW_NOTES, "Notes from the CRM", blocks or sections("There are no notes any more."), close="Close")


def note_pages(notes: str) -> list[list[str]]:
    """The notes' pieces, grouped by what fits in one window; at least one page."""
    pages: list[list[str]] = [[]]
    room = NOTES_A_PAGE
    for piece in chunks(notes):
        if len(piece) > room and pages[-1]:
            pages.append([])
            room = NOTES_A_PAGE
        pages[-1].append(piece)
        room -= len(piece)
    return pages
