"""Settings: read from the environment and `.env`, checked at the start, each error naming its variable."""

import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import WrongUsage
from storage.database import DatabaseUrlError, parse_url

SLACK_API: Final = "https://slack.com/api/"
WEAK_SECRET_BYTES: Final = 24
"""Standard Webhooks asks for secrets of 24 to 64 bytes (specification, "Signature scheme")."""

_SLACK_ID: Final = re.compile(r"[UW][A-Z0-9]{2,30}")
_EMAIL: Final = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")
_CHANNEL: Final = re.compile(r"[\w-]{1,80}")


def _plain(text: str, what: str) -> str:
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError(f"{what} has no spaces or line breaks in it")
    return text


def _prefixed(prefix: str, what: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        token = _plain(value.get_secret_value(), what)
        if not token.startswith(prefix) or len(token) == len(prefix):
            raise ValueError(f"{what} begins with {prefix}")
        return value

    return AfterValidator(check)


def _signing_secret(value: SecretStr) -> SecretStr:
    _plain(value.get_secret_value(), "a signing secret")
    return value


def webhook_key(secret: str) -> bytes:
    """The key bytes of a `whsec_…` secret; raises ValueError with a plain sentence."""
    if not secret.startswith("whsec_"):
        raise ValueError("a webhook secret begins with whsec_")
    encoded = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("what follows whsec_ has to be base64") from error
    if not key:
        raise ValueError("the part after whsec_ is empty")
    return key


def _webhook_secret(value: SecretStr) -> SecretStr:
    webhook_key(value.get_secret_value())
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(_plain(value, "a web address"))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        raise ValueError("it has to be a web address such as https://slack.com/api/") from error
    if not usable or parts.query or parts.fragment:
        raise ValueError("it has to be a web address such as https://slack.com/api/")
    return value


def _slashed(value: str) -> str:
    return value if value.endswith("/") else value + "/"


def _database(value: SecretStr) -> SecretStr:
    try:
        parse_url(value.get_secret_value())
    except DatabaseUrlError as error:
        raise ValueError(str(error)) from error
    return value


def _channel(value: str) -> str:
    name = value.strip().removeprefix("#")
    if not _CHANNEL.fullmatch(name):
        raise ValueError("it has to be a channel's name or id, such as customer-success")
    return name


def _lead(value: str) -> str:
    if _SLACK_ID.fullmatch(value) or _EMAIL.fullmatch(value):
        return value
    raise ValueError("it has to be a Slack user id such as U012AB3CD, or an e-mail address")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("it has to be a time zone's name, such as Europe/Stockholm") from error
    return value


def _countries(value: str) -> str:
    known = holidays.list_supported_countries(include_aliases=False)
    codes = [code.strip().upper() for code in value.split(",") if code.strip()]
    for code in codes:
        if code not in known:
            raise ValueError(f"{code[:20]!r} is not a country code Baton knows holidays for; write SE or NL,MY")
    return ",".join(codes)


def _folder(value: Path) -> Path:
    if not value.is_dir():
        raise ValueError(f"there is no folder {str(value)[:200]!r}")
    return value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Every variable of the environment that Baton reads, under its own name in small letters. The text under each is
    what the documentation says of it."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    slack_bot_token: Annotated[SecretStr, _prefixed("xoxb-", "a bot token")] | None = None
    """The bot token (`xoxb-…`) of the Slack app. Needed by everything that talks with Slack."""
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_signing_secret)] | None = None
    """Checks that what comes to `/slack/events` was sent by Slack. Needed for HTTP, not for Socket Mode."""
    slack_app_token: Annotated[SecretStr, _prefixed("xapp-", "an app-level token")] | None = None
    """An app-level token (`xapp-…`) with `connections:write`. With it Baton uses Socket Mode, without it HTTP."""
    slack_api_url: Annotated[str, AfterValidator(_web_address), AfterValidator(_slashed)] = SLACK_API
    """Every Web API call goes under this base; for the local Slack."""
    database_url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr("sqlite:///baton.db")
    """A file (`sqlite:///baton.db`), or `postgresql://user:password@host/name` for several machines."""
    baton_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    """The `whsec_…` secret the CRM signs with. Without it the webhook answers 503."""
    baton_cs_channel: Annotated[str, AfterValidator(_channel)] = "customer-success"
    """Name or id of the channel where the customer-success team is told."""
    baton_cs_lead: Annotated[str, AfterValidator(_lead)] | None = None
    """Slack id or e-mail address of the lead: escalations and the portfolio of all CSMs."""
    baton_timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """The zone where a person's own Slack time zone is not known, and in which a deal's closing day is counted."""
    baton_holidays: Annotated[str, AfterValidator(_countries)] = ""
    """Country codes (`SE`, `NL,MY`) whose holidays are no working days."""
    baton_playbooks: Annotated[Path, AfterValidator(_folder)] | None = None
    """Folder of playbook files; without it those shipped with Baton."""
    baton_channel_visibility: Annotated[Literal["private", "public"], BeforeValidator(_lower)] = "private"
    """`private` or `public` deal channels."""
    baton_log: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"
    """How log lines look: `console` for people, `json` for machines."""
    baton_clock_url: Annotated[str, AfterValidator(_web_address)] | None = None
    """A clock to follow instead of the machine's; for tests and the demo."""
    baton_usage_weeks: Annotated[int, Field(ge=1, le=1_040)] = 60
    """How many weeks the days of usage are kept; of older ones only the sums of weeks are."""
    baton_pace: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 1.0
    """How many times faster than Slack's published pace messages go; 0 is without pacing. For tests and the demo."""
    baton_posts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 300
    """Messages posted in the whole workspace in a minute, over all processes; Slack allows "several hundred"."""
    baton_slack_timeout: Annotated[float, Field(ge=1, le=30, allow_inf_nan=False)] = 10.0
    """Seconds after which a call that Slack has not answered counts as lost and is looked for in the history."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given in code win, then the environment, then `.env`."""
        return init_settings, env_settings, dotenv_settings

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by Socket Mode rather than HTTP."""
        return self.slack_app_token is not None

    @property
    def holiday_countries(self) -> tuple[str, ...]:
        """The countries whose holidays are no working days."""
        return tuple(code for code in self.baton_holidays.split(",") if code)

    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        values = (
            self.slack_bot_token,
            self.slack_signing_secret,
            self.slack_app_token,
            self.baton_webhook_secret,
        )
        password = parse_url(self.database_url.get_secret_value()).password
        found = [value.get_secret_value() for value in values if value is not None]
        return (*found, *([str(password)] if password else ()))


def read_settings(values: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process; raises WrongUsage naming the first variable that is wrong.

    With `values` (as an environment: names in capitals) nothing else is read: neither environment nor `.env`.
    """
    try:
        if values is None:
            return Settings()
        return _only({name.lower(): value for name, value in values.items() if value != ""})
    except ValidationError as error:
        raise WrongUsage(_sentence(error)) from None
    except UnicodeDecodeError as error:
        raise WrongUsage(".env can't be read: it has to be a text file in UTF-8.") from error
    except OSError as error:
        raise WrongUsage(f".env can't be read: {error.strerror}.") from error


class _Given(Settings):
    """Settings from given values alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def _only(values: Mapping[str, Any]) -> Settings:
    return _Given(**values)


def _sentence(error: ValidationError) -> str:
    """One plain sentence without the value, which may be a secret."""
    first = error.errors(include_url=False, include_input=False, include_context=True)[0]
    name = ".".join(str(part) for part in first["loc"][:1]).upper() or "The environment"
    context = first.get("ctx", {})
    match first["type"]:
        case "value_error":
            reason = str(context.get("error", first["msg"]))
        case "literal_error":
            reason = f"it has to be {context['expected']}".replace("'", "")
        case _:
            reason = str(first["msg"])
            reason = reason[:1].lower() + reason[1:]
    more = error.error_count() - 1
    also = f" ({more} more {'variable is' if more == 1 else 'variables are'} wrong.)" if more else ""
    return f"{name}: {reason}.{also}"


def need_slack(settings: Settings) -> None:
    """Raise WrongUsage unless there is what `baton run` needs to talk with Slack."""
    if settings.slack_bot_token is None:
        raise WrongUsage("SLACK_BOT_TOKEN is not set. It is the bot token (xoxb-…) of the Slack app.")
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise WrongUsage(
            "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for Slack over HTTP; neither is set."
        )
