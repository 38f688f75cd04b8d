"""One milestone changed by somebody: added, begun, done, blocked, skipped, renamed, named to somebody, put off.

Texts are made safe and measured here. What a person changed is `touched`: another playbook leaves it alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from domain.limits import MILESTONE_TITLE, MILESTONES, QUESTION
from domain.outcome import Refused
from domain.person import PersonCard
from domain.plan.change import PlanChange, highest_number
from domain.plan.sentences import named, on_day, quoted
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Raci, Role
from domain.text import clean

LATEST_YEARS: Final = 5
"""A plan reaches no further than this after the close; a later day is a slip of the finger."""
SNOOZE_DAYS: Final = 60
_NAME: Final = 80
_FALLS_TO: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.AE: "the seller",
        Role.CSM: "the CSM",
        Role.CUSTOMER: "the customer",
        Role.LEAD: "the lead",
        Role.ONBOARDING: "onboarding",
    }
)


def add(
    plan: PlanPicture,
    title: str,
    due: date | None,
    *,
    owner: PersonCard | None = None,
    owner_name: str = "",
    role: Role = Role.CSM,
    about: str = "",
) -> PlanChange | Refused:
    """A milestone added by hand, with the next number. `owner_name` is somebody at the customer, for whom the role
    becomes the customer's."""
    named_so = _title(title)
    if isinstance(named_so, Refused):
        return named_so
    if len(plan.milestones) >= MILESTONES:
        return Refused(f"This plan has {MILESTONES} milestones, the most there can be. Skip or finish some first.")
    too_far = out_of_reach(plan, due) if due else None
    if too_far is not None:
        return too_far
    theirs = clean(owner_name, _NAME).text
    responsible = Role.CUSTOMER if theirs and owner is None else role
    new = Milestone(
        id=0,
        number=highest_number(plan) + 1,
        title=named_so,
        raci=Raci(responsible, Role.CSM),
        due=due,
        about=clean(about, QUESTION).text,
        owner=owner,
        owner_name=theirs,
        touched=True,
    )
    return PlanChange("add", f"added {named(new)}{f', due {on_day(due)}' if due else ''}", (new,))


def start(plan: PlanPicture, number: int) -> PlanChange | Refused:
    """Somebody works on it now; what blocked it is over."""
    one = _open(plan, number)
    if isinstance(one, Refused):
        return one
    if one.state is State.DOING:
        return Refused(f"{named(one)} was started already.")
    begun = replace(one, state=State.DOING, why="", unblocker="", touched=True)
    return PlanChange("start", f"started {named(one)}", (begun,))


def done(plan: PlanPicture, number: int, evidence: str = "", *, by: PersonCard, now: datetime) -> PlanChange | Refused:
    """It is done; `evidence` says how one can see it. Of one that is done already, new evidence replaces the old."""
    one = _known(plan, number)
    if isinstance(one, Refused):
        return one
    seen = _reason(evidence, required="")
    if isinstance(seen, Refused):
        return seen
    if one.state is State.DONE:
        if not seen or seen == one.evidence:
            return Refused(f"{named(one)} is done already.")
        return PlanChange("evidence", f"gave evidence for {named(one)}", (replace(one, evidence=seen, touched=True),))
    if one.state is State.SKIPPED:
        return Refused(f"{named(one)} was skipped. Open it again first.")
    settled = replace(
        one,
        state=State.DONE,
        evidence=seen or one.evidence,
        why="",
        unblocker="",
        snoozed_until=None,
        touched=True,
        settled_at=now,
        settled_by=by,
    )
    return PlanChange("done", f"finished {named(one)}", (settled,))


def block(plan: PlanPicture, number: int, why: str, unblocker: str = "") -> PlanChange | Refused:
    """It can't go on: `why`, and who can unblock it. Of a blocked one both are replaced."""
    one = _open(plan, number)
    if isinstance(one, Refused):
        return one
    reason = _reason(why, required="Say what blocks it, so that somebody can help.")
    if isinstance(reason, Refused):
        return reason
    helper = clean(unblocker, _NAME).text
    if one.state is State.BLOCKED and (one.why, one.unblocker) == (reason, helper or one.unblocker):
        return Refused(f"{named(one)} is blocked already, for that reason.")
    stuck = replace(one, state=State.BLOCKED, why=reason, unblocker=helper or one.unblocker, touched=True)
    return PlanChange("block", f"marked {named(one)} blocked", (stuck,))


def unblock(plan: PlanPicture, number: int) -> PlanChange | Refused:
    """It can go on."""
    one = _open(plan, number)
    if isinstance(one, Refused):
        return one
    if one.state is not State.BLOCKED:
        return Refused(f"{named(one)} is not blocked.")
    freed = replace(one, state=State.DOING, why="", unblocker="", touched=True)
    return PlanChange("unblock", f"unblocked {named(one)}", (freed,))


def skip(plan: PlanPicture, number: int, why: str, *, by: PersonCard, now: datetime) -> PlanChange | Refused:
    """It will not be done, and `why`. What counts from it keeps its day."""
    one = _open(plan, number)
    if isinstance(one, Refused):
        return one
    reason = _reason(why, required="Say why it is skipped; somebody will ask.")
    if isinstance(reason, Refused):
        return reason
    settled = replace(
        one,
        state=State.SKIPPED,
        why=reason,
        unblocker="",
        snoozed_until=None,
        booked_for=None,
        touched=True,
        settled_at=now,
        settled_by=by,
    )
    return PlanChange("skip", f"skipped {named(one)}", (settled,))


def reopen(plan: PlanPicture, number: int) -> PlanChange | Refused:
    """A done or skipped one is to be done again, on the day it had."""
    one = _known(plan, number)
    if isinstance(one, Refused):
        return one
    if one.is_open:
        return Refused(f"{named(one)} is open.")
    again = replace(one, state=State.PLANNED, why="", settled_at=None, settled_by=None, touched=True)
    day = f", due {on_day(one.due)}" if one.due else ""
    return PlanChange("reopen", f"reopened {named(one)}{day}", (again,))


def edit(
    plan: PlanPicture,
    number: int,
    *,
    title: str | None = None,
    about: str | None = None,
    evidence_asked: str | None = None,
    responsible: Role | None = None,
) -> PlanChange | Refused:
    """Its texts and whose it is; None leaves a part as it is. Refused when nothing would change."""
    one = _known(plan, number)
    if isinstance(one, Refused):
        return one
    becomes = one
    if title is not None:
        named_so = _title(title)
        if isinstance(named_so, Refused):
            return named_so
        becomes = replace(becomes, title=named_so)
    if about is not None:
        becomes = replace(becomes, about=clean(about, QUESTION).text)
    if evidence_asked is not None:
        becomes = replace(becomes, evidence_asked=clean(evidence_asked, QUESTION).text)
    if responsible is not None:
        becomes = replace(becomes, raci=replace(becomes.raci, responsible=responsible))
    if becomes == one:
        return Refused("Nothing was changed.")
    renamed = becomes.title != one.title
    said = f"renamed {named(one)} to {quoted(becomes.title)}" if renamed else f"edited {named(one)}"
    return PlanChange("rename" if renamed else "edit", said, (replace(becomes, touched=True),))


def name_owner(plan: PlanPicture, number: int, owner: PersonCard | None, owner_name: str = "") -> PlanChange | Refused:
    """Who does it: a member, or somebody at the customer by name; neither gives it back to its role."""
    one = _known(plan, number)
    if isinstance(one, Refused):
        return one
    theirs = clean(owner_name, _NAME).text
    if (one.owner.id if one.owner else None, one.owner_name) == (owner.id if owner else None, theirs):
        return Refused("Nothing was changed.")
    responsible = Role.CUSTOMER if theirs and owner is None else one.raci.responsible
    raci = replace(one.raci, responsible=responsible)
    given = replace(one, owner=owner, owner_name=theirs, raci=raci, touched=True)
    whom = owner.name if owner else theirs
    said = f"gave {named(one)} to {clean(whom, _NAME).text}"
    if not whom:
        said = f"took the name off {named(one)}, so that it falls to {_FALLS_TO[responsible]}"
    return PlanChange("owner", said, (given,))


def snooze(plan: PlanPicture, number: int, until: date | None, *, today: date) -> PlanChange | Refused:
    """Nobody is reminded of it before `until` (a local day); None reminds again at once. Its due day stays."""
    one = _open(plan, number)
    if isinstance(one, Refused):
        return one
    if until is None:
        woken = PlanChange("snooze", f"ended the snooze of {named(one)}", (replace(one, snoozed_until=None),))
        return woken if one.snoozed_until is not None else Refused(f"{named(one)} is not snoozed.")
    if not today < until <= today + timedelta(days=SNOOZE_DAYS):
        return Refused(f"Choose a day after today, within {SNOOZE_DAYS} days. When it is due later, move it.")
    if until == one.snoozed_until:
        return Refused(f"{named(one)} is snoozed until {on_day(until)} already.")
    said = f"snoozed {named(one)} until {on_day(until)}"
    return PlanChange("snooze", said, (replace(one, snoozed_until=until),))


def out_of_reach(plan: PlanPicture, day: date) -> Refused | None:
    """A no for a day before the close or years after it."""
    if day < plan.closed_on:
        return Refused(f"{on_day(day)} is before the deal was closed ({on_day(plan.closed_on)}).")
    if day.year > plan.closed_on.year + LATEST_YEARS:
        return Refused(f"{on_day(day)} is more than {LATEST_YEARS} years after the deal was closed.")
    return None


def _known(plan: PlanPicture, number: int) -> Milestone | Refused:
    found = plan.by_number(number)
    return found if found is not None else Refused(f"There is no milestone {number} in this plan.")


def _open(plan: PlanPicture, number: int) -> Milestone | Refused:
    found = _known(plan, number)
    if isinstance(found, Refused) or found.is_open:
        return found
    return Refused(f"{named(found)} is {found.state} already. Open it again first.")


def _title(title: str) -> str | Refused:
    named_so = " ".join(title.split())
    if len(named_so) > MILESTONE_TITLE:
        return Refused(f"A title has at most {MILESTONE_TITLE} characters; this has {len(named_so):,}.")
    return clean(named_so, MILESTONE_TITLE).text or Refused("Say what the milestone is called.")


def _reason(text: str, *, required: str) -> str | Refused:
    if len(text.strip()) > QUESTION:
        return Refused(f"Use at most {QUESTION:,} characters; this has {len(text.strip()):,}.")
    return clean(text, QUESTION).text or (Refused(required) if required else "")
