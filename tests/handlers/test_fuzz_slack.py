"""What Slack sends, as the local Slack sends it, then mangled: Baton answers, tells nothing of its inside, lives on."""

import copy
import hashlib
import hmac
import json
import re
import time
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from messages import ids
from messages.values import pack
from sandbox.delivery.transport import DeliveryFailed, Envelope
from storage.audit_models import AuditEntry
from tests.handlers.fuzzed import Recording, Thread, in_a_thread, postgres_of_its_own
from tests.handlers.office import ADA, CHLOE, EVA, FELIX, GENERAL, GRETA, Office, picked

Json = dict[str, Any]
COMMANDS: Final = ("/deal", "/handoff", "/milestone", "/cs", "/baton")
WORDS: Final = (
    *("", "help", "won", "assign", "close", "status", "ask why?", "accept", "return nothing is here", "promises"),
    *("add Train them by Friday", "done 1", "move 2 to 2027-01-15", "block 3 no key", "skip 4 not bought", "undo", "9"),
    *("usage", "usage fjord", "csms", "settings", "log call hello", "health", "Fjordbank", f"assign <@{CHLOE}|chloe>"),
)
ACTIONS: Final = tuple(value for name, value in vars(ids).items() if name.startswith("ACT_"))
VIEWS: Final = tuple(value for name, value in vars(ids).items() if name.startswith("VIEW_"))
EVENTS: Final = (
    *("member_joined_channel", "member_left_channel", "channel_shared", "channel_unshared", "channel_rename"),
    *("channel_archive", "channel_deleted", "user_change", "team_join", "app_home_opened", "dnd_updated_user"),
    *("app_uninstalled", "tokens_revoked", "message", "no_such_event"),
)
NUMBERS: Final = (0, 1, 2, -1, 999_999, 2**31, 2**63, 10**40)
JUNK: Final = st.sampled_from(
    [
        *(None, True, 0, -1, 2**70, 1.5, [], {}, [[]], [None], {"id": None}, {"value": 3}),
        *(
            "",
            " ",
            "x" * 70_000,
            "\0",
            "a\0b",
            "\ud800",
            "\u202e",
            "'; DROP TABLE deal;--",
            "<!channel>",
            "{}",
            "[" * 2_900,
        ),
        *("NaN", "2026-02-30", "99:99", "T0OTHER", "U0NOBODY", "C0NOWHERE", "-1", "1e999", "%s%n", "../../etc/passwd"),
    ]
)
DEEP: Final = json.loads("[" * 200 + "]" * 200)


@dataclass
class Scene:
    """A running Baton, and one payload of each shape that was sent to it."""

    thread: Thread
    payloads: list[Envelope]
    client: httpx.Client

    @property
    def office(self) -> Office:
        return self.thread.office


async def _play(office: Office, recording: Recording) -> None:
    """One gesture of each shape: commands, buttons in messages and windows, forms sent and closed, menus, events."""
    deal = await office.handed_in(await office.deal(), concerns="They fear the price.")
    channel = deal.channel.id
    for user, line in ((ADA, "/deal"), (CHLOE, "/handoff status"), (CHLOE, "/milestone"), (EVA, "/baton csms")):
        await office.command(user, line, channel)
    await office.ui("close", user=EVA, view_id=(await office.view(EVA))["id"])
    await office.press(ADA, await office.said(channel, "deal_opened"), "Ask")
    await office.ui("close", user=ADA, view_id=(await office.view(ADA))["id"])
    await office.command(ADA, "/handoff", channel)
    await office.press_in_view(ADA, "Edit list")
    await office.press_in_view(ADA, "Add a measure")
    view = await office.view(ADA)
    await office.ui("close", user=ADA, view_id=view["id"], all=True)
    await office.command(CHLOE, "/handoff ask", channel)
    await office.submit(CHLOE, question="Who signs?")
    await office.command(EVA, "/deal assign", channel)
    await office.submit(EVA, csm=picked(CHLOE))
    await office.command(ADA, "/deal won")
    await office.submit(ADA, account="Harbour", name="Harbour Pro", owner=picked(ADA), closed_at="today")
    await office.ui("home", user=ADA)
    channels = office.sandbox.core.channels
    channels.add(channels.all[channel], FELIX, EVA)
    office.sandbox.core.rooms.rename(channels.all[channel], "deal-fjordbank-2027", ADA)
    kinds = {"app_home_opened", "member_joined_channel", "group_rename"}

    async def all_came() -> bool:
        return kinds <= {str(one.payload.get("event", {}).get("type")) for one in recording.kept}

    await office.until(all_came)


def _shapes(kept: list[Envelope]) -> list[Envelope]:
    """One of each shape."""
    by_shape: dict[str, Envelope] = {}
    for one in kept:
        payload = one.payload
        what = payload.get("command") or (payload.get("actions") or [{}])[0].get("action_id")
        view = (payload.get("view") or {}).get("callback_id")
        by_shape[f"{one.kind} {payload.get('type')} {what} {view} {payload.get('event', {}).get('type')}"] = one
    return list(by_shape.values())


def _scene(database: str, *, http_mode: bool) -> Generator[Scene]:
    with in_a_thread(database, http_mode=http_mode) as thread:
        dispatcher = thread.office.sandbox.core.dispatcher
        recording = Recording(dispatcher.transport)
        dispatcher.transport = recording
        thread.do(_play(thread.office, recording))
        dispatcher.transport = recording.inner
        with httpx.Client(timeout=30) as client:
            yield Scene(thread, _shapes(recording.kept), client)


@pytest.fixture(scope="module", params=["http-postgresql", "socket-sqlite"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Scene]:
    """PostgreSQL takes fewer characters and smaller numbers than SQLite."""
    if request.param == "http-postgresql":
        with postgres_of_its_own(str(request.getfixturevalue("postgres_server"))) as database:
            yield from _scene(database, http_mode=True)
        return
    template: Path = request.getfixturevalue("sqlite_template")
    path = tmp_path_factory.mktemp("fuzzed") / "baton.db"
    path.write_bytes(template.read_bytes())
    yield from _scene(f"sqlite:///{path}", http_mode=False)


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path for key, one in inner for path in ((*at, key), *_paths(one, (*at, key)))]


def _set(payload: Json, path: tuple[str | int, ...], value: object, *, drop: bool = False) -> None:
    holder: Any = payload
    for step in path[:-1]:
        holder = holder[step]
    if drop:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)


def _forged(data: st.DataObject) -> str:
    """What a button or a window might carry, had somebody made it up."""
    names = ("deal", "milestone", "question", "alert", "play", "change", "notice", "page", "handoff", "base", "person")
    values = {name: data.draw(st.sampled_from(NUMBERS)) for name in data.draw(st.sets(st.sampled_from(names)))}
    return pack(**values)


def _mangle(data: st.DataObject, payload: Json) -> None:
    """Change a payload in one way."""
    hot: list[tuple[tuple[str | int, ...], Any]] = [
        (("team_id",), "T0OTHER"),
        (("user_id",), st.sampled_from([FELIX, GRETA, "USLACKBOT", "U0NOBODY", EVA])),
        (("user", "id"), st.sampled_from([FELIX, GRETA, "USLACKBOT", "U0NOBODY", EVA])),
        (("team", "id"), "T0OTHER"),
        (("text",), st.sampled_from(WORDS)),
        (("actions", 0, "action_id"), st.sampled_from(ACTIONS)),
        (("actions", 0, "value"), _forged(data)),
        (("view", "callback_id"), st.sampled_from(VIEWS)),
        (("view", "private_metadata"), _forged(data)),
        (("view", "state", "values"), {}),
        (("event", "type"), st.sampled_from(EVENTS)),
        (("event", "user"), st.sampled_from([FELIX, "U0NOBODY", {"id": "U0NOBODY"}, {"id": ADA, "team_id": 7}])),
        (("event", "channel"), st.sampled_from(["C0NOWHERE", {"id": "C0NOWHERE", "name": "x" * 300}])),
    ]
    known = set(_paths(payload))
    usable = [one for one in hot if one[0] in known]
    if usable and data.draw(st.booleans()):
        path, given_value = data.draw(st.sampled_from(usable))
        value = data.draw(given_value) if isinstance(given_value, st.SearchStrategy) else given_value
        _set(payload, path, value)
    elif known:
        path = data.draw(st.sampled_from(sorted(known, key=str)))
        _set(payload, path, data.draw(JUNK | st.just(DEEP)), drop=data.draw(st.booleans()))


def _body(envelope: Envelope) -> tuple[bytes, str]:
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload).encode(), "application/json"
    form = envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return urlencode(form, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"


def _signed(secret: str, body: bytes, at: int) -> dict[str, str]:
    signature = hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={signature}"}


def _post(scene: Scene, body: bytes, content_type: str) -> httpx.Response:
    secret = scene.office.sandbox.core.world.signing_secret
    headers = _signed(secret, body, int(time.time())) | {"content-type": content_type}
    return scene.client.post(f"{scene.office.address}/slack/events", content=body, headers=headers)


def _send(scene: Scene, envelope: Envelope) -> tuple[int, str]:
    """The status and what was answered; over Socket Mode 200 is an acknowledgement, 500 none."""
    if scene.office.sandbox.config.events_url:
        answer = _post(scene, *_body(envelope))
        return answer.status_code, answer.text
    try:
        ack = scene.thread.do(scene.office.sandbox.core.sockets.send(envelope))
    except DeliveryFailed:
        return 500, ""
    return 200, json.dumps(ack.payload) + ack.text


def test_mangled_payloads_are_answered_and_nothing_leaks(scene: Scene) -> None:
    seen: Counter[int] = Counter()
    errors: Counter[str] = Counter()
    triggers = scene.office.sandbox.core.triggers
    outsiders = (FELIX, GRETA, "USLACKBOT", "U0NOBODY")

    @settings(
        max_examples=120 if scene.office.sandbox.config.events_url else 80,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        envelope = data.draw(st.sampled_from(scene.payloads))
        payload = copy.deepcopy(envelope.payload)
        if "trigger_id" in payload:
            payload["trigger_id"] = triggers.make(ADA)
        for _ in range(data.draw(st.integers(0, 3))):
            _mangle(data, payload)
        before = len(scene.thread.said())
        status, answer = _send(scene, Envelope(envelope.kind, payload))
        seen[status] += 1
        said = scene.thread.said(before)
        errors.update(re.findall(r"^(\w+(?:\.\w+)*(?:Error|Exception)\b.*)$", said, re.MULTILINE))
        assert status < 500, (status, payload, said)
        assert not scene.thread.leaks(answer), answer
        assert not [secret for secret in scene.thread.secrets if secret in said]

    run()
    assert seen[200] > 50
    # Slack's own refusals, such as of a fourth window; nothing of ours broke.
    assert not [name for name in errors if not name.startswith("slack_sdk.errors.SlackApiError")], errors

    async def done_by_outsiders() -> int:
        async with scene.office.baton.db.read() as session:
            found = select(func.count()).select_from(AuditEntry).where(AuditEntry.actor.in_(outsiders))
            return int(await session.scalar(found) or 0)

    assert scene.thread.do(done_by_outsiders()) == 0
    assert "is on its way" not in scene.thread.do(scene.office.command(ADA, "/baton help", GENERAL))
