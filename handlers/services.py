"""What handlers are given: values and ports, put together in the composition root."""

from dataclasses import dataclass

from domain.calendar import WorkingDays
from domain.clock import Clock
from domain.playbook import Playbooks
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
