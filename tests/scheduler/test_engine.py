"""The engine against a local Slack: said once, edited in place, found again."""

from tests.scheduler.desk import CS, Desk, twice


async def test_a_deal_won_is_told_once_and_its_card_is_edited_in_place(any_desk: Desk) -> None:
    picture = await any_desk.opened()
    channels = await any_desk.channels()
    assert [channel["name"] for channel in channels] == ["deal-fjordbank"]
    assert await any_desk.keys(picture.channel.id) == ["deal:1:card", "deal:1:requested"]
    assert await any_desk.keys(CS) == ["deal:1:announced"]
    await any_desk.won(name="Fjordbank Enterprise")
    await any_desk.deliver()
    (card,) = await any_desk.messages(picture.channel.id, "deal_opened")
    assert card["is_edited"]
    assert "Fjordbank Enterprise" in str(card["blocks"])
    assert twice(await any_desk.keys()) == []
