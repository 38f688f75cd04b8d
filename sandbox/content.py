"""What an app may say: validation of text, blocks, attachments and metadata, once for every way of saying it."""

from typing import Any, cast

from sandbox.blockkit.api import validate_attachments, validate_blocks, validate_metadata
from sandbox.errors import SlackError, refuse_problems
from sandbox.messages import TEXT_MOST, Draft

Json = dict[str, Any]
# docs.slack.dev/reference/methods/chat.update: error msg_too_long
UPDATE_MOST = 4_000
TRUNCATED = "message_truncated"


def check_content(sent: Json) -> None:
    """Raises SlackError for blocks, attachments or metadata that Slack refuses."""
    if sent.get("blocks") is not None:
        refuse_problems(validate_blocks(sent["blocks"], "message"))
    if sent.get("attachments") is not None:
        refuse_problems(validate_attachments(sent["attachments"]))
    if sent.get("metadata") is not None and sent["metadata"] != {}:
        refuse_problems(validate_metadata(sent["metadata"]))


def read_draft(sent: Json, warnings: list[str] | None = None) -> Draft:
    """The draft of a message. Raises `no_text` when there is nothing to show; too long a text is cut and warned of."""
    check_content(sent)
    text = str(sent.get("text") or "")
    if not text.strip() and not sent.get("blocks") and not sent.get("attachments"):
        raise SlackError("no_text")
    if len(text) > TEXT_MOST:
        text = text[:TEXT_MOST]
        if warnings is not None:
            warnings.append(TRUNCATED)
    return Draft(
        text=text,
        blocks=cast("list[Json] | None", sent.get("blocks")),
        attachments=cast("list[Json] | None", sent.get("attachments")),
        metadata=cast("Json | None", sent.get("metadata")),
        thread_ts=cast("str | None", sent.get("thread_ts")),
        broadcast=bool(sent.get("reply_broadcast")),
    )


def read_changes(sent: Json) -> tuple[Json, set[str]]:
    """Of an update: the members it carries, and those it takes away (an empty array or object takes away).

    Raises `no_text`, `msg_too_long`.
    """
    check_content(sent)
    text = sent.get("text")
    shown = (text or "").strip() or any(sent.get(name) for name in ("blocks", "attachments"))
    if not shown and (text is not None or "metadata" not in sent):
        raise SlackError("no_text")
    if text is not None and len(text) > UPDATE_MOST:
        raise SlackError("msg_too_long")
    gone = {name for name in ("blocks", "attachments", "metadata") if sent.get(name) in ([], {})}
    return {name: sent[name] for name in ("text", "blocks", "attachments", "metadata") if sent.get(name)}, gone
