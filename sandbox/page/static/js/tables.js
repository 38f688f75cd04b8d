// Tables: the `table` block and the `data_table` block with its sortable columns.

import { fill, h, icon } from "./dom.js";
import { plainOf } from "./mrkdwn.js";
import { renderRichText } from "./richtext.js";

export function tableBlock(block, store) {
  const [head, ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const kind = (index) => `align-${settings[index]?.align ?? "left"}${settings[index]?.is_wrapped ? " wrapped" : ""}`;
  const row = (cells, tag) => h("tr", null, cells.map((cell, index) => h(tag, { class: kind(index), scope: tag === "th" ? "col" : null }, cellOf(cell, store))));
  const table = h("table", { class: "table" }, head ? h("thead", null, row(head, "th")) : null, h("tbody", null, rows.map((cells) => row(cells, "td"))));
  return h("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": "Table" }, table);
}

function cellOf(cell, store) {
  if (cell?.type === "rich_text") return renderRichText(cell, store);
  return cell?.text ?? (cell?.value === undefined ? "" : String(cell.value));
}

const weight = (cell) => (cell?.type === "raw_number" ? Number(cell.value) : String(cell?.text ?? ""));

export function dataTable(block, store) {
  const [head = [], ...rows] = block.rows ?? [];
  const body = h("tbody");
  const sort = { column: -1, up: true };
  const draw = () => {
    const ordered = [...rows];
    if (sort.column >= 0) ordered.sort((a, b) => compare(weight(a[sort.column]), weight(b[sort.column])) * (sort.up ? 1 : -1));
    fill(body, ordered.map((cells) => h("tr", null, cells.map((cell) => h("td", { class: cell?.type === "raw_number" ? "align-right" : "" }, cellOf(cell, store))))));
  };
  const by = (column) => {
    Object.assign(sort, { up: sort.column === column ? !sort.up : true, column });
    draw();
  };
  const heads = head.map((cell, index) => h("th", { scope: "col" }, h("button", { class: "sort", type: "button", onclick: () => by(index) }, cellOf(cell, store), icon("down"))));
  draw();
  const caption = block.caption ? h("caption", null, typeof block.caption === "string" ? block.caption : plainOf(block.caption)) : null;
  return h("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", { class: "table" }, caption, h("thead", null, h("tr", null, heads)), body));
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
