"""What the demo is filled with: sample events and the roster of the sample workspace's CSMs."""

from importlib import resources
from typing import Any, Final, cast

import yaml

from sandbox import Sample

WEEKS: Final = 52
LEFT: Final = {"logins": 0.1, "active_users": 0.4, "sticky_events": 0.15, "basic_events": 0.5, "top_user_events": 0.02}
"""What is left of each metric in the last weeks of the year of usage."""
USUAL: Final = {"logins": 240, "active_users": 30, "sticky_events": 160, "basic_events": 420, "top_user_events": 70}
FALLEN_WEEKS: Final = 2
WAVE: Final = (0, 4, -3, 6, -5, 2, -4)
"""Percent by which one week differs from another."""


def sample_events() -> tuple[Sample, ...]:
    """The events of `sample_events.yaml`, in the order of the file, and a year of usage that falls at its end."""
    content: Any = yaml.safe_load(_text("sample_events.yaml"))
    told = [
        Sample(
            name=str(event["name"]),
            title=str(event["title"]),
            description=str(event["description"]),
            body=cast("dict[str, Any]", event["body"]),
        )
        for event in content
    ]
    return (*told, _year_of_usage())


def _year_of_usage() -> Sample:
    """52 weeks of the first deal's customer, to the week the clock stands in; the last two have fallen."""
    samples = [
        {
            "account_id": "A-100",
            "day": f"{{{{monday-{back}}}}}",
            "metric": metric,
            "value": round(usual * (1 + WAVE[back % len(WAVE)] / 100) * (LEFT[metric] if back < FALLEN_WEEKS else 1)),
        }
        for back in reversed(range(WEEKS))
        for metric, usual in USUAL.items()
    ]
    return Sample(
        name="usage-falls",
        title="A year of usage: Fjordbank",
        description="Send the won deal of Fjordbank first, then move the clock to the next Monday at ten: usage fell.",
        body={"type": "usage.recorded", "data": {"samples": samples}},
    )


def sample_roster() -> str:
    """The CSMs of the sample workspace, as `baton csms import` reads them."""
    return _text("sample_csms.csv")


def _text(name: str) -> str:
    return (resources.files("bot") / name).read_text("utf-8")
