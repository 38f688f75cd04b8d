"""What the picture of ``/cs metrics`` shows: a few figures by month. All its words are Baton's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.metrics.figures import Figures, Series
from domain.metrics.trend import Way


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure: medians by month (None: none), the deals behind each; ``sure``: it has a trend that is told."""

    title: str
    months: tuple[date, ...]
    medians: tuple[float | None, ...]
    deals: tuple[int, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Panels:
    """The whole picture."""

    panels: tuple[Panel, ...]


def panels_of(figures: Figures) -> Panels:
    """The four figures that are drawn."""
    return Panels(
        (
            _panel("Days to onboard", figures.onboarding),
            _panel("Days to kickoff", figures.kickoff),
            _panel("Handoff score, %", figures.score),
            _panel("Days until accepted", figures.accepting),
        )
    )


def _panel(title: str, found: Series) -> Panel:
    return Panel(
        title,
        tuple(point.month for point in found.points),
        tuple(point.median for point in found.points),
        tuple(point.deals for point in found.points),
        found.trend.way in (Way.UP, Way.DOWN),
    )


def to_json(shown: Panels) -> dict[str, Any]:
    """Values ``json.dumps`` takes."""
    return {
        "panels": [
            {
                "title": one.title,
                "months": [month.isoformat() for month in one.months],
                "medians": list(one.medians),
                "deals": list(one.deals),
                "sure": one.sure,
            }
            for one in shown.panels
        ]
    }


def from_json(value: Mapping[str, Any]) -> Panels:
    """Read what ``to_json`` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return Panels(
        tuple(
            Panel(
                str(one["title"]),
                tuple(date.fromisoformat(month) for month in one["months"]),
                tuple(None if found is None else float(found) for found in one["medians"]),
                tuple(int(found) for found in one["deals"]),
                bool(one["sure"]),
            )
            for one in value["panels"]
        )
    )
