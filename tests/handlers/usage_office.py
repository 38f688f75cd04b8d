"""Usage in the office: an account with a year of weeks, and an alert of its fall as the week's scan would tell it."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.picture import DealPicture
from domain.usage.alerts import Severity
from domain.usage_alert import DROP, UsageAlertCard
from storage import usage_cards
from storage.models import Deal
from tests import usage as sample
from tests.handlers.office import CHLOE, Office


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

    async def told(self, severity: Severity = Severity.SEVERE, **changes: Any) -> UsageAlertCard:  # noqa: ANN401
        """The alert, kept and told as a scan does; its message in person is there."""
        office, now = self.office, self.office.baton.clock()
        made = sample.card(
            self.account, now, severity=severity, deal=self.deal.id, channel=self.channel, csm=CHLOE, **changes
        )
        async with office.baton.db.write() as tx:
            kept, ids = await sample.tell(tx.session, self.deal.workspace_id, made, now)
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
    """A deal of an account whose usage fell four weeks ago."""
    deal, now = await office.deal(**changes), office.baton.clock()
    async with office.baton.db.write() as tx:
        await sample.record(tx.session, deal.workspace_id, "A-1", CHLOE, now)
        account = (await tx.session.get_one(Deal, deal.id)).account_id
    return UsageOffice(office, deal, sample.monday_before(now), account)
