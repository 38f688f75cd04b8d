"""A deal as a person sees it: everything a message, a view or a rule about one deal may need, read once."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.deals import DealFacts, DealState
from domain.handoff import Answers, HandoffState
from domain.person import PersonCard
from domain.plan_picture import PlanPicture


@dataclass(frozen=True, slots=True)
class ChannelPicture:
    """The deal's channel; ``id`` is '' until it is made. ``outsiders``: a guest or a Slack Connect member is in it."""

    id: str = ""
    name: str = ""
    private: bool = True
    outsiders: bool = False


@dataclass(frozen=True, slots=True)
class HandoffPicture:
    """The handoff as last submitted; ``version`` 0 means never. ``gaps`` is what the CSM said is missing."""

    id: int
    state: HandoffState
    version: int
    answers: Answers
    score: int
    gaps: str
    requested_at: datetime
    submitted_at: datetime | None = None
    submitted_by: PersonCard | None = None
    decided_at: datetime | None = None
    decided_by: PersonCard | None = None
    canvas_id: str = ""
    canvas_refused: str = ""


@dataclass(frozen=True, slots=True)
class QuestionPicture:
    """One question of the ledger; ``number`` counts within the deal."""

    id: int
    number: int
    text: str
    state: str
    asker: PersonCard
    owner: PersonCard | None
    asked_at: datetime
    answer: str = ""
    answered_by: PersonCard | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommitmentPicture:
    """One promise and what became of it; ``item_id`` is its id in the handoff's answers."""

    id: int
    item_id: str
    text: str
    owner: str
    due: date | None
    state: str
    evidence: str = ""
    resolved_by: PersonCard | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DealPicture:
    """One deal with its people, channel, handoff, questions and promises; ``plan`` only where it was asked for."""

    id: int
    workspace_id: int
    facts: DealFacts
    state: DealState
    stage: str
    probability_percent: int | None
    expected_close: date | None
    ae: PersonCard | None
    csm: PersonCard | None
    csm_why: str
    channel: ChannelPicture
    handoff: HandoffPicture | None
    questions: tuple[QuestionPicture, ...] = ()
    commitments: tuple[CommitmentPicture, ...] = ()
    plan: PlanPicture | None = None

    @property
    def open_questions(self) -> tuple[QuestionPicture, ...]:
        """The questions nobody has answered yet, oldest first."""
        return tuple(question for question in self.questions if question.state == "open")
