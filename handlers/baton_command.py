"""``/baton``: help, how Baton is doing, who is a CSM, what was done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.access import Action
from domain.outcome import Refused
from domain.words import Command, nearest, parse_command
from handlers import front, listen, outbox
from handlers.answers import on_press, report, say
from handlers.audit_command import AuditCommand
from handlers.csms import CsmCommand
from handlers.listen import Ack, Body, Client
from handlers.outbox import Done
from handlers.people import Asker
from handlers.services import Services
from handlers.settings import SettingsWindow
from handlers.typed import pressed
from handlers.unsure import written_down
from messages.help import BY_COMMAND, unknown_word
from messages.ids import ACT_RESEND
from messages.status import SHOWN, Letter, status
from messages.values import number
from storage import notices, people
from storage.unsure import RESENT

COMMAND: Final = "/baton"
STATUS: Final = "Status"
ON_ITS_WAY: Final = "It is on its way again. If it fails once more, `/baton status` shows it."
NOT_FAILED: Final = Refused("Somebody sent this message again already.")


class BatonCommand:
    """Answers ``/baton`` and its words."""

    def __init__(self, services: Services) -> None:
        self._services = services
        csms = CsmCommand(services)
        self._words: dict[str, Callable[[Ack, Body, Client, Asker, Command], Awaitable[None]]] = {
            "help": self._help,
            "status": self._status,
            "csms": csms.on_word,
            "settings": SettingsWindow(services).on_word,
            "audit": AuditCommand(services).on_word,
        }

    async def on_command(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Read the word and answer it."""
        command = parse_command(str(body.get("text") or ""))
        word = self._words.get(command.word or "help")
        if word is None:
            await say(ack, unknown_word(COMMAND, command.word, nearest(command.word, self._words)))
        else:
            await word(ack, body, client, front.asker_of(context), command)

    async def _help(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        await say(ack, BY_COMMAND[COMMAND])

    async def _status(self, ack: Ack, body: Body, client: Client, asker: Asker, command: Command) -> None:
        services = self._services
        relation = front.relation(services, asker, None)
        allowed = front.may(asker, relation, Action.SEE_STATUS)
        if isinstance(allowed, Refused):
            await report(ack, allowed)
            return
        may_resend = not isinstance(front.may(asker, relation, Action.RESEND), Refused)
        async with services.db.read() as session:
            unfinished = await notices.unfinished(session, services.clock(), asker.workspace_id)
            dead = await notices.dead_letters(session, asker.workspace_id, SHOWN) if may_resend else []
            roster = await people.roster(session, asker.workspace_id)
        letters = [Letter(one.id, one.kind, one.why, one.created_at, one.state == notices.UNSURE) for one in dead]
        message = status(
            version=services.settings.version,
            deals=sum(entry.open_deals for entry in roster),
            due=unfinished.due,
            later=unfinished.later,
            csms=sum(entry.active for entry in roster),
            letters=letters,
            failed=unfinished.given_up,
            may_resend=may_resend,
        )
        await say(ack, message)

    async def on_resend(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """A person decides to try a failed message again."""
        services, asker = self._services, front.asker_of(context)
        allowed = front.may(asker, front.relation(services, asker, None), Action.RESEND)
        if isinstance(allowed, Refused):
            await on_press(ack, client, body, STATUS, allowed)
            return
        notice_id = number(pressed(body), "notice")
        async with services.db.write() as tx:
            sent = await notices.resend(tx.session, asker.workspace_id, notice_id, services.clock())
            if sent:
                await services.engine.enqueue(tx, [notice_id])
                await written_down(services, tx, asker, notice_id, RESENT)
                await outbox.wrote(services, tx, asker, "notice_resent", "button", None, notice=notice_id)
        result = Done(ON_ITS_WAY) if sent else NOT_FAILED
        await front.tell(client, body, STATUS, result.sentence if isinstance(result, Done) else result.reason)
        await ack()


def register(app: AsyncApp, services: Services) -> None:
    """Listen to ``/baton`` and its buttons."""
    handle = BatonCommand(services)
    listen.command(app, COMMAND, handle.on_command)
    listen.action(app, ACT_RESEND, handle.on_resend)
