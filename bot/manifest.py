"""The app manifest shipped with Baton: which scopes the bot needs."""

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

NAME = "manifest.yaml"


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
