"""The manifest says exactly what the code registers and needs: compared both ways."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from slack_bolt.async_app import AsyncApp

from domain.calendar import WorkingDays
from handlers import registry
from handlers.people import PeopleDirectory
from handlers.services import HandlerSettings, Services
from sandbox.manifest import app_of
from scheduler.pacing import POST, UPDATE
from storage.database import Database, Tx
from tests.playbooks import shipped

ROOT: Final = Path(__file__).parents[1]
CALLERS: Final = ("bot", "handlers", "scheduler")
METHOD: Final = re.compile(
    r"(auth|bookmarks|bots|canvases|chat|conversations|dnd|files|pins|reactions|team|users|views)\.\w+(\.\w+)?"
)
NO_METHOD: Final = frozenset({"users.csv"})

SCOPES_OF: Final[dict[str, frozenset[str]]] = {
    "auth.test": frozenset(),
    "bookmarks.add": frozenset({"bookmarks:write"}),
    "bookmarks.edit": frozenset({"bookmarks:write"}),
    "bookmarks.list": frozenset({"bookmarks:read"}),
    "bookmarks.remove": frozenset({"bookmarks:write"}),
    "canvases.delete": frozenset({"canvases:write"}),
    "canvases.edit": frozenset({"canvases:write"}),
    "chat.delete": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.archive": frozenset({"channels:manage", "groups:write"}),
    "conversations.canvases.create": frozenset({"canvases:write"}),
    "conversations.create": frozenset({"channels:manage", "groups:write"}),
    "conversations.history": frozenset({"channels:history", "groups:history", "im:history"}),
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.invite": frozenset({"channels:manage", "groups:write"}),
    "conversations.join": frozenset({"channels:join"}),
    "conversations.list": frozenset({"channels:read", "groups:read"}),
    "conversations.members": frozenset({"channels:read", "groups:read"}),
    "conversations.open": frozenset({"im:write"}),
    "conversations.replies": frozenset({"channels:history", "groups:history", "im:history"}),
    "conversations.rename": frozenset({"channels:manage", "groups:write"}),
    "conversations.setPurpose": frozenset({"channels:manage", "groups:write"}),
    "conversations.setTopic": frozenset({"channels:manage", "groups:write"}),
    "dnd.teamInfo": frozenset({"dnd:read"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.delete": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "files.info": frozenset({"files:read"}),
    "pins.add": frozenset({"pins:write"}),
    "users.conversations": frozenset({"channels:read", "groups:read"}),
    "users.info": frozenset({"users:read", "users:read.email"}),
    "users.list": frozenset({"users:read", "users:read.email"}),
    "users.lookupByEmail": frozenset({"users:read.email"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
"""Bot scopes each method needs for what Baton does with it (docs.slack.dev/reference/methods/NAME). Deal channels are
private or public; ``users:read.email`` makes the e-mail addresses appear."""

SCOPES_OF_EVENT: Final[dict[str, frozenset[str]]] = {
    "app_home_opened": frozenset(),
    "app_uninstalled": frozenset(),
    "channel_archive": frozenset({"channels:read"}),
    "channel_deleted": frozenset({"channels:read"}),
    "channel_id_changed": frozenset({"channels:read"}),
    "channel_rename": frozenset({"channels:read"}),
    "channel_shared": frozenset({"channels:read", "groups:read"}),
    "channel_unshared": frozenset({"channels:read", "groups:read"}),
    "dnd_updated_user": frozenset({"dnd:read"}),
    "group_archive": frozenset({"groups:read"}),
    "group_deleted": frozenset({"groups:read"}),
    "group_rename": frozenset({"groups:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "team_join": frozenset({"users:read"}),
    "tokens_revoked": frozenset(),
    "user_change": frozenset({"users:read"}),
}
"""docs.slack.dev/reference/events/NAME"""


class RecordingApp(AsyncApp):
    """Bolt's own app that also writes down which commands and events are listened to."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-not-used", signing_secret="not-used", process_before_response=True)
        self.commands: list[str | re.Pattern[str]] = []
        self.events: list[str | re.Pattern[str]] = []

    def command(self, command: str | re.Pattern[str], *args: object, **kwargs: object) -> Callable[..., Any]:
        self.commands.append(command)
        return super().command(command, *args, **kwargs)

    def event(self, event: str | re.Pattern[str], *args: object, **kwargs: object) -> Callable[..., Any]:
        self.events.append(event)
        return super().event(event, *args, **kwargs)


class NoEngine:
    """Registering enqueues nothing."""

    async def enqueue(self, tx: Tx, notice_ids: Sequence[int]) -> None:
        raise AssertionError("nothing is said while registering")

    async def run(self) -> None:
        raise AssertionError("nothing runs while registering")


@pytest.fixture
def manifest() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))


@pytest.fixture
async def app(tmp_path: Path) -> RecordingApp:
    db = Database(f"sqlite:///{tmp_path / 'unused.db'}")

    async def no_info(slack_id: str) -> dict[str, Any]:
        raise AssertionError(f"nobody asks for {slack_id}")

    def clock() -> datetime:
        raise AssertionError("nobody asks for the time")

    recording = RecordingApp()
    people = PeopleDirectory(db, clock, no_info)
    registry.register_all(
        recording, Services(db, clock, NoEngine(), people, HandlerSettings(), shipped(), WorkingDays())
    )
    await db.close()
    return recording


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and METHOD.fullmatch(node.value):
            yield node.value
        if isinstance(node, ast.Attribute) and re.fullmatch(r"(views|chat|conversations|users|auth)_\w+", node.attr):
            method = node.attr.replace("_", ".", 1)
            if method in SCOPES_OF:
                yield method


def methods_called() -> set[str]:
    """Every Web API method that stands in the code that calls Slack. ``scheduler/pacing.py`` lists the pace of more
    methods, and has the names under which the engine posts and edits."""
    files = [path for folder in CALLERS for path in (ROOT / folder).rglob("*.py") if path.name != "pacing.py"]
    found = {name for path in files for name in _strings(ast.parse(path.read_text(encoding="utf-8")))}
    return (found | {POST, UPDATE}) - NO_METHOD


def test_every_command_is_registered_and_every_registered_one_is_listed(
    app: RecordingApp, manifest: dict[str, Any]
) -> None:
    listed = {entry["command"] for entry in manifest["features"]["slash_commands"]}
    assert {name for name in app.commands if isinstance(name, str)} == listed == set(registry.COMMANDS)


def test_every_event_is_subscribed_and_every_subscribed_one_is_heard(
    app: RecordingApp, manifest: dict[str, Any]
) -> None:
    listed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {name for name in app.events if isinstance(name, str)} == set(listed) == set(registry.EVENTS)
    assert len(listed) == len(set(listed))


def test_scopes_are_exactly_those_that_methods_and_events_need(manifest: dict[str, Any]) -> None:
    called, events = methods_called(), manifest["settings"]["event_subscriptions"]["bot_events"]
    assert called - SCOPES_OF.keys() == set(), "a method without a row in the table"
    assert SCOPES_OF.keys() - called == set(), "a row for a method nobody calls"
    needed = {"commands"}.union(
        *(SCOPES_OF[method] for method in called), *(SCOPES_OF_EVENT[event] for event in events)
    )
    assert needed == set(manifest["oauth_config"]["scopes"]["bot"])


def test_the_table_of_events_lists_no_other(manifest: dict[str, Any]) -> None:
    assert SCOPES_OF_EVENT.keys() == set(manifest["settings"]["event_subscriptions"]["bot_events"])


def test_people_are_escaped_in_commands(manifest: dict[str, Any]) -> None:
    assert all(entry["should_escape"] is True for entry in manifest["features"]["slash_commands"])


def test_texts_are_inside_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000
    for entry in manifest["features"]["slash_commands"]:
        assert len(entry["command"]) <= 32
        assert len(entry["description"]) <= 2_000
        assert len(entry["usage_hint"]) <= 1_000


def test_the_local_slack_installs_it(manifest: dict[str, Any]) -> None:
    installed = app_of(manifest)
    assert installed.home
    assert installed.interactivity
    assert {command.command for command in installed.commands} == set(registry.COMMANDS)
