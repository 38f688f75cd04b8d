"""Why a webhook is not read: the HTTP status and one sentence for the sender."""


class WebhookProblem(Exception):
    """Base of the refusals that need no list of fields."""

    status = 400


class NotJson(WebhookProblem):
    """The body is not JSON in UTF-8."""


class BadSignature(WebhookProblem):
    """The request can't be trusted; the sentence says nothing of the secret."""

    status = 401


class Unfinished(WebhookProblem):
    """The sender stopped in the middle."""

    status = 408


class TooLarge(WebhookProblem):
    """More bytes came than are allowed."""

    status = 413


class NotReady(WebhookProblem):
    """Nothing can be taken in now, whatever is sent."""

    status = 503
