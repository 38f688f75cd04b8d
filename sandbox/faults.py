"""Faults on demand: what shall go wrong, how often, for which method."""

import random
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from sandbox.errors import invalid

Json = dict[str, Any]

CALL_FAULTS: Final = frozenset(
    {"latency", "429", "500", "503", "close_before", "close_after", "malformed", "internal_error"}
)
LATENCY_MOST: Final = 3600.0
DELIVERY_FAULTS: Final = frozenset({"socket_drop", "duplicate", "out_of_order"})


@dataclass
class Fault:
    """One order. `times` that it still happens (None: until removed); `probability` that it does when it could.

    `method` is a Web API method, or for faults of delivery an event's type, `slash_commands` or `interactive`; `*` is
    any.
    """

    method: str
    fault: str
    times: int | None = 1
    seconds: float = 1.0
    probability: float = 1.0
    retry_after: int = 1


class Faults:
    """The orders that are still open."""

    def __init__(self) -> None:
        self._open: list[Fault] = []
        self._random = random.Random()  # noqa: S311 - chance, not secrecy

    def add(self, orders: object) -> list[Json]:
        """Adds one order or a list of them. Raises SlackError `invalid_arguments`."""
        listed = cast("list[object]", orders) if isinstance(orders, list) else [orders]
        self._open += [_read(order, index) for index, order in enumerate(listed)]
        return self.list()

    def list(self) -> list[Json]:
        """The open orders."""
        return [asdict(fault) for fault in self._open]

    def clear(self) -> None:
        """Forgets every order."""
        self._open.clear()

    def for_call(self, method: str) -> Fault | None:
        """The fault that this call shall suffer."""
        return self._take(method, CALL_FAULTS) if self._open else None

    def for_delivery(self, kind: str) -> Fault | None:
        """The fault that this delivery shall suffer."""
        return self._take(kind, DELIVERY_FAULTS) if self._open else None

    def _take(self, method: str, kinds: frozenset[str]) -> Fault | None:
        for fault in self._open:
            if fault.fault not in kinds or fault.method not in {"*", method}:
                continue
            if self._random.random() >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._open.remove(fault)
            return fault
        return None


def _read(order: object, index: int) -> Fault:
    where = f"/{index}"
    if not isinstance(order, dict):
        raise invalid("must provide an object", where)
    members = cast("Json", order)
    unknown = sorted(set(members) - {"method", "fault", "times", "seconds", "probability", "retry_after"})
    if unknown:
        raise invalid(f"unknown member {unknown[0]}", where)
    kind = str(members.get("fault"))
    if kind not in CALL_FAULTS | DELIVERY_FAULTS:
        raise invalid(f"unknown fault {kind}", f"{where}/fault")
    try:
        times = members.get("times", 1)
        fault = Fault(
            method=str(members.get("method", "*")),
            fault=kind,
            times=None if times is None else int(times),
            seconds=float(members.get("seconds", 1.0)),
            probability=float(members.get("probability", 1.0)),
            retry_after=int(members.get("retry_after", 1)),
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise invalid(str(error), where) from error
    bounds = {
        "times": fault.times is None or fault.times >= 1,
        "seconds": 0 <= fault.seconds <= LATENCY_MOST,
        "probability": 0 <= fault.probability <= 1,
        "retry_after": fault.retry_after >= 0,
    }
    for name, kept in bounds.items():
        if not kept:
            raise invalid("out of bounds", f"{where}/{name}")
    return fault
