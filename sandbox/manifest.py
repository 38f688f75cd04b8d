"""The app that is installed in the workspace, read from an app manifest (schema version 2)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from sandbox.manifest_rules import manifest_problems, part
from sandbox.scopes import ALL_BOT_SCOPES

Json = dict[str, Any]


class ManifestError(ValueError):
    """The manifest cannot be read."""


@dataclass(frozen=True)
class SlashCommand:
    """A command as the manifest describes it."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut."""

    name: str
    callback_id: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class App:
    """The installed app. `any_command` and `any_event`: nothing was listed, so everything is delivered."""

    name: str
    scopes: tuple[str, ...]
    commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] = frozenset()
    interactivity: bool = True
    home: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    any_command: bool = False
    any_event: bool = False
    unfurl_domains: tuple[str, ...] = ()
    metadata_events: frozenset[str] = frozenset()
    id: str = ""
    bot_id: str = ""
    bot_user_id: str = ""

    def wants(self, event: str) -> bool:
        """Whether the app is subscribed to an event such as `message.channels`."""
        return self.any_event or event in self.events

    def hears_metadata(self, event_type: str) -> bool:
        """Whether the app asked for metadata of that type (`metadata_subscriptions`)."""
        return self.any_event or event_type in self.metadata_events

    def command(self, name: str) -> SlashCommand | None:
        """The command of that name, or None when the app has none such."""
        found = next((one for one in self.commands if one.command == name), None)
        if found is None and self.any_command:
            return SlashCommand(name, should_escape=True)
        return found


def generic_app() -> App:
    """An app that may do everything: for bots that bring no manifest."""
    return App("Sandbox App", ALL_BOT_SCOPES, any_command=True, any_event=True)


def load_manifest(path: Path) -> App:
    """Reads a manifest in YAML or JSON. Raises ManifestError naming the member that is wrong."""
    try:
        loaded: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ManifestError(f"{path}: {error}") from error
    if not isinstance(loaded, dict):
        raise ManifestError(f"{path}: must be a mapping")
    return app_of(cast("Json", loaded))


def app_of(manifest: Json) -> App:
    """The app that a manifest describes. Raises ManifestError naming the members that Slack would refuse."""
    problems = manifest_problems(manifest)
    if problems:
        raise ManifestError("; ".join(problems))
    features, home = part(manifest, "features"), part(manifest, "features/app_home")
    commands: list[Json] = features.get("slash_commands") or []
    shortcuts: list[Json] = features.get("shortcuts") or []
    name = part(manifest, "features/bot_user").get("display_name") or manifest["display_information"]["name"]
    return App(
        name=str(name),
        scopes=tuple(part(manifest, "oauth_config/scopes").get("bot") or ()),
        commands=tuple(
            SlashCommand(
                one["command"],
                str(one["description"]),
                str(one.get("usage_hint") or ""),
                bool(one.get("should_escape")),
            )
            for one in commands
        ),
        shortcuts=tuple(
            Shortcut(one["name"], one["callback_id"], one["type"], str(one["description"])) for one in shortcuts
        ),
        events=frozenset(part(manifest, "settings/event_subscriptions").get("bot_events") or ()),
        unfurl_domains=tuple(features.get("unfurl_domains") or ()),
        metadata_events=frozenset(
            str(one["event_type"])
            for one in cast(
                "list[Json]", part(manifest, "settings/event_subscriptions").get("metadata_subscriptions") or ()
            )
        ),
        interactivity=bool(part(manifest, "settings/interactivity").get("is_enabled")),
        home=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled")),
    )
