"""Who × what, over all that Baton listens to: a handler nobody decided about fails here, and one that does not ask."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

import httpx
import pytest_asyncio
from slack_bolt.async_app import AsyncApp
from sqlalchemy import func, select

from domain.access import Action, PersonFacts, Relation, allowed
from domain.outcome import Refused
from handlers.registry import register_all
from handlers.services import Services
from messages.handoff_place import Place, dump
from messages.values import pack
from storage.audit_models import AuditEntry
from storage.models import Notice
from tests.handlers.office import ADA, BEN, CHLOE, DANIEL, FELIX, GENERAL, GRETA, MEI, Office, open_office

Json = dict[str, Any]
What = tuple[str, str]
FORM: Final = "application/x-www-form-urlencoded"
MEMBER: Final = PersonFacts("T00NORTHW")
OUTSIDE: Final = "Sorry, Baton is only for members of this workspace."


@dataclass(frozen=True)
class Unseen:
    """Decided, but this test does not see it: the refusal takes the place of a window that is not there, or what is
    asked about is not there. Nothing may change all the same."""

    action: Action


ANY_MEMBER: Final = None
"""It shows what the deal's channel shows, or what is the asker's own."""
_PLAN, _FORM = Action.EDIT_PLAN, Unseen(Action.EDIT_HANDOFF)
DECIDED: Final[dict[What, Action | Unseen | None]] = {
    # Each word of a command asks for itself: see WORDS.
    **dict.fromkeys([("command", one) for one in ("/deal", "/handoff", "/milestone", "/cs", "/baton")], ANY_MEMBER),
    ("action", "resend"): Action.RESEND,
    ("action", "unsure_resend"): Action.RESEND,
    ("action", "unsure_arrived"): Action.RESEND,
    ("action", "^audit_page:"): Action.READ_AUDIT,
    ("view", "csms"): Action.MANAGE_CSMS,
    ("action", "csm_remove"): Action.MANAGE_CSMS,
    ("action", "csms_undo"): Action.MANAGE_CSMS,
    ("view", "deal_won"): ANY_MEMBER,
    ("action", "deal_assign"): Action.ASSIGN,
    ("view", "deal_assign"): Action.ASSIGN,
    ("view", "deal_close"): Action.CLOSE,
    **dict.fromkeys([("action", f"crm_notes{end}") for end in ("", ":back", ":on")], ANY_MEMBER),
    ("action", "handoff_open"): Action.EDIT_HANDOFF,
    ("view", "handoff_pick"): _FORM,
    ("action", "handoff_start_over"): _FORM,
    ("view", "handoff"): Action.EDIT_HANDOFF,
    ("view", "handoff_conflict"): Action.EDIT_HANDOFF,
    ("view", "handoff_item"): Action.EDIT_HANDOFF,
    ("view_closed", "handoff"): ANY_MEMBER,
    ("view_closed", "handoff_item"): _FORM,
    **dict.fromkeys(
        [("action", one) for one in ("list_open", "item_add", "item_menu", "item_undo", "^list_page:")], _FORM
    ),
    ("action", "^(?:products|"): _FORM,
    ("action", "^(?:by|"): _FORM,
    ("action", "^handoff_all(:|$)"): ANY_MEMBER,
    ("action", "handoff_confidential"): Action.SEE_CONFIDENTIAL,
    ("action", "handoff_accept"): Action.ACCEPT,
    ("action", "decision_undo"): Action.ACCEPT,
    ("action", "deal_assign_undo"): Unseen(Action.ASSIGN),
    ("action", "handoff_return"): Action.RETURN,
    ("view", "handoff_return"): Action.RETURN,
    ("action", "question_ask"): Action.ASK,
    ("view", "question_ask"): Action.ASK,
    ("action", "question_reopen"): Action.ASK,
    ("action", "question_answer"): Action.ANSWER,
    ("view", "question_answer"): Action.ANSWER,
    ("action", "question_withdraw"): Action.WITHDRAW_QUESTION,
    **dict.fromkeys([("action", f"summary_questions{end}") for end in ("", ":back", ":on")], Action.ANSWER),
    ("action", "commitments"): Action.SETTLE_COMMITMENT,
    ("action", "commitment"): Unseen(Action.SETTLE_COMMITMENT),
    ("view", "commitment"): Unseen(Action.SETTLE_COMMITMENT),
    ("action", "commitment_undo"): Unseen(Action.SETTLE_COMMITMENT),
    # A milestone of one's own may be worked on (WORK_ON_OWN); these are others'.
    ("action", "milestone_open"): ANY_MEMBER,
    **dict.fromkeys([("action", f"plan_all{end}") for end in ("", ":back", ":on")], ANY_MEMBER),
    **dict.fromkeys(
        [("action", f"milestone_{one}") for one in ("done", "evidence", "start", "unblock", "reopen")], _PLAN
    ),
    **dict.fromkeys([("action", f"milestone_{one}") for one in ("move", "block", "skip", "snooze", "add")], _PLAN),
    **dict.fromkeys([("view", f"milestone_{one}") for one in ("done", "block", "skip", "snooze")], _PLAN),
    **dict.fromkeys([("view", f"milestone_{one}") for one in ("move", "effect", "edit", "add")], Unseen(_PLAN)),
    ("action", "move_all"): _PLAN,
    ("action", "move_one"): _PLAN,
    ("action", "move_cancel"): ANY_MEMBER,
    ("action", "plan_undo"): Unseen(Action.WORK_ON_OWN),
    ("action", "playbook"): _PLAN,
    ("view", "playbook"): Unseen(_PLAN),
    **dict.fromkeys([(kind, f"kickoff_{one}") for kind in ("action", "view") for one in ("book", "held")], _PLAN),
    **dict.fromkeys(
        [("action", f"play_{one}") for one in ("done", "not_useful", "move", "snooze", "undo")],
        Unseen(Action.WORK_ON_PLAY),
    ),
    **dict.fromkeys(
        [("view", f"play_{one}") for one in ("call", "save", "move", "snooze")], Unseen(Action.WORK_ON_PLAY)
    ),
    **dict.fromkeys(
        [("action", f"usage_{one}") for one in ("take", "snooze", "done", "not_useful", "undo")],
        Unseen(Action.ACT_ON_USAGE),
    ),
    ("view", "usage_not_useful"): Unseen(Action.ACT_ON_USAGE),
    ("action", "usage_numbers"): Unseen(Action.SEE_USAGE),
    # One's own customers, and what one told oneself.
    **dict.fromkeys([("action", one) for one in ("^cs_turn(:|$)", "cs_share", "cs_export")], ANY_MEMBER),
    ("action", "cs_post"): Action.PREPARE_WELCOME,
    ("action", "cs_undo"): Unseen(Action.WORK_ON_OWN),
    ("view", "cs_tell"): Unseen(Action.TELL_OF_CUSTOMER),
    # One's own Home, morning and settings.
    **dict.fromkeys(
        [("action", one) for one in ("^home_turn(:|$)", "home_search", "settings_reset", "settings_undo")], ANY_MEMBER
    ),
    **dict.fromkeys([("action", f"morning_{one}") for one in ("all", "page_back", "page_further")], ANY_MEMBER),
    ("view", "settings"): ANY_MEMBER,
}
WORDS: Final[dict[str, Action | None]] = {
    "/deal assign": Action.ASSIGN,
    "/deal close": Action.CLOSE,
    "/handoff": Action.EDIT_HANDOFF,
    "/handoff ask Why?": Action.ASK,
    "/handoff accept": Action.ACCEPT,
    "/handoff return All": Action.RETURN,
    "/handoff promises": ANY_MEMBER,
    "/milestone add Train by Friday": _PLAN,
    "/milestone done 1": _PLAN,
    "/milestone move 1 to 2027-01-15": _PLAN,
    "/milestone block 1 no key": _PLAN,
    "/milestone skip 1 not bought": _PLAN,
    "/milestone kickoff held": _PLAN,
    "/milestone win They log in": _PLAN,
    "/milestone playbook": _PLAN,
    # In the deal's channel; elsewhere SEE_USAGE is asked (tests/handlers/test_usage_actions.py).
    "/cs usage": ANY_MEMBER,
    "/cs": ANY_MEMBER,
    "/cs health": Action.SEE_HEALTH,
    "/cs log call Hello": Action.TELL_OF_CUSTOMER,
    "/cs wow They won": Action.TELL_OF_CUSTOMER,
    "/cs welcome": Action.PREPARE_WELCOME,
    "/cs metrics": ANY_MEMBER,
    "/cs retro": Action.SEE_TEAM_FIGURES,
    "/baton csms": Action.MANAGE_CSMS,
    "/baton audit": Action.READ_AUDIT,
}


class Listed:
    """Stands where Bolt's app does and keeps what is listened to; handlers are never called through it."""

    def __init__(self) -> None:
        self.kept: list[What] = []

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def listen(name: object, **_: object) -> Callable[[object], object]:
            if kind not in ("use", "error"):
                self.kept.append((kind, str(getattr(name, "pattern", name))))
            return lambda handler: handler

        return listen


def listened() -> list[What]:
    """Every command, action, view and menu there is a handler for; not what answers to what nobody knows."""
    app = Listed()
    register_all(cast("AsyncApp", app), cast("Services", None))
    return [one for one in app.kept if one[0] != "event" and one[1] not in (".*", "^open_link")]


@dataclass
class Door:
    """A deal of Ada and Chloé with everything on it, and a way to send what Slack would send."""

    office: Office
    client: httpx.AsyncClient
    channel: str
    value: str
    place: str
    elsewhere: str = GENERAL
    """Where buttons are pressed."""

    async def told(self, what: What, user: str) -> str:
        """Everything somebody is told when they do this: the answer, and the window that opened."""
        answer = await self.send(what, user)
        views = await self.office.views(user)
        for view in reversed(views):
            await self.office.ui("close", user=user, view_id=view["id"], all=True)
        return answer + json.dumps(views, ensure_ascii=False)

    async def send(self, what: What, user: str, team: str = "") -> str:
        """The answer to what somebody does, as Slack tells of it. A command may have a text."""
        kind, pattern = what
        world, triggers = self.office.sandbox.core.world, self.office.sandbox.core.triggers
        common: Json = {"trigger_id": triggers.make(user if user in world.people else ADA)}
        team_id = team or world.team.id
        if kind == "command":
            name, _, text = pattern.partition(" ")
            payload = {
                **common,
                "command": name,
                "text": text,
                "user_id": user,
                "team_id": team_id,
                "channel_id": self.channel,
            }
            body = urlencode(payload).encode()
        else:
            body = urlencode({"payload": json.dumps(common | self._interaction(kind, pattern, user, team_id))}).encode()
        answer = await self.client.post("/slack/events", content=body, headers=self.signed(body))
        assert answer.status_code == 200, (what, answer.text)
        return answer.text

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers Slack sends with it."""
        stamp = str(int(time.time()))
        base = b"v0:" + stamp.encode() + b":" + body
        secret = self.office.sandbox.core.world.signing_secret.encode()
        signature = "v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest()
        return {"content-type": FORM, "x-slack-request-timestamp": stamp, "x-slack-signature": signature}

    def _interaction(self, kind: str, pattern: str, user: str, team: str) -> Json:
        name = _example(pattern)
        handoff = name.startswith(("handoff", "item", "list")) or kind == "view_closed" or "|" in pattern
        window: Json = {
            "id": "V00000001",
            "type": "modal",
            "callback_id": name if kind.startswith("view") else "handoff" if "products" in pattern else "handoff_item",
            "private_metadata": self.place if handoff else self.value,
            "hash": "1",
            "blocks": [],
            "root_view_id": "V00000001",
            "previous_view_id": "V00000001",
            "state": {"values": {name: {name: FILLED} for name in FIELDS}},
        }
        payload: Json = {"user": {"id": user, "team_id": team}, "team": {"id": team, "domain": "x"}}
        if kind.startswith("view"):
            return payload | {"type": "view_closed" if kind == "view_closed" else "view_submission", "view": window}
        value = "success_metrics" if name in ("list_open", "item_add") else "0" if "page" in name else self.value
        option = {"value": self.value, "text": {"type": "plain_text", "text": "x"}}
        action = {"action_id": name, "block_id": "b", "type": "button", "value": value, "selected_option": option}
        pressed: Json = {"type": "block_actions", "actions": [action], "channel": {"id": self.elsewhere}}
        in_window = (handoff and name not in MESSAGES) or name in ("home_search", "settings_reset", "settings_undo")
        return payload | pressed | ({"view": window} if in_window else {"message": {"ts": "1.2"}})

    async def kept(self) -> tuple[int, int]:
        """How much was written down and is to be said."""
        async with self.office.baton.db.read() as session:
            audit = await session.scalar(select(func.count()).select_from(AuditEntry))
            notices = await session.scalar(select(func.count()).select_from(Notice))
        return int(audit or 0), int(notices or 0)


def _example(pattern: str) -> str:
    """Something the pattern of a handler stands for."""
    found = re.match(r"\^?(?:\(\?:)?([a-z_]+:?)", pattern)
    assert found is not None, pattern
    plain = found[1] if pattern.startswith("^") else pattern
    return f"{plain}x" if plain.endswith(":") and pattern.startswith("^") else plain


FILLED: Final = {
    "type": "plain_text_input",
    "value": "something",
    "selected_date": "2026-12-18",
    "selected_time": "10:00",
    "selected_user": DANIEL,
    "selected_option": {"value": "done"},
    "selected_options": [],
}
FIELDS: Final = (
    *("gaps", "question", "answer", "evidence", "state", "outcome", "csm", "due", "title", "owner", "why", "reason"),
    *(
        "reasons",
        "day",
        "held_on",
        "time",
        "until",
        "along",
        "playbook",
        "products",
        "problem",
        "label",
        "metric",
        "on",
    ),
)
MESSAGES: Final = ("handoff_open", "handoff_all", "handoff_confidential", "handoff_accept", "handoff_return")


@pytest_asyncio.fixture
async def door(sqlite_url: str) -> AsyncGenerator[Door]:
    async with (
        open_office(sqlite_url, http_mode=True) as office,
        httpx.AsyncClient(base_url=office.address, timeout=30) as client,
    ):
        deal = await office.handed_in(await office.deal(), concerns="They fear the price.")
        await office.command(CHLOE, "/handoff ask Who signs?", deal.channel.id)
        deal = await office.picture(deal.id)
        assert deal.handoff is not None
        others = dict.fromkeys(("milestone", "commitment", "alert", "play", "change", "notice", "version"), 1)
        value = pack(deal=deal.id, question=deal.questions[0].id, page=0, **others)
        place = dump(Place(deal.id, deal.handoff.id, 1, field="success_metrics"))
        yield Door(office, client, deal.channel.id, value, place)


def decision(what: What) -> Action | Unseen | None:
    """What was decided about it; a pattern of many words is known by its beginning."""
    kind, pattern = what
    known = what if "|" not in pattern or what in DECIDED else (kind, pattern[: pattern.index("|") + 1])
    assert known in DECIDED, f"{what}: write down in DECIDED which Action it asks domain.access for"
    return DECIDED[known]


def refusal(action: Action) -> str:
    """What a member hears who has nothing to do with the deal."""
    refused = allowed(MEMBER, Relation.NONE, action)
    assert isinstance(refused, Refused), action
    return refused.reason


def test_everything_that_is_listened_to_was_decided_about() -> None:
    heard = listened()
    for what in heard:
        decision(what)
    assert len({repr(what) for what in heard}) == len(heard)
    assert len(DECIDED) == len(heard), "something is decided about that nobody listens to any more"


async def test_a_member_with_nothing_to_do_with_the_deal_changes_nothing(door: Door) -> None:
    before = await door.kept()
    for what in listened():
        decided = decision(what)
        said = await door.told(what, MEI)
        assert "fear the price" not in said, what
        if decided is ANY_MEMBER:
            before = await door.kept()
            continue
        if isinstance(decided, Action):
            assert refusal(decided) in said, (what, said)
        assert "Fjordbank" not in said, (what, said)
        assert await door.kept() == before, what
    for line, action in WORDS.items():
        said = await door.told(("command", line), MEI)
        if action is not None:
            assert refusal(action) in said, (line, said)
        assert await door.kept() == before, line


async def test_the_confidential_parts_are_read_in_their_channel_and_by_those_who_may(door: Door) -> None:
    what = ("action", "^handoff_all(:|$)")
    assert "fear the price" not in await door.told(what, MEI)
    assert "fear the price" in await door.told(what, CHLOE)
    door.elsewhere = door.channel
    assert "fear the price" in await door.told(what, MEI)


async def test_nobody_comes_in_by_another_door(door: Door) -> None:
    """What names no person, or pretends to be an event, is refused like a stranger."""
    before = await door.kept()
    world = door.office.sandbox.core.world
    legacy = {"type": "interactive_message", "callback_id": "resend", "actions": [{"name": "x", "value": door.value}]}
    user, team, event = {"id": FELIX}, {"id": world.team.id}, {"type": "team_join", "user": {"id": FELIX}}
    pressed = {"type": "block_actions", "actions": [{"action_id": "handoff_accept", "value": door.value}], "user": user}
    for payload in (
        legacy,
        legacy | {"user": user, "team": team},
        pressed | {"trigger_id": door.office.sandbox.core.triggers.make(FELIX), "event": event, "team": team},
    ):
        body = urlencode({"payload": json.dumps(payload)}).encode()
        answer = await door.client.post("/slack/events", content=body, headers=door.signed(body))
        assert (answer.status_code, answer.text) == (200, "")
    assert await door.kept() == before
    assert "Traceback" not in door.office.log.getvalue()


async def test_outsiders_do_nothing_and_are_told_nothing(door: Door) -> None:
    people = door.office.sandbox.core.world.people
    people[BEN].is_ultra_restricted, people[DANIEL].deleted = True, True
    outsiders = {BEN: "", DANIEL: "", GRETA: "", "USLACKBOT": "", "U0NOBODY": "", ADA: "T0OTHER", FELIX: ""}
    before = await door.kept()
    said: set[str] = set()
    everything = [*listened(), *(("command", line) for line in WORDS)]
    for number, (user, team) in enumerate(outsiders.items(), 1):
        # The guest tries everything, the others each their share: all stand before the same door.
        for what in everything if user == FELIX else everything[number :: len(outsiders)]:
            said.add(await door.send(what, user, team))
    assert await door.kept() == before
    for user in outsiders:
        if user in people:
            for view in await door.office.views(user):
                assert view["callback_id"] == "note"
                said.add(json.dumps(view["blocks"], ensure_ascii=False))
    assert {one for one in said if "Fjordbank" in one} == set()
    answers = {one for one in said if one and OUTSIDE not in one}
    assert answers == {'{"options": []}'} or not answers, answers
