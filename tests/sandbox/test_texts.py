"""What becomes of a text: sent by the app, and typed by a person. One row a case.

Source: docs.slack.dev/messaging/formatting-message-text.
"""

from tests.sandbox.conftest import Running

GENERAL, ADA = "C00GENERAL", "U01ADALIND"

SENT: list[tuple[str, dict[str, object], str]] = [
    ("plain", {}, "plain"),
    ("R&D <b> a > b", {}, "R&amp;D &lt;b&gt; a &gt; b"),
    ("R&amp;D &lt;b&gt;", {}, "R&amp;D &lt;b&gt;"),
    ("<@U01ADALIND> <#C00SALES000> <!here>", {}, "<@U01ADALIND> <#C00SALES000|sales> <!here>"),
    ("<!subteam^S00CSTEAM0>", {}, "<!subteam^S00CSTEAM0>"),
    ("<!date^1392734382^{date}|then>", {}, "<!date^1392734382^{date}|then>"),
    ("at https://x.example/a?b=1&c=2.", {}, "at <https://x.example/a?b=1&amp;c=2>."),
    ("<https://x.example|here>", {}, "<https://x.example|here>"),
    ("<mailto:a@x.example|a>", {}, "<mailto:a@x.example|a>"),
    ("<javascript:alert(1)|x>", {}, "&lt;javascript:alert(1)|x&gt;"),
    ("`<b>` and ```a & b```", {}, "`&lt;b&gt;` and ```a &amp; b```"),
    ("@here in #sales", {}, "@here in #sales"),
    ("@here in #sales by @ada", {"link_names": True}, "<!here> in <#C00SALES000|sales> by @ada"),
    ("@cs-team in #sales.", {"parse": "full"}, "<!subteam^S00CSTEAM0> in <#C00SALES000|sales>."),
    ("@channel in #nowhere", {"link_names": 1}, "<!channel> in #nowhere"),
]

TYPED: list[tuple[str, str]] = [
    ("plain", "plain"),
    ("<!channel> <!here|x> <!subteam^S00CSTEAM0>", "&lt;!channel&gt; &lt;!here|x&gt; &lt;!subteam^S00CSTEAM0&gt;"),
    ("@channel", "<!channel>"),
    ("@ben. @nobody", "<@U02BENCART>. @nobody"),
    ("<@U02BENCART> <#C00SALES000>", "<@U02BENCART> <#C00SALES000|sales>"),
    ("<@U02BENCART|admin>", "&lt;@U02BENCART|admin&gt;"),
    ("<https://x.example|free money>", "&lt;<https://x.example>|free money&gt;"),
    ("&amp; & <", "&amp;amp; &amp; &lt;"),
    ("a@x.example, https://x.example", "<mailto:a@x.example|a@x.example>, <https://x.example>"),
]


async def test_a_text_is_kept_as_slack_keeps_it(slack: Running) -> None:
    for text, args, kept in SENT:
        answer = await slack.api("chat.postMessage", json={"channel": GENERAL, "text": text, **args})
        assert answer["message"]["text"] == kept


async def test_what_a_person_types_means_only_what_it_shows(slack: Running) -> None:
    for text, kept in TYPED:
        await slack.ui("message", ADA, channel=GENERAL, text=text)
        message = (await slack.get(f"ui/channels/{GENERAL}", user=ADA))["messages"][-1]
        assert message["text"] == kept


async def test_a_long_text_is_cut_with_a_warning(slack: Running) -> None:
    kept = await slack.api("chat.postMessage", data={"channel": GENERAL, "text": "x" * 40_000})
    assert len(kept["message"]["text"]) == 40_000
    assert "warning" not in kept
    cut = await slack.api("chat.postMessage", data={"channel": GENERAL, "text": "x" * 40_001})
    assert len(cut["message"]["text"]) == 40_000
    assert cut["warning"] == "message_truncated"
    assert cut["response_metadata"]["warnings"] == ["message_truncated"]
    longest = {"channel": GENERAL, "ts": cut["ts"], "text": "y" * 4_000}
    assert (await slack.api("chat.update", json=longest))["text"] == "y" * 4_000


async def test_topics_are_escaped_and_not_linked(slack: Running) -> None:
    channel = (await slack.api("conversations.create", json={"name": "deal"}))["channel"]["id"]
    set_to = await slack.api("conversations.setTopic", json={"channel": channel, "topic": "R&D at https://x.example"})
    assert set_to["channel"]["topic"]["value"] == "R&amp;D at https://x.example"
    assert (await slack.api("conversations.setTopic", json={"channel": channel, "topic": ""}))["topic"] == ""
    assert (await slack.api("conversations.setPurpose", json={"channel": channel, "purpose": "x" * 250}))["ok"]
