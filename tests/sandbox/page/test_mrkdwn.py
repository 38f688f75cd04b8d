"""mrkdwn, Markdown and emoji as the page's modules read them, in the browser itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

LOAD = """async () => {
  const base = "/_sandbox/static/js/";
  const [mrkdwn, markdown, store, emoji, time, completion] = await Promise.all(
    ["mrkdwn", "markdown", "store", "emoji", "time", "completion"].map((name) => import(base + name + ".js")));
  await emoji.loadEmoji("/_sandbox/static/emoji.json");
  const workspace = new store.Store();
  workspace.load({team: {}, me: {tz: "Europe/Stockholm"}, app: {bot_user_id: "U00BOT0001", name: "Baton"},
    people: [{id: "U01ADALIND", name: "ada", real_name: "Ada Lindqvist"}],
    channels: [{id: "C00GENERAL", name: "general"}], }, "U01ADALIND");
  workspace.setNow("2026-11-23T12:00:00Z");
  const box = (nodes) => { const div = document.createElement("div"); div.append(...[nodes].flat(9)); return div; };
  window.kit = {
    mrkdwn: (text) => box(mrkdwn.renderMrkdwn(text, workspace)).innerHTML,
    words: (text) => box(mrkdwn.renderMrkdwn(text, workspace)).textContent,
    tags: (text) => [...box(mrkdwn.renderMrkdwn(text, workspace)).querySelectorAll("*")].map((e) => e.localName),
    markdown: (text) => box(markdown.renderMarkdown(text, workspace)).innerHTML,
    ids: (text) => completion.namesToIds(text, workspace),
    initials: (name) => store.initialsOf(name),
    monday: (iso, zone) => new Date(time.nextMondayNine(Date.parse(iso), zone)).toISOString(),
    wall: (text, zone) => time.localField(time.fromLocalField(text, zone), zone),
  };
}"""


@pytest.fixture(scope="module")
def kit(browser: Browser, files_url: str) -> Any:  # noqa: ANN401 - a page closed over by a function
    page: Page = browser.new_page()
    page.goto(f"{files_url}/")
    page.evaluate(LOAD)
    yield lambda name, *arguments: page.evaluate("([name, args]) => kit[name](...args)", [name, list(arguments)])
    page.close()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~", "<strong>bold</strong> <em>it</em> <s>gone</s>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("*a _b_ c*", "<strong>a <em>b</em> c</strong>"),
        ("* not bold *", "* not bold *"),
        ("`*code* <x>`", '<code class="code">*code* x</code>'),
        ("&lt;!channel&gt; &amp;amp;", "&lt;!channel&gt; &amp;amp;"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_inline_marks(kit: Any, text: str, html: str) -> None:  # noqa: ANN401
    assert kit("mrkdwn", text) == f'<span class="para">{html}</span>'


def test_a_mention_is_not_made_from_escaped_text(kit: Any) -> None:  # noqa: ANN401
    assert 'class="mention' in kit("mrkdwn", "<!channel>")
    assert 'class="mention' not in kit("mrkdwn", "&lt;!channel&gt; &lt;@U01ADALIND&gt;")


def test_people_channels_dates_and_links(kit: Any) -> None:  # noqa: ANN401
    words = kit("words", "<@U01ADALIND> in <#C00GENERAL>: <https://a.example/?a=1&amp;b=2|the plan>")
    assert words == "@Ada Lindqvist in #general: the plan"
    assert 'href="https://a.example/?a=1&amp;b=2"' in kit("mrkdwn", "<https://a.example/?a=1&amp;b=2|x>")
    assert kit("words", "<!date^1795435200^{date_short_pretty} at {time}|late>") == "today at 13:00"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_no_link_runs_anything(kit: Any, url: str) -> None:  # noqa: ANN401
    assert "a" not in kit("tags", f"<{url}|press>")
    assert "<a" not in kit("markdown", f"[press]({url})")


def test_quotes_fences_and_emoji(kit: Any) -> None:  # noqa: ANN401
    assert kit("mrkdwn", "&gt; a\n&gt; b") == "<blockquote>a<br>b</blockquote>"
    assert kit("mrkdwn", "```a *b*\n&lt;c&gt;```") == '<pre class="pre"><code>a *b*\n&lt;c&gt;</code></pre>'
    assert kit("words", ":tada: :wave::skin-tone-3: :not_an_emoji: 12:30:45") == "🎉 👋🏼 :not_an_emoji: 12:30:45"


def test_markdown(kit: Any) -> None:  # noqa: ANN401
    html = kit("markdown", "# Title\n\n- one **b**\n  - two\n- [x] done\n\n| a | b |\n|--|-:|\n| 1 | 2 |")
    for part in ("md-h1", "<strong>b</strong>", "<ul><li>two</li></ul>", 'type="checkbox"', "<th", "align-right"):
        assert part in html


def test_names_typed_become_ids_and_nothing_else_changes(kit: Any) -> None:  # noqa: ANN401
    typed = "hi @ada lindqvist & <b> see #general, me@ada.example, @adalbert"
    assert kit("ids", typed) == "hi <@U01ADALIND> & <b> see <#C00GENERAL>, me@ada.example, @adalbert"


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ada Lindqvist", "AL"), ("Chloé de Vries", "CV"), ("陈美 Mei Chen", "MC"), ("🎉", "?"), ("Bo", "B")],
)
def test_initials(kit: Any, name: str, initials: str) -> None:  # noqa: ANN401
    assert kit("initials", name) == initials


@pytest.mark.parametrize(
    ("now", "zone", "monday"),
    [
        ("2026-11-23T07:59:00Z", "Europe/Stockholm", "2026-11-23T08:00:00.000Z"),
        ("2026-11-23T08:00:00Z", "Europe/Stockholm", "2026-11-30T08:00:00.000Z"),
        ("2026-03-27T12:00:00Z", "Europe/Stockholm", "2026-03-30T07:00:00.000Z"),
        ("2026-11-29T20:00:00Z", "Asia/Shanghai", "2026-11-30T01:00:00.000Z"),
    ],
)
def test_next_monday_in_the_persons_zone(kit: Any, now: str, zone: str, monday: str) -> None:  # noqa: ANN401
    assert kit("monday", now, zone) == monday


def test_a_wall_time_survives_the_way_through_a_zone(kit: Any) -> None:  # noqa: ANN401
    for zone in ("Asia/Kuala_Lumpur", "America/New_York", "UTC"):
        assert kit("wall", "2026-03-29T09:15", zone) == "2026-03-29T09:15"


_PIECES = st.sampled_from(
    [
        "*",
        "_",
        "~",
        "`",
        "```",
        "<",
        ">",
        "|",
        "&lt;",
        "&amp;",
        ":",
        "tada",
        "\n",
        " ",
        "x",
        "@U1",
        "!channel",
        "http://a.b",
        "[",
        "](",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=30).map("".join)))
def test_no_text_becomes_an_element_of_its_own(kit: Any, text: str) -> None:  # noqa: ANN401
    allowed = {"span", "strong", "em", "s", "code", "pre", "blockquote", "br", "a", "time"}
    assert set(kit("tags", text)) <= allowed
