// Faults on demand, and how strict the rate limits are.

import { fill, h, icon } from "../dom.js";
import { get, post, remove } from "../api.js";

const FAULTS = {
  latency: "Answer late", 429: "429 rate limited", 500: "HTTP 500", 503: "HTTP 503", close_before: "Close before the work", close_after: "Close after the work",
  malformed: "Malformed JSON", internal_error: "internal_error", socket_drop: "Drop the socket", duplicate: "Duplicate event", out_of_order: "Events out of order",
};

export class FaultsPanel {
  constructor(app) {
    this.app = app;
    this.title = "Faults";
    this.open = false;
    this.node = h("div");
    this.badge = h("span", { class: "tool-badge", hidden: true });
  }

  start() {
    this.method = h("input", { class: "text-input", id: "fault-method", value: "*", list: "fault-methods", autocomplete: "off" });
    this.kind = h("select", { class: "text-input", id: "fault-kind" }, Object.entries(FAULTS).map(([value, words]) => h("option", { value }, words)));
    this.times = h("input", { class: "text-input", id: "fault-times", type: "number", min: "1", value: "1" });
    this.seconds = h("input", { class: "text-input", id: "fault-seconds", type: "number", min: "0", step: "0.5", value: "3" });
    this.rate = h("select", { class: "text-input", id: "fault-rate", onchange: () => this.setRate() }, [["1", "As Slack"], ["10", "10 × as generous"], ["0", "No limits"]].map(([value, words]) => h("option", { value }, words)));
    this.list = h("ul", { class: "fault-list" });
    this.note = h("div", { class: "answer" });
    const field = (id, words, control) => h("div", { class: "mini-field" }, h("label", { for: id }, words), control);
    fill(
      this.node,
      h("form", { class: "fault-form", onsubmit: (event) => { event.preventDefault(); this.add(); } },
        field("fault-method", "Method", this.method), field("fault-kind", "Fault", this.kind), field("fault-times", "Times", this.times), field("fault-seconds", "Seconds", this.seconds),
        h("button", { class: "button small", type: "submit" }, "Add fault")),
      h("datalist", { id: "fault-methods" }, ["*", "chat.postMessage", "chat.update", "views.open", "conversations.create", "conversations.invite"].map((value) => h("option", { value }))),
      this.list,
      this.note,
      field("fault-rate", "Rate limits", this.rate),
    );
    this.refresh();
  }

  async refresh() {
    const answer = await get("/faults");
    const faults = Array.isArray(answer) ? answer : (answer.faults ?? []);
    this.badge.hidden = !faults.length;
    this.badge.textContent = String(faults.length);
    fill(this.list, faults.map((fault) => h("li", null, icon("bolt"), ` ${FAULTS[fault.fault] ?? fault.fault} · ${fault.method ?? "*"} · ${fault.times ?? "∞"} left`)), faults.length ? h("li", null, h("button", { class: "button small", type: "button", onclick: () => this.clear() }, "Clear all faults")) : null);
  }

  async add() {
    const fault = { method: this.method.value.trim() || "*", fault: this.kind.value, times: Number(this.times.value) || 1 };
    if (fault.fault === "latency") fault.seconds = Number(this.seconds.value);
    if (fault.fault === "429") fault.retry_after = Math.round(Number(this.seconds.value));
    this.say(await post("/faults", [fault]));
    await this.refresh();
  }

  async clear() {
    this.say(await remove("/faults"));
    await this.refresh();
  }

  async setRate() {
    this.say(await post("/rates", { factor: Number(this.rate.value) }));
  }

  say(answer) {
    fill(this.note, answer.ok === false ? h("span", { class: "status bad", role: "alert" }, answer.message ?? answer.error) : null);
  }

  heard(event) {
    if (event.type === "fault" || event.type === "faults" || (event.type === "call" && !this.badge.hidden)) this.refresh();
  }
}
