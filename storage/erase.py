"""Erasing a customer or somebody, in the caller's transaction, with what is to go from Slack handed to the engine.

A customer's rows are deleted, with their deals and everything beneath. Somebody's row stays, without name, because
others refer to it. In both cases every other text of the workspace loses what they are called (``storage.sweep``), and
the audit log keeps when and where from, but not who or what (migration 0008).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, Table, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.erasing import blanked, holds
from storage import audit, caseload, erase_messages, notices, raw, sweep
from storage.audit import Act
from storage.audit_models import AuditEntry
from storage.erase_messages import InSlack, Told
from storage.erase_targets import ACCOUNT, PERSON, Target
from storage.erasure_models import Erasure
from storage.home_models import Home
from storage.models import Account, Csm, Deal, Handoff, HandoffDraft, InboundEvent, Notice, Person
from storage.plan_models import Due, PersonSetting
from storage.play_models import SubscriptionEvent
from storage.sweep import AT_ONCE, Found
from storage.usage_models import UsageAccount, UsageColumn, UsageMetric, UsagePacked, UsageWeek

COMMAND_LINE: Final = "command line"
NOBODY: Final = "erased person"
CANVAS: Final = "sync_canvas"
EXPORT: Final = "deal_export"


class OnTheirWay(Exception):
    """Messages are just being sent; what becomes of them nobody knows yet. ``count``: how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} messages are on their way")
        self.count = count


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look through the workspace found: rows with traces, messages that tell of the target, audit entries."""

    found: Found
    told: tuple[Told, ...]
    entries: tuple[int, ...]
    inbound: tuple[int, ...]

    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.found.rows or self.told or self.entries or self.inbound)


@dataclass(slots=True)
class Erased:
    """What was erased: rows deleted, and rows that lost a text, by table; messages edited; what goes from Slack."""

    deleted: dict[str, int] = field(default_factory=dict[str, int])
    blanked: dict[str, int] = field(default_factory=dict[str, int])
    edited: int = 0
    in_slack: InSlack = field(default_factory=InSlack)
    notice_ids: list[int] = field(default_factory=list[int])


# What there is of them


async def look(session: AsyncSession, workspace_id: int, target: Target) -> Looked:
    """Look through the workspace; writes nothing."""
    found = await sweep.look(session, workspace_id, target.traces)
    told = await erase_messages.told_of(
        session,
        workspace_id,
        target.traces,
        own=target.deals,
        concerned=await _concerned(session, target, found),
        account_id=(target.row_id or 0) if target.kind == ACCOUNT else 0,
        audience=f"person:{target.slack_id}" if target.slack_id else "",
    )
    return Looked(
        found,
        tuple(told),
        tuple(await _entries(session, workspace_id, target)),
        tuple(await _inbound(session, workspace_id, target)) if target.kind == ACCOUNT else (),
    )


async def _concerned(session: AsyncSession, target: Target, found: Found) -> tuple[int, ...]:
    """The deals that name somebody: in a text, or because they have to do with it."""
    deals: set[int] = {key[0] for name in ("deal", "plan", "deal_standing") for key in found.rows.get(name, [])}
    for table in sweep.tables():
        direct = "deal_id" in table.columns
        if not direct and "handoff_id" not in table.columns:
            continue
        of_deal = (
            select(table.c.deal_id)
            if direct
            else select(Handoff.deal_id).join_from(table, Handoff, Handoff.id == table.c.handoff_id)
        )
        keys = [key[0] for key in found.rows.get(table.name, [])]
        conditions: list[ColumnElement[bool]] = []
        if "id" in table.columns:
            conditions += [table.c.id.in_(keys[at : at + AT_ONCE]) for at in range(0, len(keys), AT_ONCE)]
        if target.kind == PERSON and target.row_id is not None:
            conditions += [column == target.row_id for column in _to_people(table)]
        for condition in conditions:
            deals |= {number for number in (await session.scalars(of_deal.where(condition))).all() if number}
    if target.kind == PERSON and target.row_id is not None:
        mine = or_(Deal.ae_id == target.row_id, Deal.csm_id == target.row_id)
        deals |= set((await session.scalars(select(Deal.id).where(mine))).all())
    return tuple(sorted(deals))


def _to_people(table: Table) -> list[Any]:
    return [column for column in table.columns if any(key.column.table.name == "person" for key in column.foreign_keys)]


async def _entries(session: AsyncSession, workspace_id: int, target: Target) -> list[int]:
    """Audit entries about the target's deals, those that refer to them, and those in which traces stand."""
    deals, found = frozenset(target.deals), list[int]()
    subjects = {target.external_id, *target.external_deals, f"account:{target.row_id}"} - {""}
    rows = await session.stream(
        select(AuditEntry.id, AuditEntry.deal_id, AuditEntry.actor, AuditEntry.subject, AuditEntry.detail)
        .where(AuditEntry.workspace_id == workspace_id)
        .execution_options(yield_per=AT_ONCE)
    )
    async for number, deal_id, actor, subject, detail in rows:
        about = target.kind == ACCOUNT and (deal_id in deals or subject in subjects)
        named = any(map(target.traces.found_in, (actor, subject))) or blanked(detail, target.traces) != detail
        if about or named:
            found.append(number)
    return found


async def _inbound(session: AsyncSession, workspace_id: int, target: Target) -> list[int]:
    """What came in about a customer, by their ids."""
    refs = {("account_id", target.external_id), ("account.id", target.external_id)}
    refs |= {("data.id", deal) for deal in target.external_deals}
    refs |= {("id", deal) for deal in target.external_deals}
    rows = await session.stream(
        select(InboundEvent.id, InboundEvent.body)
        .where(InboundEvent.workspace_id == workspace_id)
        .execution_options(yield_per=AT_ONCE)
    )
    return [number async for number, body in rows if holds(body, frozenset(refs))]


# Erasing


async def erase(session: AsyncSession, workspace_id: int, target: Target, looked: Looked, now: datetime) -> Erased:
    """Erase what a look found. Raises OnTheirWay, with nothing done, while messages about it are being sent."""
    sending = erase_messages.on_their_way(looked.told)
    if sending:
        raise OnTheirWay(sending)
    if raw.is_sqlite(session):
        # What is deleted is overwritten in the file (sqlite.org/pragma.html, secure_delete).
        await session.execute(text("PRAGMA secure_delete=ON"))
    erasure = Erasure(workspace_id=workspace_id, kind=target.kind, via="erase", at=now, counts={})
    session.add(erasure)
    await session.flush()
    done = Erased()
    done.in_slack.homes += await erase_messages.homes(session, workspace_id, target.slack_id)
    await _audit(session, target, looked, erasure.id, done)
    if target.kind == ACCOUNT:
        await _account(session, workspace_id, target, looked, done)
    elif target.row_id is not None:
        await _person(session, target.row_id, done)
    await _others(session, workspace_id, [one for one in looked.told if not one.own], now, done)
    for name, count in (await sweep.rewrite(session, workspace_id, looked.found, target.traces)).items():
        done.blanked[name] = done.blanked.get(name, 0) + count
    errands = done.in_slack.errands(erasure.id, now)
    done.notice_ids += await notices.add(session, workspace_id, errands, now)
    counts = {"deleted": done.deleted, "blanked": done.blanked, "messages": len(done.in_slack.messages)}
    erasure.closed_at, erasure.counts = now, counts
    await session.flush()
    act = Act(COMMAND_LINE, f"{target.kind}_erased", "erase", subject=f"erasure:{erasure.id}", detail={})
    await audit.record(session, workspace_id, act, now)
    return done


async def _audit(session: AsyncSession, target: Target, looked: Looked, erasure_id: int, done: Erased) -> None:
    """Who and what go from the entries; of a customer only what, because who did it is another."""
    for at in range(0, len(looked.entries), AT_ONCE):
        ids = looked.entries[at : at + AT_ONCE]
        rows = await session.execute(
            select(AuditEntry.id, AuditEntry.actor).where(AuditEntry.id.in_(ids)).with_for_update()
        )
        named = [number for number, actor in rows.all() if target.traces.found_in(actor)]
        values: dict[str, Any] = {"subject": "", "detail": {}, "erasure_id": erasure_id}
        await session.execute(
            update(AuditEntry).where(AuditEntry.id.in_(ids)).values(values).execution_options(synchronize_session=False)
        )
        if named:
            await session.execute(
                update(AuditEntry)
                .where(AuditEntry.id.in_(named))
                .values(actor=NOBODY)
                .execution_options(synchronize_session=False)
            )
    if looked.entries:
        done.blanked["audit_entry"] = len(looked.entries)


async def _account(session: AsyncSession, workspace_id: int, target: Target, looked: Looked, done: Erased) -> None:
    slack, deals = done.in_slack, target.deals
    own = [one for one in looked.told if one.own]
    slack.messages += erase_messages.said(own)
    slack.files += [file for one in own for file in one.files]
    await erase_messages.fittings(session, deals, slack)
    if target.row_id is not None:
        slack.files += await erase_messages.pictures_of(session, target.row_id)
    slack.files[:] = dict.fromkeys(slack.files)
    await _deleted(session, done, Notice, [one.id for one in own])
    await _usage(session, workspace_id, target, done)
    csms = list((await session.scalars(select(Deal.csm_id).where(Deal.id.in_(deals), Deal.csm_id.is_not(None)))).all())
    for table in sweep.tables():
        beneath = _beneath(table, deals, target.row_id)
        if beneath is not None and table.name not in ("notice", "audit_entry", "deal", "account"):
            count = (await session.scalars(select(func.count()).select_from(table).where(beneath))).one()
            done.deleted |= {table.name: done.deleted.get(table.name, 0) + count} if count else {}
    await _deleted(session, done, Deal, deals)
    refs = (
        SubscriptionEvent.workspace_id == workspace_id,
        SubscriptionEvent.account_ref == target.external_id,
    )
    await _gone(session, done, SubscriptionEvent, *refs)
    if target.row_id is not None:
        await _deleted(session, done, Account, [target.row_id])
    for number in {csm for csm in csms if csm}:
        counted = await caseload.count(session, number)
        await session.execute(update(Csm).where(Csm.person_id == number).values(open_deals=counted))
    for at in range(0, len(looked.inbound), AT_ONCE):
        some = InboundEvent.id.in_(looked.inbound[at : at + AT_ONCE])
        await session.execute(update(InboundEvent).where(some).values(body={}, answer={}))
    if looked.inbound:
        done.blanked["inbound_event"] = len(looked.inbound)


def _beneath(table: Table, deals: Collection[int], account_id: int | None) -> ColumnElement[bool] | None:
    """The condition that a row goes with the deals or the customer."""
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            if parent.name == "deal" and key.ondelete == "CASCADE":
                return column.in_(sorted(deals))
            if parent.name == "account" and account_id is not None:
                return column == account_id
            if parent.name in ("handoff", "play") and key.ondelete == "CASCADE":
                inner = _beneath(parent, deals, account_id)
                return None if inner is None else column.in_(select(key.column).where(inner))
    return None


async def _usage(session: AsyncSession, workspace_id: int, target: Target, done: Erased) -> None:
    """A customer's weeks, and what is packed of them: those weeks are packed anew without them."""
    fed = (
        await session.scalars(
            select(UsageAccount.id).where(
                UsageAccount.workspace_id == workspace_id, UsageAccount.external_id == target.external_id
            )
        )
    ).first()
    if fed is None:
        return
    weeks = await session.execute(
        select(UsageColumn.metric_id, UsageColumn.week)
        .join(UsageMetric, UsageMetric.id == UsageColumn.metric_id)
        .where(UsageMetric.workspace_id == workspace_id)
        # Everybody takes weeks in this order, so that nobody waits for another in a circle.
        .order_by(UsageColumn.metric_id, UsageColumn.week)
    )
    for metric, week in weeks.all():
        mine = (UsageWeek.metric_id == metric, UsageWeek.week == week, UsageWeek.account_id == fed)
        if await _gone(session, done, UsageWeek, *mine):
            this = (UsageColumn.metric_id == metric, UsageColumn.week == week)
            await session.execute(update(UsageColumn).where(*this).values(changed=True))
            await session.execute(delete(UsagePacked).where(UsagePacked.metric_id == metric, UsagePacked.week == week))
    await _deleted(session, done, UsageAccount, [fed])


async def _person(session: AsyncSession, number: int, done: Erased) -> None:
    for model in (Home, PersonSetting, HandoffDraft, Due):
        await _gone(session, done, model, model.person_id == number)
    await session.execute(update(Csm).where(Csm.person_id == number).values(active=False, regions=[], segments=[]))
    values: dict[str, Any] = {"slack_id": f"erased:{number}", "email": "", "name": NOBODY, "zone": "UTC"}
    values |= {"locale": "en-US", "is_deleted": True, "is_admin": False}
    await session.execute(update(Person).where(Person.id == number).values(values))
    done.blanked["person"] = 1


async def _others(session: AsyncSession, workspace_id: int, told: Sequence[Told], now: datetime, done: Erased) -> None:
    """Messages that name the target beside others. Those that say something whenever they are edited are edited; the
    rest goes from Slack: its text can't be made anew, or would stay as it is."""
    archived = await erase_messages.finished(session, {one.deal_id for one in told if one.deal_id is not None})
    edited: list[Told] = []
    gone: list[Told] = []
    for one in told:
        if one.to_them:
            gone.append(one)
        elif one.ts:
            living = one.kind in erase_messages.LIVING and one.deal_id not in archived
            (edited if living and one.state != notices.ERASED else gone).append(one)
        elif one.kind == CANVAS and one.deal_id not in archived:
            edited.append(one)
    done.in_slack.messages += erase_messages.said(gone)
    exports = [one for one in told if one.kind == EXPORT]
    done.in_slack.files += [file for one in exports for file in one.files]
    count = await erase_messages.never_again(session, gone)
    done.blanked |= {"notice": count} if count else {}
    done.edited = await erase_messages.edit(session, workspace_id, edited, now)
    shown = sorted({one.deal_id for one in edited if one.deal_id is not None})
    done.notice_ids += await erase_messages.fit_anew(session, workspace_id, shown, now)
    if archived:
        rows = await session.scalars(select(Handoff.canvas_id).where(Handoff.deal_id.in_(sorted(archived))))
        done.in_slack.canvases += [canvas for canvas in rows.all() if canvas]


async def _deleted(session: AsyncSession, done: Erased, model: type[Any], ids: Collection[int]) -> None:
    every = sorted(ids)
    for at in range(0, len(every), AT_ONCE):
        await _gone(session, done, model, model.id.in_(every[at : at + AT_ONCE]))


async def _gone(session: AsyncSession, done: Erased, model: type[Any], *which: ColumnElement[bool]) -> int:
    result = await session.execute(delete(model).where(*which).execution_options(synchronize_session=False))
    count = cast("CursorResult[Any]", result).rowcount
    if count:
        name = str(model.__tablename__)
        done.deleted[name] = done.deleted.get(name, 0) + count
    return count
