// What the page knows of the workspace for the person it acts as. One object, made in main.js and handed around.

import { partsIn } from "./time.js";

const BOT_COLOUR = 265;

export class Store {
  constructor() {
    this.user = "";
    this.team = {};
    this.me = {};
    this.app = {};
    this.people = new Map();
    this.channels = new Map();
    this.commands = [];
    this.samples = [];
    this.usergroups = new Map();
    this.shortcuts = [];
    this.offset = 0;
    this.listeners = new Map();
  }

  /** Take the answer of `/ui/bootstrap`, but for the time: an answer on its way while the clock moves would turn it back. */
  load(data, user) {
    this.user = user;
    this.team = data.team ?? {};
    this.me = data.me ?? {};
    this.app = data.app ?? {};
    const people = (data.people ?? []).map((person) => ({ ...person, title: person.title || person.profile?.title || "", display_name: person.profile?.display_name }));
    this.people = new Map(people.filter((person) => !person.is_bot).map((person) => [person.id, person]));
    this.usergroups = new Map((data.usergroups ?? []).map((group) => [group.id, group.handle]));
    this.shortcuts = data.shortcuts ?? [];
    this.channels = new Map();
    for (const channel of [...(data.channels ?? []), ...(data.ims ?? [])]) this.channels.set(channel.id, channel);
    this.commands = data.commands ?? [];
    this.samples = data.samples ?? [];
  }

  setNow(now) {
    const ms = typeof now === "number" ? now * 1000 : Date.parse(now ?? "");
    if (Number.isFinite(ms)) this.offset = ms - Date.now();
  }

  get now() {
    return Date.now() + this.offset;
  }

  get tz() {
    return this.me.tz ?? "UTC";
  }

  on(topic, listener) {
    if (!this.listeners.has(topic)) this.listeners.set(topic, new Set());
    this.listeners.get(topic).add(listener);
    return () => this.listeners.get(topic).delete(listener);
  }

  emit(topic, detail) {
    for (const listener of this.listeners.get(topic) ?? []) listener(detail);
  }

  person(id) {
    return this.people.get(id) ?? null;
  }

  nameOf(id) {
    if (id === this.app.bot_user_id) return this.app.name ?? "App";
    const person = this.person(id);
    if (!person) return id === "USLACKBOT" ? "Slackbot" : (id ?? "Unknown");
    return person.real_name || person.display_name || person.name || id;
  }

  channelName(channel) {
    if (!channel) return "unknown";
    if (channel.is_im) return this.nameOf(channel.user);
    if (channel.is_mpim) {
      const others = (channel.members ?? []).filter((id) => id !== this.user);
      return others.length ? others.map((id) => this.nameOf(id)).join(", ") : channel.name;
    }
    return channel.name;
  }

  isBot(id) {
    return id === this.app.bot_user_id;
  }

  /** The person's local time as "14:03". */
  localTime(person) {
    const at = partsIn(this.now, person.tz ?? "UTC");
    return `${String(at.hour).padStart(2, "0")}:${String(at.minute).padStart(2, "0")}`;
  }
}

/** A steady hue for an id, so that everyone keeps their colour. */
export function hueOf(id, isBot) {
  if (isBot) return BOT_COLOUR;
  let hash = 7;
  for (const char of String(id)) hash = (hash * 31 + char.codePointAt(0)) % 3600;
  return Math.round((hash * 137.5) % 360);
}

/** One or two letters standing for a name, whatever its script. */
export function initialsOf(name) {
  const words = String(name ?? "?").trim().split(/\s+/u).filter(Boolean);
  const letters = words.map((word) => [...word].find((char) => /\p{L}|\p{N}/u.test(char))).filter(Boolean);
  if (!letters.length) return "?";
  const latin = letters.filter((letter) => /\p{Script=Latin}|\p{N}/u.test(letter));
  const chosen = latin.length >= 2 && latin.length < letters.length ? latin : letters;
  const last = chosen.length > 1 ? chosen.at(-1) : "";
  return (chosen[0] + last).toUpperCase();
}
