"""``/baton audit``: read by the lead and admins, page by page, of a person or of a customer."""

import json

from storage import audit
from storage.audit import Act
from tests.handlers.office import ADA, CHLOE, EVA, Office


async def test_the_lead_reads_who_did_what(office: Office) -> None:
    await office.deal()
    workspace, now = office.baton.services.people.workspace_id, office.baton.clock()
    async with office.baton.db.write() as tx:
        for number in range(30):
            act = Act(CHLOE, "csm_changed", "view", subject=f"row {number} <!channel>", detail={"regions": ["EMEA"]})
            await audit.record(tx.session, workspace, act, now)
    assert "Only the customer-success lead or a workspace admin can read the audit log." in await office.command(
        ADA, "/baton audit"
    )
    await office.command(EVA, "/baton audit")
    shown = json.dumps(await office.view(EVA))
    assert "csm changed" in shown
    assert "row 29 &lt;!channel&gt;" in shown
    assert "regions: EMEA" in shown
    assert "row 9 " not in shown
    assert "Newest" not in shown
    await office.press_in_view(EVA, "Older")
    older = json.dumps(await office.view(EVA))
    assert "row 9 " in older
    assert "deal won" in older
    assert "Older" not in older
    await office.press_in_view(EVA, "Newest")
    assert "row 29 " in json.dumps(await office.view(EVA))

    await office.command(EVA, "/baton audit fjordbank")
    of_deal = json.dumps(await office.view(EVA))
    assert "Fjordbank" in of_deal
    assert "row 29" not in of_deal
    await office.command(EVA, f"/baton audit <@{ADA}|ada>")
    assert "Nothing is written here." in json.dumps(await office.view(EVA))
