"""What the CRM tells, also when it tells it badly, twice, or at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.person import DANIEL, MEI
from tests.story.processes import run_baton
from tests.story.shown import Json, live_text, text_of

BOTH = pairs("http-sqlite", "socket-postgresql")
pytestmark = pytest.mark.parametrize("story", BOTH, indirect=True)
LIMIT = 5 * 1024 * 1024
HOSTILE = '<!channel> & "Söns" <@U01ADALIND> 🎉'


def test_a_second_telling_edits_the_card_in_place(story: Story) -> None:
    facts = deal()
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    card = story.said(channel, "deal_opened", "48,000")
    story.win({**facts, "amount": "52000", "notes": "They added Alerts.", "products": ["Core", "Alerts"]})
    edited = story.said(channel, "deal_opened", "52,000", "They added Alerts.", "Alerts")
    assert edited["ts"] == card["ts"]
    assert "Maria Silva" not in text_of(edited)
    announced = story.said(CS, "deal_announced", channel, "52,000")
    story.quiet()
    assert [one["ts"] for one in story.messages(channel, "deal_opened")] == [card["ts"]]
    assert [one["ts"] for one in story.messages(CS, "deal_announced") if channel in text_of(one)] == [announced["ts"]]
    assert len(story.eva.channel(channel)["pins"]) == 1


def test_the_same_delivery_twice_acts_once(story: Story) -> None:
    facts = deal()
    body = {"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": facts}
    first = story.send(body, message_id=f"once-{facts['id']}")
    again = story.send(body, message_id=f"once-{facts['id']}")
    assert (first.status_code, again.status_code) == (202, 202)
    assert (first.json()["accepted"], again.json()["duplicates"]) == (1, 1)
    story.deal_channel(channel_name(facts))
    story.quiet()
    assert len(story.named(channel_name(facts))) == 1
    story.nothing_twice()


def test_deliveries_at_once_make_one_channel(story: Story) -> None:
    facts = deal()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: story.win(facts), range(8)))
    channel = story.deal_channel(channel_name(facts))
    story.quiet()
    assert len(story.named(channel_name(facts))) == 1
    assert story.named(f"{channel_name(facts)}-2") == []
    assert len(story.messages(channel, "deal_opened")) == 1
    story.nothing_twice()


def test_two_deals_of_one_account_get_a_channel_each(story: Story) -> None:
    first = deal()
    second = {**deal(), "account": first["account"]}
    story.win(first)
    story.win(second)
    story.deal_channel(channel_name(first))
    story.deal_channel(f"{channel_name(first)}-2")


def test_an_owner_nobody_knows_loses_nothing(story: Story) -> None:
    facts = deal(owner_email="left.last.month@northwind.example")
    story.win(facts)
    channel = story.deal_channel(channel_name(facts))
    announced = story.said(CS, "deal_announced", channel)
    assert "left.last.month@northwind.example" in text_of(announced)
    assert "Maria Silva" in text_of(story.said(channel, "deal_opened"))
    story.chloe.press(story.said(channel, "handoff_requested"), "Fill in handoff")
    assert story.chloe.view()["callback_id"] == "handoff"
    story.chloe.close()


def test_without_a_csm_the_one_with_fewest_deals_gets_it(story: Story, tmp_path: Path) -> None:
    roster = tmp_path / "csms.csv"
    roster.write_text(
        "email,regions,segments,active\ndaniel@northwind.example,APAC,,yes\nmei@northwind.example,APAC,,yes\n"
    )
    run_baton("csms", "import", str(roster), cwd=tmp_path, env=story.bot.settings)
    members: list[set[str]] = []
    for _ in range(2):
        facts = deal(csm_email=None)
        facts["account"] |= {"region": "APAC"}
        story.win(facts)
        members.append(set(story.get_channel(story.deal_channel(channel_name(facts)))["members"]) & {DANIEL, MEI})
    assert sorted(map(len, members)) == [1, 1]
    assert members[0] | members[1] == {DANIEL, MEI}


def test_a_deal_recorded_by_hand(story: Story) -> None:
    story.ben.command("/deal won")
    assert story.ben.view()["callback_id"] == "deal_won"
    given = {"account": f"By hand {deal()['id']}", "name": "Starter"}
    answer = story.ben.submit(**given)
    assert answer["ok"], answer
    channel = story.deal_channel("deal-" + given["account"].lower().replace(" ", "-"))
    assert story.ben.id in story.get_channel(channel)["members"]


@pytest.mark.parametrize(
    "name",
    [HOSTILE, "x" * 10_000, "مرحبا بالعالم \u202e", "🎉🎉", "上海明珠物流有限公司", "   ", "a\u0000b\nc"],
    ids=["mentions", "long", "right-to-left", "emoji", "chinese", "blank", "control"],
)
def test_hostile_names(story: Story, name: str) -> None:
    facts = deal(name=name, notes=f"{name}\n<https://evil.example|click>")
    facts["account"] |= {"name": name}
    answer = story.send({"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": facts})
    if answer.status_code == 422:
        assert answer.json()["refused"][0]["field"], answer.text
        return
    assert answer.status_code == 202, answer.text
    channel = story.until(lambda: _channel_of(story, facts), name[:20])
    story.said(channel, "handoff_requested")
    story.quiet()
    story.nothing_twice()
    story.ada.command("/handoff", channel)
    typed = name.replace("\u0000", "")[:3_000]
    story.ada.submitted(problem=f"Why: {typed}"[:3_000], success_metrics="A: 1 -> 2", stakeholders=HOSTILE)
    brief = story.said(channel, "handoff_submitted")
    story.quiet()
    for message in [brief, *story.messages(channel), *story.messages(CS)]:
        assert "<!channel>" not in live_text(message)
        assert "<https://evil.example|click>" not in live_text(message)
        assert "<@U01ADALIND> 🎉" not in live_text(message)


def _channel_of(story: Story, facts: Json) -> str | None:
    rows = story.rows("SELECT channel_id FROM deal WHERE external_id = :id", id=facts["id"])
    return rows[0].channel_id if rows else None


def test_a_body_beyond_five_mebibytes(story: Story) -> None:
    body = {"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": deal(notes="")}
    empty = len(json.dumps(body))
    body["data"]["notes"] = "n" * (LIMIT + 1 - empty)
    assert len(json.dumps(body)) == LIMIT + 1
    assert story.send(body).status_code == 413
    assert story.rows("SELECT 1 FROM deal WHERE external_id = :id", id=body["data"]["id"]) == []


def test_signatures(story: Story) -> None:
    facts = deal()
    body = {"type": "deal.won", "timestamp": datetime.now(UTC).isoformat(), "data": facts}
    other = "whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC0zMi1ieXQ="
    now = datetime.now(UTC)
    answers = [
        story.send(body, secret=other),
        story.send(body, headers={"webhook-signature": None}),
        story.send(body, headers={"webhook-id": None}),
        story.send(body, headers={"webhook-timestamp": None}),
        story.send(body, headers={"webhook-signature": "v1,AAAA"}),
        story.send(body, headers={"webhook-signature": "nonsense"}),
        story.send(body, headers={"webhook-timestamp": "soon"}),
        story.send(body, headers={"webhook-id": "another"}),
        story.send(body, at=now - timedelta(minutes=6)),
        story.send(body, at=now + timedelta(minutes=6)),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)
    assert story.rows("SELECT 1 FROM deal WHERE external_id = :id", id=facts["id"]) == []


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b'"x"', b"\x80", b'{"type": "deal.won"}', b"{}" * 9])
def test_nonsense_is_never_our_fault(story: Story, content: bytes) -> None:
    sent = content if content.isascii() else b"\xc2\x80"
    assert story.send(sent).status_code in {400, 422}


def test_slack_without_slacks_signature_is_turned_away(story: Story) -> None:
    now = str(int(datetime.now(UTC).timestamp()))
    body = b"command=%2Fbaton&text=help&user_id=U06EVANOVA"
    for headers in ({}, {"x-slack-signature": "v0=00", "x-slack-request-timestamp": now}):
        answer = httpx.post(f"{story.bot.url}/slack/events", content=body, headers=headers)
        assert answer.status_code == (404 if "SLACK_APP_TOKEN" in story.bot.settings else 401)
