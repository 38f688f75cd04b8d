// Small dialogs (confirmations, lists) and the pop-up menus and lists that hang below a control.

import { fill, h, icon, uid } from "./dom.js";
import { plainOf, renderText } from "./mrkdwn.js";

/** Open a modal <dialog>; returns {element, close}. Escape and the cross close it. */
export function openDialog({ title, body, footer, className = "", onclose }) {
  const titleId = uid("title");
  const element = h(
    "dialog",
    { class: `dialog ${className}`, "aria-labelledby": titleId },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", { id: titleId, class: "dialog-title" }, title),
      h("button", { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => element.close() }, icon("close")),
    ),
    h("div", { class: "dialog-body" }, body),
    footer ? h("div", { class: "dialog-foot" }, footer) : null,
  );
  const opener = document.activeElement;
  element.addEventListener("close", () => {
    element.remove();
    onclose?.();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  element.addEventListener("mousedown", (event) => {
    if (event.target === element) element.close();
  });
  document.body.append(element);
  element.showModal();
  return { element, close: () => element.close() };
}

/** Show Slack's confirm object; resolves to whether it was confirmed. */
export function askConfirm(confirm, store) {
  return new Promise((resolve) => {
    let answer = false;
    const decide = (value) => () => {
      answer = value;
      dialog.close();
    };
    const style = confirm.style === "danger" ? "button danger solid" : "button primary solid";
    const deny = h("button", { class: "button", type: "button", onclick: decide(false) }, plainOf(confirm.deny ?? "Cancel"));
    const accept = h("button", { class: style, type: "button", onclick: decide(true) }, plainOf(confirm.confirm ?? "Yes"));
    const dialog = openDialog({
      title: plainOf(confirm.title ?? "Are you sure?"),
      body: h("div", { class: "confirm-text" }, renderText(confirm.text, store)),
      footer: [deny, accept],
      className: "dialog-small",
      onclose: () => resolve(answer),
    });
    accept.focus();
  });
}

/** Put a floating element below (or above) its anchor, inside the window. */
export function place(floating, anchor, { match = false, gap = 4 } = {}) {
  const box = anchor.getBoundingClientRect();
  if (match) floating.style.minWidth = `${Math.max(box.width, 180)}px`;
  floating.style.maxHeight = "";
  const size = floating.getBoundingClientRect();
  const below = innerHeight - box.bottom - gap - 8;
  const above = box.top - gap - 8;
  const under = below >= Math.min(size.height, 240) || below >= above;
  floating.style.maxHeight = `${Math.max(120, Math.min(360, under ? below : above))}px`;
  const height = Math.min(size.height, under ? below : above);
  const left = Math.max(8, Math.min(box.left, innerWidth - size.width - 8));
  floating.style.left = `${left}px`;
  floating.style.top = `${under ? box.bottom + gap : Math.max(8, box.top - gap - height)}px`;
}

/** Where a pop-up must live to lie above an open dialog and stay usable within it. */
export function layerOf(anchor) {
  return anchor.closest("dialog") ?? document.body;
}

/**
 * A menu below a button. Items: {label, detail?, lead?, danger?, checked?, run}. Arrow keys move, Escape closes,
 * and the button gets the focus back.
 */
export function openMenu(anchor, items, { label, className = "" } = {}) {
  const close = (refocus = true) => {
    if (!menu.isConnected) return;
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  const menu = h("div", { class: `menu ${className}`, role: "menu", "aria-label": label, popover: "manual" });
  fill(menu, items.map((item) => menuItem(item, close)));
  const move = (step) => {
    const all = [...menu.querySelectorAll("[role=menuitem]")];
    const at = all.indexOf(document.activeElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  menu.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Home") menu.querySelector("[role=menuitem]")?.focus();
    else if (event.key === "End") [...menu.querySelectorAll("[role=menuitem]")].at(-1)?.focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return close(false);
    else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  });
  layerOf(anchor).append(menu);
  menu.showPopover();
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  (menu.querySelector("[aria-current=true]") ?? menu.querySelector("[role=menuitem]"))?.focus();
  return { close, element: menu };
}

function menuItem(item, close) {
  const detailId = item.detail ? uid("detail") : null;
  return h(
    "button",
    {
      class: `menu-item${item.danger ? " danger" : ""}`,
      role: "menuitem",
      type: "button",
      tabindex: "-1",
      "aria-label": item.name,
      "aria-describedby": detailId,
      "aria-current": item.checked ? "true" : null,
      onclick: () => {
        close();
        item.run();
      },
    },
    item.lead,
    h("span", { class: "menu-words" }, h("span", { class: "menu-label" }, item.label), item.detail ? h("span", { class: "menu-detail", id: detailId }, item.detail) : null),
    item.checked ? icon("check", "menu-check") : null,
  );
}

/** A short notice in the corner. */
export function toast(text, kind = "info") {
  const node = h("div", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), kind === "error" ? 9000 : 4500);
}
