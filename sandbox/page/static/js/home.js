// The app's own place: its Home tab and the messages with it.

import { coalesced, get, post } from "./api.js";
import { fill, h, keepingFocus } from "./dom.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { ChannelView } from "./channel.js";
import { FormState } from "./form.js";
import { toast } from "./dialog.js";

export class HomeView {
  constructor(app, tab = "home") {
    Object.assign(this, { app, store: app.store, tab, view: null, form: new FormState(), messages: null, gone: false });
    this.node = h("div", { class: "app-home" });
    this.refresh = coalesced(() => this.load());
    if (this.store.app.home === false) this.tab = "messages";
  }

  async start() {
    await this.show();
  }

  stop() {
    this.gone = true;
    this.messages?.stop();
  }

  reload() {
    return this.tab === "home" ? this.refresh("home") : this.messages?.reload();
  }

  get channelId() {
    return this.messages?.id ?? null;
  }

  head() {
    const { store } = this;
    const tab = (name, words) => h("button", { class: "tab", role: "tab", type: "button", id: `tab-app-${name}`, "aria-selected": String(this.tab === name), tabindex: this.tab === name ? "0" : "-1", onclick: () => this.choose(name), onkeydown: (event) => { if (event.key.startsWith("Arrow")) this.choose(name === "home" ? "messages" : "home"); } }, words);
    return h("div", { class: "app-head" }, h("div", { class: "head-row" }, h("div", { class: "head-title" }, avatar(store, store.app.bot_user_id, "small"), h("h1", null, store.app.name ?? "App"), h("span", { class: "badge" }, "APP"))), h("div", { class: "tabs", role: "tablist", "aria-label": store.app.name ?? "App" }, store.app.home === false ? null : tab("home", "Home"), tab("messages", "Messages")));
  }

  async choose(name) {
    if (this.tab === name) return;
    this.tab = name;
    await this.show();
    this.node.querySelector(`#tab-app-${name}`)?.focus();
  }

  async show() {
    if (this.tab === "messages") return this.showMessages();
    this.messages?.stop();
    this.messages = null;
    this.body = h("div", { class: "home-body", role: "tabpanel", "aria-labelledby": "tab-app-home", tabindex: "0" });
    fill(this.node, h("header", { class: "channel-head" }, this.head()), this.body);
    return this.load();
  }

  async showMessages() {
    const answer = await post("/ui/im", { user: this.store.user, with: this.store.app.bot_user_id });
    await post("/ui/home", { user: this.store.user, tab: "messages" });
    if (this.gone) return;
    if (answer.ok === false) {
      toast(answer.message ?? answer.error, "error");
      return;
    }
    const id = answer.channel?.id ?? answer.channel;
    this.messages = new ChannelView(this.app, id, { head: this.head() });
    fill(this.node, this.messages.node);
    await this.messages.start();
  }

  async load() {
    const first = this.view === null;
    const answer = first ? await post("/ui/home", { user: this.store.user, tab: "home" }) : await get("/ui/home", { user: this.store.user });
    // The app may have published before this answer, which then is the older one.
    if (this.gone || this.tab !== "home" || (first && this.view)) return;
    this.view = answer.view ?? false;
    this.draw();
  }

  /** A new version was published; draw it without telling the app that the Home was opened again. */
  published(view) {
    if (this.gone || this.tab !== "home") return;
    this.view = view;
    this.draw();
  }

  draw() {
    const { view, store } = this;
    if (!view) {
      fill(this.body, h("div", { class: "empty" }, h("p", null, h("b", null, `${store.app.name ?? "The app"} has not published a Home yet.`)), h("p", { class: "quiet" }, "It is told that you opened it, and may publish one now.")));
      return;
    }
    this.form.adopt(view.blocks);
    const container = { type: "view", view_id: view.id };
    const ctx = {
      store, form: this.form, surface: "home", channel: null,
      redraw: () => this.draw(),
      options: (block, element, value) => post("/ui/options", { user: store.user, view_id: view.id, block_id: block.block_id, action_id: element.action_id, value }),
      send: async (action) => {
        const answer = await post("/ui/action", { user: store.user, container, action, state: { values: this.form.values() } });
        if (answer.ok === false) toast(answer.message ?? answer.error ?? "The app did not answer.", "error");
        return answer;
      },
    };
    keepingFocus(this.body, () => fill(this.body, h("div", { class: "blocks home-blocks" }, renderBlocks(view.blocks, ctx))));
  }
}
