// A small emoji picker: search, arrow keys, Enter.

import { fill, h } from "./dom.js";
import { layerOf, place } from "./dialog.js";
import { COMMON, emojiOf, searchEmoji } from "./emoji.js";

export function openEmojiPicker(anchor, pick) {
  const grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const search = h("input", { class: "text-input", type: "search", "aria-label": "Search emoji", placeholder: "Search emoji" });
  const box = h("div", { class: "emoji-picker", role: "dialog", "aria-label": "Pick an emoji", popover: "manual" }, search, grid);
  const close = () => {
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.focus();
  };
  const outside = (event) => {
    if (!box.contains(event.target)) close();
  };
  const choose = (name) => {
    close();
    pick(name);
  };
  const show = () => {
    const names = search.value.trim() ? searchEmoji(search.value.trim(), 64) : COMMON;
    fill(grid, names.map((name) => h("button", { type: "button", class: "emoji-choice", "aria-label": name.replaceAll("_", " "), title: `:${name}:`, onclick: () => choose(name) }, emojiOf(name))));
  };
  search.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      grid.querySelector("button")?.click();
    }
  });
  show();
  layerOf(anchor).append(box);
  box.showPopover();
  place(box, anchor);
  document.addEventListener("pointerdown", outside, true);
  search.focus();
}
