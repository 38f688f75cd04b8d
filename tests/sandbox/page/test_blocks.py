"""Every block and element the sandbox takes is drawn by the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from sandbox.blockkit.api import Surface
from tests.sandbox.blockkit.block_samples import BLOCKS

LOAD = """async () => {
  const base = "/_sandbox/static/js/";
  const [blocks, form, store, emoji] = await Promise.all(
    ["blocks", "form", "store", "emoji"].map((name) => import(base + name + ".js")));
  await emoji.loadEmoji("/_sandbox/static/emoji.json");
  const workspace = new store.Store();
  workspace.load({team: {}, me: {tz: "Asia/Kuala_Lumpur"}, app: {}, people: [], channels: []}, "U1");
  window.drawn = (block, surface) => {
    const state = new form.FormState();
    state.adopt([block]);
    const box = document.createElement("div");
    box.append(blocks.renderBlocks([block], {store: workspace, form: state, surface}));
    document.body.append(box);
    const unnamed = [...box.querySelectorAll("button, input, select, textarea, a[href]")].filter((control) =>
      !(control.labels?.length || control.ariaLabel
        || control.getAttribute("aria-labelledby") || control.textContent.trim()
        || control.querySelector("img[alt]")));
    const result = {unknown: box.querySelectorAll(".unknown").length, size: box.querySelectorAll("*").length,
      unnamed: unnamed.map((control) => control.outerHTML), ids: Object.keys(state.values())};
    box.remove();
    return result;
  };
}"""


@pytest.fixture(scope="module")
def draw(browser: Browser, files_url: str) -> Any:  # noqa: ANN401 - a page closed over by a function
    page: Page = browser.new_page()
    page.goto(f"{files_url}/")
    page.evaluate(LOAD)
    yield lambda block, surface: page.evaluate("([block, surface]) => drawn(block, surface)", [block, surface])
    page.close()


@pytest.mark.parametrize(("surface", "block"), BLOCKS)
def test_a_block_is_drawn_with_named_controls(draw: Any, surface: Surface, block: dict[str, Any]) -> None:  # noqa: ANN401
    result = draw({"block_id": "block", **block}, surface)
    assert result["unknown"] == 0
    assert result["size"] > 0
    assert result["unnamed"] == []
