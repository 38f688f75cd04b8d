"""What is said, and to whom, when a handoff is handed in."""

from datetime import datetime
from typing import Any, Final

from domain.handoff import FIELDS, Answers, HandoffState
from domain.handoff_merge import Change, diff
from domain.picture import DealPicture
from handlers import digests
from handlers.handoff_form.work import Work
from handlers.services import Services
from messages.brief import shows_confidential
from storage import confidential, notices, people
from storage.database import Tx
from storage.notices import NewNotice

CHANGES_KEPT: Final = 60
"""Changes a version's notice carries; the rest is counted."""

_WORDS_KEPT: Final = 400
_URGENT: Final = 2
_USUAL: Final = 5


async def tell_all(services: Services, tx: Tx, work: Work, answers: Answers, version: int, now: datetime) -> None:
    """Add the notices of a new version in its transaction; what was said already is to be edited in place."""
    deal, workspace = work.picture.id, work.picture.workspace_id
    new = [
        _notice(deal, "brief", "handoff_submitted", now, priority=_URGENT),
        _notice(deal, "canvas", "sync_canvas", now, audience=""),
        *_version(work, answers, version, now),
    ]
    said = [f"deal:{deal}:{what}" for what in ("brief", "canvas", "card", "announced", "requested", "agenda", "plan")]
    if _confides(answers) or _confides(work.handoff.answers):
        readers = await confidential_readers(services, tx, work.picture)
        if not shows_confidential(work.picture) and _confides(answers):
            new += confidential.notices_to(work.picture, readers, now)
        said += [confidential.key_of(deal, slack_id) for slack_id in readers]
    bumped = await notices.bump(tx.session, workspace, said, now)
    added = await notices.add(tx.session, workspace, new, now)
    await services.engine.enqueue(tx, [*bumped, *added])
    await digests.refresh(services, tx, deal, f"handoff:{deal}")


def _confides(answers: Answers) -> bool:
    return any(answers.text(field.name).strip() for field in FIELDS if field.confidential)


async def confidential_readers(services: Services, tx: Tx, picture: DealPicture) -> tuple[str, ...]:
    """Slack ids of those who may read the confidential parts: seller, CSM and lead, each once."""
    return confidential.readers(picture, await _lead(services, tx, picture.workspace_id))


def _notice(
    deal: int, what: str, kind: str, now: datetime, *, audience: str = "deal", priority: int = _USUAL
) -> NewNotice:
    return NewNotice(
        key=f"deal:{deal}:{what}",
        kind=kind,
        lane=f"deal:{deal}",
        audience=audience,
        not_before=now,
        deal_id=deal,
        priority=priority,
    )


def _version(work: Work, answers: Answers, version: int, now: datetime) -> list[NewNotice]:
    """The reply under the brief; the first version is the brief itself."""
    if version == 1:
        return []
    deal, old = work.picture.id, work.handoff
    changes = diff(old.answers, answers)
    facts: dict[str, Any] = {
        "old": old.version,
        "new": version,
        "by": work.asker.card.slack_id,
        "at": now.isoformat(),
        "base": work.place.base,
        "other": old.submitted_by.slack_id if old.submitted_by else "",
        "returned": old.state is HandoffState.RETURNED,
        "changes": [_kept(change) for change in changes[:CHANGES_KEPT]],
        "more": max(0, len(changes) - CHANGES_KEPT),
    }
    return [
        NewNotice(
            key=f"deal:{deal}:brief:v{version}",
            kind="handoff_version",
            lane=f"deal:{deal}",
            audience="deal",
            not_before=now,
            deal_id=deal,
            facts=facts,
            thread_key=f"deal:{deal}:brief",
            priority=_USUAL,
        )
    ]


def _kept(change: Change) -> list[str]:
    return [change.field, _short(change.before), _short(change.after)]


def _short(text: str) -> str:
    return text if len(text) <= _WORDS_KEPT else text[: _WORDS_KEPT - 1].rstrip() + "…"


async def _lead(services: Services, tx: Tx, workspace_id: int) -> str:
    named = services.settings.lead.strip()
    if "@" not in named:
        return named
    found = await people.by_email(tx.session, workspace_id, named)
    return found.slack_id if found else ""
