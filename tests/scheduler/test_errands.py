"""Canvas, pins, outsiders, archiving, refreshing: work in Slack that can be repeated without harm."""

from pathlib import Path

import pytest

from domain.handoff import Answers, HandoffState
from domain.picture import DealPicture
from scheduler.courier import DealCourier
from scheduler.slack import Slack, SlackRefusedError
from storage import handoffs
from storage.models import Deal
from storage.notices import NewNotice
from tests.scheduler.desk import FELIX, MANIFEST, Desk, open_desk, twice

ANSWERS = Answers(products="Pro", problem="Logins take a minute.", sensitivities="The CFO is against it.")


async def handed_in(desk: Desk, picture: DealPicture, *, version: int = 1, **changes: str) -> None:
    """A handoff is submitted, with the notices the form adds."""
    assert picture.ae is not None
    assert picture.handoff is not None
    answers = Answers(
        **{"products": ANSWERS.products, "problem": ANSWERS.problem, "sensitivities": ANSWERS.sensitivities} | changes
    )
    async with desk.db.write() as tx:
        made = await handoffs.submit(
            tx.session,
            picture.handoff.id,
            picture.id,
            based_on=version - 1,
            was=HandoffState.REQUESTED if version == 1 else HandoffState.SUBMITTED,
            state=HandoffState.SUBMITTED,
            before=picture.handoff.answers,
            answers=answers,
            score=40,
            author_id=picture.ae.id,
            now=desk.clock(),
        )
    assert made == version
    await desk.add(errand(desk, "handoff_submitted", "brief", "deal"), errand(desk, "sync_canvas", "canvas"))
    if version > 1:
        await desk.bump("deal:1:brief", "deal:1:canvas")


def errand(desk: Desk, kind: str, what: str, audience: str = "") -> NewNotice:
    return NewNotice(f"deal:1:{what}", kind, "deal:1", audience, desk.clock(), 1)


async def test_the_canvas_is_made_and_kept_in_step(desk: Desk) -> None:
    picture = await desk.opened()
    await handed_in(desk, picture)
    await desk.deliver()
    (canvas,) = await desk.canvases()
    assert "Logins take a minute" in str(canvas)
    picture = await desk.picture(1)
    assert picture.handoff is not None
    assert picture.handoff.canvas_id == canvas["id"]
    await handed_in(desk, picture, version=2, problem="Logins take an hour.")
    await desk.deliver()
    (canvas,) = await desk.canvases()
    assert "an hour" in str(canvas)
    assert "a minute" not in str(canvas)


@pytest.mark.parametrize("fault", ["close_after", "close_before", "500", "429", "malformed"])
async def test_an_answer_lost_makes_no_second_canvas(desk: Desk, fault: str) -> None:
    picture = await desk.opened()
    await desk.fault("conversations.canvases.create", fault)
    await handed_in(desk, picture)
    await desk.deliver()
    (canvas,) = await desk.canvases()
    picture = await desk.picture(1)
    assert picture.handoff is not None
    assert picture.handoff.canvas_id == canvas["id"]


async def test_without_the_scope_the_pinned_brief_is_enough_and_the_reason_is_kept(
    sqlite_url: str, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.yaml"
    lines = MANIFEST.read_text("utf-8").splitlines()
    manifest.write_text("\n".join(line for line in lines if "canvases:write" not in line), "utf-8")
    async with open_desk(sqlite_url, manifest=manifest) as desk:
        picture = await desk.opened()
        await handed_in(desk, picture)
        await desk.deliver()
        assert (await desk.notice("deal:1:canvas")).state == "quiet"
        picture = await desk.picture(1)
        assert picture.handoff is not None
        assert (picture.handoff.canvas_id, picture.handoff.canvas_refused) == ("", "missing_scope")
        brief = await desk.notice("deal:1:brief")
        assert brief.ts in str(desk.slack.core.channels.all[picture.channel.id].pins)
        assert "Logins take a minute." in str(await desk.messages(picture.channel.id, "handoff_submitted"))


class OnAFreePlan(Slack):
    """Slack's answer where canvases cost money; ``paid`` once the plan was changed."""

    paid = False
    code = "free_teams_cannot_create_non_tabbed_canvases"

    async def call_now(self, method: str, **arguments: object) -> dict[str, object]:
        if "canvases." in method and not self.paid:
            raise SlackRefusedError(method, self.code)
        return await super().call_now(method, **arguments)


async def test_a_free_plan_is_no_failure_and_is_tried_again_when_the_handoff_changes(desk: Desk) -> None:
    picture = await desk.opened()
    slack = desk.client(kind=OnAFreePlan)
    assert isinstance(slack, OnAFreePlan)
    engine = desk.engine(desk.place(slack))
    await handed_in(desk, picture)
    await desk.deliver(engine)
    assert (await desk.notice("deal:1:canvas")).why == f"no canvas here: {OnAFreePlan.code}"
    slack.paid = True
    await handed_in(desk, await desk.picture(1), version=2)
    await desk.deliver(engine)
    picture = await desk.picture(1)
    assert picture.handoff is not None
    assert picture.handoff.canvas_refused == ""
    assert len(await desk.canvases()) == 1


async def test_a_passing_failure_of_canvases_is_tried_again(desk: Desk) -> None:
    picture = await desk.opened()
    slack = desk.client(kind=OnAFreePlan)
    assert isinstance(slack, OnAFreePlan)
    slack.code = "canvas_creation_failed"
    engine = desk.engine(desk.place(slack))
    await handed_in(desk, picture)
    await engine.drain()
    assert (await desk.notice("deal:1:canvas")).state == "pending"
    slack.paid = True
    await desk.deliver(engine)
    assert len(await desk.canvases()) == 1


async def test_a_canvas_somebody_deleted_is_made_again(desk: Desk) -> None:
    picture = await desk.opened()
    await handed_in(desk, picture)
    await desk.deliver()
    (canvas,) = await desk.canvases()
    await desk.slack.api("canvases.delete", json={"canvas_id": canvas["id"]})
    await handed_in(desk, await desk.picture(1), version=2)
    await desk.deliver()
    (again,) = await desk.canvases()
    assert again["id"] != canvas["id"]


async def test_the_confidential_parts_go_when_a_guest_comes_and_come_back_when_they_leave(desk: Desk) -> None:
    picture = await desk.opened()
    await handed_in(desk, picture)
    await desk.deliver()
    where = picture.channel.id

    async def shown() -> bool:
        found = await desk.messages(where, "handoff_submitted")
        assert len(found) == 1
        return "CFO" in str(found)

    assert await shown()
    room = desk.slack.core.channels.all[where]
    desk.slack.core.channels.add(room, FELIX)
    await desk.add(errand(desk, "confidential_check", "outsiders"))
    await desk.deliver()
    assert not await shown()
    assert "CFO" not in str(await desk.canvases())
    assert (await desk.picture(1)).channel.outsiders
    desk.slack.core.channels.remove(room, FELIX)
    await desk.bump("deal:1:outsiders")
    await desk.deliver()
    assert await shown()
    assert twice(await desk.keys()) == []


async def test_archiving_twice_is_archiving_once(desk: Desk) -> None:
    picture = await desk.opened()
    await desk.add(errand(desk, "archive_channel", "archive"))
    await desk.fault("conversations.archive", "close_after")
    await desk.deliver()
    assert (await desk.notice("deal:1:archive")).state == "sent"
    assert desk.slack.core.channels.all[picture.channel.id].archived


async def test_a_closed_deal_is_not_refreshed(desk: Desk) -> None:
    await desk.opened()
    async with desk.db.write() as tx:
        (await tx.session.get_one(Deal, 1)).state = "closed"
    before = len(await desk.calls())
    await desk.add(errand(desk, "refresh_channel", "refresh"))
    await desk.deliver()
    assert (await desk.notice("deal:1:refresh")).state == "quiet"
    assert len(await desk.calls()) == before


async def test_people_named_later_come_into_the_channel_and_onto_the_card(desk: Desk) -> None:
    picture = await desk.opened(owner_email="nobody@northwind.example")
    assert picture.ae is None
    await desk.won(owner_email="ben@northwind.example")
    await desk.deliver()
    picture = await desk.picture(1)
    assert picture.ae is not None
    assert "U02BENCART" in desk.slack.core.channels.all[picture.channel.id].members
    assert "U02BENCART" in str(await desk.messages(picture.channel.id, "deal_opened"))
    assert twice(await desk.keys()) == []


async def test_an_errand_for_a_deal_that_is_gone_is_quiet(desk: Desk) -> None:
    now = desk.clock()
    await desk.add(*(NewNotice(kind, kind, kind, "", now) for kind in sorted(DealCourier(desk.place()).errands)))
    rows = {one.kind: one for one in await desk.notices()}
    for of_no_deal in ("pin_card", "usage_scan", "erase_in_slack", "metrics_answer", "metrics_csv"):
        rows.pop(of_no_deal)
    await desk.engine().drain()
    assert {(await desk.notice(key)).state for key in rows} == {"quiet"}


async def test_what_the_crm_changes_in_a_closed_deal_makes_no_dead_letters(desk: Desk) -> None:
    await desk.opened()
    async with desk.db.write() as tx:
        (await tx.session.get_one(Deal, 1)).state = "closed"
    await desk.bump("deal:1:card")
    await desk.add(errand(desk, "archive_channel", "archive"))
    await desk.deliver()
    assert (await desk.notice("deal:1:card")).sent_revision == 2, "the last edit is made before the channel is archived"
    await desk.won(name="Another name")
    await desk.deliver()
    assert [one.key for one in await desk.notices() if one.state in {"dead", "unsure"}] == []
