"""The objects of answers: every member that Slack's reference shows, one row an answer."""

from typing import Any

import pytest

from tests.sandbox.conftest import Running

Json = dict[str, Any]
ADA, BOT = "U01ADALIND", "U00BOT0001"

CHANNEL = (
    "id name is_channel is_group is_im created creator is_archived is_general unlinked name_normalized is_shared"
    " is_ext_shared is_org_shared shared_team_ids pending_shared pending_connected_team_ids is_pending_ext_shared"
    " is_member is_private is_mpim last_read topic purpose previous_names context_team_id updated properties"
    " parent_conversation"
)
USER = (
    "id team_id name deleted color real_name tz tz_label tz_offset profile is_admin is_owner is_primary_owner"
    " is_restricted is_ultra_restricted is_bot is_app_user updated is_email_confirmed who_can_share_contact_card"
)
PROFILE = (
    "title phone skype real_name real_name_normalized display_name display_name_normalized fields status_text"
    " status_emoji status_emoji_display_info status_expiration avatar_hash first_name last_name image_24 image_32"
    " image_48 image_72 image_192 image_512 team"
)
BOT_PROFILE = "id deleted name updated app_id user_id icons team_id"
VIEW = (
    "id team_id type blocks private_metadata callback_id state hash title clear_on_close notify_on_close close submit"
    " previous_view_id root_view_id app_id external_id app_installed_team_id bot_id"
)

# method, its arguments, where the object stands in the answer, the members it must have
ANSWERS: list[tuple[str, Json, str, str]] = [
    ("auth.test", {}, "", "url team user team_id user_id bot_id is_enterprise_install"),
    ("team.info", {}, "team", "id name url domain email_domain icon avatar_base_url is_verified"),
    ("team.info", {}, "team/icon", "image_34 image_44 image_68 image_88 image_102 image_132 image_230 image_default"),
    ("bots.info", {"bot": "B00BOT0001"}, "bot", "id deleted name updated app_id user_id icons"),
    ("bots.info", {"bot": "B00BOT0001"}, "bot/icons", "image_36 image_48 image_72"),
    ("users.info", {"user": ADA, "include_locale": True}, "user", f"{USER} locale"),
    ("users.info", {"user": ADA}, "user/profile", f"{PROFILE} email"),
    ("users.info", {"user": BOT}, "user/profile", f"{PROFILE} bot_id api_app_id always_active"),
    ("users.info", {"user": "U08GRETACO"}, "user", f"{USER.replace(' is_email_confirmed', '')} is_stranger"),
    ("users.list", {}, "", "members cache_ts response_metadata"),
    ("users.profile.get", {"user": ADA}, "profile", PROFILE),
    ("conversations.create", {"name": "shapes"}, "channel", CHANNEL),
    ("conversations.info", {"channel": "{mine}"}, "channel", CHANNEL),
    ("conversations.info", {"channel": "{mine}", "include_num_members": True}, "channel", "num_members"),
    ("conversations.info", {"channel": "{mine}", "include_locale": True}, "channel", "locale"),
    (
        "conversations.info",
        {"channel": "{im}"},
        "channel",
        "last_read latest unread_count unread_count_display is_open",
    ),
    ("conversations.open", {"users": ADA}, "", "no_op already_open channel"),
    (
        "conversations.open",
        {"users": ADA, "return_im": True},
        "channel",
        "id created is_im is_org_shared user last_read latest unread_count unread_count_display is_open priority",
    ),
    ("conversations.list", {}, "channels/0", f"{CHANNEL.replace(' last_read', '')} num_members"),
    ("conversations.list", {}, "", "channels response_metadata"),
    ("conversations.members", {"channel": "{mine}"}, "", "members response_metadata"),
    ("conversations.history", {"channel": "{mine}"}, "", "messages has_more pin_count channel_actions_ts"),
    (
        "conversations.history",
        {"channel": "{mine}"},
        "messages/0",
        "type user ts text bot_id app_id team bot_profile thread_ts reply_count reply_users reply_users_count"
        " latest_reply is_locked subscribed reactions pinned_to",
    ),
    ("conversations.history", {"channel": "{mine}"}, "messages/0/bot_profile", BOT_PROFILE),
    (
        "conversations.replies",
        {"channel": "{mine}", "ts": "{ts}"},
        "messages/1",
        "type user ts text thread_ts parent_user_id bot_id",
    ),
    ("conversations.setTopic", {"channel": "{mine}", "topic": "x"}, "channel", CHANNEL),
    ("conversations.setTopic", {"channel": "{mine}", "topic": "x"}, "channel/topic", "value creator last_set"),
    ("chat.postMessage", {"channel": "{mine}", "text": "x"}, "", "channel ts message"),
    ("chat.update", {"channel": "{mine}", "ts": "{ts}", "text": "y"}, "", "channel ts text message"),
    ("chat.update", {"channel": "{mine}", "ts": "{ts}", "text": "z"}, "message/edited", "user ts"),
    ("chat.postEphemeral", {"channel": "C00GENERAL", "user": ADA, "text": "x"}, "", "message_ts"),
    ("chat.getPermalink", {"channel": "{mine}", "message_ts": "{ts}"}, "", "channel permalink"),
    (
        "chat.scheduleMessage",
        {"channel": "{mine}", "text": "x", "post_at": "{soon}"},
        "",
        "channel scheduled_message_id post_at message",
    ),
    ("chat.scheduledMessages.list", {}, "scheduled_messages/0", "id channel_id post_at date_created text"),
    ("pins.list", {"channel": "{mine}"}, "items/0", "type created created_by channel message"),
    ("pins.list", {"channel": "{mine}"}, "items/0/message", "text ts permalink pinned_to"),
    ("reactions.get", {"channel": "{mine}", "timestamp": "{ts}"}, "message", "text ts permalink reactions"),
    (
        "reactions.get",
        {"channel": "{mine}", "timestamp": "{ts}"},
        "message/reactions/0",
        "name users count",
    ),
    ("reactions.list", {}, "items/0", "type channel message"),
    (
        "bookmarks.add",
        {"channel_id": "{mine}", "title": "x", "type": "link", "link": "https://x.example"},
        "bookmark",
        "id channel_id title link emoji icon_url type entity_id date_created date_updated rank last_updated_by_user_id"
        " last_updated_by_team_id shortcut_id app_id app_action_id",
    ),
    ("views.publish", {"user_id": ADA, "view": {"type": "home", "blocks": []}}, "view", VIEW),
    ("files.getUploadURLExternal", {"filename": "a.txt", "length": 1}, "", "upload_url file_id"),
    ("usergroups.list", {"include_users": True, "include_count": True}, "usergroups/0", "id handle users user_count"),
    ("dnd.info", {"user": ADA}, "", "dnd_enabled next_dnd_start_ts next_dnd_end_ts snooze_enabled"),
    ("emoji.list", {}, "", "emoji cache_ts"),
    ("api.test", {"foo": "bar"}, "args", "foo"),
]


def _at(answer: Json, path: str) -> Json:
    held: Any = answer
    for step in path.split("/") if path else ():
        held = held[int(step)] if step.isdigit() else held[step]
    return held


@pytest.fixture
async def names(slack: Running) -> dict[str, str]:
    web = slack.web
    mine = (await slack.api("conversations.create", json={"name": "mine"}))["channel"]["id"]
    im = (await slack.api("conversations.open", json={"users": ADA}))["channel"]["id"]
    ts = str((await web.chat_postMessage(channel=mine, text="parent"))["ts"])
    await web.chat_postMessage(channel=mine, text="reply", thread_ts=ts)
    await web.reactions_add(channel=mine, timestamp=ts, name="tada")
    await web.pins_add(channel=mine, timestamp=ts)
    return {"mine": mine, "im": im, "ts": ts, "soon": str(int(slack.core.world.clock.time()) + 600)}


async def test_answers_have_every_documented_member(slack: Running, names: dict[str, str]) -> None:
    lacking: list[str] = []
    for method, args, path, members in ANSWERS:
        sent = {key: names[value[1:-1]] if str(value).startswith("{") and isinstance(value, str) else value
                for key, value in args.items()}  # fmt: skip
        answer = await slack.api(method, json=sent)
        assert answer["ok"], (method, answer)
        missing = set(members.split()) - set(_at(answer, path))
        lacking += [f"{method} {path}: {name}" for name in sorted(missing)]
    assert lacking == []


async def test_unread_messages_of_a_direct_message(slack: Running, names: dict[str, str]) -> None:
    said = [await slack.ui("message", ADA, channel=names["im"], text=f"m{n}") for n in range(3)]
    before = (await slack.api("conversations.info", json={"channel": names["im"]}))["channel"]
    assert (before["unread_count"], before["latest"]["text"]) == (3, "m2")
    await slack.api("conversations.mark", json={"channel": names["im"], "ts": said[1]["ts"]})
    after = (await slack.api("conversations.info", json={"channel": names["im"]}))["channel"]
    assert (after["unread_count"], after["last_read"]) == (1, said[1]["ts"])
