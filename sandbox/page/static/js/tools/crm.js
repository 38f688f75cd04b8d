// Sample events, sent over the signed webhook as a CRM would.

import { fill, h, icon } from "../dom.js";
import { post } from "../api.js";

export class CrmPanel {
  constructor(app) {
    this.app = app;
    this.title = "CRM";
    this.node = h("div");
  }

  start() {
    this.refresh();
  }

  refresh() {
    const { samples } = this.app.store;
    const print = JSON.stringify(samples);
    if (this.drawn === print) return; // the answers below the buttons stay
    this.drawn = print;
    if (!samples.length) {
      fill(this.node, h("p", { class: "quiet small" }, "No sample events: the sandbox was started without a webhook to send them to."));
      return;
    }
    fill(this.node, h("ul", { class: "samples" }, samples.map((sample) => this.sample(sample))));
  }

  sample(sample) {
    const answer = h("div", { class: "answer", role: "status" });
    const button = h("button", { class: "button small", type: "button", "aria-label": `Send: ${sample.title}`, onclick: () => this.send(sample, button, answer) }, icon("send"), "Send");
    return h("li", { class: "sample" }, h("div", { class: "sample-words" }, h("b", null, sample.title), sample.description ? h("span", { class: "quiet small" }, sample.description) : null), button, answer);
  }

  async send(sample, button, place) {
    button.setAttribute("aria-busy", "true");
    const answer = await post(`/samples/${encodeURIComponent(sample.name)}`, {});
    button.removeAttribute("aria-busy");
    const { status } = answer;
    const good = status >= 200 && status < 300;
    const sign = status ? `HTTP ${status}` : (answer.error ?? "No answer");
    const body = answer.body ?? answer.message ?? "";
    const words = typeof body === "string" ? body : JSON.stringify(body);
    fill(place, h("span", { class: `status ${good ? "good" : "bad"}` }, sign), h("code", { class: "answer-body" }, words.slice(0, 400)));
  }
}
