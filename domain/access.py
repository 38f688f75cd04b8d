"""Who may do what. Guests, people from other organisations, bots and deleted accounts may do nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.outcome import Refused


class Relation(StrEnum):
    """What a person is to one deal. `lead` is the customer-success lead of the workspace, for every deal."""

    AE = "ae"
    CSM = "csm"
    LEAD = "lead"
    NONE = "none"


class Action(StrEnum):
    """Everything a person can ask Baton to do or to show."""

    HELP = "help"
    SEE_DEAL = "see_deal"
    FIND_DEAL = "find_deal"
    RECORD_DEAL = "record_deal"
    EDIT_HANDOFF = "edit_handoff"
    ACCEPT = "accept"
    RETURN = "return"
    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW_QUESTION = "withdraw_question"
    SETTLE_COMMITMENT = "settle_commitment"
    ASSIGN = "assign"
    CLOSE = "close"
    SEE_CONFIDENTIAL = "see_confidential"
    SEE_STATUS = "see_status"
    RESEND = "resend"
    MANAGE_CSMS = "manage_csms"
    SEE_PLAN = "see_plan"
    EDIT_PLAN = "edit_plan"
    WORK_ON_OWN = "work_on_own"
    WORK_ON_PLAY = "work_on_play"
    SEE_USAGE = "see_usage"
    ACT_ON_USAGE = "act_on_usage"
    READ_AUDIT = "read_audit"
    EXPORT_DEAL = "export_deal"
    SEE_HEALTH = "see_health"
    TELL_OF_CUSTOMER = "tell_of_customer"
    PREPARE_WELCOME = "prepare_welcome"
    SEE_TEAM_FIGURES = "see_team_figures"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What Slack says about a person (users.info).

    `is_guest` is a single- or multi-channel guest; `is_external` a stranger by Slack Connect; `is_admin` an admin or
    owner of the workspace; `workspace` the team id the account belongs to.
    """

    workspace: str
    is_guest: bool = False
    is_external: bool = False
    is_bot: bool = False
    is_deleted: bool = False
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rule's yes."""


_OUTSIDE: Final = Refused("Sorry, Baton is only for members of this workspace.")

_AE: Final = "the seller"
_CSM: Final = "the CSM"
_LEAD: Final = "the customer-success lead"
_ADMIN: Final = "a workspace admin"

_ROLE: Final[Mapping[Relation, str]] = MappingProxyType({Relation.AE: _AE, Relation.CSM: _CSM, Relation.LEAD: _LEAD})

_ANYBODY: Final[frozenset[Action]] = frozenset(
    {
        *(Action.HELP, Action.SEE_DEAL, Action.FIND_DEAL, Action.RECORD_DEAL, Action.SEE_STATUS, Action.SEE_PLAN),
        # A milestone somebody was given, and what they did to a plan themselves.
        Action.WORK_ON_OWN,
    }
)

_EVERYBODY_ON_IT: Final = (_AE, _CSM, _LEAD, _ADMIN)
_RECEIVERS: Final = (_CSM, _LEAD, _ADMIN)
_KEEPERS: Final = (_LEAD, _ADMIN)

_WHO: Final[Mapping[Action, tuple[tuple[str, ...], str]]] = MappingProxyType(
    {
        Action.EDIT_HANDOFF: (_EVERYBODY_ON_IT, "fill in this handoff"),
        Action.ACCEPT: (_RECEIVERS, "accept this handoff"),
        Action.RETURN: (_RECEIVERS, "return this handoff"),
        Action.ASK: (_EVERYBODY_ON_IT, "ask a question about this handoff"),
        Action.ANSWER: (_EVERYBODY_ON_IT, "answer this question"),
        Action.WITHDRAW_QUESTION: (_EVERYBODY_ON_IT, "withdraw this question"),
        Action.SETTLE_COMMITMENT: (_EVERYBODY_ON_IT, "change what was promised"),
        Action.ASSIGN: (_EVERYBODY_ON_IT, "change the CSM of this deal"),
        Action.CLOSE: (_EVERYBODY_ON_IT, "close this deal"),
        Action.EDIT_PLAN: (_EVERYBODY_ON_IT, "change this plan"),
        Action.SEE_USAGE: (_EVERYBODY_ON_IT, "see how this customer uses the product"),
        Action.ACT_ON_USAGE: (_EVERYBODY_ON_IT, "act on this alert"),
        Action.WORK_ON_PLAY: (_RECEIVERS, "work on this task"),
        # Being an admin is about the workspace, not about this customer.
        Action.SEE_CONFIDENTIAL: ((_AE, _CSM, _LEAD), "read the confidential parts of this handoff"),
        Action.RESEND: (_KEEPERS, "send failed messages again"),
        Action.MANAGE_CSMS: (_KEEPERS, "change who is a CSM"),
        Action.READ_AUDIT: (_KEEPERS, "read the audit log"),
        Action.EXPORT_DEAL: (_EVERYBODY_ON_IT, "export this deal"),
        Action.SEE_HEALTH: (_EVERYBODY_ON_IT, "see how this customer is"),
        Action.TELL_OF_CUSTOMER: (_EVERYBODY_ON_IT, "record something of this customer"),
        Action.PREPARE_WELCOME: (_EVERYBODY_ON_IT, "prepare this customer's welcome call"),
        Action.SEE_TEAM_FIGURES: (_KEEPERS, "see what the team's figures and handoffs teach"),
    }
)


def allowed(
    person: PersonFacts, relation: Relation, action: Action, *, workspace: str | None = None
) -> Allowed | Refused:
    """Whether a person may do `action` on the deal they have `relation` to.

    `workspace`, when given, is the one the deal belongs to; people of another are strangers. Whether a member can see a
    deal's channel is Slack's to decide: `see_deal`, `find_deal` and `see_plan` allow what that channel shows, no more.
    """
    if _is_outside(person, workspace):
        return _OUTSIDE
    if action in _ANYBODY:
        return Allowed()
    who, what = _WHO[action]
    if _ROLE.get(relation) in who or (person.is_admin and _ADMIN in who):
        return Allowed()
    return Refused(f"Only {_one_of(who)} can {what}.")


def relation_of(person_id: str, *, ae: str | None, csm: str | None, lead: str | None) -> Relation:
    """What a person is to a deal. Somebody who is several things is the one with the most rights: lead, CSM, seller."""
    if person_id == lead:
        return Relation.LEAD
    if person_id == csm:
        return Relation.CSM
    if person_id == ae:
        return Relation.AE
    return Relation.NONE


def confidential_in_channel(*, is_private: bool, has_guests: bool, has_external: bool) -> bool:
    """Whether `concerns` and `sensitivities` may be shown in a channel: only a private one with members alone."""
    return is_private and not has_guests and not has_external


def _is_outside(person: PersonFacts, workspace: str | None) -> bool:
    return (
        person.is_guest
        or person.is_external
        or person.is_bot
        or person.is_deleted
        or (workspace is not None and workspace != person.workspace)
    )


def _one_of(who: tuple[str, ...]) -> str:
    return f"{', '.join(who[:-1])} or {who[-1]}"
