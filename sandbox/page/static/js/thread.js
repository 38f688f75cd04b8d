// The side panel with a thread.

import { coalesced, get } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { makeComposer } from "./composer.js";
import { messageList } from "./messages-view.js";

export class ThreadView {
  constructor(app, channelId, ts, root) {
    Object.assign(this, { app, id: channelId, ts, root, notes: [], gone: false });
    this.refresh = coalesced(() => this.load());
  }

  async start() {
    const { app, root } = this;
    const channel = app.store.channels.get(this.id) ?? { id: this.id, name: this.id };
    const scroll = h("div", { class: "thread-scroll" });
    this.list = messageList({ store: app.store, channel, label: "Thread messages", inThread: true, openThread: () => undefined, scroller: scroll });
    const head = h("header", { class: "thread-head" }, h("div", null, h("h2", null, "Thread"), h("span", { class: "quiet" }, channel.is_im ? app.store.channelName(channel) : `#${channel.name}`)), h("button", { class: "icon-button", type: "button", "aria-label": "Close thread", onclick: () => app.closeThread() }, icon("close")));
    const composer = makeComposer({ store: app.store, channel, threadTs: this.ts, label: "Reply in thread", placeholder: "Reply…", drafts: app.drafts, slackbot: (text) => this.note(text), sent: () => { this.list.toEnd(); this.reload(); } });
    fill(scroll, this.list.node);
    fill(root, head, scroll, channel.is_archived ? null : composer.node);
    root.hidden = false;
    await this.load();
    this.list.toEnd();
    composer.focus();
  }

  stop() {
    this.gone = true;
    this.root.hidden = true;
    fill(this.root);
  }

  reload() {
    return this.refresh("thread");
  }

  async load() {
    const data = await get(`/ui/channels/${encodeURIComponent(this.id)}/threads/${encodeURIComponent(this.ts)}`, { user: this.app.store.user });
    if (this.gone) return;
    if (data.ok === false) return void fill(this.root, h("p", { class: "empty" }, data.message ?? "This thread cannot be shown."));
    const all = [...(data.messages ?? []), ...this.notes].sort((a, b) => Number(a.ts) - Number(b.ts));
    this.list.update(all);
  }

  note(text) {
    this.notes.push({ ts: (this.app.store.now / 1000).toFixed(6), user: "USLACKBOT", text: text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"), is_ephemeral: true });
    this.reload();
  }
}
