"""A playbook: the milestones a plan is made from, who answers for each, and when each is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

CLOSE: Final = "close"
"""The anchor of a step that counts from the day the deal was closed."""


class Role(StrEnum):
    """Who a milestone may fall to. `onboarding` is the CSM unless somebody else is named on the milestone; what falls
    to the `customer` is chased by the CSM."""

    AE = "ae"
    CSM = "csm"
    CUSTOMER = "customer"
    LEAD = "lead"
    ONBOARDING = "onboarding"


class Kind(StrEnum):
    """What Baton knows about a milestone beyond its title and its day; `other` for most."""

    OTHER = "other"
    INTRODUCTION = "introduction"
    TRANSITION = "transition"
    KICKOFF = "kickoff"
    EARLY_WIN = "early_win"
    GO_LIVE = "go_live"
    CHECK_30 = "check_30"
    CHECK_90 = "check_90"


@dataclass(frozen=True, slots=True)
class Raci:
    """Who does it, who answers for it, who is asked, who is told (responsible, accountable, consulted, informed)."""

    responsible: Role
    accountable: Role
    consulted: tuple[Role, ...] = ()
    informed: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Offset:
    """When a step is due: `working_days` after the anchor (the deal's close, or another step's id), or, with `by_day`,
    on the last working day up to so many calendar days after the close. One of the two is given."""

    after: str = CLOSE
    working_days: int | None = None
    by_day: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A step that only some deals have: `field` names a text field of the handoff, or `plan`, `products`, `segment`
    or `region` of the deal. `wanted` None: the field says anything but "none"; a text: the field holds that word."""

    field: str
    wanted: str | None = None


REMIND: Final = (7, 1, 0)
"""Working days before the due day on which its owner is reminded; 0 is the day itself (design §4)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One milestone of a playbook. `evidence` is what is asked for when it is done, '' for nothing in particular."""

    id: str
    title: str
    raci: Raci
    offset: Offset
    kind: Kind = Kind.OTHER
    about: str = ""
    evidence: str = ""
    only_if: Condition | None = None
    remind: tuple[int, ...] = REMIND


@dataclass(frozen=True, slots=True)
class Playbook:
    """`name` is what deals and people call it by. A deal that names none gets the first whose `products` or `segments`
    fit it (compared without case), else the one that is `usual`. Steps stand in an order in which every anchor comes
    before the steps that count from it."""

    name: str
    title: str
    steps: tuple[Step, ...]
    about: str = ""
    products: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The playbook chosen for a deal, and in `why` one plain sentence."""

    playbook: Playbook
    why: str


@dataclass(frozen=True, slots=True)
class Playbooks:
    """All playbooks of the installation, by name; at least one, exactly one of them `usual`."""

    by_name: Mapping[str, Playbook] = field(default_factory=dict[str, Playbook])

    def get(self, name: str) -> Playbook | None:
        """The playbook of this name, compared without case, or None."""
        folded = name.strip().casefold()
        return next((one for known, one in self.by_name.items() if known.casefold() == folded), None)

    def choose(self, *, name: str, products: Sequence[str], segment: str) -> Choice:
        """The playbook of a deal: by name, else by a product it bought, else by its segment, else the usual one."""
        named = self.get(name) if name else None
        if named is not None:
            return Choice(named, "The deal names it.")
        unknown = f"There is no playbook “{name}”. " if name else ""
        bought = {product.strip().casefold(): product.strip() for product in products}
        folded = segment.strip().casefold()
        for playbook in self.by_name.values():
            hit = next((bought[p] for p in sorted(bought) if p in {x.casefold() for x in playbook.products}), None)
            if hit is not None:
                return Choice(playbook, f"{unknown}Chosen for the product {hit}.")
        for playbook in self.by_name.values():
            if folded and folded in {one.casefold() for one in playbook.segments}:
                return Choice(playbook, f"{unknown}Chosen for the segment {segment.strip()}.")
        usual = next(playbook for playbook in self.by_name.values() if playbook.usual)
        return Choice(usual, f"{unknown}The usual one.")
