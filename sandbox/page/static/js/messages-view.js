// A list of messages that is redrawn in place: only what changed gets new elements.

import { h, keepingFocus } from "./dom.js";
import { authorKey, renderMessage, showFailure } from "./message.js";
import { dayKey, dayLabel, tsToMs } from "./time.js";

const TOGETHER = 5 * 60 * 1000;
const NEAR = 120;

/**
 * Make a message list. `options`: {store, channel, label, inThread, openThread(ts), scroller}.
 * `update(messages)` redraws; returns the element.
 */
export function messageList(options) {
  const { store, channel } = options;
  const node = h("div", { class: "messages", role: "log", "aria-label": options.label, "aria-live": "polite", tabindex: "0" });
  const drawn = new Map();
  const forms = new Map();
  const dismissed = new Set();
  const failures = new Map();
  let messages = [];

  const view = (message, compact) => ({
    store, channel, forms, compact, inThread: options.inThread, openThread: options.openThread,
    changed: (ts) => { drawn.delete(ts); draw(); },
    failed: (ts, text) => { failures.set(ts, text); showFailure(drawn.get(ts)?.node, text); },
    dismiss: (ts) => { dismissed.add(ts); draw(); },
  });

  function elementFor(message, compact) {
    const print = JSON.stringify(message) + compact + store.tz + store.people.size;
    const old = drawn.get(message.ts);
    if (old?.print === print) return old.node;
    const fresh = renderMessage(message, view(message, compact));
    drawn.set(message.ts, { node: fresh, print });
    if (failures.get(message.ts)) showFailure(fresh, failures.get(message.ts));
    return fresh;
  }

  function draw() {
    const wanted = [];
    let before = null;
    for (const message of messages) {
      if (dismissed.has(message.ts)) continue;
      const ms = tsToMs(message.ts);
      const day = dayKey(ms, store.tz);
      const newDay = !before || dayKey(tsToMs(before.ts), store.tz) !== day;
      if (newDay && !options.inThread) wanted.push(dayLine(ms, day));
      wanted.push(elementFor(message, !newDay && follows(before, message)));
      before = message;
      if (options.inThread && message === messages[0] && messages.length > 1) wanted.push(replyLine(messages.length - 1));
    }
    const atEnd = isAtEnd();
    keepingFocus(node, () => reconcile(node, wanted));
    const alive = new Set(messages.map((message) => message.ts));
    for (const ts of drawn.keys()) if (!alive.has(ts)) drawn.delete(ts);
    if (atEnd) toEnd();
  }

  function dayLine(ms, day) {
    const words = dayLabel(ms, store.now, store.tz);
    const key = `day-${day}`;
    const old = drawn.get(key)?.node;
    const line = old ?? h("div", { class: "day-line", role: "separator", dataset: { ts: key } }, h("span", null, words));
    line.firstChild.textContent = words;
    line.setAttribute("aria-label", words);
    return line;
  }

  const replyLine = (count) => h("div", { class: "reply-line", dataset: { ts: "replies" } }, `${count} ${count === 1 ? "reply" : "replies"}`);
  const scroller = () => options.scroller ?? node;
  const isAtEnd = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight < NEAR;
  const toEnd = () => { scroller().scrollTop = scroller().scrollHeight; };

  return {
    node, draw, toEnd, isAtEnd,
    update(next) { messages = next; draw(); },
    get messages() { return messages; },
  };
}

function follows(before, message) {
  const plain = (one) => !one.is_ephemeral && !one.pinned_to?.length && !/^(channel|group|thread)_|pinned_item/.test(one.subtype ?? "");
  return before && authorKey(before) === authorKey(message) && tsToMs(message.ts) - tsToMs(before.ts) < TOGETHER && plain(before) && plain(message) && !(before.reply_count > 0);
}

/** Bring the children of `root` to exactly `wanted`, moving as few as possible. */
function reconcile(root, wanted) {
  const keep = new Set(wanted);
  for (const child of [...root.children]) if (!keep.has(child)) child.remove();
  let at = root.firstElementChild;
  for (const child of wanted) {
    if (child === at) at = at.nextElementSibling;
    else root.insertBefore(child, at);
  }
}
