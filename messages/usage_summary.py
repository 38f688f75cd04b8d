"""The line about usage in a deal's weekly summary."""

from datetime import date
from typing import Final

from domain.usage.metrics import Metrics
from domain.usage.settings import Kind
from domain.usage_alert import UsageAlertCard
from messages.usage_numbers import amount, unit

_NEAR: Final = 0.25
_FEW: Final = 3
"""A week within a quarter of the usual, or within three events, is as usual."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def fallen(card: UsageAlertCard, metrics: Metrics) -> str:
    """``Usage: logins 41 a week, 38 % under its usual 66 since 12 Oct``; as typed, one line."""
    counted, now, usual = unit(metrics, card.metric), amount(card.now), amount(card.usual)
    since = f"{card.since.day} {_MONTHS[card.since.month - 1]}"
    if card.kind is Kind.NOT_ACTIVATED:
        return f"Usage: {counted} {now} a week since it began; customers of this age and size have {usual}"
    share = 1 - card.now / card.usual if card.usual > 0 else 0.0
    if share <= 0:
        return f"Usage: {counted} {now} a week, again at its usual {usual}"
    return f"Usage: {counted} {now} a week, {share:.0%} under its usual {usual} since {since}".replace("%", " %")


def is_usual(count: float, before: float | None) -> bool:
    """Whether a week is near enough to those before it (None: there are none) to call it usual."""
    return before is not None and abs(count - before) <= max(_NEAR * before, _FEW)


def no_fall(count: float, before: float | None, metrics: Metrics, week: date) -> str:
    """``Usage: as usual, 66 logins in the week of 12 Oct``, or the two numbers where it is not as usual though no alert
    says more; as typed, one line."""
    counted = f"{amount(count)} {unit(metrics, metrics.primary)} in the week of {week.day} {_MONTHS[week.month - 1]}"
    if is_usual(count, before):
        return f"Usage: as usual, {counted}"
    return f"Usage: {counted}" + (f", {amount(before)} a week in the four before" if before is not None else "")
