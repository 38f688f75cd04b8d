"""Puts a picture into Slack without saying it anywhere: a message shows it by its id afterwards. Or shares files.

Repeating it after a crash leaves a file nobody sees, never a second message (docs.slack.dev, Working with files).
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from scheduler.slack import Slack, SlackUnknownError

URL: Final = "files.getUploadURLExternal"
COMPLETE: Final = "files.completeUploadExternal"
INFO: Final = "files.info"
UPLOAD: Final = "upload of a file"
ALT: Final = 1_000
"""Characters of ``alt_txt`` (files.getUploadURLExternal)."""
WAITS_S: Final = (0.1, 0.3, 0.6, 1.0, 2.0)
"""Slack works on a file for a moment, and shows it in no block before (slackapi/python-slack-sdk issue 1521)."""


async def upload(slack: Slack, name: str, title: str, alt: str, content: bytes) -> str:
    """The id of a private file in Slack that only Baton sees so far. Raises the errors of scheduler.slack."""
    place = await slack.call(URL, filename=name, length=len(content), alt_txt=alt[:ALT])
    file, address = str(place.get("file_id", "")), str(place.get("upload_url", ""))
    if not file or not address:
        raise SlackUnknownError(URL, "no address in the answer")
    await slack.send(UPLOAD, address, content, "application/octet-stream")
    await slack.call(COMPLETE, files=[{"id": file, "title": title}])
    return file


async def share(slack: Slack, channel: str, said: str, files: Sequence[tuple[str, bytes]]) -> list[str]:
    """Post files, by name and content, with a line of text into a channel; their ids. Raises the errors of
    scheduler.slack."""
    wanted: list[dict[str, str]] = []
    for name, content in files:
        place = await slack.call(URL, filename=name, length=len(content))
        file, address = str(place.get("file_id", "")), str(place.get("upload_url", ""))
        if not file or not address:
            raise SlackUnknownError(URL, "no address in the answer")
        await slack.send(UPLOAD, address, content, "application/octet-stream")
        wanted.append({"id": file, "title": name})
    await slack.call(COMPLETE, files=wanted, channel_id=channel, initial_comment=said)
    return [one["id"] for one in wanted]


async def shown(slack: Slack, file: str) -> bool:
    """Whether a block can show the file by now; waits a few seconds for it. Raises the errors of scheduler.slack."""
    for wait in WAITS_S:
        found = await slack.call(INFO, file=file)
        about: Any = found.get("file") or {}
        if about.get("mimetype"):
            return True
        await asyncio.sleep(wait)
    return False
