"""A member of the workspace, as every picture names them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A member of the workspace: ``id`` is ours, ``slack_id`` Slack's; ``zone`` an IANA name."""

    id: int
    slack_id: str
    name: str
    email: str = ""
    locale: str = "en-US"
    zone: str = "UTC"
