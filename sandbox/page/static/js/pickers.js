// Date, time and date-with-time pickers, on the browser's own controls.

import { h, uid } from "./dom.js";
import { plainOf } from "./mrkdwn.js";
import { fromLocalField, localField } from "./time.js";

const NATIVE = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

export const isPicker = (type) => type in NATIVE;

export function pickerElement({ element, block, ctx, field, commit }) {
  const { tz } = ctx.store;
  const held = ctx.form.get(block.block_id, element);
  const withZone = element.type === "datetimepicker";
  const shown = withZone ? (held ? localField(held * 1000, tz) : "") : (held ?? "");
  const read = () => {
    if (!control.value) return null;
    return withZone ? Math.round(fromLocalField(control.value, tz) / 1000) : control.value;
  };
  const control = h("input", {
    id: field?.id ?? uid("pick"), type: NATIVE[element.type], class: "text-input picker", value: shown,
    "aria-label": field ? null : plainOf(element.placeholder ?? DEFAULTS[element.type]), "aria-describedby": field?.describedBy,
    title: element.placeholder ? plainOf(element.placeholder) : null, autofocus: element.focus_on_load === true,
    dataset: { focus: `${block.block_id}/${element.action_id}` },
    // Without a field's own submit button the value goes out when it is complete, not with each digit.
    onchange: () => commit(read()),
    oninput: () => ctx.form.set(block.block_id, element, read()),
  });
  const zone = element.type === "timepicker" ? element.timezone : withZone ? tz : null;
  return zone ? h("div", { class: "picker-wrap" }, control, h("span", { class: "picker-zone" }, zone.replaceAll("_", " "))) : control;
}

const DEFAULTS = { datepicker: "Select a date", timepicker: "Select a time", datetimepicker: "Select a date and time" };
