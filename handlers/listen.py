"""Bolt, typed: its own signatures are partly untyped, and handlers take their arguments by name."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from re import Pattern
from typing import Any, Protocol, cast

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

Body = dict[str, Any]
Handler = Callable[..., Awaitable[Any]]


class Ack(Protocol):
    """Bolt's ``ack``: the answer to a command, action, view submission or options request, given once."""

    async def __call__(
        self,
        text: str | dict[str, Any] = "",
        blocks: Sequence[dict[str, Any]] | None = None,
        *,
        response_type: str | None = None,
        options: Sequence[dict[str, Any]] | None = None,
        response_action: str | None = None,
        errors: dict[str, str] | None = None,
        view: dict[str, Any] | None = None,
    ) -> BoltResponse: ...


class Respond(Protocol):
    """Bolt's ``respond``: an answer under the message whose button was pressed, by its ``response_url`` (five times in
    thirty minutes)."""

    async def __call__(
        self,
        text: str | dict[str, Any] = "",
        blocks: Sequence[dict[str, Any]] | None = None,
        *,
        response_type: str | None = None,
        replace_original: bool | None = None,
        delete_original: bool | None = None,
    ) -> Any: ...  # noqa: ANN401


class Client(Protocol):
    """The only calls handlers make to Slack: opening and changing views."""

    async def views_open(self, *, trigger_id: str, view: Mapping[str, Any]) -> Any: ...  # noqa: ANN401
    async def views_push(self, *, trigger_id: str, view: Mapping[str, Any]) -> Any: ...  # noqa: ANN401
    async def views_update(self, *, view_id: str, view: Mapping[str, Any], hash: str | None = None) -> Any: ...  # noqa: ANN401
    async def views_publish(self, *, user_id: str, view: Mapping[str, Any]) -> Any: ...  # noqa: ANN401


def command(app: AsyncApp, name: str | Pattern[str], handler: Handler) -> None:
    """Answer a slash command."""
    cast("Any", app).command(name)(handler)


def action(app: AsyncApp, action_id: str | Pattern[str], handler: Handler) -> None:
    """Answer a button, menu or other element of a message or view."""
    cast("Any", app).action(action_id)(handler)


def view(app: AsyncApp, callback_id: str | Pattern[str], handler: Handler) -> None:
    """Answer a submitted modal."""
    cast("Any", app).view(callback_id)(handler)


def view_closed(app: AsyncApp, callback_id: str | Pattern[str], handler: Handler) -> None:
    """Hear of a modal closed without submitting (its view asked for that)."""
    cast("Any", app).view_closed(callback_id)(handler)


def options(app: AsyncApp, action_id: str | Pattern[str], handler: Handler) -> None:
    """Fill a menu while somebody types."""
    cast("Any", app).options(action_id)(handler)


def shortcut(app: AsyncApp, callback_id: str | Pattern[str], handler: Handler) -> None:
    """Answer a shortcut."""
    cast("Any", app).shortcut(callback_id)(handler)


def event(app: AsyncApp, kind: str | Pattern[str], handler: Handler) -> None:
    """Hear of an event."""
    cast("Any", app).event(kind)(handler)
