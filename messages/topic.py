"""What stands at the top of a deal's channel: its topic and its bookmark."""

from typing import Final

from domain.deals import money
from domain.picture import DealPicture
from messages.limits import TOPIC
from messages.text import cut, day, escape

BOOKMARK_NAME: Final = 80


def topic(picture: DealPicture) -> str:
    """Account, amount, day of closing and people on one line, inside Slack's 250 characters, which count escapes."""
    facts = picture.facts
    amount = money(facts.amount, facts.currency)
    closed = f"won {day(facts.closed_at.date())}"
    people = [f"seller {picture.ae.name}" if picture.ae else "", f"CSM {picture.csm.name}" if picture.csm else ""]
    rest = "".join(f" · {cut(' '.join(part.split()), 40)}" for part in (amount, closed, *people) if part)
    name = " ".join(facts.account.name.split())
    for length in range(min(len(name), TOPIC), 0, -1):
        whole = escape(cut(name, length) + rest)
        if len(whole) <= TOPIC:
            return whole
    return escape(closed)


def bookmark_title(picture: DealPicture) -> str:
    """The name of the link to the CRM."""
    return cut(f"CRM: {' '.join(picture.facts.name.split())}", BOOKMARK_NAME)
