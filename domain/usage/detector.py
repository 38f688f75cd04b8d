"""The detector: one complete week after the other goes in, alerts come out. It never has later weeks, so it can't look
ahead.

Weeks before the first call do not exist for it. A scan in production replays the kept history through a new
detector; the backtest does the same with a file.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.usage.activation import Activation
from domain.usage.alerts import AccountAlert, Alert, Change, FeedAlert, Severity, severity_of
from domain.usage.arrays import Mask, Vector
from domain.usage.episodes import Episodes
from domain.usage.feed import Break
from domain.usage.fleet import Fleet
from domain.usage.holidays import WorkingWeeks
from domain.usage.settings import Kind, Settings
from domain.usage.track import Track, TrackWeek

_STEPS = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.SEVERE: 2}


class Detector:
    """The state after the weeks seen so far."""

    def __init__(self, fleet: Fleet, settings: Settings | None = None) -> None:
        self._fleet = fleet
        self._settings = settings or Settings()
        sizes = np.bincount(fleet.region.codes[fleet.region.codes >= 0], minlength=len(fleet.region.names))
        weeks = WorkingWeeks(fleet.region.names, sizes.tolist())
        self._tracks = tuple(Track(watch, fleet, weeks, self._settings) for watch in self._settings.watches)
        self._activation = Activation(fleet, self._settings.young)
        self._episodes = Episodes(len(fleet), self._settings.episodes)
        self._number = -1
        self._waiting_since = np.full(len(fleet), -1, dtype=np.int64)
        self._told: set[tuple[str, str]] = set()
        self._last_notice = -1000

    def week(self, monday: date, counts: Mapping[str, Vector]) -> list[Alert]:
        """Take the week that began on this Monday: for each metric the events of every account, NaN where nothing is
        known (0 where the account did nothing). Weeks come in order, without gaps; a metric not given is not known.
        Gives the alerts a person reading on the following Monday is owed, in the order of the accounts."""
        self._number += 1
        number = self._number
        age = number - self._fleet.created
        unknown = np.full(len(self._fleet), np.nan)
        muted = self._episodes.muted(number)
        metrics = np.count_nonzero([track.level > 0 for track in self._tracks], axis=0)
        weeks = [
            track.week(
                number,
                monday,
                np.where(age >= 0, counts.get(track.watch.metric, unknown), np.nan),
                age,
                muted,
                metrics,
            )
            for track in self._tracks
        ]
        alerts = self._follow(monday, weeks)
        lost, usual, did = self._activation.week(weeks[0].corrected, weeks[0].factor, age)
        self._drop_returned(weeks)
        lent = self._lent()
        alarmed = np.array([track.alarmed(age, of) for track, of in zip(self._tracks, lent, strict=True)]) & ~muted
        fresh, held = self._hold_up(alarmed.any(axis=0) | (lost & ~muted))
        for account in np.flatnonzero(fresh).tolist():
            if alarmed[:, account].any():
                alerts.append(self._drop(account, monday, weeks, alarmed[:, account], lent[:, account]))
            else:
                alerts.append(self._idle(account, monday, float(usual[account]), float(did[account]), weeks[0]))
        for track in self._tracks:
            track.reset(fresh)
        notice = self._notice(monday, weeks, held)
        ordered: list[Alert] = [*sorted(alerts, key=_place)]
        return [notice, *ordered] if notice else ordered

    def _lent(self) -> NDArray[np.float64]:
        """What the other metrics lend each metric of an account, as a share of what is asked (metrics × accounts)."""
        asked = self._settings.chart
        strengths = np.array([track.strength() for track in self._tracks])
        return np.minimum(asked.lent_most, asked.lent * (strengths.sum(axis=0) - strengths))

    def _follow(self, monday: date, weeks: list[TrackWeek]) -> list[AccountAlert]:
        """Recoveries, new normals and steps worse of open episodes."""
        episodes = self._episodes
        corrected = np.choose(episodes.metric, [week.corrected for week in weeks])
        found = episodes.week(self._number, corrected)
        alerts = [
            self._news(account, monday, kind, corrected)
            for kind, places in (
                (Kind.RECOVERY, found.recovered),
                (Kind.NEW_NORMAL, found.new_normal),
                (Kind.WORSE, found.worse),
            )
            for account in places.tolist()
        ]
        for track in self._tracks:
            track.forget_last(found.recovered, self._number - episodes.began[found.recovered] - 1)
            track.forget_before(found.new_normal, self._number - episodes.began[found.new_normal] + 1)
        episodes.close(self._number, found.recovered)
        episodes.close(self._number, found.new_normal)
        return alerts

    def _news(self, account: int, monday: date, kind: Kind, corrected: Vector) -> AccountAlert:
        episodes = self._episodes
        level, now = float(episodes.level[account]), float(corrected[account])
        if np.isnan(now):  # this week is not judged: what the last judged one was
            now = level * float(np.nan_to_num(episodes.recent[account]))
        missing = 0.0 if np.isnan(now) else 1.0 - now / max(level, 1e-9)
        severity = severity_of(missing, now, self._settings.episodes.steps) if kind is Kind.WORSE else Severity.INFO
        return AccountAlert(
            account, self._fleet.ids[account], monday, kind, severity,
            self._tracks[int(episodes.metric[account])].watch.metric, level, now,
            self._monday(monday, int(episodes.began[account])), missing, 1.0, 0, 0.0, 0.0,
        )  # fmt: skip

    def _drop_returned(self, weeks: list[TrackWeek]) -> None:
        """Accounts that wait to be told and are back meanwhile: their evidence is forgotten."""
        least = self._settings.episodes.recovered_share
        low = [week.corrected < least * week.baseline.level for week in weeks]
        returned = (self._waiting_since >= 0) & ~np.logical_or.reduce(low)
        returned &= np.logical_or.reduce([~np.isnan(week.corrected) for week in weeks])
        for track in self._tracks:
            track.reset(returned)

    def _hold_up(self, wanted: Mask) -> tuple[Mask, int]:
        """Who is told now. More than the share allowed at once wait up to the hold weeks; then the strongest go
        first, still no more than the share a week."""
        asked = self._settings.episodes
        living = int(np.count_nonzero(self._fleet.created <= self._number))
        limit = int(max(asked.always_allowed, asked.most_at_once * living))
        self._waiting_since[~wanted] = -1
        waiting = self._waiting_since >= 0
        ready = waiting & (self._number - self._waiting_since >= asked.hold_weeks)
        new = wanted & ~waiting
        if np.count_nonzero(new) > limit:
            self._waiting_since[new] = self._number
        else:
            ready |= new
        places = np.flatnonzero(ready)
        depth = np.max([track.strength() for track in self._tracks], axis=0)
        order = np.lexsort((places, -depth[places]))
        fresh = np.zeros(len(wanted), dtype=np.bool_)
        fresh[places[order[:limit]]] = True
        self._waiting_since[ready] = self._number - asked.hold_weeks
        self._waiting_since[fresh] = -1
        return fresh, int(np.count_nonzero(new)) if np.count_nonzero(new) > limit else 0

    def _drop(self, account: int, monday: date, weeks: list[TrackWeek], alarmed: Mask, lent: Vector) -> AccountAlert:
        found = max(np.flatnonzero(alarmed).tolist(), key=lambda place: self._tracks[place].strength_of(account))
        began = int(self._tracks[found].strongest(account).began[account])
        length = self._number - began + 1
        losses = [self._loss(account, place, length, weeks) for place in range(len(weeks))]
        worst = max(np.flatnonzero(alarmed).tolist(), key=lambda place: losses[place])
        chosen = 0 if losses[0] >= 0.75 * losses[worst] else worst
        track, week = self._tracks[chosen], weeks[chosen]
        chart = self._tracks[found].strongest(account)
        missing = losses[chosen]
        needed = chart.asked(float(self._tracks[found].threshold[account]))
        level = float(week.baseline.level[account])
        peers = float(chart.expected[account]) / max(1e-9, float(chart.usual[account]))
        now = level * peers * (1.0 - missing)
        severity = severity_of(missing, now, self._settings.episodes.steps)
        alert = AccountAlert(
            account, self._fleet.ids[account], monday, track.watch.kind, severity, track.watch.metric, level, now,
            self._monday(monday, began), missing, peers, int(week.baseline.weeks[account]),
            float(chart.evidence[account]) + float(lent[found]) * needed, needed,
            tuple(Change(self._tracks[place].watch.metric, -loss)
                  for place, loss in enumerate(losses) if place != chosen and not np.isnan(loss)),
        )  # fmt: skip
        self._episodes.open(self._number, account, began, chosen, level, missing, _STEPS[severity])
        return alert

    def _loss(self, account: int, place: int, length: int, weeks: list[TrackWeek]) -> float:
        """The share of its usual events one metric lost in the last `length` weeks, the peers' change taken out."""
        level = float(weeks[place].baseline.level[account])
        rows = self._tracks[place].history[-length:, account]
        known = rows[~np.isnan(rows)]
        return 1.0 - float(known.mean()) / level if level > 0 and known.size else float("nan")

    def _idle(self, account: int, monday: date, usual: float, did: float, week: TrackWeek) -> AccountAlert:
        missing = 1.0 - did / usual
        severity = severity_of(missing, did, self._settings.episodes.steps)
        began = int(max(0, self._fleet.created[account]))
        self._episodes.open(self._number, account, began, 0, usual, missing, _STEPS[severity])
        return AccountAlert(
            account, self._fleet.ids[account], monday, Kind.NOT_ACTIVATED, severity, self._tracks[0].watch.metric,
            usual, did, self._monday(monday, began), missing, float(week.factor[account]), 0, 0.0, 0.0,
        )  # fmt: skip

    def _monday(self, monday: date, number: int) -> date:
        return monday - timedelta(weeks=self._number - number)

    def _notice(self, monday: date, weeks: list[TrackWeek], held: int) -> FeedAlert | None:
        """One notice for all that is broken, and none again within the quiet weeks."""
        breaks: list[tuple[str, Break]] = [
            (track.watch.metric, found)
            for track, week in zip(self._tracks, weeks, strict=True)
            for found in week.breaks
        ]
        keys = {(metric, found.region) for metric, found in breaks}
        self._told &= keys
        quiet = self._number - self._last_notice < self._settings.feed.quiet_weeks
        fresh = keys - self._told
        self._told |= keys
        if quiet and keys:
            self._last_notice = self._number
        if fresh and not quiet:
            self._last_notice = self._number
            return FeedAlert(monday, tuple(breaks), held)
        return FeedAlert(monday, (), held, Kind.HELD) if held else None


def _place(alert: AccountAlert) -> int:
    return alert.account
