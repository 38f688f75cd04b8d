"""Channels: names, membership, visibility, pages, history, threads."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.channels import check_name
from sandbox.errors import SlackError
from tests.sandbox.conftest import Running

Json = dict[str, Any]
ADA, BEN, FELIX, GRETA, BOT = "U01ADALIND", "U02BENCART", "U07FELIXGU", "U08GRETACO", "U00BOT0001"


async def created(slack: Running, name: str, *, private: bool = False) -> str:
    answer = await slack.api("conversations.create", json={"name": name, "is_private": private})
    return answer["channel"]["id"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Upper", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("a.b", "invalid_name_specials"),
        ("🎉", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("general", "name_taken"),
    ],
)
async def test_channel_names_are_refused(slack: Running, name: str, error: str) -> None:
    assert await slack.error("conversations.create", name=name) == error


@pytest.mark.parametrize("name", ["x" * 80, "deal-åäö_1", "交易-北风", "a"])
async def test_channel_names_are_taken(slack: Running, name: str) -> None:
    answer = await slack.api("conversations.create", json={"name": name})
    assert answer["channel"]["name"] == name
    assert answer["channel"]["is_member"] is True


@given(st.text(max_size=90))
def test_a_name_is_either_kept_or_refused(name: str) -> None:
    kept = None
    with suppress(SlackError):
        kept = check_name(name)
    if kept is None:
        with pytest.raises(SlackError, match=r"^invalid_name_"):
            check_name(name)
        return
    assert kept == name == name.lower()
    assert 0 < len(name) <= 80


async def test_private_channels_exist_only_for_their_members(slack: Running) -> None:
    made = await slack.ui("create", ADA, name="secret", is_private=True)
    assert await slack.error("conversations.info", channel=made["channel"]) == "channel_not_found"
    assert await slack.error("chat.postMessage", channel=made["channel"], text="x") == "channel_not_found"
    assert await slack.error("conversations.create", name="secret") == "name_taken"
    listed = await slack.api("conversations.list", json={"types": "public_channel,private_channel"})
    assert "secret" not in {one["name"] for one in listed["channels"]}
    assert await slack.error("conversations.history", channel="C00GENERAL") == "not_in_channel"


async def test_invitations_are_refused_for_everyone_or_forced(slack: Running) -> None:
    channel = await created(slack, "deal", private=True)
    invite = {"channel": channel}
    assert await slack.error("conversations.invite", **invite, users=BOT) == "cant_invite_self"
    assert await slack.error("conversations.invite", **invite, users=FELIX) == "user_is_restricted"
    assert await slack.error("conversations.invite", **invite, users=GRETA) == "user_team_not_in_channel"
    assert await slack.error("conversations.invite", **invite, users="U0NOBODY00") == "user_not_found"
    many = ",".join(["U0NOBODY00"] * 101)
    assert await slack.error("conversations.invite", **invite, users=many) == "invalid_arguments"
    answer = await slack.api("conversations.invite", json={**invite, "users": f"{ADA},{FELIX}"})
    assert answer["error"] == "user_is_restricted"
    assert answer["errors"] == [{"user": FELIX, "ok": False, "error": "user_is_restricted"}]
    members = await slack.api("conversations.members", json={"channel": channel})
    assert members["members"] == [BOT]
    forced = await slack.api("conversations.invite", json={**invite, "users": f"{ADA},{FELIX}", "force": True})
    assert (forced["ok"], len(forced["errors"])) == (True, 1)
    assert await slack.error("conversations.invite", **invite, users=ADA) == "already_in_channel"
    kicked = await slack.api("conversations.kick", json={**invite, "user": ADA})
    assert kicked["ok"]
    assert await slack.error("conversations.kick", **invite, user=ADA) == "not_in_channel"


async def test_archived_channels_are_closed(slack: Running) -> None:
    channel = await created(slack, "old")
    assert (await slack.api("conversations.archive", json={"channel": channel}))["ok"]
    assert await slack.error("conversations.archive", channel=channel) == "already_archived"
    assert await slack.error("chat.postMessage", channel=channel, text="x") == "is_archived"
    assert await slack.error("conversations.invite", channel=channel, users=ADA) == "is_archived"
    assert await slack.error("conversations.setTopic", channel=channel, topic="x") == "is_archived"
    assert (await slack.api("conversations.unarchive", json={"channel": channel}))["ok"]
    assert await slack.error("conversations.unarchive", channel=channel) == "not_archived"


async def test_topics_have_a_limit_and_leave_a_note(slack: Running) -> None:
    channel = await created(slack, "deal")
    assert await slack.error("conversations.setTopic", channel=channel, topic="x" * 251) == "too_long"
    answer = await slack.api("conversations.setTopic", json={"channel": channel, "topic": "a & b"})
    assert answer["channel"]["topic"]["value"] == "a &amp; b"
    history = await slack.api("conversations.history", json={"channel": channel})
    assert [one["subtype"] for one in history["messages"]] == ["channel_topic", "channel_join"]


async def test_lists_come_in_pages(slack: Running) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        answer = await slack.api("conversations.list", json={"limit": 1, "cursor": cursor})
        seen += [one["name"] for one in answer["channels"]]
        cursor = answer["response_metadata"]["next_cursor"]
    assert sorted(seen) == ["customer-success", "ext-fjordbank", "general", "sales"]
    assert cursor == ""
    assert await slack.error("conversations.list", cursor="xx") == "invalid_cursor"
    assert await slack.error("conversations.list", limit=1000) == "invalid_limit"
    assert (await slack.api("conversations.list", json={"limit": 999}))["ok"]
    assert await slack.error("conversations.list", types="private") == "invalid_types"


async def test_history_and_its_bounds(slack: Running) -> None:
    channel = await created(slack, "deal")
    said = [await slack.web.chat_postMessage(channel=channel, text=f"m{n}") for n in range(5)]
    stamps = [str(one["ts"]) for one in said]
    assert stamps == sorted(set(stamps))

    async def texts(**args: object) -> list[str]:
        answer = await slack.api("conversations.history", json={"channel": channel, **args})
        return [one["text"] for one in answer["messages"] if "subtype" not in one]

    assert await texts() == ["m4", "m3", "m2", "m1", "m0"]
    assert await texts(oldest=stamps[1], latest=stamps[3]) == ["m2"]
    assert await texts(oldest=stamps[1], latest=stamps[3], inclusive=True) == ["m3", "m2", "m1"]
    first = await slack.api("conversations.history", json={"channel": channel, "limit": 2, "oldest": stamps[0]})
    assert [one["text"] for one in first["messages"]] == ["m2", "m1"], "closest to oldest, to page forwards by"
    assert first["has_more"] is True
    assert await texts(limit=2, oldest=stamps[0], cursor=first["response_metadata"]["next_cursor"]) == ["m4", "m3"]
    assert await texts(limit=1, oldest=stamps[2], inclusive=True) == ["m2"]
    newest = await slack.api("conversations.history", json={"channel": channel, "limit": 2, "latest": stamps[4]})
    assert [one["text"] for one in newest["messages"]] == ["m3", "m2"]
    assert await texts(limit=2, latest=stamps[4], cursor=newest["response_metadata"]["next_cursor"]) == ["m1", "m0"]
    assert await slack.error("conversations.history", channel=channel, oldest="soon") == "invalid_ts_oldest"


async def test_threads_count_their_replies(slack: Running) -> None:
    channel = await created(slack, "deal")
    parent = str((await slack.web.chat_postMessage(channel=channel, text="parent"))["ts"])
    assert await slack.error("chat.postMessage", channel=channel, text="x", thread_ts="1.2") == "invalid_thread_ts"
    nowhere = "1000000000.000000"
    assert await slack.error("chat.postMessage", channel=channel, text="x", thread_ts=nowhere) == "thread_not_found"
    reply = await slack.web.chat_postMessage(channel=channel, text="reply", thread_ts=parent)
    await slack.web.chat_postMessage(channel=channel, text="loud", thread_ts=parent, reply_broadcast=True)
    replies = (await slack.web.conversations_replies(channel=channel, ts=parent))["messages"]
    assert replies is not None
    assert [one["text"] for one in replies] == ["parent", "reply", "loud"]
    assert (replies[0]["reply_count"], replies[0]["reply_users"]) == (2, [BOT])
    assert (replies[1]["parent_user_id"], replies[2]["subtype"]) == (BOT, "thread_broadcast")
    history = (await slack.web.conversations_history(channel=channel))["messages"]
    assert history is not None
    assert [one["text"] for one in history[:2]] == ["loud", "parent"]
    page = await slack.api("conversations.replies", json={"channel": channel, "ts": parent, "limit": 1})
    assert [one["text"] for one in page["messages"]] == ["parent", "reply"]
    assert page["has_more"] is True
    await slack.web.chat_delete(channel=channel, ts=str(reply["ts"]))
    await slack.web.chat_delete(channel=channel, ts=parent)
    left = (await slack.web.conversations_replies(channel=channel, ts=parent))["messages"]
    assert left is not None
    assert (left[0]["subtype"], left[0]["reply_count"]) == ("tombstone", 1)


async def test_direct_messages_are_opened_once(slack: Running) -> None:
    first = await slack.api("conversations.open", json={"users": ADA})
    again = await slack.api("conversations.open", json={"users": ADA, "return_im": True})
    assert first["channel"]["id"] == again["channel"]["id"]
    assert (again["already_open"], again["channel"]["user"]) == (True, ADA)
    group = await slack.api("conversations.open", json={"users": f"{ADA},{BEN}"})
    assert group["channel"]["is_mpim"] is True
    posted = await slack.api("chat.postMessage", json={"channel": ADA, "text": "hi"})
    assert posted["channel"] == first["channel"]["id"]
    assert await slack.error("conversations.open") == "users_list_not_supplied"
    assert await slack.error("conversations.rename", channel=posted["channel"], name="x") == (
        "method_not_supported_for_channel_type"
    )


async def test_two_creations_of_one_name_at_once_make_one_channel(slack: Running) -> None:
    answers = await asyncio.gather(*(slack.api("conversations.create", json={"name": "race"}) for _ in range(5)))
    assert sorted(str(one.get("error")) for one in answers) == ["None"] + ["name_taken"] * 4
