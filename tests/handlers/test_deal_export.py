"""``/deal export``: files in person, with the confidential parts only for who may read them."""

from typing import Any

from domain.handoff import Answers
from storage.models import Notice
from storage.notices import SENT
from tests.handlers.office import CHLOE, Office


async def test_an_export_comes_in_person_with_what_one_may_read(office: Office) -> None:
    picture = await office.handed_in(await office.deal(), **Answers(concerns="They fear the cost.").to_json())
    here = picture.channel.id
    assert "This channel belongs to no deal." in await office.command(CHLOE, "/deal export")
    assert "comes to you in a direct message" in await office.command(CHLOE, "/deal export", here)

    async def came() -> list[dict[str, Any]]:
        found = (await office.get("messages"))["messages"]
        return [one for one in found if one.get("files")]

    (message,) = await office.until(came)
    assert message["channel"].startswith("D")
    assert [one["title"] for one in message["files"]] == ["deal Fjordbank.html", "deal Fjordbank.json"]
    assert "deal_exported" in await office.audited()

    async def settled() -> Notice | None:
        (one,) = await office.notices("deal_export")
        return one if one.state == SENT else None

    notice = await office.until(settled)
    assert notice.facts["confidential"] is True
    assert notice.facts["files"] == [one["id"] for one in message["files"]], "an erasing finds them by these"
