"""Files that blocks show: only images that are there, ready, and the app's to show."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.conftest import Running

GENERAL = "C00GENERAL"
PNG = b"\x89PNG\r\n\x1a\n"


def block(named: dict[str, str]) -> dict[str, Any]:
    return {"type": "image", "slack_file": named, "alt_text": "A chart"}


async def upload(slack: Running, name: str = "chart.png") -> str:
    made = await slack.api(
        "files.getUploadURLExternal", json={"filename": name, "length": len(PNG), "alt_txt": "A chart"}
    )
    async with slack.session.post(made["upload_url"], data=PNG) as answer:
        assert answer.status == 200
    done = await slack.api("files.completeUploadExternal", json={"files": [{"id": made["file_id"]}]})
    assert done["files"][0]["mimetype"] == "", "Slack works on"
    return str(made["file_id"])


async def known(slack: Running, file: str) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while True:
            found = (await slack.api("files.info", json={"file": file}))["file"]
            if found["mimetype"]:
                return found
            await asyncio.sleep(0.02)


async def say(slack: Running, named: dict[str, str]) -> dict[str, Any]:
    return await slack.api("chat.postMessage", json={"channel": GENERAL, "text": "x", "blocks": [block(named)]})


async def test_an_image_that_was_uploaded_is_shown_by_its_id_and_by_its_address(slack: Running) -> None:
    file = await upload(slack)
    found = await known(slack, file)
    assert (await say(slack, {"id": file}))["ok"]
    assert (await say(slack, {"url": found["url_private"]}))["ok"]
    async with slack.session.get(f"{slack.url}_sandbox/files/{file}") as shown:
        assert shown.headers["content-type"] == "image/png"
        assert await shown.read() == PNG


async def test_slack_needs_a_moment_before_it_can_be_shown(slack: Running) -> None:
    answer = await say(slack, {"id": await upload(slack)})
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]


@pytest.mark.parametrize("name", ["chart.svg", "chart.txt", "chart.webp"])
async def test_only_pictures_can_be_shown(slack: Running, name: str) -> None:
    file = await upload(slack, name)
    await known(slack, file)
    assert (await say(slack, {"id": file}))["error"] == "invalid_blocks"


async def test_what_is_not_there_or_deleted_or_only_begun_cant_be_shown(slack: Running) -> None:
    begun = await slack.api("files.getUploadURLExternal", json={"filename": "a.png", "length": 3})
    gone = await upload(slack)
    await known(slack, gone)
    await slack.api("files.delete", json={"file": gone})
    for file in ("F0NOBODY00", begun["file_id"], gone):
        assert (await say(slack, {"id": file}))["error"] == "invalid_blocks"
    wrong = await say(slack, {"id": "chart"})
    assert "input must match regex pattern: ^[F][A-Z0-9]{8,}$" in wrong["errors"][0]
