"""A picture that was uploaded and is shown by its id: the page draws it, with its description."""

from __future__ import annotations

import time
from io import BytesIO

import httpx
from PIL import Image
from playwright.sync_api import Page, expect

from tests.sandbox.page.driving import ADA, Driven


def _uploaded(driven: Driven) -> str:
    stream = BytesIO()
    Image.new("RGB", (40, 20), "#0b5cad").save(stream, "PNG")
    data = stream.getvalue()
    made = driven.client.files_getUploadURLExternal(filename="chart.png", length=len(data))
    assert httpx.post(made["upload_url"], content=data).is_success
    driven.client.files_completeUploadExternal(files=[{"id": made["file_id"]}])
    while not driven.client.files_info(file=made["file_id"])["file"]["mimetype"]:
        time.sleep(0.02)
    return str(made["file_id"])


def test_a_picture_shows_with_its_description(driven: Driven, page: Page) -> None:
    channel, _ = driven.channel(ADA)
    block = {"type": "image", "slack_file": {"id": _uploaded(driven)}, "alt_text": "Logins fell by half"}
    driven.client.chat_postMessage(channel=channel, text="x", blocks=[block])
    page.goto(driven.at(channel))
    picture = page.get_by_role("img", name="Logins fell by half")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('img.picture')?.naturalWidth === 40")
