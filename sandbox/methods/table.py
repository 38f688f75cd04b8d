"""What a row of the method table is, and what a handler gets."""

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeVar, cast

from sandbox.channels import Channel
from sandbox.core import Core
from sandbox.errors import SlackError, invalid
from sandbox.ids import ts_to_micros
from sandbox.rates import Tier
from sandbox.scopes import NEEDED, Deed, accepted
from sandbox.tokens import Token

Json = dict[str, Any]
Item = TypeVar("Item")
TokenWanted = Literal["bot", "app", "any"]
ArgumentType = Literal["str", "int", "bool", "json", "ids", "any"]
LIMIT_MOST = 999
_SPEC = re.compile(r"(?P<name>[a-z_0-9]+)(?P<required>!?)(?::(?P<type>str|int|bool|json|ids|any))?")


class Access(Enum):
    """What the pipeline asks of the `channel` argument before the handler runs.

    VISIBLE: it is there and the app may know of it. MEMBER: the app is in it. LIVE: in it, and it is not archived.
    """

    NONE = 0
    VISIBLE = 1
    MEMBER = 2
    LIVE = 3


@dataclass(frozen=True)
class Argument:
    """One argument of a method."""

    name: str
    type: ArgumentType = "str"
    required: bool = False


def arguments(spec: str) -> tuple[Argument, ...]:
    """Reads `"channel! text limit:int blocks:json"`: a `!` is required, the type follows a colon (str by default)."""
    found: list[Argument] = []
    for word in spec.split():
        match = _SPEC.fullmatch(word)
        if match is None:
            raise ValueError(word)
        kind = cast("ArgumentType", match["type"] or "str")
        found.append(Argument(match["name"], kind, match["required"] == "!"))
    return tuple(found)


class Call:
    """One call on its way: the handler reads arguments and may add `warnings` and `headers`."""

    def __init__(self, core: Core, method: str, args: Json, token: Token | None) -> None:
        self.core = core
        self.method = method
        self.args = args
        self.token = token
        self.warnings: list[str] = []
        self.messages: list[str] = []
        self.place: Channel | None = None

    @property
    def bot(self) -> str:
        """The user id that acts."""
        return self.core.world.app.bot_user_id

    @property
    def channel(self) -> Channel:
        """The channel the pipeline found. Raises `channel_not_found`."""
        if self.place is None:
            raise SlackError("channel_not_found")
        return self.place

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def maybe(self, name: str) -> str | None:
        """A string argument, None when it is missing or empty."""
        return self.text(name) or None

    def number(self, name: str, default: int) -> int:
        """An integer argument."""
        value = self.args.get(name)
        return default if value is None else int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean argument."""
        value = self.args.get(name)
        return default if value is None else bool(value)

    def ids(self, name: str) -> list[str]:
        """A list of ids."""
        return list(cast("list[str]", self.args.get(name) or []))

    def ts_bound(self, name: str) -> str | None:
        """A time bound as `seconds.micros`, padded so that it compares. Raises `invalid_ts_<name>`."""
        value = self.maybe(name)
        if value is None or value in {"0", "now"}:
            return None
        try:
            micros = ts_to_micros(value)
        except ValueError:
            raise SlackError(f"invalid_ts_{name}") from None
        return f"{micros // 1_000_000:010d}.{micros % 1_000_000:06d}"

    def limit(self, default: int, most: int = LIMIT_MOST) -> int:
        """`limit`, 1 to `most`. Raises `invalid_limit`."""
        limit = self.number("limit", default)
        if limit == 0:
            return default
        if not 1 <= limit <= most:
            raise SlackError("invalid_limit")
        return limit

    def cursor(self, kind: str) -> str | None:
        """What the cursor of the last page points to. Raises `invalid_cursor`."""
        cursor = self.maybe("cursor")
        if cursor is None:
            return None
        try:
            said, _, value = b64decode(cursor, validate=True).decode().partition(":")
        except (BadBase64, UnicodeDecodeError, ValueError):
            raise SlackError("invalid_cursor") from None
        if said != kind or not value:
            raise SlackError("invalid_cursor")
        return value

    def page(
        self, items: Sequence[Item], kind: str, key: Callable[[Item], str], default: int
    ) -> tuple[list[Item], Json]:
        """One page of sorted items, and the `response_metadata` with the next cursor."""
        start = self.cursor(kind)
        limit = self.limit(default)
        rest = [item for item in items if start is None or key(item) >= start]
        more = rest[limit : limit + 1]
        return rest[:limit], metadata(kind, key(more[0]) if more else None)

    def require_scope(self, scopes: Sequence[str]) -> None:
        """Raises `missing_scope` unless the token has one of them."""
        if self.token is not None and not set(scopes) & set(self.token.scopes):
            raise SlackError("missing_scope", needed=scopes[0], provided=",".join(self.token.scopes))

    def require_deed(self, deed: Deed, channel: Channel) -> None:
        """Raises `missing_scope` unless the token may do it in that kind of channel."""
        self.require_scope(NEEDED[deed][channel.kind])

    def group_only(self) -> Channel:
        """The channel, when it is no direct message. Raises `method_not_supported_for_channel_type`."""
        if self.channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        return self.channel

    def json_object(self, name: str) -> Json:
        """A JSON object argument. Raises `invalid_arguments`."""
        value = self.args.get(name)
        if not isinstance(value, dict):
            raise invalid("must provide an object", f"/{name}")
        return cast("Json", value)


def metadata(kind: str, following: str | None) -> Json:
    """`response_metadata` with the cursor of the page that begins at `following`."""
    cursor = b64encode(f"{kind}:{following}".encode()).decode() if following else ""
    return {"next_cursor": cursor}


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    """One row: what the pipeline must know, and what does the work.

    `scopes`: any one of them opens the method. `deed`: instead, the scopes depend on the kind of the channel.
    `place`: the name of the argument that `access` is about.
    """

    name: str
    tier: Tier
    arguments: tuple[Argument, ...]
    handler: Handler
    scopes: tuple[str, ...] = ()
    deed: Deed | None = None
    errors: frozenset[str] = frozenset()
    access: Access = Access.NONE
    place: str = "channel"
    token: TokenWanted | None = "bot"  # noqa: S105 - a kind of token
    any_argument: bool = False
    post_only: bool = False
    types: dict[str, ArgumentType] = field(default_factory=dict[str, ArgumentType])

    @property
    def accepted(self) -> tuple[str, ...]:
        """The scopes of `X-Accepted-OAuth-Scopes`."""
        return accepted(self.deed) if self.deed else self.scopes


def row(
    name: str,
    tier: Tier,
    spec: str,
    handler: Handler,
    *,
    scopes: str = "",
    deed: Deed | None = None,
    errors: str = "",
    access: Access = Access.NONE,
    place: str = "channel",
    token: TokenWanted | None = "bot",  # noqa: S107 - a kind of token
    any_argument: bool = False,
    post_only: bool = False,
) -> Method:
    """Writes a row with words instead of tuples."""
    found = arguments(spec)
    return Method(
        name=name,
        tier=tier,
        arguments=found,
        handler=handler,
        scopes=tuple(scopes.split()),
        deed=deed,
        errors=frozenset(errors.split()),
        access=access,
        place=place,
        token=token,
        any_argument=any_argument,
        post_only=post_only,
        types={one.name: one.type for one in found},
    )
