"""The arithmetic of a usage alert: exact for files and terminals (``explain``), and as a CSM reads it in Slack."""

from typing import Final, assert_never

from domain.usage.alerts import AccountAlert, Alert, FeedAlert
from domain.usage.feed import Break
from domain.usage.metrics import Metrics
from domain.usage.settings import Kind
from messages.text import day
from messages.usage_numbers import amount, percent, unit

_BREAKS: Final = 4
_CLEAR: Final = 1.5
"""From so many times the evidence asked on, chance is out of the question."""


def explain(alert: Alert) -> str:  # noqa: PLR0911 - one sentence a kind
    """What fell, from what to what, since when, against which weeks and peers: one or two sentences of plain text."""
    if isinstance(alert, FeedAlert):
        return _feed(alert)
    match alert.kind:
        case Kind.USAGE_DROP | Kind.STICKY_DROP | Kind.USERS_DROP:
            return _drop(alert)
        case Kind.NOT_ACTIVATED:
            return (
                f"Began {alert.since.isoformat()} and has {_number(alert.now)} {_words(alert.metric)} a week; "
                f"accounts of this age and size have {_number(alert.usual)}."
            )
        case Kind.RECOVERY:
            return (
                f"{_words(alert.metric).capitalize()} are back: {_number(alert.now)} a week of {_number(alert.usual)} "
                f"before the fall of {alert.since.isoformat()}, the second week in a row."
            )
        case Kind.WORSE:
            return (
                f"Worse: {_number(alert.now)} {_words(alert.metric)} a week of {_number(alert.usual)} before "
                f"{alert.since.isoformat()}."
            )
        case Kind.NEW_NORMAL:
            return (
                f"{_words(alert.metric).capitalize()} stayed low since {alert.since.isoformat()}: what they are now is "
                "taken as usual from here on."
            )
        case Kind.DATA_BROKEN | Kind.HELD:
            return "The feed is broken."
        case _:
            assert_never(alert.kind)


def _drop(alert: AccountAlert) -> str:
    others = "".join(f"; {_words(change.metric)} {_percent(change.share)}" for change in alert.others)
    peers = f"peers did {_percent(alert.peers - 1)}" if _has_peers(alert) else "too few peers to compare with"
    return (
        f"{_words(alert.metric).capitalize()} fell from {_number(alert.usual * alert.peers)} expected to "
        f"{_number(alert.now)} a week ({_percent(-alert.missing)}) since {alert.since.isoformat()}. Usual are "
        f"{_number(alert.usual)} over {alert.baseline_weeks} weeks, {peers}{others}. "
        f"Evidence {alert.evidence:.1f} of {alert.threshold:.1f} asked."
    )


def _has_peers(alert: AccountAlert) -> bool:
    """Without enough of them the detector takes what they did as exactly what is usual."""
    return alert.peers != 1.0


def reckoned(alert: AccountAlert, metrics: Metrics) -> str:
    """How a fall was found, as one line of plain text: what was usual, what customers like this one did, what was to be
    expected, what came, and how sure that is."""
    counted = unit(metrics, alert.metric)
    if alert.kind is Kind.NOT_ACTIVATED:
        return (
            f"How Baton reckons: {amount(alert.now)} {counted} a week in the last two weeks; the middle one of the "
            f"customers of this age had {amount(alert.usual)}, reckoned to as many seats where they are known."
        )
    usual = f"usually {amount(alert.usual)} {counted} a week ({alert.baseline_weeks} weeks)"
    expected = f"{amount(alert.usual * alert.peers)} were to be expected"
    if not _has_peers(alert):
        others = f"there are too few customers like this one to compare with, so {expected}"
    elif percent(alert.peers - 1) in ("+0 %", "−0 %"):
        others = f"customers like this one did as much as always, so {expected}"
    else:
        others = f"customers like this one did {percent(alert.peers - 1)}, so {expected}"
    came = f"{amount(alert.now)} came ({percent(-alert.missing)})"
    sure = alert.threshold > 0 and alert.evidence >= _CLEAR * alert.threshold
    chance = "far more than" if sure else "more than"
    return f"How Baton reckons: {usual}; {others}; {came}, {chance} its usual ups and downs."


def feed_reckoned(alert: FeedAlert, metrics: Metrics) -> str:
    """What is broken, as one line of plain text for the lead."""
    if alert.kind is Kind.HELD:
        return _feed(alert)
    shown = "; ".join(_broken(metric, found, metrics) for metric, found in alert.breaks[:_BREAKS])
    more = len(alert.breaks) - _BREAKS
    return f"{shown[:1].upper()}{shown[1:]}{f'; and {more} more' if more > 0 else ''}."


def _broken(metric: str, found: Break, metrics: Metrics) -> str:
    where = f"in {found.region}" if found.region else "of all customers"
    counted = unit(metrics, metric)
    if not found.judged:
        return f"{counted} {where}: nothing was told since {day(found.since)}"
    return (
        f"{counted} {where}: {found.share:.0%} of what was expected since {day(found.since)}, {found.low} of "
        f"{found.judged} customers are low"
    ).replace("%", " %")


def _feed(alert: FeedAlert) -> str:
    if alert.kind is Kind.HELD:
        return f"{alert.held} accounts would be alerted at once: they wait until it is clear that it is not the feed."
    shown = "; ".join(_break(metric, found) for metric, found in alert.breaks[:_BREAKS])
    more = len(alert.breaks) - _BREAKS
    rest = f"; and {more} more" if more > 0 else ""
    return f"The feed looks broken, so no account is judged by these weeks: {shown}{rest}."


def _break(metric: str, found: Break) -> str:
    where = f"in {found.region}" if found.region else "of all accounts"
    if not found.judged:
        return f"{_words(metric)} {where}: no rows since {found.since.isoformat()}"
    return (
        f"{_words(metric)} {where} at {found.share:.0%} of what was expected, {found.low} of {found.judged} accounts "
        f"low since {found.since.isoformat()}"
    )


def _words(metric: str) -> str:
    return metric.replace("_", " ")


def _percent(share: float) -> str:
    return f"{share:+.0%}".replace("-", "−")


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"
