// Every interactive element of Block Kit as a native, labelled control.

import { debounce, h, icon, image, safeUrl, uid } from "./dom.js";
import { askConfirm, openMenu, toast } from "./dialog.js";
import { plainOf, renderPlain, renderText } from "./mrkdwn.js";
import { selectElement, isSelect } from "./selects.js";
import { pickerElement, isPicker } from "./pickers.js";
import { valueKey } from "./form.js";

const TYPING_WAIT = 350;
const TEXT_INPUTS = new Set(["plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"]);

/**
 * Draw one element. `ctx` is the surface it stands on: {store, form, send(action), options(block, element, query),
 * redraw(), channel, submit?()}; `field` is given inside an input block: {id, labelId, describedBy, dispatch}.
 */
export function renderElement(element, block, ctx, field = null) {
  const part = { element, block, ctx, field, commit: (value) => commit(element, block, ctx, field, value) };
  if (TEXT_INPUTS.has(element.type)) return textInput(part);
  if (isSelect(element.type)) return selectElement(part);
  if (isPicker(element.type)) return pickerElement(part);
  switch (element.type) {
    case "button":
    case "workflow_button":
      return button(part);
    case "icon_button":
      return iconButton(part);
    case "feedback_buttons":
      return feedback(part);
    case "overflow":
      return overflow(part);
    case "checkboxes":
    case "radio_buttons":
      return choices(part);
    case "file_input":
      return fileInput(part);
    case "image":
      return image(element.image_url ?? fileUrl(element.slack_file), element.alt_text, "thumb");
    default:
      return h("span", { class: "unknown" }, `[${element.type}]`);
  }
}

export const fileUrl = (file) => file?.url ?? (file?.id ? `/_sandbox/files/${file.id}` : null);

async function commit(element, block, ctx, field, value) {
  const before = ctx.form.get(block.block_id, element);
  const sends = !field || field.dispatch;
  if (sends && element.confirm && !(await askConfirm(element.confirm, ctx.store))) {
    ctx.form.set(block.block_id, element, before);
    ctx.redraw();
    return;
  }
  ctx.form.set(block.block_id, element, value);
  if (sends) await ctx.send({ ...actionBase(element, block), [valueKey(element.type)]: value });
}

const actionBase = (element, block) => ({ type: element.type, block_id: block.block_id, action_id: element.action_id });

async function press(element, block, ctx, extra, control) {
  if (control.getAttribute("aria-busy") === "true") return;
  if (element.confirm && !(await askConfirm(element.confirm, ctx.store))) return;
  control.setAttribute("aria-busy", "true");
  const answer = await ctx.send({ ...actionBase(element, block), ...extra });
  control.removeAttribute("aria-busy");
  control.classList.toggle("failed", answer?.ok === false);
}

function button({ element, block, ctx }) {
  const label = renderPlain(element.text?.text, element.text?.emoji !== false);
  const props = {
    class: `button ${element.style === "primary" ? "primary" : element.style === "danger" ? "danger" : ""}`,
    "aria-label": element.accessibility_label,
    dataset: { focus: `${block.block_id}/${element.action_id}` },
  };
  const href = element.url ? safeUrl(element.url) : null;
  const extra = { text: element.text, value: element.value };
  if (href) {
    const control = h("a", { ...props, href, target: "_blank", rel: "noopener noreferrer", onclick: () => press(element, block, ctx, extra, control) }, label);
    return control;
  }
  if (element.type === "workflow_button") {
    return h("button", { ...props, type: "button", onclick: () => toast("Workflows are not part of the local Slack.") }, label);
  }
  const control = h("button", { ...props, type: "button", onclick: () => press(element, block, ctx, extra, control) }, label);
  return control;
}

function iconButton({ element, block, ctx }) {
  const hidden = element.visible_to_user_ids?.length && !element.visible_to_user_ids.includes(ctx.store.user);
  if (hidden) return null;
  const name = element.accessibility_label ?? plainOf(element.text);
  const control = h("button", { class: "icon-button", type: "button", "aria-label": name, title: name, dataset: { focus: `${block.block_id}/${element.action_id}` }, onclick: () => press(element, block, ctx, { value: element.value, icon: element.icon }, control) }, icon(element.icon));
  return control;
}

function feedback({ element, block, ctx }) {
  const one = (part, sign) => {
    const name = part.accessibility_label ?? plainOf(part.text);
    const control = h("button", { class: "icon-button", type: "button", "aria-label": name, title: plainOf(part.text), onclick: () => press(element, block, ctx, { value: part.value, text: part.text }, control) }, icon(sign));
    return control;
  };
  return h("span", { class: "feedback", role: "group", "aria-label": "Feedback" }, one(element.positive_button ?? {}, "thumbsup"), one(element.negative_button ?? {}, "thumbsdown"));
}

function overflow({ element, block, ctx }) {
  const run = async (option) => {
    const href = option.url ? safeUrl(option.url) : null;
    if (href) open(href, "_blank", "noopener");
    await press(element, block, ctx, { selected_option: option }, control);
  };
  const items = (element.options ?? []).map((option) => ({
    label: renderPlain(option.text?.text),
    name: plainOf(option.text),
    detail: option.description ? plainOf(option.description) : null,
    run: () => run(option),
  }));
  const control = h("button", { class: "button overflow", type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { focus: `${block.block_id}/${element.action_id}` }, onclick: () => openMenu(control, items, { label: "More actions" }) }, icon("dots"));
  return control;
}

function choices({ element, block, ctx, field, commit: put }) {
  const many = element.type === "checkboxes";
  const current = ctx.form.get(block.block_id, element);
  const chosen = new Set((many ? (current ?? []) : current ? [current] : []).map((option) => option.value));
  const name = uid("choice");
  const changed = (event, option) => {
    if (!many) return put(option);
    if (event.target.checked) chosen.add(option.value);
    else chosen.delete(option.value);
    return put(element.options.filter((entry) => chosen.has(entry.value)));
  };
  const rows = (element.options ?? []).map((option) => {
    const id = uid("option");
    const detailId = option.description ? uid("detail") : null;
    const box = h("input", {
      id, name, type: many ? "checkbox" : "radio", checked: chosen.has(option.value), "aria-describedby": detailId,
      dataset: { focus: `${block.block_id}/${element.action_id}/${option.value}` }, onchange: (event) => changed(event, option),
    });
    return h("div", { class: "choice" }, box, h("span", { class: "choice-words" },
      h("label", { for: id }, renderText(option.text, ctx.store)),
      option.description ? h("span", { class: "choice-detail", id: detailId }, renderText(option.description, ctx.store)) : null));
  });
  return h("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-labelledby": field?.labelId, "aria-describedby": field?.describedBy, "aria-label": field ? null : "Choices" }, rows);
}

const NATIVE = { email_text_input: "email", url_text_input: "url", number_input: "text", plain_text_input: "text" };

function textInput({ element, block, ctx, field, commit: put }) {
  const rich = element.type === "rich_text_input";
  const held = ctx.form.get(block.block_id, element);
  const limit = element.max_length;
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const props = {
    id: field?.id ?? uid("text"), class: "text-input", placeholder: element.placeholder ? plainOf(element.placeholder) : null,
    "aria-label": field ? null : plainOf(element.placeholder ?? "Text"), "aria-describedby": field?.describedBy,
    minlength: element.min_length, dataset: { focus: `${block.block_id}/${element.action_id}` },
    autofocus: element.focus_on_load === true, value: rich ? richWords(held) : (held ?? ""),
  };
  const read = () => (rich ? richOf(control.value) : control.value === "" ? null : control.value);
  const remember = () => ctx.form.set(block.block_id, element, read());
  const typed = debounce(() => put(read()), TYPING_WAIT);
  const control = element.multiline || rich
    ? h("textarea", { ...props, rows: 4 })
    : h("input", { ...props, type: NATIVE[element.type], inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null });
  const counter = limit ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
  const count = () => {
    if (!counter) return;
    const left = limit - [...control.value].length;
    counter.textContent = String(left);
    counter.hidden = left > Math.max(20, limit * 0.1);
    counter.classList.toggle("over", left < 0);
  };
  control.addEventListener("input", () => {
    remember();
    count();
    if (field?.dispatch && triggers.includes("on_character_entered")) typed();
  });
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const single = control.tagName === "INPUT";
    if (field?.dispatch && triggers.includes("on_enter_pressed") && (single || !event.shiftKey)) {
      event.preventDefault();
      typed.cancel();
      put(read());
    } else if (single || event.metaKey || event.ctrlKey) {
      event.preventDefault();
      ctx.submit?.();
    }
  });
  count();
  return h("div", { class: "text-wrap" }, control, counter);
}

function richWords(value) {
  const leaves = (part) => (part.elements ? part.elements.map(leaves).join("") + (part.type === "rich_text_section" ? "\n" : "") : (part.text ?? (part.name ? `:${part.name}:` : (part.url ?? ""))));
  return value ? leaves(value).replace(/\n$/, "") : "";
}

function richOf(text) {
  if (!text) return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function fileInput({ element, block, ctx, field }) {
  const names = h("ul", { class: "file-names" });
  const show = () => names.replaceChildren(...(ctx.form.get(block.block_id, element) ?? []).map((file) => h("li", null, icon("file"), file.name ?? file.id)));
  const control = h("input", {
    id: field?.id, type: "file", multiple: (element.max_files ?? 10) > 1, accept: (element.filetypes ?? []).map((type) => `.${type}`).join(",") || null,
    "aria-describedby": field?.describedBy,
    onchange: async () => {
      const files = await ctx.upload?.([...control.files].slice(0, element.max_files ?? 10));
      if (!files) return;
      ctx.form.set(block.block_id, element, files);
      show();
    },
  });
  show();
  return h("div", { class: "file-input" }, control, names);
}

