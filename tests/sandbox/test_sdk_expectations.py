"""What slackapi/python-slack-sdk and slackapi/bolt-python ask of a server in their own tests, asked of the sandbox.

Their integration tests (`integration_tests/web`, `integration_tests/webhook`) and the tests that run against their mock
of the Web API: the same calls, with the synchronous and the asynchronous client.
"""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.models.attachments import Attachment, AttachmentField
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    DividerBlock,
    InputBlock,
    MarkdownTextObject,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.messages import DateLink
from slack_sdk.models.metadata import EntityMetadata, EventAndEntityMetadata, ExternalRef, Metadata
from slack_sdk.models.views import View
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import WebhookClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.conftest import Running, Start

Json = dict[str, Any]
ADA, GENERAL = "U01ADALIND", "C00GENERAL"
MARKDOWN = "# My canvas\n\n## Hey\n\nWhat's up?\n\n- foo\n- bar\n"


class Threaded:
    """A synchronous client whose methods are awaited: each runs in a thread."""

    def __init__(self, client: WebClient | WebhookClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._client, name)

        async def call(**args: object) -> object:
            return await asyncio.to_thread(method, **args)

        return call


def make(slack: Running, kind: str, **settings: Any) -> Any:  # noqa: ANN401 - a client of either kind
    settings = {"token": slack.env["SLACK_BOT_TOKEN"], "base_url": slack.env["SLACK_API_URL"], **settings}
    return Threaded(WebClient(**settings)) if kind == "sync" else AsyncWebClient(**settings)


KINDS = pytest.mark.parametrize("kind", ["sync", "async"])


@KINDS
async def test_who_one_is(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    assert (await client.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert (await client.api_test(msg="bye")).status_code == 200
    auth = await client.auth_test()
    assert all(auth[name] for name in ("url", "user", "user_id", "team", "team_id", "bot_id"))
    assert (await client.bots_info(bot=auth["bot_id"]))["bot"]["user_id"] == auth["user_id"]
    assert "chat:write" in {name.lower(): value for name, value in auth.headers.items()}["x-oauth-scopes"]


@KINDS
async def test_a_message_from_first_to_last(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    await client.conversations_join(channel=GENERAL)
    link = DateLink(date=datetime.now(UTC), date_format="{date_long} {time}", fallback="x", link="https://example.com")
    message = f"Posted by <https://slack.dev/python-slackclient/|python-slackclient>! {link}"
    posted = await client.chat_postMessage(channel=GENERAL, text=message)
    assert posted["message"]["text"] == message
    place = {"channel": GENERAL, "timestamp": posted["ts"]}
    permalink = await client.chat_getPermalink(channel=GENERAL, message_ts=posted["ts"])
    base = (await client.auth_test())["url"]
    assert permalink["permalink"].startswith(f"{base}archives/{GENERAL}/p")
    await client.reactions_add(**place, name="eyes")
    await client.reactions_get(**place)
    await client.reactions_remove(**place, name="eyes")
    reply = await client.chat_postMessage(channel=GENERAL, thread_ts=posted["ts"], text="threading...")
    await client.chat_update(channel=GENERAL, ts=posted["ts"], text="Is this intentional?")
    await client.chat_delete(channel=GENERAL, ts=reply["ts"])
    await client.chat_delete(channel=GENERAL, ts=posted["ts"])


@KINDS
async def test_metadata_by_dictionary_and_by_model(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    await client.conversations_join(channel=GENERAL)
    payload: Json = {"id": "11111", "amount": 5000, "tags": ["foo", "bar", "baz"]}
    plain: Json = {"event_type": "procurement-task", "event_payload": payload}
    for metadata in (plain, Metadata(event_type="procurement-task", event_payload=payload)):
        posted = await client.chat_postMessage(channel="#general", text="with metadata", metadata=metadata)
        assert posted["message"]["metadata"] == plain
        history = await client.conversations_history(channel=posted["channel"], limit=1, include_all_metadata=True)
        assert history["messages"][0]["metadata"] == plain
        changed = await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="m", metadata=metadata)
        assert changed["message"]["metadata"] == plain
        at = int(slack.core.world.clock.time()) + 30
        planned = await client.chat_scheduleMessage(channel=posted["channel"], post_at=at, text="m", metadata=metadata)
        assert planned["message"]["metadata"] == plain
    work = EntityMetadata(
        entity_type="slack#/entities/task",
        external_ref=ExternalRef(id="abc123"),
        url="https://myappdomain.example",
        entity_payload={"attributes": {"title": {"text": "Work References"}}, "fields": {}},
    )
    said = await client.chat_postMessage(channel=GENERAL, text="m", metadata=EventAndEntityMetadata(entities=[work]))
    assert said.get("warning") is None


@KINDS
async def test_files_of_every_form(slack: Running, kind: str, tmp_path: Path) -> None:
    client = make(slack, kind)
    await client.conversations_join(channel=GENERAL)
    path = tmp_path / "code.py"
    path.write_text("print('hello')\n")
    sent: list[Json] = [
        {"channels": [GENERAL], "file": str(path), "title": "Test code"},
        {"channel": GENERAL, "filename": "logo.png", "content": b"\x89PNG\r\n\x1a\n"},
        {"channel": GENERAL, "filename": "test.txt", "file": b"This is a test"},
        {"filename": "output.text", "file": io.BytesIO(b"here is my data"), "title": None},
        {"channel": GENERAL, "filename": "alt.png", "content": "x", "alt_txt": "A picture", "snippet_type": "text"},
    ]
    for args in sent:
        uploaded = await client.files_upload_v2(**args)
        assert uploaded["file"]["id"] == uploaded["files"][0]["id"]
        await client.files_delete(file=uploaded["file"]["id"])
    several = [{"file": str(path), "title": "Test code"}, {"content": "Hi there!", "filename": "hi-there.txt"}]
    uploaded = await client.files_upload_v2(channel=GENERAL, file_uploads=several, initial_comment="Files :wave:")
    assert len(uploaded["files"]) == 2
    said = (await client.conversations_history(channel=GENERAL, limit=1))["messages"][0]
    assert (said["text"], len(said["files"])) == ("Files :wave:", 2)


@KINDS
async def test_files_go_to_every_channel_that_is_named(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    other = (await client.conversations_create(name="other"))["channel"]["id"]
    await client.conversations_join(channel=GENERAL)
    uploaded = await client.files_upload_v2(channels=[GENERAL, other], content="x", filename="x.txt")
    assert set(uploaded["file"]["channels"]) == {GENERAL, other}
    for channel in (GENERAL, other):
        said = (await client.conversations_history(channel=channel, limit=1))["messages"][0]
        assert said["files"][0]["id"] == uploaded["file"]["id"]


@KINDS
async def test_the_token_as_an_argument(slack: Running, kind: str) -> None:
    client = make(slack, kind, token=None)
    with pytest.raises(SlackApiError, match="not_authed"):
        await client.users_list()
    assert (await client.users_list(token=slack.env["SLACK_BOT_TOKEN"]))["ok"]
    with pytest.raises(SlackApiError, match="not_authed"):
        await client.users_list()


async def test_the_pages_of_a_response(slack: Running) -> None:
    client = WebClient(token=slack.env["SLACK_BOT_TOKEN"], base_url=slack.env["SLACK_API_URL"])

    def pages() -> list[list[str]]:
        response = client.conversations_list(limit=1, exclude_archived=True, types="public_channel")
        return [[one["id"] for page in response for one in page["channels"]] for _ in range(2)]

    first, second = await asyncio.to_thread(pages)
    assert first == second
    assert len(first) == len(set(first)) > 1
    listed: list[str] = []
    async for page in await slack.web.users_list(limit=2):
        listed += [one["id"] for one in page["members"]]
    assert listed == [one["id"] for one in (await slack.web.users_list())["members"]]


@KINDS
@pytest.mark.parametrize("flag", [1, "true", True])
async def test_flags_in_every_spelling(slack: Running, kind: str, flag: object) -> None:
    assert (await make(slack, kind).conversations_list(exclude_archived=flag))["channels"]


@KINDS
async def test_everyone_is_invited(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    channel = (await client.conversations_create(name="test-channel-1"))["channel"]["id"]
    people = [
        user["id"]
        for user in (await client.users_list(limit=100))["members"]
        if user["id"] not in {"USLACKBOT", "U00BOT0001"}
        and not any(user.get(name) for name in ("is_bot", "is_app_user", "is_restricted", "is_ultra_restricted"))
        and user.get("is_email_confirmed") is True
    ]
    assert len(people) >= 6
    assert (await client.conversations_invite(channel=channel, users=people))["channel"]["id"] == channel
    await client.conversations_archive(channel=channel)


@KINDS
async def test_canvases_and_bookmarks(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    channel = (await client.conversations_create(name="test-1"))["channel"]["id"]
    content = {"type": "markdown", "markdown": MARKDOWN}
    await client.conversations_canvases_create(channel_id=channel, document_content=content)
    canvas = (await client.canvases_create(title="My canvas", document_content=content))["canvas_id"]
    sections = await client.canvases_sections_lookup(canvas_id=canvas, criteria={"contains_text": "Hey"})
    change = {
        "operation": "replace",
        "section_id": sections["sections"][0]["id"],
        "document_content": {"type": "markdown", "markdown": "## Hey Hey"},
    }
    await client.canvases_edit(canvas_id=canvas, changes=[change])
    user = (await client.auth_test())["user_id"]
    await client.canvases_access_set(canvas_id=canvas, access_level="write", user_ids=[user])
    await client.canvases_access_delete(canvas_id=canvas, user_ids=[user])
    await client.canvases_delete(canvas_id=canvas)
    made = await client.bookmarks_add(channel_id=channel, title="slack!", type="link", link="https://slack.com")
    place = {"channel_id": channel, "bookmark_id": made["bookmark"]["id"]}
    await client.bookmarks_edit(**place, title="slack api!", type="link", link="https://api.slack.com")
    # the Node SDK's own test changes nothing at all
    await client.bookmarks_edit(**place)
    assert (await client.bookmarks_list(channel_id=channel))["bookmarks"][0]["title"] == "slack api!"
    await client.bookmarks_remove(**place)
    assert (await client.bookmarks_list(channel_id=channel))["bookmarks"] == []


@KINDS
async def test_a_view_by_model(slack: Running, kind: str) -> None:
    element = PlainTextInputElement(action_id="a-id")
    view = View(
        type="modal",
        callback_id="modal-id",
        title=PlainTextObject(text="Awesome Modal"),
        submit=PlainTextObject(text="Submit"),
        close=PlainTextObject(text="Cancel"),
        blocks=[InputBlock(block_id="b-id", label=PlainTextObject(text="Input label"), element=element)],
    )
    opened = await make(slack, kind).views_open(trigger_id=slack.core.triggers.make(ADA), view=view)
    assert View(**opened["view"]).callback_id == "modal-id"


@KINDS
async def test_what_goes_wrong(slack: Running, kind: str) -> None:
    client = make(slack, kind)
    await slack.post("faults", [{"method": "api.test", "fault": "500"}])
    with pytest.raises(SlackApiError):
        await client.api_test()
    await slack.post("faults", [{"method": "api.test", "fault": "429", "retry_after": 7}])
    with pytest.raises(SlackApiError) as limited:
        await client.api_test()
    response = limited.value.response
    assert (response["ok"], response.status_code) == (False, 429)
    headers = {name.lower(): value for name, value in response.headers.items()}
    assert headers["retry-after"] == "7"
    await slack.post("faults", [{"method": "api.test", "fault": "malformed"}])
    with pytest.raises((SlackApiError, ValueError)):
        await client.api_test()
    await slack.post("faults", [{"method": "users.list", "fault": "latency", "seconds": 5}])
    with pytest.raises(TimeoutError):
        await make(slack, kind, timeout=1).users_list()
    with pytest.raises(SlackRequestError):
        await client.api_call(api_method="fake.method", http_verb="GET", json={})
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call(api_method="fake.method")


@KINDS
async def test_the_limit_of_a_method_names_its_wait(start: Start, kind: str) -> None:
    client = make(await start(pace=1), kind)
    for _ in range(20):
        await client.users_list()
    with pytest.raises(SlackApiError, match="ratelimited") as limited:
        await client.users_list()
    assert int(limited.value.response.headers["Retry-After"]) >= 1


HANDLERS: list[tuple[str, type, type]] = [
    ("429", RateLimitErrorRetryHandler, AsyncRateLimitErrorRetryHandler),
    ("500", ServerErrorRetryHandler, AsyncServerErrorRetryHandler),
    ("503", ServerErrorRetryHandler, AsyncServerErrorRetryHandler),
    ("close_before", ConnectionErrorRetryHandler, AsyncConnectionErrorRetryHandler),
]


@KINDS
@pytest.mark.parametrize(("fault", "handler", "async_handler"), HANDLERS)
async def test_retry_handlers_try_again(
    slack: Running, kind: str, fault: str, handler: type, async_handler: type
) -> None:
    client = make(slack, kind, retry_handlers=[(handler if kind == "sync" else async_handler)(max_retry_count=1)])
    await slack.post("faults", [{"method": "chat.postMessage", "fault": fault}])
    assert (await client.chat_postMessage(channel=GENERAL, text="once"))["ok"]
    calls = (await slack.get("calls", method="chat.postMessage"))["calls"]
    assert [one["fault"] for one in calls] == [fault, None]


@KINDS
async def test_response_urls_by_the_webhook_client(slack: Running, kind: str) -> None:
    channel = slack.core.channels.all[GENERAL]

    def hook() -> Any:  # noqa: ANN401 - a client of either kind
        url = slack.core.urls.make("commands", ADA, channel)
        return Threaded(WebhookClient(url)) if kind == "sync" else AsyncWebhookClient(url)

    client = hook()
    response = await client.send(text="hello!")
    assert (response.status_code, response.body) == (200, "ok")
    assert (await client.send_dict(body={"text": "hello!"})).body == "ok"
    assert (await client.send(text="hello!", response_type="in_channel")).body == "ok"
    plain = PlainTextObject(text="*this is plain_text text*", emoji=True)
    buttons = [
        ButtonElement(text=PlainTextObject(text="Task", emoji=True), style="primary", value="create_task"),
        ButtonElement(text=PlainTextObject(text="Help", emoji=True), value="help"),
    ]
    text = MarkdownTextObject(text="This is *bold* and <https://google.com|a link> :ghost:")
    picker = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "Pick a date for the deadline."},
        "accessory": {
            "type": "datepicker",
            "initial_date": "1990-04-28",
            "placeholder": {"type": "plain_text", "text": "Select a date"},
        },
    }
    blocks = [
        SectionBlock(block_id="sb-id", text=text, fields=[plain, text, plain]),
        DividerBlock(),
        ActionsBlock(elements=buttons),
        picker,
    ]
    assert (await client.send(text="fallback", blocks=blocks)).body == "ok"
    attachment = Attachment(
        text="attachment text",
        title="Attachment",
        fallback="fallback_text",
        pretext="some_pretext",
        title_link="link in title",
        fields=[AttachmentField(title=f"field_{i}_title", value=f"field_{i}_value") for i in range(5)],
        color="#FFFF00",
        author_name="John Doe",
        author_link="http://johndoeisthebest.com",
        author_icon="http://johndoeisthebest.com/avatar.jpg",
        thumb_url="thumbnail URL",
        footer="and a footer",
        footer_icon="link to footer icon",
        ts=123456789,
        markdown_in=["fields"],
    )
    assert (await client.send(text="fallback", attachments=[attachment])).body == "ok"
    bare = {"id": 1, "fallback": "f", "text": "t", "color": "FFFF00", "mrkdwn_in": ["fields"]}
    for attachments in ([bare], [{"color": "#f2c744", "blocks": [{"type": "divider"}, picker]}]):
        assert (await hook().send(text="fallback", attachments=attachments)).body == "ok"
    flags = {"response_type": "ephemeral", "replace_original": True}
    assert (await hook().send(text="hello!", **flags, unfurl_links=False, unfurl_media=False)).body == "ok"
    assert (await client.send(text="too many")).status_code == 404


async def test_one_call_a_thread(slack: Running) -> None:
    client = WebClient(token=slack.env["SLACK_BOT_TOKEN"], base_url=slack.env["SLACK_API_URL"])

    def calls() -> int:
        before = threading.active_count()
        for _ in range(10):
            client.api_test()
        return threading.active_count() - before

    assert await asyncio.to_thread(calls) == 0


async def test_bolt_installs_itself_by_oauth(slack: Running, tmp_path: Path) -> None:
    """The whole way: the install page, Slack's consent, the callback, and a command with the token that came of it."""
    store = FileInstallationStore(base_dir=str(tmp_path), client_id=slack.env["SLACK_CLIENT_ID"])
    settings = AsyncOAuthSettings(
        client_id=slack.env["SLACK_CLIENT_ID"],
        client_secret=slack.env["SLACK_CLIENT_SECRET"],
        scopes=["commands", "chat:write"],
        redirect_uri="http://127.0.0.1:1/slack/oauth_redirect",
        authorization_url=f"{slack.url}oauth/v2/authorize",
        installation_store=store,
        state_store=FileOAuthStateStore(expiration_seconds=300, base_dir=str(tmp_path)),
    )
    client = AsyncWebClient(base_url=slack.env["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=slack.env["SLACK_SIGNING_SECRET"], oauth_settings=settings)
    assert app.oauth_flow is not None
    page = await app.oauth_flow.handle_installation(AsyncBoltRequest(body=""))
    query_string = page.body.split(f'href="{settings.authorization_url}')[1].split('"')[0].replace("&amp;", "&")
    address = f"{settings.authorization_url}{query_string}"
    async with slack.session.get(address, allow_redirects=False) as answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    cookie = page.headers["set-cookie"][0].split(";")[0]
    done = await app.oauth_flow.handle_callback(AsyncBoltRequest(body="", query=query, headers={"cookie": [cookie]}))
    assert done.status == 200
    bot = store.find_bot(enterprise_id=None, team_id="T00NORTHW")
    assert bot is not None
    assert (bot.bot_token, bot.bot_user_id) == (slack.env["SLACK_BOT_TOKEN"], "U00BOT0001")
    assert [one["method"] for one in (await slack.get("calls"))["calls"]] == ["oauth.v2.access", "auth.test"]
