"""Customers from before Baton are imported beside a running bot: nothing is said but for what the admin names."""

from pathlib import Path

import pytest

from tests.story.conftest import pairs
from tests.story.harness import CS, Story, channel_name, deal
from tests.story.processes import run_baton
from tests.story.shown import kind_of

HEADING = "id,name,account_id,account_name,closed_at,owner_email,csm_email,begin"
DEALS = 150


def ours(story: Story, channel: str = "") -> list[str]:
    """The kinds of what Baton said there, or anywhere."""
    return sorted(kind for one in story.messages(channel) if (kind := kind_of(one)))


@pytest.mark.parametrize("own_story", pairs("socket-sqlite", "http-postgresql"), indirect=True)
def test_importing_floods_nobody(own_story: Story, tmp_path: Path) -> None:
    story = own_story
    file = tmp_path / "deals.csv"
    people = "ada@northwind.example,chloe@northwind.example"
    rows = [f"OLD-{n},Core,OA-{n},Old Harbour {n},2026-0{1 + n % 8}-05,{people}," for n in range(DEALS)]
    rows[5] += "channel"
    file.write_text("\n".join([HEADING, *rows]), "utf-8")
    channels = len(story.state()["channels"])

    def imports(*options: str) -> list[str]:
        said = run_baton("import", "deals", str(file), *options, cwd=tmp_path, env=story.bot.settings)
        return said.splitlines()

    tried = imports("--start-plans", "OLD-7")
    assert tried[0] == f"{DEALS} new, 0 updated, 0 as they were, 0 refused"
    assert tried[1].startswith("2 channels to make, 1 plan to begin; overdue already: ")
    assert tried[2] == "Nothing was written: this was a dry run. --apply writes it."
    assert story.rows("SELECT id FROM deal") == []

    assert imports("--start-plans", "OLD-7", "--apply") == tried[:2]
    seven = story.deal_channel("deal-old-harbour-7")
    five = story.until(lambda: story.named("deal-old-harbour-5"), "the named channel")[0]["id"]
    story.said(five, "deal_opened")
    story.quiet()
    assert len(story.state()["channels"]) == channels + 2
    assert ours(story, five) == ["deal_opened"]
    assert ours(story, seven) == ["deal_opened", "handoff_requested", "plan"]
    assert ours(story, CS) == ["deal_announced"]
    said = ours(story)

    assert imports("--start-plans", "OLD-7", "--apply") == [f"0 new, 0 updated, {DEALS} as they were, 0 refused"]
    found = story.chloe.command("/deal old harbour 9")
    assert "no channel: it was won before Baton came" in found
    story.chloe.command("/handoff", five)
    assert "won before Baton came, so no handoff is asked for" in story.chloe.note()
    # A new deal beside them is as ever.
    facts = deal()
    story.win(facts)
    story.deal_channel(channel_name(facts))
    story.quiet()
    new = ["deal_announced", "deal_opened", "handoff_requested", "plan"]
    assert ours(story) == sorted([*said, *new])
    story.nothing_twice()
