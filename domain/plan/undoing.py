"""Undo: what a change touched, kept as JSON before and after, and the change that puts it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, cast

from domain.outcome import Refused
from domain.person import PersonCard
from domain.plan.change import ChosenPlaybook, PlanChange
from domain.plan.sentences import named
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind, Raci, Role

_NAMED: Final = 3
_LOST: Final = "changed since, and undoing would lose that; change it by hand instead."


class BadSnapshot(ValueError):
    """Stored JSON that is no milestone or plan as written here."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """What a change touched, before and after, as values `json.dumps` takes.

    Both hold `milestones`, by number (as text; None: it did not exist), and under `plan` the plan's own fields that
    differ. Ids, versions and the time of the change are no part of it.
    """

    before: dict[str, Any]
    after: dict[str, Any]


def snapshots(plan: PlanPicture, becomes: PlanPicture) -> Snapshots:
    """What differs between a plan and what it becomes."""
    numbers = sorted({one.number for one in (*plan.milestones, *becomes.milestones)})
    old = {str(number): _shape(plan.by_number(number)) for number in numbers}
    new = {str(number): _shape(becomes.by_number(number)) for number in numbers}
    touched = [number for number in old if old[number] != new[number]]
    was, is_now = _plan_to_json(plan), _plan_to_json(becomes)
    fields = [name for name in was if was[name] != is_now[name]]
    return Snapshots(
        {"milestones": {number: old[number] for number in touched}, "plan": {name: was[name] for name in fields}},
        {"milestones": {number: new[number] for number in touched}, "plan": {name: is_now[name] for name in fields}},
    )


def undo(plan: PlanPicture, before: Mapping[str, Any], after: Mapping[str, Any]) -> PlanChange | Refused:
    """The change that puts back what stood in `before`. Refused when anything it touched was changed since: later
    work is never lost by undoing earlier work. Raises BadSnapshot."""
    old, new = _milestones(before), _milestones(after)
    current = {number: plan.by_number(number) for number in new}
    changed = [number for number in new if not _alike(current[number], new[number])]
    if changed:
        return _changed_since([current[number] or new[number] for number in changed])
    fields, expected = _fields(before), _fields(after)
    now = _plan_to_json(plan)
    if any(now.get(name) != value for name, value in expected.items() if name in _COMPARED):
        return Refused(f"The plan itself was {_LOST}")
    return PlanChange(
        action="undo",
        said="undid it",
        milestones=tuple(_put_back(one, current[number]) for number, one in old.items() if one is not None),
        removed=tuple(number for number, one in old.items() if one is None),
        early_win=fields.get("early_win"),
        firm=fields["firm_at"] is not None if "firm_at" in fields else None,
        firm_at=_moment(fields.get("firm_at")),
        playbook=_playbook(plan, fields),
    )


def milestone_to_json(one: Milestone) -> dict[str, Any]:
    """A whole milestone as values `json.dumps` takes: days and moments ISO, people by their card."""
    return {
        "id": one.id,
        "number": one.number,
        "title": one.title,
        "responsible": one.raci.responsible.value,
        "accountable": one.raci.accountable.value,
        "consulted": [role.value for role in one.raci.consulted],
        "informed": [role.value for role in one.raci.informed],
        "due": _iso(one.due),
        "state": one.state.value,
        "kind": one.kind.value,
        "step": one.step,
        "about": one.about,
        "after": one.after,
        "working_days": one.working_days,
        "by_day": one.by_day,
        "evidence_asked": one.evidence_asked,
        "evidence": one.evidence,
        "why": one.why,
        "unblocker": one.unblocker,
        "owner": _card(one.owner),
        "owner_name": one.owner_name,
        "remind": list(one.remind),
        "snoozed_until": _iso(one.snoozed_until),
        "touched": one.touched,
        "booked_for": _iso(one.booked_for),
        "settled_at": _iso(one.settled_at),
        "settled_by": _card(one.settled_by),
        "changed_at": _iso(one.changed_at),
        "version": one.version,
    }


def milestone_from_json(value: object) -> Milestone:
    """Read what `milestone_to_json` wrote; id, version and the time of the change may be missing. Raises
    BadSnapshot for anything else."""
    if not isinstance(value, Mapping):
        raise BadSnapshot("a milestone is not an object")
    source = cast("Mapping[str, Any]", value)
    try:
        return Milestone(
            id=int(source.get("id", 0)),
            number=int(source["number"]),
            title=str(source["title"]),
            raci=Raci(
                Role(source["responsible"]),
                Role(source["accountable"]),
                tuple(Role(one) for one in source["consulted"]),
                tuple(Role(one) for one in source["informed"]),
            ),
            due=_day(source["due"]),
            state=State(source["state"]),
            kind=Kind(source["kind"]),
            step=str(source["step"]),
            about=str(source["about"]),
            after=str(source["after"]),
            working_days=source["working_days"],
            by_day=source["by_day"],
            evidence_asked=str(source["evidence_asked"]),
            evidence=str(source["evidence"]),
            why=str(source["why"]),
            unblocker=str(source["unblocker"]),
            owner=_person(source["owner"]),
            owner_name=str(source["owner_name"]),
            remind=tuple(int(one) for one in source["remind"]),
            snoozed_until=_day(source["snoozed_until"]),
            touched=bool(source["touched"]),
            booked_for=_moment(source["booked_for"]),
            settled_at=_moment(source["settled_at"]),
            settled_by=_person(source["settled_by"]),
            changed_at=_moment(source.get("changed_at")),
            version=int(source.get("version", 1)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadSnapshot(f"a milestone can't be read: {error}") from error


_OUTSIDE: Final = frozenset({"id", "version", "changed_at"})
_COMPARED: Final = frozenset({"playbook", "firm_at", "early_win"})
"""Of the plan's own fields those whose change since forbids undoing; the rest follows from them."""


def _shape(one: Milestone | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {name: value for name, value in milestone_to_json(one).items() if name not in _OUTSIDE}


def _alike(one: Milestone | None, other: Milestone | None) -> bool:
    """The same but for ids and versions; a person who changed their name is still the same."""
    if one is None or other is None:
        return one is other
    return _comparable(one) == _comparable(other)


def _comparable(one: Milestone) -> Milestone:
    return replace(
        one, id=0, version=1, changed_at=None, owner=_nameless(one.owner), settled_by=_nameless(one.settled_by)
    )


def _nameless(card: PersonCard | None) -> PersonCard | None:
    return PersonCard(card.id, "", "") if card else None


def _put_back(old: Milestone, now: Milestone | None) -> Milestone:
    return replace(old, id=now.id if now else 0, version=now.version if now else 1)


def _changed_since(changed: Collection[Milestone | None]) -> Refused:
    names = [named(one) for one in changed if one is not None]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    verb = "was" if len(names) == 1 else "were"
    return Refused(f"{', '.join(names[:_NAMED])}{more} {verb} {_LOST}")


def _milestones(snapshot: Mapping[str, Any]) -> dict[int, Milestone | None]:
    held: object = snapshot.get("milestones", {})
    if not isinstance(held, Mapping):
        raise BadSnapshot("the milestones are not an object")
    try:
        return {
            int(number): None if value is None else milestone_from_json(value)
            for number, value in cast("Mapping[str, Any]", held).items()
        }
    except ValueError as error:
        raise BadSnapshot(str(error)) from error


def _fields(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    held: object = snapshot.get("plan", {})
    if not isinstance(held, Mapping):
        raise BadSnapshot("the plan is not an object")
    return cast("Mapping[str, Any]", held)


def _plan_to_json(plan: PlanPicture) -> dict[str, Any]:
    return {
        "playbook": plan.playbook,
        "playbook_title": plan.playbook_title,
        "why": plan.why,
        "firm_at": _iso(plan.firm_at),
        "early_win": plan.early_win,
    }


def _playbook(plan: PlanPicture, fields: Mapping[str, Any]) -> ChosenPlaybook | None:
    if not {"playbook", "playbook_title", "why"} & set(fields):
        return None
    return ChosenPlaybook(
        str(fields.get("playbook", plan.playbook)),
        str(fields.get("playbook_title", plan.playbook_title)),
        str(fields.get("why", plan.why)),
    )


def _card(card: PersonCard | None) -> dict[str, Any] | None:
    if card is None:
        return None
    return {
        "id": card.id,
        "slack_id": card.slack_id,
        "name": card.name,
        "email": card.email,
        "locale": card.locale,
        "zone": card.zone,
    }


def _person(value: object) -> PersonCard | None:
    return PersonCard(**cast("dict[str, Any]", value)) if value is not None else None


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value is not None else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None
