"""Tokens and what they may do."""

from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["bot", "app"]


@dataclass(frozen=True)
class Token:
    """A token the sandbox gave out."""

    value: str
    kind: TokenKind
    scopes: tuple[str, ...]
    revoked: bool = False
