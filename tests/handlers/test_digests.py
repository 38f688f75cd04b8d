"""“Show all” under a long digest of a morning: everything, page by page, to whoever it was said to."""

import json
from datetime import date
from typing import Any

import pytest_asyncio

from domain.playbook import Raci, Role
from messages.ids import ACT_MILESTONE_DONE, ACT_MORNING_ALL
from messages.morning import PAGE
from storage import notices, people
from storage.mornings import key_of
from storage.notices import NewNotice
from storage.plan_models import Milestone
from tests.handlers.office import ADA, CHLOE, Office

MANY = 95


@pytest_asyncio.fixture
async def shown(office: Office) -> dict[str, Any]:
    """A button “Show all” in the deal's channel, as Chloé's digest has it; there are 95 things in hers."""
    deal = await office.deal()
    today = office.baton.clock().date()
    raci = Raci(Role.CSM, Role.CSM)
    async with office.baton.db.write() as tx:
        rows = [
            Milestone(
                deal_id=deal.id,
                number=1_000 + at,
                title=f"Step {at}",
                due=today,
                state="planned",
                kind="other",
                responsible=raci.responsible.value,
                accountable=raci.accountable.value,
                changed_at=office.baton.clock(),
            )
            for at in range(MANY)
        ]
        tx.session.add_all(rows)
        await tx.session.flush()
        chloe = await people.by_slack_id(tx.session, deal.workspace_id, CHLOE)
        assert chloe is not None
        facts = {
            **{"person": chloe.id, "day": today.isoformat(), "since": date(2026, 1, 1).isoformat(), "skipped": []},
            "items": [f"milestone:{one.id}:due:{today.isoformat()}" for one in rows],
        }
        now, key = office.baton.clock(), key_of(chloe.id, today)
        new = NewNotice(key, "milestone_reminder", key, f"person:{CHLOE}", now, facts=facts)
        await notices.add(tx.session, deal.workspace_id, [new], now)
    return await office.offer(deal.channel.id, "Show all 95", ACT_MORNING_ALL, day=today.isoformat())


async def test_everything_is_shown_page_by_page(office: Office, shown: dict[str, Any]) -> None:
    await office.press(CHLOE, shown, "Show all 95")
    seen: list[str] = []
    for page in (1, 2, 3):
        view = await office.view(CHLOE)
        assert view["callback_id"] == "morning"
        assert f"Page {page} of 3" in json.dumps(view)
        seen += _titles(view)
        if page < 3:
            assert len(_titles(view)) == PAGE
            await office.press_in_view(CHLOE, "Further")
    assert seen == [f"Step {at}" for at in range(MANY)]
    await office.press_in_view(CHLOE, "Back")
    assert "Page 2 of 3" in json.dumps(await office.view(CHLOE))
    assert len(await office.views(CHLOE)) == 1


async def test_what_is_done_on_a_page_is_done(office: Office, shown: dict[str, Any]) -> None:
    await office.press(CHLOE, shown, "Show all 95")
    await office.press_in_view(CHLOE, "Further")
    view = await office.view(CHLOE)
    assert ACT_MILESTONE_DONE in json.dumps(view)
    await office.press_in_view(CHLOE, "Done")
    assert "You finished “Step 40”" in json.dumps(await office.view(CHLOE), ensure_ascii=False)
    assert "plan_done" in await office.audited()


async def test_somebody_elses_digest_is_not_shown(office: Office, shown: dict[str, Any]) -> None:
    await office.press(ADA, shown, "Show all 95")
    assert "This digest is not there any more" in await office.note(ADA)


def _titles(view: dict[str, Any]) -> list[str]:
    lines = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    return [f"Step {line.partition('Step ')[2].split()[0]}" for line in lines if "Step " in line]
