"""A story: the local Slack and the bot as processes, on one database, by one transport; and what came of it."""

import contextlib
import itertools
import json
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import httpx
from sqlalchemy import Engine, create_engine, text
from standardwebhooks import Webhook

from storage.database import parse_url
from tests.story.news import PATIENCE_S, News, T
from tests.story.person import ADA, BEN, CHLOE, CS, DANIEL, EVA, FELIX, GRETA, MEI, Person
from tests.story.processes import BotProcess, SlackProcess, free_port
from tests.story.shown import Json, key_of, kind_of, text_of

Transport = Literal["socket", "http"]
SECRET: Final = "whsec_c3RvcnktdGVsbGluZy1zZWNyZXQtMzItYnl0ZXMhISE="
_numbers = itertools.count(1)


@dataclass
class Story:
    """What the tests touch."""

    slack: SlackProcess
    bot: BotProcess
    http: httpx.Client
    news: News
    database: Engine

    # People

    def __post_init__(self) -> None:
        self.ada, self.ben = Person(self.http, ADA), Person(self.http, BEN)
        self.chloe, self.daniel, self.mei = (Person(self.http, one) for one in (CHLOE, DANIEL, MEI))
        self.eva, self.felix, self.greta = (Person(self.http, one) for one in (EVA, FELIX, GRETA))

    # The CRM

    def send(
        self,
        body: object,
        *,
        message_id: str = "",
        secret: str = SECRET,
        at: datetime | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> httpx.Response:
        """A webhook as the CRM signs it; a header given as None is left out."""
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        name, moment = message_id or f"msg_{uuid.uuid4().hex}", at or datetime.now(UTC)
        sent: dict[str, str | None] = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign(name, moment, content.decode()),
            **(headers or {}),
        }
        kept = {name: value for name, value in sent.items() if value is not None}
        return httpx.post(f"{self.bot.url}/webhooks/baton", content=content, headers=kept, timeout=30)

    def win(self, data: Mapping[str, Any], **how: Any) -> httpx.Response:  # noqa: ANN401
        """`deal.won` with these data; it has to be accepted."""
        body = {"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": data}
        answer = self.send(body, **how)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return answer

    # What is said

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401
        return self.http.get(f"_sandbox/{path}", params=query).json()

    def until(self, look: Callable[[], T | None], what: str = "", patience_s: float = PATIENCE_S) -> T:
        return self.news.until(look, what, patience_s)

    def messages(self, channel: str = "", kind: str = "") -> list[Json]:
        """Every message of ours that stands there; of all channels without one."""
        found = self.get("messages", **({"channel": channel} if channel else {}))["messages"]
        return [one for one in found if not one["deleted"] and kind in ("", kind_of(one))]

    def said(self, channel: str, kind: str, *holds: str, without: str = "\0", patience_s: float = PATIENCE_S) -> Json:
        """The newest message of this kind that holds these texts, once it is there."""

        def look() -> Json | None:
            for one in reversed(self.messages(channel, kind)):
                if all(part in text_of(one) for part in holds) and without not in text_of(one):
                    return one
            return None

        return self.until(look, f"{kind} with {holds}", patience_s)

    def said_to(self, person: Person, kind: str, *holds: str) -> Json:
        """The same in person."""

        def look() -> Json | None:
            for one in reversed(self.messages("", kind)):
                heard = self.get_channel(one["channel"])
                if heard["is_im"] and person.id in heard["members"] and all(part in text_of(one) for part in holds):
                    return one
            return None

        return self.until(look, f"{kind} to {person.id} with {holds}")

    def state(self) -> Json:
        return self.get("state")

    def get_channel(self, channel_id: str) -> Json:
        return next(one for one in self.state()["channels"] if one["id"] == channel_id)

    def named(self, name: str) -> list[Json]:
        """The channels of this name."""
        return [one for one in self.state()["channels"] if one.get("name") == name]

    def deal_channel(self, name: str) -> str:
        """The id of the deal's channel of this name, once it is there and the seller has been asked."""
        found = self.until(lambda: self.named(name), f"#{name}")
        assert len(found) == 1, found
        self.said(found[0]["id"], "handoff_requested")
        return str(found[0]["id"])

    def faults(self, *orders: Mapping[str, Any]) -> None:
        """What shall go wrong in Slack."""
        assert self.http.post("_sandbox/faults", json=list(orders)).is_success

    def advance(self, by: timedelta) -> None:
        """Move Slack's clock."""
        assert self.http.post("_sandbox/clock", json={"advance": by.total_seconds()}).is_success

    # What is kept

    def rows(self, statement: str, **values: object) -> list[Any]:
        """Look into the bot's database."""
        with self.database.connect() as connection:
            return list(connection.execute(text(statement), values).all())

    def quiet(self, patience_s: float = PATIENCE_S) -> None:
        """Until nothing that is due now waits to be said or done."""
        waiting = "SELECT key, state, why FROM notice WHERE state IN ('pending', 'sending')"
        left: list[Any] = []

        def done() -> bool:
            left[:] = self.rows(waiting)
            return not left

        try:
            self.until(done, "nothing waits to be said", patience_s)
        except AssertionError:
            raise AssertionError(f"still to be said: {left}") from None

    def nothing_twice(self) -> None:
        """No occurrence key stands in Slack twice, none the database knows as said is missing, no letter is dead."""
        said = Counter((one["channel"], key_of(one)) for one in self.messages() if key_of(one))
        twice = {key: count for key, count in said.items() if count > 1}
        assert not twice, twice
        keys = {key for _, key in said}
        known = self.rows("SELECT key, state, why FROM notice WHERE ts <> ''")
        assert [row.key for row in known if row.key not in keys] == []
        dead = self.rows("SELECT key, state, why FROM notice WHERE state IN ('dead', 'unsure')")
        assert not dead, dead

    def no_secret_in_the_log(self) -> None:
        """No token or secret in any line the bot wrote."""
        written = "\n".join(self.bot.log)
        names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
        secrets = [self.slack.environment[name] for name in names] + [SECRET, SECRET.removeprefix("whsec_")]
        assert [one for one in secrets if one in written] == []

    def connected(self) -> bool:
        """Whether the bot hears Slack."""
        if "SLACK_APP_TOKEN" in self.bot.settings:
            return bool(self.get("socket")["connections"])
        return httpx.get(f"{self.bot.url}/healthz").is_success

    def start_bot(self) -> None:
        """Start it again after it was stopped or killed."""
        self.bot.start()
        self.until(self.connected, "the bot's connection")


@contextlib.contextmanager
def tell(folder: Path, database_url: str, transport: Transport, **settings: str) -> Generator[Story]:
    """Start both; stop both."""
    port = free_port()
    events = ["--events-url", f"http://127.0.0.1:{port}/slack/events"] if transport == "http" else []
    slack = SlackProcess.start(*events)
    needed = ["SLACK_BOT_TOKEN", "SLACK_API_URL", "SLACK_SIGNING_SECRET"]
    if transport == "socket":
        needed.append("SLACK_APP_TOKEN")
    given = {
        **{name: slack.environment[name] for name in needed},
        "DATABASE_URL": database_url,
        "BATON_WEBHOOK_SECRET": SECRET,
        "BATON_CS_LEAD": "eva@northwind.example",
        "BATON_PACE": "0",
        "BATON_CLOCK_URL": f"{slack.url}_sandbox/clock",
        **settings,
    }
    bot = BotProcess(folder, given, port)
    engine = create_engine(_sync(database_url))
    try:
        bot.start()
        with httpx.Client(base_url=slack.url, timeout=30) as http:
            story = Story(slack, bot, http, News(slack.url, EVA), engine)
            story.until(story.connected, "the bot's connection")
            yield story
    finally:
        bot.close()
        slack.stop()
        engine.dispose()


def _sync(database_url: str) -> Any:  # noqa: ANN401 - SQLAlchemy's URL
    url = parse_url(database_url)
    return url.set(drivername="sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg")


def deal(**changes: object) -> Json:
    """The data of a `deal.won` of Ada's and Chloé's; each a deal and an account of its own."""
    number = next(_numbers)
    facts: Json = {
        "id": f"D-{number}",
        "name": "Core and Reports",
        "account": {"id": f"A-{number}", "name": f"Harbour {number}", "segment": "mid-market", "region": "EMEA"},
        "amount": "48000",
        "currency": "EUR",
        "closed_at": "2026-11-20T15:04:00Z",
        "owner_email": "ada@northwind.example",
        "csm_email": "chloe@northwind.example",
        "crm_url": f"https://crm.example/deals/D-{number}",
        "products": ["Core", "Reports"],
        "plan": "Growth",
        "notes": "Maria Silva (CFO) signed.\nThey want daily figures & <SSO> before the year's end.",
    }
    return facts | changes


def channel_name(facts: Json) -> str:
    """The name of the deal's channel, for plain account names."""
    return "deal-" + str(facts["account"]["name"]).lower().replace(" ", "-")


__all__ = ["CS", "SECRET", "Story", "Transport", "channel_name", "deal", "tell"]
