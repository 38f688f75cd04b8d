"""A company under fire: the local Slack, some replicas of `baton run` on one database, and deals in all states."""

import contextlib
import json
import random
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx
import yaml
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from standardwebhooks import Webhook

from storage.database import parse_url
from tests.story.news import News
from tests.story.person import EVA, Person
from tests.story.processes import BotProcess, SlackProcess, free_port

SECRET: Final = "whsec_Y2hhb3MtdGVsbGluZy1zZWNyZXQtMzItYnl0ZXMhISE="
WORKSPACE: Final = Path(__file__).with_name("workspace.yaml")
SELLERS: Final = ("ada", "ben")
NEW_HERE: Final = "ari"
"""Whose customers have all just signed: nothing of theirs is overdue in the first mornings."""
CSMS: Final = ("chloe", "daniel", "mei", "luz", "howard", "nadia", "kiran", "joan", "ari")
TIMEOUT_S: Final = 2
SETTLED_S: Final = 150.0
"""Two cores shared with other tests are slow to start a killed process again."""
ON_ITS_WAY: Final = timedelta(seconds=1.5 + TIMEOUT_S)
"""The age at which a claim is not posted any more, and Slack's time-out."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    deals: int = 300
    kills: int = 20
    replicas: int = 3


@dataclass
class House:
    """What the test drives. `chance` is seeded, so that a failing run can be told again."""

    slack: SlackProcess
    replicas: list[BotProcess]
    http: httpx.Client
    news: News
    database: Engine
    chance: random.Random
    zones: Mapping[str, ZoneInfo]
    names: Mapping[str, str]
    deals: list[Json] = field(default_factory=list[Json])
    jumps: list[tuple[datetime, datetime]] = field(default_factory=list[tuple[datetime, datetime]])
    kills: int = 0
    acts: int = 0

    # Time

    def now(self) -> datetime:
        """The local Slack's clock, which every replica follows."""
        return datetime.fromisoformat(self.http.get("_sandbox/clock").json()["now"])

    def move_to(self, moment: datetime) -> None:
        """Move every clock at once."""
        self.jumps.append((self.now(), moment))
        assert self.http.post("_sandbox/clock", json={"now": moment.isoformat()}).is_success

    # The database

    def rows(self, statement: str, **values: object) -> list[Any]:
        with self.database.connect() as connection:
            return list(connection.execute(text(statement), values).all())

    def settle(self, patience_s: float = SETTLED_S, ahead: timedelta = timedelta()) -> None:
        """Until nothing waits to be said that was due when this was asked, or so much later: what Slack asked to wait
        is due in a second."""
        self._until_none(
            "SELECT key, state, why FROM notice WHERE state = 'sending' OR (state = 'pending' AND not_before <= :due)",
            patience_s,
            ahead,
        )

    def decide(self, patience_s: float = SETTLED_S) -> None:
        """Until all that was due when this was asked was tried once, or waits behind something that was. What Slack
        refused or left unanswered may still be under way: time goes on for it as well."""
        self._until_none(
            "SELECT key, state, why FROM notice n WHERE state = 'pending' AND attempts = 0 AND not_before <= :due "
            "AND NOT EXISTS (SELECT 1 FROM notice o WHERE o.lane = n.lane AND o.id <> n.id "
            "AND (o.state = 'sending' OR (o.state = 'pending' AND o.attempts > 0)))",
            patience_s,
        )

    def _until_none(self, waiting: str, patience_s: float, ahead: timedelta = timedelta()) -> None:
        due = self._stamp(self.now() + ahead)
        asked = "SELECT id FROM due WHERE next_due_utc <= :due"
        left: list[Any] = []

        def done() -> bool:
            try:
                left[:] = self.rows(waiting, due=due) + self.rows(asked, due=due)
            except SQLAlchemyError as error:
                left[:] = [error]
            return not left

        try:
            self.news.until(done, "nothing waits", patience_s)
        except AssertionError:
            raise AssertionError(f"{len(left)} still wait at {due}: {left[:5]}\n{self.logs()}") from None

    def logs(self, lines: int = 25) -> str:
        """The end of what each replica logged."""
        return "\n".join(f"--- {one.url}\n" + "\n".join(one.log[-lines:]) for one in self.replicas)

    def _stamp(self, moment: datetime) -> object:
        """A moment as the database compares it."""
        if self.database.dialect.name == "sqlite":
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return moment

    # What happens

    def win(self, count: int, now: datetime) -> None:
        """So many deals are won, at any time in the last six weeks, told to any replica."""
        for number in range(1, count + 1):
            csm = self.chance.choice(CSMS)
            closed = now - timedelta(days=self.chance.uniform(0.2, 1 if csm == NEW_HERE else 42))
            self.deals.append(
                {
                    "id": f"D-{number}",
                    "name": f"Deal {number}",
                    "account": {"id": f"A-{number}", "name": f"Customer {number}"},
                    "closed_at": closed.isoformat(),
                    "owner_email": f"{self.chance.choice(SELLERS)}@chaos.example",
                    "csm_email": f"{csm}@chaos.example",
                    "playbook": self.chance.choice(["saas-90-days", "services-30-days"]),
                }
            )
        with httpx.Client(timeout=30) as client:
            for deal in self.deals:
                self._tell(client, deal)

    def _tell(self, client: httpx.Client, deal: Json) -> None:
        body = json.dumps({"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": deal})
        name, moment = f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(name, moment, body),
        }
        url = self.chance.choice(self.replicas).url
        answer = client.post(f"{url}/webhooks/baton", content=body, headers=headers)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text

    def act(self) -> None:
        """Somebody does something about a plan, as people do while everything breaks. It may fail as things fail for
        people (no answer from a process that was just killed); then it is not done."""
        found = self.rows(
            "SELECT m.number, d.channel_id, p.slack_id FROM milestone m JOIN deal d ON d.id = m.deal_id "
            "JOIN person p ON p.id = d.csm_id WHERE m.state IN ('planned', 'doing') AND d.state = 'open' ORDER BY m.id"
        )
        if not found:
            return
        number, channel, csm = self.chance.choice(found)
        word = self.chance.choice(["done {} It was seen on the call", "skip {} Not needed here", "start {}"])
        words = {"user": csm, "channel": channel, "text": f"/milestone {word.format(number)}"}
        self.acts += bool(self.http.post("_sandbox/ui/command", json=words).json().get("ok"))

    def trouble(self) -> None:
        """Slack fails now and then, in each of its ways."""
        orders = [
            {"method": "chat.postMessage", "fault": fault, "times": 3, "probability": 0.2, **more}
            for fault, more in (("429", {"retry_after": 1}), ("500", {}), ("close_after", {}), ("close_before", {}))
        ]
        orders.append({"method": "chat.update", "fault": "close_after", "times": 2, "probability": 0.2})
        assert self.http.post("_sandbox/faults", json=orders).is_success

    def kill_one(self) -> None:
        """The power goes for one replica while it has work in hand: after a few of the next things said, or a moment.
        It is started again at once, and nobody waits for it."""
        self.news.more(self.chance.randrange(8), at_most_s=1.0)
        victim = self.chance.choice(self.replicas)
        victim.kill()
        victim.start(wait=False)
        self.kills += 1

    # What came of it

    def was_on_its_way(self, moment: datetime) -> datetime | None:
        """The moment before the clock was moved, for what came so soon after that it was decided and sent before: no
        clock but this one jumps between the two."""
        before, after = self.jump_before(moment)
        return before if moment - after < ON_ITS_WAY else None

    def jump_before(self, moment: datetime) -> tuple[datetime, datetime]:
        """From where to where the clock was moved the last time before a moment."""
        return max((one for one in self.jumps if one[1] <= moment), key=lambda one: one[1])

    def said(self) -> list[Json]:
        """Every message of Baton's that stands in the local Slack."""
        found = self.http.get("_sandbox/messages", timeout=120).json()["messages"]
        return [one for one in found if not one["deleted"] and one.get("metadata", {}).get("event_payload")]


@contextlib.contextmanager
def build(
    folder: Path, database_url: str, sizes: Sizes, start: datetime, seed: int, **settings: str
) -> Generator[House]:
    """Start everything; end everything."""
    ports = [free_port() for _ in range(sizes.replicas)]
    slack = SlackProcess.start("--now", start.isoformat(), "--workspace", str(WORKSPACE))
    needed = ("SLACK_BOT_TOKEN", "SLACK_API_URL", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
    given = {
        **{name: slack.environment[name] for name in needed},
        "DATABASE_URL": database_url,
        "BATON_WEBHOOK_SECRET": SECRET,
        "BATON_CS_LEAD": "eva@chaos.example",
        "BATON_PACE": "0",
        "BATON_SLACK_TIMEOUT": str(TIMEOUT_S),
        "BATON_CLOCK_URL": f"{slack.url}_sandbox/clock",
        **settings,
    }
    replicas = [BotProcess(folder, given, port) for port in ports]
    engine = create_engine(_sync(database_url), pool_pre_ping=True)
    people: Sequence[Json] = yaml.safe_load(WORKSPACE.read_text("utf-8"))["people"]
    try:
        for replica in replicas:
            replica.start(wait=False)
        for replica in replicas:
            replica.wait_said("ready", patience_s=60)
        with httpx.Client(base_url=slack.url, timeout=30) as http:
            yield House(
                slack,
                replicas,
                http,
                News(slack.url, EVA),
                engine,
                random.Random(seed),
                {one["id"]: ZoneInfo(one["tz"]) for one in people},
                {one["id"]: one["name"] for one in people},
                jumps=[(start, start)],
            )
    finally:
        for replica in replicas:
            replica.close()
        slack.stop()
        engine.dispose()


def _sync(database_url: str) -> Any:  # noqa: ANN401 - SQLAlchemy's URL
    url = parse_url(database_url)
    return url.set(drivername="sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg")


__all__ = ["House", "Json", "Person", "Sizes", "build"]
