"""A small WSGI program between Stripe and Baton: customer.subscription.updated and .deleted in, Baton's events out.

    pip install stripe standardwebhooks gunicorn
    STRIPE_ENDPOINT_SECRET=whsec_… BATON_URL=… BATON_WEBHOOK_SECRET=whsec_… gunicorn stripe_to_baton:app

Both secrets begin with whsec_: the first is Stripe's for this endpoint, the second the one Baton has.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import stripe
from send_event import Baton, Refused
from stripe_events import baton_event

LARGEST = 1_000_000


def app(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """Take in one event. Stripe sends it again for three days unless it is answered with 2xx."""
    status, text = _answer(environ)
    start_response(status, [("content-type", "text/plain; charset=utf-8")])
    return [text.encode()]


def _answer(environ: dict[str, Any]) -> tuple[str, str]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LARGEST:
        return "413 Content Too Large", "too large"
    payload = environ["wsgi.input"].read(length)
    try:
        event = stripe.Webhook.construct_event(
            payload, environ.get("HTTP_STRIPE_SIGNATURE", ""), os.environ["STRIPE_ENDPOINT_SECRET"]
        )
    except (ValueError, stripe.SignatureVerificationError):
        return "400 Bad Request", "not signed by Stripe"
    found = baton_event(event.to_dict())
    if found is None:
        return "200 OK", "nothing for Baton"
    baton = Baton(os.environ["BATON_URL"], os.environ["BATON_WEBHOOK_SECRET"])
    try:
        baton.send(*found, event_id=f"stripe-{event.id}")
    except Refused as refused:
        # Sending it again would not help: it is answered, and written to the log.
        print(f"Baton refused {event.id}: {refused}", flush=True)
        return "200 OK", "refused"
    except OSError:
        return "503 Service Unavailable", "Baton can't be reached"
    return "200 OK", "told"
