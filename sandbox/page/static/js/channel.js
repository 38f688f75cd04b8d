// The middle of the page for a channel or conversation: header, tabs, messages, composer.

import { coalesced, get, post } from "./api.js";
import { append, fill, h, icon, link } from "./dom.js";
import { avatar } from "./avatar.js";
import { makeComposer } from "./composer.js";
import { toast } from "./dialog.js";
import { openMembers } from "./members.js";
import { messageList } from "./messages-view.js";
import { renderMarkdown } from "./markdown.js";
import { plainOf, renderMrkdwn } from "./mrkdwn.js";

const PAGE = 60;

export class ChannelView {
  /** `app` gives {store, drafts, openThread(ts), open(target)}. `head`, when given, replaces the channel's own header. */
  constructor(app, channelId, { head = null } = {}) {
    this.app = app;
    this.store = app.store;
    this.id = channelId;
    this.head = head;
    this.data = null;
    this.older = [];
    this.notes = [];
    this.tab = "messages";
    this.node = h("div", { class: "channel" });
    this.gone = false;
    this.refresh = coalesced(() => this.load());
  }

  async start() {
    const data = await this.load();
    if (!data || this.gone) return;
    this.list?.toEnd();
    requestAnimationFrame(() => this.list?.toEnd());
  }

  stop() {
    this.gone = true;
  }

  reload() {
    return this.refresh("channel");
  }

  async load() {
    const data = await get(`/ui/channels/${encodeURIComponent(this.id)}`, { user: this.store.user, limit: PAGE });
    if (this.gone) return null;
    if (data.ok === false) {
      fill(this.node, h("p", { class: "empty" }, data.message ?? "This conversation cannot be shown."));
      return null;
    }
    const first = !this.data;
    const moved = first || this.shape(this.data) !== this.shape(data);
    this.data = data;
    this.channel = { ...(this.store.channels.get(this.id) ?? {}), ...data.channel };
    if (moved) this.layout();
    else this.header();
    this.show();
    return data;
  }

  /** What makes the frame differ; messages alone do not. */
  shape(data) {
    const channel = data.channel ?? {};
    return JSON.stringify([channel.is_archived, channel.is_member, channel.name]);
  }

  layout() {
    const { store, channel } = this;
    const label = channel.is_im || channel.is_mpim ? store.channelName(channel) : `#${channel.name}`;
    this.list = messageList({ store, channel, label: "Messages", inThread: false, openThread: (ts) => this.app.openThread(this.id, ts) });
    this.top = h("header", { class: "channel-head" });
    this.body = h("div", { class: "channel-body", role: "tabpanel", id: "channel-panel" });
    this.foot = h("div", { class: "channel-foot" });
    this.list.node.addEventListener("scroll", () => this.nearTop(), { passive: true });
    fill(this.node, this.top, this.body, this.foot);
    this.header();
    this.footer(label);
    this.panel();
  }

  footer(label) {
    const { store, channel } = this;
    if (channel.is_archived) fill(this.foot, h("p", { class: "foot-note" }, icon("lock"), "This channel is archived: it can be read, not written to."));
    else if (channel.is_member === false && !channel.is_im) fill(this.foot, h("p", { class: "foot-note" }, h("b", null, label), h("button", { class: "button primary solid", type: "button", onclick: () => this.join() }, "Join channel")));
    else {
      this.composer = makeComposer({ store, channel, label: `Message ${label}`, drafts: this.app.drafts, slackbot: (text) => this.note(text), sent: () => { this.list.toEnd(); this.reload(); } });
      fill(this.foot, this.composer.node);
    }
  }

  header() {
    const { store, channel, data } = this;
    const topic = plainOf({ type: "mrkdwn", text: channel.topic?.value ?? channel.topic ?? "" });
    const members = data.members ?? [];
    const ids = members.map((member) => member.id ?? member);
    const lead = channel.is_im ? avatar(store, channel.user, "small") : icon(channel.is_mpim ? "people" : channel.is_private ? "lock" : "hash", "head-icon");
    const title = h("div", { class: "head-title" }, lead, h("h1", null, store.channelName(channel)), channel.is_ext_shared ? h("span", { class: "badge outside" }, "SHARED") : null);
    const memberButton = channel.is_im ? null : h("button", { class: "members-button", type: "button", "aria-label": `${ids.length} members`, onclick: () => openMembers(this) }, h("span", { class: "faces" }, ids.slice(0, 3).map((id) => avatar(store, id, "tiny"))), h("span", null, String(ids.length)));
    fill(this.top, this.head ?? h("div", { class: "head-row" }, title, topic ? h("span", { class: "head-topic", title: topic }, renderMrkdwn(channel.topic?.value ?? channel.topic, store)) : h("span", { class: "grow" }), memberButton), channel.is_im && !(data.pins ?? []).length && !data.canvas ? null : this.tabs());
  }

  tabs() {
    const { data } = this;
    const pins = data.pins ?? [];
    const tab = (name, words, sign) => h("button", {
      class: "tab", role: "tab", type: "button", id: `tab-${name}`, "aria-selected": String(this.tab === name), "aria-controls": "channel-panel", tabindex: this.tab === name ? "0" : "-1", dataset: { focus: `tab-${name}` },
      onclick: () => this.choose(name),
      onkeydown: (event) => { if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.step(event); },
    }, icon(sign), words);
    const canvas = data.canvas ? tab("canvas", data.canvas.title || "Canvas", "canvas") : null;
    const bookmarks = (data.bookmarks ?? []).map((bookmark) => h("span", { class: "bookmark" }, bookmark.emoji ? null : icon("bookmark"), link(bookmark.link, bookmark.title)));
    return h("div", { class: "head-tabs" }, h("div", { class: "tabs", role: "tablist", "aria-label": "Channel" }, tab("messages", "Messages", "reply"), canvas, tab("pins", pins.length ? `Pins ${pins.length}` : "Pins", "pin")), bookmarks.length ? h("div", { class: "bookmarks", role: "group", "aria-label": "Bookmarks" }, bookmarks) : null);
  }

  step(event) {
    const all = [...this.top.querySelectorAll("[role=tab]")];
    const next = all[(all.indexOf(event.currentTarget) + (event.key === "ArrowRight" ? 1 : all.length - 1)) % all.length];
    next.click();
    this.top.querySelector(`#${next.id}`)?.focus();
  }

  choose(name) {
    this.tab = name;
    this.header();
    this.panel();
    this.show();
    if (name === "messages") this.list.toEnd();
  }

  panel() {
    this.body.setAttribute("aria-labelledby", `tab-${this.tab}`);
    this.foot.hidden = this.tab !== "messages";
    if (this.tab === "messages") fill(this.body, this.list.node);
    else fill(this.body, h("div", { class: "sheet" }));
  }

  show() {
    const { data, store } = this;
    if (this.tab === "messages") {
      const fetched = data.messages ?? [];
      const oldest = fetched[0]?.ts ?? "";
      const seen = new Set(fetched.map((message) => message.ts));
      const older = this.older.filter((message) => !seen.has(message.ts) && Number(message.ts) < Number(oldest));
      this.more = this.older.length ? this.olderMore : data.has_more;
      const all = [...older, ...fetched, ...this.notes].sort((a, b) => Number(a.ts) - Number(b.ts));
      this.list.update(all);
      if (!all.length) append(this.list.node, [this.beginning()]);
      this.markRead(fetched.filter((message) => !message.is_ephemeral).at(-1)?.ts);
      return;
    }
    const sheet = this.body.querySelector(".sheet");
    if (this.tab === "canvas") fill(sheet, data.canvas ? this.canvas(data.canvas) : h("p", { class: "empty" }, "The canvas is gone."));
    else {
      const pinned = messageList({ store, channel: this.channel, label: "Pinned messages", inThread: false, openThread: (ts) => this.app.openThread(this.id, ts) });
      pinned.update((data.pins ?? []).map((pin) => pin.message ?? pin).filter((message) => message.ts).sort((a, b) => Number(a.ts) - Number(b.ts)));
      fill(sheet, pinned.messages.length ? pinned.node : h("p", { class: "empty" }, "Nothing is pinned here."));
    }
  }

  /** What is on the screen is read. */
  async markRead(ts) {
    if (!ts || Number(ts) <= Number(this.readTo ?? this.channel.last_read ?? 0) || document.hidden || this.channel.is_member === false) return;
    this.readTo = ts;
    await post("/ui/read", { user: this.store.user, channel: this.id, ts });
    const known = this.store.channels.get(this.id);
    if (known) Object.assign(known, { unread: 0, last_read: ts });
    this.app.sidebar();
  }

  canvas(canvas) {
    const text = canvas.markdown ?? canvas.content?.markdown ?? canvas.document_content?.markdown ?? "";
    return h("article", { class: "canvas", "aria-label": canvas.title ?? "Canvas" }, canvas.title ? h("h2", { class: "canvas-title" }, canvas.title) : null, renderMarkdown(text, this.store));
  }

  beginning() {
    const { channel, store } = this;
    const name = channel.is_im ? `your conversation with ${store.channelName(channel)}` : `#${channel.name}`;
    return h("div", { class: "empty" }, h("p", null, "This is the beginning of ", h("b", null, name), "."), channel.purpose ? h("p", { class: "quiet" }, channel.purpose.value ?? channel.purpose) : null);
  }

  async nearTop() {
    const { node } = this.list;
    if (node.scrollTop > 160 || !this.more || this.fetching) return;
    this.fetching = true;
    const before = this.list.messages[0]?.ts;
    const height = node.scrollHeight;
    const data = await get(`/ui/channels/${encodeURIComponent(this.id)}`, { user: this.store.user, before, limit: PAGE });
    this.fetching = false;
    if (this.gone || data.ok === false) return;
    this.older = [...(data.messages ?? []), ...this.older, ...(this.data.messages ?? [])];
    this.olderMore = data.has_more;
    this.show();
    node.scrollTop += node.scrollHeight - height;
  }

  /** Slackbot's words, only in this window: what Slack shows when a command fails. */
  note(text) {
    const ts = (this.store.now / 1000).toFixed(6);
    this.notes.push({ ts, user: "USLACKBOT", text: text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"), is_ephemeral: true });
    this.show();
    this.list.toEnd();
  }

  async join() {
    const answer = await post("/ui/join", { user: this.store.user, channel: this.id });
    if (answer.ok === false) toast(answer.message ?? `Joining was refused: ${answer.error}`, "error");
    else await this.app.refreshWorkspace();
    await this.reload();
  }
}
