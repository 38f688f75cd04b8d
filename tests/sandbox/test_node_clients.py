"""`@slack/web-api`, a client that we did not write, in another language: every family of calls."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.conftest import Running, Start
from tests.sandbox.node_program import Json, Program, node

ADA, BEN = "U01ADALIND", "U02BENCART"
GENERAL = "C00GENERAL"
SECTION: Json = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "A *deal*"}}
HOME: Json = {"type": "home", "blocks": [SECTION]}
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Modal"}, "blocks": [SECTION]}


class Client:
    """Calls by the Node client."""

    def __init__(self, program: Program) -> None:
        self.program = program

    async def call(self, method: str, **args: Any) -> Json:  # noqa: ANN401 - any argument of a method
        """The answer of a call that works."""
        return await self.answer("typed", method=method, args=args)

    async def answer(self, way: str, **order: object) -> Any:  # noqa: ANN401 - an answer or a list of them
        line = await self.program.ask(way, **order)
        assert "answer" in line, line
        return line["answer"]

    async def failed(self, method: str, settings: Json | None = None, **args: object) -> Json:
        """How the client failed."""
        line = await self.program.ask("call", method=method, args=args, settings=settings or {})
        assert "failed" in line, line
        return line["failed"]


@pytest.fixture
async def client(slack: Running) -> AsyncIterator[Client]:
    async with node("web.mjs", env=slack.env) as program:
        await program.heard("ready")
        yield Client(program)


async def test_a_message_lives(client: Client) -> None:
    posted = await client.call("chat.postMessage", channel=GENERAL, text="A & B", blocks=[SECTION])
    assert posted["message"]["text"] == "A &amp; B"
    assert posted["message"]["blocks"] == [{**SECTION, "text": {**SECTION["text"], "verbatim": False}}]
    assert "chat:write" in posted["response_metadata"]["scopes"]
    assert posted["response_metadata"]["acceptedScopes"] == ["chat:write"]
    assert "warnings" not in posted["response_metadata"]
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    changed = await client.call("chat.update", **place, text="C", blocks=[])
    assert changed["text"] == "C"
    assert "blocks" not in changed["message"] or changed["message"]["blocks"] == []
    reply = await client.call("chat.postMessage", channel=GENERAL, text="R", thread_ts=posted["ts"])
    assert reply["message"]["thread_ts"] == posted["ts"]
    await client.call("conversations.join", channel=GENERAL)
    thread = await client.call("conversations.replies", **place)
    assert [one["text"] for one in thread["messages"]] == ["C", "R"]
    link = await client.call("chat.getPermalink", channel=GENERAL, message_ts=posted["ts"])
    assert posted["ts"].replace(".", "") in link["permalink"]
    whispered = await client.call("chat.postEphemeral", channel=GENERAL, user=ADA, text="psst")
    assert whispered["message_ts"]
    answer = {"channel": GENERAL, "ts": reply["ts"]}
    assert (await client.call("chat.delete", **answer))["ts"] == reply["ts"]
    assert (await client.failed("chat.update", **answer, text="D"))["data"]["error"] == "message_not_found"


async def test_metadata_attachments_and_scheduling(client: Client, slack: Running) -> None:
    metadata = {"event_type": "deal", "event_payload": {"id": 7}}
    attachments = [{"color": "#36a64f", "fallback": "f", "blocks": [SECTION]}]
    posted = await client.call(
        "chat.postMessage", channel="#general", text="M", metadata=metadata, attachments=attachments
    )
    await client.call("conversations.join", channel=GENERAL)
    history = await client.call("conversations.history", channel=GENERAL, include_all_metadata=True, limit=2)
    assert next(one for one in history["messages"] if one["ts"] == posted["ts"])["metadata"] == metadata
    at = int(slack.core.world.clock.time()) + 3600
    planned = await client.call("chat.scheduleMessage", channel=GENERAL, text="later", post_at=at)
    waiting = await client.call("chat.scheduledMessages.list", channel=GENERAL)
    assert [one["id"] for one in waiting["scheduled_messages"]] == [planned["scheduled_message_id"]]
    await client.call(
        "chat.deleteScheduledMessage", channel=GENERAL, scheduled_message_id=planned["scheduled_message_id"]
    )
    assert (await client.call("chat.scheduledMessages.list"))["scheduled_messages"] == []


async def test_conversations_and_what_stands_in_them(client: Client) -> None:
    made = await client.call("conversations.create", name="deal-acme", is_private=True)
    channel = made["channel"]["id"]
    invited = await client.call("conversations.invite", channel=channel, users=f"{ADA},{BEN}")
    assert invited["channel"]["id"] == channel
    await client.call("conversations.setTopic", channel=channel, topic="T & T")
    await client.call("conversations.setPurpose", channel=channel, purpose="P")
    info = (await client.call("conversations.info", channel=channel, include_num_members=True))["channel"]
    assert (info["topic"]["value"], info["purpose"]["value"], info["num_members"]) == ("T &amp; T", "P", 3)
    assert set((await client.call("conversations.members", channel=channel))["members"]) >= {ADA, BEN}
    renamed = await client.call("conversations.rename", channel=channel, name="deal-acme-2")
    assert renamed["channel"]["name"] == "deal-acme-2"
    await client.call("conversations.kick", channel=channel, user=BEN)
    posted = await client.call("chat.postMessage", channel=channel, text="M")
    await client.call("conversations.mark", channel=channel, ts=posted["ts"])
    place = {"channel": channel, "timestamp": posted["ts"]}
    await client.call("reactions.add", **place, name="tada")
    got = await client.call("reactions.get", **place, full=True)
    assert got["message"]["reactions"] == [{"name": "tada", "users": ["U00BOT0001"], "count": 1}]
    assert len((await client.call("reactions.list"))["items"]) == 1
    await client.call("reactions.remove", **place, name="tada")
    await client.call("pins.add", **place)
    assert (await client.call("pins.list", channel=channel))["items"][0]["message"]["ts"] == posted["ts"]
    await client.call("pins.remove", **place)
    mark = await client.call("bookmarks.add", channel_id=channel, title="B", type="link", link="https://example.com")
    mark_id = mark["bookmark"]["id"]
    await client.call("bookmarks.edit", channel_id=channel, bookmark_id=mark_id, title="C")
    assert [one["title"] for one in (await client.call("bookmarks.list", channel_id=channel))["bookmarks"]] == ["C"]
    await client.call("bookmarks.remove", channel_id=channel, bookmark_id=mark_id)
    content = {"type": "markdown", "markdown": "# Plan\n- one"}
    canvas = await client.call("conversations.canvases.create", channel_id=channel, document_content=content)
    found = await client.call(
        "canvases.sections.lookup", canvas_id=canvas["canvas_id"], criteria={"contains_text": "Plan"}
    )
    assert len(found["sections"]) == 1
    direct = await client.call("conversations.open", users=ADA, return_im=True)
    assert direct["channel"]["is_im"] is True
    await client.call("conversations.archive", channel=channel)
    assert (await client.failed("chat.postMessage", channel=channel, text="x"))["data"]["error"] == "is_archived"


async def test_people_and_the_workspace(client: Client) -> None:
    assert (await client.call("auth.test"))["user_id"] == "U00BOT0001"
    assert (await client.call("api.test", foo="bar"))["args"]["foo"] == "bar"
    assert (await client.call("users.info", user=ADA, include_locale=True))["user"]["locale"] == "sv-SE"
    assert (await client.call("users.lookupByEmail", email="ada@northwind.example"))["user"]["id"] == ADA
    assert (await client.call("users.profile.get", user=ADA))["profile"]["email"] == "ada@northwind.example"
    assert (await client.call("users.getPresence", user=ADA))["presence"] in {"active", "away"}
    assert (await client.call("team.info"))["team"]["name"] == "Northwind"
    assert (await client.call("bots.info", bot="B00BOT0001"))["bot"]["app_id"] == "A00BOT0001"
    assert (await client.call("dnd.info", user=ADA))["dnd_enabled"] in {True, False}
    assert ADA in (await client.call("dnd.teamInfo", users=f"{ADA},{BEN}"))["users"]
    assert (await client.call("emoji.list"))["ok"]
    assert (await client.call("usergroups.list", include_users=True))["ok"]


async def test_cursors_are_followed_to_the_end(client: Client) -> None:
    for number in range(7):
        await client.call("chat.postMessage", channel=GENERAL, text=str(number))
    await client.call("conversations.join", channel=GENERAL)
    orders = [
        ("conversations.history", "messages", {"channel": GENERAL, "limit": 3}, 3),
        ("users.list", "members", {"limit": 4}, 3),
        ("conversations.list", "channels", {"limit": 2, "types": "public_channel,private_channel"}, 2),
        ("conversations.members", "members", {"channel": GENERAL, "limit": 3}, 3),
        ("users.conversations", "channels", {"limit": 1}, 1),
    ]
    for method, name, args, least in orders:
        pages = await client.answer("pages", method=method, args=args)
        assert len(pages) >= least, method
        assert all(len(page[name]) <= args["limit"] for page in pages), method
        kept = [str(one) for page in pages for one in page[name]]
        assert len(kept) == len(set(kept)), method
        assert pages[-1]["response_metadata"].get("next_cursor", "") == ""


async def test_files_go_up_and_into_a_channel(client: Client, slack: Running) -> None:
    await client.call("conversations.join", channel=GENERAL)
    args = {"channel_id": GENERAL, "content": "a,b\n1,2\n", "filename": "usage.csv", "title": "Usage"}
    done = await client.answer("upload", args={**args, "initial_comment": "Look"})
    file = done["files"][0]["files"][0]
    assert (file["name"], file["title"], file["size"]) == ("usage.csv", "Usage", 8)
    raw = bytes(range(256))
    two = [{"content": "x", "filename": "x.txt"}, {"content": "y", "filename": "y.txt"}]
    more = await client.answer("upload", args={"channel_id": GENERAL, "file_uploads": two})
    assert len(more["files"][0]["files"]) == 2
    binary = await client.answer(
        "bytes", base64=base64.b64encode(raw).decode(), args={"channel_id": GENERAL, "filename": "all.bin"}
    )
    url = binary["files"][0]["files"][0]["url_private_download"]
    headers = {"Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
    async with slack.session.get(url, headers=headers) as answer:
        assert await answer.read() == raw
    assert (await client.call("files.info", file=file["id"]))["file"]["name"] == "usage.csv"
    assert len((await client.call("files.list", channel=GENERAL))["files"]) == 4
    await client.call("files.delete", file=file["id"])
    assert (await client.failed("files.info", file=file["id"]))["data"]["error"] == "file_deleted"
    history = await client.call("conversations.history", channel=GENERAL)
    assert "Look" in [one["text"] for one in history["messages"]]


async def test_views(client: Client, slack: Running) -> None:
    trigger = slack.core.triggers.make(ADA)
    view = (await client.call("views.open", trigger_id=trigger, view=MODAL))["view"]
    pushed = await client.call("views.push", trigger_id=slack.core.triggers.make(ADA), view=MODAL)
    assert pushed["view"]["previous_view_id"] == view["id"]
    updated = await client.call("views.update", view_id=pushed["view"]["id"], hash=pushed["view"]["hash"], view=MODAL)
    assert updated["view"]["id"] == pushed["view"]["id"]
    late = await client.failed("views.update", view_id=pushed["view"]["id"], hash=pushed["view"]["hash"], view=MODAL)
    assert late["data"]["error"] == "hash_conflict"
    assert (await client.call("views.publish", user_id=ADA, view=HOME))["view"]["type"] == "home"
    used = await client.failed("views.open", trigger_id=trigger, view=MODAL)
    assert used["data"]["error"] == "exchanged_trigger_id"


async def test_errors_come_with_their_pointers(client: Client) -> None:
    long = {**SECTION, "text": {"type": "mrkdwn", "text": "x" * 3001}}
    failed = await client.failed("chat.postMessage", channel=GENERAL, text="t", blocks=[long])
    assert (failed["code"], failed["data"]["error"]) == ("slack_webapi_platform_error", "invalid_blocks")
    assert "An API error occurred: invalid_blocks" in failed["message"]
    assert "[json-pointer:/blocks/0/text/text]" in failed["data"]["response_metadata"]["messages"][0]
    missing = await client.failed(
        "views.open", view={**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}, trigger_id="1"
    )
    assert missing["data"]["error"] in {"invalid_arguments", "invalid_trigger_id"}
    assert (await client.failed("chat.nothing"))["data"]["error"] == "unknown_method"
    bad = await client.failed("auth.test", token="xoxb-wrong")
    assert bad["data"]["error"] == "invalid_auth"


async def test_rates_are_waited_for(start: Start) -> None:
    slack = await start(pace=1)
    async with node("web.mjs", env=slack.env) as program:
        await program.heard("ready")
        messages = [{"channel": GENERAL, "text": str(number)} for number in range(12)]
        line = await program.ask("together", method="chat.postMessage", list=messages, settings={})
        assert len({one["ts"] for one in line["answer"]}) == 12
        assert {one["heard"] for one in line["heard"]} == {"rate_limited"}
        assert line["heard"][0]["seconds"] >= 1
        await slack.post("faults", [{"method": "auth.test", "fault": "429", "retry_after": 30}])
        refused = {"rejectRateLimitedCalls": True}
        failed = (await program.ask("call", method="auth.test", args={}, settings=refused))["failed"]
        assert (failed["code"], failed["retryAfter"]) == ("slack_webapi_rate_limited_error", 30)


@pytest.mark.parametrize("fault", ["500", "503", "close_before", "close_after"])
async def test_faults_are_tried_again(client: Client, slack: Running, fault: str) -> None:
    await slack.post("faults", [{"method": "chat.postMessage", "fault": fault}])
    assert (await client.call("chat.postMessage", channel=GENERAL, text="once"))["ok"]
    said = (await slack.get("messages", channel=GENERAL))["messages"]
    assert len(said) == (2 if fault == "close_after" else 1)


async def test_what_is_no_json_is_an_error(client: Client, slack: Running) -> None:
    await slack.post("faults", [{"method": "auth.test", "fault": "malformed"}])
    failed = await client.failed("auth.test")
    assert failed["code"] == "slack_webapi_platform_error"
    await slack.post("faults", [{"method": "auth.test", "fault": "internal_error"}])
    assert (await client.failed("auth.test"))["data"]["error"] == "internal_error"
