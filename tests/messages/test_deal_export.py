"""The export of a deal: the same facts as JSON and as a page, which can do no harm; confidential parts apart."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from domain.handoff import FIELDS
from domain.usage.metrics import USUAL
from messages.deal_export import Line, Told, as_html, as_json, document
from tests.messages.pictures import picture as a_picture
from tests.messages.pictures import question, submitted

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)> & {{ 7*7 }}'
TOLD = Told(
    date(2026, 9, 7),
    {"logins": (10.0, None, 25.0), "active_users": ()},
    [Line(NOW, "Chloé", "call", EVIL)],
    [Line(NOW, "Chloé", "win", "First invoice")],
    [Line(NOW, "Ada Lindqvist", "handoff submitted", "by form")],
)


class Seen(HTMLParser):
    """Tags and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("confidential", [True, False])
def test_both_forms_hold_the_same_and_no_more_than_allowed(confidential: bool) -> None:
    handoff = submitted()
    answers = replace(handoff.answers, notes=EVIL, concerns="They fear the cost.", sensitivities="Mind the CFO.")
    picture = a_picture(handoff=replace(handoff, answers=answers), questions=(question(),))
    made = document(picture, TOLD, NOW, confidential=confidential)
    read = json.loads(as_json(made))
    assert read["format"] == "baton-deal/1"
    assert read["deal"]["account"]["name"] == picture.facts.account.name
    assert read["handoff"]["answers"]["notes"] == EVIL
    shown = {field.name for field in FIELDS if confidential or not field.confidential}
    assert set(read["handoff"]["answers"]) == shown
    assert len(read["questions"]) == len(picture.questions)
    assert read["usage"]["weeks"]["logins"] == [10.0, None, 25.0]
    page = as_html(picture, made, USUAL)
    seen = Seen()
    seen.feed(page)
    assert not {"script", "img", "link", "iframe"} & set(seen.tags)
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert EVIL in seen.text
    for secret in ("They fear the cost.", "Mind the CFO."):
        assert (secret in seen.text) == confidential
        assert (secret in as_json(made)) == confidential
    assert "First invoice" in seen.text
    assert "@page" in page
    assert "http" not in page.replace("http-equiv", "").split("<body>")[0]
