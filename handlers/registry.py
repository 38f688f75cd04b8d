"""Everything that listens to Slack, in the order Bolt asks."""

from collections.abc import Callable
from typing import Final

from slack_bolt.async_app import AsyncApp

from handlers import (
    audit_command,
    baton_command,
    channel_events,
    cs_command,
    cs_metrics,
    cs_portfolio,
    cs_tell,
    cs_welcome,
    csms,
    deal_actions,
    deal_command,
    deal_won,
    digests,
    done,
    front,
    handoff_actions,
    handoff_command,
    home,
    milestone_actions,
    milestone_command,
    milestone_forms,
    plan_windows,
    play_actions,
    settings,
    summary_actions,
    unsure,
    usage_actions,
    workspace_events,
)
from handlers.handoff_form import listening as handoff_listening
from handlers.services import Services

COMMANDS: Final = (
    deal_command.COMMAND,
    handoff_command.COMMAND,
    milestone_command.COMMAND,
    cs_command.COMMAND,
    baton_command.COMMAND,
)
EVENTS: Final = (*channel_events.EVENTS, *workspace_events.EVENTS, *home.EVENTS)

_REGISTER: Final[tuple[Callable[[AsyncApp, Services], None], ...]] = (
    front.register,
    handoff_command.register,
    deal_command.register,
    milestone_command.register,
    cs_command.register,
    cs_portfolio.register,
    cs_tell.register,
    cs_metrics.register,
    cs_welcome.register,
    baton_command.register,
    audit_command.register,
    handoff_listening.register,
    handoff_actions.register,
    deal_actions.register,
    milestone_actions.register,
    milestone_forms.register,
    plan_windows.register,
    play_actions.register,
    summary_actions.register,
    deal_won.register,
    csms.register,
    channel_events.register,
    workspace_events.register,
    home.register,
    settings.register,
    digests.register,
    done.register,
    unsure.register,
    usage_actions.register,
)


def register_all(app: AsyncApp, services: Services) -> None:
    """Put every handler into the app, and last of all the answers to what nobody knows."""
    for register in _REGISTER:
        register(app, services)
    front.register_rest(app)
