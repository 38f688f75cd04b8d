"""What each method refuses and with which word: one row a case.

Source: the error tables of docs.slack.dev/reference/methods/NAME; the two stages of a required argument (absent:
`invalid_arguments`, empty or naming nothing: the method's own error) as slack.com was seen to answer.
"""

import json
from typing import Any

from tests.sandbox.conftest import Running

Row = tuple[str, str, str]
ADA, FELIX, GRETA, BOT = "U01ADALIND", "U07FELIXGU", "U08GRETACO", "U00BOT0001"
NOWHERE = "1000000000.000100"

# {mine}: a private channel of the app with a message at {ts}; {theirs}: a public one the app is not in;
# {old}: an archived one; {hidden}: a private one of others; {im}: a direct message with Ada; {adas}: her message
ROWS: list[Row] = [
    ("chat.postMessage", "{}", "invalid_arguments"),
    ("chat.postMessage", '{"channel": "", "text": "x"}', "channel_not_found"),
    ("chat.postMessage", '{"channel": "C0NOWHERE0", "text": "x"}', "channel_not_found"),
    ("chat.postMessage", '{"channel": "{hidden}", "text": "x"}', "channel_not_found"),
    ("chat.postMessage", '{"channel": "U0NOBODY00", "text": "x"}', "channel_not_found"),
    ("chat.postMessage", '{"channel": "{old}", "text": "x"}', "is_archived"),
    ("chat.postMessage", '{"channel": "{mine}"}', "no_text"),
    ("chat.postMessage", '{"channel": "{mine}", "text": ""}', "no_text"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "   "}', "no_text"),
    ("chat.postMessage", '{"channel": "{mine}", "blocks": []}', "no_text"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "blocks": "[{"}', "invalid_blocks_format"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "blocks": {}}', "invalid_blocks_format"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "blocks": [{"type": "x"}]}', "invalid_blocks"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "attachments": "x"}', "invalid_attachments"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "metadata": "{"}', "invalid_metadata_format"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "metadata": []}', "invalid_metadata_format"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "metadata": {"a": 1}}', "invalid_metadata_schema"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "thread_ts": "0"}', "invalid_thread_ts"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "thread_ts": "{nowhere}"}', "thread_not_found"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "as_user": true}', "as_user_not_supported"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "markdown_text": "y"}', "markdown_text_conflict"),
    ("chat.postMessage", '{"channel": "{mine}", "text": "x", "parse": "half"}', "invalid_arguments"),
    ("chat.postMessage", '{"channel": "{mine}", "text": {"a": 1}}', "invalid_arguments"),
    ("chat.postEphemeral", '{"channel": "{mine}", "text": "x"}', "invalid_arguments"),
    ("chat.postEphemeral", '{"channel": "{mine}", "text": "x", "user": ""}', "user_not_in_channel"),
    ("chat.postEphemeral", '{"channel": "{mine}", "text": "x", "user": "{felix}"}', "user_not_in_channel"),
    ("chat.postEphemeral", '{"channel": "{mine}", "user": "{ada}"}', "no_text"),
    ("chat.meMessage", '{"channel": "{mine}"}', "invalid_arguments"),
    ("chat.meMessage", '{"channel": "{mine}", "text": ""}', "no_text"),
    ("chat.update", '{"channel": "{mine}", "text": "x"}', "invalid_arguments"),
    ("chat.update", '{"channel": "{mine}", "ts": "", "text": "x"}', "message_not_found"),
    ("chat.update", '{"channel": "{mine}", "ts": "{nowhere}", "text": "x"}', "message_not_found"),
    ("chat.update", '{"channel": "{mine}", "ts": "{adas}", "text": "x"}', "cant_update_message"),
    ("chat.update", '{"channel": "{old}", "ts": "{old_ts}", "text": "x"}', "is_inactive"),
    ("chat.update", '{"channel": "{mine}", "ts": "{ts}"}', "no_text"),
    ("chat.update", '{"channel": "{mine}", "ts": "{ts}", "text": ""}', "no_text"),
    ("chat.update", '{"channel": "{mine}", "ts": "{ts}", "text": "{4001}"}', "msg_too_long"),
    ("chat.update", '{"channel": "{ada}", "ts": "{ts}", "text": "x"}', "channel_not_found"),
    (
        "chat.update",
        '{"channel": "{mine}", "ts": "{reply}", "reply_broadcast": true, "text": "x"}',
        "no_dual_broadcast_content_update",
    ),
    ("chat.delete", '{"channel": "{mine}"}', "invalid_arguments"),
    ("chat.delete", '{"channel": "{mine}", "ts": "{nowhere}"}', "message_not_found"),
    ("chat.delete", '{"channel": "{mine}", "ts": "{adas}"}', "cant_delete_message"),
    ("chat.getPermalink", '{"channel": "{mine}"}', "invalid_arguments"),
    ("chat.getPermalink", '{"channel": "{mine}", "message_ts": ""}', "message_not_found"),
    ("chat.getPermalink", '{"channel": "{hidden}", "message_ts": "{ts}"}', "channel_not_found"),
    ("chat.scheduleMessage", '{"channel": "{mine}", "text": "x"}', "invalid_arguments"),
    ("chat.scheduleMessage", '{"channel": "{mine}", "text": "x", "post_at": 5}', "time_in_past"),
    ("chat.scheduleMessage", '{"channel": "{mine}", "text": "x", "post_at": 9999999999}', "time_too_far"),
    ("chat.scheduleMessage", '{"channel": "{mine}", "text": "x", "post_at": "soon"}', "invalid_arguments"),
    ("chat.scheduledMessages.list", '{"channel": "{hidden}"}', "invalid_channel"),
    ("chat.scheduledMessages.list", '{"cursor": "x"}', "invalid_cursor"),
    (
        "chat.deleteScheduledMessage",
        '{"channel": "{mine}", "scheduled_message_id": "Q1"}',
        "invalid_scheduled_message_id",
    ),
    ("conversations.info", "{}", "invalid_arguments"),
    ("conversations.info", '{"channel": ""}', "channel_not_found"),
    ("conversations.info", '{"channel": "general"}', "channel_not_found"),
    ("conversations.info", '{"channel": "{hidden}"}', "channel_not_found"),
    ("conversations.create", "{}", "invalid_arguments"),
    ("conversations.create", '{"name": ""}', "invalid_name_required"),
    ("conversations.create", '{"name": "---"}', "invalid_name_punctuation"),
    ("conversations.create", '{"name": "Deal"}', "invalid_name_specials"),
    ("conversations.create", '{"name": "a b"}', "invalid_name_specials"),
    ("conversations.create", '{"name": "a.b"}', "invalid_name_specials"),
    ("conversations.create", '{"name": "{81}"}', "invalid_name_maxlength"),
    ("conversations.create", '{"name": "general"}', "name_taken"),
    ("conversations.create", '{"name": "old"}', "name_taken"),
    ("conversations.rename", '{"channel": "{mine}", "name": "general"}', "name_taken"),
    ("conversations.rename", '{"channel": "{theirs}", "name": "x"}', "not_in_channel"),
    ("conversations.rename", '{"channel": "{im}", "name": "x"}', "method_not_supported_for_channel_type"),
    ("conversations.archive", '{"channel": "{theirs}"}', "not_in_channel"),
    ("conversations.archive", '{"channel": "{im}"}', "method_not_supported_for_channel_type"),
    ("conversations.archive", '{"channel": "{old}"}', "already_archived"),
    ("conversations.unarchive", '{"channel": "{mine}"}', "not_archived"),
    ("conversations.close", '{"channel": "{mine}"}', "method_not_supported_for_channel_type"),
    ("conversations.history", '{"channel": "{theirs}"}', "not_in_channel"),
    ("conversations.history", '{"channel": "{hidden}"}', "channel_not_found"),
    ("conversations.history", '{"channel": "{mine}", "oldest": "x"}', "invalid_ts_oldest"),
    ("conversations.history", '{"channel": "{mine}", "latest": "x"}', "invalid_ts_latest"),
    ("conversations.history", '{"channel": "{mine}", "limit": 1000}', "invalid_limit"),
    ("conversations.history", '{"channel": "{mine}", "limit": -1}', "invalid_limit"),
    ("conversations.history", '{"channel": "{mine}", "limit": "all"}', "invalid_arguments"),
    ("conversations.history", '{"channel": "{mine}", "cursor": "x"}', "invalid_cursor"),
    ("conversations.history", '{"channel": "{mine}", "cursor": "dXNlcjpVMDE="}', "invalid_cursor"),
    (
        "conversations.history",
        '{"channel": "{mine}", "metadata_keys_to_include": "deal"}',
        "invalid_metadata_filter_keys",
    ),
    ("conversations.replies", '{"channel": "{mine}"}', "invalid_arguments"),
    ("conversations.replies", '{"channel": "{mine}", "ts": ""}', "thread_not_found"),
    ("conversations.replies", '{"channel": "{mine}", "ts": "{nowhere}"}', "thread_not_found"),
    ("conversations.replies", '{"channel": "{hidden}", "ts": "{ts}"}', "channel_not_found"),
    ("conversations.replies", '{"channel": "{mine}", "ts": "{ts}", "limit": 1001}', "invalid_limit"),
    ("conversations.invite", '{"channel": "{mine}"}', "invalid_arguments"),
    ("conversations.invite", '{"channel": "{mine}", "users": ""}', "no_user"),
    ("conversations.invite", '{"channel": "{mine}", "users": "{ada}"}', "already_in_channel"),
    ("conversations.invite", '{"channel": "{mine}", "users": "{bot}"}', "cant_invite_self"),
    ("conversations.invite", '{"channel": "{mine}", "users": "U0NOBODY00"}', "user_not_found"),
    ("conversations.invite", '{"channel": "{mine}", "users": "{felix}"}', "user_is_restricted"),
    ("conversations.invite", '{"channel": "{theirs}", "users": "{ada}"}', "not_in_channel"),
    ("conversations.invite", '{"channel": "{old}", "users": "{ada}"}', "is_archived"),
    ("conversations.invite", '{"channel": "{im}", "users": "{felix}"}', "method_not_supported_for_channel_type"),
    ("conversations.join", '{"channel": "{hidden}"}', "channel_not_found"),
    ("conversations.join", '{"channel": "{im}"}', "method_not_supported_for_channel_type"),
    ("conversations.kick", '{"channel": "{mine}"}', "no_user"),
    ("conversations.kick", '{"channel": "{mine}", "user": "{bot}"}', "cant_kick_self"),
    ("conversations.kick", '{"channel": "{mine}", "user": "{felix}"}', "not_in_channel"),
    ("conversations.kick", '{"channel": "{mine}", "user": "U0NOBODY00"}', "user_not_found"),
    ("conversations.kick", '{"channel": "{im}", "user": "{ada}"}', "method_not_supported_for_channel_type"),
    ("conversations.leave", '{"channel": "{old}"}', "is_archived"),
    ("conversations.leave", '{"channel": "{im}"}', "method_not_supported_for_channel_type"),
    ("conversations.list", '{"types": "channels"}', "invalid_types"),
    ("conversations.list", '{"limit": 1000}', "invalid_limit"),
    ("conversations.list", '{"cursor": "%"}', "invalid_cursor"),
    ("conversations.list", '{"exclude_archived": "perhaps"}', "invalid_arguments"),
    ("conversations.mark", '{"channel": "{mine}", "ts": "now"}', "invalid_timestamp"),
    ("conversations.mark", '{"channel": "{theirs}", "ts": "{ts}"}', "not_in_channel"),
    ("conversations.members", '{"channel": "{hidden}"}', "channel_not_found"),
    ("conversations.members", '{"channel": "{mine}", "cursor": "x"}', "invalid_cursor"),
    ("conversations.members", '{"channel": "{mine}", "limit": 1000}', "invalid_limit"),
    ("conversations.open", "{}", "users_list_not_supplied"),
    ("conversations.open", '{"users": "U0NOBODY00"}', "user_not_found"),
    ("conversations.open", '{"channel": "{mine}"}', "method_not_supported_for_channel_type"),
    ("conversations.open", '{"channel": "D0NOWHERE0"}', "channel_not_found"),
    ("conversations.setTopic", '{"channel": "{mine}"}', "invalid_arguments"),
    ("conversations.setTopic", '{"channel": "{mine}", "topic": "{251}"}', "too_long"),
    ("conversations.setTopic", '{"channel": "{theirs}", "topic": "x"}', "not_in_channel"),
    ("conversations.setPurpose", '{"channel": "{old}", "purpose": "x"}', "is_archived"),
    ("conversations.setPurpose", '{"channel": "{mine}", "purpose": "{251}"}', "too_long"),
    (
        "conversations.canvases.create",
        '{"channel_id": "{mine}", "document_content": {"type": "x"}}',
        "invalid_arguments",
    ),
    ("canvases.edit", '{"canvas_id": "F1"}', "invalid_arguments"),
    ("canvases.edit", '{"canvas_id": "F1", "changes": []}', "canvas_not_found"),
    ("canvases.access.set", '{"canvas_id": "{canvas}", "access_level": "read"}', "invalid_parameters"),
    ("canvases.access.delete", '{"canvas_id": "{canvas}"}', "invalid_parameters"),
    (
        "canvases.access.set",
        '{"canvas_id": "{canvas}", "access_level": "x", "user_ids": ["{ada}"]}',
        "invalid_arguments",
    ),
    ("canvases.sections.lookup", '{"canvas_id": "F1", "criteria": {}}', "canvas_not_found"),
    ("pins.add", "{}", "invalid_arguments"),
    ("pins.add", '{"channel": "{mine}"}', "no_item_specified"),
    ("pins.add", '{"channel": "{mine}", "timestamp": "x"}', "bad_timestamp"),
    ("pins.add", '{"channel": "{mine}", "timestamp": "{nowhere}"}', "message_not_found"),
    ("pins.add", '{"channel": "{mine}", "timestamp": "{ts}"}', "already_pinned"),
    ("pins.remove", '{"channel": "{mine}", "timestamp": "{adas}"}', "no_pin"),
    ("reactions.add", '{"channel": "{mine}", "timestamp": "{ts}"}', "invalid_arguments"),
    ("reactions.add", '{"channel": "{mine}", "timestamp": "{ts}", "name": ""}', "invalid_name"),
    ("reactions.add", '{"channel": "{mine}", "timestamp": "{ts}", "name": "no_such_emoji"}', "invalid_name"),
    ("reactions.add", '{"channel": "{mine}", "name": "eyes"}', "no_item_specified"),
    ("reactions.add", '{"channel": "{mine}", "timestamp": "x", "name": "eyes"}', "bad_timestamp"),
    ("reactions.add", '{"channel": "{mine}", "timestamp": "{nowhere}", "name": "eyes"}', "message_not_found"),
    ("reactions.add", '{"channel": "{mine}", "timestamp": "{ts}", "name": "tada"}', "already_reacted"),
    ("reactions.add", '{"channel": "{old}", "timestamp": "{old_ts}", "name": "eyes"}', "is_archived"),
    ("reactions.remove", '{"channel": "{mine}", "timestamp": "{ts}", "name": "eyes"}', "no_reaction"),
    ("reactions.remove", '{"name": "eyes"}', "no_item_specified"),
    ("reactions.remove", '{"name": "eyes", "file": "F1"}', "file_not_found"),
    ("reactions.get", '{"timestamp": "{ts}"}', "no_item_specified"),
    ("reactions.get", '{"file": "F1"}', "file_not_found"),
    ("reactions.get", '{"file_comment": "Fc1"}', "file_comment_not_found"),
    ("reactions.list", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("bookmarks.add", '{"channel_id": "{mine}", "title": "x"}', "invalid_arguments"),
    ("bookmarks.add", '{"channel_id": "{mine}", "title": "x", "type": "wish"}', "invalid_bookmark_type"),
    ("bookmarks.add", '{"channel_id": "{mine}", "title": "x", "type": "link"}', "invalid_link"),
    ("bookmarks.add", '{"channel_id": "{mine}", "title": "x", "type": "link", "link": "ftp://x"}', "invalid_link"),
    (
        "bookmarks.add",
        '{"channel_id": "{mine}", "title": "x", "type": "link", "link": "https://x.example", "emoji": "a b"}',
        "invalid_emoji",
    ),
    ("bookmarks.edit", '{"channel_id": "{mine}", "bookmark_id": "Bk1", "title": "x"}', "not_found"),
    ("bookmarks.remove", '{"channel_id": "{mine}", "bookmark_id": ""}', "not_found"),
    ("files.info", '{"file": "F1"}', "file_not_found"),
    ("files.delete", '{"file": ""}', "file_not_found"),
    ("files.list", '{"types": "songs"}', "unknown_type"),
    ("files.list", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("files.getUploadURLExternal", '{"filename": "a.txt"}', "invalid_arguments"),
    ("files.getUploadURLExternal", '{"filename": "a.txt", "length": 0}', "missing_argument"),
    ("files.getUploadURLExternal", '{"filename": "a.png", "length": 1, "alt_txt": "{1001}"}', "alt_txt_too_large"),
    ("files.completeUploadExternal", '{"files": []}', "invalid_arguments"),
    ("files.completeUploadExternal", '{"files": [{"id": "F1"}]}', "file_not_found"),
    ("users.info", "{}", "user_not_found"),
    ("users.info", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("users.lookupByEmail", "{}", "invalid_arguments"),
    ("users.lookupByEmail", '{"email": "nobody@northwind.example"}', "users_not_found"),
    ("users.profile.get", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("users.getPresence", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("users.conversations", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("users.list", '{"cursor": "x"}', "invalid_cursor"),
    ("dnd.info", '{"user": "U0NOBODY00"}', "user_not_found"),
    ("dnd.teamInfo", "{}", "invalid_arguments"),
    ("dnd.teamInfo", '{"users": ""}', "no_users_provided"),
    ("usergroups.users.list", '{"usergroup": "S1"}', "no_such_subteam"),
    ("bots.info", '{"bot": "B1"}', "bot_not_found"),
    ("team.info", '{"team": "T1"}', "team_not_found"),
    ("team.info", '{"domain": "other"}', "team_not_on_enterprise"),
    ("views.open", '{"trigger_id": "1.2.a"}', "invalid_arguments"),
    ("views.open", '{"view": "{modal}"}', "invalid_arguments"),
    ("views.open", '{"view": "{modal}", "trigger_id": "1.2.a"}', "invalid_trigger_id"),
    ("views.open", '{"view": {"type": "home", "blocks": []}, "trigger_id": "1.2.a"}', "invalid_arguments"),
    ("views.open", '{"view": "not JSON", "trigger_id": "1.2.a"}', "invalid_arguments"),
    ("views.push", '{"view": "{modal}", "trigger_id": "1.2.a"}', "invalid_trigger_id"),
    ("views.update", '{"view": "{modal}"}', "invalid_arguments"),
    ("views.update", '{"view": "{modal}", "view_id": "V1"}', "not_found"),
    ("views.update", '{"view": "{modal}", "external_id": "mine"}', "not_found"),
    ("views.publish", '{"view": {"type": "home", "blocks": []}}', "invalid_arguments"),
    ("views.publish", '{"user_id": "U0NOBODY00", "view": {"type": "home", "blocks": []}}', "invalid_arguments"),
    ("views.publish", '{"user_id": "{ada}", "view": "{modal}"}', "invalid_arguments"),
    ("oauth.v2.access", '{"client_id": "1.2", "client_secret": "x", "code": "x"}', "invalid_client_id"),
    ("oauth.v2.access", "{}", "invalid_client_id"),
]

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title"},
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "x"}}],
}


async def _names(slack: Running) -> dict[str, str]:
    web = slack.web
    mine = (await slack.api("conversations.create", json={"name": "mine", "is_private": True}))["channel"]["id"]
    old = (await slack.api("conversations.create", json={"name": "old"}))["channel"]["id"]
    await web.conversations_invite(channel=mine, users=ADA)
    ts = str((await web.chat_postMessage(channel=mine, text="mine"))["ts"])
    reply = str((await web.chat_postMessage(channel=mine, text="reply", thread_ts=ts))["ts"])
    old_ts = str((await web.chat_postMessage(channel=old, text="old"))["ts"])
    await web.conversations_archive(channel=old)
    await web.pins_add(channel=mine, timestamp=ts)
    await web.reactions_add(channel=mine, timestamp=ts, name="tada")
    names = {"mine": mine, "old": old, "ts": ts, "reply": reply, "old_ts": old_ts, "nowhere": NOWHERE}
    names["hidden"] = (await slack.ui("create", ADA, name="hidden", is_private=True))["channel"]
    names["adas"] = (await slack.ui("message", ADA, channel=mine, text="hers"))["ts"]
    names["im"] = (await slack.api("conversations.open", json={"users": ADA}))["channel"]["id"]
    names["canvas"] = (await slack.api("canvases.create", json={}))["canvas_id"]
    names |= {"theirs": "C00SALES000", "ada": ADA, "felix": FELIX, "bot": BOT}
    return names | {str(size): "x" * size for size in (81, 251, 1001, 4001)}


def _written(args: str, names: dict[str, str]) -> dict[str, Any]:
    args = args.replace('"{modal}"', json.dumps(MODAL))
    for name, value in names.items():
        args = args.replace("{" + name + "}", value)
    return json.loads(args)


async def test_each_method_refuses_in_its_own_words(slack: Running) -> None:
    names = await _names(slack)
    different: list[str] = []
    for method, args, error in ROWS:
        answer = await slack.api(method, json=_written(args, names))
        if answer.get("error") != error:
            different.append(f"{method} {args}: {answer.get('error')} instead of {error}")
    assert different == []


async def test_a_form_is_refused_as_json_is(slack: Running) -> None:
    names = await _names(slack)
    different: list[str] = []
    for method, args, error in ROWS:
        sent = _written(args, names)
        form = {key: value if isinstance(value, str) else json.dumps(value) for key, value in sent.items()}
        answer = await slack.api(method, data=form)
        if answer.get("error") != error and error not in {"invalid_arguments", "invalid_metadata_format"}:
            different.append(f"{method} {args}: {answer.get('error')} instead of {error}")
    assert different == []
