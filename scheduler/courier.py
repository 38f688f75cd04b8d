"""Knows for each notice what it says and to whom: the picture of its deal, its builder, its audience in Slack."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from domain.deals import DealState
from domain.picture import DealPicture
from domain.usage_alert import OF_ALERT, OF_FEED
from messages.catalog import BUILDERS, PERSONAL, WITH_PLAN
from messages.say import Message, Quiet
from scheduler.absence import Absences
from scheduler.audience import DEAL, PERSON, Audiences, Nowhere
from scheduler.delivery import Done, NotYet, Plan, Say, StayQuiet, Where
from scheduler.errands.archive import archive_channel
from scheduler.errands.canvas import sync_canvas
from scheduler.errands.card import pin_card
from scheduler.errands.channel import open_channel
from scheduler.errands.deal_export import export_deal
from scheduler.errands.erase import erase_in_slack
from scheduler.errands.figures import answer_with_figures, export_figures
from scheduler.errands.home import refresh_home
from scheduler.errands.outsiders import channels_look, confidential_check
from scheduler.errands.refresh import refresh_channel
from scheduler.errands.usage import scan_usage
from scheduler.errands.usage_chart import answer_with_chart, chart_of_alert
from scheduler.gate import Gate
from scheduler.gathered import Gathered
from scheduler.mornings import MORNING_KINDS, morning_of
from scheduler.plays import PLAY_KINDS, play_of
from scheduler.usage_says import feed_of, not_there, usage_of
from scheduler.workplace import Workplace
from storage import notices
from storage import unsure as unsure_letters
from storage.database import Tx
from storage.held import HELD
from storage.notices import ClaimedNotice, NewNotice

Errand = Callable[[Workplace, ClaimedNotice], Awaitable[Done | StayQuiet | NotYet]]
Read = Callable[[Workplace, ClaimedNotice], Awaitable[Message | Quiet]]
THREAD_PATIENCE_S: Final = 2
CHANNEL_PATIENCE_S: Final = 300
PINNED: Final = frozenset({"deal_opened", "handoff_submitted"})
PIN_PRIORITY: Final = 2
"""Before channels that are still to be made: a burst of those takes Slack the better part of an hour."""

ERRANDS: Final[tuple[tuple[str, Errand], ...]] = (
    ("open_channel", open_channel),
    ("refresh_channel", refresh_channel),
    ("sync_canvas", sync_canvas),
    ("pin_card", pin_card),
    ("archive_channel", archive_channel),
    ("confidential_check", confidential_check),
    ("channels_look", channels_look),
    ("refresh_home", refresh_home),
    ("usage_scan", scan_usage),
    ("usage_chart", chart_of_alert),
    ("usage_answer", answer_with_chart),
    ("metrics_answer", answer_with_figures),
    ("metrics_csv", export_figures),
    ("erase_in_slack", erase_in_slack),
    ("deal_export", export_deal),
)

READ: Final[Mapping[str, Read]] = MappingProxyType(
    {
        **dict.fromkeys(MORNING_KINDS, morning_of),
        **dict.fromkeys(PLAY_KINDS, play_of),
        **dict.fromkeys(OF_ALERT, usage_of),
        **dict.fromkeys(OF_FEED, feed_of),
    }
)
"""Kinds that belong to no single deal and are read from the database at the moment they are said or edited."""


class DealCourier:
    """The courier of deals and of the people who have them."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._audiences = Audiences(place)
        self._gathered = Gathered(place)
        self._gate = Gate(place)
        self._absences = Absences(place)
        self._errands: Mapping[str, Errand] = dict(ERRANDS)
        self.errands = frozenset(self._errands)

    async def plan(self, notice: ClaimedNotice) -> Plan:
        """Build the message from the facts as they are now, and find where it goes."""
        away = await self._absences.held(notice.workspace_id)
        if away is not None:
            return away
        if notice.kind in READ or notice.kind in PERSONAL:
            return await self._personal(notice)
        return await self._of_deal(notice)

    async def _of_deal(self, notice: ClaimedNotice) -> Plan:
        picture = self._gathered.take(notice)
        if picture is None:
            picture = await self._place.picture(notice.deal_id or 0, plan=notice.kind in WITH_PLAN)
        if picture is None:
            return StayQuiet("the deal is gone")
        held = await self._held(notice, picture)
        if held is not None:
            return held
        message = await self._words(notice, picture)
        if isinstance(message, Quiet):
            return StayQuiet(message.reason)
        where = await self._audiences.find(notice, picture)
        if isinstance(where, Nowhere):
            return NotYet(self._place.soon(CHANNEL_PATIENCE_S), where.reason, holds_lane=False)
        thread = await self._thread(notice)
        if isinstance(thread, NotYet):
            return thread
        return Say(where.channel, message.text, message.blocks, thread)

    async def prepare(self, notices: Sequence[ClaimedNotice]) -> None:
        """Read together what was claimed together."""
        await self._gathered.prepare(notices)

    async def _personal(self, notice: ClaimedNotice) -> Plan:
        """What belongs to no single deal, though it may be told in the channel of one."""
        picture = await self._place.picture(notice.deal_id or 0) if notice.audience == DEAL else None
        away = not_there(notice, picture)
        if isinstance(away, Quiet):
            return StayQuiet(away.reason)
        held = await self._held(notice, picture)
        if held is not None and away is None:
            return held
        if away is not None:
            message = away
        elif notice.kind in READ:
            message = await READ[notice.kind](self._place, notice)
        else:
            message = PERSONAL[notice.kind](notice.facts, self._place.clock())
        if isinstance(message, Quiet):
            return StayQuiet(message.reason)
        where = await self._audiences.find(notice, picture)
        if isinstance(where, Nowhere):
            return NotYet(self._place.soon(CHANNEL_PATIENCE_S), where.reason, holds_lane=False)
        thread = await self._thread(notice)
        if isinstance(thread, NotYet):
            return thread
        return Say(where.channel, message.text, message.blocks, thread)

    async def _held(self, notice: ClaimedNotice, picture: DealPicture | None) -> NotYet | None:
        at = await self._gate.opens(notice, picture)
        return None if at is None else NotYet(at, HELD, holds_lane=False)

    def disturbed(self, slack_id: str) -> None:
        """Somebody changed when they want to be disturbed."""
        self._gate.dnd.forget(slack_id)

    def taken_away(self) -> None:
        """A workspace took Baton away: nothing more is said there, at once."""
        self._absences.forget()

    async def _words(self, notice: ClaimedNotice, picture: DealPicture) -> Message | Quiet:
        builder = BUILDERS.get(notice.kind)
        if builder is None:
            return Quiet(f"nobody knows what {notice.kind} says")
        if await self._archived(notice, picture):
            return Quiet("the deal is closed and its channel archived")
        return builder(picture, notice.facts, self._place.clock())

    async def _archived(self, notice: ClaimedNotice, picture: DealPicture) -> bool:
        if notice.audience != DEAL or picture.state is not DealState.CLOSED:
            return False
        async with self._place.db.read() as session:
            errand = await notices.by_key(session, notice.workspace_id, f"deal:{picture.id}:archive")
        return errand is not None and errand.state == notices.SENT

    async def said_where(self, notice: ClaimedNotice) -> Where | None:
        """The channel or thread of a message notice, when there is such a place."""
        picture = await self._place.picture(notice.deal_id) if notice.deal_id is not None else None
        known = picture is not None or notice.kind in PERSONAL or notice.kind in READ
        where = await self._audiences.find(notice, picture) if known else None
        thread = await self._thread(notice)
        if not isinstance(where, Where) or isinstance(thread, NotYet):
            return None
        return Where(where.channel, thread)

    async def _thread(self, notice: ClaimedNotice) -> str | NotYet:
        """The message this one answers, '' for none. Only one still on its way is worth holding the lane for."""
        if not notice.thread_key:
            return ""
        async with self._place.db.read() as session:
            parent = await notices.by_key(session, notice.workspace_id, notice.thread_key)
        if parent is not None and (parent.ts or parent.state in (notices.ARRIVED, notices.ERASED)):
            # Where it stands nobody knows: what answers it is said by itself.
            return parent.ts
        reason = "the message it answers is not there yet"
        if parent is not None and parent.state in (notices.PENDING, notices.SENDING):
            return NotYet(self._place.soon(THREAD_PATIENCE_S), reason)
        return NotYet(self._place.soon(CHANNEL_PATIENCE_S), reason, holds_lane=False)

    async def run_errand(self, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
        """Carry out work in Slack."""
        away = await self._absences.held(notice.workspace_id)
        if away is not None:
            return away
        return await self._errands[notice.kind](self._place, notice)

    async def after_said(self, tx: Tx, notice: ClaimedNotice, channel: str, ts: str) -> Sequence[int]:
        """A new card and a new brief are pinned: where there is no canvas, the pinned brief is what people find."""
        if notice.kind not in PINNED or notice.ts:
            return ()
        now = self._place.clock()
        pin = NewNotice(
            key=f"{notice.key}:pin",
            kind="pin_card",
            lane=f"{notice.lane}:pin",
            audience="",
            not_before=now,
            deal_id=notice.deal_id,
            facts={"channel": channel, "ts": ts},
            priority=PIN_PRIORITY,
        )
        return await notices.add(tx.session, notice.workspace_id, [pin], now)

    async def after_given_up(self, tx: Tx, notice: ClaimedNotice, why: str, *, unsure: bool) -> Sequence[int]:
        """Dead letters show in ``baton check`` and ``/baton status``, where a person can send them again; by then the
        channel may be another one of the same name. Of those that may have arrived the lead is asked as well."""
        self._audiences.forget(notice)
        if not unsure or notice.kind == unsure_letters.KIND:
            return ()
        lead = await self._place.lead_within(tx.session, notice.workspace_id)
        if lead is None:
            return ()
        return await unsure_letters.tell(tx.session, notice, why, f"{PERSON}{lead.slack_id}", self._place.clock())
