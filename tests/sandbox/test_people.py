"""What a person does at the page: typing, joining, choosing, shortcuts; and what the app is told."""

from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.bolt import Heard, make_app, over_socket
from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
GENERAL, ADA, FELIX, GRETA, BOT = "C00GENERAL", "U01ADALIND", "U07FELIXGU", "U08GRETACO", "U00BOT0001"


# what a person types after a command with should_escape, and what the app gets
COMMANDS = [
    ("assign @ben <@U05MEICHEN> mail@ben", "assign <@U02BENCART|ben> <@U05MEICHEN|mei> mail@ben"),
    ("in #sales and <#C00GENERAL>.", "in <#C00SALES000|sales> and <#C00GENERAL|general>."),
    ("in #nowhere by @nobody", "in #nowhere by @nobody"),
    ("tell @here, @cs-team", "tell <!here>, <!subteam^S00CSTEAM0|@cs-team>"),
    ("R&D <script> <!channel>", "R&amp;D &lt;script&gt; &lt;!channel&gt;"),
    ("see https://x.example/?a=b&c=d now", "see <https://x.example/?a=b&amp;c=d> now"),
    ("ask ada@northwind.example", "ask <mailto:ada@northwind.example|ada@northwind.example>"),
]


async def test_everyone_sees_their_own_workspace(slack: Running) -> None:
    ada = await slack.get("ui/bootstrap", user=ADA)
    assert [one["name"] for one in ada["channels"]] == ["customer-success", "ext-fjordbank", "general", "sales"]
    for guest in (FELIX, GRETA):
        seen = await slack.get("ui/bootstrap", user=guest)
        assert [one["name"] for one in seen["channels"]] == ["ext-fjordbank"]
        assert (await slack.get(f"ui/channels/{GENERAL}", user=guest))["error"] == "channel_not_found"
    assert (await slack.get("ui/bootstrap", user="U0NOBODY"))["error"] == "user_not_found"


async def test_typed_text_becomes_what_slack_keeps(slack: Running) -> None:
    await slack.ui("message", ADA, channel=GENERAL, text="@ben <script> *now* in #sales, @here")
    message = (await slack.get(f"ui/channels/{GENERAL}", user=ADA))["messages"][-1]
    assert message["text"] == "<@U02BENCART> &lt;script&gt; *now* in <#C00SALES000|sales>, <!here>"
    elements = message["blocks"][0]["elements"][0]["elements"]
    assert [one["type"] for one in elements] == ["user", "text", "text", "text", "channel", "text", "broadcast"]
    assert elements[2] == {"type": "text", "text": "now", "style": {"bold": True}}
    assert elements[1]["text"] == " <script> "
    assert (await slack.ui("message", ADA, channel=GENERAL, text=" "))["error"] == "no_text"
    assert (await slack.ui("message", FELIX, channel=GENERAL, text="x"))["error"] == "channel_not_found"
    assert (await slack.ui("message", ADA, channel="C00CUSTSUC", text="x"))["error"] == "not_in_channel"


async def test_unread_counts_until_read(slack: Running) -> None:
    await slack.web.chat_postMessage(channel=GENERAL, text="one")
    last = await slack.web.chat_postMessage(channel=GENERAL, text="two")

    async def unread() -> int:
        channels = (await slack.get("ui/bootstrap", user=ADA))["channels"]
        return next(one["unread"] for one in channels if one["id"] == GENERAL)

    assert await unread() == 2
    await slack.ui("read", ADA, channel=GENERAL, ts=last["ts"])
    assert await unread() == 0


async def test_joining_leaving_and_archiving(slack: Running) -> None:
    assert await slack.ui("join", ADA, channel="C00CUSTSUC") == {"ok": True}
    assert await slack.ui("leave", ADA, channel="C00CUSTSUC") == {"ok": True}
    made = await slack.ui("create", ADA, name="mine")
    assert (await slack.ui("invite", ADA, channel=made["channel"], users=[BOT]))["ok"]
    assert (await slack.ui("archive", ADA, channel=made["channel"]))["ok"]
    assert (await slack.ui("message", ADA, channel=made["channel"], text="x"))["error"] == "is_archived"
    posted = await slack.web.chat_postMessage(channel=GENERAL, text="x")
    for count in (1, 0):
        await slack.ui("react", ADA, channel=GENERAL, ts=posted["ts"], name="eyes")
        row = slack.core.world.store.message(GENERAL, str(posted["ts"]))
        assert row is not None
        assert len(row.body.get("reactions", [])) == count


async def test_commands_escape_names(start: Start) -> None:
    slack = await start(pace=0)
    heard = Heard()
    app = make_app(slack.env, heard)

    @app.command("/deal")
    async def deal(ack: AsyncAck) -> None:
        await ack()

    async with over_socket(slack, app):
        for typed, sent in COMMANDS:
            await slack.ui("command", ADA, channel=GENERAL, text=f"/deal {typed}")
            assert (await heard.next("/deal"))["text"] == sent
        answer = await slack.ui("command", ADA, channel=GENERAL, text="/deal", thread_ts="1.2")
        assert answer["message"] == "/deal is not supported in threads. Sorry!"


async def test_options_and_shortcuts_reach_the_app(start: Start) -> None:
    slack = await start(pace=0)
    heard = Heard()
    app = make_app(slack.env, heard)
    plain: Json = {"type": "plain_text", "text": "Acme"}

    @app.options("account")
    async def account(ack: AsyncAck, payload: Json) -> None:
        value = payload["value"]
        await ack(options=[{"text": plain, "value": value if value else "x" * 200}])

    @app.shortcut("log")
    async def log(ack: AsyncAck, client: AsyncWebClient, shortcut: Json) -> None:
        await ack()
        await client.chat_postMessage(channel=GENERAL, text=f"logged {shortcut['message']['text']}")

    select = {"type": "external_select", "action_id": "account", "placeholder": plain}
    blocks = [{"type": "actions", "block_id": "b", "elements": [select]}]
    async with over_socket(slack, app):
        posted = await slack.web.chat_postMessage(channel=GENERAL, text="pick", blocks=blocks)
        place = {"channel_id": GENERAL, "message_ts": posted["ts"]}
        query: Json = {"message": place, "block_id": "b", "action_id": "account"}
        answer = await slack.ui("options", ADA, **query, value="ac")
        assert answer["options"] == [{"text": plain, "value": "ac"}]
        assert (await slack.ui("options", ADA, **query, value=""))["ok"] is False
        await slack.ui("shortcut", ADA, callback_id="log", channel=GENERAL, message_ts=posted["ts"])
        newest = (await slack.get(f"ui/channels/{GENERAL}", user=ADA))["messages"][-1]
        assert newest["text"] == "logged pick"


async def test_the_app_hears_of_people_and_shared_channels(start: Start) -> None:
    slack = await start(pace=0)
    heard = Heard()
    app = make_app(slack.env, heard)
    async with over_socket(slack, app):
        await slack.post("people", {"user": ADA, "tz": "Asia/Shanghai"})
        change = await heard.next("user_change")
        assert change["event"]["user"]["tz"] == "Asia/Shanghai"
        await slack.post("people", {"user": "U09NEW0000", "name": "new", "real_name": "New One"})
        assert (await heard.next("team_join"))["event"]["user"]["id"] == "U09NEW0000"
        await slack.post("share", {"channel": GENERAL, "team": "T09CUSTOME"})
        assert (await heard.next("channel_shared"))["event"]["connected_team_id"] == "T09CUSTOME"
        await slack.post("people", {"user": "U02BENCART", "is_restricted": True})
        assert (await heard.next("user_change"))["event"]["user"]["is_restricted"]
        await slack.post("people", {"user": "U02BENCART", "deleted": True})
        assert (await heard.next("user_change"))["event"]["user"]["deleted"]
    members = (await slack.web.conversations_members(channel=GENERAL))["members"]
    assert "U02BENCART" not in members


async def test_a_channel_is_made_public_and_private_again(slack: Running) -> None:
    made = (await slack.web.conversations_create(name="secret", is_private=True))["channel"]["id"]
    for private in (False, True):
        await slack.post("convert", {"channel": made, "user": ADA, "private": private})
        assert (await slack.web.conversations_info(channel=made))["channel"]["is_private"] is private
        newest = (await slack.web.conversations_history(channel=made, limit=1))["messages"][0]
        assert newest["subtype"] == f"channel_convert_to_{'private' if private else 'public'}"


async def test_a_new_zone_is_seen(start: Start) -> None:
    slack = await start(pace=0)
    await slack.post("people", {"user": ADA, "tz": "Asia/Shanghai"})
    assert (await slack.web.users_info(user=ADA))["user"]["tz_offset"] == 28800
