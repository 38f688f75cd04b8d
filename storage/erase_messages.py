"""Which messages of Baton tell of a customer or of somebody, and what of that is in Slack."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deals import DealState
from domain.erasing import Traces, blanked, holds
from domain.reminders import Subject
from storage import notices
from storage.home_models import Home
from storage.models import Commitment, Deal, Handoff, Notice, Person, Question
from storage.notices import NewNotice
from storage.plan_models import Milestone
from storage.play_models import Play
from storage.usage_alert_models import UsageAlert

ERRAND: Final = "erase_in_slack"
AT_ONCE: Final = 500
"""Messages of one errand, and rows of one statement."""
LIVING: Final = frozenset(
    {
        *("deal_opened", "deal_announced", "handoff_requested", "handoff_submitted", "handoff_version"),
        *("handoff_accepted", "handoff_returned", "deal_closed", "pre_sale_intro"),
        *("plan", "question_asked", "csm_assigned"),
    }
)
"""Kinds that say something whenever they are edited; any other may have nothing to say by now, and its old text would
stay."""
_Row = tuple[int, str, str, str, str, int | None, str, str, dict[str, Any]]
_BY_DEAL: Final[tuple[tuple[type[Any], tuple[Subject, ...]], ...]] = (
    (Milestone, (Subject.MILESTONE, Subject.LATE_MILESTONE)),
    (Question, (Subject.QUESTION,)),
    (Commitment, (Subject.PROMISE,)),
)
_BY_ACCOUNT: Final[tuple[tuple[type[Any], tuple[Subject, ...]], ...]] = (
    (Play, (Subject.PLAY, Subject.LATE_PLAY)),
    (UsageAlert, (Subject.USAGE, Subject.USAGE_TASK)),
)


@dataclass(slots=True)
class InSlack:
    """What is to go from Slack, by Slack's ids: messages and bookmarks as channel and ts or id; channels, which lose
    name, topic and purpose and are archived, with the name they get."""

    messages: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    canvases: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])
    bookmarks: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    channels: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    homes: list[str] = field(default_factory=list[str])
    """People whose Home was shown: Slack keeps what it showed last."""

    def errands(self, erasure_id: int, now: datetime) -> list[NewNotice]:
        """The errands that do it; they hold ids alone. Channels come last: once archived nothing can be done there."""
        parts: list[dict[str, Any]] = [
            {"messages": [list(one) for one in self.messages[at : at + AT_ONCE]]}
            for at in range(0, len(self.messages), AT_ONCE)
        ]
        last: dict[str, Any] = {
            name: given
            for name, given in (
                ("canvases", self.canvases),
                ("files", self.files),
                ("bookmarks", [list(one) for one in self.bookmarks]),
                ("homes", self.homes),
                ("channels", [list(one) for one in self.channels]),
            )
            if given
        }
        every = [*parts, last] if last else parts
        return [
            NewNotice(
                key=f"erasure:{erasure_id}:{number}",
                kind=ERRAND,
                lane=f"erasure:{erasure_id}",
                audience="",
                not_before=now,
                facts=facts,
                priority=4,
            )
            for number, facts in enumerate(every, start=1)
        ]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that tells of it: its row, and where it stands in Slack ('' for nowhere). ``own``: it is about nothing
    else; ``to_them``: it was said to whom is erased."""

    id: int
    kind: str
    state: str
    channel: str
    ts: str
    deal_id: int | None
    files: tuple[str, ...]
    own: bool
    to_them: bool


async def told_of(
    session: AsyncSession,
    workspace_id: int,
    traces: Traces,
    *,
    own: Collection[int] = (),
    concerned: Collection[int] = (),
    account_id: int = 0,
    audience: str = "",
) -> list[Told]:
    """Every notice of the ``own`` deals and of the customer, of the deals ``concerned``, digests that refer to any of
    them, those to ``audience``, and those in which traces stand. Reads every notice of the workspace once."""
    mine, deals = frozenset(own), frozenset((*own, *concerned))
    occurrences, refs = await _refers(session, deals, account_id)
    found: list[Told] = []
    where = (Notice.channel_id, Notice.ts, Notice.deal_id, Notice.audience)
    rows = await session.stream(
        select(Notice.id, Notice.kind, Notice.state, *where, Notice.key, Notice.facts)
        .where(Notice.workspace_id == workspace_id, Notice.kind != ERRAND)
        .execution_options(yield_per=AT_ONCE)
    )
    async for row in rows:
        number, kind, state, channel, ts, deal_id, to, key, facts = cast("_Row", tuple(row))
        digest = any(_ref(item) in occurrences for item in _items(facts))
        refers, to_them = holds(facts, refs), bool(audience) and to == audience
        named = traces.found_in(key) or blanked(facts, traces) != facts
        if deal_id in deals or digest or refers or to_them or named:
            only = deal_id in mine or (bool(account_id) and refers and deal_id is None)
            found.append(Told(number, kind, state, channel, ts, deal_id, _files(facts), only, to_them))
    return found


async def _refers(
    session: AsyncSession, deals: Collection[int], account_id: int
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """What a digest calls the things of these deals (``milestone:41``), and fields that refer to them."""
    occurrences = {f"{subject}:{deal}" for deal in deals for subject in (Subject.HANDOFF, Subject.LATE_HANDOFF)}
    refs: set[tuple[str, str]] = {(name, str(deal)) for deal in deals for name in ("deal", "deal_id")}
    for model, subjects in _BY_DEAL:
        ids: Sequence[int] = (await session.scalars(select(model.id).where(model.deal_id.in_(sorted(deals))))).all()
        occurrences |= {f"{subject}:{number}" for number in ids for subject in subjects}
    if account_id:
        refs.add(("account", str(account_id)))
        for model, subjects in _BY_ACCOUNT:
            ids = (await session.scalars(select(model.id).where(model.account_id == account_id))).all()
            occurrences |= {f"{subject}:{number}" for number in ids for subject in subjects}
            named = "play" if model is Play else "alert"
            refs |= {(named, str(number)) for number in ids}
    return frozenset(occurrences), frozenset(refs)


def _files(facts: dict[str, Any]) -> tuple[str, ...]:
    """What an errand put into Slack: a chart, an export."""
    listed: object = facts.get("files")
    every = cast("list[object]", listed) if isinstance(listed, list) else []
    return tuple(str(one) for one in (facts.get("file"), *every) if one)


def _items(facts: dict[str, Any]) -> Iterable[str]:
    for name in ("items", "skipped"):
        listed: object = facts.get(name)
        if isinstance(listed, list):
            yield from (str(one) for one in cast("list[object]", listed))


def _ref(occurrence: str) -> str:
    return ":".join(occurrence.split(":", 2)[:2])


def on_their_way(told: Sequence[Told]) -> int:
    """How many of them are just being sent: what becomes of those nobody knows yet."""
    return sum(one.state == notices.SENDING for one in told)


def said(told: Iterable[Told]) -> list[tuple[str, str]]:
    """Where in Slack they stand."""
    return [(one.channel, one.ts) for one in told if one.channel and one.ts]


async def never_again(session: AsyncSession, told: Sequence[Told]) -> int:
    """Let these say nothing any more; their rows stay without what they held, so that nothing is said a second time."""
    for at in range(0, len(told), AT_ONCE):
        ids = [one.id for one in told[at : at + AT_ONCE]]
        values: dict[str, Any] = {"state": notices.ERASED, "facts": {}, "why": "erased", "channel_id": "", "ts": ""}
        await session.execute(
            update(Notice).where(Notice.id.in_(ids)).values(values).execution_options(synchronize_session=False)
        )
    return len(told)


async def drop(session: AsyncSession, told: Sequence[Told]) -> int:
    """Delete these rows."""
    for at in range(0, len(told), AT_ONCE):
        ids = [one.id for one in told[at : at + AT_ONCE]]
        await session.execute(delete(Notice).where(Notice.id.in_(ids)).execution_options(synchronize_session=False))
    return len(told)


async def edit(session: AsyncSession, workspace_id: int, told: Sequence[Told], now: datetime) -> int:
    """Let these be edited in place by the engine."""
    keys = await session.scalars(select(Notice.key).where(Notice.id.in_([one.id for one in told])))
    return len(await notices.bump(session, workspace_id, list(keys.all()), now))


async def fit_anew(session: AsyncSession, workspace_id: int, deals: Sequence[int], now: datetime) -> list[int]:
    """Let topic and bookmark of these deals' channels be made anew: they name people. The ids of new errands."""
    every = [
        NewNotice(f"deal:{number}:refresh", "refresh_channel", f"deal:{number}", "", now, deal_id=number)
        for number in deals
    ]
    added = await notices.add(session, workspace_id, every, now)
    await notices.bump(session, workspace_id, [one.key for one in every], now)
    return added


async def fittings(session: AsyncSession, deals: Collection[int], found: InSlack) -> None:
    """Add canvas, bookmark and channel of these deals."""
    rows = await session.execute(
        select(Deal.id, Deal.channel_id, Deal.bookmark_id, Handoff.canvas_id)
        .outerjoin(Handoff, Handoff.deal_id == Deal.id)
        .where(Deal.id.in_(sorted(deals)))
    )
    for number, channel, bookmark, canvas in rows.all():
        if canvas:
            found.canvases.append(canvas)
        if channel and bookmark:
            found.bookmarks.append((channel, bookmark))
        if channel:
            found.channels.append((channel, f"deal-erased-{number}"))


async def homes(session: AsyncSession, workspace_id: int, but: str) -> list[str]:
    """The Slack ids of those whose Home was shown, but for one."""
    shown = select(Person.slack_id).join(Home, Home.person_id == Person.id)
    rows = await session.scalars(shown.where(Home.workspace_id == workspace_id, Person.slack_id != but))
    return list(rows.all())


async def finished(session: AsyncSession, deals: Collection[int]) -> set[int]:
    """Those of these deals whose channel is archived, where nothing can be edited."""
    statement = select(Deal.id).where(Deal.id.in_(sorted(deals)), Deal.state == DealState.CLOSED.value)
    return set((await session.scalars(statement)).all())


async def pictures_of(session: AsyncSession, account_id: int) -> list[str]:
    """The files of charts of a customer's alerts."""
    cards = await session.scalars(select(UsageAlert.card).where(UsageAlert.account_id == account_id))
    return [file for card in cards.all() if (file := str(card.get("chart") or ""))]
