"""What Baton is told of a Stripe event: plan.changed and subscription.canceled.

The account is found by the subscription's metadata `account_id`, which has to hold the id your CRM gives the customer.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from send_event import Data, PlanChanged, SubscriptionCanceled, Type

NO_CENTS = {
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "ugx",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
}
"""Currencies whose smallest unit is the unit (Stripe's documentation, "Zero-decimal currencies")."""
A_MONTH = {"day": Decimal(365) / 12, "week": Decimal(52) / 12, "month": Decimal(1), "year": Decimal(1) / 12}


def baton_event(event: Mapping[str, Any]) -> tuple[Type, Data] | None:
    """The type and data for Baton, or None when the event says nothing Baton wants to know."""
    subscription: Mapping[str, Any] = event["data"]["object"]
    account = str((subscription.get("metadata") or {}).get("account_id") or "")
    if not account:
        return None
    at = datetime.fromtimestamp(event["created"], UTC).isoformat()
    match event["type"]:
        case "customer.subscription.updated":
            before = (event["data"].get("previous_attributes") or {}).get("items")
            if not before:
                return None
            return _plan_changed(account, at, before["data"], subscription["items"]["data"])
        case "customer.subscription.deleted":
            ended = subscription.get("ended_at") or event["created"]
            reason = (subscription.get("cancellation_details") or {}).get("comment") or ""
            gone: SubscriptionCanceled = {
                "account_id": account,
                "effective_at": datetime.fromtimestamp(ended, UTC).isoformat(),
                "reason": str(reason),
            }
            return "subscription.canceled", gone
        case _:
            return None


def _plan_changed(
    account: str, at: str, before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]
) -> tuple[Type, Data] | None:
    old, new = _plan(before), _plan(after)
    if old == new:
        return None
    changed: PlanChanged = {
        "account_id": account,
        "from": old,
        "to": new,
        "changed_at": at,
        "mrr_delta": str(sum(map(_monthly, after), Decimal()) - sum(map(_monthly, before), Decimal())),
    }
    return "plan.changed", changed


def _plan(items: list[Mapping[str, Any]]) -> str:
    """The name people know the plan by; of several, all of them."""
    prices = [item["price"] for item in items]
    return " + ".join(str(price.get("nickname") or price.get("lookup_key") or price["id"]) for price in prices)


def _monthly(item: Mapping[str, Any]) -> Decimal:
    """What an item brings in a month, in units of its currency."""
    price = item["price"]
    recurring = price.get("recurring") or {"interval": "month", "interval_count": 1}
    units = Decimal(price.get("unit_amount") or 0) * int(item.get("quantity") or 1)
    if price["currency"] not in NO_CENTS:
        units /= 100
    return (units * A_MONTH[recurring["interval"]] / int(recurring["interval_count"])).quantize(Decimal("0.01"))
