"""Pictures of usage: drawn, put into Slack, and shown by the message that waits for them.

What is said does not depend on its picture: where there can be none, the message goes without it.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from domain.metrics.panels import Panels
from domain.usage.trend import Trend
from messages.say import Message
from messages.usage import alt_text
from messages.usage_numbers import described, title, unit
from messages.usage_windows import usage_asked
from messages.values import number
from scheduler.audience import PERSON
from scheduler.charts.studio import ChartError
from scheduler.charts.upload import shown, upload
from scheduler.delivery import Done, NotYet, StayQuiet
from scheduler.errands.usage import kept_fresh
from scheduler.slack import SlackLaterError, SlackRefusedError, SlackUnknownError
from scheduler.workplace import Workplace
from storage import notices, usage_accounts, usage_alerts, usage_cards
from storage.notices import ClaimedNotice, NewNotice
from storage.usage_charts import remember

PATIENT: Final = 4
"""Tries before a message goes without its picture: some 15 seconds."""
SLOW_S: Final = 15.0
ASKED: Final = "usage_asked"
"""The chart of ``/cs usage`` in person, where its answer could not be given in its place any more."""
GONE: Final = "response_url"
_WEEK: Final = timedelta(weeks=1)

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("baton.charts")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture: ``drawn`` names what it is of, so that it is not made twice; texts as typed; the file's ``name``."""

    drawn: str
    picture: Trend | Panels
    over: str
    alt: str
    name: str = "usage.png"


async def chart_of_alert(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """The picture of an alert, drawn anew when it got worse. Safe to repeat: a picture that is in Slack is kept with
    the errand, and nobody sees it before a message shows it."""
    async with place.db.read() as session:
        kept = await usage_cards.load(session, number(notice.facts, "alert"))
        customer = await usage_accounts.load(session, kept.card.account) if kept is not None else None
        if kept is None or customer is None:
            return StayQuiet("the alert is gone")
        card = kept.card
        if card.ended is not None:
            return StayQuiet("it is over")
        account = await usage_accounts.trend(
            session,
            customer,
            place.metrics,
            until=card.week + _WEEK,
            metric=card.metric,
            since=card.since,
            level=card.usual,
        )
    if account is None:
        return StayQuiet("there are no weeks to draw")
    over = f"{title(place.metrics, card.metric)} a week"
    wanted = Wanted(f"{card.week.isoformat()}:{card.worse}", account.trend, over, alt_text(card, place.metrics))
    file = await in_slack(place, notice, wanted)
    if not isinstance(file, str):
        return file
    if file != card.chart:
        async with place.db.write() as tx:
            await usage_alerts.set_chart(tx.session, card.id, file, place.clock())
    return Done(file)


async def answer_with_chart(place: Workplace, notice: ClaimedNotice) -> Done | StayQuiet | NotYet:
    """The picture somebody asked for, as another answer to their command; in person when it can't be answered there any
    more. ``facts``: ``account`` our id, ``asker`` a Slack id, ``response_url``."""
    facts = notice.facts
    async with place.db.read() as session:
        customer = await usage_accounts.load(session, number(facts, "account"))
        if customer is None:
            return StayQuiet("the customer is gone")
        until = place.clock().date()
        kept = (await usage_alerts.going_on(session, [customer.id])).get(customer.id)
        card = kept.card if kept is not None else None
        account = await usage_accounts.trend(
            session,
            customer,
            place.metrics,
            until=until,
            metric=card.metric if card else "",
            since=card.since if card else None,
            level=card.usual if card else None,
        )
    if account is None:
        return StayQuiet("there are no weeks to draw")
    counted, named = unit(place.metrics, account.metric), title(place.metrics, account.metric)
    alt = described(account.trend, counted)
    file = await in_slack(place, notice, Wanted(account.trend.last.isoformat(), account.trend, f"{named} a week", alt))
    if isinstance(file, NotYet):
        return file
    said = {"name": customer.name, "counted": counted, "named": named, "alt": alt}
    said["file"] = file if isinstance(file, str) else ""
    try:
        await respond(place, str(facts.get("response_url", "")), usage_asked(said, place.clock()))
    except SlackRefusedError as error:
        if not said["file"]:
            return StayQuiet(f"no picture, and no answer: {error.code}")
        await _in_person(place, notice, said)
        return Done(f"in person: {error.code}")
    return Done(said["file"])


async def in_slack(place: Workplace, notice: ClaimedNotice, wanted: Wanted) -> str | StayQuiet | NotYet:
    """The picture's id once a block can show it; or why there is none (yet). Raises what is worth trying again."""
    try:
        async with _fresh(place, notice):
            file = str(notice.facts.get("file") or "") if notice.facts.get("drawn") == wanted.drawn else ""
            if not file:
                content = await place.studio.draw(wanted.picture)
                file = await upload(place.slack, wanted.name, wanted.over, wanted.alt, content)
                async with place.db.write() as tx:
                    await remember(tx.session, notice.id, file=file, drawn=wanted.drawn)
            if await shown(place.slack, file):
                return file
            return NotYet(place.soon(SLOW_S), "Slack works on the picture", holds_lane=False)
    except SlackLaterError as error:
        return NotYet(place.soon(error.seconds), str(error), holds_lane=False)
    except SlackRefusedError as error:
        return _without(notice, str(error))
    except (ChartError, SlackUnknownError) as error:
        if notice.attempts < PATIENT:
            raise
        return _without(notice, str(error))


def _without(notice: ClaimedNotice, why: str) -> StayQuiet:
    log.warning("no_picture", notice=notice.key, why=why)
    return StayQuiet(f"no picture: {why}")


def _fresh(place: Workplace, notice: ClaimedNotice) -> AbstractAsyncContextManager[None]:
    """Waiting for Slack's pace may take longer than a claim lasts."""
    return kept_fresh(place.db, notice)


async def respond(place: Workplace, address: str, message: Message) -> None:
    """Another answer to a command, seen by the asker alone (docs.slack.dev, Handling user interaction). After a crash
    between the answer and its mark it may come twice; lost it is never."""
    if not address.startswith("http"):
        raise SlackRefusedError(GONE, "no_address")
    body = {"response_type": "ephemeral", "replace_original": False, "text": message.text}
    content = json.dumps(body | {"blocks": list(message.blocks)}, ensure_ascii=False).encode()
    await place.slack.send(GONE, address, content, "application/json")


async def _in_person(place: Workplace, notice: ClaimedNotice, said: Mapping[str, Any]) -> None:
    now = place.clock()
    new = NewNotice(
        key=f"{notice.key}:person",
        kind=ASKED,
        lane=notice.lane,
        audience=f"{PERSON}{notice.facts['asker']}",
        not_before=now,
        facts=dict(said),
        priority=2,
    )
    async with place.db.write() as tx:
        await notices.add(tx.session, notice.workspace_id, [new], now)
