"""`baton check`: what is right, what is wrong, and what to do about it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.check import Line, Mark, check_all
from bot.config import read_settings
from bot.manifest import ManifestMissing, bot_scopes
from bot.slack_web import web_client
from domain.plays.changes import Change, Told
from storage import absence, notices, people, subscriptions
from storage.database import Database
from storage.migrate import migrate
from storage.models import Notice
from tests.bot.program import baton
from tests.bot.slack_stub import StubbedSlack, stubbed_slack

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CHANNEL: dict[str, Any] = {"id": "C1", "name": "customer-success"}
EVA: dict[str, Any] = {"ok": True, "user": {"id": "U06", "real_name": "Eva Novak"}}


@dataclass
class Bench:
    """A Slack in which everything is right, a database, and the settings for both."""

    slack: StubbedSlack
    env: dict[str, str]
    manifest: Path

    async def lines(self) -> dict[str, Line]:
        settings = read_settings(self.env)
        db = Database(settings.database_url.get_secret_value())
        async with aiohttp.ClientSession() as session:
            web = web_client(settings, session, timeout_s=5)
            found = {line.subject: line async for line in check_all(settings, db, web, self.manifest)}
        await db.close()
        return found


async def test_a_workspace_that_took_baton_away_is_named(bench: Bench) -> None:
    db = Database(bench.env["DATABASE_URL"])
    async with db.write() as tx:
        (workspace,) = await people.workspaces(tx.session)
        await absence.took_away(tx.session, workspace.id, NOW)
    await db.close()
    line = (await bench.lines())["Workspace Northwind"]
    assert line.mark is Mark.WRONG
    assert "erased after 2026-12-20" in str(line)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    url = f"sqlite:///{tmp_path}/baton.db"
    migrate(url)
    db = Database(url)
    async with db.write() as tx:
        workspace = await people.ensure_workspace(tx.session, "T00NORTHW", "Northwind", "UBOT", NOW)
        await people.upsert(tx.session, workspace, [people.PersonFacts("U03", "Chloé", "chloe@x")], NOW)
        person = await people.by_email(tx.session, workspace, "chloe@x")
        assert person is not None
        await people.set_csm(tx.session, workspace, person.id)
    await db.close()
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text("oauth_config: {scopes: {bot: [chat:write, commands]}}\n")
    async with stubbed_slack() as slack:
        slack.headers["x-oauth-scopes"] = "chat:write,commands"
        slack.answers |= {
            "apps.connections.open": {"ok": True, "url": "wss://x"},
            "users.conversations": {"ok": True, "channels": [CHANNEL]},
            "conversations.list": {"ok": True, "channels": [CHANNEL]},
            "users.lookupByEmail": EVA,
        }
        env = {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_API_URL": slack.url,
            "DATABASE_URL": url,
            "BATON_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "BATON_CS_LEAD": "eva@northwind.example",
        }
        yield Bench(slack, env, manifest)


async def test_everything_right(bench: Bench) -> None:
    lines = await bench.lines()
    # Usage is recorded by the product, and nothing is wrong as long as it is not.
    assert {name for name, line in lines.items() if line.mark is not Mark.OK} == {"Usage"}
    assert lines["Usage"].mark is Mark.NOTE
    assert set(lines) == {
        "SLACK_BOT_TOKEN",
        "Scopes",
        "Clock",
        "SLACK_APP_TOKEN",
        "BATON_WEBHOOK_SECRET",
        "Playbook saas-90-days",
        "Playbook services-30-days",
        "Falls of usage",
        "Metrics",
        "Plans",
        "Usage",
        "BATON_CS_CHANNEL",
        "BATON_CS_LEAD",
        "DATABASE_URL",
        "CSMs",
        "Messages",
    }


@pytest.mark.parametrize(
    ("method", "answer", "subject", "found", "fix"),
    [
        ("auth.test", {"ok": False, "error": "invalid_auth"}, "SLACK_BOT_TOKEN", "invalid_auth", "Install the app"),
        ("apps.connections.open", {"ok": False, "error": "x_y"}, "SLACK_APP_TOKEN", "x_y", "connections:write"),
        ("users.lookupByEmail", {"ok": False, "error": "users_not_found"}, "BATON_CS_LEAD", "nobody", "Slack user id"),
        ("users.lookupByEmail", {"ok": True, "user": {"deleted": True}}, "BATON_CS_LEAD", "left", "somebody else"),
        ("users.conversations", {"ok": False, "error": "missing_scope"}, "BATON_CS_CHANNEL", "missing_scope", "scopes"),
    ],
)
async def test_what_slack_refuses_is_wrong_with_a_way_out(
    method: str, answer: dict[str, Any], subject: str, found: str, fix: str, bench: Bench
) -> None:
    bench.slack.answers[method] = answer
    line = (await bench.lines())[subject]
    assert line.mark is Mark.WRONG
    assert found in line.found
    assert fix in line.fix


async def test_a_public_channel_is_joined_without_an_admin(bench: Bench) -> None:
    bench.slack.answers["users.conversations"] = {"ok": True, "channels": []}
    line = (await bench.lines())["BATON_CS_CHANNEL"]
    assert str(line) == "ok     BATON_CS_CHANNEL: the bot joins #customer-success by itself."


async def test_a_channel_that_is_nowhere(bench: Bench) -> None:
    bench.slack.answers["users.conversations"] = {"ok": True, "channels": []}
    bench.slack.answers["conversations.list"] = {"ok": True, "channels": []}
    line = (await bench.lines())["BATON_CS_CHANNEL"]
    assert (line.mark, "there is no channel" in line.found) == (Mark.WRONG, True)


@pytest.mark.parametrize(
    ("granted", "mark", "found"),
    [
        ("chat:write", Mark.WRONG, "missing commands"),
        ("chat:write,commands,users:read", Mark.NOTE, "does not need users:read"),
    ],
)
async def test_scopes_are_compared_with_the_manifest(granted: str, mark: Mark, found: str, bench: Bench) -> None:
    bench.slack.headers["x-oauth-scopes"] = granted
    line = (await bench.lines())["Scopes"]
    assert line.mark is mark
    assert found in line.found


@pytest.mark.parametrize(
    ("date", "way"), [("Wed, 01 Jan 2020 00:00:00 GMT", "ahead of"), ("Fri, 01 Jan 2100 00:00:00 GMT", "behind")]
)
async def test_a_clock_that_is_off_is_wrong(date: str, way: str, bench: Bench) -> None:
    bench.slack.headers["Date"] = date
    line = (await bench.lines())["Clock"]
    assert line.mark is Mark.WRONG
    assert way in line.found


async def test_no_csms_and_dead_letters_are_wrong_and_listed(bench: Bench) -> None:
    db = Database(bench.env["DATABASE_URL"])
    async with db.write() as tx:
        (workspace,) = await people.workspaces(tx.session)
        for entry in await people.roster(tx.session, workspace.id):
            await people.set_csm(tx.session, workspace.id, entry.person.id, active=False)
        new = [notices.NewNotice(f"deal:{n}:card", "deal_opened", f"deal:{n}", "deal", NOW) for n in (1, 2)]
        notice_id, unsure_id = await notices.add(tx.session, workspace.id, new, NOW)
        notice = await tx.session.get_one(Notice, notice_id)
        notice.state, notice.why = notices.DEAD, "channel_not_found"
        unsure = await tx.session.get_one(Notice, unsure_id)
        unsure.state, unsure.why = notices.UNSURE, "the history can't be read"
        await tx.session.flush()
    await db.close()
    lines = await bench.lines()
    assert (lines["CSMs"].mark, lines["Messages"].mark) == (Mark.WRONG, Mark.WRONG)
    assert lines["Messages"].found == "2 did not arrive, or nobody knows whether they did."
    assert lines[f"Message {notice_id}"].found == "deal_opened (deal:1:card): channel_not_found"
    assert "deal:2:card): it may have arrived; the history" in lines[f"Message {unsure_id}"].found


async def test_a_database_without_schema_is_wrong(bench: Bench, tmp_path: Path) -> None:
    bench.env["DATABASE_URL"] = f"sqlite:///{tmp_path}/other.db"
    lines = await bench.lines()
    assert lines["DATABASE_URL"].mark is Mark.WRONG
    assert "baton migrate" in lines["DATABASE_URL"].found
    assert "CSMs" not in lines


async def test_the_command_prints_the_lines_and_fails_when_something_is_wrong(bench: Bench, tmp_path: Path) -> None:
    bench.slack.answers["apps.connections.open"] = {"ok": False, "error": "not_allowed_token_type"}
    ended = await baton("check", cwd=tmp_path, env=bench.env)
    assert ended.code == 1
    assert "wrong  SLACK_APP_TOKEN: Slack opens no connection for it (not_allowed_token_type)." in ended.out
    assert "ok     CSMs: 1 take customers over." in ended.out
    assert "xoxb-1" not in ended.out + ended.err


async def test_without_slack_the_rest_is_still_looked_at(bench: Bench) -> None:
    bench.env["SLACK_API_URL"] = "http://127.0.0.1:9/api/"
    lines = await bench.lines()
    assert lines["Slack"].mark is Mark.WRONG
    assert lines["DATABASE_URL"].mark is Mark.OK


@pytest.mark.parametrize("text", ["", "[]", "oauth_config: {}", "a: [", "\x00"])
def test_a_manifest_that_is_none_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(text)
    with pytest.raises(ManifestMissing):
        bot_scopes(tmp_path / "manifest.yaml")


async def test_each_thing_wrong_in_a_playbook_is_a_line(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "mine.yaml").write_text("playbook: mine\ntitle: Mine\nsteps: []\n")
    bench.env["BATON_PLAYBOOKS"] = str(folder)
    found = (await bench.lines())["Playbooks"]
    assert str(found) == "wrong  Playbooks: mine.yaml, line 3: “steps” has no entries."
    good = "playbook: mine\ntitle: Mine\nsteps: [{id: a, title: A, responsible: csm, by_day: 1}]\n"
    (folder / "mine.yaml").write_text(good)
    (folder / "others.yaml").write_text("others: []\n")
    lines = await bench.lines()
    assert str(lines["Playbook mine"]) == "ok     Playbook mine: 1 step, from mine.yaml; the usual one."
    assert lines["BATON_PLAYBOOKS"].found == "no playbooks, and left alone: others.yaml."
    assert lines["Falls of usage"].found.endswith("for 8 occasions.")
    (folder / "usage.yaml").write_text("usage_steps:\n  sticki: [Ask.]\n")
    assert "“sticki” is no occasion. Did you mean sticky?" in (await bench.lines())["Falls of usage"].found


async def test_names_billing_uses_and_nobody_knows_are_told(bench: Bench, tmp_path: Path) -> None:
    db = Database(bench.env["DATABASE_URL"])
    async with db.write() as tx:
        (workspace,) = await people.workspaces(tx.session)
        for ref, plan in (("A-99", "Platinum"), ("A-98", "Growth"), ("A-98", "growth ")):
            told = Change(0, Told.PLAN, NOW, "Starter", plan)
            await subscriptions.record(tx.session, workspace.id, ref, told, NOW)
    await db.close()
    lines = await bench.lines()
    assert str(lines["Plans"]) == "ok     Plans: Starter < Growth < Premium < Enterprise."
    assert lines["Billing's plans"].found == "it names plans that are not in plans.yaml: Platinum."
    assert lines["Billing's accounts"].found == "2 accounts are not known: A-98, A-99."
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "plans.yaml").write_text("plans: [{name: Starter}, {name: starter}]\n")
    (folder / "mine.yaml").write_text(
        "playbook: mine\ntitle: Mine\nsteps: [{id: a, title: A, responsible: csm, by_day: 1}]\n"
    )
    bench.env["BATON_PLAYBOOKS"] = str(folder)
    lines = await bench.lines()
    assert lines["Plans"].mark is Mark.WRONG
    assert "stands for a plan already" in lines["Plans"].found
    assert "Billing's plans" not in lines
