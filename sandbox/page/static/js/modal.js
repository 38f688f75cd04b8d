// The modal stack: draws the top view, keeps what was typed in each, submits, shows errors beside the fields.

import { coalesced, get, post } from "./api.js";
import { fill, h, icon, keepingFocus, uid } from "./dom.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { readFile } from "./composer.js";
import { FormState } from "./form.js";
import { showError } from "./input-block.js";
import { plainOf } from "./mrkdwn.js";

export class Modals {
  constructor(app) {
    this.app = app;
    this.store = app.store;
    this.views = [];
    this.forms = new Map();
    this.dialog = null;
    this.errors = {};
    this.message = "";
    this.busy = false;
    this.shown = null;
    this.refresh = coalesced(() => this.load());
  }

  reload() {
    return this.refresh("views");
  }

  stop() {
    this.views = [];
    this.forms.clear();
    this.draw();
  }

  async load() {
    const { user } = this.store;
    const data = await get("/ui/views", { user });
    if (data.ok === false || user !== this.store.user) return;
    this.views = data.views ?? [];
    const ids = new Set(this.views.map((view) => view.id));
    for (const id of this.forms.keys()) if (!ids.has(id)) this.forms.delete(id);
    this.draw();
  }

  get top() {
    return this.views.at(-1) ?? null;
  }

  form(view) {
    let entry = this.forms.get(view.id);
    if (!entry) {
      entry = { state: new FormState(), hash: null };
      this.forms.set(view.id, entry);
    }
    const print = JSON.stringify(view.blocks);
    if (entry.hash !== print) {
      entry.state.adopt(view.blocks, this.app.currentChannel());
      entry.hash = print;
    }
    return entry.state;
  }

  draw() {
    const view = this.top;
    if (!view) return this.hide();
    // The view's state is what was typed here; only what the app sent is a reason to draw again.
    const print = JSON.stringify([{ ...view, state: null }, this.views.length]);
    if (!this.dialog) this.open();
    if (this.shown?.print === print) return undefined;
    const other = this.shown?.id !== view.id;
    this.shown = { id: view.id, print };
    if (other || !this.busy) {
      this.errors = {};
      this.message = "";
    }
    const scroll = other ? 0 : (this.dialog.querySelector(".dialog-body")?.scrollTop ?? 0);
    keepingFocus(this.dialog, () => this.contents(view));
    this.dialog.querySelector(".dialog-body").scrollTop = scroll;
    if (other) this.focusFirst();
    return undefined;
  }

  open() {
    this.opener = document.activeElement;
    this.dialog = h("dialog", { class: "dialog modal" });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close(false);
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  hide() {
    if (!this.dialog) return;
    this.dialog.close();
    this.dialog.remove();
    this.dialog = null;
    this.shown = null;
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus();
  }

  focusFirst() {
    const chosen = this.dialog.querySelector("[autofocus]") ?? this.dialog.querySelector(".dialog-body input:not([disabled]), .dialog-body textarea");
    // A closed select opens on focus only when asked; everything else may take the caret at once.
    (chosen ?? this.dialog.querySelector(".dialog-foot button, .dialog-head button"))?.focus({ preventScroll: !chosen?.hasAttribute("autofocus") });
  }

  contents(view) {
    const titleId = uid("modal");
    const title = plainOf(view.title ?? "");
    this.dialog.setAttribute("aria-labelledby", titleId);
    const stacked = this.views.length > 1;
    const back = stacked ? h("button", { class: "icon-button", type: "button", "aria-label": "Back", onclick: () => this.close(false) }, icon("back")) : null;
    const cross = h("button", { class: "icon-button", type: "button", "aria-label": "Dismiss", title: stacked ? "Close all" : "Close", onclick: () => this.close(true) }, icon("close"));
    const submitText = view.submit ? plainOf(view.submit) : null;
    this.status = h("div", { class: "modal-status" });
    const send = submitText ? h("button", { class: "button primary solid", type: "submit" }, h("span", null, submitText)) : null;
    const cancel = h("button", { class: "button", type: "button", onclick: () => this.close(false) }, view.close ? plainOf(view.close) : "Close");
    const body = h("div", { class: "dialog-body blocks", tabindex: "-1" }, renderBlocks(view.blocks, this.context(view)));
    const form = h("form", { class: "modal-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.submit(view); } },
      h("div", { class: "dialog-head" }, back, avatar(this.store, this.store.app.bot_user_id, "tiny"), h("h2", { id: titleId, class: "dialog-title" }, title), stacked ? h("span", { class: "stack", title: `View ${this.views.length} of a stack` }, `${this.views.length}/3`) : null, cross),
      body, this.status, h("div", { class: "dialog-foot" }, cancel, send));
    fill(this.dialog, form);
    this.form_ = form;
    this.showMessage();
  }

  context(view) {
    const { store } = this;
    const state = this.form(view);
    const container = { type: "view", view_id: view.id };
    return {
      store, form: state, surface: "modal", errors: this.errors, channel: null,
      redraw: () => { this.shown = null; this.draw(); },
      submit: () => (view.submit ? this.submit(view) : undefined),
      upload: (files) => this.upload(files),
      options: (block, element, value) => post("/ui/options", { user: store.user, view_id: view.id, block_id: block.block_id, action_id: element.action_id, value }),
      send: async (action) => {
        this.say("");
        const answer = await post("/ui/action", { user: store.user, container, action, state: { values: state.values() } });
        if (answer.ok === false) this.say(answer.message ?? answer.error ?? "The app did not answer.");
        await this.reload();
        return answer;
      },
    };
  }

  async upload(files) {
    const answer = await post("/ui/upload", { user: this.store.user, files: await Promise.all(files.map(readFile)) });
    if (answer.ok !== false) return answer.files;
    this.say(answer.message ?? `The file was not taken: ${answer.error}`);
    return null;
  }

  say(text) {
    this.message = text;
    this.showMessage();
  }

  showMessage() {
    if (!this.status) return;
    fill(this.status, this.message ? [icon("warning"), this.message] : null);
    if (this.message) this.status.setAttribute("role", "alert");
    else this.status.removeAttribute("role");
  }

  setBusy(busy) {
    this.busy = busy;
    this.form_?.classList.toggle("busy", busy);
    const button = this.form_?.querySelector("button[type=submit]");
    if (!button) return;
    button.disabled = busy;
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  async submit(view) {
    if (this.busy) return;
    this.say("");
    this.showErrors({});
    this.setBusy(true);
    const answer = await post("/ui/submit", { user: this.store.user, view_id: view.id, values: this.form(view).values() });
    this.setBusy(false);
    const errors = answer.errors && !Array.isArray(answer.errors) ? answer.errors : null;
    if (errors && Object.keys(errors).length) this.showErrors(errors);
    else if (answer.ok === false || answer.message) this.say([answer.message ?? answer.error ?? "This did not work.", ...(answer.details ?? [])].join(" "));
    else this.showErrors({});
    await this.reload();
  }

  showErrors(errors) {
    this.errors = errors;
    let first = null;
    for (const node of this.dialog?.querySelectorAll(".input-block") ?? []) {
      showError(node, errors[node.dataset.block]);
      if (errors[node.dataset.block]) first ??= node;
    }
    const placed = new Set([...(this.dialog?.querySelectorAll(".input-block") ?? [])].map((node) => node.dataset.block));
    const homeless = Object.entries(errors).filter(([block]) => !placed.has(block)).map(([, text]) => text);
    if (homeless.length) this.say(homeless.join(" "));
    first?.querySelector("input, textarea")?.focus();
    first?.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  async close(all) {
    const view = this.top;
    if (!view) return;
    const answer = await post("/ui/close", { user: this.store.user, view_id: view.id, values: this.form(view).values(), ...(all ? { all: true } : {}) });
    if (answer.ok === false) this.say(answer.message ?? answer.error);
    await this.reload();
  }
}
