"""Usage in the office: an account with a year of weeks, and an alert of its fall as the week's scan would tell it."""

import json
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import numpy as np

from domain.picture import DealPicture
from domain.settings import PersonSettings
from domain.usage.alerts import Severity
from domain.usage.samples import Samples
from domain.usage.settings import Kind
from domain.usage_alert import DROP, Move, Sign, UsageAlertCard
from domain.usage_rules import Route
from scheduler.usage_tell import first_notices
from storage import mornings, notices, people, settings, usage, usage_alerts, usage_cards
from storage.models import Deal
from tests.handlers.office import CHLOE, Office

WEEK = timedelta(weeks=1)
USUAL, FALLEN = 42.0, 12.0


@dataclass
class UsageOffice:
    """A deal whose customer used the product for a year and then less."""

    office: Office
    deal: DealPicture
    monday: date
    account: int

    @property
    def channel(self) -> str:
        return self.deal.channel.id

    @property
    def since(self) -> date:
        """The Monday the fall began; four weeks are told of it."""
        return self.monday - 4 * WEEK

    async def told(self, severity: Severity = Severity.SEVERE, **changes: Any) -> UsageAlertCard:  # noqa: ANN401
        """The alert, kept and told as a scan does; its message in person is there."""
        office = self.office
        card = UsageAlertCard(
            id=0, account=self.account, account_id="A-1", account_name=self.deal.facts.account.name,
            kind=Kind.USAGE_DROP, severity=severity, metric="logins", usual=USUAL, now=FALLEN, missing=0.71, peers=1.02,
            baseline_weeks=30, evidence=7.1, threshold=5.0, since=self.since, week=self.monday - WEEK, was=severity,
            moves=(Move("active_users", 14.0, 5.0),), signs=(Sign.FEWER_USERS,),
            next_steps=("Call the customer today.",), deal=self.deal.id, channel=self.channel, csm=CHLOE,
        )  # fmt: skip
        card = replace(card, **changes)
        now = office.baton.clock()
        async with office.baton.db.write() as tx:
            reader = await mornings.reader(tx.session, self.deal.workspace_id, CHLOE)
            assert reader is not None
            kept = await usage_alerts.add(
                tx.session, self.deal.workspace_id, card, reader=reader.card.id, route=Route.NOW, on=now.date(), now=now
            )
            assert kept is not None
            ids = await notices.add(tx.session, self.deal.workspace_id, first_notices(kept, reader, now), now)
            await office.baton.engine.enqueue(tx, ids)
        await office.said_to(CHLOE, DROP)
        return kept

    async def card(self, alert_id: int) -> UsageAlertCard:
        async with self.office.baton.db.read() as session:
            kept = await usage_cards.load(session, alert_id)
        assert kept is not None
        return kept.card

    async def in_person(self, holds: str = "") -> dict[str, Any]:
        """The message to the CSM, once it holds this."""
        return await self.office.said_to(CHLOE, DROP, holds)

    async def ephemeral(self, user: str, channel: str, holds: str) -> dict[str, Any]:
        """What only this person sees, once it holds this."""

        async def look() -> dict[str, Any] | None:
            shown = (await self.office.get(f"ui/channels/{channel}", user=user))["messages"]
            found = [one for one in shown if one.get("is_ephemeral") and holds in json.dumps(one, ensure_ascii=False)]
            return {**found[-1], "channel": channel} if found else None

        return await self.office.until(look)

    async def choose(self, user: str, message: dict[str, Any], label: str) -> None:
        """Pick an option of the message's menu."""
        for block in message["blocks"]:
            for element in block.get("elements", []) if block["type"] == "actions" else []:
                for option in element.get("options", []):
                    if option["text"]["text"] == label:
                        container = {"type": "message", "channel_id": message["channel"], "message_ts": message["ts"]}
                        container["is_ephemeral"] = False
                        action = {"type": "static_select", "block_id": block["block_id"]}
                        action |= {"action_id": element["action_id"], "selected_option": option}
                        answer = await self.office.ui(
                            "action", user=user, container=container, action=action, state={"values": {}}
                        )
                        assert answer["ok"], answer
                        return
        raise AssertionError(f"there is no option {label!r}")


async def with_usage(office: Office, **changes: Any) -> UsageOffice:  # noqa: ANN401
    """A deal of an account that logged in 42 times a week for 40 weeks and 12 times in the last four. Its CSM works
    around the clock, so that nothing waits for the morning."""
    deal = await office.deal(**changes)
    today = office.baton.clock().date()
    monday = today - timedelta(days=today.weekday())
    rows = [(monday - WEEK * (44 - week), 42.0 + week % 3 - 1 if week < 40 else FALLEN) for week in range(44)]
    samples = Samples(
        ["A-1"] * 88,
        [on.toordinal() for on, _ in rows] * 2,
        ["logins"] * 44 + ["active_users"] * 44,
        np.array([value for _, value in rows] + [value / 3 for _, value in rows]),
        whole=True,
    )
    now = office.baton.clock()
    always = PersonSettings(begin=time(0, 0), end=time(23, 59), weekdays=frozenset(range(7)))
    async with office.baton.db.write() as tx:
        await usage.record(tx.session, deal.workspace_id, samples, now)
        row = await tx.session.get_one(Deal, deal.id)
        chloe = await people.by_slack_id(tx.session, deal.workspace_id, CHLOE)
        assert chloe is not None
        await settings.keep(tx.session, chloe.id, chloe.zone, always, now)
        account = row.account_id
    return UsageOffice(office, deal, monday, account)
