"""The Home against the local Slack: opened, turned, searched, and kept in step while it is open."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from domain.deals import AccountFacts
from messages.ids import ACT_HOME_SEARCH
from storage.models import Commitment
from storage.plan_models import Milestone, Plan
from tests.handlers.office import ADA, CHLOE, EVA, GRETA, Office
from tests.handlers.usage_office import with_usage


@dataclass
class Homes:
    """What somebody sees of their Home, and presses there."""

    office: Office

    async def open(self, user: str, holds: str) -> dict[str, Any]:
        """Open it; the view once it holds this."""
        await self.office.ui("home", user=user)
        return await self.shows(user, holds)

    async def shows(self, user: str, holds: str, without: str = "") -> dict[str, Any]:
        """The view, once it holds this (and not that), without opening it again."""

        async def look() -> dict[str, Any] | None:
            view = (await self.office.get("ui/home", user=user))["view"]
            text = json.dumps(view, ensure_ascii=False)
            return view if view and holds in text and not (without and without in text) else None

        return await self.office.until(look)

    async def press(self, user: str, view: Mapping[str, Any], label: str) -> None:
        """Press the first button that begins so."""
        for block in view["blocks"]:
            elements = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory") or {}]
            for element in elements:
                if str(element.get("text", {}).get("text", "")).startswith(label):
                    await self._act(user, view, {"type": "button", "value": element["value"]}, block, element)
                    return
        raise AssertionError(f"there is no button {label!r}")

    async def search(self, user: str, view: Mapping[str, Any], typed: str) -> None:
        """Type a name and press Enter."""
        block = next(one for one in view["blocks"] if one["type"] == "input")
        await self._act(user, view, {"type": "plain_text_input", "value": typed}, block, block["element"])

    async def _act(
        self,
        user: str,
        view: Mapping[str, Any],
        action: dict[str, Any],
        block: Mapping[str, Any],
        element: Mapping[str, Any],
    ) -> None:
        container = {"type": "view", "view_id": view["id"]}
        action |= {"block_id": block["block_id"], "action_id": element["action_id"]}
        answer = await self.office.ui("action", user=user, container=container, action=action, state={"values": {}})
        assert answer["ok"], answer


@pytest.fixture
def homes(office: Office) -> Homes:
    return Homes(office)


async def test_each_role_opens_its_home(homes: Homes) -> None:
    await homes.office.deal()
    csm = json.dumps(await homes.open(CHLOE, "Fjordbank"))
    assert "Your customers" in csm
    assert "0 of " in csm
    seller = json.dumps(await homes.open(ADA, "Fjordbank"))
    assert "Fill in handoff" in seller
    lead = json.dumps(await homes.open(EVA, "All customers"))
    assert "Late handoffs by seller" in lead
    await homes.office.ui("home", user=GRETA)
    await homes.office.command(ADA, "/baton")
    assert "Fjordbank" not in json.dumps(await homes.office.get("ui/home", user=GRETA))


async def test_pages_filters_and_search_survive_a_reload(homes: Homes) -> None:
    for number in range(12):
        name = f"Customer {number:02d}"
        await homes.office.deal(id=f"D-{number}", name=f"Deal {number:02d}", account=AccountFacts(f"A-{number}", name))
    view = await homes.open(CHLOE, "1–10 of 12")
    await homes.press(CHLOE, view, "More")
    view = await homes.shows(CHLOE, "11–12 of 12")
    assert "Customer 11" in json.dumps(view)
    assert "Customer 03" not in json.dumps(view)
    await homes.search(CHLOE, view, "  customer 0 3 ")
    view = await homes.shows(CHLOE, "Nobody found")
    await homes.search(CHLOE, view, "OMER 03")
    view = await homes.shows(CHLOE, "1 customer found")
    await homes.press(CHLOE, view, "Onboarding")
    view = await homes.shows(CHLOE, "among “Onboarding”")
    await homes.office.ui("home", user=CHLOE)
    again = await homes.open(CHLOE, "among “Onboarding”")
    assert "Customer 03" in json.dumps(again)
    assert ACT_HOME_SEARCH in json.dumps(again)
    await homes.press(CHLOE, again, "Clear the search")
    view = await homes.shows(CHLOE, "1–10 of 12")
    await homes.press(CHLOE, view, "At risk (0)")
    await homes.shows(CHLOE, "Nobody is at risk")


async def test_a_change_is_shown_while_the_home_is_open(homes: Homes) -> None:
    office = homes.office
    deal = await office.deal()
    today = office.baton.clock().date()
    async with office.baton.db.write() as tx:
        every = update(Milestone).where(Milestone.deal_id == deal.id)
        await tx.session.execute(every.values(due=today + timedelta(days=30)))
        late = every.where(Milestone.number == 4)
        await tx.session.execute(late.values(due=today - timedelta(days=3), evidence_asked=""))
    view = await homes.open(CHLOE, "1 overdue")
    await homes.open(EVA, "All customers")
    await homes.press(CHLOE, view, "Done")
    assert "Undo" in json.dumps(await office.view(CHLOE))
    await homes.shows(CHLOE, "1 of ", without="overdue")
    await office.command(ADA, "/handoff ask Who signs the order?", deal.channel.id)
    await homes.shows(CHLOE, "Who signs the order?")
    await homes.press(EVA, await homes.shows(EVA, "At risk"), "All")
    await homes.shows(EVA, "1 open question")
    found = await office.notices("refresh_home")
    assert len({one.key for one in found}) == len(found) == 2


async def test_every_button_of_the_home_acts_or_opens(homes: Homes) -> None:
    office = homes.office
    used = await with_usage(office)
    deal = await office.handed_in(used.deal)
    await used.told()
    today = office.baton.clock().date()
    async with office.baton.db.write() as tx:
        promise = Commitment(deal_id=deal.id, item_id="c1", position=1, text="Free migration", state="open")
        promise.due = today - timedelta(days=2)
        tx.session.add(promise)
        await tx.session.execute(
            update(Plan).where(Plan.deal_id == deal.id).values(closed_on=today - timedelta(days=30))
        )
        await tx.session.execute(
            update(Milestone).where(Milestone.deal_id == deal.id).values(due=today + timedelta(days=9))
        )
    await office.command(ADA, "/handoff ask Who signs the order?", deal.channel.id)
    view = await homes.open(CHLOE, "Who signs the order?")
    opens = {
        "Book": "kickoff_book",
        "Held": "kickoff_held",
        "Return": "handoff_return",
        "Read it": "handoff_all",
        "Settle": "commitment",
        "Answer": "question_answer",
        "Show the numbers": "usage_numbers",
        "Not useful": "usage_not_useful",
        "Plan": "plan_all",
        "I'm on it": "usage_said",
        "Accept": "done",
    }
    for label, callback_id in opens.items():
        await homes.press(CHLOE, view, label)
        opened = await office.view(CHLOE)
        assert opened["callback_id"] == callback_id, label
        await office.ui("close", user=CHLOE, view_id=opened["id"])
    await homes.shows(CHLOE, "Your customers", without="Handoff to accept")
    assert "a request failed" not in office.log.getvalue()
