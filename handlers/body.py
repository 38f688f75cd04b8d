"""The raw body of a request, never more of it in memory than is allowed."""

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

DRAIN: Final = 16 * 1024 * 1024
"""Bytes read and thrown away beyond the limit, so that the sender gets to read the answer before the line is cut."""
PATIENCE_S: Final = 30.0


class BodyUnfinished(Exception):
    """The sender stopped in the middle."""


class BodyTooLarge(Exception):
    """More bytes came than are allowed."""


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises BodyTooLarge beyond `limit` bytes, also when no length was announced; BodyUnfinished
    when the sender went away or took longer than half a minute."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= limit:
                    chunks.append(chunk)
                else:
                    chunks.clear()
                if size > limit + DRAIN:
                    break
    except (ClientDisconnect, TimeoutError) as error:
        raise BodyUnfinished from error
    if size > limit:
        raise BodyTooLarge
    return b"".join(chunks)
