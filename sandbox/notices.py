"""Events that follow from what a message holds: its metadata and its links.

Source: docs.slack.dev/reference/events/message_metadata_posted (… _updated, _deleted) and link_shared.
"""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from sandbox.store import Row
from sandbox.world import World

Json = dict[str, Any]
_LINK = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")


def tell_metadata(world: World, row: Row, before: Json | None, after: Json | None, ts: str) -> None:
    """Tells the app of metadata that came, changed or went, when it asked for its type."""
    held = after or before
    if held is None or before == after or not world.app.hears_metadata(str(held.get("event_type"))):
        return
    body = row.body
    event: Json = {
        "app_id": body.get("app_id", ""),
        "bot_id": body.get("bot_id"),
        "user_id": row.author,
        "team_id": world.team.id,
        "channel_id": row.channel,
        "message_ts": row.ts,
        "event_ts": ts,
    }
    if before is None:
        event |= {"type": "message_metadata_posted", "metadata": after}
    elif after is None:
        event |= {"type": "message_metadata_deleted", "previous_metadata": before, "deleted_ts": ts}
    else:
        event |= {"type": "message_metadata_updated", "previous_metadata": before, "metadata": after}
    world.emit(event, row.channel)


def tell_links(world: World, row: Row, *, is_member: bool) -> None:
    """Tells the app of links to its domains in a message that is not its own."""
    domains = world.app.unfurl_domains
    if not domains or row.author == world.app.bot_user_id:
        return
    links: list[Json] = []
    for found in _LINK.findall(str(row.body.get("text", ""))):
        url = unescape(found)
        host = (urlsplit(url).hostname or "").lower()
        domain = next((one for one in domains if host == one or host.endswith(f".{one}")), None)
        if domain is not None:
            links.append({"domain": domain, "url": url})
    if not links:
        return
    event: Json = {
        "type": "link_shared",
        "channel": row.channel,
        "is_bot_user_member": is_member,
        "user": row.author,
        "message_ts": row.ts,
        "unfurl_id": f"{row.channel}.{row.ts}.{world.ids.secret(64).lower()}",
        "source": "conversations_history",
        "links": links,
        "event_ts": row.ts,
    }
    if row.thread:
        event["thread_ts"] = row.thread
    world.emit(event, row.channel)
