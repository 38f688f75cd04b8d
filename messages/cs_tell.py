"""``/cs log`` and ``/cs wow``: what was kept, with its undo; the window to pick a customer; the team hears of wins."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.contact import NOTE, Contact
from domain.picture import DealPicture
from messages.blocks import actions, button, context, input_block, modal, plain, section, sections, text_input
from messages.deals import name_of
from messages.ids import ACT_CS_UNDO, VIEW_CS_TELL
from messages.limits import OPTION, OPTIONS
from messages.say import Block, Message, View
from messages.text import channel_link, mention, plural, short
from messages.values import number, pack

LOG: Final = "log"
WIN: Final = "win"
LABELS: Final[Mapping[Contact, str]] = MappingProxyType(
    {Contact.CALL: "Call", Contact.EMAIL: "Email", Contact.MEETING: "Meeting"}
)
_NAME: Final = 80
TAKEN_BACK: Final = "It is taken back, as if it was never told."


def kept_message(name: str, contact: Contact | None, told_id: int, count: int) -> Message:
    """To whoever told it: what was kept of the customer ``name`` (as typed), with an undo. ``contact`` None: a win;
    ``count`` conversations of the last thirty days, this one too."""
    what = LOG if contact is not None else WIN
    undo = actions([button("Undo", ACT_CS_UNDO, pack(told=told_id, what=what))])
    if contact is None:
        text = f"Well done! The win of *{short(name, _NAME)}* is kept, and the customer-success channel hears of it."
        return Message(text, [section(text), undo])
    text = f"The {contact.value} with *{short(name, _NAME)}* is kept: {plural(count, 'conversation')} in thirty days."
    return Message(text, [section(text), undo])


def kept_view(message: Message) -> View:
    """The same in the window it was told in."""
    return modal(VIEW_CS_TELL, "Kept", message.blocks, close="Close")


def tell_view(
    what: str, deals: Sequence[tuple[int, str]], *, contact: Contact | None = None, note: str = "", one: bool = False
) -> View:
    """Asks which customer (``deals``: our ids and names as typed, at most a hundred are shown), and what was told so
    far. ``one``: the customer is known already."""
    blocks: list[Block] = []
    options = [{"text": plain(name, OPTION), "value": str(number)} for number, name in deals[:OPTIONS]]
    menu: dict[str, Any] = {"type": "static_select", "action_id": "customer", "options": options}
    if one:
        menu["initial_option"] = options[0]
    blocks.append(input_block("customer", "Customer", menu))
    if what == LOG:
        kinds = [{"text": plain(label, OPTION), "value": kind.value} for kind, label in LABELS.items()]
        radio: dict[str, Any] = {"type": "radio_buttons", "action_id": "contact", "options": kinds}
        if contact is not None:
            radio["initial_option"] = next(option for option in kinds if option["value"] == contact.value)
        blocks.append(input_block("contact", "How did you talk?", radio))
    label = "What was it about?" if what == LOG else "What did the customer win?"
    blocks.append(text_input("note", label, initial=note, multiline=True, most=NOTE))
    if len(deals) > OPTIONS:
        blocks.append(context(f"The newest {OPTIONS} of your deals; of another tell it in its channel."))
    title = "A conversation" if what == LOG else "A win"
    return modal(VIEW_CS_TELL, title, blocks, submit="Keep", metadata=pack(what=what))


def customer_win(picture: DealPicture, facts: Mapping[str, Any], now: datetime) -> Message:
    """What the customer-success channel hears. ``facts``: ``note`` as typed, ``by`` a Slack id, ``win`` its row;
    ``undone``: it was taken back."""
    if facts.get("undone"):
        text = f"A win of *{name_of(picture)}* was told here and taken back."
        return Message(text, [section(text)])
    where = f" {channel_link(picture.channel.id)}" if picture.channel.id else ""
    head = f":trophy: *{name_of(picture)}*{where}: a win, told by {mention(str(facts['by']))}"
    undo = button("Undo", ACT_CS_UNDO, pack(told=number(facts, "win"), what=WIN))
    note = str(facts["note"])
    return Message(f"{head}: {short(note, 200)}", [section(head), *sections(note), actions([undo])])
