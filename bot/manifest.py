"""The app manifest shipped with Baton: which scopes the bot needs, and how Slack reaches it."""

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

NAME = "manifest.yaml"
EVENTS = "/slack/events"


class ManifestMissing(Exception):
    """There is no readable manifest beside the program."""


def manifest_path() -> Path:
    """The manifest: packed with the program, or in the project's root when it runs from there."""
    packed = Path(str(resources.files("bot"))) / NAME
    return packed if packed.is_file() else packed.parent.parent / NAME


def bot_scopes(path: Path) -> frozenset[str]:
    """The bot scopes a manifest asks for; raises ManifestMissing."""
    try:
        content: Any = yaml.safe_load(path.read_text("utf-8"))
        return frozenset(str(scope) for scope in content["oauth_config"]["scopes"]["bot"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ManifestMissing(f"{path} can't be read: {type(error).__name__}") from error


def manifest_text(path: Path, address: str = "") -> str:
    """The manifest to make the app from: as it is written for Socket Mode, or for HTTP when Slack is to reach Baton at
    ``address`` (`https://baton.example.com`). Raises ManifestMissing."""
    try:
        text = path.read_text("utf-8")
        if not address:
            return text
        content: Any = yaml.safe_load(text)
        request_url = address.rstrip("/") + EVENTS
        content["settings"]["socket_mode_enabled"] = False
        content["settings"]["interactivity"]["request_url"] = request_url
        content["settings"]["event_subscriptions"]["request_url"] = request_url
        for command in content["features"]["slash_commands"]:
            command["url"] = request_url
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ManifestMissing(f"{path} can't be read: {type(error).__name__}") from error
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
