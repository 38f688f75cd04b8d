"""The ledger of questions: asked in the channel, answered in place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.limits import QUESTION
from domain.picture import DealPicture, QuestionPicture
from messages.blocks import actions, button, confirm, modal, section, sections, text_input
from messages.deals import name_of
from messages.ids import (
    ACT_QUESTION_ANSWER,
    ACT_QUESTION_REOPEN,
    ACT_QUESTION_WITHDRAW,
    VIEW_QUESTION_ANSWER,
    VIEW_QUESTION_ASK,
)
from messages.limits import MESSAGE_TEXT
from messages.say import Block, Message, Quiet, View
from messages.text import ago, channel_link, cut, linked, mention, short, when
from messages.values import number, pack


def find(picture: DealPicture, question_id: int) -> QuestionPicture | None:
    """The question with this id."""
    return next((question for question in picture.questions if question.id == question_id), None)


def question_asked(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """In the channel; edited in place to show the answer and by whom. ``facts``: ``question`` our id."""
    question = find(picture, number(facts, "question"))
    if question is None:
        return Quiet("the question is gone")
    head = _head(question)
    blocks = [section(head), *sections(question.text), *_outcome(question), _buttons(question)]
    return Message(cut(f"{head}\n{linked(question.text)}", MESSAGE_TEXT), blocks)


def _head(question: QuestionPicture) -> str:
    to = f", {mention(question.owner.slack_id)}, please answer" if question.owner and question.state == "open" else ""
    return f":question: *Question {question.number}* from {mention(question.asker.slack_id)}{to}:"


def _outcome(question: QuestionPicture) -> list[Block]:
    by = mention(question.answered_by.slack_id) if question.answered_by else "somebody"
    at = f", {when(question.answered_at)}" if question.answered_at else ""
    if question.state == "answered":
        return [section(f":white_check_mark: *Answered* by {by}{at}:"), *sections(question.answer)]
    if question.state == "withdrawn":
        return [section(f"Withdrawn by {by}{at}."), *sections(question.answer)]
    return []


def _buttons(question: QuestionPicture) -> Block:
    value = pack(question=question.id)
    if question.state == "open":
        ask = confirm("Withdraw this question?", "It will not be asked any more.", "Withdraw", "Keep it")
        return actions(
            [
                button("Answer", ACT_QUESTION_ANSWER, value, style="primary"),
                button("Withdraw", ACT_QUESTION_WITHDRAW, value, ask=ask),
            ]
        )
    return actions([button("Open again", ACT_QUESTION_REOPEN, value)])


def question_answered(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """To the asker in person. ``facts``: ``question`` our id."""
    question = find(picture, number(facts, "question"))
    if question is None or question.state != "answered":
        return Quiet("the question is not answered any more")
    by = mention(question.answered_by.slack_id) if question.answered_by else "Somebody"
    where = f" in {channel_link(picture.channel.id)}" if picture.channel.id else ""
    head = f"{by} answered your question about *{name_of(picture)}*{where}: “{short(question.text, 200)}”"
    again = actions([button("Open again", ACT_QUESTION_REOPEN, pack(question=question.id))])
    return Message(
        cut(f"{head}\n{linked(question.answer)}", MESSAGE_TEXT), [section(head), *sections(question.answer), again]
    )


def ask_view(picture: DealPicture, typed: str = "") -> View:
    """Asks for a question; it goes to the seller, or to the CSM when the seller asks."""
    blocks = [
        section(f"About *{name_of(picture)}*. It is asked in the deal's channel and stays open until it is answered."),
        text_input(
            "question", "Your question", initial=cut(typed, QUESTION) if typed else "", multiline=True, most=QUESTION
        ),
    ]
    return modal(VIEW_QUESTION_ASK, "Ask a question", blocks, submit="Ask", metadata=pack(deal=picture.id))


def answer_view(picture: DealPicture, question: QuestionPicture) -> View:
    """Asks for the answer to one question."""
    blocks = [
        section(f"*Question {question.number}* from {mention(question.asker.slack_id)} about *{name_of(picture)}*:"),
        *sections(question.text),
        text_input("answer", "Your answer", multiline=True, most=QUESTION),
    ]
    metadata = pack(question=question.id)
    return modal(VIEW_QUESTION_ANSWER, "Answer", blocks, submit="Answer", metadata=metadata)


def open_lines(questions: Sequence[QuestionPicture]) -> list[str]:
    """One escaped line for each open question."""
    return [
        f"{question.number}. {short(question.text, 300)} – waits for "
        f"{mention(question.owner.slack_id) if question.owner else 'anybody'}, asked {when(question.asked_at)}"
        for question in questions
    ]


def meanwhile(question: QuestionPicture, now: datetime, zone: str) -> str:
    """What became of a question since its button was drawn, in one plain sentence, as typed; '' for nothing."""
    if question.answered_at is None or question.state == "open":
        return ""
    by = question.answered_by.name if question.answered_by else "Somebody"
    return f"{by} {'answered' if question.state == 'answered' else 'withdrew'} this question " + (
        f"{ago(question.answered_at, now, zone)}."
    )
