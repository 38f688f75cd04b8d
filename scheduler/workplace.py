"""What the courier and its errands are given."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendars, WorkingDays
from domain.clock import Clock
from domain.picture import DealPicture, PersonCard
from domain.plays.plans import PlanOrder
from domain.usage.metrics import USUAL, Metrics
from domain.usage_steps import UsageSteps
from messages.text import zone_of
from scheduler.charts.studio import Studio
from scheduler.slack import Slack
from storage import people, pictures
from storage.database import Database
from storage.pictures import person_card


@dataclass(frozen=True, slots=True)
class CourierSettings:
    """The part of the settings deliveries need. ``lead`` is a Slack id or an e-mail address, '' for none."""

    lead: str = ""
    cs_channel: str = "customer-success"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Workplace:
    """Database, clock, Slack, the calendars of the installation and of people, the plans one sells, and the settings;
    what the metrics of usage mean, who draws them, and what to do when they fall."""

    db: Database
    clock: Clock
    slack: Slack
    days: WorkingDays
    settings: CourierSettings
    calendars: Calendars = field(default_factory=Calendars)
    plans: PlanOrder = field(default_factory=PlanOrder)
    studio: Studio = field(default_factory=Studio)
    metrics: Metrics = USUAL
    steps: UsageSteps = field(default_factory=UsageSteps)

    async def picture(self, deal_id: int, *, plan: bool = False) -> DealPicture | None:
        """The deal as it is now, with its ``plan`` where that is shown."""
        async with self.db.read() as session:
            return await pictures.load(session, deal_id, plan=plan)

    async def lead(self, workspace_id: int) -> PersonCard | None:
        """The customer-success lead, when one is named and known in Slack."""
        async with self.db.read() as session:
            return await self.lead_within(session, workspace_id)

    async def lead_within(self, session: AsyncSession, workspace_id: int) -> PersonCard | None:
        """The same, asked in a transaction of the caller's."""
        named = self.settings.lead
        if not named:
            return None
        find = people.by_email if "@" in named else people.by_slack_id
        found = await find(session, workspace_id, named)
        return person_card(found) if found else None

    def morning_of(self, person: PersonCard | None, working_days: int) -> datetime:
        """09:00 of the person's own zone, so many working days from now."""
        zone = zone_of(person.zone if person else self.settings.timezone)
        return self.days.morning_after(self.clock(), working_days, zone)

    def soon(self, seconds: float) -> datetime:
        """A moment a little later, by Baton's clock."""
        return self.clock() + timedelta(seconds=seconds)
