// The composition root of the page: reads the address, loads the workspace, and passes the news around.

import { coalesced, follow, get, post } from "./api.js";
import { ChannelView } from "./channel.js";
import { toast } from "./dialog.js";
import { fill, h } from "./dom.js";
import { loadEmoji } from "./emoji.js";
import { HomeView } from "./home.js";
import { Modals } from "./modal.js";
import { channelHref, drawSidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { ThreadView } from "./thread.js";
import { drawTopbar, showBots, tickClock } from "./topbar.js";
import { Tools } from "./tools/panel.js";

const el = (id) => document.getElementById(id);

class App {
  constructor() {
    this.store = new Store();
    this.drafts = new Map();
    this.place = null;
    this.thread = null;
    this.unfollow = null;
    this.modals = new Modals(this);
    this.tools = new Tools(this, el("tools"));
    this.workspace = coalesced(() => this.loadWorkspace());
  }

  async start() {
    addEventListener("popstate", () => this.enter(new URL(location.href)));
    el("scrim").addEventListener("click", () => this.drawer(false));
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.pressed(event));
    setInterval(() => this.tick(), 1000);
    await loadEmoji("/_sandbox/static/emoji.json");
    await this.enter(new URL(location.href));
  }

  /** Show what an address says: who, and where. */
  async enter(url) {
    const query = url.searchParams;
    const user = query.get("user") || this.store.user || "";
    if ((user !== this.store.user || !user) && !(await this.become(user))) return;
    if (query.get("app") === "home") return void this.show({ home: true });
    if (query.get("with")) return void this.show({ person: query.get("with") });
    await this.show({ channel: query.get("channel") ?? this.firstChannel(), thread: query.get("thread") });
  }

  async become(user) {
    this.unfollow?.();
    this.modals.stop();
    // Without a user, and for one that is not here, the sandbox names the first person.
    let data = await get("/ui/bootstrap", { user: user || null });
    if (data.ok === false && user && data.error !== "unreachable") data = await get("/ui/bootstrap");
    if (data.ok === false) {
      fill(el("main"), h("p", { class: "boot" }, data.message ?? data.error));
      return false;
    }
    const me = data.me.id;
    this.store.load(data, me);
    this.store.setNow(data.now);
    document.title = `${this.store.nameOf(user)} · ${this.store.team.name ?? "Local Slack"}`;
    drawTopbar(el("topbar"), this.store, { become: (id) => this.switchTo(id), drawer: () => this.drawer(true), tools: () => this.tools.toggle() });
    if (this.started) this.tools.refresh();
    else this.tools.start();
    this.started = true;
    this.bots(data);
    this.unfollow = follow(me, { onevent: (event) => this.heard(event), onstate: (state) => this.connection(state) });
    await this.modals.reload();
    return true;
  }

  async switchTo(user) {
    const here = this.currentChannel();
    const url = new URL(location.href);
    url.search = "";
    url.searchParams.set("user", user);
    if (here) url.searchParams.set("channel", here);
    if (this.place instanceof HomeView) url.searchParams.set("app", "home");
    history.pushState(null, "", url);
    this.closeThread(false);
    await this.enter(url);
  }

  firstChannel() {
    const { store } = this;
    const rooms = [...store.channels.values()].filter((channel) => channel.is_member !== false && !channel.is_archived && !channel.is_im);
    return (rooms.find((channel) => channel.name === "general") ?? rooms[0] ?? [...store.channels.values()][0])?.id ?? null;
  }

  currentChannel() {
    if (this.place instanceof HomeView) return this.place.channelId;
    return this.place?.id ?? null;
  }

  async open(target) {
    this.drawer(false);
    if (target.home) history.pushState(null, "", `?user=${this.store.user}&app=home`);
    else if (target.channel) history.pushState(null, "", channelHref(this.store, target.channel));
    else if (!target.person) return;
    this.closeThread(false);
    await this.show(target);
  }

  async show(target) {
    let { channel } = target;
    if (target.person) {
      const answer = await post("/ui/im", { user: this.store.user, with: target.person });
      if (answer.ok === false) return void toast(answer.message ?? answer.error, "error");
      channel = answer.channel?.id ?? answer.channel;
      await this.refreshWorkspace();
      history.replaceState(null, "", channelHref(this.store, channel));
    }
    const known = this.store.channels.get(channel);
    const withApp = known?.is_im && this.store.isBot(known.user);
    if (!target.home && !withApp && channel && !known) channel = this.firstChannel();
    this.place?.stop();
    const place = target.home || withApp ? new HomeView(this, withApp && !target.home ? "messages" : "home") : new ChannelView(this, channel);
    this.place = place;
    fill(el("main"), place.node);
    this.sidebar();
    await place.start();
    if (this.place !== place) return undefined;
    if (target.thread && target.channel) await this.openThread(channel, target.thread, false);
    await this.refreshWorkspace();
    return undefined;
  }

  async openThread(channel, ts, record = true) {
    this.thread?.stop();
    this.thread = new ThreadView(this, channel, ts, el("thread"));
    el("app").classList.add("with-thread");
    if (record) history.replaceState(null, "", `${channelHref(this.store, channel)}&thread=${ts}`);
    await this.thread.start();
  }

  closeThread(record = true) {
    if (!this.thread) return;
    this.thread.stop();
    this.thread = null;
    el("app").classList.remove("with-thread");
    const here = this.currentChannel();
    if (record && here) history.replaceState(null, "", channelHref(this.store, here));
  }

  refreshWorkspace() {
    return this.workspace("workspace");
  }

  async loadWorkspace() {
    const { user } = this.store;
    const data = await get("/ui/bootstrap", { user });
    if (data.ok === false || user !== this.store.user) return;
    this.store.load(data, user);
    this.bots(data);
    this.sidebar();
    this.tools.refresh();
  }

  sidebar() {
    const current = { home: this.place instanceof HomeView, channel: this.currentChannel() };
    drawSidebar(el("sidebar"), this.store, current, (target) => this.open(target));
  }

  bots(data) {
    const { connections, mode } = data.environment ?? {};
    this.http = mode === "http";
    showBots({ count: Number(connections ?? 0), http: mode === "http" });
  }

  heard(event) {
    this.tools.heard(event);
    const here = this.currentChannel();
    const about = event.channel ?? event.channel_id;
    switch (event.type) {
      case "message": case "message_changed": case "message_deleted": case "ephemeral": case "reaction": case "pin": case "bookmark": case "canvas":
        if (about === here) this.place.reload();
        if (this.thread && about === this.thread.id) this.thread.reload();
        if (event.type === "message" || event.type === "message_deleted") this.refreshWorkspace();
        break;
      case "channel": case "member": case "people":
        this.refreshWorkspace();
        if (!about || about === here) this.place?.reload();
        break;
      case "view_stack":
        this.modals.reload();
        break;
      case "home":
        this.homePublished(event);
        break;
      case "connections":
        showBots({ count: event.count, http: this.http });
        break;
      case "reset":
        this.everything();
        break;
      default:
    }
  }

  async homePublished(event) {
    if (!(this.place instanceof HomeView) || (event.user && event.user !== this.store.user)) return;
    // Only looking: a POST would tell the app that its Home was opened once more, and it would publish again.
    const answer = await get("/ui/home", { user: this.store.user });
    if (answer.view) this.place.published?.(answer.view);
  }

  async everything() {
    const clock = await get("/clock");
    this.store.setNow(clock.now);
    await this.refreshWorkspace();
    await Promise.all([this.place?.reload(), this.thread?.reload(), this.modals.reload(), this.tools.refresh()]);
  }

  connection(state) {
    document.documentElement.dataset.live = state;
    if (state === "again") this.everything();
  }

  ticked() {
    tickClock(this.store);
    this.place?.list?.draw();
  }

  tick() {
    tickClock(this.store);
    for (const panel of this.tools.panels) panel.tick?.();
  }

  drawer(open) {
    el("app").classList.toggle("drawer-open", open);
    el("scrim").hidden = !open;
    if (open) el("sidebar").querySelector("a, button")?.focus();
  }

  /** Channel mentions inside messages open here. */
  clicked(event) {
    const mention = event.target.closest?.("[data-channel]");
    if (!mention || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    this.open({ channel: mention.dataset.channel });
  }

  pressed(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (el("app").classList.contains("drawer-open")) this.drawer(false);
    else if (!el("tools").hidden && !matchMedia("(min-width: 1280px)").matches) this.tools.toggle(false);
    else if (this.thread) this.closeThread();
  }
}

new App().start();
