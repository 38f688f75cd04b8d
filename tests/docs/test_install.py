"""The way of docs/install.md from nothing to the first deal, against the local Slack, by both transports."""

import asyncio
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Final

import httpx
import pytest
import yaml

from bot.cli import main
from sandbox.manifest import manifest_problems
from tests.bot.program import ROOT, Finished, baton
from tests.story.news import News
from tests.story.person import BEN, CHLOE, CS, EVA, Person
from tests.story.processes import BotProcess, SlackProcess, free_port

SECRET: Final = "whsec_" + "c2VjcmV0" * 6
TRANSPORTS: Final = {"socket": "SLACK_APP_TOKEN", "http": "SLACK_SIGNING_SECRET"}


class Admin:
    """Somebody in a folder of their own with a `.env`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, **values: str) -> None:
        """Add lines to the `.env`."""
        with (self.folder / ".env").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())

    def types(self, *words: str) -> Finished:
        return asyncio.run(baton(*words, cwd=self.folder))

    def checks(self) -> tuple[int, Mapping[str, str]]:
        """The exit code of `baton check`, and each line by what it is about."""
        done = self.types("check")
        lines = [line for line in done.out.splitlines() if line[:6].strip() in {"ok", "note", "wrong"}]
        assert lines, done.err
        return done.code, {line[7:].partition(":")[0]: line for line in lines}


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    return Admin(tmp_path)


@pytest.fixture(params=list(TRANSPORTS))
def slack(request: pytest.FixtureRequest, admin: Admin) -> Generator[tuple[SlackProcess, str, int]]:
    """A Slack in which the app was made from what `baton manifest` printed; the transport, and Baton's port."""
    transport, port = str(request.param), free_port()
    printed = admin.types("manifest", *(["--url", "https://baton.example.com"] if transport == "http" else []))
    manifest = admin.folder / "printed.yaml"
    manifest.write_text(printed.out, "utf-8")
    events = ["--events-url", f"http://127.0.0.1:{port}/slack/events"] if transport == "http" else []
    process = SlackProcess.start("--manifest", str(manifest), *events)
    yield process, transport, port
    process.stop()


def test_from_nothing_to_the_first_deal(admin: Admin, slack: tuple[SlackProcess, str, int]) -> None:
    process, transport, port = slack
    given, way = process.environment, TRANSPORTS[transport]
    code, lines = admin.checks()
    assert code == 1
    assert "wrong  SLACK_BOT_TOKEN: it is not set. Copy the bot token" in lines["SLACK_BOT_TOKEN"]
    assert "wrong  Transport" in lines["Transport"]
    assert "Run `baton migrate`" in lines["DATABASE_URL"]

    admin.write(SLACK_API_URL=given["SLACK_API_URL"], SLACK_BOT_TOKEN=given["SLACK_BOT_TOKEN"], BATON_PACE="0")
    _, lines = admin.checks()
    assert lines["SLACK_BOT_TOKEN"].startswith("ok")
    assert lines["Scopes"].startswith("ok")
    assert "SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP" in lines["Transport"]

    admin.write(**{way: given[way]}, BATON_WEBHOOK_SECRET=SECRET, BATON_CS_LEAD="eva@northwind.example")
    assert "newest schema" in admin.types("migrate").out
    code, lines = admin.checks()
    assert (code, {name for name, line in lines.items() if line.startswith("wrong")}) == (1, {"CSMs"})
    assert "baton csms import" in lines["CSMs"]

    (admin.folder / "csms.csv").write_text(
        "email,regions\nchloe@northwind.example,EMEA\nno@northwind.example,\n", "utf-8"
    )
    imported = admin.types("csms", "import", "csms.csv").out
    assert imported.splitlines()[-1] == "1 new, 0 updated, 1 refused"
    assert "nobody in Slack has the address no@northwind.example" in imported
    code, lines = admin.checks()
    assert (code, [line for line in lines.values() if line.startswith("wrong")]) == (0, [])

    _first_deal(admin, process, port)


def _first_deal(admin: Admin, process: SlackProcess, port: int) -> None:
    bot = BotProcess(admin.folder, {}, port)
    try:
        bot.start()
        with httpx.Client(base_url=process.url, timeout=30) as http:
            ben, news = Person(http, BEN), News(process.url, EVA)
            if "SLACK_APP_TOKEN" in (admin.folder / ".env").read_text("utf-8"):
                news.until(lambda: http.get("_sandbox/socket").json()["connections"], "Socket Mode")
            ben.command("/deal won")
            assert ben.submit(account="Harbour by hand", name="Starter")["ok"]
            channel = news.until(
                lambda: [one for one in _channels(http) if one["name"] == "deal-harbour-by-hand"], "the deal's channel"
            )[0]
            kinds = {"deal_opened", "handoff_requested", "plan"}
            news.until(lambda: kinds <= _kinds(http, channel["id"]) and "deal_announced" in _kinds(http, CS), "news")
            (channel,) = [one for one in _channels(http) if one["id"] == channel["id"]]
            assert {ben.id, CHLOE, EVA} <= set(channel["members"])
    finally:
        bot.close()


def _channels(http: httpx.Client) -> list[dict[str, object]]:
    return http.get("_sandbox/state").json()["channels"]


def _kinds(http: httpx.Client, channel: object) -> set[str]:
    found = http.get("_sandbox/messages", params={"channel": str(channel)}).json()["messages"]
    return {one.get("metadata", {}).get("event_payload", {}).get("kind", "") for one in found}


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """How `baton manifest` ends, and what it prints."""
    with pytest.raises(SystemExit) as ended:
        main(["manifest", *words])
    said = capsys.readouterr()
    return int(str(ended.value.code or 0)), said.out, said.err


def test_the_manifest_printed_for_http_is_one_slack_takes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = printed(capsys, "--url", "https://baton.example.com/")
    manifest = yaml.safe_load(out)
    assert (code, manifest_problems(manifest)) == (0, [])
    assert manifest["settings"]["socket_mode_enabled"] is False
    urls = {one["url"] for one in manifest["features"]["slash_commands"]}
    assert urls == {"https://baton.example.com/slack/events"}


def test_the_manifest_printed_for_socket_mode_is_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys)[1] == (ROOT / "manifest.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    "url", ["http://baton.example.com", "baton.example.com", "https://", "https://a b", "https://a\nb: c", "https://[a"]
)
def test_an_address_slack_does_not_take_is_wrong_usage(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = printed(capsys, "--url", url)
    assert (code, out) == (2, "")
    assert err.startswith("baton: --url: it has to be the https:// address")
