"""A usage alert in the browser: its chart shows in both themes, with its description, and its numbers open.

With BATON_SCREENSHOTS=DIR the pictures are kept in DIR.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from domain.usage_alert import DROP
from tests.handlers.office import CHLOE, Office
from tests.handlers.usage_office import with_usage
from tests.sandbox.page.conftest import CHROMIUM

PATIENCE_MS = 15_000
Theme = Literal["light", "dark"]


@asynccontextmanager
async def window(theme: Theme) -> AsyncGenerator[Page]:
    """A window that fails the test on a script error or a picture that is not there."""
    broken: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = await browser.new_page(color_scheme=theme, viewport={"width": 1280, "height": 1100})
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 400 else None)
        yield page
        await browser.close()
    assert broken == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_chart_shows_with_its_description(office: Office, theme: Theme) -> None:
    house = await with_usage(office)
    await house.told()
    await office.said(house.channel, DROP)
    async with window(theme) as page:
        await page.goto(f"{office.url}?user={CHLOE}&channel={house.channel}")
        chart = page.get_by_role("img", name="Chart of logins a week over 30 weeks: usually 42, since")
        await chart.scroll_into_view_if_needed()
        await expect(chart).to_be_visible(timeout=PATIENCE_MS)
        await page.wait_for_function("document.querySelector('img.picture')?.naturalWidth === 1125")
        await expect(page.get_by_text("What to do next")).to_be_visible()
        await _keep(page, f"usage-{theme}")
        await page.get_by_role("button", name="Show the numbers").click()
        numbers = page.get_by_role("dialog", name="The numbers")
        await expect(numbers.get_by_text("▸").first).to_be_visible(timeout=PATIENCE_MS)
        await expect(numbers.get_by_role("img", name="Chart of logins")).to_be_visible()
        await _keep(page, f"usage-numbers-{theme}")


async def _keep(page: Page, name: str) -> None:
    folder = os.environ.get("BATON_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")
