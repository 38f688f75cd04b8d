"""Which builder says which kind of notice."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.picture import DealPicture
from messages.brief import handoff_submitted
from messages.brief_more import handoff_confidential, handoff_version
from messages.channel import channel_archived, confidential_withdrawn, outsiders_came
from messages.commitments import commitment_resolved
from messages.cs_metrics import metrics_asked
from messages.cs_portfolio import cs_shared
from messages.cs_tell import customer_win
from messages.cs_welcome import welcome_agenda
from messages.deal_checks import check_due, early_win_due
from messages.deals import csm_assigned, deal_announced, deal_closed, deal_opened, pre_sale_intro
from messages.handoffs import (
    handoff_accepted,
    handoff_requested,
    handoff_returned,
)
from messages.kickoff import kickoff_agenda, kickoff_late
from messages.plan import plan
from messages.plays import plan_unknown
from messages.portfolio import portfolio_digest
from messages.questions import question_answered, question_asked
from messages.say import Message, Quiet
from messages.summary import weekly_summary
from messages.unsure import delivery_unsure
from messages.usage_windows import usage_asked

Builder = Callable[[DealPicture, Mapping[str, Any], datetime], Message | Quiet]

BUILDERS: Final[Mapping[str, Builder]] = MappingProxyType(
    {
        "deal_opened": deal_opened,
        "deal_announced": deal_announced,
        "deal_closed": deal_closed,
        "pre_sale_intro": pre_sale_intro,
        "csm_assigned": csm_assigned,
        "handoff_requested": handoff_requested,
        "plan": plan,
        "handoff_submitted": handoff_submitted,
        "handoff_version": handoff_version,
        "handoff_confidential": handoff_confidential,
        "handoff_accepted": handoff_accepted,
        "handoff_returned": handoff_returned,
        "question_asked": question_asked,
        "question_answered": question_answered,
        "commitment_resolved": commitment_resolved,
        "outsiders_came": outsiders_came,
        "confidential_withdrawn": confidential_withdrawn,
        "channel_archived": channel_archived,
        "weekly_summary": weekly_summary,
        "kickoff_late": kickoff_late,
        "kickoff_agenda": kickoff_agenda,
        "early_win_due": early_win_due,
        "check_due": check_due,
        "customer_win": customer_win,
        "welcome_agenda": welcome_agenda,
    }
)
"""Every kind that is a message; kinds not here are errands done in Slack."""

PersonBuilder = Callable[[Mapping[str, Any], datetime], Message | Quiet]

PERSONAL: Final[Mapping[str, PersonBuilder]] = MappingProxyType(
    {
        "portfolio_digest": portfolio_digest,
        "delivery_unsure": delivery_unsure,
        "plan_unknown": plan_unknown,
        "usage_asked": usage_asked,
        "cs_shared": cs_shared,
        "metrics_asked": metrics_asked,
    }
)
"""Kinds that belong to a person and no single deal: everything they say stands in their facts."""

WITH_PLAN: Final = frozenset(
    {
        *("plan", "handoff_accepted"),
        *("weekly_summary", "kickoff_late", "kickoff_agenda", "early_win_due", "check_due", "welcome_agenda"),
    }
)
"""Kinds that show something of the plan: it is read for them alone."""
