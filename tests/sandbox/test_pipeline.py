"""The way every Web API call goes: token, scopes, arguments, rate, membership — in that order."""

import json
from pathlib import Path

import aiohttp
import pytest
import yaml

from sandbox.methods.catalogue import METHODS
from tests.sandbox.conftest import Running, Start

LISTED = """api.test auth.test apps.connections.open bookmarks.add bookmarks.edit bookmarks.list bookmarks.remove
bots.info canvases.create canvases.edit canvases.delete canvases.access.set canvases.access.delete
canvases.sections.lookup conversations.archive conversations.unarchive conversations.canvases.create
conversations.close conversations.create conversations.history conversations.info conversations.invite
conversations.join conversations.kick conversations.leave conversations.list conversations.mark
conversations.members conversations.open conversations.rename conversations.replies conversations.setPurpose
conversations.setTopic chat.postMessage chat.postEphemeral chat.update chat.delete chat.getPermalink
chat.scheduleMessage chat.deleteScheduledMessage chat.scheduledMessages.list chat.meMessage dnd.info dnd.teamInfo
emoji.list files.getUploadURLExternal files.completeUploadExternal files.info files.list files.delete pins.add
pins.list pins.remove reactions.add reactions.get reactions.list reactions.remove team.info usergroups.list
usergroups.users.list users.info users.list users.lookupByEmail users.conversations users.profile.get
users.getPresence views.open views.push views.update views.publish oauth.v2.access""".split()  # noqa: SIM905 - a list of names


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_every_listed_method_has_its_row() -> None:
    assert sorted(METHODS) == sorted(LISTED)


async def test_every_method_asks_for_a_token_of_its_kind(slack: Running) -> None:
    for name in set(LISTED) - {"api.test", "oauth.v2.access"}:
        assert (await slack.api(name, headers={}))["error"] == "not_authed"
        assert (await slack.api(name, headers=bearer("xoxb-wrong")))["error"] == "invalid_auth"
        row = METHODS[name]
        if row.token != "any":
            other = slack.env["SLACK_APP_TOKEN" if row.token == "bot" else "SLACK_BOT_TOKEN"]
            assert (await slack.api(name, headers=bearer(other)))["error"] == "not_allowed_token_type"


async def test_an_unlisted_method_is_unknown(slack: Running) -> None:
    answer = await slack.api("chat.shout", json={})
    assert (answer["error"], answer["req_method"]) == ("unknown_method", "chat.shout")


async def test_a_missing_scope_says_what_is_needed_before_arguments_are_read(start: Start, tmp_path: Path) -> None:
    manifest = {
        "display_information": {"name": "Small"},
        "features": {"bot_user": {"display_name": "Small"}},
        "oauth_config": {"scopes": {"bot": ["channels:read", "im:write"]}},
    }
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    slack = await start(manifest=path, pace=0)
    answer = await slack.api("chat.postMessage", json={"nonsense": 1})
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("chat:write", "channels:read,im:write")
    answer = await slack.api("conversations.create", json={"name": "x", "is_private": True})
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:write")
    assert (await slack.api("conversations.list", json={}))["ok"]
    answer = await slack.api("conversations.list", json={"types": "private_channel"})
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "invalid_arguments"),
        ({"channel": "C00GENERAL", "shout": "x"}, "invalid_arg_name"),
        ({"channel": "C00GENERAL", "te-xt": "x"}, "invalid_arg_name"),
        ({"channel": "C00GENERAL"}, "no_text"),
        ({"channel": "C00GENERAL", "text": ["x"]}, "invalid_arguments"),
        ({"channel": "C00NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C00GENERAL", "text": "x", "blocks": {}}, "invalid_blocks_format"),
        ({"channel": "C00GENERAL", "text": "x", "blocks": [{"type": "shout"}]}, "invalid_blocks"),
        ({"channel": "C00GENERAL", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        ({"channel": "C00GENERAL", "text": "x", "reply_broadcast": "perhaps"}, "invalid_arguments"),
    ],
)
async def test_arguments_are_refused_with_slacks_errors(slack: Running, args: dict[str, object], error: str) -> None:
    assert await slack.error("chat.postMessage", **args) == error


async def test_a_refusal_names_the_place(slack: Running) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    answer = await slack.api("chat.postMessage", json={"channel": "C00GENERAL", "blocks": blocks})
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]


async def test_forms_carry_json(slack: Running) -> None:
    blocks = [{"type": "divider"}]
    form = {"channel": "C00GENERAL", "text": "x", "blocks": json.dumps(blocks), "unfurl_links": "false"}
    assert (await slack.api("chat.postMessage", data=form))["ok"]
    token = slack.env["SLACK_BOT_TOKEN"]
    assert (await slack.api("chat.postMessage", data={**form, "token": token}, headers={}))["ok"]
    answer = await slack.api("chat.postMessage", data={**form, "blocks": "[{"})
    assert answer["error"] == "invalid_blocks_format"


async def test_bodies_are_read_as_slack_reads_them(slack: Running) -> None:
    headers = bearer(slack.env["SLACK_BOT_TOKEN"])
    json_type = {**headers, "Content-Type": "application/json"}
    assert (await slack.api("auth.test", data=b"{", headers=json_type))["error"] == "invalid_json"
    assert (await slack.api("auth.test", data=b"[]", headers=json_type))["error"] == "json_not_object"
    odd = {**headers, "Content-Type": "application/xml"}
    assert (await slack.api("auth.test", data=b"x", headers=odd))["error"] == "invalid_post_type"
    warned = await slack.api("auth.test", data=b"{}", headers=json_type)
    assert (warned["warning"], warned["response_metadata"]["warnings"]) == ("missing_charset", ["missing_charset"])
    in_body = json.dumps({"token": slack.env["SLACK_BOT_TOKEN"]}).encode()
    assert (await slack.api("auth.test", data=in_body, headers={"Content-Type": "application/json"}))["error"] == (
        "not_authed"
    )


async def test_rates_answer_429_and_refill_by_the_clock(start: Start) -> None:
    slack = await start()
    for _ in range(20):
        assert (await slack.api("users.list", json={}))["ok"]
    async with slack.session.post(
        f"{slack.url}api/users.list", json={}, headers=bearer(slack.env["SLACK_BOT_TOKEN"])
    ) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "3"
        assert (await answer.json())["error"] == "ratelimited"
    await slack.post("clock", {"advance": 3})
    assert (await slack.api("users.list", json={}))["ok"]
    assert await slack.error("users.list") == "ratelimited"
    await slack.post("rates", {"factor": 0})
    assert (await slack.api("users.list", json={}))["ok"]


async def test_posting_is_limited_per_channel(start: Start) -> None:
    slack = await start()
    said = {"text": "x"}
    answers = [await slack.api("chat.postMessage", json={"channel": "C00GENERAL", **said}) for _ in range(11)]
    assert [one["ok"] for one in answers] == [True] * 10 + [False]
    assert answers[-1]["error"] == "ratelimited"
    assert (await slack.api("chat.postMessage", json={"channel": "C00SALES000", **said}))["ok"]


async def test_faults_happen_as_ordered(slack: Running) -> None:
    await slack.post("faults", [{"method": "auth.test", "fault": "429", "retry_after": 7}])
    token = bearer(slack.env["SLACK_BOT_TOKEN"])
    async with slack.session.post(f"{slack.url}api/auth.test", headers=token) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    for fault, status in (("500", 500), ("503", 503)):
        await slack.post("faults", [{"method": "*", "fault": fault}])
        async with slack.session.post(f"{slack.url}api/auth.test", headers=token) as answer:
            assert answer.status == status
    await slack.post("faults", [{"method": "auth.test", "fault": "internal_error"}])
    assert (await slack.api("auth.test"))["error"] == "internal_error"
    await slack.post("faults", [{"method": "auth.test", "fault": "malformed"}])
    with pytest.raises(json.JSONDecodeError):
        await slack.api("auth.test")
    assert (await slack.api("auth.test"))["ok"]


@pytest.mark.parametrize(("fault", "posted"), [("close_before", 0), ("close_after", 1)])
async def test_a_closed_connection_leaves_the_work_undone_or_done(slack: Running, fault: str, posted: int) -> None:
    await slack.post("faults", [{"method": "chat.postMessage", "fault": fault}])
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await slack.api("chat.postMessage", json={"channel": "C00GENERAL", "text": "once"})
    assert len((await slack.get("messages", channel="C00GENERAL"))["messages"]) == posted
    assert (await slack.api("auth.test"))["ok"]


async def test_calls_are_recorded_without_secrets(slack: Running) -> None:
    await slack.api(
        "chat.postMessage", data={"channel": "C00GENERAL", "token": slack.env["SLACK_BOT_TOKEN"]}, headers={}
    )
    calls = (await slack.get("calls", method="chat.postMessage"))["calls"]
    assert [(one["ok"], one["error"]) for one in calls] == [(False, "no_text")]
    assert slack.env["SLACK_BOT_TOKEN"] not in json.dumps(await slack.get("calls"))
