"""``/cs metrics``, ``retro`` and ``welcome`` in a local Slack."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from domain.picture import DealPicture
from handlers.cs_metrics import FILE, PICTURE
from storage.models import Handoff
from storage.plan_models import Milestone, Plan
from tests.handlers.office import ADA, CHLOE, CS, EVA, GENERAL, Office
from tests.handlers.test_cs_words import only_for


async def finished(office: Office, deal: DealPicture) -> None:
    """Its plan is done after ten days, its handoff accepted after two."""
    now = office.baton.clock()
    async with office.baton.db.write() as tx:
        done = {"state": "done", "settled_at": now, "settled_by": None}
        await tx.session.execute(update(Milestone).where(Milestone.deal_id == deal.id).values(**done))
        closed = (now - timedelta(days=10)).date()
        await tx.session.execute(update(Plan).where(Plan.deal_id == deal.id).values(finished_at=now, closed_on=closed))
        accepted: dict[str, Any] = {"state": "accepted", "decided_at": now, "requested_at": now - timedelta(days=2)}
        await tx.session.execute(update(Handoff).where(Handoff.deal_id == deal.id).values(score=70, **accepted))


async def test_figures_come_at_once_the_picture_after_them_and_the_file_in_person(office: Office) -> None:
    deal = await office.deal()
    assert "nothing to measure yet" in await office.command(CHLOE, "/cs metrics", CS)
    assert not await office.notices(PICTURE)
    await office.said(deal.channel.id, "plan")
    await finished(office, deal)
    said = await office.command(CHLOE, "/cs metrics", CS)
    assert "Your figures" in said
    assert "Days to onboard: *10 days* (median of 1 deal)" in said
    assert "by seller" not in said
    shown = await only_for(office, CHLOE, CS, "slack_file")
    assert "days to onboard: 10 of 1 deal" in json.dumps(shown)
    team = await office.command(EVA, "/cs metrics", GENERAL)
    assert "The team's figures" in team
    assert f"<@{ADA}>: score *70 %*, accepted after *2 days*" in team
    figures = await only_for(office, EVA, GENERAL, "The team's figures")
    await office.press(EVA, figures, "Export as CSV")
    await only_for(office, EVA, GENERAL, "comes to you in person")

    async def shared() -> Any:  # noqa: ANN401
        files = [file for file in office.sandbox.core.files.all.values() if file.name.endswith(".csv") and file.shares]
        return files[0] if files else None

    file = await office.until(shared)
    assert [share["kind"] for share in file.shares] == ["im"]
    (order,) = await office.notices(FILE)
    assert order.facts["csm"] == 0
    assert "figures_exported" in await office.audited()


async def test_retro_is_the_leads(office: Office) -> None:
    deal = await office.deal()
    assert "Only the customer-success lead" in await office.command(CHLOE, "/cs retro", CS)
    assert "nothing to learn from yet" in await office.command(EVA, "/cs retro", GENERAL)
    await office.handed_in(deal)
    said = await office.command(EVA, "/cs retro", GENERAL)
    assert "1 handoff since" in said
    assert "Most often missing at first" in said
    assert "too few to conclude anything" in said


async def test_the_welcome_call_is_the_askers_and_posted_without_what_is_confidential(office: Office) -> None:
    deal = await office.deal()
    await office.handed_in(deal, concerns="They fear the migration.")
    said = await office.command(CHLOE, "/cs welcome", deal.channel.id)
    assert "Logins take a whole minute." in said
    assert "They fear the migration" in said
    assert "Welcome call" in await office.command(CHLOE, "/cs welcome fjordbank", CS)
    shown = await only_for(office, CHLOE, deal.channel.id, "For you alone")
    await office.press(CHLOE, shown, "Post to the deal's channel")
    posted = json.dumps(await office.said(deal.channel.id, "welcome_agenda"))
    assert "Logins take a whole minute." in posted
    assert "They fear the migration" not in posted
