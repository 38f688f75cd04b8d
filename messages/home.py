"""The app's Home: my deals, and what waits for me."""

from collections.abc import Sequence
from typing import Any, Final

from domain.handoff import HandoffState
from domain.picture import DealPicture
from messages.blocks import actions, button, context, divider, header, section
from messages.deals import handoff_line, title
from messages.ids import ACT_HANDOFF_ACCEPT, ACT_HANDOFF_OPEN, ACT_HANDOFF_RETURN, ACT_QUESTION_ANSWER
from messages.say import Block, View
from messages.text import channel_link, plural, short
from messages.values import pack

DEALS: Final = 12
QUESTIONS: Final = 15


def home_view(me: str, pictures: Sequence[DealPicture], more: bool) -> View:
    """``me`` is the Slack id of whose Home it is; ``more``: they have more deals than these."""
    blocks: list[Block] = [header("Waiting for you"), *_waiting(me, pictures), divider(), header("Your deals")]
    for picture in pictures[:DEALS]:
        where = f" – {channel_link(picture.channel.id)}" if picture.channel.id else ""
        blocks += [section(f"*{short(title(picture), 200)}*{where}"), context(handoff_line(picture))]
    if not pictures:
        blocks.append(section("You have no open deals. `/deal won` records one; `/baton help` lists what Baton does."))
    if more:
        blocks.append(context("You have more deals than fit here; find them with `/deal` and the customer's name."))
    return {"type": "home", "blocks": blocks}


def _waiting(me: str, pictures: Sequence[DealPicture]) -> list[Block]:
    blocks: list[Block] = []
    for picture in pictures[:DEALS]:
        blocks += _handoff(me, picture)
    questions = [
        (picture, question)
        for picture in pictures
        for question in picture.open_questions
        if question.owner is not None and question.owner.slack_id == me
    ]
    for picture, question in questions[:QUESTIONS]:
        answer = button("Answer", ACT_QUESTION_ANSWER, pack(question=question.id))
        blocks.append(section(f"*{short(title(picture), 100)}*: {short(question.text, 300)}", answer))
    if len(questions) > QUESTIONS:
        blocks.append(context(f"… and {plural(len(questions) - QUESTIONS, 'question')} more."))
    return blocks or [section("Nothing. :tada:")]


def _handoff(me: str, picture: DealPicture) -> list[Block]:
    handoff = picture.handoff
    if handoff is None:
        return []
    mine = picture.ae is not None and picture.ae.slack_id == me
    takes = picture.csm is not None and picture.csm.slack_id == me
    name = short(title(picture), 200)
    if mine and handoff.state in (HandoffState.REQUESTED, HandoffState.DRAFTING, HandoffState.RETURNED):
        return [_row(f"*{name}*: the handoff.", [button("Fill in", ACT_HANDOFF_OPEN, pack(deal=picture.id))])]
    if takes and handoff.state is HandoffState.SUBMITTED:
        value = pack(deal=picture.id, version=handoff.version)
        decide = [button("Accept", ACT_HANDOFF_ACCEPT, value), button("Return", ACT_HANDOFF_RETURN, value)]
        return [section(f"*{name}*: a handoff to accept ({handoff.score} % complete)."), actions(decide)]
    return []


def _row(text: str, buttons: list[dict[str, Any]]) -> Block:
    return section(text, buttons[0])
