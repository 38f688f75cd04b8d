// What a composer offers while one types: slash commands, people, channels and emoji.

import { fill, h, icon, uid } from "./dom.js";
import { avatar } from "./avatar.js";
import { fold } from "./combobox.js";
import { emojiOf, searchEmoji } from "./emoji.js";

const MOST = 9;

/** Attach completion to a textarea. Returns {close, take(event) → whether the key was used}. */
export function completion(field, host, store) {
  const id = uid("complete");
  const list = h("div", { class: "completion", role: "listbox", id, "aria-label": "Suggestions", hidden: true });
  const state = { items: [], active: 0, start: 0, end: 0 };
  host.append(list);
  field.setAttribute("aria-controls", id);
  field.setAttribute("aria-autocomplete", "list");

  const close = () => {
    state.items = [];
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-expanded", "false");
  };

  const update = () => {
    const caret = field.selectionStart ?? 0;
    const found = suggest(field.value.slice(0, caret), store);
    if (!found?.items.length) return close();
    Object.assign(state, { items: found.items.slice(0, MOST), active: 0, start: found.start, end: caret });
    return draw();
  };

  const draw = () => {
    fill(list, state.items.map((item, index) => h("div", {
      class: `option${index === state.active ? " active" : ""}`, role: "option", id: `${id}-${index}`, "aria-selected": String(index === state.active), "aria-label": item.name,
      onpointerdown: (event) => { event.preventDefault(); take(index); },
      onpointermove: () => { if (state.active !== index) { state.active = index; draw(); } },
    }, item.lead, h("span", { class: "option-words" }, h("span", { class: "option-text" }, item.text, item.hint ? h("span", { class: "usage" }, ` ${item.hint}`) : null), item.detail ? h("span", { class: "option-detail" }, item.detail) : null))),
    h("div", { class: "completion-foot", "aria-hidden": "true" }, "↑↓ to choose · Tab or Enter to take · Esc to close"));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-activedescendant", `${id}-${state.active}`);
    list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
  };

  const take = (index) => {
    const item = state.items[index];
    field.setRangeText(item.insert, state.start, state.end, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  };

  const key = (event) => {
    if (list.hidden || event.isComposing) return false;
    const size = state.items.length;
    if (event.key === "ArrowDown") state.active = (state.active + 1) % size;
    else if (event.key === "ArrowUp") state.active = (state.active + size - 1) % size;
    else if (event.key === "Escape") {
      close();
      event.preventDefault();
      event.stopPropagation();
      return true;
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
      if (event.key === "Enter" && state.items[state.active].whole === field.value.trim()) return false;
      event.preventDefault();
      take(state.active);
      return true;
    } else return false;
    event.preventDefault();
    draw();
    return true;
  };

  field.addEventListener("input", update);
  field.addEventListener("click", update);
  field.addEventListener("blur", () => setTimeout(close, 100));
  return { close, key };
}

function suggest(before, store) {
  const command = /^\/([^\s]*)$/.exec(before);
  if (command) return { start: 0, items: commands(command[1], store) };
  const person = /(?:^|[\s(])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u.exec(before);
  if (person) return { start: before.length - person[1].length - 1, items: people(person[1], store) };
  const channel = /(?:^|[\s(])#([\p{L}\p{N}_-]*)$/u.exec(before);
  if (channel) return { start: before.length - channel[1].length - 1, items: channels(channel[1], store) };
  const emoji = /(?:^|\s):([a-z0-9_+-]{2,})$/.exec(before);
  if (emoji) return { start: before.length - emoji[1].length - 1, items: emojis(emoji[1]) };
  return null;
}

function commands(typed, store) {
  const wanted = typed.toLowerCase();
  return store.commands.filter((entry) => entry.command.slice(1).toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.command.startsWith(`/${wanted}`)) - Number(a.command.startsWith(`/${wanted}`)))
    .map((entry) => ({ name: entry.command, whole: entry.command, text: entry.command, hint: entry.usage_hint, detail: entry.description, insert: `${entry.command} `, lead: h("span", { class: "option-icon" }, icon("bolt")) }));
}

function people(typed, store) {
  const wanted = fold(typed);
  const all = [...store.people.values()].filter((person) => !person.deleted);
  const found = all.filter((person) => fold(`${store.nameOf(person.id)} ${person.name ?? ""}`).includes(wanted))
    .map((person) => ({ name: store.nameOf(person.id), text: store.nameOf(person.id), detail: person.title, insert: `@${store.nameOf(person.id)} `, lead: avatar(store, person.id, "tiny") }));
  const groups = ["here", "channel"].filter((range) => range.startsWith(wanted)).map((range) => ({ name: `@${range}`, text: `@${range}`, detail: "Notify everyone here", insert: `@${range} `, lead: h("span", { class: "option-icon" }, icon("people")) }));
  return [...found, ...groups];
}

function channels(typed, store) {
  const wanted = fold(typed);
  return [...store.channels.values()].filter((channel) => channel.name && !channel.is_im && !channel.is_mpim && fold(channel.name).includes(wanted))
    .map((channel) => ({ name: channel.name, text: channel.name, detail: channel.topic?.value ?? channel.topic ?? null, insert: `#${channel.name} `, lead: h("span", { class: "option-icon" }, icon(channel.is_private ? "lock" : "hash")) }));
}

function emojis(typed) {
  return searchEmoji(typed, MOST).map((name) => ({ name, text: `:${name}:`, insert: `:${name}: `, lead: h("span", { class: "option-icon emoji" }, emojiOf(name)) }));
}

/** What was typed, with the names of people and channels as ids (`<@U…>`, `<#C…>`); everything else stays as typed. */
export function namesToIds(text, store) {
  const names = [];
  for (const person of store.people.values()) {
    for (const name of new Set([store.nameOf(person.id), person.display_name, person.name])) if (name) names.push([`@${name}`, `<@${person.id}>`]);
  }
  if (store.app.bot_user_id) names.push([`@${store.app.name}`, `<@${store.app.bot_user_id}>`]);
  for (const channel of store.channels.values()) if (channel.name && !channel.is_im && !channel.is_mpim) names.push([`#${channel.name}`, `<#${channel.id}>`]);
  names.sort((a, b) => b[0].length - a[0].length);
  const lower = text.toLowerCase();
  let out = "";
  let at = 0;
  while (at < text.length) {
    const startsWord = at === 0 || !/[\p{L}\p{N}_@#/<]/u.test(text[at - 1]);
    const hit = startsWord && (text[at] === "@" || text[at] === "#") ? names.find(([name]) => lower.startsWith(name.toLowerCase(), at) && !/[\p{L}\p{N}_]/u.test(text[at + name.length] ?? " ")) : null;
    out += hit ? hit[1] : text[at];
    at += hit ? hit[0].length : 1;
  }
  return out;
}
