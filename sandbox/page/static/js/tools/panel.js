// The "Sandbox" side: things that are not Slack but the world around it (CRM, clock, what the bot called, faults).

import { fill, h, icon } from "../dom.js";
import { CallsPanel } from "./calls.js";
import { ClockPanel } from "./clock.js";
import { CrmPanel } from "./crm.js";
import { FaultsPanel } from "./faults.js";

export class Tools {
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.panels = [new ClockPanel(app), new CrmPanel(app), new CallsPanel(app), new FaultsPanel(app)];
    this.sections = [];
  }

  /** Draw the frame once; the panels draw themselves into it. */
  start() {
    const head = h("div", { class: "tools-head" }, h("span", { class: "tools-title" }, icon("tools"), "Sandbox"), h("span", { class: "quiet small" }, "the world around this Slack"), h("button", { class: "icon-button", type: "button", "aria-label": "Hide this panel", onclick: () => this.toggle(false) }, icon("close")));
    fill(this.root, head, this.panels.map((panel) => this.section(panel)));
    const wide = matchMedia("(min-width: 1280px)").matches;
    this.toggle(this.remembered() ?? wide, false);
  }

  section(panel) {
    const body = h("section", { class: `tool-body tool-${panel.title.toLowerCase()}`, "aria-label": panel.title });
    const details = h("details", { class: "tool", open: panel.open !== false }, h("summary", null, icon("right", "turn"), h("span", null, panel.title), panel.badge), body);
    // A closed panel has nothing in it, so that nothing in it is found by keyboard or reader.
    const show = () => {
      if (details.open) fill(body, panel.node);
      else fill(body);
    };
    details.addEventListener("toggle", show);
    panel.start();
    show();
    return details;
  }

  remembered() {
    if (!matchMedia("(min-width: 1280px)").matches) return false;
    try {
      const kept = sessionStorage.getItem("sandbox-tools");
      return kept === null ? null : kept === "open";
    } catch {
      return null; // no storage, nothing remembered
    }
  }

  toggle(open = this.root.hidden, remember = true) {
    this.root.hidden = !open;
    document.getElementById("app").classList.toggle("with-tools", open);
    document.getElementById("tools-button")?.setAttribute("aria-expanded", String(open));
    if (!remember) return;
    try {
      sessionStorage.setItem("sandbox-tools", open ? "open" : "closed");
    } catch (error) {
      console.info("not remembered", error);
    }
  }

  heard(event) {
    for (const panel of this.panels) panel.heard?.(event);
  }

  refresh() {
    for (const panel of this.panels) panel.refresh?.();
  }
}
