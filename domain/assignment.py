"""Who gets a deal for which no CSM was named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CsmLoad:
    """A CSM as the choice sees them.

    `regions` and `segments` they take (an empty set: any); `open_deals` now; `last_assigned_at` aware, None for never;
    `active` is False for people no longer CSM; `away` is True while they are on leave.
    """

    person_id: str
    regions: frozenset[str]
    segments: frozenset[str]
    open_deals: int
    last_assigned_at: datetime | None
    active: bool = True
    away: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The CSM chosen, or None; `why` is a plain sentence either way."""

    person_id: str | None
    why: str


def choose_csm(csms: Sequence[CsmLoad], region: str | None, segment: str | None) -> Choice:
    """The CSM with the fewest open deals among those of the deal's region and segment.

    When nobody fits both, the region decides alone, then the segment alone, then anybody. Ties go to whoever was
    assigned a deal longest ago (never counts as longest), then to the smaller id, so the order of `csms` does not
    matter. Inactive and absent CSMs are never chosen. A deal without a region or segment fits any.
    """
    active = [csm for csm in csms if csm.active]
    present = [csm for csm in active if not csm.away]
    if not active:
        return Choice(None, "No CSM is registered. An admin can add one with `/baton`.")
    if not present:
        return Choice(None, "Every registered CSM is away. The lead can assign one with `/deal assign`.")
    for fits, scope in _rounds(region, segment):
        pool = [csm for csm in present if fits(csm)]
        if pool:
            return _fewest(pool, scope)
    return _fewest(present, f"all CSMs (none present takes {' or '.join(_named(region, segment))})")


def _rounds(region: str | None, segment: str | None) -> tuple[tuple[Callable[[CsmLoad], bool], str], ...]:
    def in_region(csm: CsmLoad) -> bool:
        return _takes(csm.regions, region)

    def in_segment(csm: CsmLoad) -> bool:
        return _takes(csm.segments, segment)

    def in_both(csm: CsmLoad) -> bool:
        return in_region(csm) and in_segment(csm)

    both = " and ".join(_named(region, segment))
    return (
        (in_both, f"the CSMs for {both}" if both else "all CSMs"),
        (in_region, f"the CSMs for {region} (none present takes {segment} there)"),
        (in_segment, f"the CSMs for {segment} (none present takes {region})"),
    )


def _named(*facts: str | None) -> list[str]:
    return [fact.strip() for fact in facts if fact and fact.strip()]


def _takes(accepted: frozenset[str], wanted: str | None) -> bool:
    if not accepted or wanted is None or not wanted.strip():
        return True
    return wanted.strip().casefold() in {name.strip().casefold() for name in accepted}


def _fewest(pool: Sequence[CsmLoad], scope: str) -> Choice:
    chosen = min(pool, key=lambda csm: (csm.open_deals, csm.last_assigned_at or _NEVER, csm.person_id))
    deals = "1 open deal" if chosen.open_deals == 1 else f"{chosen.open_deals} open deals"
    if len(pool) == 1:
        return Choice(chosen.person_id, f"The only one among {scope}, with {deals}.")
    tied = [csm for csm in pool if csm.open_deals == chosen.open_deals]
    if len(tied) == 1:
        return Choice(chosen.person_id, f"Fewest open deals ({chosen.open_deals}) among {scope}.")
    waited = "never had one" if chosen.last_assigned_at is None else "waited longest for a new one"
    return Choice(
        chosen.person_id, f"{deals.capitalize()}, as few as {len(tied) - 1} other(s) among {scope}, and {waited}."
    )
