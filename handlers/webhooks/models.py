"""The bodies of `POST /webhooks/baton`: one model per event type, each with an example."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from handlers.webhooks.fields import (
    Count,
    Currency,
    Day,
    Email,
    Flag,
    Identifier,
    Moment,
    Money,
    Name,
    Notes,
    Number,
    OptionalDay,
    OptionalEmail,
    OptionalWord,
    Probability,
    Products,
    Score,
    Web,
    Word,
)

SAMPLES: Final = 10_000
"""Usage samples in one request (the webhook's contract)."""


def _examples(*data: dict[str, Any]) -> ConfigDict:
    return ConfigDict(
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
        json_schema_extra={"examples": list(data)},
    )


class Account(BaseModel):
    """A customer as the CRM knows it."""

    model_config = _examples(
        {"id": "A-7", "name": "Fjordbank AS", "domain": "fjordbank.example", "segment": "mid-market", "region": "EMEA"}
    )

    id: Identifier
    """The account's id in the CRM; usage, tickets and plans name the customer by it."""
    name: Name
    domain: OptionalWord = ""
    segment: OptionalWord = ""
    """Compared with what CSMs and playbooks look after."""
    region: OptionalWord = ""
    """Compared with what CSMs look after."""


class DealWon(BaseModel):
    """A deal was closed: its channel is made, or its card brought up to date."""

    model_config = _examples(
        {
            "id": "D-1042",
            "name": "Fjordbank – onboarding platform",
            "account": {"id": "A-7", "name": "Fjordbank AS", "segment": "mid-market", "region": "EMEA"},
            "amount": 48000,
            "currency": "EUR",
            "closed_at": "2026-11-20T15:04:00Z",
            "owner_email": "ada@northwind.example",
            "crm_url": "https://crm.example/deals/D-1042",
            "products": ["Core", "Analytics"],
            "plan": "Growth",
            "notes": "They go live before the year's end.",
            "renews_at": "2027-11-20",
        }
    )

    id: Identifier
    """The deal's id in the CRM; the same again brings the deal up to date."""
    name: Name
    account: Account
    amount: Money | None = None
    currency: Currency = ""
    closed_at: Moment
    """Day 0 of the plan is its local day in the workspace's zone."""
    owner_email: Email
    """The seller, by the address Slack knows."""
    csm_email: OptionalEmail = ""
    """The CSM; left away, Baton chooses the one with the fewest open deals of the region and segment."""
    crm_url: Web = ""
    """Becomes the channel's bookmark."""
    products: Products = Field(default_factory=list)
    """They choose the playbook and are put into the handoff."""
    plan: OptionalWord = ""
    """What the customer pays for."""
    notes: Notes = ""
    """Everything sales wrote down; shown on the card and put into the handoff. Kept up to 100000 characters."""
    playbook: OptionalWord = ""
    """Name of the playbook to follow; left away, products and segment choose it."""
    renews_at: OptionalDay = None
    """The day the customer decides anew; a fall of usage before it weighs more."""


class DealStageChanged(BaseModel):
    """A deal not closed yet moved: late enough, its CSM is introduced before the sale."""

    model_config = _examples(
        {
            "id": "D-1043",
            "name": "Zuiderzee – pilot",
            "account": {"id": "A-8", "name": "Zuiderzee Logistics"},
            "stage": "Negotiation",
            "probability": 0.8,
            "owner_email": "ben@northwind.example",
            "expected_close": "2026-12-15",
        }
    )

    id: Identifier
    name: Name
    account: Account
    stage: Word
    probability: Probability
    """How likely it is to be won, from 0 to 1."""
    owner_email: Email
    """The seller, by the address Slack knows."""
    expected_close: Day | None = None


class UsageSample(BaseModel):
    """One number of one day. The same account, day and metric again replaces it."""

    model_config = _examples({"account_id": "A-7", "day": "2026-11-20", "metric": "active_users", "value": 41})

    account_id: Identifier
    day: Day
    metric: Word
    """Name of what was counted, such as `active_users`."""
    value: Number


class UsageRecorded(BaseModel):
    """Usage of the product, at most 10,000 samples a request. Good samples are kept when others are refused."""

    model_config = _examples(
        {"samples": [{"account_id": "A-7", "day": "2026-11-20", "metric": "active_users", "value": 41}]}
    )

    samples: list[UsageSample] = Field(min_length=1, max_length=SAMPLES)


class PlanChanged(BaseModel):
    """A customer moved to another plan."""

    model_config = _examples(
        {"account_id": "A-7", "from": "Starter", "to": "Growth", "changed_at": "2026-11-20T08:00:00Z", "mrr_delta": 900}
    )

    account_id: Identifier
    from_: Annotated[OptionalWord, Field(alias="from")]
    to: OptionalWord
    changed_at: Moment
    mrr_delta: Money | None = None
    """By how much the monthly revenue changes."""
    renews_at: OptionalDay = None
    """The day the customer decides anew; the newest telling counts, of whatever event."""


class SubscriptionCanceled(BaseModel):
    """A customer ends its subscription."""

    model_config = _examples({"account_id": "A-7", "effective_at": "2026-12-31", "reason": "moved to a competitor"})

    account_id: Identifier
    effective_at: Moment
    reason: Notes = ""


def _flag_or_text(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    raise ValueError("it has to be true, false or a text")


class TicketUpdated(BaseModel):
    """A support ticket was opened, answered or resolved."""

    model_config = _examples(
        {
            "id": "T-9",
            "account_id": "A-7",
            "channel": "email",
            "opened_at": "2026-11-20T08:00:00Z",
            "first_reply_at": "2026-11-20T08:20:00Z",
            "resolved_at": None,
            "contacts": 2,
            "abandoned": False,
            "topic": "single sign-on",
            "setup": True,
        }
    )

    id: Identifier
    account_id: Identifier
    channel: Word
    opened_at: Moment
    first_reply_at: Moment | None = None
    resolved_at: Moment | None = None
    contacts: Count | None = None
    """How often the customer had to write."""
    abandoned: Flag | None = None
    """Whether the customer gave up."""
    topic: OptionalWord = ""
    setup: Annotated[bool | OptionalWord | None, BeforeValidator(_flag_or_text)] = None
    """Whether it is about setting up the product."""


class NpsResponded(BaseModel):
    """Somebody at the customer answered the survey."""

    model_config = _examples(
        {
            "account_id": "A-7",
            "respondent": "maria@fjordbank.example",
            "score": 9,
            "comment": "Quick to set up.",
            "responded_at": "2026-11-20T08:00:00Z",
        }
    )

    account_id: Identifier
    respondent: Word
    score: Score
    comment: Notes = ""
    responded_at: Moment


EVENTS: Final[dict[str, type[BaseModel]]] = {
    "deal.won": DealWon,
    "deal.stage_changed": DealStageChanged,
    "usage.recorded": UsageRecorded,
    "plan.changed": PlanChanged,
    "subscription.canceled": SubscriptionCanceled,
    "ticket.updated": TicketUpdated,
    "nps.responded": NpsResponded,
}


class Refusal(BaseModel):
    """One thing that could not be used: which sample (0 when there is one), which field, and why."""

    index: int
    field: str
    reason: str


class Answer(BaseModel):
    """What was taken in. A repeated delivery counts as duplicates and changes nothing."""

    accepted: int
    duplicates: int
    refused: list[Refusal]


class Problem(BaseModel):
    """Why nothing was read."""

    detail: str
