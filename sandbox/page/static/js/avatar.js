// Pictures of people: initials in a steady colour, or the app's own mark.

import { h, image } from "./dom.js";
import { hueOf, initialsOf } from "./store.js";

export function avatar(store, id, size = "", override = {}) {
  const bot = store.isBot(id) || override.bot;
  const name = override.name ?? store.nameOf(id);
  const props = { class: `avatar ${size} ${bot ? "avatar-bot" : ""}`, vars: { hue: hueOf(id, bot) }, "aria-hidden": "true" };
  if (override.emoji) return h("span", props, override.emoji);
  if (override.url) return h("span", props, image(override.url, "", "avatar-image"));
  return h("span", props, initialsOf(name));
}
