"""What the demo is filled with: sample events and the roster of the sample workspace's CSMs."""

from importlib import resources
from typing import Any, cast

import yaml

from sandbox import Sample


def sample_events() -> tuple[Sample, ...]:
    """The events of `sample_events.yaml`, in the order of the file."""
    content: Any = yaml.safe_load(_text("sample_events.yaml"))
    return tuple(
        Sample(
            name=str(event["name"]),
            title=str(event["title"]),
            description=str(event["description"]),
            body=cast("dict[str, Any]", event["body"]),
        )
        for event in content
    )


def sample_roster() -> str:
    """The CSMs of the sample workspace, as `baton csms import` reads them."""
    return _text("sample_csms.csv")


def _text(name: str) -> str:
    return (resources.files("bot") / name).read_text("utf-8")
