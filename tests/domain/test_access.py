from dataclasses import replace

import pytest

from domain.access import (
    Action,
    Allowed,
    PersonFacts,
    Relation,
    allowed,
    confidential_in_channel,
    relation_of,
)
from domain.outcome import Refused

MEMBER = PersonFacts("T1")
ADMIN = replace(MEMBER, is_admin=True)
OUTSIDERS = [
    replace(ADMIN, is_guest=True),
    replace(ADMIN, is_external=True),
    replace(ADMIN, is_bot=True),
    replace(ADMIN, is_deleted=True),
]

AE, CSM, LEAD, NONE = Relation.AE, Relation.CSM, Relation.LEAD, Relation.NONE
EVERY = {"ae", "csm", "lead", "admin", "member"}
ON_IT = {"ae", "csm", "lead", "admin"}
RECEIVERS = {"csm", "lead", "admin"}
KEEPERS = {"lead", "admin"}

TABLE = {
    Action.HELP: EVERY,
    Action.SEE_DEAL: EVERY,
    Action.FIND_DEAL: EVERY,
    Action.RECORD_DEAL: EVERY,
    Action.SEE_STATUS: EVERY,
    Action.EDIT_HANDOFF: ON_IT,
    Action.ACCEPT: RECEIVERS,
    Action.RETURN: RECEIVERS,
    Action.ASK: ON_IT,
    Action.ANSWER: ON_IT,
    Action.WITHDRAW_QUESTION: ON_IT,
    Action.SETTLE_COMMITMENT: ON_IT,
    Action.ASSIGN: ON_IT,
    Action.CLOSE: ON_IT,
    Action.SEE_CONFIDENTIAL: {"ae", "csm", "lead"},
    Action.RESEND: KEEPERS,
    Action.MANAGE_CSMS: KEEPERS,
    Action.SEE_PLAN: EVERY,
    Action.WORK_ON_OWN: EVERY,
    Action.EDIT_PLAN: ON_IT,
    Action.SEE_USAGE: ON_IT,
    Action.WORK_ON_PLAY: RECEIVERS,
    Action.ACT_ON_USAGE: ON_IT,
    Action.READ_AUDIT: KEEPERS,
    Action.EXPORT_DEAL: ON_IT,
    Action.SEE_HEALTH: ON_IT,
    Action.TELL_OF_CUSTOMER: ON_IT,
    Action.PREPARE_WELCOME: ON_IT,
    Action.SEE_TEAM_FIGURES: KEEPERS,
}

WHO = {
    "ae": (MEMBER, AE),
    "csm": (MEMBER, CSM),
    "lead": (MEMBER, LEAD),
    "admin": (ADMIN, NONE),
    "member": (MEMBER, NONE),
}


def test_the_table_knows_every_action() -> None:
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("action", Action)
def test_who_may_do_what(who: str, action: Action) -> None:
    person, relation = WHO[who]
    verdict = allowed(person, relation, action)
    assert isinstance(verdict, Allowed) == (who in TABLE[action])
    if isinstance(verdict, Refused):
        assert verdict.reason.startswith("Only ")
        assert verdict.reason.endswith(".")


@pytest.mark.parametrize("person", OUTSIDERS)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("relation", Relation)
def test_outsiders_may_do_nothing_and_learn_nothing(person: PersonFacts, action: Action, relation: Relation) -> None:
    verdict = allowed(person, relation, action)
    assert verdict == Refused("Sorry, Baton is only for members of this workspace.")


def test_people_of_another_workspace_are_outsiders() -> None:
    assert isinstance(allowed(ADMIN, AE, Action.SEE_DEAL, workspace="T2"), Refused)
    assert isinstance(allowed(ADMIN, AE, Action.SEE_DEAL, workspace="T1"), Allowed)


@pytest.mark.parametrize(("person", "relation"), [("L", LEAD), ("C", CSM), ("A", AE), ("X", NONE), ("both", CSM)])
def test_the_strongest_relation_counts(person: str, relation: Relation) -> None:
    ae, csm = ("both", "both") if person == "both" else ("A", "C")
    assert relation_of(person, ae=ae, csm=csm, lead="L") == relation


def test_nobody_is_related_to_a_deal_without_people() -> None:
    assert relation_of("X", ae=None, csm=None, lead=None) == NONE


@pytest.mark.parametrize(
    ("private", "guests", "external", "shown"),
    [
        (True, False, False, True),
        (True, True, False, False),
        (True, False, True, False),
        (False, False, False, False),
        (False, True, True, False),
    ],
)
def test_confidential_parts_need_a_private_channel_of_members(
    private: bool, guests: bool, external: bool, shown: bool
) -> None:
    assert confidential_in_channel(is_private=private, has_guests=guests, has_external=external) is shown
