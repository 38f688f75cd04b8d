// The bar on top: drawer button, workspace, the sandbox's time, who is connected, theme, tools and who one is.

import { fill, h, icon } from "./dom.js";
import { avatar } from "./avatar.js";
import { openMenu } from "./dialog.js";
import { shortMoment } from "./time.js";

export function drawTopbar(root, store, actions) {
  const me = store.nameOf(store.user);
  const who = h("button", { class: "who", type: "button", "aria-label": `You are ${me}`, "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => openMenu(who, peopleItems(store, actions.become), { label: "Who are you?", className: "people-menu" }) }, avatar(store, store.user, "small"), h("span", { class: "who-name" }, me), icon("down"));
  const theme = h("button", { class: "bar-button", type: "button", "aria-label": "Switch between light and dark", title: "Light or dark", onclick: toggleTheme }, icon("sun", "when-dark"), icon("moon", "when-light"));
  const tools = h("button", { class: "bar-button", type: "button", id: "tools-button", "aria-label": "Sandbox tools", "aria-controls": "tools", title: "Sandbox tools", onclick: actions.tools }, icon("tools"), h("span", { class: "bar-words" }, "Tools"));
  fill(
    root,
    h("button", { class: "bar-button only-narrow", type: "button", "aria-label": "Show channels", onclick: actions.drawer }, icon("menu")),
    h("span", { class: "brand" }, h("span", { class: "brand-mark", "aria-hidden": "true" }, (store.team.name ?? "S").slice(0, 1)), h("span", { class: "brand-words" }, store.team.name ?? "Workspace"), h("span", { class: "brand-note" }, "local Slack")),
    h("span", { class: "grow" }),
    h("span", { class: "pill", id: "pill-clock", title: `The sandbox's time in ${store.tz}` }, icon("clock"), h("span", null, shortMoment(store.now, store.tz))),
    h("span", { class: "pill", id: "pill-bots", role: "status" }),
    h("span", { class: "grow" }),
    theme,
    tools,
    who,
  );
}

function peopleItems(store, become) {
  return [...store.people.values()].filter((person) => !person.is_bot && !store.isBot(person.id) && !person.deleted).map((person) => ({
    name: store.nameOf(person.id),
    label: [store.nameOf(person.id), person.is_stranger ? h("span", { class: "badge outside" }, "EXTERNAL") : person.is_restricted ? h("span", { class: "badge" }, "GUEST") : person.is_admin ? h("span", { class: "badge" }, "ADMIN") : null],
    detail: [person.title, `${store.localTime(person)} ${String(person.tz ?? "").split("/").at(-1).replaceAll("_", " ")}`].filter(Boolean).join(" · "),
    lead: avatar(store, person.id, "small"),
    checked: person.id === store.user,
    run: () => become(person.id),
  }));
}

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("sandbox-theme", root.dataset.theme);
  } catch (error) {
    console.info("the theme is not remembered", error);
  }
}

/** The connected bots, as the sandbox counts them. */
export function showBots(bots) {
  const pill = document.getElementById("pill-bots");
  if (!pill || bots === null) return;
  const { count, http } = bots;
  pill.classList.toggle("on", count > 0 || http);
  const words = http ? "Signed HTTP" : count ? `${count} bot connection${count === 1 ? "" : "s"}` : "No bot connected";
  fill(pill, h("span", { class: "dot", "aria-hidden": "true" }), h("span", null, words));
}

export function tickClock(store) {
  const words = document.querySelector("#pill-clock span");
  if (words) words.textContent = shortMoment(store.now, store.tz);
}
