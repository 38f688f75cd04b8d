"""The CRM panel, with a sandbox in this process that has a sample to send."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from sandbox import Sample, Sandbox, SandboxConfig, WebhookTarget

SECRET = "whsec_c2FuZGJveC1wYWdlLXRlc3Rz"
WON = Sample("won", "Deal won", "A customer signs.", {"type": "deal.won", "data": {"id": "{{n}}"}})


@pytest.fixture
def crm_url(files_url: str) -> Iterator[str]:
    """A sandbox whose webhook goes to a server that takes no POST."""
    target = WebhookTarget(f"{files_url}/", SECRET, (WON,))
    loops: list[asyncio.AbstractEventLoop] = []
    sandboxes: list[Sandbox] = []
    began = threading.Event()

    async def serve() -> None:
        sandbox = Sandbox(SandboxConfig(port=0, webhook=target))
        ready = asyncio.Event()
        serving = asyncio.create_task(sandbox.serve(ready=ready))
        await ready.wait()
        loops.append(asyncio.get_running_loop())
        sandboxes.append(sandbox)
        began.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert began.wait(20)
    yield sandboxes[0].url
    asyncio.run_coroutine_threadsafe(sandboxes[0].stop(), loops[0]).result(20)
    thread.join(20)


def test_a_sample_is_sent_and_its_answer_stays(page: Page, crm_url: str) -> None:
    page.goto(crm_url)
    crm = page.get_by_role("region", name="CRM")
    expect(crm).to_contain_text("A customer signs.")
    crm.get_by_role("button", name="Send: Deal won").click()
    expect(crm).to_contain_text("HTTP 405")
    expect(crm).to_contain_text("Method Not Allowed")
    page.get_by_role("link", name="# sales").click()
    expect(page.get_by_role("textbox", name="Message #sales")).to_be_visible()
    expect(crm).to_contain_text("HTTP 405")
