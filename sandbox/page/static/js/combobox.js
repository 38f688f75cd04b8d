// One combobox for every select menu: type to narrow, arrow keys, Enter; several choices become removable chips.

import { fill, h, icon, uid } from "./dom.js";
import { layerOf, place } from "./dialog.js";

const PAGE = 200;

/**
 * Make a select control.
 * @param options {id, label, labelledby?, placeholder, multi, max?, selected: [Choice], focusKey,
 *   load(query) → Promise<[{label?: string, choices: [Choice]}]>, onchange(selected), clearable}
 * A Choice is {key, text, detail?, lead?: () => Node}.
 */
export function combobox(options) {
  const state = { open: false, groups: [], shown: [], active: -1, asked: 0, selected: [...(options.selected ?? [])], error: "" };
  const listId = uid("list");
  const input = h("input", {
    id: options.id, type: "text", class: "combo-input", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", "aria-haspopup": "listbox",
    "aria-label": options.labelledby ? null : options.label, "aria-labelledby": options.labelledby ?? null,
    "aria-describedby": options.describedby ?? null,
    dataset: { focus: options.focusKey },
  });
  const chips = h("span", { class: "chips" });
  const clear = h("button", { class: "combo-clear", type: "button", "aria-label": `Clear ${options.label}`, tabindex: "-1" }, icon("close"));
  const box = h("div", { class: `combo${options.multi ? " multi" : ""}` }, chips, input, clear, icon("down", "combo-caret"));
  const list = h("div", { class: "listbox", id: listId, role: "listbox", popover: "manual", "aria-label": options.label, "aria-multiselectable": options.multi ? "true" : null });

  const isChosen = (choice) => state.selected.some((entry) => entry.key === choice.key);

  function showSelection() {
    const [only] = state.selected;
    if (options.multi) {
      fill(chips, state.selected.map((choice) => chip(choice)));
      input.placeholder = state.selected.length ? "" : (options.placeholder ?? "");
      input.value = state.open ? input.value : "";
    } else {
      fill(chips, only?.lead && !state.open ? only.lead() : null);
      input.placeholder = only && state.open ? only.text : (options.placeholder ?? "");
      if (!state.open) input.value = only?.text ?? "";
    }
    clear.hidden = options.multi || !only || !options.clearable;
    box.classList.toggle("filled", state.selected.length > 0);
  }

  function chip(choice) {
    const off = () => change(state.selected.filter((entry) => entry.key !== choice.key));
    return h("span", { class: "chip" }, choice.lead?.(), h("span", null, choice.text),
      h("button", { type: "button", class: "chip-off", "aria-label": `Remove ${choice.text}`, onclick: (event) => { event.stopPropagation(); off(); input.focus(); } }, icon("close")));
  }

  function change(selected) {
    state.selected = selected;
    showSelection();
    if (state.open) drawList();
    options.onchange([...selected]);
  }

  function choose(choice) {
    if (!options.multi) {
      closeList();
      if (isChosen(choice)) return showSelection();
      return change([choice]);
    }
    input.value = "";
    if (isChosen(choice)) change(state.selected.filter((entry) => entry.key !== choice.key));
    else if (!options.max || state.selected.length < options.max) change([...state.selected, choice]);
    return refresh();
  }

  async function refresh() {
    state.asked += 1;
    const mine = state.asked;
    state.loading = true;
    const waiting = setTimeout(() => { if (mine === state.asked) drawList(); }, 120);
    const answer = await options.load(input.value.trim());
    clearTimeout(waiting);
    if (mine !== state.asked || !state.open) return;
    state.loading = false;
    state.error = answer.error ?? "";
    state.note = answer.note ?? "No results";
    state.groups = answer.groups ?? [];
    state.shown = state.groups.flatMap((group) => group.choices).slice(0, PAGE);
    const chosen = state.shown.findIndex((choice) => isChosen(choice));
    state.active = options.multi || input.value ? Math.min(0, state.shown.length - 1) : Math.max(chosen, state.shown.length ? 0 : -1);
    drawList();
  }

  function drawList() {
    const full = options.multi && options.max && state.selected.length >= options.max;
    let count = -1;
    const rows = state.loading && !state.shown.length
      ? [h("div", { class: "list-note" }, "Loading…")]
      : state.groups.flatMap((group) => [
          group.label && group.choices.length ? h("div", { class: "list-group", role: "presentation" }, group.label) : null,
          group.choices.map((choice) => {
            count += 1;
            return count < PAGE ? row(choice, count, full) : null;
          }),
        ]);
    const note = state.error || (full ? `At most ${options.max} can be chosen` : !state.loading && !state.shown.length ? state.note : "");
    fill(list, rows, note ? h("div", { class: state.error ? "list-note error" : "list-note", role: state.error ? "alert" : null }, note) : null);
    markActive();
    place(list, box, { match: true });
  }

  function row(choice, index, full) {
    const chosen = isChosen(choice);
    return h("div", {
      class: `option${chosen ? " chosen" : ""}`, role: "option", id: `${listId}-${index}`, "aria-selected": chosen ? "true" : "false",
      "aria-disabled": full && !chosen ? "true" : null,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(choice),
      onpointermove: () => { if (state.active !== index) { state.active = index; markActive(); } },
    }, choice.lead?.(), h("span", { class: "option-words" }, h("span", { class: "option-text" }, choice.text), choice.detail ? h("span", { class: "option-detail" }, choice.detail) : null), chosen ? icon("check", "option-check") : null);
  }

  function markActive() {
    for (const option of list.querySelectorAll("[role=option]")) option.classList.toggle("active", option.id === `${listId}-${state.active}`);
    const current = list.querySelector(".option.active");
    if (current) input.setAttribute("aria-activedescendant", current.id);
    else input.removeAttribute("aria-activedescendant");
    current?.scrollIntoView({ block: "nearest" });
  }

  function openList() {
    if (state.open) return;
    state.open = true;
    if (!options.multi) input.value = "";
    layerOf(box).append(list);
    list.showPopover();
    input.setAttribute("aria-expanded", "true");
    box.classList.add("open");
    showSelection();
    document.addEventListener("pointerdown", outside, true);
    addEventListener("resize", closeList);
    document.addEventListener("scroll", follow, true);
    refresh();
  }

  const follow = (event) => { if (!list.contains(event.target)) place(list, box, { match: true }); };
  const outside = (event) => { if (!list.contains(event.target) && !box.contains(event.target)) closeList(); };

  function closeList() {
    if (!state.open) return;
    state.open = false;
    state.asked += 1;
    list.remove();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    box.classList.remove("open");
    document.removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", closeList);
    document.removeEventListener("scroll", follow, true);
    showSelection();
  }

  function onkey(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!state.open) return openList();
      const size = state.shown.length;
      if (size) state.active = (state.active + (key === "ArrowDown" ? 1 : size - 1) + size) % size;
      return markActive();
    }
    if (key === "Enter") {
      event.preventDefault();
      if (!state.open) return openList();
      const choice = state.shown[state.active];
      return choice ? choose(choice) : undefined;
    }
    if (key === "Escape" && state.open) {
      event.preventDefault();
      event.stopPropagation();
      return closeList();
    }
    if (key === "Backspace" && !input.value && state.selected.length && (options.multi || options.clearable) && (options.multi || !state.open)) {
      event.preventDefault();
      return change(state.selected.slice(0, -1));
    }
    return undefined;
  }

  input.addEventListener("keydown", onkey);
  input.addEventListener("input", () => { openList(); refresh(); });
  input.addEventListener("blur", () => setTimeout(() => { if (!box.contains(document.activeElement)) closeList(); }, 0));
  box.addEventListener("click", (event) => {
    if (clear.contains(event.target)) return;
    input.focus();
    openList();
  });
  clear.addEventListener("click", () => { change([]); input.focus(); });
  showSelection();
  return box;
}

/** Keep the choices whose words begin with, or contain, what was typed. */
export function narrow(choices, query) {
  const wanted = fold(query);
  if (!wanted) return choices;
  const hits = choices.filter((choice) => fold(`${choice.text} ${choice.also ?? ""}`).includes(wanted));
  return hits.sort((a, b) => Number(fold(b.text).startsWith(wanted)) - Number(fold(a.text).startsWith(wanted)));
}

export const fold = (text) => String(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
