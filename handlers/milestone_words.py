"""What stands after ``/milestone``: people who are mentioned (``<@U…|name>``, as Slack sends them), a title, a date."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.milestone_words import Read, split_dated
from domain.outcome import Refused
from handlers.typed import as_typed, people_in

EXAMPLE: Final = "`/milestone add Data loaded by next Friday @owner`"
_PERSON: Final = re.compile(r"<@[UW][A-Z0-9]{2,30}(?:\|[^>]*)?>")
_AT_START: Final = re.compile(rf"^(?: ?{_PERSON.pattern})+ ?[,:]? ?")
_AT_END: Final = re.compile(rf"(?: ?[,;]? ?{_PERSON.pattern})+ ?$")
_UNKNOWN: Final = re.compile(r"(?<!\S)@([\w.\-]{2,80})\s*$")
_JOINING: Final = re.compile(
    r"(?:^|\s)(?:with|for|from|to|between|and|of|at|by|met|voor|van|naar|en|med|för|från|till|och|dengan|untuk|dari|dan"
    r"|&|\+|与|和|给|跟|对)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NewMilestone:
    """What ``/milestone add`` says. ``owner`` is a Slack id, '' for nobody."""

    title: str
    due: date
    owner: str = ""


def read_new(raw: str, read: Read) -> NewMilestone | Refused:
    """Title, date and owner of “Data loaded by next Friday @owner”. The owner may stand at the beginning, at the end or
    before the date. Somebody named inside the title, or after “with” or “for”, stays in the title as well. The title
    comes in single spaces. Never raises.
    """
    raw = " ".join(raw.split())
    first, last = _AT_START.match(raw), _AT_END.search(raw)
    outer = [*people_in(first.group() if first else ""), *people_in(last.group() if last else "")]
    middle = raw[first.end() if first else 0 : last.start() if last and outer else len(raw)]
    inner = list(dict.fromkeys(people_in(middle)))
    owners = list(dict.fromkeys(outer)) or inner
    if len(owners) > 1:
        return Refused(f"One person owns a milestone: name one, at the end. {EXAMPLE}")
    names = [as_typed(found.group()) for found in _PERSON.finditer(middle)]
    text = as_typed(middle)
    found = split_dated(text, read, names)
    if isinstance(found, Refused):
        stranger = _UNKNOWN.search(text)
        return _unknown(stranger[1]) if stranger else found
    title = _without_owner(found.words, names).strip(" ,;:–—-")
    if not title:
        return Refused(f"Say what is to be done, too: {EXAMPLE}")
    return NewMilestone(title, found.on, owners[0] if owners else "")


def _without_owner(title: str, names: list[str]) -> str:
    """The title without a name at its end, unless a word before it needs one (“Call with @mei”)."""
    for name in names:
        if title.endswith(name):
            rest = title[: -len(name)]
            return title if _JOINING.search(rest) else rest.rstrip()
    return title


def _unknown(name: str) -> Refused:
    return Refused(f"Slack knows nobody called “@{name}”. Pick the name from the list Slack shows while you type.")


def sole_person(raw: str) -> str:
    """The first person mentioned, as a Slack id; '' for nobody."""
    return next(iter(people_in(raw)), "")
