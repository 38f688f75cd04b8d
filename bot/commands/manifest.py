"""`baton manifest`."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.commands.common import say
from bot.errors import Failure, WrongUsage
from bot.manifest import ManifestMissing, manifest_path, manifest_text


def manifest(
    url: Annotated[
        str | None, typer.Option(help="For HTTP: the address at which Slack reaches Baton; without it Socket Mode.")
    ] = None,
) -> None:
    """Print the manifest to make the Slack app from."""
    if url is not None and not _usable(url):
        raise WrongUsage("--url: it has to be the https:// address Slack can reach, such as https://baton.example.com.")
    try:
        say(manifest_text(manifest_path(), url or "").rstrip("\n"))
    except ManifestMissing as error:
        raise Failure(f"{error}. Put manifest.yaml back where Baton is installed.") from error


def _usable(url: str) -> bool:
    """Whether Slack takes it: HTTPS, no path of our own making, nothing that would end a line of the manifest."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return plain and parts.scheme == "https" and bool(parts.hostname) and not parts.query and not parts.fragment
