"""What a telling of a deal changes: the deal, its people, its notices, the audit log; once, in order, at once."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.deals import DealState
from storage import people, subscriptions
from storage.audit_models import AuditEntry
from storage.models import Account, Deal, Handoff, Notice, Person
from tests.handlers.webhooks.conftest import Crm, RememberingEngine, won


@pytest.fixture
def store(database_url: str) -> str:
    """Both kinds of database."""
    return database_url


async def _deal(crm: Crm) -> Deal:
    async with crm.services.db.read() as session:
        return (await session.scalars(select(Deal))).one()


async def _notices(crm: Crm) -> dict[str, Notice]:
    async with crm.services.db.read() as session:
        return {notice.key: notice for notice in (await session.scalars(select(Notice))).all()}


async def _name(crm: Crm, person_id: int | None) -> str:
    async with crm.services.db.read() as session:
        person = await session.get(Person, person_id or 0)
    return person.name if person else ""


async def _all(crm: Crm, column: Any) -> list[Any]:  # noqa: ANN401 - any column
    async with crm.services.db.read() as session:
        return list((await session.scalars(select(column))).all())


async def test_the_day_of_renewal_is_kept_as_the_newest_telling_has_it(crm: Crm) -> None:
    async def renewals() -> list[date]:
        async with crm.services.db.read() as session:
            return list((await subscriptions.renewals(session, [1])).values())

    await crm.send("deal.won", won(renews_at=""))
    assert await renewals() == []
    await crm.send("deal.won", won(renews_at="2027-11-20T00:00:00+02:00"), at="2026-11-20T12:00:00Z")
    assert await renewals() == [date(2027, 11, 20)]
    moved = {"account_id": "A-1", "from": "Starter", "to": "Growth", "changed_at": "2026-11-20T13:00:00Z"}
    await crm.send("plan.changed", {**moved, "renews_at": "2028-01-31"})
    await crm.send("deal.won", won(renews_at="2027-11-20"), at="2026-11-20T12:30:00Z")
    assert await renewals() == [date(2028, 1, 31)]
    wrong = await crm.send("deal.won", won(renews_at="next year"))
    assert (wrong.status_code, wrong.json()["refused"][0]["field"]) == (422, "renews_at")


async def test_a_won_deal_is_opened_with_its_people_its_handoff_and_an_errand(crm: Crm) -> None:
    await crm.send("deal.won", won(crm_url="https://crm.example/D-1", plan="Growth", playbook="saas-90-days"))
    deal = await _deal(crm)
    assert (deal.external_id, deal.state, str(deal.amount)) == ("D-1", "opening", "48000.00")
    assert (deal.crm_url, deal.plan, deal.playbook, deal.products) == (
        "https://crm.example/D-1",
        "Growth",
        "saas-90-days",
        ["Core"],
    )
    assert await _name(crm, deal.ae_id) == "Ada"
    assert await _name(crm, deal.csm_id) == "Chloé"
    assert "EMEA" in deal.csm_why
    assert await _all(crm, Handoff.state) == ["requested"]
    notices = await _notices(crm)
    assert [(n.key, n.kind, n.lane) for n in notices.values()] == [
        (f"deal:{deal.id}:channel", "open_channel", f"deal:{deal.id}")
    ]
    engine = crm.services.engine
    assert isinstance(engine, RememberingEngine)
    assert engine.enqueued == [notice.id for notice in notices.values()]
    assert await _all(crm, AuditEntry.action) == ["deal_won"]


async def test_a_second_telling_with_other_facts_updates_the_deal_and_asks_for_a_refresh(crm: Crm) -> None:
    await crm.send("deal.won", won())
    await crm.send("deal.won", won(amount=52000, notes="They added seats."), at="2026-11-20T13:00:00Z")
    deal = await _deal(crm)
    assert (str(deal.amount), deal.notes) == ("52000.00", "They added seats.")
    refresh = (await _notices(crm))[f"deal:{deal.id}:refresh"]
    assert (refresh.kind, refresh.revision) == ("refresh_channel", 1)
    await crm.send("deal.won", won(amount=53000), at="2026-11-20T14:00:00Z")
    assert (await _notices(crm))[refresh.key].revision == 2
    assert await _all(crm, AuditEntry.action) == ["deal_won", "deal_changed", "deal_changed"]


async def test_the_same_facts_under_another_id_cause_nothing(crm: Crm) -> None:
    await crm.send("deal.won", won())
    await crm.send("deal.won", won(), at="2026-11-20T13:00:00Z")
    assert len(await _notices(crm)) == 1
    assert await _all(crm, AuditEntry.action) == ["deal_won"]


async def test_an_older_telling_that_comes_late_changes_nothing(crm: Crm) -> None:
    await crm.send("deal.won", won(amount=2), at="2026-11-20T13:00:00Z")
    answer = await crm.send("deal.won", won(amount=1), at="2026-11-20T12:59:59Z")
    assert answer.status_code == 202
    assert (await _deal(crm)).amount == 2
    assert await _all(crm, AuditEntry.action) == ["deal_won", "deal_told_late"]


async def test_a_fact_of_the_account_left_out_is_kept_and_is_no_change(crm: Crm) -> None:
    await crm.send("deal.won", won())
    await crm.send("deal.won", won(account={"id": "A-1", "name": "Fjordbank AS"}), at="2026-11-20T13:00:00Z")
    assert await _all(crm, Account.region) == ["EMEA"]
    assert len(await _notices(crm)) == 1


async def test_twelve_tellings_at_once_make_one_deal(crm: Crm) -> None:
    answers = await asyncio.gather(*(crm.send("deal.won", won(amount=n)) for n in range(12)))
    assert {answer.status_code for answer in answers} == {202}
    deal = await _deal(crm)
    opening = [n for n in (await _notices(crm)).values() if n.kind == "open_channel"]
    assert [n.deal_id for n in opening] == [deal.id]


async def test_deals_in_one_burst_are_shared_out_evenly(crm: Crm) -> None:
    async with crm.services.db.write() as tx:
        mei = await people.by_email(tx.session, crm.services.people.workspace_id, "mei@northwind.example")
        assert mei is not None
        await people.set_csm(tx.session, crm.services.people.workspace_id, mei.id, regions=["EMEA", "APAC"])
    await asyncio.gather(*(crm.send("deal.won", won(id=f"D-{n}")) for n in range(40)))
    async with crm.services.db.read() as session:
        loads = (await session.execute(select(Deal.csm_id, func.count()).group_by(Deal.csm_id))).all()
    assert sorted(count for _, count in loads) == [20, 20]


async def test_an_unknown_owner_loses_nothing(crm: Crm) -> None:
    answer = await crm.send("deal.won", won(owner_email="nobody@elsewhere.example"))
    assert answer.json()["accepted"] == 1
    deal = await _deal(crm)
    assert deal.ae_id is None
    assert deal.owner_email == "nobody@elsewhere.example"
    assert f"deal:{deal.id}:channel" in await _notices(crm)


async def test_a_guest_is_nobody_who_can_own_a_deal(crm: Crm) -> None:
    await crm.send("deal.won", won(owner_email="felix@northwind.example", csm_email="felix@northwind.example"))
    deal = await _deal(crm)
    assert (deal.ae_id, deal.csm_id) == (None, None)


async def test_the_csm_the_crm_names_gets_the_deal_and_a_later_name_replaces_them(crm: Crm) -> None:
    await crm.send("deal.won", won(csm_email="MEI@northwind.example"))
    deal = await _deal(crm)
    assert (await _name(crm, deal.csm_id), deal.csm_why) == ("Mei", "Named by the CRM.")
    await crm.send("deal.won", won(csm_email="chloe@northwind.example"), at="2026-11-20T13:00:00Z")
    assert await _name(crm, (await _deal(crm)).csm_id) == "Chloé"
    told = [n for n in (await _notices(crm)).values() if n.kind == "csm_assigned"]
    assert [n.audience for n in told] == ["deal", "person:U03"]
    assert (told[0].facts["old"], told[0].facts["new"]) == ("U05", "U03")


async def test_the_crm_repeating_its_csm_does_not_undo_a_change_made_in_slack(crm: Crm) -> None:
    await crm.send("deal.won", won(csm_email="mei@northwind.example"))
    async with crm.services.db.write() as tx:
        chloe = await people.by_email(tx.session, crm.services.people.workspace_id, "chloe@northwind.example")
        deal = (await tx.session.scalars(select(Deal))).one()
        assert chloe is not None
        deal.csm_id = chloe.id
        await tx.session.flush()
    await crm.send("deal.won", won(csm_email="mei@northwind.example", amount=1), at="2026-11-20T13:00:00Z")
    assert await _name(crm, (await _deal(crm)).csm_id) == "Chloé"


def _moved(**changes: object) -> dict[str, object]:
    base = won()
    return {
        "id": base["id"],
        "name": base["name"],
        "account": base["account"],
        "stage": "Negotiation",
        "probability": 0.8,
        "owner_email": "ada@northwind.example",
        "expected_close": "2026-12-15",
        **changes,
    }


async def test_a_likely_deal_is_a_prospect_with_an_introduction(crm: Crm) -> None:
    await crm.send("deal.stage_changed", _moved())
    deal = await _deal(crm)
    assert (deal.state, deal.stage, deal.probability_percent) == (DealState.PROSPECT, "Negotiation", 80)
    assert deal.closed_at is None
    assert await _name(crm, deal.csm_id) == "Chloé"
    assert [n.kind for n in (await _notices(crm)).values()] == ["pre_sale_intro"]
    await crm.send("deal.stage_changed", _moved(stage="Verbal yes", probability=0.9), at="2026-11-20T13:00:00Z")
    (notice,) = (await _notices(crm)).values()
    assert notice.revision == 2


async def test_an_unlikely_deal_is_kept_without_a_word_and_the_log_says_why(crm: Crm) -> None:
    await crm.send("deal.stage_changed", _moved(probability=0.2))
    assert (await _deal(crm)).csm_id is None
    assert await _notices(crm) == {}
    (detail,) = await _all(crm, AuditEntry.detail)
    assert "20%" in detail["quiet"]


@pytest.mark.parametrize("at", ["2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z"])
async def test_a_prospect_that_is_won_is_opened_whatever_the_order(at: str, crm: Crm) -> None:
    await crm.send("deal.stage_changed", _moved())
    introduced = (await _deal(crm)).csm_id
    await crm.send("deal.won", won(), at=at)
    deal = await _deal(crm)
    assert (deal.state, deal.csm_id, str(deal.amount)) == ("opening", introduced, "48000.00")
    assert await _all(crm, Handoff.state) == ["requested"]


async def test_a_stage_after_the_deal_was_won_takes_nothing_back(crm: Crm) -> None:
    await crm.send("deal.won", won())
    await crm.send("deal.stage_changed", _moved(name="Old name", probability=0.9), at="2026-11-20T13:00:00Z")
    deal = await _deal(crm)
    assert (deal.state, deal.name, str(deal.amount)) == ("opening", "Fjordbank – platform", "48000.00")
    assert [n.kind for n in (await _notices(crm)).values()] == ["open_channel"]


@pytest.mark.parametrize(
    "name", ['<!channel> & "Söns" 🎉', "🎉🎉", "x" * 10_000, "شركة المثال", "'; DROP TABLE deal; --", "\u202eevil"]
)
async def test_any_name_is_taken_in(name: str, crm: Crm) -> None:
    answer = await crm.send("deal.won", won(name=name, account={"id": "A-1", "name": name}))
    assert answer.status_code == 202
    deal = await _deal(crm)
    assert 0 < len(deal.name) <= 300
    assert deal.name[:5] == name.removeprefix("\u202e")[:5]


async def test_notes_are_kept_whole(crm: Crm) -> None:
    notes = "Zeile & <b>\n" * 3_000
    await crm.send("deal.won", won(notes=notes))
    assert (await _deal(crm)).notes == notes.strip()
