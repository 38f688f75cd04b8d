"""Windows about a deal: record one, change its CSM, finish it, pick one."""

from collections.abc import Sequence
from typing import Any

from domain.deals import DealState
from domain.picture import DealPicture
from messages.blocks import characters, context, input_block, modal, section, text_input
from messages.commitments import open_line
from messages.deals import handoff_line, name_of, title
from messages.ids import VIEW_DEAL_ASSIGN, VIEW_DEAL_CLOSE, VIEW_DEAL_WON
from messages.limits import MESSAGE_CHARACTERS
from messages.people import csm, seller
from messages.say import Block, Message, View
from messages.text import channel_link, mention, plural, short
from messages.values import pack


def won_view(me: str, token: str) -> View:
    """Records a closed deal by hand. ``me`` is the Slack id of whoever asks; ``token`` makes it one deal however often
    it is sent."""
    blocks: list[Block] = [
        text_input("account", "Customer", placeholder="Fjordbank AS", most=300),
        text_input("name", "Deal", placeholder="Onboarding platform, one year", most=300),
        input_block("owner", "Seller", {"type": "users_select", "action_id": "owner", "initial_user": me}),
        input_block(
            "csm",
            "CSM",
            {"type": "users_select", "action_id": "csm"},
            hint="Leave it empty and Baton picks whoever has the fewest open deals.",
            optional=True,
        ),
        text_input(
            "closed_at", "Closed on", initial="today", hint="In plain words: today, yesterday, 20 November.", most=100
        ),
        text_input("amount", "Amount", placeholder="48,000", optional=True, most=40),
        text_input("currency", "Currency", placeholder="EUR", hint="Three letters.", optional=True, most=3),
        text_input("products", "Products", hint="One a line.", multiline=True, optional=True),
        text_input("crm_url", "Link to the CRM", kind="url_text_input", optional=True),
        text_input("notes", "Notes", hint="Everything the CSM should see on the card.", multiline=True, optional=True),
    ]
    return modal(VIEW_DEAL_WON, "A deal was won", blocks, submit="Record", metadata=token)


def assign_view(picture: DealPicture) -> View:
    """Picks another CSM."""
    picker: dict[str, Any] = {"type": "users_select", "action_id": "csm"}
    blocks = [
        section(f"*{name_of(picture)}*: the CSM is {csm(picture)}."),
        input_block("csm", "New CSM", picker),
    ]
    return modal(VIEW_DEAL_ASSIGN, "Change the CSM", blocks, submit="Change", metadata=pack(deal=picture.id))


def become_csm_view(picture: DealPicture, slack_id: str) -> View:
    """Offers the lead or an admin to make somebody a CSM and give them the deal."""
    blocks = [
        section(
            f"{mention(slack_id)} is not a CSM yet. Make them one, for every region and segment, and give them "
            f"*{name_of(picture)}*?"
        ),
        context("What they look after can be changed with `/baton csms`."),
    ]
    metadata = pack(deal=picture.id, person=slack_id)
    return modal(VIEW_DEAL_ASSIGN, "A new CSM", blocks, submit="Make CSM and change", metadata=metadata)


def close_view(picture: DealPicture) -> View:
    """Asks before a deal is finished."""
    left = [plural(len(picture.open_questions), "question") + " not answered yet."] if picture.open_questions else []
    left += [open_line(picture)] if open_line(picture) else []
    blocks = [
        section(
            f"Finish *{name_of(picture)}*? Its channel {channel_link(picture.channel.id)} is archived: everybody can "
            "still read it, nobody can write in it."
        ),
        *([section(":warning: " + " ".join(left))] if left else []),
    ]
    return modal(VIEW_DEAL_CLOSE, "Finish the deal", blocks, submit="Finish", metadata=pack(deal=picture.id))


def found_message(words: str, found: Sequence[tuple[DealPicture, bool]], more: bool) -> Message:
    """What a search found, each with its channel; the handoff's state only of deals the asker works on (True)."""
    asked = f" for “{short(words, 100)}”" if words.strip() else ""
    if not found:
        hint = "Try a part of the customer's name." if words.strip() else "`/deal won` records one."
        return Message(f"No deal found{asked}. {hint}")
    blocks: list[Block] = [section(f"*{plural(len(found), 'deal')}*{asked}{', and more' if more else ''}:")]
    for picture, mine in found:
        next_blocks = _found(picture, mine)
        if characters([*blocks, *next_blocks]) > MESSAGE_CHARACTERS:
            more = True
            break
        blocks += next_blocks
    if more:
        blocks.append(context("Write more of the name to see fewer."))
    return Message(f"{plural(len(found), 'deal')}{asked}", blocks)


def _found(picture: DealPicture, mine: bool) -> list[Block]:
    where = channel_link(picture.channel.id) if picture.channel.id else "its channel is being made"
    if picture.state is DealState.HELD:
        where = "no channel: it was won before Baton came"
    found = section(f"*{short(title(picture), 120)}* – {where}\n{seller(picture)} → {csm(picture)}")
    return [found, context(handoff_line(picture))] if mine else [found]
