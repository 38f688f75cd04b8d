"""Handoffs: drafts per person, submissions as versions, their lists as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from domain.handoff import Answers, HandoffState
from domain.handoff_score import promises
from storage.models import Commitment, Handoff, HandoffDraft, HandoffVersion, Notice, Person, Stakeholder

_HANDOFF: Final = cast("Table", Handoff.__table__)
_DRAFT: Final = cast("Table", HandoffDraft.__table__)
# The hot path: tables and not entities, made once, because the ORM costs two to three times as much here.
_NEXT_VERSION: Final = (
    update(_HANDOFF)
    .where(
        _HANDOFF.c.id == bindparam("on_handoff"),
        _HANDOFF.c.version == bindparam("on_version"),
        _HANDOFF.c.state == bindparam("on_state"),
    )
    .values(
        {
            name: bindparam(name)
            for name in ("version", "state", "answers", "score", "gaps", "submitted_at", "submitted_by")
        }
    )
    .returning(_HANDOFF.c.id)
)
_INSERT_VERSION: Final = insert(cast("Table", HandoffVersion.__table__))
_DROP_DRAFT: Final = delete(_DRAFT).where(
    _DRAFT.c.handoff_id == bindparam("of_handoff"), _DRAFT.c.person_id == bindparam("of_person")
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed and did not submit, on top of which version; ``typed`` is the raw text of list fields."""

    base_version: int
    answers: Answers
    typed: dict[str, str]
    updated_at: datetime


async def get(session: AsyncSession, deal_id: int) -> Handoff | None:
    """The deal's handoff."""
    return (await session.scalars(select(Handoff).where(Handoff.deal_id == deal_id))).first()


async def version_answers(session: AsyncSession, handoff_id: int, version: int) -> Answers | None:
    """The answers of one submission; None when there is no such version."""
    found = (
        await session.scalars(
            select(HandoffVersion.answers).where(
                HandoffVersion.handoff_id == handoff_id, HandoffVersion.version == version
            )
        )
    ).first()
    return None if found is None else Answers.from_json(found)


async def draft(session: AsyncSession, handoff_id: int, person_id: int, *, lock: bool = False) -> Draft | None:
    """Somebody's own draft; ``lock`` keeps other transactions off it until this one ends (PostgreSQL)."""
    statement = select(HandoffDraft).where(HandoffDraft.handoff_id == handoff_id, HandoffDraft.person_id == person_id)
    found = (await session.scalars(statement.with_for_update() if lock else statement)).first()
    return None if found is None else draft_of(found)


def draft_of(row: HandoffDraft) -> Draft:
    """A draft's row as a value."""
    return Draft(row.base_version, Answers.from_json(row.answers), dict(row.typed), row.updated_at)


async def other_drafters(
    session: AsyncSession, handoff_id: int, person_id: int, since: datetime
) -> list[tuple[str, datetime]]:
    """Who else has an unsubmitted draft changed after ``since``: Slack id and time, newest first."""
    statement = (
        select(Person.slack_id, HandoffDraft.updated_at)
        .join(Person, Person.id == HandoffDraft.person_id)
        .where(
            HandoffDraft.handoff_id == handoff_id, HandoffDraft.person_id != person_id, HandoffDraft.updated_at > since
        )
        .order_by(HandoffDraft.updated_at.desc())
    )
    return [(slack_id, at) for slack_id, at in (await session.execute(statement)).all()]


async def save_draft(
    session: AsyncSession,
    handoff_id: int,
    person_id: int,
    *,
    base_version: int,
    answers: Answers,
    typed: dict[str, str],
    now: datetime,
) -> None:
    """Keep what somebody has typed so far; the handoff becomes ``drafting`` when it was only requested."""
    values: dict[str, Any] = {
        "base_version": base_version,
        "answers": answers.to_json(),
        "typed": typed,
        "updated_at": now,
    }
    dialect = session.get_bind().dialect.name
    statement = sqlite.insert(HandoffDraft) if dialect == "sqlite" else postgresql.insert(HandoffDraft)
    await session.execute(
        statement.values(handoff_id=handoff_id, person_id=person_id, **values).on_conflict_do_update(
            index_elements=["handoff_id", "person_id"], set_=values
        )
    )
    await session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.state == HandoffState.REQUESTED.value)
        .values(state=HandoffState.DRAFTING.value)
        .execution_options(synchronize_session=False)
    )


async def drop_draft(session: AsyncSession, handoff_id: int, person_id: int) -> None:
    """The draft was submitted or thrown away."""
    await session.execute(_DROP_DRAFT, {"of_handoff": handoff_id, "of_person": person_id})


async def submit(
    session: AsyncSession,
    handoff_id: int,
    deal_id: int,
    *,
    based_on: int,
    was: HandoffState,
    state: HandoffState,
    before: Answers,
    answers: Answers,
    score: int,
    author_id: int,
    now: datetime,
) -> int | None:
    """Make the next version: compare-and-set on the version and state it is based on. None when somebody else was
    quicker. ``before`` are the answers of version ``based_on``: lists that did not change are not written again."""
    version = based_on + 1
    body = answers.to_json()
    changed = await session.scalars(
        _NEXT_VERSION,
        {
            "on_handoff": handoff_id,
            "on_version": based_on,
            "on_state": was.value,
            "version": version,
            "state": state.value,
            "answers": body,
            "score": score,
            "gaps": "",
            "submitted_at": now,
            "submitted_by": author_id,
        },
    )
    if changed.first() is None:
        return None
    await session.execute(
        _INSERT_VERSION,
        {
            "handoff_id": handoff_id,
            "version": version,
            "answers": body,
            "score": score,
            "author_id": author_id,
            "at": now,
        },
    )
    if answers.stakeholders != before.stakeholders:
        await _keep_stakeholders(session, deal_id, answers)
    if answers.commitments != before.commitments:
        await _keep_commitments(session, deal_id, answers)
    return version


async def decide(
    session: AsyncSession,
    handoff_id: int,
    *,
    version: int,
    was: HandoffState,
    state: HandoffState,
    by: int,
    gaps: str,
    now: datetime,
) -> bool:
    """Accept or return: compare-and-set on version and state. False when it changed meanwhile."""
    changed = await session.scalars(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.version == version, Handoff.state == was.value)
        .values(state=state.value, decided_at=now, decided_by=by, gaps=gaps)
        .returning(Handoff.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


async def undecide(
    session: AsyncSession, handoff_id: int, *, version: int, was: HandoffState, decided_at: datetime
) -> bool:
    """It waits for its decision again: compare-and-set on the decision. False when it changed meanwhile."""
    changed = await session.scalars(
        update(Handoff)
        .where(
            Handoff.id == handoff_id,
            Handoff.version == version,
            Handoff.state == was.value,
            Handoff.decided_at == decided_at,
        )
        .values(state=HandoffState.SUBMITTED.value, decided_at=None, decided_by=None, gaps="")
        .returning(Handoff.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


async def decisions_told(session: AsyncSession, deal_id: int, version: int) -> list[str]:
    """The keys of the messages that tell of a decision about this version."""
    rows = await session.execute(
        select(Notice.key, Notice.facts).where(
            Notice.deal_id == deal_id, Notice.kind.in_(("handoff_accepted", "handoff_returned"))
        )
    )
    return [key for key, facts in rows.all() if facts.get("version") == version]


async def set_canvas(session: AsyncSession, handoff_id: int, *, canvas_id: str, refused: str) -> None:
    """Remember the channel's canvas, or why there is none."""
    await session.execute(
        update(Handoff).where(Handoff.id == handoff_id).values(canvas_id=canvas_id, canvas_refused=refused)
    )


async def _remove_others(
    session: AsyncSession, model: type[Stakeholder] | type[Commitment], deal_id: int, keep: Sequence[str]
) -> None:
    await session.execute(
        delete(model)
        .where(model.deal_id == deal_id, model.item_id.not_in(keep))
        .execution_options(synchronize_session=False)
    )


async def _keep_stakeholders(session: AsyncSession, deal_id: int, answers: Answers) -> None:
    await _remove_others(session, Stakeholder, deal_id, [item.id for item in answers.stakeholders])
    if not answers.stakeholders:
        return
    dialect = session.get_bind().dialect.name
    statement = (sqlite.insert(Stakeholder) if dialect == "sqlite" else postgresql.insert(Stakeholder)).values(
        [
            {
                "deal_id": deal_id,
                "item_id": item.id,
                "position": position,
                "name": item.name,
                "role": item.role,
                "cares_about": item.cares_about,
                "contact": item.contact,
                "phases": sorted(item.phases),
            }
            for position, item in enumerate(answers.stakeholders)
        ]
    )
    names = ("position", "name", "role", "cares_about", "contact", "phases")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["deal_id", "item_id"], set_={name: statement.excluded[name] for name in names}
        )
    )


async def _keep_commitments(session: AsyncSession, deal_id: int, answers: Answers) -> None:
    """What became of a promise stays when its words are edited. "None" is an answer but nothing to keep."""
    kept = promises(answers)
    await _remove_others(session, Commitment, deal_id, [item.id for item in kept])
    if not kept:
        return
    dialect = session.get_bind().dialect.name
    statement = (sqlite.insert(Commitment) if dialect == "sqlite" else postgresql.insert(Commitment)).values(
        [
            {
                "deal_id": deal_id,
                "item_id": item.id,
                "position": position,
                "text": item.text,
                "owner": item.owner,
                "due": item.due,
                "state": "open",
                "evidence": "",
            }
            for position, item in enumerate(kept)
        ]
    )
    names = ("position", "text", "owner", "due")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["deal_id", "item_id"], set_={name: statement.excluded[name] for name in names}
        )
    )
