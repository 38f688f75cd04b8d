"""Orders under `/_sandbox/` that cannot be carried out, and faults that are cleared."""

from sandbox.faults import CALL_FAULTS, DELIVERY_FAULTS
from tests.sandbox.conftest import Running

ORDERS: list[tuple[str, object, str]] = [
    ("faults", [{"fault": "rain"}], "unknown fault rain [json-pointer:/0/fault]"),
    ("faults", [{"fault": "429", "when": 1}], "unknown member when [json-pointer:/0]"),
    ("faults", [{"fault": "429"}, {"fault": "429", "times": 0}], "out of bounds [json-pointer:/1/times]"),
    ("faults", [{"fault": "429", "probability": 1.5}], "out of bounds [json-pointer:/0/probability]"),
    ("faults", [{"fault": "latency", "seconds": -1}], "out of bounds [json-pointer:/0/seconds]"),
    ("faults", [{"fault": "latency", "seconds": 1e400}], "out of bounds [json-pointer:/0/seconds]"),
    ("faults", ["429"], "must provide an object [json-pointer:/0]"),
    ("clock", {}, "now or advance must be given"),
    ("clock", {"advance": "a day"}, "must be seconds or an ISO 8601 duration [json-pointer:/advance]"),
    ("clock", {"advance": 1e300}, "must lead to a time between 1970 and 2200 [json-pointer:/advance]"),
    ("clock", {"advance": -1e12}, "must lead to a time between 1970 and 2200 [json-pointer:/advance]"),
    ("clock", {"now": "9999-01-01T00:00:00Z"}, "must lead to a time between 1970 and 2200 [json-pointer:/now]"),
    ("rates", {"factor": -1}, "must provide a number of 0 or more [json-pointer:/factor]"),
    ("socket", {"disconnect": "gently"}, "must be warning, refresh_requested, link_disabled or drop"),
    ("install", {"installed": "no"}, "must provide a boolean [json-pointer:/installed]"),
]


async def test_an_order_that_makes_no_sense_is_named(slack: Running) -> None:
    for path, order, said in ORDERS:
        answer = await slack.post(path, order)
        assert answer["error"] == "invalid_arguments", order
        assert answer["response_metadata"]["messages"][0].startswith(f"[ERROR] {said}")
    assert (await slack.get("faults"))["faults"] == []
    assert (await slack.api("auth.test"))["ok"]


async def test_faults_are_listed_until_they_are_cleared(slack: Running) -> None:
    orders = [{"method": "auth.test", "fault": fault, "times": None} for fault in sorted(CALL_FAULTS | DELIVERY_FAULTS)]
    listed = (await slack.post("faults", orders))["faults"]
    assert [one["fault"] for one in listed] == [one["fault"] for one in orders]
    async with slack.session.delete(f"{slack.url}_sandbox/faults") as answer:
        assert await answer.json() == {"faults": []}
    assert (await slack.api("auth.test"))["ok"]


async def test_the_clock_jumps_both_ways(slack: Running) -> None:
    before = (await slack.web.chat_postMessage(channel="C00GENERAL", text="now"))["ts"]
    await slack.post("clock", {"advance": "-P1D"})
    earlier = (await slack.web.chat_postMessage(channel="C00GENERAL", text="a day before"))["ts"]
    assert str(earlier) > str(before), "time-stamps of a channel only grow"
    await slack.post("clock", {"advance": "P2D"})
    later = (await slack.web.chat_postMessage(channel="C00GENERAL", text="a day after"))["ts"]
    assert float(str(later)) - float(str(before)) > 86_000
