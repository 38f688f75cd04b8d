"""Which decider answers for which kind of row."""

from types import MappingProxyType

from scheduler.channel_looks import LOOK, ChannelLooks
from scheduler.deal_clocks import deal_deciders
from scheduler.deciders import Deciders, Means
from scheduler.morning import MorningDecider
from scheduler.portfolios import KIND, PortfolioDigests
from scheduler.usage_clock import usage_deciders
from scheduler.usage_retention import UsageRetention
from scheduler.workspace_erasing import WorkspaceErasing
from storage.due import ERASING, MORNING_KIND
from storage.usage import RETENTION_KIND


def deciders(means: Means) -> Deciders:
    """Every decider by the kind of its rows, made once in the composition root."""
    return MappingProxyType(
        {
            **deal_deciders(means),
            **usage_deciders(means),
            KIND: PortfolioDigests(means),
            MORNING_KIND: MorningDecider(means),
            ERASING: WorkspaceErasing(),
            LOOK: ChannelLooks(),
            RETENTION_KIND: UsageRetention(means.usage_weeks),
        }
    )
