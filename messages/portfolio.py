"""The portfolio digest: the deals at risk of one CSM, or of the whole team for the lead, with what to do next."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, cast

from domain.portfolio import Danger, Portfolio, Reason, Risk, from_json
from messages.blocks import actions, button, context, divider, header, section
from messages.cs_metrics import digest_line
from messages.ids import ACT_LINK, ACT_PLAN_ALL
from messages.limits import SECTION
from messages.say import Block, Message, Quiet
from messages.text import channel_link, day, listed, mention, plural, short
from messages.usage_numbers import percent
from messages.values import pack

LEAD: Final = "lead"
_NAME: Final = 60
_WHAT: Final = 50
_REASONS: Final = 4
_ROOM: Final = 9_000
"""Characters of the lead's digest: Slack refuses somewhat less than 12,000 over all blocks."""
_FALLS_ROOM: Final = 1_600
_OPEN: Final = "https://slack.com/app_redirect?channel={channel}&team={team}"
"""Opens a channel wherever Slack runs (docs.slack.dev, deep linking)."""


def portfolio_digest(facts: Mapping[str, Any], now: datetime) -> Message | Quiet:
    """In person. ``facts``: ``to`` csm or lead, ``day`` ISO, ``team`` Slack's id of the workspace; for a CSM ``mine``
    one portfolio; for the lead ``team_of`` [Slack id or '', portfolio] per CSM, '' for deals nobody is CSM of. In
    ``usage`` customer, metric, share missing and since when (ISO) of falls nothing else tells, ``usage_more`` how many
    more. ``figures`` for the lead: ``domain.metrics.figures.brief``."""
    message, falls = _of_deals(facts), _falls(facts)
    figures = digest_line(facts.get("figures") or {})
    if figures:
        falls = [*falls, context(figures)]
    if not falls:
        return message
    if isinstance(message, Quiet):
        return Message("Slight falls of usage" if facts.get("usage") else "Figures", falls)
    return Message(message.text, [*message.blocks, *falls])


def _falls(facts: Mapping[str, Any]) -> list[Block]:
    told = cast("list[tuple[str, str, float, str]]", facts.get("usage") or [])
    if not told:
        return []
    lines = [
        f"• *{short(name, _NAME)}*: {short(metric.replace('_', ' '), _WHAT)} {percent(-missing)} since "
        f"{day(date.fromisoformat(since))}"
        for name, metric, missing, since in told
    ]
    more = int(facts.get("usage_more") or 0)
    if more:
        lines.append(f"• and {more:,} more: `/cs usage` with the customer's name")
    return [divider(), section("*Usage has fallen, told only here*\n" + listed(lines, _FALLS_ROOM))]


def _of_deals(facts: Mapping[str, Any]) -> Message | Quiet:
    on = day(date.fromisoformat(str(facts["day"])))
    if facts.get("to") == LEAD:
        team = [
            (str(slack_id), from_json(found))
            for slack_id, found in cast("list[tuple[str, Mapping[str, Any]]]", facts["team_of"])
        ]
        return _of_team(team, on)
    return _of_csm(from_json(facts["mine"]), on, str(facts.get("team", "")))


def _of_csm(mine: Portfolio, on: str, team: str) -> Message | Quiet:
    if not mine.deals:
        return Quiet("they have no open deals")
    if not mine.at_risk:
        text = f"Your portfolio, {on}: {_all_well(mine.deals)}"
        return Message(text, [section(text)])
    text = f"Your portfolio: {plural(mine.deals, 'deal')}, {mine.at_risk:,} at risk."
    blocks: list[Block] = [header(f"Your portfolio, {on}"), section(text)]
    for risk in mine.risks:
        reasons = [f"• {reason_words(one)}" for one in risk.reasons[:_REASONS]]
        if len(risk.reasons) > _REASONS:
            reasons.append(f"• and {len(risk.reasons) - _REASONS} more")
        where = f" {channel_link(risk.channel_id)}" if risk.channel_id else ""
        lines = [f"*{short(risk.name, _NAME)}*{where}", *reasons, f"*Next*: {next_words(risk.reasons[0])}."]
        blocks += [divider(), section("\n".join(lines)), actions(_buttons(risk, team))]
    if mine.more:
        are = "is" if mine.more == 1 else "are"
        blocks.append(context(f"{plural(mine.more, 'more deal')} {are} at risk, less than these."))
    return Message(text, blocks)


def _of_team(team: Sequence[tuple[str, Portfolio]], on: str) -> Message | Quiet:
    """Heaviest first. Each CSM's worst deal is shown before anybody's second, as far as there is room."""
    deals = sum(found.deals for _, found in team)
    risky = sorted((one for one in team if one[1].at_risk), key=lambda one: (-one[1].risks[0].score, one[0]))
    if not deals:
        return Quiet("there are no open deals")
    at_risk = sum(found.at_risk for _, found in risky)
    if not risky:
        text = f"The team's portfolio, {on}: {_all_well(deals)}"
        return Message(text, [section(text)])
    text = f"The team's portfolio: {plural(deals, 'deal')}, {at_risk:,} at risk with {plural(len(risky), 'CSM')}."
    blocks: list[Block] = [header(f"The team's portfolio, {on}"), section(text)]
    parts = _fitting(risky)
    blocks += [section(piece) for piece in _packed(parts)]
    left = risky[len(parts) :]
    if left:
        count = sum(found.at_risk for _, found in left)
        blocks.append(
            context(f"… and {plural(len(left), 'more CSM')} with {plural(count, 'deal')} at risk, less than these.")
        )
    calm = sorted((who, found.deals) for who, found in team if not found.at_risk and found.deals)
    if calm:
        count = sum(number for _, number in calm)
        are = "is" if count == 1 else "are"
        blocks.append(context(f"{plural(count, 'deal')} of {plural(len(calm), 'other CSM')} {are} on their way."))
    return Message(text, blocks)


def _fitting(risky: Sequence[tuple[str, Portfolio]]) -> list[str]:
    for most in (3, 2, 1):
        parts = [_csm_part(who, found, most) for who, found in risky]
        if sum(map(len, parts)) + len(parts) <= _ROOM:
            return parts
    kept: list[str] = []
    room = _ROOM
    for who, found in risky:
        part = _csm_part(who, found, 1)
        if len(part) + 1 > room:
            break
        kept.append(part)
        room -= len(part) + 1
    return kept


def _csm_part(who: str, found: Portfolio, most: int) -> str:
    whose = mention(who) if who else "*Nobody is CSM*"
    lines = [f"{whose}: {plural(found.deals, 'deal')}, {found.at_risk:,} at risk"]
    for risk in found.risks[:most]:
        where = f" {channel_link(risk.channel_id)}" if risk.channel_id else ""
        first = risk.reasons[0]
        lines.append(f"• *{short(risk.name, _NAME)}*{where}: {reason_words(first)} → {next_words(first)}")
    return "\n".join(lines)


def _packed(parts: Sequence[str]) -> list[str]:
    """Several CSMs a section: a message has 50 blocks at most."""
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + len(part) + 1 <= SECTION:
            packed[-1] += f"\n{part}"
        else:
            packed.append(part)
    return packed


def _buttons(risk: Risk, team: str) -> list[dict[str, Any]]:
    found = [button("Plan", ACT_PLAN_ALL, pack(deal=risk.deal_id))]
    if risk.channel_id and team:
        found.append(button("Open channel", ACT_LINK, url=_OPEN.format(channel=risk.channel_id, team=team)))
    return found


def _all_well(deals: int) -> str:
    return "the one deal is on its way." if deals == 1 else f"all {deals:,} deals are on their way."


def reason_words(one: Reason) -> str:
    """Why a deal is at risk, escaped, without a full stop."""
    what, days = f"“{short(one.what, _WHAT)}”", plural(one.days, "day")
    working = plural(one.days, "working day")
    others = f" and {one.count - 1:,} more" if one.count > 1 else ""
    win = f"no evidence of the early win {what}" if one.what else "no early win"
    return {
        Danger.KICKOFF: f"no kickoff {working} after the close",
        Danger.BLOCKED: f"{what}{others} {'are' if others else 'is'} blocked",
        Danger.OVERDUE: f"{what} is {working} overdue{others}",
        Danger.EARLY_WIN: f"day {one.days} and {win}",
        Danger.HANDOFF: f"the handoff has been missing for {days}",
        Danger.RETURNED: f"the handoff was given back {days} ago",
        Danger.PROMISES: f"{plural(one.count, 'promise')} late, the oldest by {working}",
        Danger.QUESTIONS: f"{plural(one.count, 'open question')}, the oldest {days} old",
        Danger.USAGE: f"{short(one.what, _WHAT)} are {one.count} % below usual for {days}",
    }[one.danger]


def next_words(one: Reason) -> str:
    """What to do about it, escaped, without a full stop."""
    return {
        Danger.KICKOFF: "book the kickoff, or say that it was held",
        Danger.BLOCKED: f"talk to {short(one.who, _WHAT)}" if one.who else "find who can unblock it",
        Danger.OVERDUE: "do it, or move it to a day that holds",
        Danger.EARLY_WIN: "write down the evidence" if one.what else "choose one with the customer",
        Danger.HANDOFF: "ask the seller for ten minutes to fill it in",
        Danger.RETURNED: "ask the seller to complete it",
        Danger.PROMISES: "keep it, or agree on another day",
        Danger.QUESTIONS: "get answers in the channel",
        Danger.USAGE: f"ask {short(one.who, _WHAT)} what came of it" if one.who else "call them and ask what changed",
    }[one.danger]
