"""Percentiles and how a figure is printed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Times of one series, in milliseconds."""

    p50: float
    p99: float
    count: int


def spread(seconds: Sequence[float]) -> Spread:
    """The median and the 99th percentile of a series of seconds; at least one is needed."""
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return Spread(ordered[last // 2] * 1000, ordered[min(last, round(last * 0.99))] * 1000, len(ordered))


def line(name: str, ours: float, baseline: float, unit: str = "ms", limit: str = "") -> str:
    """One row: the figure, its baseline, and the ratio, which is what counts on a noisy machine."""
    asked = f"   (asked: {limit})" if limit else ""
    return f"{name:<58} {ours:9.2f} {unit}  baseline {baseline:9.2f} {unit}  ratio {ours / baseline:5.2f}{asked}"
