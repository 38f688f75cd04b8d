"""mrkdwn: escaping, what Slack stores, the tree, plain text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.blockkit.api import as_stored, escape_text, parse_mrkdwn, to_plain
from tests.growth import LINEAR, ratio

TEXTS = st.text(alphabet=st.sampled_from(list("ab *_~`<>@#!|^&;:•-1.\n/𝓍å")), max_size=80)
SAFE = {"http", "https", "mailto", "tel"}


def t(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def bold(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": "bold", "children": list(children)}


def link(url: str, text: str) -> dict[str, Any]:
    return {"type": "link", "url": url, "text": text}


BREAK = {"type": "break"}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", []),
        ("plain", [t("plain")]),
        ("a &amp; b &lt;c&gt;", [t("a & b <c>")]),
        ("*bold* x", [bold(t("bold")), t(" x")]),
        ("_it_ ~no~", [{"type": "italic", "children": [t("it")]}, t(" "), {"type": "strike", "children": [t("no")]}]),
        ("*a _b_*", [bold(t("a "), {"type": "italic", "children": [t("b")]})]),
        ("2*3*4", [t("2*3*4")]),
        ("* a *", [t("* a *")]),
        ("*a", [t("*a")]),
        ("a_b_c", [t("a_b_c")]),
        ("*a\nb*", [t("*a"), BREAK, t("b*")]),
        ("**a**", [t("**a**")]),
        ("(*a*)", [t("("), bold(t("a")), t(")")]),
        ("`a*b*`", [{"type": "code", "text": "a*b*"}]),
        ("*a `*` b*", [bold(t("a "), {"type": "code", "text": "*"}, t(" b"))]),
        ("```\nx = *1*\n```", [{"type": "pre", "text": "x = *1*"}]),
        ("a\nb", [t("a"), BREAK, t("b")]),
        ("&gt; q\n&gt; r\ns", [{"type": "quote", "children": [t("q"), BREAK, t("r")]}, t("s")]),
        ("> q", [{"type": "quote", "children": [t("q")]}]),
        ("a\n&gt;&gt;&gt; q\nr", [t("a"), {"type": "quote", "children": [t("q"), BREAK, t("r")]}]),
        ("<https://a.example>", [link("https://a.example", "https://a.example")]),
        ("<https://a.example?x=1&amp;y=2|a &amp; b>", [link("https://a.example?x=1&y=2", "a & b")]),
        ("<mailto:a@b.example|a@b.example>", [link("mailto:a@b.example", "a@b.example")]),
        ("<javascript:alert(1)|x>", [t("<javascript:alert(1)|x>")]),
        ("<data:text/html,x>", [t("<data:text/html,x>")]),
        ("<nonsense>", [t("<nonsense>")]),
        ("<|>", [t("<|>")]),
        ("<@> <#> <!>", [t("<@> <#> <!>")]),
        ("<@|x>", [t("<@|x>")]),
        ("<@U1>", [{"type": "user", "id": "U1", "text": ""}]),
        ("<@U1|ada>", [{"type": "user", "id": "U1", "text": "ada"}]),
        ("<#C1|general>", [{"type": "channel", "id": "C1", "text": "general"}]),
        ("<!here>", [{"type": "special", "name": "here", "text": ""}]),
        ("<!channel|channel>", [{"type": "special", "name": "channel", "text": "channel"}]),
        ("<!subteam^S1|@cs>", [{"type": "usergroup", "id": "S1", "text": "@cs"}]),
        (":tada:", [{"type": "emoji", "name": "tada"}]),
        (":wave::skin-tone-3:", [{"type": "emoji", "name": "wave", "skin_tone": 3}]),
        ("at 10:30:00", [t("at 10"), {"type": "emoji", "name": "30"}, t("00")]),
        (
            "<!date^1392734382^{date} at {time}^https://a.example|Feb 18>",
            [
                {
                    "type": "date",
                    "timestamp": 1392734382,
                    "format": "{date} at {time}",
                    "url": "https://a.example",
                    "fallback": "Feb 18",
                }
            ],
        ),
        (
            "<!date^1^{date}^javascript:x|f>",
            [{"type": "date", "timestamp": 1, "format": "{date}", "url": None, "fallback": "f"}],
        ),
        ("<!date^soon^{date}|f>", [t("f")]),
        ("<!date^²^{date}|f>", [t("f")]),
        (f"<!date^{'9' * 5000}^{{date}}|f>", [t("f")]),
        (
            "• one\n• *two*\nend",
            [
                {
                    "type": "list",
                    "ordered": False,
                    "items": [
                        {"indent": 0, "marker": "•", "children": [t("one")]},
                        {"indent": 0, "marker": "•", "children": [bold(t("two"))]},
                    ],
                },
                t("end"),
            ],
        ),
        (
            "1. one\n  2. two",
            [
                {
                    "type": "list",
                    "ordered": True,
                    "items": [
                        {"indent": 0, "marker": "1.", "children": [t("one")]},
                        {"indent": 1, "marker": "2.", "children": [t("two")]},
                    ],
                }
            ],
        ),
    ],
)
def test_tree(text: str, tree: list[dict[str, Any]]) -> None:
    assert parse_mrkdwn(text) == tree


def nodes_of(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for node in nodes:
        found.append(node)
        found += nodes_of(node.get("children", []))
        for item in node.get("items", []):
            found += nodes_of(item["children"])
    return found


@given(TEXTS)
def test_any_text_has_a_safe_tree(text: str) -> None:
    tree = parse_mrkdwn(text)
    assert json.loads(json.dumps(tree)) == tree
    for node in nodes_of(tree):
        if node["type"] == "link":
            assert node["url"].partition(":")[0].lower() not in {"javascript", "data", "vbscript", ""}


@given(st.text(max_size=200))
def test_escaped_text_mentions_nobody(text: str) -> None:
    kinds = {node["type"] for node in nodes_of(parse_mrkdwn(escape_text(text)))}
    assert kinds.isdisjoint({"user", "channel", "special", "usergroup", "date", "link"})


@given(TEXTS, st.booleans())
def test_storing_twice_changes_nothing(text: str, verbatim: bool) -> None:
    once = as_stored(text, verbatim=verbatim)
    assert as_stored(once, verbatim=verbatim) == once


@given(st.text(alphabet="ab &<>å👍.,", max_size=60).filter(lambda text: not text.startswith(">")))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    assert to_plain(escape_text(text)) == text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a & b", "a &amp; b"),
        ("a &amp; b &lt;", "a &amp; b &lt;"),
        ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("<!channel> <@U1> <#C1|x>", "<!channel> <@U1> <#C1|x>"),
        ("go to https://a.example/x, now", "go to <https://a.example/x>, now"),
        ("(https://a.example)", "(<https://a.example>)"),
        ("<https://a.example|a & b>", "<https://a.example|a &amp; b>"),
        ("`https://a.example`", "`https://a.example`"),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_what_slack_stores(text: str, stored: str) -> None:
    assert as_stored(text) == stored


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("*Hello* _you_ &amp; ~me~", "Hello you & me"),
        ("<@U1> in <#C1|sales>", "@Ada in #sales"),
        ("<@U2>", "@U2"),
        ("<!here> <!subteam^S1|@cs>", "@here @cs"),
        ("<https://a.example|site>", "site"),
        ("<!date^1^{date}|Feb 18> :tada:", "Feb 18 :tada:"),
        ("• a\n• b", "• a\n• b"),
        ("a\n&gt; b\nc", "a\nb\nc"),
        ("`x` ```y``` z", "x \ny\n z"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert to_plain(text, {"U1": "Ada"}) == plain


@pytest.mark.parametrize("unit", ["*a ", "*", "<", "_*~", "`", ":a", "a\n", "&gt; ", "* _a", "```"])
def test_long_texts_take_no_longer_than_their_length(unit: str) -> None:
    def read(length: int) -> None:
        text = unit * (length // len(unit))
        parse_mrkdwn(text)
        as_stored(text)

    assert ratio(lambda: read(20_000), lambda: read(5_000)) < LINEAR
