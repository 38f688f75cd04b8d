// What the bot called, newest first: errors in red, with the pointer that failed.

import { fill, h, icon } from "../dom.js";
import { coalesced, get } from "../api.js";
import { clockTime } from "../time.js";

const SHOWN = 80;
const KEPT = 400;

export class CallsPanel {
  constructor(app) {
    this.app = app;
    this.title = "Calls";
    this.node = h("div");
    this.badge = h("span", { class: "tool-badge", hidden: true });
    this.rows = [];
    this.after = null;
    this.refresh_ = coalesced(() => this.load());
  }

  start() {
    this.filter = h("input", { class: "text-input", type: "search", "aria-label": "Filter calls", placeholder: "Filter by method or error", oninput: () => this.draw() });
    this.onlyBad = h("input", { type: "checkbox", id: "calls-bad", onchange: () => this.draw() });
    this.list = h("ol", { class: "calls", "aria-label": "Calls, newest first" });
    fill(this.node, h("div", { class: "calls-bar" }, this.filter, h("label", { for: "calls-bad", class: "small" }, this.onlyBad, " errors only")), this.list);
    this.refresh();
  }

  heard(event) {
    if (event.type === "call" || event.type === "delivery") this.refresh();
  }

  refresh() {
    return this.refresh_("calls");
  }

  async load() {
    const [called, delivered] = await Promise.all([get("/calls", { after: this.after }), get("/deliveries", { after: this.after })]);
    const fresh = [...(called.calls ?? []), ...(delivered.deliveries ?? []).map((row) => ({ ...row, method: row.what, delivery: true }))].sort((a, b) => a.id - b.id);
    if (!fresh.length && this.after !== null) return;
    const ids = new Set(this.rows.map((row) => row.id));
    this.rows.push(...fresh.filter((row) => !ids.has(row.id)));
    this.rows = this.rows.slice(-KEPT);
    this.after = this.rows.at(-1)?.id ?? null;
    this.draw();
  }

  draw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const rows = this.rows.filter((row) => (!this.onlyBad.checked || isBad(row)) && (!wanted || `${row.method} ${row.error ?? ""}`.toLowerCase().includes(wanted)));
    const bad = this.rows.filter(isBad).length;
    this.badge.hidden = bad === 0;
    this.badge.textContent = `${bad} error${bad === 1 ? "" : "s"}`;
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((node) => node.dataset.id));
    fill(this.list, rows.slice(-SHOWN).reverse().map((row) => h("li", { class: isBad(row) ? "call-item bad" : "call-item" }, this.row(row, open))), rows.length ? null : h("li", { class: "quiet small" }, this.rows.length ? "Nothing matches." : "No calls yet."));
  }

  /** How it went, and the way to the message it made. */
  facts(row) {
    const { store } = this.app;
    const words = [row.status ? `HTTP ${row.status}` : null, row.kind, row.duration_ms === undefined ? null : `${row.duration_ms} ms`, row.warning, row.fault ? `fault: ${row.fault}` : null].filter(Boolean).join(" · ");
    const channel = store.channels.get(row.channel);
    return h("div", { class: "small quiet" }, words, channel ? [" · ", h("a", { href: `?user=${store.user}&channel=${channel.id}`, dataset: { channel: channel.id, at: row.ts ?? "" } }, `in ${channel.is_im ? store.channelName(channel) : `#${channel.name}`}`)] : null);
  }

  row(row, open) {
    const bad = isBad(row);
    const pointers = pointersOf(row);
    const details = h("details", { class: "call", dataset: { id: String(row.id) }, open: open.has(String(row.id)) },
      h("summary", null,
        h("span", { class: row.delivery ? "call-sign to-bot" : "call-sign", title: row.delivery ? `To the bot (${row.kind})` : null }, icon(bad ? "warning" : row.delivery ? "right" : "check")),
        h("span", { class: "call-method" }, row.method ?? "?"),
        bad ? h("span", { class: "call-error" }, errorOf(row)) : null,
        h("span", { class: "call-time" }, timeOf(row, this.app.store.tz))));
    const fillIn = () => {
      if (!details.open || details.querySelector(".call-body")) return;
      details.append(h("div", { class: "call-body" }, this.facts(row), row.args && Object.keys(row.args).length ? part("Arguments", row.args) : null));
    };
    details.addEventListener("toggle", fillIn);
    fillIn();
    return [details, pointers.length ? h("ul", { class: "pointers" }, pointers.map((text) => h("li", null, text))) : null];
  }
}

/** An event that no bot was there to hear is no error. */
const isBad = (row) => row.ok === false && !(row.delivery && row.error === "connection_failed");
const errorOf = (row) => row.error ?? row.fault ?? (row.status ? `HTTP ${row.status}` : "failed");
const part = (title, value) => (value === undefined || value === null ? null : h("div", null, h("div", { class: "small quiet" }, title), h("pre", { class: "pre json" }, JSON.stringify(value, null, 2))));

function timeOf(row, tz) {
  const ms = Date.parse(row.time ?? "");
  return Number.isFinite(ms) ? clockTime(ms, tz) : "";
}

/** Slack's own words: "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/text]". */
function pointersOf(row) {
  const needed = row.needed ? [`needs the scope ${row.needed}`] : [];
  return [...needed, ...(row.messages ?? [])].map((text) => String(text).replace(/^\[(ERROR|WARN)\]\s*/, ""));
}
