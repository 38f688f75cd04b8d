"""What handlers are given: values and ports, put together in the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from domain.calendar import Calendars, WorkingDays, zone_named
from domain.clock import Clock
from domain.person import PersonCard
from domain.picture import DealPicture
from domain.playbook import Playbooks
from domain.plays.plans import PlanOrder
from domain.usage.metrics import USUAL, Metrics
from handlers.people import PeopleDirectory
from storage.database import Database
from storage.port import Engine


@dataclass(frozen=True, slots=True)
class HandlerSettings:
    """The part of the settings handlers need. ``lead`` is a Slack id or an e-mail address, '' for none."""

    lead: str = ""
    cs_channel: str = "customer-success"
    timezone: str = "UTC"
    private_channels: bool = True
    version: str = ""


def _nothing_kept(slack_id: str) -> None:
    """Where nothing is remembered of do-not-disturb there is nothing to forget."""


def _nothing_held() -> None:
    """Where nothing is delivered there is nothing to hold."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may use."""

    db: Database
    clock: Clock
    engine: Engine
    people: PeopleDirectory
    settings: HandlerSettings
    playbooks: Playbooks
    days: WorkingDays
    calendars: Calendars = field(default_factory=Calendars)
    plans: PlanOrder = field(default_factory=PlanOrder)
    """The plans one sells, in order (plans.yaml)."""
    metrics: Metrics = USUAL
    """What the metrics of usage mean (metrics.yaml)."""
    disturbed: Callable[[str], None] = _nothing_kept
    """Called with a Slack id when somebody changed their do-not-disturb."""
    taken_away: Callable[[], None] = _nothing_held
    """Called when a workspace took Baton away."""

    def days_of(self, person: PersonCard | None) -> WorkingDays:
        """The working days of somebody's country, by their time zone; a plan counts in its CSM's. Those of the
        workspace's zone while nobody is known."""
        return self.calendars.days(person.zone if person else self.settings.timezone)

    def days_for(self, picture: DealPicture) -> WorkingDays:
        """The working days a deal's plan counts in."""
        return self.days_of(picture.csm)

    def today(self, zone: str) -> date:
        """The local day of somebody in ``zone``."""
        return self.clock().astimezone(zone_named(zone)).date()
