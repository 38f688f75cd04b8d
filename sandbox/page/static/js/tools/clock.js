// The sandbox's clock, which can be moved.

import { fill, h } from "../dom.js";
import { get, post } from "../api.js";
import { fromLocalField, localField, longMoment, nextMondayNine } from "../time.js";

export class ClockPanel {
  constructor(app) {
    this.app = app;
    this.title = "Clock";
    this.node = h("div");
  }

  start() {
    const { store } = this.app;
    this.time = h("time", { class: "clock-time" });
    this.date = h("div", { class: "clock-date quiet" });
    this.field = h("input", { class: "text-input", type: "datetime-local", "aria-label": "Set the clock to", step: "60" });
    this.note = h("div", { class: "answer" });
    const set = (event) => {
      event.preventDefault();
      const ms = fromLocalField(this.field.value, store.tz);
      if (ms) this.move({ now: new Date(ms).toISOString() });
    };
    const button = (words, body) => h("button", { class: "button small", type: "button", onclick: () => this.move(body()) }, words);
    fill(
      this.node,
      h("div", { class: "clock-now" }, this.time, this.date),
      h("div", { class: "clock-buttons" },
        button("+1 hour", () => ({ advance: 3600 })),
        button("+1 day", () => ({ advance: 86400 })),
        button("Next Monday 09:00", () => ({ now: new Date(nextMondayNine(store.now, store.tz)).toISOString() }))),
      h("form", { class: "clock-set", onsubmit: set }, this.field, h("button", { class: "button small", type: "submit" }, "Set")),
      this.note,
    );
    this.refresh();
  }

  async move(body) {
    const answer = await post("/clock", body);
    this.say(answer.ok === false ? (answer.message ?? `Refused: ${answer.error}`) : "");
    if (answer.now) this.app.store.setNow(answer.now);
    this.refresh();
    this.app.ticked();
  }

  say(text) {
    fill(this.note, text ? h("span", { class: "status bad", role: "alert" }, text) : null);
  }

  async heard(event) {
    if (event.type !== "clock") return;
    const answer = event.now ? event : await get("/clock");
    if (answer.now) this.app.store.setNow(answer.now);
    this.refresh();
    this.app.ticked();
  }

  refresh() {
    this.tick();
    const { store } = this.app;
    if (document.activeElement !== this.field) this.field.value = localField(store.now, store.tz);
  }

  tick() {
    const { store } = this.app;
    if (!this.time) return;
    const words = longMoment(store.now, store.tz);
    const match = /^(.*?),? (?:at )?(\d\d:\d\d:\d\d) (.+)$/.exec(words);
    this.time.textContent = match ? match[2] : words;
    this.time.dateTime = new Date(store.now).toISOString();
    const away = Math.round(store.offset / 60000);
    const drift = Math.abs(away) < 1 ? "real time" : `${away > 0 ? "+" : "−"}${span(Math.abs(away))} from real time`;
    this.date.textContent = match ? `${match[1]} · ${match[3]} · ${drift}` : drift;
  }
}

function span(minutes) {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  return [days ? `${days} d` : "", hours ? `${hours} h` : "", !days && minutes % 60 ? `${minutes % 60} min` : ""].filter(Boolean).join(" ");
}
