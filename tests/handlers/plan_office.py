"""Plans in the office: what the tests of milestones look at and press."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from domain.picture import DealPicture
from domain.plan_picture import Milestone, PlanPicture, State
from domain.playbook import Kind
from messages.ids import ACT_MILESTONE_OPEN
from messages.values import pack
from storage import pictures
from storage.plan_models import PlanChange
from tests.handlers.office import CHLOE, Office


@dataclass
class PlanOffice:
    """A deal with its plan, in the office."""

    office: Office
    deal: DealPicture

    @property
    def channel(self) -> str:
        return self.deal.channel.id

    async def plan(self) -> PlanPicture:
        async with self.office.baton.db.read() as session:
            found = await pictures.load(session, self.deal.id, plan=True)
        assert found is not None
        assert found.plan is not None
        return found.plan

    async def one(self, number: int) -> Milestone:
        found = (await self.plan()).by_number(number)
        assert found is not None
        return found

    async def kickoff(self) -> Milestone:
        found = (await self.plan()).of_kind(Kind.KICKOFF)
        assert found is not None
        return found

    async def with_followers(self) -> tuple[Milestone, list[Milestone]]:
        """A milestone other than the kickoff that others count from, and those."""
        plan = await self.plan()
        for one in plan.milestones:
            after = [
                each for each in plan.milestones if each.after == one.step and each.by_day is None and each.is_open
            ]
            if one.step and after and one.is_open and one.kind is Kind.OTHER:
                return one, after
        raise AssertionError("nothing counts from anything")

    async def alone(self) -> Milestone:
        """A milestone added by hand: nothing counts from it and no evidence is asked for."""
        await self.say(CHLOE, f"add Data checked by {self.day(30).isoformat()}")
        return (await self.plan()).milestones[-1]

    def day(self, days: int) -> date:
        """A day so many days from today; never a weekend."""
        on = self.office.baton.clock().date() + timedelta(days=days)
        return on + timedelta(days=max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)

    async def say(self, user: str, text: str, channel: str = "") -> str:
        """``/milestone`` and what is read under it."""
        return await self.office.command(user, f"/milestone {text}", channel or self.channel)

    async def whispered(self, user: str, holds: str = "") -> dict[str, Any]:
        """The newest message that only this person sees in the channel."""

        async def look() -> dict[str, Any] | None:
            shown = await self.office.get(f"ui/channels/{self.channel}", user=user)
            found = [one for one in shown["messages"] if one.get("is_ephemeral") and holds in json.dumps(one)]
            return {**found[-1], "channel": self.channel} if found else None

        return await self.office.until(look)

    async def offer(self, label: str, action_id: str, **value: int) -> dict[str, Any]:
        """A message with one button of the plan."""
        return await self.office.offer(self.channel, label, action_id, **value)

    async def open(self, user: str, one: Milestone) -> dict[str, Any]:
        """The milestone's window, opened by a button."""
        row = await self.offer("Open", ACT_MILESTONE_OPEN, milestone=one.id)
        await self.office.press(user, row, "Open")
        return await self.office.view(user)

    async def age_changes(self, minutes: int) -> None:
        """Everything that was changed happened so many minutes earlier."""
        at = self.office.baton.clock() - timedelta(minutes=minutes)
        async with self.office.baton.db.write() as tx:
            await tx.session.execute(update(PlanChange).values(at=at))

    async def in_state(self, number: int, state: State) -> bool:
        return (await self.one(number)).state is state


async def open_desk(office: Office) -> PlanOffice:
    """A deal of Ada (seller) and Chloé (CSM), with its plan in its channel."""
    desk = PlanOffice(office, await office.deal())
    await desk.say(CHLOE, "")
    await office.said(desk.channel, "plan")
    return desk


def texts(view: Mapping[str, Any]) -> str:
    """Everything in a window, as JSON."""
    return json.dumps(view["blocks"], ensure_ascii=False)


def value_of(one: Milestone) -> str:
    """What a button about a milestone carries."""
    return pack(milestone=one.id)


def picked_day(on: date) -> dict[str, Any]:
    """What a date picker holds."""
    return {"type": "datepicker", "selected_date": on.isoformat()}


def picked_time(at: str) -> dict[str, Any]:
    """What a time picker holds."""
    return {"type": "timepicker", "selected_time": at}
