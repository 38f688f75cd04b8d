"""What every part of the sandbox shares: team, app, people, clock, store, news and the way to the app's events."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml

from sandbox.clock import Clock
from sandbox.config import SandboxConfig
from sandbox.emoji import Emoji
from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.ids import Ids
from sandbox.manifest import App, ManifestError, generic_app, load_manifest
from sandbox.people import Person
from sandbox.store import Store
from sandbox.tokens import Token

Json = dict[str, Any]
Emit = Callable[[Json, str | None], None]
APP_ICONS = "https://a.slack-edge.com/80588/img/plugins/app/bot"
WORKSPACE = Path(__file__).with_name("workspace.yaml")


@dataclass(frozen=True)
class Team:
    """The workspace."""

    id: str
    name: str
    domain: str


def _unheard(event: Json, channel: str | None) -> None:
    """Before delivery is set up nothing listens."""
    del event, channel


class World:
    """The shared ground. `emit(event, channel_id)` hands an event to the app's delivery."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.store = Store(config.data)
        self.ids = Ids()
        self.hub = Hub()
        self.emoji = Emoji()
        self.emit: Emit = _unheard
        self.settings = dict(self.store.records("setting"))
        self.clock = Clock(self._offset())
        self.workspace = _read_workspace(config.workspace or WORKSPACE)
        self.team = Team(**cast("dict[str, str]", self.workspace["team"]))
        self.app = self._app()
        self.people: dict[str, Person] = {}
        self.tokens: dict[str, Token] = {}
        self.signing_secret = config.signing_secret or self._secret(
            "signing_secret", lambda: self.ids.secret(32).lower()
        )
        self.verification_token = self._secret("verification_token", self.ids.secret)
        self.client_id = self._secret("client_id", lambda: f"{self.ids.number()}.{self.ids.number()}")
        self.client_secret = self._secret("client_secret", lambda: self.ids.secret(32).lower())
        self._give_tokens()
        self.load_people()

    def _offset(self) -> float:
        """The saved offset; `config.now` wins while it lies ahead of the saved time."""
        saved = Clock(float(self.settings.get("clock", {}).get("value", 0.0)))
        if self.config.now is not None and ("clock" not in self.settings or self.config.now.timestamp() > saved.time()):
            saved.set(self.config.now)
        return saved.offset

    def save_clock(self) -> None:
        """Keeps the clock's offset for the next start."""
        self.set_setting("clock", self.clock.offset)

    def set_setting(self, name: str, value: object) -> None:
        """Keeps one value beside the state; a reset leaves it."""
        self.settings[name] = {"value": value}
        self.store.put("setting", name, {"value": value})

    def _secret(self, name: str, make: Callable[[], str]) -> str:
        if name not in self.settings:
            self.set_setting(name, make())
        return str(self.settings[name]["value"])

    def _app(self) -> App:
        app = load_manifest(self.config.manifest) if self.config.manifest else generic_app()
        ids: Json = self.workspace["app"]
        return replace(app, id=ids["id"], bot_id=ids["bot_id"], bot_user_id=ids["bot_user_id"])

    def _give_tokens(self) -> None:
        ids = self.ids
        bot = self._secret("bot_token", lambda: f"xoxb-{ids.number()}-{ids.number()}-{ids.secret()}")
        app = self._secret("app_token", lambda: f"xapp-1-{self.app.id}-{ids.number()}-{ids.secret(64).lower()}")
        self.tokens[bot] = Token(bot, "bot", self.app.scopes)
        self.tokens[app] = Token(app, "app", ("connections:write", "authorizations:read"))

    @property
    def bot_token(self) -> str:
        """The installed app's bot token."""
        return str(self.settings["bot_token"]["value"])

    @property
    def app_token(self) -> str:
        """The app-level token for Socket Mode."""
        return str(self.settings["app_token"]["value"])

    # people

    def load_people(self) -> None:
        """Reads people from the store, or makes those of the workspace file."""
        self.people = {key: Person(**body) for key, body in self.store.records("person")}
        if self.people:
            bot = self.people[self.app.bot_user_id]
            bot.name, bot.real_name = _handle(self.app.name), self.app.name
            return
        updated = int(self.clock.time())
        for entry in cast("list[Json]", self.workspace["people"]):
            values: Json = {"team_id": self.team.id, "updated": updated, **entry}
            self.add_person(Person(**values))
        self.add_person(
            Person(
                self.app.bot_user_id,
                _handle(self.app.name),
                self.app.name,
                self.team.id,
                is_bot=True,
                bot_id=self.app.bot_id,
                app_id=self.app.id,
                updated=updated,
            )
        )

    def add_person(self, person: Person) -> None:
        """Adds or saves a person."""
        self.people[person.id] = person
        self.store.put("person", person.id, person.record())

    def person(self, user_id: str, error: str = "user_not_found") -> Person:
        """The person of that id. Raises SlackError(`error`)."""
        found = self.people.get(user_id)
        if found is None:
            raise SlackError(error)
        return found

    def humans(self) -> Iterable[Person]:
        """Everyone who can sit before the page."""
        return (person for person in self.people.values() if not person.is_bot and not person.deleted)

    def user_json(self, person: Person, token: Token | None = None, *, with_locale: bool = False) -> Json:
        """A person as the holder of `token` sees them: the email only with its scope."""
        with_email = token is None or "users:read.email" in token.scopes
        return person.json(self.clock.time(), with_email=with_email, with_locale=with_locale)

    def bot_profile(self) -> Json:
        """The `bot_profile` that stands on a bot's messages."""
        return {
            "id": self.app.bot_id,
            "app_id": self.app.id,
            "user_id": self.app.bot_user_id,
            "name": self.app.name,
            "icons": {f"image_{size}": f"{APP_ICONS}_{size}.png" for size in (36, 48, 72)},
            "deleted": False,
            "updated": self.people[self.app.bot_user_id].updated,
            "team_id": self.team.id,
        }


def _handle(name: str) -> str:
    return "".join(char for char in name.lower().replace(" ", "_") if char.isalnum() or char == "_")


def _read_workspace(path: Path) -> Json:
    loaded: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    needed = {"team", "app", "people", "channels"}
    if not isinstance(loaded, dict) or not needed <= set(cast("Json", loaded)):
        raise ManifestError(f"{path}: must have {', '.join(sorted(needed))}")
    return cast("Json", loaded)
