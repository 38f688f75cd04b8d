"""The examples that send events do it: against a real `baton run`, and by the models of the webhook."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from types import ModuleType
from typing import Any, Final

import pytest

from handlers.webhooks.models import EVENTS, Account, UsageSample
from handlers.webhooks.parse import parse
from tests.bot.program import ROOT, environment
from tests.story.conftest import make_database
from tests.story.harness import SECRET, Story, channel_name, deal, tell

EXAMPLES: Final = ROOT / "docs" / "examples"
TODAY: Final = "2026-11-23T09:00:00Z"

__all__ = ["make_database"]


@pytest.fixture(scope="module")
def told(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Generator[Story]:
    with tell(tmp_path_factory.mktemp("bot"), make_database("sqlite"), "socket") as story:
        yield story


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return importlib.import_module("send_event")


@pytest.fixture
def stripe(client: ModuleType) -> ModuleType:
    assert client.Baton
    return importlib.import_module("stripe_events")


def run(*command: str, told: Story, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    values = {"BATON_URL": told.bot.url, "BATON_WEBHOOK_SECRET": SECRET, **env}
    return subprocess.run(
        command,
        cwd=EXAMPLES,
        env=environment(values) | {"PATH": os.environ["PATH"]},
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def accepted(done: subprocess.CompletedProcess[str]) -> Any:  # noqa: ANN401 - Baton's answer
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


def test_curl_sends_an_event_that_acts_once(told: Story) -> None:
    facts = deal(name="Café & “quotes” – 100 %", notes="One line\nand another\n")
    event = json.dumps({"type": "deal.won", "timestamp": TODAY, "data": facts}, ensure_ascii=False)
    for duplicates in (0, 1):
        answer = accepted(run("sh", "send_event.sh", told=told, given=event, EVENT_ID="deal-17"))
        assert answer == {"accepted": 1 - duplicates, "duplicates": duplicates, "refused": []}
    told.deal_channel(channel_name(facts))


def test_curl_fails_on_a_wrong_secret_and_on_what_is_refused(told: Story) -> None:
    event = json.dumps({"type": "deal.won", "timestamp": TODAY, "data": deal()})
    wrong = run(
        "sh", "send_event.sh", told=told, given=event, BATON_WEBHOOK_SECRET="whsec_d3Jvbmctd3Jvbmctd3Jvbmctd3Jv"
    )
    assert (wrong.returncode, "signature" in wrong.stdout.lower()) == (22, True)
    refused = run("sh", "send_event.sh", told=told, given='{"type": "deal.won", "timestamp": "2026-11-23", "data": {}}')
    assert (refused.returncode, '"field":"id"' in refused.stdout) == (22, True)


def test_python_sends_the_deal_it_shows(told: Story) -> None:
    for _ in range(2):
        # Each time under a new id: the deal is brought up to date, and stays one.
        assert accepted(run(sys.executable, "send_event.py", told=told))["accepted"] == 1
    assert len(told.rows("SELECT id FROM deal WHERE external_id = 'D-1042'")) == 1
    told.deal_channel("deal-fjordbank-as")


def test_python_says_what_was_refused(told: Story, client: ModuleType) -> None:
    baton = client.Baton(told.bot.url, SECRET)
    with pytest.raises(client.Refused, match="owner_email"):
        baton.send("deal.won", {key: value for key, value in deal().items() if key != "owner_email"})


def test_hubspots_action_signs_as_baton_reads(told: Story) -> None:
    inputs = {
        "hs_object_id": "77",
        "dealname": "Renewals",
        "amount": "1200.50",
        "deal_currency_code": "EUR",
        "closedate": "1795168800000",
        "description": "They start small.",
    }
    company = {"id": "9", "properties": {"name": "Harbour HubSpot", "domain": "harbour.example", "country": "EMEA"}}
    program = (
        "const { send, dealWon } = require('./hubspot_workflow.js');"
        f"const data = dealWon({json.dumps(inputs)}, {{email: 'ada@northwind.example'}}, {json.dumps(company)}, 42);"
        "const { BATON_URL, BATON_WEBHOOK_SECRET } = process.env;"
        f"send(BATON_URL, BATON_WEBHOOK_SECRET, 'hubspot-77-1', 'deal.won', '{TODAY}', data)"
        ".then((answer) => console.log(JSON.stringify(answer)));"
    )
    assert accepted(run("node", "-e", program, told=told))["accepted"] == 1
    told.deal_channel("deal-harbour-hubspot")
    row = told.rows("SELECT name, amount, currency, notes FROM deal WHERE external_id = 'hubspot-77'")[0]
    assert (row.name, float(row.amount), row.currency, row.notes) == ("Renewals", 1200.5, "EUR", "They start small.")


def test_the_types_of_the_python_client_are_those_of_the_webhook(client: ModuleType) -> None:
    shapes = {
        "deal.won": client.DealWon,
        "usage.recorded": client.UsageRecorded,
        "plan.changed": client.PlanChanged,
        "subscription.canceled": client.SubscriptionCanceled,
    }
    models: Mapping[str, Any] = EVENTS
    for kind, shape in shapes.items():
        fields = {field.alias or name: field.is_required() for name, field in models[kind].model_fields.items()}
        assert set(shape.__annotations__) == set(fields), kind
        assert shape.__required_keys__ == {name for name, needed in fields.items() if needed}, kind
    assert set(client.Account.__annotations__) == set(Account.model_fields)
    assert set(client.Sample.__annotations__) == set(UsageSample.model_fields)


def subscription(
    kind: str, before: list[dict[str, Any]], after: list[dict[str, Any]], **more: object
) -> dict[str, Any]:
    held = {"metadata": {"account_id": "A-7"}, "items": {"data": after}, **more}
    previous = {"items": {"data": before}} if before else {}
    return {"type": kind, "created": 1_795_168_800, "data": {"object": held, "previous_attributes": previous}}


def price(name: str, cents: int, interval: str = "month", quantity: int = 1, currency: str = "eur") -> dict[str, Any]:
    recurring = {"interval": interval, "interval_count": 1}
    told = {"id": f"price_{name}", "nickname": name, "unit_amount": cents, "currency": currency, "recurring": recurring}
    return {"price": told, "quantity": quantity}


@pytest.mark.parametrize(
    ("before", "after", "delta"),
    [
        (price("Starter", 9_900), price("Growth", 99_900), "900.00"),
        (price("Growth", 120_000, "year"), price("Starter", 9_900), "-1.00"),
        (price("Starter", 5_000, currency="jpy"), price("Team", 5_000, quantity=3, currency="jpy"), "10000.00"),
    ],
)
def test_a_changed_plan_of_stripe(
    before: dict[str, Any], after: dict[str, Any], delta: str, stripe: ModuleType
) -> None:
    kind, data = stripe.baton_event(subscription("customer.subscription.updated", [before], [after]))
    event = parse(json.dumps({"type": kind, "timestamp": TODAY, "data": data}).encode())
    read = event.data.model_dump(by_alias=True)
    assert (event.kind, read["account_id"]) == ("plan.changed", "A-7")
    assert (read["from"], read["to"]) == (before["price"]["nickname"], after["price"]["nickname"])
    assert str(read["mrr_delta"]) == delta


def test_a_canceled_subscription_of_stripe(stripe: ModuleType) -> None:
    gone = subscription("customer.subscription.deleted", [], [], cancellation_details={"comment": "too dear"})
    kind, data = stripe.baton_event(gone)
    event = parse(json.dumps({"type": kind, "timestamp": TODAY, "data": data}).encode())
    assert (event.kind, event.data.model_dump()["reason"]) == ("subscription.canceled", "too dear")


@pytest.mark.parametrize(
    "event",
    [
        subscription("customer.subscription.updated", [], [price("Starter", 1)]),
        subscription("customer.subscription.updated", [price("Starter", 1)], [price("Starter", 1)]),
        subscription("customer.subscription.updated", [price("A", 1)], [price("B", 1)], metadata={}),
        subscription("invoice.paid", [price("A", 1)], [price("B", 1)]),
    ],
    ids=["something else changed", "the same plan", "no account", "another event"],
)
def test_what_baton_does_not_want_to_know(event: dict[str, Any], stripe: ModuleType) -> None:
    assert stripe.baton_event(event) is None
