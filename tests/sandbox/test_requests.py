"""How a request is written: content types, charsets, tokens, odd JSON — one row per case.

Source: the errors every method shares (docs.slack.dev/reference/methods), and what slack.com was seen to answer.
"""

import json
from typing import Any

import pytest

from tests.sandbox.conftest import Running

GENERAL = "C00GENERAL"
TOKEN = "TOKEN"
FORM = "application/x-www-form-urlencoded"
SAID = b'{"channel": "C00GENERAL", "text": "x"}'

BODIES: list[tuple[str, str, bytes, str | None]] = [
    ("JSON", "application/json; charset=utf-8", SAID, None),
    ("JSON without a charset", "application/json", SAID, None),
    ("JSON in ISO 8859-1", "application/json; charset=iso-8859-1", SAID[:-2] + b'\xe9"}', None),
    ("another charset", "application/json; charset=utf-16", SAID, "invalid_charset"),
    ("another charset of a form", f"{FORM}; charset=koi8-r", b"channel=C00GENERAL", "invalid_charset"),
    ("a form", FORM, b"channel=C00GENERAL&text=x", None),
    ("a form in ISO 8859-1", f"{FORM}; charset=iso-8859-1", b"channel=C00GENERAL&text=%E9", None),
    ("a form that is not UTF-8", FORM, b"channel=C00GENERAL&text=%E9", "invalid_form_data"),
    ("plain text, read as a form", "text/plain", b"channel=C00GENERAL&text=x", None),
    ("half a JSON", "application/json", SAID[:-1], "invalid_json"),
    ("JSON that is not UTF-8", "application/json", SAID[:-2] + b'\xe9"}', "invalid_json"),
    ("JSON nested without end", "application/json", b"[" * 100_000, "invalid_json"),
    ("not a number", "application/json", b'{"channel": NaN}', "invalid_json"),
    ("a JSON array", "application/json", b"[]", "json_not_object"),
    ("a JSON string", "application/json", b'"x"', "json_not_object"),
    ("XML", "application/xml", b"<x/>", "invalid_post_type"),
    ("multipart without a boundary", "multipart/form-data", b"x", "invalid_form_data"),
    ("an array as PHP writes it", FORM, b"channel=C00GENERAL&text=x&users[0]=U1", "invalid_array_arg"),
    ("a name of 65 letters", FORM, b"channel=C00GENERAL&text=x&" + b"a" * 65 + b"=1", "invalid_arg_name"),
    ("a name with a point", FORM, b"channel=C00GENERAL&text=x&a.b=1", "invalid_arg_name"),
]


async def call(slack: Running, method: str, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - aiohttp's own
    verb = how.pop("verb", "POST")
    async with slack.session.request(verb, f"{slack.url}api/{method}", **how) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_bodies(slack: Running) -> None:
    different: list[str] = []
    for what, content_type, body, error in BODIES:
        headers = {"Content-Type": content_type, "Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
        answer = await call(slack, "chat.postMessage", data=body, headers=headers)
        if answer.get("error") != error or answer["ok"] is not (error is None):
            different.append(f"{what}: {answer}")
    assert different == []


async def test_a_body_without_a_content_type(slack: Running) -> None:
    headers = {"Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
    answer = await call(slack, "auth.test", data=b"a=1", headers=headers, skip_auto_headers=["Content-Type"])
    assert answer["error"] == "missing_post_type"


async def test_texts_survive_their_charset(slack: Running) -> None:
    headers = {"Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
    for content_type, body, text in (
        (f"{FORM}; charset=iso-8859-1", b"channel=C00GENERAL&text=%E9", "é"),
        ("application/json; charset=utf-8", '{"channel":"C00GENERAL","text":"Chloé 🙂"}'.encode(), "Chloé 🙂"),
        ("application/json", rb'{"channel":"C00GENERAL","text":"half \ud83d"}', "half \ufffd"),
        (FORM, b"channel=C00GENERAL&text=a%00b", "a\x00b"),
    ):
        sent = {**headers, "Content-Type": content_type}
        assert (await call(slack, "chat.postMessage", data=body, headers=sent))["message"]["text"] == text


TOKENS: list[tuple[str, dict[str, Any], str | None]] = [
    ("in the header", {"headers": {"Authorization": "Bearer TOKEN"}}, None),
    ("in the query", {"params": {"token": TOKEN}}, None),
    ("in a form", {"data": {"token": TOKEN}}, None),
    ("in the query beside JSON", {"params": {"token": TOKEN}, "json": {}}, None),
    ("in JSON, where Slack does not look", {"json": {"token": TOKEN}}, "not_authed"),
    ("nowhere", {}, "not_authed"),
    ("empty in the header", {"headers": {"Authorization": "Bearer "}}, "not_authed"),
    ("empty in the query", {"params": {"token": ""}}, "not_authed"),
    ("under a small bearer", {"headers": {"Authorization": "bearer TOKEN"}}, "not_authed"),
    ("under Basic", {"headers": {"Authorization": "Basic TOKEN"}}, "not_authed"),
    ("under token", {"headers": {"Authorization": "token TOKEN"}}, "not_authed"),
    ("of another workspace", {"headers": {"Authorization": "Bearer xoxb-1-2-3"}}, "invalid_auth"),
    ("malformed", {"params": {"token": "x"}}, "invalid_auth"),
]


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_tokens(slack: Running, verb: str) -> None:
    different: list[str] = []
    for what, how, wanted in TOKENS:
        written = json.loads(json.dumps(how).replace(TOKEN, slack.env["SLACK_BOT_TOKEN"]))
        # the body of a GET is not read
        unread = verb == "GET" and {"json", "data"} & set(written) and "params" not in written
        answer = await call(slack, "auth.test", verb=verb, **written)
        if answer.get("error") != ("not_authed" if unread else wanted):
            different.append(f"{what}: {answer}")
    assert different == []


async def test_get_takes_arguments_from_the_query(slack: Running) -> None:
    headers = {"Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
    params = {"channel": GENERAL, "text": "by GET", "blocks": '[{"type":"divider"}]'}
    said = await call(slack, "chat.postMessage", verb="GET", params=params, headers=headers)
    assert said["message"]["blocks"][0]["type"] == "divider"
    app = {"Authorization": f"Bearer {slack.env['SLACK_APP_TOKEN']}"}
    opened = await call(slack, "apps.connections.open", verb="GET", headers=app)
    assert opened["error"] == "insecure_request"


async def test_every_answer_names_the_scopes(slack: Running) -> None:
    headers = {"Authorization": f"Bearer {slack.env['SLACK_BOT_TOKEN']}"}
    async with slack.session.post(f"{slack.url}api/chat.postMessage", headers=headers) as answer:
        assert answer.headers["X-Accepted-OAuth-Scopes"] == "chat:write"
        assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")
        assert len(answer.headers["X-Slack-Req-Id"]) == 32
        assert answer.content_type == "application/json"
        missing = await answer.json()
    assert missing["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]
