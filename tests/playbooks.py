"""The playbooks shipped with Baton, read once for all tests."""

from functools import cache

from bot.playbook_files import load_playbooks
from domain.playbook import Playbooks


@cache
def shipped() -> Playbooks:
    """`saas-90-days`, the usual one, and `services-30-days`."""
    return load_playbooks(None)
