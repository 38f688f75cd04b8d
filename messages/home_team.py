"""The lead's part of the Home: handoffs that are late, by seller, and whether alerts of usage are of use."""

from datetime import date
from typing import Final

from domain.home import Owing, Team
from domain.usage_rules import Told
from messages.blocks import context, divider, header, section
from messages.say import Block
from messages.text import joined, mention, plural, short, short_day

_REASONS: Final = 3
_REASON: Final = 80


def team_blocks(team: Team, today: date) -> list[Block]:
    """Six blocks at most."""
    blocks: list[Block] = [divider(), header("Late handoffs by seller"), section(_owing(team, today))]
    blocks += [header("Are usage alerts of use?"), section(_told(team.told, team.since, today))]
    if team.told.reasons:
        why = "; ".join(f"“{short(one, _REASON)}”" for one in team.told.reasons[:_REASONS] if one)
        blocks += [context(f"Why not useful, the newest first: {why}")] if why else []
    return blocks


def _owing(team: Team, today: date) -> str:
    if not team.handoffs:
        return "No handoff is late. :white_check_mark:"
    lines = [_line(one, today) for one in team.owing]
    left = team.sellers - len(team.owing)
    if left > 0:
        count = team.handoffs - sum(one.count for one in team.owing)
        lines.append(f"… and {plural(left, 'more seller')} with {plural(count, 'late handoff')}")
    return "\n".join(lines)


def _line(one: Owing, today: date) -> str:
    who = mention(one.seller) if one.seller else "Nobody in this Slack"
    ago = plural(one.days, "working day")
    return f"• {who}: *{one.count:,} late*, the oldest since {short_day(one.since, today)} ({ago})"


def _told(told: Told, since: date, today: date) -> str:
    if not told.told:
        return f"No alert was told since {short_day(since, today)}."
    parts = [
        f"{count:,} {words} ({count * 100 // told.told} %)"
        for count, words in (
            (told.taken, "acted on"),
            (told.snoozed, "snoozed"),
            (told.not_useful, "not useful"),
        )
        if count
    ]
    said = f": {joined(parts)}" if parts else "; nobody has acted on one yet"
    back = f" With {plural(told.recovered, 'customer')} usage came back." if told.recovered else ""
    return f"*{plural(told.told, 'alert')}* since {short_day(since, today)}{said}.{back}"
