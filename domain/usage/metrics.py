"""What the metrics of an installation mean: which one is primary, which features are sticky, and their units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from domain.usage.settings import WATCHES, Kind, Watch

EVIDENCE: Final[Mapping[Kind, float]] = MappingProxyType({watch.kind: watch.threshold for watch in WATCHES})
"""The evidence asked for (`docs/usage-detection.md`), whatever an installation calls its metrics."""


@dataclass(frozen=True, slots=True)
class Metric:
    """How people call a metric: `title` (“Logins”) and `unit` in the plural (“logins”)."""

    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Metrics:
    """`primary`: an account is activated, and called silent, by it. `sticky`: features whose users stay. `users`: how
    many people use the product; `champion`: what the busiest of them does. '' or empty: the installation has none."""

    primary: str
    sticky: tuple[str, ...] = ()
    users: str = ""
    champion: str = ""
    named: Mapping[str, Metric] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def watches(self) -> tuple[Watch, ...]:
        """What the detector watches (`domain.usage.settings.Settings.watches`), the primary metric first."""
        users = (Watch(self.users, Kind.USERS_DROP, EVIDENCE[Kind.USERS_DROP]),) if self.users else ()
        sticky = tuple(Watch(name, Kind.STICKY_DROP, EVIDENCE[Kind.STICKY_DROP]) for name in self.sticky)
        return (Watch(self.primary, Kind.USAGE_DROP, EVIDENCE[Kind.USAGE_DROP]), *sticky, *users)

    @property
    def watched(self) -> tuple[str, ...]:
        """The names of what is watched, the primary metric first."""
        return tuple(watch.metric for watch in self.watches)

    def of(self, name: str) -> Metric:
        """What a metric is called; one the installation says nothing about is called by its name."""
        return self.named.get(name) or Metric(name.replace("_", " ").capitalize(), name.replace("_", " "))


USUAL: Final = Metrics("logins", ("sticky_events",), "active_users", "top_user_events")
"""Where no file says anything (`playbooks/metrics.yaml` says the same, with titles)."""
