"""Send events to Baton from Python, signed as Standard Webhooks says.

    pip install standardwebhooks
    BATON_URL=https://baton.example.com BATON_WEBHOOK_SECRET=whsec_… python send_event.py

An event has an id of its own. Sent again with the same id it acts once, so whatever was not answered is sent again.
"""

import json
import os
import sys
import time
import uuid
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Literal, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from standardwebhooks import Webhook

TRIES = 5
AGAIN = {408, 429, 500, 502, 503, 504}


class Account(TypedDict):
    """A customer as the CRM knows it."""

    id: str
    name: str
    domain: NotRequired[str]
    segment: NotRequired[str]
    region: NotRequired[str]


class DealWon(TypedDict):
    """`data` of deal.won."""

    id: str
    name: str
    account: Account
    closed_at: str
    owner_email: str
    amount: NotRequired[float | str]
    currency: NotRequired[str]
    csm_email: NotRequired[str]
    crm_url: NotRequired[str]
    products: NotRequired[list[str]]
    plan: NotRequired[str]
    notes: NotRequired[str]
    playbook: NotRequired[str]
    renews_at: NotRequired[str]


class Sample(TypedDict):
    """One number of one day."""

    account_id: str
    day: str
    metric: str
    value: float


class UsageRecorded(TypedDict):
    """`data` of usage.recorded; at most 10,000 samples."""

    samples: list[Sample]


PlanChanged = TypedDict(
    "PlanChanged",
    {
        "account_id": str,
        "from": str,
        "to": str,
        "changed_at": str,
        "mrr_delta": NotRequired[float | str],
        "renews_at": NotRequired[str],
    },
)
"""`data` of plan.changed."""


class SubscriptionCanceled(TypedDict):
    """`data` of subscription.canceled."""

    account_id: str
    effective_at: str
    reason: NotRequired[str]


Type = Literal["deal.won", "usage.recorded", "plan.changed", "subscription.canceled"]
Data = DealWon | UsageRecorded | PlanChanged | SubscriptionCanceled


class Refused(Exception):
    """Baton can't use it; sending it again would not help."""


class Baton:
    """Sends events to one Baton."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url.rstrip("/") + "/webhooks/baton"
        self._webhook = Webhook(secret)

    def send(self, kind: Type, data: Data, *, event_id: str = "", at: datetime | None = None) -> dict[str, Any]:
        """Send one event; gives Baton's answer. Raises Refused, or OSError when Baton can't be reached.

        `event_id` is best made from what happened (`hubspot-deal-17-2026-11-20T15:04:05Z`), so that it is the same
        when your own program is started again. `at` is when it happened: an older telling never undoes a newer one.
        """
        happened = (at or datetime.now(UTC)).isoformat()
        body = json.dumps({"type": kind, "timestamp": happened, "data": data}, ensure_ascii=False)
        name = event_id or f"msg_{uuid.uuid4().hex}"
        for left in reversed(range(TRIES)):
            try:
                return self._post(name, body)
            except HTTPError as error:
                answer = error.read().decode()
                if error.code not in AGAIN:
                    raise Refused(f"{error.code}: {answer}") from error
                trouble: OSError = error
            except (OSError, HTTPException) as error:
                trouble = error if isinstance(error, OSError) else ConnectionError(str(error))
            if not left:
                raise trouble
            time.sleep(2 ** (TRIES - left - 1))
        raise AssertionError("the last try returns or raises")

    def _post(self, event_id: str, body: str) -> dict[str, Any]:
        # Signed anew for each try: a signature is good for five minutes.
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(event_id, now, body),
        }
        with urlopen(Request(self._url, body.encode(), headers), timeout=10) as answer:
            return json.load(answer)


def main() -> None:
    """Tell of a deal."""
    baton = Baton(os.environ["BATON_URL"], os.environ["BATON_WEBHOOK_SECRET"])
    deal: DealWon = {
        "id": "D-1042",
        "name": "Onboarding platform",
        "account": {"id": "A-7", "name": "Fjordbank AS", "segment": "mid-market", "region": "EMEA"},
        "amount": 48000,
        "currency": "EUR",
        "closed_at": "2026-11-20T15:04:00Z",
        "owner_email": "ada@northwind.example",
        "products": ["Core", "Analytics"],
        "notes": "They go live before the year's end.",
    }
    try:
        print(json.dumps(baton.send("deal.won", deal)))
    except (Refused, OSError) as error:
        sys.exit(f"not sent: {error}")


if __name__ == "__main__":
    main()
