"""Messages: text, metadata, editing, deleting, ephemerals, schedule, pins, reactions, bookmarks, canvases, files."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
GENERAL, ADA, BEN = "C00GENERAL", "U01ADALIND", "U02BENCART"
METADATA = {"event_type": "baton_notice", "event_payload": {"kind": "deal_opened", "key": "deal:1"}}


async def posted(slack: Running, **args: object) -> Json:
    await slack.api("conversations.join", json={"channel": GENERAL})
    answer = await slack.api("chat.postMessage", json={"channel": GENERAL, **args})
    assert answer["ok"], answer
    return answer


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a & b < c", "a &amp; b &lt; c"),
        ("a &amp; b", "a &amp; b"),
        ("see https://northwind.example/x.", "see <https://northwind.example/x>."),
        ("<https://northwind.example|here>", "<https://northwind.example|here>"),
        ("<@U01ADALIND> in <#C00GENERAL>", "<@U01ADALIND> in <#C00GENERAL|general>"),
        ("<!here> <nonsense>", "<!here> &lt;nonsense&gt;"),
    ],
)
async def test_text_comes_back_as_slack_keeps_it(slack: Running, sent: str, kept: str) -> None:
    assert (await posted(slack, text=sent))["message"]["text"] == kept


async def test_long_text_is_cut_with_a_warning(slack: Running) -> None:
    whole = await slack.web.chat_postMessage(channel=GENERAL, text="x" * 40_000)
    assert "warning" not in whole.data
    answer = await slack.web.chat_postMessage(channel=GENERAL, text="x" * 40_001)
    assert (len(answer["message"]["text"]), answer["warning"]) == (40_000, "message_truncated")
    changed = await slack.api("chat.update", json={"channel": GENERAL, "ts": answer["ts"], "text": "x" * 4001})
    assert changed["error"] == "msg_too_long"


async def test_metadata_is_given_when_asked_for(slack: Running) -> None:
    answer = await posted(slack, text="x", metadata=METADATA)
    plain = await slack.web.conversations_history(channel=GENERAL, limit=1)
    full = await slack.web.conversations_history(channel=GENERAL, limit=1, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == METADATA
    recorded = (await slack.get("messages", channel=GENERAL))["messages"][-1]
    assert (recorded["ts"], recorded["metadata"]) == (answer["ts"], METADATA)


async def test_an_update_keeps_what_it_does_not_name(slack: Running) -> None:
    blocks = [{"type": "divider", "block_id": "d"}]
    answer = await posted(slack, text="one", blocks=blocks, metadata=METADATA)
    where = {"channel": GENERAL, "ts": answer["ts"]}
    changed = await slack.api("chat.update", json={**where, "attachments": [{"text": "a"}]})
    assert (changed["message"]["blocks"], changed["text"]) == (blocks, "one")
    changed = await slack.api("chat.update", json={**where, "blocks": blocks})
    assert changed["message"]["attachments"][0]["text"] == "a"
    changed = await slack.api("chat.update", json={**where, "text": "two"})
    assert "blocks" not in changed["message"], "a text without blocks takes their place"
    assert changed["message"]["metadata"] == METADATA
    assert changed["message"]["edited"]["user"] == "U00BOT0001"
    changed = await slack.api("chat.update", json={**where, "text": "three", "blocks": [], "metadata": {}})
    assert not {"blocks", "metadata"} & set(changed["message"])
    assert await slack.error("chat.update", **where) == "no_text"
    await slack.api("chat.delete", json=where)
    assert await slack.error("chat.update", **where, text="x") == "message_not_found"
    assert await slack.error("chat.delete", **where) == "message_not_found"
    marks = (await slack.get("messages", channel=GENERAL))["messages"][-1]
    assert (marks["deleted"], marks["is_edited"]) == (True, True)


async def test_other_peoples_messages_are_theirs(slack: Running) -> None:
    said = await slack.ui("message", ADA, channel=GENERAL, text="mine")
    assert await slack.error("chat.update", channel=GENERAL, ts=said["ts"], text="x") == "cant_update_message"
    assert await slack.error("chat.delete", channel=GENERAL, ts=said["ts"]) == "cant_delete_message"


async def test_ephemerals_are_seen_by_one_person_only(slack: Running) -> None:
    await posted(slack, text="all")
    sent = {"channel": GENERAL, "text": "only you"}
    assert (await slack.api("chat.postEphemeral", json={**sent, "user": ADA}))["message_ts"]
    assert await slack.error("chat.postEphemeral", **sent, user="U07FELIXGU") == "user_not_in_channel"
    ada = (await slack.get(f"ui/channels/{GENERAL}", user=ADA))["messages"]
    ben = (await slack.get(f"ui/channels/{GENERAL}", user=BEN))["messages"]
    assert [one["text"] for one in ada][-1] == "only you"
    assert "only you" not in [one["text"] for one in ben]
    history = await slack.web.conversations_history(channel=GENERAL)
    assert "only you" not in [one["text"] for one in history["messages"]]


async def test_scheduled_messages_are_posted_by_the_clock(slack: Running) -> None:
    await posted(slack, text="now")
    now = int(slack.core.world.clock.time())
    later = {"channel": GENERAL, "text": "later"}
    assert await slack.error("chat.scheduleMessage", **later, post_at=now - 5) == "time_in_past"
    assert await slack.error("chat.scheduleMessage", **later, post_at=now + 121 * 86400) == "time_too_far"
    made = await slack.api("chat.scheduleMessage", json={**later, "post_at": now + 3600})
    lost = await slack.api("chat.scheduleMessage", json={**later, "post_at": now + 3600, "metadata": METADATA})
    taken = await slack.api("chat.scheduleMessage", json={**later, "post_at": now + 3600})
    assert lost["ok"]
    assert taken["ok"]
    dropped = {"channel": GENERAL, "scheduled_message_id": taken["scheduled_message_id"]}
    assert (await slack.api("chat.deleteScheduledMessage", json=dropped))["ok"]
    assert await slack.error("chat.deleteScheduledMessage", **dropped) == "invalid_scheduled_message_id"
    listed = (await slack.web.chat_scheduledMessages_list())["scheduled_messages"]
    assert {one["id"] for one in listed} == {made["scheduled_message_id"], lost["scheduled_message_id"]}
    await slack.post("clock", {"advance": "PT1H1M"})
    history = await slack.web.conversations_history(channel=GENERAL)
    assert [one["text"] for one in history["messages"]].count("later") == 1
    assert float(history["messages"][0]["ts"]) >= now + 3600


async def test_schedule_takes_thirty_in_five_minutes(slack: Running) -> None:
    await posted(slack, text="now")
    at = (int(slack.core.world.clock.time()) // 300 + 2) * 300
    for _ in range(30):
        assert (await slack.web.chat_scheduleMessage(channel=GENERAL, text="x", post_at=at))["ok"]
    assert await slack.error("chat.scheduleMessage", channel=GENERAL, text="x", post_at=at) == "restricted_too_many"


async def test_pins_reactions_and_bookmarks(slack: Running) -> None:
    ts = (await posted(slack, text="pin me"))["ts"]
    place = {"channel": GENERAL, "timestamp": ts}
    assert (await slack.web.pins_add(**place))["ok"]
    assert await slack.error("pins.add", **place) == "already_pinned"
    assert (await slack.web.pins_list(channel=GENERAL))["items"][0]["message"]["ts"] == ts
    assert (await slack.web.pins_remove(**place))["ok"]
    assert await slack.error("pins.remove", **place) == "no_pin"
    assert (await slack.web.reactions_add(**place, name="tada"))["ok"]
    assert await slack.error("reactions.add", **place, name="tada") == "already_reacted"
    assert await slack.error("reactions.add", **place, name="no good") == "invalid_name"
    assert (await slack.web.reactions_get(**place))["message"]["reactions"][0]["count"] == 1
    assert len((await slack.web.reactions_list())["items"]) == 1
    assert (await slack.web.reactions_remove(**place, name="tada"))["ok"]
    assert await slack.error("reactions.remove", **place, name="tada") == "no_reaction"
    link = {"channel_id": GENERAL, "title": "CRM", "type": "link"}
    assert await slack.error("bookmarks.add", **link, link="crm") == "invalid_link"
    mark = (await slack.web.bookmarks_add(**link, link="https://crm.example"))["bookmark"]
    await slack.web.bookmarks_edit(channel_id=GENERAL, bookmark_id=mark["id"], title="The CRM")
    assert (await slack.web.bookmarks_list(channel_id=GENERAL))["bookmarks"][0]["title"] == "The CRM"
    await slack.web.bookmarks_remove(channel_id=GENERAL, bookmark_id=mark["id"])
    assert await slack.error("bookmarks.remove", channel_id=GENERAL, bookmark_id=mark["id"]) == "not_found"


async def test_canvases_take_one_change_at_a_time(slack: Running) -> None:
    await posted(slack, text="x")
    content = {"type": "markdown", "markdown": "# Handoff\n\nFirst\n\nSecond"}
    made = await slack.web.conversations_canvases_create(channel_id=GENERAL, document_content=content)
    canvas = str(made["canvas_id"])
    again = {"channel_id": GENERAL, "document_content": content}
    assert await slack.error("conversations.canvases.create", **again) == "channel_canvas_already_exists"
    found = await slack.web.canvases_sections_lookup(canvas_id=canvas, criteria={"contains_text": "Second"})
    change: Json = {"operation": "replace", "section_id": found["sections"][0]["id"]}
    change["document_content"] = {"type": "markdown", "markdown": "Third"}
    assert (await slack.web.canvases_edit(canvas_id=canvas, changes=[change]))["ok"]
    assert await slack.error("canvases.edit", canvas_id=canvas, changes=[change, change]) == "invalid_arguments"
    assert await slack.error("canvases.edit", canvas_id=canvas, changes=[change]) == "section_not_found"
    page = await slack.get(f"ui/channels/{GENERAL}", user=ADA)
    assert page["canvas"]["markdown"] == "# Handoff\n\nFirst\n\nThird"
    heads = await slack.web.canvases_sections_lookup(canvas_id=canvas, criteria={"section_types": ["any_header"]})
    assert len(heads["sections"]) == 1
    assert (await slack.web.canvases_access_set(canvas_id=canvas, access_level="read", user_ids=[BEN]))["ok"]
    assert (await slack.web.canvases_delete(canvas_id=canvas))["ok"]
    assert await slack.error("canvases.edit", canvas_id=canvas, changes=[change]) == "canvas_not_found"


async def test_files_are_uploaded_in_slacks_three_steps(slack: Running) -> None:
    await posted(slack, text="x")
    done = await slack.web.files_upload_v2(
        channel=GENERAL, content="a,b\n1,2\n", filename="usage.csv", initial_comment="Usage"
    )
    file = done["files"][0]
    assert (file["size"], file["name"]) == (8, "usage.csv")
    history = await slack.web.conversations_history(channel=GENERAL, limit=1)
    assert history["messages"][0]["files"][0]["id"] == file["id"]
    async with slack.session.get(file["url_private"]) as answer:
        assert await answer.text() == "a,b\n1,2\n"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (await slack.web.files_info(file=file["id"]))["file"]["title"]
    assert len((await slack.web.files_list(channel=GENERAL))["files"]) == 1
    assert (await slack.web.files_delete(file=file["id"]))["ok"]
    assert await slack.error("files.info", file=file["id"]) == "file_deleted"


async def test_people_as_slack_shows_them(slack: Running) -> None:
    ada = (await slack.web.users_info(user=ADA, include_locale=True))["user"]
    assert (ada["locale"], ada["tz"], ada["profile"]["email"]) == (
        "sv-SE", "Europe/Stockholm", "ada@northwind.example",
    )  # fmt: skip
    assert ada["tz_offset"] in {3600, 7200}
    found = (await slack.web.users_lookupByEmail(email="MEI@northwind.example"))["user"]
    assert found["id"] == "U05MEICHEN"
    assert await slack.error("users.lookupByEmail", email="x@y.example") == "users_not_found"
    people = {one["id"]: one for one in (await slack.web.users_list())["members"]}
    assert people["U07FELIXGU"]["is_restricted"]
    assert people["U08GRETACO"]["is_stranger"]
    assert people["U00BOT0001"]["is_bot"]
    groups = (await slack.web.usergroups_list(include_users=True))["usergroups"]
    assert len(groups[0]["users"]) == 3
    assert (await slack.web.users_profile_get(user=ADA))["profile"]["title"] == "Account executive"
    assert (await slack.web.dnd_info(user=ADA))["dnd_enabled"] is False
    assert (await slack.web.bots_info(bot="B00BOT0001"))["bot"]["user_id"] == "U00BOT0001"
    assert (await slack.web.team_info())["team"]["id"] == "T00NORTHW"


async def test_everything_survives_a_restart(start: Start, tmp_path: Path) -> None:
    slack = await start(data=tmp_path, pace=0)
    answer = await posted(slack, text="kept", metadata=METADATA)
    await slack.post("clock", {"advance": "P3D"})
    offset = slack.core.world.clock.offset
    env = dict(slack.env)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await slack.web.views_publish(user_id=ADA, view=home)
    post_at = int(slack.core.world.clock.time()) + 60
    await slack.web.chat_scheduleMessage(channel=GENERAL, text="later", post_at=post_at)
    await slack.sandbox.stop()
    again = await start(data=tmp_path, pace=0)
    assert again.env["SLACK_BOT_TOKEN"] == env["SLACK_BOT_TOKEN"]
    assert again.env["SLACK_SIGNING_SECRET"] == env["SLACK_SIGNING_SECRET"]
    assert again.core.world.clock.offset == offset
    history = await again.web.conversations_history(channel=GENERAL, include_all_metadata=True)
    assert history["messages"][0]["metadata"] == METADATA
    assert (await again.get("ui/home", user=ADA))["view"]["type"] == "home"
    await again.post("clock", {"advance": 120})
    newest = (await again.web.conversations_history(channel=GENERAL, limit=1))["messages"][0]
    assert newest["text"] == "later"
    assert newest["ts"] > answer["ts"]
