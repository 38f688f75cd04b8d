"""Everything breaks for two weeks, and at the end each thing was said once, on time, to whom it was for.

Two weeks of October 2026: Europe leaves summer time on the 25th, Morocco and Lord Howe are on rules of their own, New
Zealand and others have holidays. `make chaos` runs more of the same: BATON_CHAOS="DEALS KILLS".
"""

import json
import os
import random
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from storage.migrate import migrate
from tests import postgres
from tests.chaos import oracle
from tests.chaos.house import House, Sizes, build

START: Final = datetime(2026, 10, 18, 9, 30, tzinfo=UTC)
"""Sunday everywhere; nobody of the company is at work yet."""
WEEKS: Final = timedelta(days=15, hours=14)
STEP_MIN: Final = (20, 200)
"""Time goes on in jumps of so many minutes: everybody's working day is seen, and its morning missed now and then."""
CALM: Final = timedelta(hours=3)
REST: Final = 24
"""After so many jumps nobody touches anything until all is said."""
SEED: Final = 20261025
BOT: Final = "U00BOT0001"


def _sizes() -> Sizes:
    given = os.environ.get("BATON_CHAOS", "").split()
    return Sizes(int(given[0]), int(given[1])) if given else Sizes()


SIZES: Final = _sizes()


@pytest.fixture
def on_postgresql() -> Generator[tuple[str, Callable[[], None]]]:
    """A database of a server of its own, and what restarts that server as a power cut does."""
    with postgres.restartable() as server:
        with psycopg.connect(f"{server.address}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE chaos")
        url = f"{server.address}/chaos"
        migrate(url)

        def restart() -> None:
            server.stop()
            server.start()

        yield url, restart


@pytest.mark.timeout(6_000)
def test_three_replicas_killed_and_a_database_restarted(
    on_postgresql: tuple[str, Callable[[], None]], tmp_path: Path
) -> None:
    url, restart = on_postgresql
    _run(tmp_path, url, SIZES, restart)


@pytest.mark.timeout(6_000)
def test_one_process_on_sqlite_killed(sqlite_url: str, tmp_path: Path) -> None:
    _run(tmp_path, sqlite_url, Sizes(SIZES.deals, SIZES.kills, 1), None)


def _run(folder: Path, url: str, sizes: Sizes, restart: Callable[[], None] | None) -> None:
    with ExitStack() as stack:
        house = stack.enter_context(build(folder, url, sizes, START, SEED))
        house.win(sizes.deals, START)
        house.settle(180)
        opened = house.now()
        _two_weeks(house, sizes, restart)
        _judge(house, sizes, opened)


def _two_weeks(house: House, sizes: Sizes, restart: Callable[[], None] | None) -> None:
    """Jump by jump; after each something may break."""
    chance = random.Random(SEED)
    moments = list(_moments(chance))
    kills = set(chance.sample(range(2, len(moments)), sizes.kills))
    outage = chance.randrange(len(moments) // 3, len(moments) // 2) if restart else -1
    for number, moment in enumerate(moments):
        if number % 12 == 5:
            house.trouble()
        house.move_to(moment)
        if chance.random() < 0.3:
            house.act()
        if number in kills:
            house.kill_one()
        if number == outage and restart is not None:
            restart()
        house.decide() if number % REST else house.settle()
    assert house.http.delete("_sandbox/faults").is_success
    for _ in range(9):
        # What failed in the last working hours is said in the next ones.
        house.move_to(house.now() + CALM)
        house.settle(120)
    house.settle(120, ahead=timedelta(minutes=1))


def _moments(chance: random.Random) -> Iterator[datetime]:
    moment = START
    while moment < START + WEEKS:
        moment += timedelta(minutes=chance.randint(*STEP_MIN))
        yield moment


def _judge(house: House, sizes: Sizes, opened: datetime) -> None:
    end = house.now()
    messages = house.said()
    keys = {oracle.key_of(one) for one in messages}
    assert house.kills == sizes.kills
    assert oracle.twice(messages) == {}, "said twice"
    _everything_arrived(house, keys)
    calendars = {slack_id: oracle.Calendar(zone) for slack_id, zone in house.zones.items()}
    deals = house.rows(
        "SELECT d.id, p.slack_id FROM deal d JOIN person p ON p.id = d.csm_id WHERE d.state = 'open' ORDER BY d.id"
    )
    assert len(deals) == sizes.deals
    csm_of: dict[int, str] = {row[0]: row[1] for row in deals}
    wanted = oracle.summaries({deal: calendars[who] for deal, who in csm_of.items()}, opened, end)
    assert len(wanted) >= 2 * sizes.deals
    assert sorted(wanted - keys) == [], "weekly summaries lost"
    _nobody_was_disturbed(house, messages, csm_of, calendars)
    _every_reminder_was_said(house, calendars, opened, end)


def _everything_arrived(house: House, keys: set[str]) -> None:
    """Each notice is said and stands in Slack, or was left out with a reason; none is dead, unsure or under way."""
    left = house.rows("SELECT key, state, why FROM notice WHERE state NOT IN ('sent', 'quiet')")
    assert left == [], "not said"
    silent = house.rows("SELECT key FROM notice WHERE state = 'quiet' AND why = '' AND ts = ''")
    assert silent == [], "left out without a reason"
    said = house.rows("SELECT key FROM notice WHERE state = 'sent' AND ts <> ''")
    assert sorted(row[0] for row in said if row[0] not in keys) == [], "marked as said, and is not there"


def _nobody_was_disturbed(
    house: House, messages: list[dict[str, Any]], csm_of: dict[int, str], calendars: dict[str, oracle.Calendar]
) -> None:
    """What can wait for working hours came in those of its reader: the person, or the CSM of the deal's channel."""
    channels = {one["id"]: one for one in house.http.get("_sandbox/state", timeout=120).json()["channels"]}
    of_channel = dict(house.rows("SELECT channel_id, id FROM deal"))
    heard: set[str] = set()
    wrong: list[str] = []
    for one in messages:
        if oracle.kind_of(one) not in oracle.IN_HOURS:
            continue
        channel = channels[one["channel"]]
        bot = house.slack.environment.get("SLACK_BOT_USER_ID", "U00BOT0001")
        reader = (
            next(m for m in channel["members"] if m != bot) if channel["is_im"] else csm_of[of_channel[one["channel"]]]
        )
        heard.add(oracle.kind_of(one))
        at = oracle.said_at(one)
        before = house.was_on_its_way(at)
        if not calendars[reader].in_hours(at) and not (before and calendars[reader].in_hours(before)):
            zone = calendars[reader].zone
            left, came = (moment.astimezone(zone) for moment in house.jump_before(at))
            wrong.append(
                f"{oracle.key_of(one)} to {house.names[reader]} at {at.astimezone(zone):%a %d %b %H:%M:%S.%f}, "
                f"after the clock went from {left:%a %d %b %H:%M:%S} to {came:%H:%M:%S.%f}"
            )
    assert wrong == [], "outside somebody's working hours"
    assert heard >= {"milestone_reminder", "milestone_overdue", "weekly_summary", "portfolio_digest", "kickoff_late"}


def _every_reminder_was_said(
    house: House, calendars: dict[str, oracle.Calendar], opened: datetime, end: datetime
) -> None:
    """Each step of each milestone nobody touched is in a digest that was said, or a newer step of it is."""
    rows = house.rows(
        "SELECT m.id, m.due, m.remind, m.responsible, a.slack_id, c.slack_id FROM milestone m "
        "JOIN deal d ON d.id = m.deal_id JOIN person a ON a.id = d.ae_id JOIN person c ON c.id = d.csm_id "
        "WHERE m.version = 1 AND m.state = 'planned' AND m.due IS NOT NULL AND m.responsible <> 'lead' "
        "AND m.kind <> 'kickoff' ORDER BY m.id"
    )
    mine = [(row[0], _day(row[1]), _list(row[2]), calendars[row[4] if row[3] == "ae" else row[5]]) for row in rows]
    wanted = oracle.reminders(mine, opened, end)
    told: set[str] = set()
    for (facts,) in house.rows(
        "SELECT facts FROM notice WHERE kind IN ('milestone_reminder', 'milestone_overdue') AND state = 'sent'"
    ):
        read = json.loads(facts) if isinstance(facts, str) else facts
        told |= {*read["items"], *read.get("skipped", ())}
    assert len(wanted) > len(mine) // 2
    assert sorted(wanted - told) == [], "reminders lost"


def _day(value: object) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _list(value: object) -> list[int]:
    return json.loads(value) if isinstance(value, str) else value  # type: ignore[return-value]
