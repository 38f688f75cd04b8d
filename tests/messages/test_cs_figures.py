"""The figures, what sales forgets, the welcome call: inside Slack's limits, in plain words."""

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.handoff import Answers
from domain.handoff_lists import Stakeholder
from domain.metrics.figures import FEW, Acted, Seller, Step, brief
from domain.retro import Forgets
from messages.cs_file import HEAD, as_csv, safe
from messages.cs_metrics import alt_of, digest_line, metrics_asked, metrics_message
from messages.cs_retro import retro_message
from messages.cs_welcome import welcome_agenda, welcome_message
from messages.portfolio import portfolio_digest
from messages.say import Message
from tests.domain.metrics.test_figures import MONTHS_SHOWN, figures
from tests.messages.checks import check_message, formatted, shown
from tests.messages.pictures import picture, submitted

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TEXTS = st.text(max_size=400)


def test_each_figure_says_how_many_deals_stand_behind_it_and_its_trend() -> None:
    text = shown(check_message(metrics_message(figures())))
    assert "Days to onboard: *78 days* (median of 39 deals), falling by about 2.0 a month (p < 0.001)" in text
    assert "Reminders acted on within a day: *75 %* (of 20 mornings)" in text
    assert "10 told, *75 %* useful of 8 that somebody judged; 3 recovered" in text
    assert "• <@U1>: score *85 %*, accepted after *3 days* (2 deals)" in text
    assert "Nov 26" in text
    assert "so far" in text
    assert "Mann-Kendall" in text


def test_noise_is_not_told_as_a_trend() -> None:
    calm = replace(figures(), onboarding=replace(figures().steps[0].series, median=30.0, deals=9))
    text = shown(metrics_message(calm))
    assert "Days to onboard: *30 days* (median of 9 deals)\n" in text
    assert digest_line(brief(calm)).startswith("Onboarding takes 30 days in the median of 9 deals.")


def test_the_leads_digest_has_the_figures_in_one_line() -> None:
    facts = {"to": "lead", "day": "2026-11-23", "team_of": [["U1", {"deals": 3, "at_risk": 0, "risks": []}]]}
    found = portfolio_digest({**facts, "figures": json.loads(json.dumps(brief(figures())))}, NOW)
    assert isinstance(found, Message)
    text = shown(check_message(found))
    assert "Onboarding takes 78 days in the median of 39 deals, falling by about 2.0 a month (p < 0.001)." in text
    plain = portfolio_digest({**facts, "figures": {}}, NOW)
    assert isinstance(plain, Message)
    assert "Onboarding" not in shown(plain)


def test_nothing_finished_says_so() -> None:
    nothing = replace(figures().steps[0].series, deals=0, median=None)
    empty = replace(figures(), onboarding=nothing, score=nothing, reminders=())
    assert "nothing to measure yet" in check_message(metrics_message(empty)).text
    assert digest_line(brief(empty)) == ""


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_many_steps_and_sellers_fit(title: str) -> None:
    base = figures()
    step = Step("s", title or "x", "other", base.steps[0].series)
    many = replace(
        base,
        steps=(step,) * 60,
        sellers=tuple(Seller(f"U{number:010d}", number, 50, 3.5) for number in range(1, 200)),
        reminders=tuple(Acted(month, 1_000_000, 999_999) for month in MONTHS_SHOWN),
    )
    check_message(metrics_message(many))
    check_message(metrics_asked({"file": "F0123456789", "alt": alt_of(many)}, NOW))
    check_message(metrics_asked({}, NOW))


def test_retro_names_what_to_learn_and_judges_nobody_on_two_handoffs() -> None:
    one = Forgets("U1", 4, (("stakeholders", 3), ("key_dates", 2)), 1, 2)
    few = Forgets("U2", 2, (("problem", 2),))
    text = shown(check_message(retro_message(replace(one, seller="*", handoffs=6), (one, few), TODAY, 180)))
    assert "Most often missing at first: People on their side (50 %) and Key dates (33 %)." in text
    assert "<@U1>, 4 handoffs: missing People on their side (75 %)" in text
    assert "<@U2>" not in text
    assert "1 seller with fewer than 3 handoffs" in text
    assert "nothing to learn from yet" in check_message(retro_message(Forgets("*", 0), (), TODAY, 180)).text
    sellers = tuple(replace(one, seller=f"U{number:010d}") for number in range(90))
    check_message(retro_message(one, sellers, TODAY, 180))


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS)
def test_the_welcome_call_fits_and_posts_nothing_confidential(problem: str, secret: str) -> None:
    secret = f"secret-{secret}"
    answers = Answers(
        problem=problem,
        concerns=secret,
        sensitivities=secret,
        stakeholders=tuple(Stakeholder(f"p{place}", "Maria <Silva>", "CFO", "cost") for place in range(9)),
    )
    deal = replace(picture(), handoff=submitted(answers=answers))
    mine = check_message(welcome_message(deal, confidential=True))
    assert "secret-" in shown(mine)
    for message in (welcome_message(deal, confidential=False), welcome_agenda(deal, {"by": "U1"}, NOW)):
        assert "secret-" not in shown(check_message(message))
        assert not [text for text in formatted(message.blocks) if "<Silva>" in text]


def test_without_a_handoff_the_call_asks_instead() -> None:
    text = shown(check_message(welcome_message(replace(picture(), handoff=None), confidential=True)))
    assert "The handoff is not handed in yet" in text
    assert "what number would tell you that it was worth it" in text


def test_the_file_has_a_row_for_each_figure_and_runs_no_formula() -> None:
    rows = list(csv.reader(StringIO(as_csv(figures(title='=HYPERLINK("http://evil")')))))
    assert tuple(rows[0]) == HEAD
    assert all(len(row) == len(HEAD) for row in rows)
    assert ["days to onboard", "", "2025-11", "90", "days", str(FEW)] in rows
    assert ["reminders acted on", "", "2025-11", "75", "percent", "20"] in rows
    assert ["handoff score", "U1", "", "85", "percent", "2"] in rows
    titles = [row[1] for row in rows if row[0] == "days to milestone"]
    assert titles
    assert all(title.startswith("'=") for title in titles)


@given(st.text(min_size=1, max_size=20))
def test_no_text_begins_as_a_formula(text: str) -> None:
    assert safe(text)[0] not in "=+-@\t\r"
