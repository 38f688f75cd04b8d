"""The arithmetic of a usage alert in plain words."""

from typing import Final, assert_never

from domain.usage.alerts import AccountAlert, Alert, FeedAlert
from domain.usage.feed import Break
from domain.usage.settings import Kind

_BREAKS: Final = 4


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
    return (
        f"{_words(alert.metric).capitalize()} fell from {_number(alert.usual * alert.peers)} expected to "
        f"{_number(alert.now)} a week ({_percent(-alert.missing)}) since {alert.since.isoformat()}. Usual are "
        f"{_number(alert.usual)} over {alert.baseline_weeks} weeks, peers did {_percent(alert.peers - 1)}{others}. "
        f"Evidence {alert.evidence:.1f} of {alert.threshold:.1f} asked."
    )


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
