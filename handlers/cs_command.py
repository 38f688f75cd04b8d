"""``/cs``: how customers use the product.

The numbers are the acknowledgement; the chart comes a moment later as another answer (an errand: drawing and uploading
take longer than Slack waits for, and survive a restart).
"""

from collections.abc import Awaitable, Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.outcome import Refused
from domain.words import Command, fold, nearest, parse_command
from handlers import front, listen, outbox, usage_alerts
from handlers.answers import report, say
from handlers.listen import Ack, Body, Client
from handlers.people import Asker
from handlers.services import Services
from handlers.typed import as_typed
from messages.help import CS, unknown_word
from messages.usage_windows import no_account, no_usage, usage_now, which_account
from storage import usage_accounts
from storage.notices import NewNotice
from storage.usage_accounts import Named
from storage.usage_charts import ANSWER

COMMAND: Final = "/cs"
FOUND: Final = 10
NEAR: Final = 3
ALIKE: Final = 0.5
LONGEST: Final = 200
NONE_OF_YOURS: Final = Refused("You have no customer with an open deal; name one: `/cs usage acme`.")


class CsCommand:
    """Answers ``/cs`` and its words."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._words: dict[str, Callable[[Ack, Body, Asker, Command], Awaitable[None]]] = {
            "help": self._help,
            "usage": self._usage,
        }

    async def on_command(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Read the word and answer it."""
        command = parse_command(str(body.get("text") or ""))
        word = self._words.get(command.word or "help")
        if word is None:
            await say(ack, unknown_word(COMMAND, as_typed(command.word), nearest(command.word, self._words)))
        else:
            await word(ack, body, front.asker_of(context), command)

    async def _help(self, ack: Ack, body: Body, asker: Asker, command: Command) -> None:
        await say(ack, CS)

    async def _usage(self, ack: Ack, body: Body, asker: Asker, command: Command) -> None:
        words = as_typed(command.rest).strip()[:LONGEST]
        here = "" if words else str(body.get("channel_id", ""))
        async with self._services.db.read() as session:
            of_channel = await usage_accounts.of_channel(session, asker.workspace_id, here) if here else None
            if of_channel is not None:
                found = [Named(of_channel, "")]
            elif words:
                found = await usage_accounts.find(session, asker.workspace_id, words, FOUND + 1)
            else:
                found = await usage_accounts.mine(session, asker.workspace_id, asker.card.id, FOUND + 1)
        if len(found) == 1:
            await self._show(ack, body, asker, found[0].id)
        elif found:
            await say(ack, which_account([one.name for one in found], len(found) > FOUND, words))
        elif words:
            await say(ack, no_account(words, await self._near(asker, words)))
        else:
            await report(ack, NONE_OF_YOURS)

    async def _near(self, asker: Asker, words: str) -> list[str]:
        """The names most like what was typed."""
        async with self._services.db.read() as session:
            names = await usage_accounts.names(session, asker.workspace_id)
        by_fold = {fold(name)[:LONGEST]: name for name in reversed(names)}
        return [by_fold[one] for one in get_close_matches(fold(words), by_fold, n=NEAR, cutoff=ALIKE)]

    async def _show(self, ack: Ack, body: Body, asker: Asker, account_id: int) -> None:
        services = self._services
        seen = await usage_alerts.look(services, asker, account_id, str(body.get("channel_id", "")))
        if isinstance(seen, Refused):
            await report(ack, seen)
        elif seen.weeks is None:
            await say(ack, no_usage(seen.customer.name))
        else:
            await self._order_chart(body, asker, account_id)
            today = services.today(asker.card.zone)
            await say(ack, usage_now(account_id, seen.weeks, services.metrics, seen.card, today))

    async def _order_chart(self, body: Body, asker: Asker, account_id: int) -> None:
        """Slack may deliver a command twice; its trigger is the same then."""
        key = f"usage:{account_id}:asked:{body['trigger_id']}"
        facts = {
            "account": account_id,
            "asker": asker.card.slack_id,
            "response_url": str(body.get("response_url", "")),
        }
        now = self._services.clock()
        new = NewNotice(key, ANSWER, key, "", now, facts=facts, priority=outbox.SOON)
        async with self._services.db.write() as tx:
            await outbox.say(self._services, tx, new)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to ``/cs``."""
    listen.command(app, COMMAND, CsCommand(services).on_command)
