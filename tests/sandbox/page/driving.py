"""Driving the sandbox from outside: its control routes and a small Bolt app."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

ADA, BEN, CHLOE, EVA = "U01ADALIND", "U02BENCART", "U03CHLOEDV", "U06EVANOVA"
GENERAL = "C00GENERAL"
_numbers = itertools.count(1)


class Driven:
    """A running sandbox."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.url = environment["url"].rstrip("/")
        self.client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])

    def post(self, path: str, body: object) -> dict[str, Any]:
        answer = httpx.post(self.url + path, json=body, timeout=20)
        return answer.json()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return httpx.get(self.url + path, params=query, timeout=20).json()

    def channel(self, *people: str, private: bool = False, name: str = "room") -> tuple[str, str]:
        """A new channel with the bot and these people: (id, name)."""
        full = f"{name}-{next(_numbers)}"
        made: str = self.client.conversations_create(name=full, is_private=private)["channel"]["id"]
        self.client.conversations_invite(channel=made, users=list(people or (ADA,)))
        return made, full

    def at(self, channel: str, user: str = ADA) -> str:
        """The page's address for a person in a channel."""
        return f"{self.url}/?user={user}&channel={channel}"


class Bot:
    """A Bolt app over Socket Mode."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        self.app = App(client=self.client, process_before_response=True)
        app_client = WebClient(environment["SLACK_APP_TOKEN"], base_url=environment["SLACK_API_URL"])
        self.handler = SocketModeHandler(self.app, environment["SLACK_APP_TOKEN"], web_client=app_client)
        self.started = False

    def start(self) -> None:
        """Connect; returns when the socket is open."""
        self.handler.connect()
        self.started = True

    def stop(self) -> None:
        if self.started:
            self.handler.close()


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def field(name: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - block members of any type
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": name, **element},
        **more,
    }


def modal(title: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - view members of any type
    return {
        "type": "modal",
        "callback_id": "test",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
        **more,
    }
