"""``/cs``: one's customers, how they are and how they use the product.

Of usage the numbers are the acknowledgement; the chart comes a moment later as another answer (an errand: drawing and
uploading take longer than Slack waits for, and survive a restart).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.outcome import Refused
from domain.words import Command, nearest, parse_command
from handlers import cs_place, cs_retro, front, listen, outbox, usage_alerts
from handlers.answers import report, say
from handlers.cs_metrics import CsMetrics
from handlers.cs_place import FOUND, LONGEST
from handlers.cs_portfolio import CsPortfolio
from handlers.cs_tell import CsTell
from handlers.cs_welcome import CsWelcome
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
NONE_OF_YOURS: Final = Refused("You have no customer with an open deal; name one: `/cs usage acme`.")
Word = Callable[[Ack, Body, Client, Asker, Command], Awaitable[None]]


class CsCommand:
    """Answers ``/cs`` and its words."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._portfolio, self._tell = CsPortfolio(services), CsTell(services)
        self._metrics, self._call = CsMetrics(services), CsWelcome(services)
        self._words: dict[str, Word] = {
            "": self._mine,
            "help": self._help,
            "health": self._health,
            "log": self._log,
            "wow": self._wow,
            "usage": self._usage,
            "welcome": self._welcome,
            "metrics": self._figures,
            "retro": self._retro,
        }

    async def on_command(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Read the word and answer it."""
        command = parse_command(str(body.get("text") or ""))
        word = self._words.get(command.word)
        if word is None:
            await say(ack, unknown_word(COMMAND, as_typed(command.word), nearest(command.word, self._words)))
        else:
            await word(ack, body, client, front.asker_of(context), command)

    async def _help(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await say(ack, CS)

    async def _mine(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await self._portfolio.portfolio(ack, asker)

    async def _health(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await self._portfolio.health(ack, body, asker, command.rest)

    async def _log(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await self._tell.log(ack, body, client, asker, command.rest)

    async def _wow(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await self._tell.win(ack, body, client, asker, command.rest)

    async def _welcome(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await self._call.show(ack, body, asker, command.rest)

    async def _figures(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await self._metrics.show(ack, body, asker)

    async def _retro(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await cs_retro.show(self._services, ack, asker)

    async def _usage(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
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
            await say(ack, no_account(words, await cs_place.near(self._services, asker, words)))
        else:
            await report(ack, NONE_OF_YOURS)

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
