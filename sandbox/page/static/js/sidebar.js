// The list of channels, direct messages and apps.

import { fill, h, icon } from "./dom.js";
import { avatar } from "./avatar.js";

export function channelHref(store, channelId) {
  return `?user=${encodeURIComponent(store.user)}&channel=${encodeURIComponent(channelId)}`;
}

/** Draw the sidebar. `open(target)` takes {channel} or {home: true} or {person: id}. */
export function drawSidebar(root, store, current, open) {
  const all = [...store.channels.values()];
  const named = (a, b) => store.channelName(a).localeCompare(store.channelName(b));
  const rooms = all.filter((channel) => !channel.is_im && !channel.is_mpim).sort(named);
  const mine = rooms.filter((channel) => channel.is_member !== false && !channel.is_archived);
  const others = rooms.filter((channel) => channel.is_member === false && !channel.is_archived);
  const archived = rooms.filter((channel) => channel.is_archived);
  const direct = all.filter((channel) => channel.is_im || channel.is_mpim).sort(named);
  const withApp = direct.find((channel) => store.isBot(channel.user));
  const people = direct.filter((channel) => channel !== withApp);
  const talkedTo = new Set(people.map((channel) => channel.user));
  const rest = [...store.people.values()].filter((person) => !talkedTo.has(person.id) && !store.isBot(person.id) && person.id !== store.user && !person.deleted && !person.is_bot);
  const row = (channel) => channelRow(channel, store, current, open);
  const opened = new Set([...root.querySelectorAll("details[open]")].map((node) => node.dataset.name));
  const scroll = root.scrollTop;
  fill(
    root,
    h("div", { class: "side-head" }, h("span", { class: "side-team" }, store.team.name ?? "Workspace"), h("button", { class: "icon-button only-narrow", type: "button", "aria-label": "Close channels", onclick: () => open({}) }, icon("close"))),
    group("Channels", mine.map(row)),
    others.length ? fold("Browse channels", others.map(row), opened) : null,
    archived.length ? fold("Archived", archived.map(row), opened) : null,
    group("Direct messages", [...people.map(row), ...rest.map((person) => personRow(person, store, open))]),
    store.app.id ? group("Apps", [appRow(withApp, store, current, open)]) : null,
  );
  root.scrollTop = scroll;
}

const group = (title, rows) => h("section", { class: "side-group" }, h("h2", { class: "side-title" }, title), h("ul", null, rows));
const fold = (title, rows, opened) => h("details", { class: "side-group", open: opened.has(title), dataset: { name: title } }, h("summary", { class: "side-title" }, icon("right", "turn"), title), h("ul", null, rows));

function item({ href, name, lead, words, unread, active, go, quiet }) {
  return h("li", null, h("a", {
    class: `side-row${active ? " active" : ""}${unread ? " unread" : ""}${quiet ? " faint" : ""}`, href, "aria-current": active ? "page" : null, "aria-label": name, "aria-description": unread ? `${unread} unread` : null, dataset: { focus: `side-${href}` },
    onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go();
    },
  }, lead, h("span", { class: "side-name" }, words), unread ? h("span", { class: "unread-count", "aria-hidden": "true" }, unread > 99 ? "99+" : String(unread)) : null));
}

function channelRow(channel, store, current, open) {
  const words = store.channelName(channel);
  const plain = !channel.is_im && !channel.is_mpim;
  const base = plain ? (channel.is_private ? `${words} (private)` : `# ${words}`) : words;
  const unread = Number(channel.unread ?? channel.unread_count ?? 0);
  const lead = channel.is_im ? avatar(store, channel.user, "tiny") : channel.is_mpim ? h("span", { class: "side-icon" }, icon("people")) : h("span", { class: "side-icon" }, icon(channel.is_private ? "lock" : "hash"));
  return item({
    href: channelHref(store, channel.id), name: base, lead, unread,
    words: [words, channel.is_ext_shared ? h("span", { class: "shared", title: "Shared with another organisation" }, icon("globe")) : null],
    active: current.channel === channel.id && !current.home, quiet: channel.is_member === false || channel.is_archived,
    go: () => open({ channel: channel.id }),
  });
}

function personRow(person, store, open) {
  return item({ href: `?user=${store.user}&with=${person.id}`, name: store.nameOf(person.id), lead: avatar(store, person.id, "tiny"), words: store.nameOf(person.id), quiet: true, go: () => open({ person: person.id }) });
}

function appRow(im, store, current, open) {
  const unread = Number(im?.unread ?? 0);
  const name = store.app.name ?? "App";
  return item({
    href: `?user=${store.user}&app=home`, name, lead: avatar(store, store.app.bot_user_id, "tiny"), words: [name, h("span", { class: "badge on-dark" }, "APP")], unread,
    active: current.home || (im && current.channel === im.id), go: () => open({ home: true }),
  });
}
