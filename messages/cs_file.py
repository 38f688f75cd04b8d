"""The figures as rows of a CSV file, one a month and figure."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from domain.metrics.figures import Acted, Figures, Series

HEAD: Final = ("figure", "of", "month", "value", "unit", "behind_it")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(figures: Figures) -> str:
    """A header and one row for each figure and month; ``month`` is empty for the whole time, ``behind_it`` counts the
    deals (for reminders: the mornings). Text that a spreadsheet would run as a formula gets an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows(_rows(figures))
    return out.getvalue()


def safe(text: str) -> str:
    """Text from outside as a spreadsheet shows it and never runs it (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(figures: Figures) -> Iterator[tuple[str, ...]]:
    for name, found, unit in (
        ("days to onboard", figures.onboarding, "days"),
        ("days to kickoff", figures.kickoff, "days"),
        ("conversations while onboarding", figures.interactions, "count"),
        ("handoff score", figures.score, "percent"),
        ("days until the handoff is accepted", figures.accepting, "days"),
    ):
        yield from _series(name, "", found, unit)
    for step in figures.steps:
        yield from _series("days to milestone", safe(" ".join(step.title.split())), step.series, "days")
    for seller in figures.sellers:
        yield ("handoff score", seller.slack_id or "unknown", "", f"{seller.score:g}", "percent", str(seller.deals))
        yield ("days until accepted", seller.slack_id or "unknown", "", f"{seller.days:g}", "days", str(seller.deals))
    yield from (_acted(one) for one in figures.reminders if one.told)
    if figures.alerts is not None:
        told = figures.alerts
        for what, count in (
            ("told", told.told),
            ("acted on", told.taken),
            ("not useful", told.not_useful),
            ("recovered", told.recovered),
        ):
            yield ("usage alerts", what, "", str(count), "count", str(told.told))


def _series(name: str, of: str, found: Series, unit: str) -> Iterator[tuple[str, ...]]:
    for point in found.points:
        if point.median is not None:
            yield (name, of, f"{point.month:%Y-%m}", f"{point.median:g}", unit, str(point.deals))
    if found.median is not None:
        yield (name, of, "", f"{found.median:g}", unit, str(found.deals))


def _acted(one: Acted) -> tuple[str, ...]:
    share = f"{100 * one.acted / one.told:.0f}"
    return ("reminders acted on", "", f"{one.month:%Y-%m}", share, "percent", str(one.told))
