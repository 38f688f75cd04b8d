"""Which decider answers for which kind of row."""

from types import MappingProxyType

from scheduler.deciders import Deciders, Means


def deciders(means: Means) -> Deciders:
    """Every decider by the kind of its rows, made once in the composition root."""
    return MappingProxyType({})
