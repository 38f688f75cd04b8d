"""Charts of usage in Slack: uploaded once, shown by the messages, and never in their way."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from domain.usage.alerts import Severity
from domain.usage_alert import DROP, WORSE, Ended, UsageAlertCard, close, worsen
from scheduler.engine import EmbeddedEngine
from scheduler.usage_tell import thread_notices
from scheduler.workplace import Workplace
from storage import notices, usage_alerts, usage_cards
from storage.models import Deal
from storage.usage_charts import CHART, chart_key
from tests import usage as sample
from tests.scheduler.desk import CHLOE, MANIFEST, Desk, open_desk, twice

URL, COMPLETE, INFO = "files.getUploadURLExternal", "files.completeUploadExternal", "files.info"


@dataclass
class ChartDesk:
    """A desk where a customer's usage fell, with one engine that draws."""

    desk: Desk
    place: Workplace
    engine: EmbeddedEngine
    card: UsageAlertCard

    async def deliver(self) -> None:
        await self.desk.deliver(self.engine)

    async def errand(self) -> Any:  # noqa: ANN401
        return await self.desk.notice(chart_key(self.card))

    async def now(self) -> UsageAlertCard:
        async with self.desk.db.read() as session:
            kept = await usage_cards.load(session, self.card.id)
        assert kept is not None
        return kept.card

    async def said(self) -> dict[str, Any]:
        """The message in the deal's channel."""
        (message,) = await self.desk.messages(self.card.channel, DROP)
        return message

    async def change(self, changed: UsageAlertCard, *more: notices.NewNotice) -> None:
        """What a scan does when the alert changes."""
        async with self.desk.db.write() as tx:
            kept = await usage_cards.load(tx.session, self.card.id)
            assert kept is not None
            changed = replace(changed, version=kept.card.version + 1, chart=kept.card.chart)
            assert await usage_alerts.change(tx.session, kept, changed, None, self.desk.clock()) is not None
            await notices.bump(tx.session, self.desk.workspace, [chart_key(self.card)], self.desk.clock())
            await notices.add(tx.session, self.desk.workspace, more, self.desk.clock())


@asynccontextmanager
async def fallen(desk: Desk) -> AsyncGenerator[ChartDesk]:
    """Usage fell, and the alert is to be told; nothing is delivered yet."""
    picture = await desk.opened()
    now = desk.clock()
    async with desk.db.write() as tx:
        account = (await tx.session.get_one(Deal, picture.id)).account_id
        await sample.record(tx.session, desk.workspace, "A-1", CHLOE, now)
        made = sample.card(account, now, deal=picture.id, channel=picture.channel.id, csm=CHLOE)
        card, _ = await sample.tell(tx.session, desk.workspace, made, now)
    place = desk.place()
    try:
        yield ChartDesk(desk, place, desk.engine(place), card)
    finally:
        await place.studio.close()


def pictures(message: dict[str, Any]) -> list[str]:
    return [block["slack_file"]["id"] for block in message["blocks"] if block["type"] == "image"]


async def test_it_is_uploaded_for_nobody_and_shown_by_both_messages(any_desk: Desk) -> None:
    async with fallen(any_desk) as house:
        await house.deliver()
        file = (await house.now()).chart
        assert (await house.errand()).facts["file"] == file
        every = await any_desk.messages(kind=DROP)
        assert [pictures(one) for one in every] == [[file], [file]]
        (completed,) = await any_desk.calls(COMPLETE)
        assert "channel_id" not in completed["args"]
        assert twice(await any_desk.keys()) == []


async def test_an_answer_that_was_lost_uploads_again_but_says_nothing_twice(desk: Desk) -> None:
    async with fallen(desk) as house:
        await desk.fault(COMPLETE, "close_after")
        await house.deliver()
        assert len(await desk.calls(URL)) == 2
        assert pictures(await house.said()) == [(await house.now()).chart]
        assert twice(await desk.keys()) == []


async def test_what_is_in_slack_is_not_uploaded_again_after_a_crash(desk: Desk) -> None:
    async with fallen(desk) as house:
        await desk.fault(INFO, "500")
        await house.deliver()
        assert len(await desk.calls(URL)) == 1
        assert pictures(await house.said()) == [(await house.now()).chart]


async def test_without_the_scope_it_is_said_without_a_picture(sqlite_url: str, tmp_path: Path) -> None:
    manifest: Any = yaml.safe_load(MANIFEST.read_text())
    manifest["oauth_config"]["scopes"]["bot"].remove("files:write")
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(manifest))
    async with open_desk(sqlite_url, manifest=tmp_path / "manifest.yaml") as desk, fallen(desk) as house:
        await house.deliver()
        assert pictures(await house.said()) == []
        errand = await house.errand()
        assert (errand.state, "missing_scope" in errand.why) == (notices.QUIET, True)


async def test_when_slack_keeps_failing_it_is_said_without_a_picture(desk: Desk) -> None:
    async with fallen(desk) as house:
        await desk.fault(URL, "500", times=None)
        await house.deliver()
        assert pictures(await house.said()) == []
        assert (await house.errand()).attempts <= 4


async def test_a_picture_that_comes_later_is_put_into_what_was_said(desk: Desk) -> None:
    async with fallen(desk) as house:
        await desk.fault(URL, "429", retry_after=600)
        await house.engine.drain()
        before = await house.said()
        assert pictures(before) == []
        desk.pass_time(700)
        await house.deliver()
        after = await house.said()
        assert after["ts"] == before["ts"]
        assert pictures(after) == [(await house.now()).chart]


async def test_a_worse_week_draws_anew_edits_and_says_so_in_the_thread(desk: Desk) -> None:
    async with fallen(desk) as house:
        await house.deliver()
        first, said = (await house.now()).chart, await house.said()
        worse = worsen(house.card, Severity.SEVERE, 2.0, 0.95, house.card.week)
        await house.change(worse, *thread_notices(worse, WORSE, desk.clock()))
        await house.deliver()
        again = (await house.now()).chart
        edited = await house.said()
        assert again != first
        assert (edited["ts"], pictures(edited)) == (said["ts"], [again])
        (reply,) = await desk.messages(house.card.channel, WORSE)
        assert reply["thread_ts"] == said["ts"]
        assert twice(await desk.keys()) == []


async def test_a_picture_somebody_deleted_does_not_keep_the_message_from_changing(desk: Desk) -> None:
    async with fallen(desk) as house:
        await house.deliver()
        await desk.slack.api("files.delete", json={"file": (await house.now()).chart})
        await house.change(close(house.card, Ended.RECOVERED, house.card.week, 40.0))
        await house.deliver()
        said = await house.said()
        assert pictures(said) == []
        assert "Usage is back" in str(said["blocks"])


async def test_of_what_is_over_nothing_is_drawn(desk: Desk) -> None:
    async with fallen(desk) as house:
        await house.change(close(house.card, Ended.RECOVERED, house.card.week, 40.0))
        await house.deliver()
        assert await desk.calls(URL) == []
        assert (await house.errand()).why == "it is over"


async def test_an_alert_that_is_gone_needs_no_picture(desk: Desk) -> None:
    await desk.add(notices.NewNotice("gone", CHART, "gone", "", desk.clock(), facts={"alert": 12_345}))
    await desk.deliver()
    assert (await desk.notice("gone")).why == "the alert is gone"
