// The data_visualization block: bars, lines, areas and pies as SVG, with the numbers as a table for everyone else.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 480;
const HEIGHT = 200;

function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

export function chart(block) {
  const plan = block.chart ?? {};
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": block.title ?? "Chart" });
  if (plan.type === "pie") pie(svg, plan.segments ?? []);
  else plot(svg, plan);
  const names = plan.type === "pie" ? (plan.segments ?? []).map((part) => `${part.label} · ${part.value}`) : (plan.series ?? []).map((line) => line.name);
  const legend = h("ul", { class: "legend" }, names.map((name, index) => h("li", { class: `series-${index % 6}` }, name)));
  return h("figure", null, h("figcaption", { class: "chart-title" }, block.title), svg, legend, numbers(plan));
}

function numbers(plan) {
  if (plan.type === "pie") return null;
  const categories = plan.axis_config?.categories ?? [];
  const rows = (plan.series ?? []).map((line) => h("tr", null, h("th", { scope: "row" }, line.name), categories.map((name) => h("td", { class: "align-right" }, line.data.find((point) => point.label === name)?.value ?? ""))));
  return h("details", { class: "chart-data" }, h("summary", null, "Data"), h("div", { class: "table-wrap" }, h("table", { class: "table" }, h("thead", null, h("tr", null, h("th", null, ""), categories.map((name) => h("th", { scope: "col" }, name)))), h("tbody", null, rows))));
}

function pie(svg, segments) {
  const total = segments.reduce((sum, part) => sum + Number(part.value), 0) || 1;
  let angle = -Math.PI / 2;
  segments.forEach((part, index) => {
    const share = Math.min(Number(part.value) / total, 0.9999);
    const end = angle + share * 2 * Math.PI;
    const at = (turn) => `${WIDTH / 2 + 88 * Math.cos(turn)} ${HEIGHT / 2 + 88 * Math.sin(turn)}`;
    svg.append(draw("path", { class: `slice series-${index % 6}`, d: `M${WIDTH / 2} ${HEIGHT / 2}L${at(angle)}A88 88 0 ${share > 0.5 ? 1 : 0} 1 ${at(end)}Z` }));
    angle = end;
  });
}

function plot(svg, plan) {
  const categories = plan.axis_config?.categories ?? [];
  const series = (plan.series ?? []).map((line) => categories.map((name) => Number(line.data.find((point) => point.label === name)?.value ?? 0)));
  const values = series.flat();
  const top = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  const span = top - low || 1;
  const x = (index) => 40 + ((WIDTH - 60) * (index + 0.5)) / categories.length;
  const y = (value) => 12 + ((HEIGHT - 40) * (top - value)) / span;
  svg.append(draw("path", { class: "axis", d: `M40 12V${HEIGHT - 28}M40 ${y(0)}H${WIDTH - 20}` }));
  for (const value of [top, low]) svg.append(label(36, y(value) + 4, "end", String(value)));
  const every = Math.ceil(categories.length / 8);
  categories.forEach((name, index) => { if (index % every === 0) svg.append(label(x(index), HEIGHT - 10, "middle", name.slice(0, 12))); });
  series.forEach((line, order) => svg.append(...PLOTS[plan.type === "bar" ? "bar" : "line"](line, order, { x, y, count: series.length, categories: categories.length, fill: plan.type === "area" })));
}

function label(x, y, anchor, text) {
  return draw("text", { x, y, "text-anchor": anchor, class: "chart-label" }, text);
}

const PLOTS = {
  bar: (line, order, { x, y, count, categories }) => {
    const width = Math.min(36, ((WIDTH - 60) / categories) * 0.7 / count);
    return line.map((value, index) => draw("rect", { class: `bar series-${order % 6}`, x: x(index) + (order - count / 2) * width, y: Math.min(y(value), y(0)), width: width * 0.9, height: Math.max(1, Math.abs(y(value) - y(0))), rx: 2 }));
  },
  line: (line, order, { x, y, fill }) => {
    const points = line.map((value, index) => `${x(index)} ${y(value)}`).join("L");
    const stroke = draw("path", { class: `line series-${order % 6}`, d: `M${points}` });
    return fill ? [draw("path", { class: `area series-${order % 6}`, d: `M${x(0)} ${y(0)}L${points}L${x(line.length - 1)} ${y(0)}Z` }), stroke] : [stroke];
  },
};
