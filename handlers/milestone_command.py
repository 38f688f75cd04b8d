"""``/milestone``: see the plan, and everything that can be done to it in words."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncApp

from domain.milestone_words import Found, Read, date_after, find_milestone
from domain.outcome import Refused
from domain.plan import kickoff, steps
from domain.plan.change import PlanChange
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from domain.unblocker_words import split_unblocker
from domain.words import Command, nearest, parse_command
from handlers import front, listen, milestone_place, plans
from handlers.answers import report, say
from handlers.listen import Ack, Body, Client
from handlers.milestone_answers import answer_command
from handlers.milestone_dates import read_moment, reader_of
from handlers.milestone_moves import TO_SHOW, Moving, fingerprint
from handlers.milestone_people import called, owner_named
from handlers.milestone_place import Place, Spot, may_edit, settled, today
from handlers.milestone_rules import finished, held, wants_evidence
from handlers.milestone_words import read_new, sole_person
from handlers.people import Asker
from handlers.plan_windows import Book, book_kickoff, choose_playbook, following
from handlers.plans import Rule
from handlers.services import Services
from handlers.typed import as_typed
from messages.help import MILESTONE, NOT_HERE, unknown_word
from messages.ids import VIEW_MILESTONE_EDIT, VIEW_PLAN_ALL
from messages.milestone_views import done_view, held_view
from messages.moves import effect_message, warnings
from messages.plan import plan_message
from messages.plan_windows import missing_evidence
from messages.say import View
from storage import pictures, plan_history

COMMAND: Final = "/milestone"
VIA: Final = "command"
NO_UNDO: Final = Refused("You changed nothing in this plan that could be undone.")
SEEN_BY_ALL: Final = frozenset({VIEW_MILESTONE_EDIT, VIEW_PLAN_ALL})
"""Windows that show the plan without changing it to whoever may not."""
NOT_DONE: Final = "is not done yet; say so with its evidence: `/milestone done"


@dataclass(frozen=True, slots=True)
class Asked:
    """One command in a deal's channel: ``raw`` is what follows its word, as Slack sends it."""

    ack: Ack
    body: Body
    client: Client
    asker: Asker
    place: Place
    raw: str

    @property
    def text(self) -> str:
        """What follows the word, as the person saw it."""
        return as_typed(self.raw).strip()


Answer = Callable[[Asked], Awaitable[None]]


class MilestoneCommand:
    """Answers ``/milestone`` and its words."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._words: dict[str, Answer] = {
            "add": self._add,
            "done": self._done,
            "start": self._start,
            "move": self._move,
            "block": self._block,
            "unblock": self._unblock,
            "skip": self._skip,
            "reopen": self._reopen,
            "undo": self._undo,
            "show": self._show,
            "evidence": self._evidence,
            "kickoff": self._kickoff,
            "win": self._win,
            "playbook": self._playbook,
        }

    async def on_command(self, ack: Ack, body: Body, client: Client, context: Mapping[str, Any]) -> None:
        """Read the word and answer it."""
        command, asker = parse_command(str(body.get("text") or "")), front.asker_of(context)
        if command.word == "help":
            await say(ack, MILESTONE)
            return
        word, raw = ("show", str(body["text"])) if _is_number(command) else (command.word or "plan", command.rest)
        if word != "plan" and word not in self._words:
            await say(ack, unknown_word(COMMAND, as_typed(word), nearest(word, [*self._words, "help"])))
            return
        place = await self._here(ack, body, asker)
        if place is None:
            return
        asked = Asked(ack, body, client, asker, place, raw)
        await (self._plan if word == "plan" else self._words[word])(asked)

    async def _here(self, ack: Ack, body: Body, asker: Asker) -> Place | None:
        """The plan of this channel's deal; else the person was told why there is none."""
        async with self._services.db.read() as session:
            here = await pictures.by_channel(session, asker.workspace_id, str(body.get("channel_id", "")))
        if here is None:
            await say(ack, NOT_HERE)
            return None
        place = await milestone_place.of_deal(self._services, asker, here.id)
        if isinstance(place, Refused):
            await report(ack, place)
            return None
        return place

    async def _plan(self, asked: Asked) -> None:
        place = asked.place
        await say(asked.ack, plan_message(place.picture, place.plan, today(self._services, asked.asker)))

    async def _add(self, asked: Asked) -> None:
        new = read_new(asked.raw, self._reader(asked))
        if isinstance(new, Refused):
            await report(asked.ack, new)
            return
        owner = await owner_named(self._services, new.owner)
        if isinstance(owner, Refused):
            await report(asked.ack, owner)
            return
        await self._change(
            asked,
            lambda plan, _: steps.add(plan, new.title, new.due, owner=owner.card, owner_name=owner.name),
        )

    async def _done(self, asked: Asked) -> None:
        found = await self._find(asked)
        if found is None:
            return
        one, evidence = found.milestone, found.rest
        if one.is_open and not evidence and (one.kind is Kind.KICKOFF or wants_evidence(one)):
            await self._open(asked, self._done_window(asked, one), one)
            return
        await self._change(asked, finished(one.number, evidence, asked.asker.card, self._services.clock()), one)

    def _done_window(self, asked: Asked, one: Milestone) -> View:
        place = asked.place
        if one.kind is Kind.KICKOFF:
            return held_view(place.picture, one, today(self._services, asked.asker), place.plan.early_win)
        return done_view(place.picture, one)

    async def _start(self, asked: Asked) -> None:
        await self._simple(asked, steps.start)

    async def _unblock(self, asked: Asked) -> None:
        await self._simple(asked, steps.unblock, lambda one: one.state is State.BLOCKED)

    async def _reopen(self, asked: Asked) -> None:
        await self._simple(asked, steps.reopen, lambda one: not one.is_open)

    async def _move(self, asked: Asked) -> None:
        found = await self._find(asked)
        if found is None:
            return
        to = date_after(found.rest, self._reader(asked))
        if isinstance(to, Refused):
            await report(asked.ack, to)
            return
        rule, day = Moving(found.milestone.number, to, self._services.days_for), today(self._services, asked.asker)
        number = found.milestone.number
        result = await plans.change_plan(self._services, asked.asker, asked.place.picture.id, rule, VIA, number)
        if result is TO_SHOW and rule.effect is not None:
            await say(asked.ack, effect_message(asked.place.picture, rule.effect, fingerprint(rule.effect), day))
            return
        await answer_command(asked.ack, result, warnings(rule.effect, day) if rule.effect is not None else ())

    async def _block(self, asked: Asked) -> None:
        found = await self._find(asked)
        if found is None:
            return
        who = await called(self._services, sole_person(asked.raw))
        if isinstance(who, Refused):
            await report(asked.ack, who)
            return
        number, why = found.milestone.number, found.rest
        if not who:
            why, who = split_unblocker(why)
        await self._change(asked, lambda plan, _: steps.block(plan, number, why, who), found.milestone)

    async def _skip(self, asked: Asked) -> None:
        found = await self._find(asked)
        if found is None:
            return
        number, why, by, now = found.milestone.number, found.rest, asked.asker.card, self._services.clock()
        await self._change(asked, lambda plan, _: steps.skip(plan, number, why, by=by, now=now), found.milestone)

    async def _undo(self, asked: Asked) -> None:
        async with self._services.db.read() as session:
            last = await plan_history.last_of(session, asked.place.picture.id, asked.asker.card.id)
        if last is None:
            await report(asked.ack, NO_UNDO)
            return
        await answer_command(asked.ack, await plans.undo_change(self._services, asked.asker, last, VIA))

    async def _show(self, asked: Asked) -> None:
        if not asked.text:
            await self._open(asked, milestone_place.whole(self._services, asked.asker, asked.place, 1))
            return
        found = await self._find(asked)
        if found is not None:
            spot = Spot(asked.place.picture, asked.place.plan, found.milestone)
            await self._open(asked, await milestone_place.window(self._services, asked.asker, spot))

    async def _evidence(self, asked: Asked) -> None:
        if not asked.text:
            await say(asked.ack, missing_evidence(asked.place.picture, asked.place.plan))
            return
        found = await self._find(asked, lambda one: one.state is State.DONE)
        if found is None:
            return
        one = found.milestone
        if one.state is not State.DONE:
            await report(asked.ack, Refused(f"Milestone {one.number} {NOT_DONE} {one.number} https://…`."))
        elif not found.rest:
            await self._open(asked, done_view(asked.place.picture, one), one)
        else:
            rule = finished(one.number, found.rest, asked.asker.card, self._services.clock())
            await self._change(asked, rule, one)

    async def _kickoff(self, asked: Asked) -> None:
        spot = milestone_place.kickoff_in(asked.place)
        if isinstance(spot, Refused):
            await report(asked.ack, spot)
            return
        words = parse_command(asked.text)
        if words.word == "held":
            await self._held(asked, spot, words.rest)
        elif not spot.milestone.is_open:
            await report(asked.ack, await self._late(asked, spot.milestone, settled(spot.milestone)))
        elif not asked.text:
            await self._open(asked, book_kickoff(self._services, asked.asker, spot), spot.milestone)
        else:
            await self._book(asked, spot)

    async def _held(self, asked: Asked, spot: Spot, early_win: str) -> None:
        if not early_win and spot.milestone.is_open:
            await self._open(asked, self._done_window(asked, spot.milestone), spot.milestone)
            return
        rule = held(early_win, None, "", asked.asker.card, self._services.clock())
        await self._change(asked, rule, spot.milestone)

    async def _book(self, asked: Asked, spot: Spot) -> None:
        card = asked.asker.card
        at = read_moment(asked.text, card, self._services.clock, self._services.days_of(card))
        if isinstance(at, Refused):
            await report(asked.ack, at)
            return
        rule = Book(self._services, asked.asker, at)
        picture, number = asked.place.picture, spot.milestone.number
        result = await plans.change_plan(self._services, asked.asker, picture.id, rule, VIA, number)
        await answer_command(asked.ack, result, rule.warnings)

    async def _win(self, asked: Asked) -> None:
        await self._change(asked, lambda plan, _: kickoff.choose_early_win(plan, asked.text))

    async def _playbook(self, asked: Asked) -> None:
        if not asked.text:
            await self._open(asked, choose_playbook(self._services, asked.place))
            return
        chosen = self._services.playbooks.get(asked.text)
        if chosen is None:
            known = list(self._services.playbooks.by_name)
            near = nearest(asked.text, known)
            meant = f" Did you mean {near}?" if near else f" There is {', '.join(known[:20])}."
            await report(asked.ack, Refused(f"There is no playbook of this name.{meant}"))
            return
        await self._change(asked, following(self._services, asked.asker, chosen))

    async def _simple(
        self,
        asked: Asked,
        step: Callable[[PlanPicture, int], PlanChange | Refused],
        prefer: Callable[[Milestone], bool] = lambda one: one.is_open,
    ) -> None:
        """A word that needs only to know which milestone."""
        found = await self._find(asked, prefer)
        if found is not None:
            number = found.milestone.number
            await self._change(asked, lambda plan, _: step(plan, number), found.milestone)

    async def _find(self, asked: Asked, prefer: Callable[[Milestone], bool] = lambda one: one.is_open) -> Found | None:
        """The milestone the text begins with; else the person was told why none."""
        found = find_milestone(asked.place.plan.milestones, asked.text, prefer)
        if isinstance(found, Refused):
            await report(asked.ack, found)
            return None
        return found

    async def _change(self, asked: Asked, rule: Rule, one: Milestone | None = None) -> None:
        own = one.number if one is not None else 0
        result = await plans.change_plan(self._services, asked.asker, asked.place.picture.id, rule, VIA, own)
        if isinstance(result, Refused) and one is not None and not one.is_open:
            result = await self._late(asked, one, result)
        await answer_command(asked.ack, result)

    async def _late(self, asked: Asked, one: Milestone, no: Refused) -> Refused:
        """The refusal, with who settled it and when."""
        spot = Spot(asked.place.picture, asked.place.plan, one)
        told = await milestone_place.meanwhile(self._services, asked.asker, spot)
        return Refused(f"{no.reason} {told}".strip())

    async def _open(self, asked: Asked, view: View, one: Milestone | None = None) -> None:
        """Open a window that changes the plan or shows it; only who may change it is asked to."""
        no = may_edit(self._services, asked.asker, asked.place.picture, one)
        if no is not None and view["callback_id"] not in SEEN_BY_ALL:
            await report(asked.ack, no)
            return
        await asked.client.views_open(trigger_id=asked.body["trigger_id"], view=view)
        await asked.ack()

    def _reader(self, asked: Asked) -> Read:
        return reader_of(asked.asker.card, self._services.clock, self._services.days_of(asked.asker.card))


def _is_number(command: Command) -> bool:
    """Whether somebody typed a milestone's number alone."""
    return not command.rest and command.word.lstrip("#").isdecimal() and len(command.word) < 6


def register(app: AsyncApp, services: Services) -> None:
    """Listen to ``/milestone``."""
    listen.command(app, COMMAND, MilestoneCommand(services).on_command)
