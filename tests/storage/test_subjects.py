"""People, deals, handoffs, questions, promises, what came in: read and changed, by one at a time where it matters."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.deals import DealState
from domain.handoff import Answers, Commitment, HandoffState, Stakeholder
from storage import assignment, audit, commitments, deals, handoffs, inbound, people, pictures, questions
from storage.audit import Act
from storage.audit_models import AuditEntry
from storage.database import Database
from storage.models import Commitment as CommitmentRow
from storage.models import Deal, HandoffVersion
from storage.models import Stakeholder as StakeholderRow
from storage.people import PersonFacts
from tests.storage.house import NOW, House, at_once, facts, later

# People


async def test_a_workspace_met_by_two_at_once_is_one(house: House, other: Database) -> None:
    async def meet(db: Database) -> int:
        async with db.write() as tx:
            return await people.ensure_workspace(tx.session, "T2", "Southwind", "UBOT", NOW)

    assert len(set(await at_once(*(meet(db) for db in (house.db, other) * 4)))) == 1


async def test_a_person_told_twice_in_one_list_is_kept_once(house: House) -> None:
    told = [PersonFacts("U9", "Old", "OLD@x.example"), PersonFacts("U9", "New", "New@x.example ")]
    await house.write(lambda session: people.upsert(session, house.workspace, told, NOW))
    found = await house.read(lambda session: people.by_slack_id(session, house.workspace, "U9"))
    assert found is not None
    assert (found.name, found.email) == ("New", "new@x.example")


async def test_a_large_workspace_is_kept_in_one_go(house: House) -> None:
    told = [PersonFacts(f"W{n}", f"Person {n}") for n in range(6_000)]
    await house.write(lambda session: people.upsert(session, house.workspace, told, NOW))
    known = await house.read(lambda session: people.slack_ids_known(session, house.workspace, ["W0", "W5999", "W6000"]))
    assert known == {"W0", "W5999"}


async def test_who_an_address_belongs_to(house: House) -> None:
    told = [
        PersonFacts("U8", "Gone", "ada@northwind.example", is_deleted=True),
        PersonFacts("U7", "Bot", "bot@northwind.example", is_bot=True),
    ]
    await house.write(lambda session: people.upsert(session, house.workspace, told, NOW))

    async def who(email: str) -> str | None:
        found = await house.read(lambda session: people.by_email(session, house.workspace, email))
        return found.name if found else None

    assert [await who(one) for one in (" ADA@northwind.example", "bot@northwind.example", "", "%")] == [
        *("Ada", None, None, None)
    ]


async def test_whether_anybody_is_from_outside(house: House) -> None:
    async def outsider(*ids: str) -> bool:
        return await house.read(lambda session: people.any_outsider(session, house.workspace, ids))

    assert [await outsider("U1", "U2"), await outsider("U1", "U3"), await outsider()] == [False, True, False]


async def test_deals_won_together_go_to_different_csms(house: House, other: Database) -> None:
    for name in ("Ada", "Chloé"):
        await house.write(lambda session, one=name: people.set_csm(session, house.workspace, house.people[one]))
    numbers = [await house.deal(number) for number in range(1, 9)]

    async def assign(db: Database, deal_id: int) -> None:
        async with db.write() as tx:
            deal = await tx.session.get_one(Deal, deal_id)
            await assignment.assign_csm(tx.session, deal, region=None, segment=None, now=later(deal_id))

    await at_once(*(assign((house.db, other)[deal_id % 2], deal_id) for deal_id in numbers))
    taken = (await house.read(lambda session: session.scalars(select(Deal.csm_id)))).all()
    assert sorted(taken.count(house.people[name]) for name in ("Ada", "Chloé")) == [4, 4]


# Deals


async def test_one_deal_told_by_many_at_once_is_one_row(house: House, other: Database) -> None:
    async def tell(db: Database) -> bool:
        async with db.write() as tx:
            told = facts()
            account = await deals.upsert_account(tx.session, house.workspace, told.account, NOW)
            found = await deals.insert_if_new(tx.session, house.workspace, account, told, DealState.OPENING, NOW)
            deal = await deals.locked(tx.session, house.workspace, told.id)
            await deals.add_handoff(tx.session, deal.id, NOW)
            return found is not None

    made = await at_once(*(tell(db) for db in (house.db, other) * 8))
    assert made.count(True) == 1
    states = await house.read(lambda session: session.scalars(select(Deal.state)))
    assert list(states) == ["opening"]


async def test_a_channel_name_is_claimed_by_one_deal(house: House) -> None:
    first, second = await house.deal(1), await house.deal(2)
    await house.write(lambda session: deals.claim_channel_name(session, first, "deal-acme"))
    with pytest.raises(IntegrityError):
        await house.write(lambda session: deals.claim_channel_name(session, second, "deal-acme"))
    taken = await house.read(lambda session: deals.names_taken(session, house.workspace, ["deal-acme", "deal-acme-2"]))
    assert taken == {"deal-acme"}


async def test_a_deal_is_found_by_words_that_are_taken_as_they_are(house: House) -> None:
    for number, customer in enumerate(("100% Øl", "100 Øl", "a_b", "axb", "<!channel>'; DROP TABLE deal"), 1):
        told = facts(number, customer=customer)

        async def add(session: object, one: object = told) -> None:
            account = await deals.upsert_account(session, house.workspace, one.account, NOW)  # type: ignore[attr-defined]
            await deals.insert_if_new(session, house.workspace, account, one, DealState.OPEN, NOW)  # type: ignore[arg-type]

        await house.write(add)

    async def found(words: str, person: int | None = None) -> list[str]:
        rows = await house.read(
            lambda session: deals.search(session, house.workspace, words, person_id=person, limit=9)
        )
        return sorted(row.external_id for row in rows)

    assert await found("100% øL") == ["D-1"]
    assert await found("A_B") == ["D-3"]
    assert await found("'; drop") == ["D-5"]
    assert len(await found(" ")) == 5
    assert await found("", house.people["Ada"]) == []


async def test_facts_the_crm_leaves_out_are_kept(house: House) -> None:
    told = facts().account
    full = type(told)(told.id, told.name, "acme.example", "smb", "EU")
    await house.write(lambda session: deals.upsert_account(session, house.workspace, full, NOW))
    await house.deal()
    picture = await house.read(lambda session: pictures.load(session, 1))
    assert picture is not None
    assert (picture.facts.account.domain, picture.facts.account.segment) == ("acme.example", "smb")


# Handoffs

STAKEHOLDERS = tuple(Stakeholder(f"s{n}", f"Name {n}") for n in range(40))
PROMISES = (Commitment("c1", "SSO by May", "Ada", date(2027, 5, 1)), Commitment("c2", "Training"))
ANSWERS = Answers(products="Pro", problem="Slow <b>", stakeholders=STAKEHOLDERS, commitments=PROMISES)


async def submit(
    house: House, deal: int, *, on: int = 0, was: str = "requested", by: str = "Ada", answers: Answers = ANSWERS
) -> int | None:
    handoff = await house.handoff(deal)
    async with house.db.write() as tx:
        return await handoffs.submit(
            tx.session,
            handoff.id,
            deal,
            based_on=on,
            was=HandoffState(was),
            state=HandoffState.SUBMITTED,
            before=Answers.from_json(handoff.answers),
            answers=answers,
            score=70,
            author_id=house.people[by],
            now=NOW,
        )


async def test_of_many_submissions_at_once_one_is_the_next_version(house: House) -> None:
    deal = await house.deal()
    made = await at_once(*(submit(house, deal) for _ in range(8)))
    assert sorted(made, key=bool) == [None] * 7 + [1]
    versions = await house.read(lambda session: session.scalars(select(HandoffVersion.version)))
    assert versions.all() == [1]


async def test_a_submission_is_read_back_whole(house: House) -> None:
    deal = await house.deal()
    await submit(house, deal)
    picture = await house.read(lambda session: pictures.load(session, deal))
    assert picture is not None
    assert picture.handoff is not None
    assert picture.handoff.answers == ANSWERS
    assert [one.text for one in picture.commitments] == ["SSO by May", "Training"]
    names = await house.read(
        lambda session: session.scalars(select(StakeholderRow.name).order_by(StakeholderRow.position))
    )
    assert names.all() == [one.name for one in STAKEHOLDERS]
    assert await house.read(lambda session: handoffs.version_answers(session, picture.handoff.id, 1)) == ANSWERS  # type: ignore[union-attr]
    assert await house.read(lambda session: handoffs.version_answers(session, picture.handoff.id, 2)) is None  # type: ignore[union-attr]


async def test_what_became_of_a_promise_outlives_its_new_words(house: House) -> None:
    deal = await house.deal()
    await submit(house, deal)
    (first, _) = (
        await house.read(lambda session: session.scalars(select(CommitmentRow.id).order_by(CommitmentRow.position)))
    ).all()

    async def settle(_: int) -> bool:
        return await house.write(
            lambda session: commitments.settle(
                session, first, was="open", state="done", note="shipped", by=house.people["Ada"], at=NOW
            )
        )

    assert (await at_once(*(settle(n) for n in range(6)))).count(True) == 1
    changed = Answers(commitments=(Commitment("c1", "SSO by June"), Commitment("c3", "Migration")))
    assert await submit(house, deal, on=1, was="submitted", answers=changed) == 2
    picture = await house.read(lambda session: pictures.load(session, deal))
    assert picture is not None
    assert [(one.text, one.state, one.evidence) for one in picture.commitments] == [
        ("SSO by June", "done", "shipped"),
        ("Migration", "open", ""),
    ]


async def test_a_decision_is_made_once_and_on_what_was_read(house: House) -> None:
    deal = await house.deal()
    await submit(house, deal)
    handoff = await house.handoff(deal)

    async def decide(state: HandoffState, version: int = 1) -> bool:
        return await house.write(
            lambda session: handoffs.decide(
                session,
                handoff.id,
                version=version,
                was=HandoffState.SUBMITTED,
                state=state,
                by=house.people["Chloé"],
                gaps="No dates",
                now=NOW,
            )
        )

    assert not await decide(HandoffState.ACCEPTED, version=2)
    decided = await at_once(*(decide(one) for one in (HandoffState.ACCEPTED, HandoffState.RETURNED) * 4))
    assert decided.count(True) == 1
    assert (await house.handoff(deal)).state in {"accepted", "returned"}


async def test_drafts_are_each_ones_own(house: House) -> None:
    deal = await house.deal()
    handoff = await house.handoff(deal)

    async def save(name: str, words: str, at: float) -> None:
        await house.write(
            lambda session: handoffs.save_draft(
                session,
                handoff.id,
                house.people[name],
                base_version=0,
                answers=Answers(problem=words),
                typed={"by": words},
                now=later(at),
            )
        )

    await save("Ada", "first", 0)
    await save("Ada", "second", 1)
    await save("Chloé", "hers", 2)
    draft = await house.read(lambda session: handoffs.draft(session, handoff.id, house.people["Ada"]))
    assert draft is not None
    assert (draft.answers.problem, draft.typed, draft.updated_at) == ("second", {"by": "second"}, later(1))
    others = await house.read(lambda session: handoffs.other_drafters(session, handoff.id, house.people["Ada"], NOW))
    assert others == [("U2", later(2))]
    assert (await house.handoff(deal)).state == "drafting"
    await house.write(lambda session: handoffs.drop_draft(session, handoff.id, house.people["Ada"]))
    assert await house.read(lambda session: handoffs.draft(session, handoff.id, house.people["Ada"])) is None


# Questions


async def test_questions_asked_at_once_get_their_own_numbers(house: House, other: Database) -> None:
    deal = await house.deal()

    async def ask(db: Database) -> int:
        async with db.write() as tx:
            act = Act("U1", "question_asked", "button", deal_id=deal)
            await audit.record(tx.session, house.workspace, act, NOW)
            asked = await questions.add(
                tx.session, deal, text="Why?", asker_id=house.people["Chloé"], owner_id=None, now=NOW
            )
            return asked.number

    assert sorted(await at_once(*(ask(db) for db in (house.db, other) * 6))) == list(range(1, 13))


async def test_a_question_is_answered_once(house: House) -> None:
    deal = await house.deal()
    question = await house.write(
        lambda session: questions.add(
            session, deal, text="Why?", asker_id=house.people["Chloé"], owner_id=house.people["Ada"], now=NOW
        )
    )

    async def answer(number: int) -> bool:
        return await house.write(
            lambda session: questions.settle(
                session, question, was="open", state="answered", answer=str(number), by=house.people["Ada"], at=NOW
            )
        )

    assert (await at_once(*(answer(number) for number in range(6)))).count(True) == 1


# What came in, what was done


async def test_an_event_is_taken_in_once(house: House, other: Database) -> None:
    async def take(db: Database) -> int | None:
        async with db.write() as tx:
            return await inbound.claim(
                tx.session, house.workspace, source="crm", event_id="m1", kind="deal.won", body={"a": "<ø>"}, now=NOW
            )

    taken = [one for one in await at_once(*(take(db) for db in (house.db, other) * 6)) if one is not None]
    assert len(taken) == 1
    await house.write(lambda session: inbound.set_answer(session, taken[0], {"accepted": 1}))
    answer = await house.read(lambda session: inbound.earlier_answer(session, house.workspace, "crm", "m1"))
    assert answer == {"accepted": 1}
    assert await house.read(lambda session: inbound.earlier_answer(session, house.workspace, "crm", "m2")) is None


async def test_the_audit_log_is_newest_first_and_outlives_the_deal(house: House) -> None:
    deal = await house.deal()
    for number in range(3):
        act = Act("U1", f"act{number}", "command", deal_id=deal, detail={"n": number})
        await house.write(lambda session, one=act: audit.record(session, house.workspace, one, NOW))
    listed = await house.read(lambda session: audit.of_deal(session, deal, limit=2))
    assert [one.action for one in listed] == ["act2", "act1"]

    async def remove(session: object) -> None:
        await session.delete(await session.get_one(Deal, deal))  # type: ignore[attr-defined]

    await house.write(remove)
    left = await house.read(lambda session: session.scalars(select(AuditEntry.deal_id)))
    assert left.all() == [None, None, None]


# Pictures


async def test_a_picture_of_a_deal_that_is_not_there(house: House) -> None:
    assert await house.read(lambda session: pictures.load(session, 4711)) is None
    assert await house.read(lambda session: pictures.by_channel(session, house.workspace, "C1")) is None


async def test_amounts_come_back_to_the_cent(house: House) -> None:
    deal = await house.deal()

    async def price(session: object) -> None:
        (await session.get_one(Deal, deal)).amount = Decimal("9999999999999.99")  # type: ignore[attr-defined]

    await house.write(price)
    picture = await house.read(lambda session: pictures.load(session, deal))
    assert picture is not None
    assert picture.facts.amount == Decimal("9999999999999.99")
