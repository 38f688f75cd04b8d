"""The usage detector on simulated fleets, beside the usual rules, and how fast its arithmetic is."""

import time
import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from statistics import median

import numpy as np

from benchmarks.usage.baselines import robust_z, twenty_percent
from benchmarks.usage.regimes import REGIMES, VARIATIONS, Regime
from benchmarks.usage.score import Said, Score, score
from benchmarks.usage.simulate import simulate
from benchmarks.usage.truth import World
from domain.usage.alerts import AccountAlert
from domain.usage.detector import Detector
from domain.usage.fleet import LONG_AGO, make_fleet
from domain.usage.history import History, beginnings, replay
from domain.usage.settings import WATCHES, Kind, Settings

HELD_OUT = (301, 302, 303, 304)
"""Seeds no constant was chosen on; those were 1, 2 and 11 to 14, and 201 to 204 once."""
PROCESSES = 2
SIZES = (25_000, 50_000, 100_000)
SPEED_WEEKS = 60
ASKED = "asked: recall >= 0.90, false <= 0.12, repeats <= 0.10, delay <= 2 and <= 7, worst week <= 3 %, feeds >= 8 of 9"


def history_of(world: World) -> History:
    """The simulated history as `baton usage replay` reads it."""
    counts = {name: np.ascontiguousarray(matrix.T) for name, matrix in world.usage.items()}
    known = world.created if world.accounts_file else np.full(len(world.created), LONG_AGO)
    ids = [f"a{index:05d}" for index in range(len(known))]
    began = beginnings(counts, np.asarray(known, dtype=np.int64)).tolist()
    if not world.accounts_file:
        return History(world.first_monday, make_fleet(ids, created=began), counts)
    fleet = make_fleet(
        ids,
        created=began,
        regions=world.regions,
        segments=world.verticals,
        sizes=world.size_classes,
        seats=world.seats.tolist(),
    )
    return History(world.first_monday, fleet, counts)


def ours(world: World, settings: Settings | None = None) -> list[Said]:
    """What the detector tells of a simulated history."""
    quiet = {Kind.WORSE, Kind.NEW_NORMAL, Kind.HELD}
    return [
        Said(
            alert.account if isinstance(alert, AccountAlert) else -1,
            (alert.week - world.first_monday).days // 7,
            str(alert.kind),
        )
        for alert in replay(history_of(world), settings)
        if alert.kind not in quiet
    ]


def _fleet(job: tuple[Regime, int]) -> tuple[str, dict[str, Score]]:
    world = simulate(*job)
    said = {"ours": ours(world), "20 % below last week": twenty_percent(world), "robust z": robust_z(world)}
    return job[0].name, {name: score(world, alerts) for name, alerts in said.items()}


def _row(name: str, found: Score) -> str:
    sudden = median(found.sudden_delays) if found.sudden_delays else float("nan")
    slow = median(found.slow_delays) if found.slow_delays else float("nan")
    half = median(found.slow_from_half) if found.slow_from_half else float("nan")
    return (
        f"{name:<32} recall {found.recall:5.3f}  false {found.false_rate:6.3f}/account·year  "
        f"precision {found.precision:4.2f}  repeats {found.repeat_rate:5.3f}  "
        f"delay {sudden:3.0f}, {slow:3.0f} ({half:+.1f} from half) weeks  "
        f"worst week {found.worst_week:5.1%}  feeds {found.noticed_once}/{found.breakages} once, "
        f"{found.noticed} noticed, {found.idle_notices} idle"
    )


def judged(
    seeds: Sequence[int] = HELD_OUT, regimes: Sequence[Regime] = REGIMES, called: str = "fleets"
) -> Iterator[str]:
    """A row for each kind of fleet, then all together beside the usual rules."""
    sums: dict[str, Score] = {}
    per: dict[str, Score] = {}
    jobs = [(regime, seed) for regime in regimes for seed in seeds]
    with ProcessPoolExecutor(PROCESSES) as pool:
        for name, scores in pool.map(_fleet, jobs):
            per.setdefault(name, Score()).__iadd__(scores["ours"])
            for rule, found in scores.items():
                sums.setdefault(rule, Score()).__iadd__(found)
    yield f"usage detector, {len(jobs)} {called}, seeds {', '.join(map(str, seeds))} ({ASKED})"
    yield from (_row(name, found) for name, found in per.items())
    yield from (_row(f"all {called}, {rule}", found) for rule, found in sums.items())


def speed(sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """The detector's arithmetic alone: 60 weeks of two metrics, whole and for one week."""
    for count in sizes:
        rng = np.random.default_rng(1)
        rates = rng.lognormal(3, 1, count)
        regions = [f"r{index % 6}" for index in range(count)]
        fleet = make_fleet([str(index) for index in range(count)], regions=regions, segments=regions[::-1])
        detector = Detector(fleet, Settings(watches=WATCHES[:2]))
        tracemalloc.start()
        spent: list[float] = []
        for week in range(SPEED_WEEKS):
            counts = {watch.metric: rng.poisson(rates).astype(np.float64) for watch in WATCHES[:2]}
            began = time.process_time()
            detector.week(date(2025, 1, 6) + timedelta(weeks=week), counts)
            spent.append(time.process_time() - began)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        yield (
            f"usage detector, {count:>7,} accounts x 2 metrics x {SPEED_WEEKS} weeks: {sum(spent):6.1f} s in all, "
            f"{median(spent):5.2f} s a week, {peak:4.0f} MB   (asked with the database: 60 s, 1 GB)"
        )


def run() -> Iterator[str]:
    """The rows of this benchmark."""
    yield from judged()
    yield from judged(regimes=VARIATIONS, called="variations")
    yield from speed()
