// The `markdown` block and canvases: ordinary Markdown (a useful part of it) as DOM nodes.

import { h, image, link } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { channelMention, emojiNode, mention } from "./mrkdwn.js";

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const MAX_DEPTH = 10;

export function renderMarkdown(text, store) {
  return h("div", { class: "md" }, blocksOf(String(text ?? "").replaceAll("\r\n", "\n").split("\n"), store));
}

function blocksOf(lines, store, depth = 0) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    const reader = depth < MAX_DEPTH ? READERS.find((candidate) => candidate.starts(line, lines[at + 1])) : null;
    if (!line.trim()) {
      at += 1;
    } else if (reader) {
      const [node, next] = reader.read(lines, at, store, depth);
      nodes.push(node);
      at = next;
    } else {
      const [node, next] = paragraph(lines, at, store);
      nodes.push(node);
      at = next;
    }
  }
  return nodes;
}

const READERS = [
  { starts: (line) => /^\s{0,3}(```|~~~)/.test(line), read: fence },
  { starts: (line) => /^\s{0,3}#{1,6}\s/.test(line), read: heading },
  { starts: (line) => /^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line), read: (_lines, at) => [h("hr"), at + 1] },
  { starts: (line) => /^\s{0,3}>/.test(line), read: quote },
  { starts: (line) => ITEM.test(line), read: list },
  { starts: (line, next) => line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(next ?? ""), read: table },
];

function paragraph(lines, at, store) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !READERS.some((r) => r.starts(lines[end], lines[end + 1]))) end += 1;
  const text = lines.slice(at, end).map((line) => line.trim());
  return [h("p", null, text.flatMap((line, index) => (index ? [h("br"), inline(line, store)] : [inline(line, store)]))), end];
}

function fence(lines, at) {
  const mark = lines[at].trim().slice(0, 3);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  return [h("pre", { class: "pre" }, h("code", null, lines.slice(at + 1, end).join("\n"))), end + 1];
}

function heading(lines, at, store) {
  const [, marks, text] = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]);
  return [h("p", { class: `md-h md-h${marks.length}`, role: "heading", "aria-level": marks.length + 2 }, inline(text, store)), at + 1];
}

function quote(lines, at, store, depth) {
  let end = at;
  while (end < lines.length && /^\s{0,3}>/.test(lines[end])) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^\s{0,3}> ?/, ""));
  return [h("blockquote", null, blocksOf(inner, store, depth + 1)), end];
}

function list(lines, at, store, depth) {
  const base = ITEM.exec(lines[at]);
  const ordered = /\d/.test(base[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (!item || item[1].length < base[1].length || /\d/.test(item[2]) !== ordered) break;
    const inner = [item[3]];
    end += 1;
    while (end < lines.length && lines[end].trim() && indentOf(lines[end]) > base[1].length) {
      inner.push(lines[end].slice(Math.min(indentOf(lines[end]), base[1].length + 2)));
      end += 1;
    }
    items.push(listItem(inner, store, depth));
  }
  return [h(ordered ? "ol" : "ul", { start: ordered ? Number.parseInt(base[2], 10) : null }, items), end];
}

const indentOf = (line) => line.length - line.trimStart().length;

function listItem(lines, store, depth) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(lines[0]);
  const first = inline(task ? task[2] : lines[0], store);
  const rest = lines.length > 1 ? blocksOf(lines.slice(1), store, depth + 1) : [];
  if (!task) return h("li", null, first, rest);
  const box = h("input", { type: "checkbox", disabled: true, checked: task[1] !== " ", "aria-label": task[2] });
  return h("li", { class: "md-task" }, box, h("span", null, first), rest);
}

function table(lines, at, store) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
  const align = cells(lines[at + 1]).map((rule) => `${rule.startsWith(":") ? "l" : ""}${rule.endsWith(":") ? "r" : ""}`);
  const side = (index) => ({ lr: "align-center", r: "align-right" })[align[index]] ?? "";
  let end = at + 2;
  const rows = [];
  while (end < lines.length && lines[end].includes("|")) {
    rows.push(h("tr", null, cells(lines[end]).map((cell, index) => h("td", { class: side(index) }, inline(cell, store)))));
    end += 1;
  }
  const head = h("tr", null, cells(lines[at]).map((cell, index) => h("th", { class: side(index) }, inline(cell, store))));
  return [h("div", { class: "table-wrap" }, h("table", { class: "table" }, h("thead", null, head), h("tbody", null, rows))), end];
}

const INLINE = [
  [/^`([^`\n]+)`/, (m) => h("code", { class: "code" }, m[1])],
  [/^!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)/, (m, store) => imageOf(m[2], m[1], store)],
  [/^\[([^\]]+)\]\(\s*<?([^)\s>]+)>?[^)]*\)/, (m, store, depth) => link(m[2], inline(m[1], store, depth + 1))],
  [/^\*\*(?=\S)([\s\S]+?\S|\S)\*\*/, (m, store, depth) => h("strong", null, inline(m[1], store, depth + 1))],
  [/^__(?=\S)([\s\S]+?\S|\S)__/, (m, store, depth) => h("strong", null, inline(m[1], store, depth + 1))],
  [/^~~(?=\S)([\s\S]+?\S|\S)~~/, (m, store, depth) => h("s", null, inline(m[1], store, depth + 1))],
  [/^\*(?=\S)([^*\n]*?\S)\*(?!\*)/, (m, store, depth) => h("em", null, inline(m[1], store, depth + 1))],
  [/^_(?=\S)([^_\n]*?\S)_(?![\p{L}\p{N}])/u, (m, store, depth) => h("em", null, inline(m[1], store, depth + 1))],
  [/^<@([UW][A-Z0-9]+)(?:\|([^>]*))?>/, (m, store) => mention(m[1], store, m[2])],
  [/^<#(C[A-Z0-9]+)(?:\|([^>]*))?>/, (m, store) => channelMention(m[1], store, m[2])],
  [/^<(https?:\/\/[^>\s|]+)(?:\|([^>]+))?>/, (m) => link(m[1], m[2] || m[1])],
  [/^https?:\/\/[^\s<>()|]+[^\s<>()|.,;:!?'"]/, (m) => link(m[0], m[0])],
  [/^:([a-z0-9_+'\-]+):/, (m) => (emojiOf(m[1]) ? emojiNode(m[1], emojiOf(m[1])) : m[0])],
  [/^\\([\\`*_{}[\]()#+\-.!|~>])/, (m) => m[1]],
];

/** Canvases write mentions as images: `![](@U123)` and `![](#C123)`. */
function imageOf(url, alt, store) {
  const named = /^([@#])([UWC][A-Z0-9]+)$/.exec(url);
  if (!named) return image(url, alt, "md-image");
  return named[1] === "@" ? mention(named[2], store, alt) : channelMention(named[2], store, alt);
}

function inline(text, store, depth = 0) {
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const rest = /[`!\[*_~<h:\\]/.test(text[at]) && depth < MAX_DEPTH ? text.slice(at) : null;
    const hit = rest && matchInline(rest, text[at - 1]);
    if (hit) {
      nodes.push(plain, hit.make(hit.match, store, depth));
      plain = "";
      at += hit.match[0].length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  nodes.push(plain);
  return nodes;
}

function matchInline(rest, before) {
  if (/[_h:]/.test(rest[0]) && before && /[\p{L}\p{N}]/u.test(before)) return null;
  for (const [pattern, make] of INLINE) {
    const match = pattern.exec(rest);
    if (match) return { match, make };
  }
  return null;
}
