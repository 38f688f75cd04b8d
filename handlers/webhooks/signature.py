"""Whether a webhook is signed with our secret, as Standard Webhooks says (specification 1.0, "Signature scheme")."""

from collections.abc import Mapping
from typing import Final

from standardwebhooks import Webhook, WebhookVerificationError

from handlers.webhooks.problems import BadSignature, NotJson

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
ID_LENGTH: Final = 256


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """The `webhook-id` of a request signed within five minutes; raises BadSignature, or NotJson for bytes that are no
    UTF-8: the library checks text only, and JSON can't be anything else (RFC 8259 §8.1)."""
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        raise BadSignature(f"The header {missing[0]} is missing.")
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except UnicodeDecodeError as error:
        raise NotJson("The body is not JSON in UTF-8.") from error
    except (WebhookVerificationError, ValueError) as error:
        # The library lets binascii's and tuple unpacking's ValueError through for malformed signatures.
        raise BadSignature("The signature is wrong or older than five minutes.") from error
    identifier = headers[ID]
    if len(identifier) > ID_LENGTH or not identifier.isprintable():
        raise BadSignature(f"The header {ID} is longer than {ID_LENGTH} characters or not printable.")
    return identifier
