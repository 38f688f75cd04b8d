// The icons a card may name; drawn as emoji, which every system has.

import { h } from "./dom.js";

const SIGNS = {
  archive: "🗄️", book: "📖", bookmark: "🔖", bot: "🤖", bug: "🐞", calendar: "📅", call: "📞", "caret-left": "‹", "caret-right": "›",
  check: "✅", clipboard: "📋", code: "💻", comment: "💬", compass: "🧭", copy: "📄", cube: "🧊", download: "⬇️", edit: "✏️", email: "✉️",
  "eye-closed": "🙈", "eye-open": "👁️", file: "📄", flag: "🚩", folder: "📁", gear: "⚙️", globe: "🌐", heart: "❤️", help: "❓", image: "🖼️",
  info: "ℹ️", key: "🔑", lightbulb: "💡", link: "🔗", map: "🗺️", mobile: "📱", "new-window": "↗️", pin: "📌", plus: "➕", refine: "🎚️",
  refresh: "🔄", rocket: "🚀", save: "💾", screen: "🖥️", share: "📤", sparkle: "✨", star: "☆", "star-filled": "⭐", tag: "🏷️",
  "thumbs-down": "👎", "thumbs-up": "👍", trash: "🗑️", upload: "⬆️", user: "👤", warning: "⚠️",
};

export function slackIcon(icon) {
  return h("span", { class: "card-icon slack-icon emoji", role: "img", "aria-label": String(icon.name ?? "").replaceAll("-", " ") }, SIGNS[icon.name] ?? "•");
}
