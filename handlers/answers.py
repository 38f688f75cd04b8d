"""How a rule's result reaches the person who asked: under the command, in the form, or in a small window."""

from typing import Final

from domain.outcome import Refused
from handlers import front
from handlers.listen import Ack, Body, Client
from handlers.outbox import Done
from messages.say import Message
from messages.text import escape

EPHEMERAL: Final = "ephemeral"


async def say(ack: Ack, message: Message | str) -> None:
    """Answer a command, seen by the asker alone. A string is mrkdwn that is escaped already."""
    if isinstance(message, str):
        message = Message(message)
    await ack(message.text, list(message.blocks) or None, response_type=EPHEMERAL)


async def report(ack: Ack, result: Done | Refused) -> None:
    """Answer a command with what a rule said."""
    await say(ack, escape(result.sentence if isinstance(result, Done) else result.reason))


async def on_press(ack: Ack, client: Client, body: Body, title: str, result: Done | Refused) -> None:
    """Answer a button: what was done shows in the message itself; a refusal is told."""
    if isinstance(result, Refused):
        await front.tell(client, body, title, result.reason)
    await ack()


async def on_submit(ack: Ack, body: Body, title: str, result: Done | Refused, field: str = "") -> None:
    """Answer a form: it closes; a refusal stands beside ``field``, or above the form."""
    if isinstance(result, Done):
        await ack()
    elif field:
        await ack(response_action="errors", errors={field: result.reason})
    else:
        await ack(front.on_top(body, title, result.reason))
