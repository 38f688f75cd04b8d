"""Formats of strings: dates, times, addresses and closed sets of words."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sandbox.blockkit import limits
from sandbox.blockkit.problem import Problem
from sandbox.blockkit.schema import Out

CONVERSATION_KINDS = ("im", "mpim", "private", "public")
LEVELS = ("default", "info", "warning", "error", "success")
WIDTHS = ("narrow", "standard", "wide", "full")
TASK_STATES = ("pending", "in_progress", "complete", "error")
TOP_LEVEL_TASK_STATES = ("in_progress", "complete", "error")

TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+")
FILE = re.compile(r"F[A-Z0-9]{8,}")
HTTP = ("http", "https")
LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel", "slack", "ftp", "sms", "facetime"})


def is_date(value: str) -> bool:
    """True for a day that exists, written YYYY-MM-DD."""
    if len(value) != len("YYYY-MM-DD"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_web_address(value: str, schemes: tuple[str, ...] = HTTP) -> bool:
    """True for an absolute address with a host and one of `schemes`, without white space."""
    if any(character.isspace() for character in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme.lower() in schemes and bool(parts.hostname)
    except ValueError:
        return False


def is_link(value: str) -> bool:
    """True for an address a button or link may lead to: http(s) with a host, or mailto:, tel:, an app's scheme."""
    scheme, colon, rest = value.partition(":")
    if not colon or not rest or any(character.isspace() for character in value):
        return False
    if scheme.lower() in HTTP:
        return is_web_address(value)
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.\-]*", scheme)) and scheme.lower() not in {"javascript", "data"}


@dataclass(frozen=True, slots=True)
class WebUrl:
    """An absolute http(s) address of at most `longest` characters."""

    longest: int = limits.URL
    schemes: tuple[str, ...] = HTTP

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif not value:
            out.append(Problem(at, "must be more than 0 characters"))
        elif len(value) > self.longest:
            out.append(Problem(at, f"must be less than {self.longest + 1} characters"))
        elif not is_web_address(value, self.schemes):
            out.append(Problem(at, "must be a valid URL"))


@dataclass(frozen=True, slots=True)
class LinkUrl:
    """An address with any safe scheme, of at most `longest` characters."""

    longest: int = limits.URL

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif not value:
            out.append(Problem(at, "must be more than 0 characters"))
        elif len(value) > self.longest:
            out.append(Problem(at, f"must be less than {self.longest + 1} characters"))
        elif not is_link(value):
            out.append(Problem(at, "must be a valid URL"))


@dataclass(frozen=True, slots=True)
class Day:
    """A day that exists, written YYYY-MM-DD."""

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif not is_date(value):
            out.append(Problem(at, "must be a valid date in the format YYYY-MM-DD"))


@dataclass(frozen=True, slots=True)
class NumberText:
    """A number written as a string, as number inputs carry them."""

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif DECIMAL.fullmatch(value) is None:
            out.append(Problem(at, "must be a valid number"))


@dataclass(frozen=True, slots=True)
class FileId:
    """Slack's id of a file (its form; the wording as in slackapi/python-slack-sdk issue 1521)."""

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif FILE.fullmatch(value) is None:
            out.append(Problem(at, "input must match regex pattern: ^[F][A-Z0-9]{8,}$"))


@dataclass(frozen=True, slots=True)
class Timezone:
    """A name of the IANA time-zone database, such as Europe/Stockholm (its form, not its existence)."""

    def check(self, value: object, at: str, out: Out) -> None:
        if not isinstance(value, str):
            out.append(Problem(at, "must provide a string"))
        elif re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*", value) is None:
            out.append(Problem(at, "must be a valid timezone"))
