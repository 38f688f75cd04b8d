// The input block: label, control, hint, optional mark and the error beside the field.

import { fill, h, icon, uid } from "./dom.js";
import { plainOf, renderPlain } from "./mrkdwn.js";
import { renderElement } from "./elements.js";

const GROUPS = new Set(["checkboxes", "radio_buttons"]);

export function inputBlock(block, ctx) {
  const id = uid("field");
  const hintId = block.hint ? uid("hint") : null;
  const errorId = uid("error");
  const labelId = uid("label");
  const field = {
    id, labelId, label: plainOf(block.label), describedBy: [hintId, errorId].filter(Boolean).join(" "), dispatch: block.dispatch_action === true,
  };
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const words = [h("span", { id: labelId }, renderPlain(block.label?.text, block.label?.emoji !== false)), optional];
  const label = GROUPS.has(block.element?.type) ? h("div", { class: "label" }, words) : h("label", { class: "label", for: id }, words);
  const error = h("div", { class: "field-error", id: errorId });
  const node = h(
    "div",
    { class: "input-block" },
    label,
    h("div", { class: "control" }, renderElement(block.element, block, ctx, field)),
    error,
    block.hint ? h("div", { class: "hint", id: hintId }, renderPlain(block.hint.text, block.hint.emoji !== false)) : null,
  );
  showError(node, ctx.errors?.[block.block_id]);
  return node;
}

/** Show (or take away) what is wrong with a field. */
export function showError(node, message) {
  const error = node.querySelector(".field-error");
  if (!error) return;
  node.classList.toggle("invalid", Boolean(message));
  if (message) {
    fill(error, icon("warning"), h("span", null, message));
    error.setAttribute("role", "alert");
  } else {
    fill(error);
    error.removeAttribute("role");
  }
  for (const control of node.querySelectorAll("input, textarea")) {
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}
