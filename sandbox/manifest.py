"""The app that is installed in the workspace, read from an app manifest (schema version 2)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from sandbox import scopes

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
    any_command: bool = False
    any_event: bool = False
    id: str = ""
    bot_id: str = ""
    bot_user_id: str = ""

    def wants(self, event: str) -> bool:
        """Whether the app is subscribed to an event such as `message.channels`."""
        return self.any_event or event in self.events

    def command(self, name: str) -> SlashCommand | None:
        """The command of that name, or None when the app has none such."""
        found = next((one for one in self.commands if one.command == name), None)
        if found is None and self.any_command:
            return SlashCommand(name, should_escape=True)
        return found


def generic_app() -> App:
    """An app that may do everything: for bots that bring no manifest."""
    return App("Sandbox App", scopes.ALL_BOT_SCOPES, any_command=True, any_event=True)


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
    """The app that a manifest describes. Raises ManifestError naming the member that is wrong."""
    display, features, settings = (_part(manifest, name) for name in ("display_information", "features", "settings"))
    name = display.get("name")
    if not isinstance(name, str) or not name:
        raise ManifestError("display_information.name: must be given")
    granted = _strings(_part(_part(manifest, "oauth_config"), "scopes"), "bot", "oauth_config.scopes.bot")
    unknown = sorted(set(granted) - set(scopes.ALL_BOT_SCOPES))
    if unknown:
        raise ManifestError(f"oauth_config.scopes.bot: unknown scope {unknown[0]}")
    home = _part(features, "app_home")
    return App(
        name=str(_part(features, "bot_user").get("display_name") or name),
        scopes=tuple(granted),
        commands=tuple(_command(one) for one in _items(features, "slash_commands")),
        shortcuts=tuple(_shortcut(one) for one in _items(features, "shortcuts")),
        events=frozenset(
            _strings(_part(settings, "event_subscriptions"), "bot_events", "settings.event_subscriptions.bot_events")
        ),
        interactivity=bool(_part(settings, "interactivity").get("is_enabled")),
        home=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
    )


def _part(holder: Json, name: str) -> Json:
    value: object = holder.get(name) or {}
    if not isinstance(value, dict):
        raise ManifestError(f"{name}: must be a mapping")
    return cast("Json", value)


def _items(holder: Json, name: str) -> list[Json]:
    value: object = holder.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in cast("list[object]", value)):
        raise ManifestError(f"features.{name}: must be a list of mappings")
    return cast("list[Json]", value)


def _strings(holder: Json, name: str, where: str) -> list[str]:
    value: object = holder.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in cast("list[object]", value)):
        raise ManifestError(f"{where}: must be a list of strings")
    return cast("list[str]", value)


def _command(entry: Json) -> SlashCommand:
    command = str(entry.get("command") or "")
    if not command.startswith("/") or len(command) > 32 or " " in command:
        raise ManifestError(f"features.slash_commands: {command!r} is not a command")
    if not entry.get("description"):
        raise ManifestError(f"features.slash_commands: {command} needs a description")
    return SlashCommand(
        command, str(entry["description"]), str(entry.get("usage_hint") or ""), bool(entry.get("should_escape"))
    )


def _shortcut(entry: Json) -> Shortcut:
    kind = str(entry.get("type") or "")
    if kind not in {"global", "message"} or not entry.get("callback_id") or not entry.get("name"):
        raise ManifestError("features.shortcuts: each needs a name, a callback_id and type global or message")
    return Shortcut(str(entry["name"]), str(entry["callback_id"]), kind, str(entry.get("description") or ""))
