// Slack's mrkdwn as a tree of plain objects, then as DOM nodes. Escaped text (&lt;!channel&gt;) stays text, because
// entities are only decoded in the leaves, after everything that has a meaning has been found.

import { h, link } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { slackDate, longMoment } from "./time.js";

const EMOJI = /^:([a-z0-9_+'\-]+):(?::skin-tone-([2-6]):)?/;
const URL_BARE = /^https?:\/\/[^\s<>|"]+/;
const STYLES = { "*": "bold", _: "italic", "~": "strike" };
const TAGS = { bold: "strong", italic: "em", strike: "s" };
const MAX_DEPTH = 12;

export const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Parse into blocks: {type: "paragraph" | "quote" | "pre", …}. */
export function parseMrkdwn(text) {
  const blocks = [];
  const pieces = String(text ?? "").split(/```([\s\S]+?)```/);
  pieces.forEach((piece, index) => {
    if (index % 2) blocks.push({ type: "pre", text: piece.replace(/^\n/, "").replace(/\n$/, "") });
    else parseLines(piece, blocks, index > 0);
  });
  return blocks;
}

function parseLines(text, blocks, afterPre) {
  let body = afterPre && text.startsWith("\n") ? text.slice(1) : text;
  if (body.endsWith("\n") && !body.trim()) body = "";
  const all = /(^|\n)&gt;&gt;&gt;\s?([\s\S]*)$/.exec(body);
  const rest = all ? all[2] : null;
  const lines = (all ? body.slice(0, all.index) : body).split("\n");
  let run = null;
  for (const line of lines) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const type = quoted ? "quote" : "paragraph";
    if (!run || run.type !== type) {
      run = { type, lines: [] };
      blocks.push(run);
    }
    run.lines.push(quoted ? quoted[1] : line);
  }
  if (rest !== null) blocks.push({ type: "quote", lines: rest.split("\n") });
  for (const block of blocks) {
    if (block.lines) {
      block.children = parseInline(block.lines.join("\n"));
      delete block.lines;
    }
  }
  const last = blocks.at(-1);
  if (last?.type === "paragraph" && !last.children.length) blocks.pop();
}

/** Parse what stands inside a line: {type: "text" | "bold" | "link" | "user" | …}. */
export function parseInline(text, depth = 0) {
  const nodes = [];
  let plain = "";
  let index = 0;
  const flush = () => {
    if (plain) nodes.push({ type: "text", text: decode(plain) });
    plain = "";
  };
  while (index < text.length) {
    const found = tokenAt(text, index, depth);
    if (found) {
      flush();
      nodes.push(found.node);
      index += found.length;
    } else {
      plain += text[index];
      index += 1;
    }
  }
  flush();
  return nodes;
}

function tokenAt(text, index, depth) {
  const char = text[index];
  if (char === "<") return angleAt(text, index);
  if (char === "`") return codeAt(text, index);
  if (char === ":") return emojiAt(text, index);
  if (char === "h") return bareUrlAt(text, index);
  if (STYLES[char] && depth < MAX_DEPTH) return styledAt(text, index, char, depth);
  return null;
}

function angleAt(text, index) {
  const match = /^<([^<>\n]+)>/.exec(text.slice(index, index + 4000));
  if (!match) return null;
  const node = angleNode(match[1]);
  return node ? { node, length: match[0].length } : null;
}

function angleNode(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : decode(inner.slice(bar + 1));
  if (/^@[UW][A-Z0-9]*$/.test(target)) return { type: "user", id: target.slice(1), label };
  if (/^#C[A-Z0-9]*$/.test(target)) return { type: "channel", id: target.slice(1), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { type: "broadcast", range: target.slice(1) };
  if (target.startsWith("!subteam^")) return { type: "usergroup", id: target.slice(9), label };
  if (target.startsWith("!date^")) {
    const [, timestamp, pattern, url] = target.split("^");
    return { type: "date", timestamp, pattern: decode(pattern ?? "{date}"), url, fallback: label };
  }
  if (target.startsWith("!")) return { type: "text", text: label || `<${target}>` };
  if (/^(https?:\/\/|mailto:|tel:)/i.test(target)) return { type: "link", url: decode(target), label };
  return null;
}

function codeAt(text, index) {
  const end = text.indexOf("`", index + 1);
  if (end <= index + 1) return null;
  const inner = text.slice(index + 1, end);
  if (inner.includes("\n")) return null;
  return { node: { type: "code", text: decode(inner.replace(/<([^<>|]+\|)?([^<>]+)>/g, "$2")) }, length: end - index + 1 };
}

function emojiAt(text, index) {
  const match = EMOJI.exec(text.slice(index, index + 120));
  if (!match) return null;
  const char = emojiOf(match[1], match[2]);
  return char ? { node: { type: "emoji", name: match[1], char }, length: match[0].length } : null;
}

function bareUrlAt(text, index) {
  if (index && /[\w@/]/.test(text[index - 1])) return null;
  const match = URL_BARE.exec(text.slice(index, index + 3000));
  if (!match) return null;
  const url = match[0].replace(/(?:[.,;:!?)\]'*_~`]|&gt;|&lt;.*)+$/, "");
  return url.length > 8 ? { node: { type: "link", url: decode(url), label: "" }, length: url.length } : null;
}

function styledAt(text, index, char, depth) {
  const before = text[index - 1];
  const after = text[index + 1];
  if (before && /[\p{L}\p{N}*_~]/u.test(before)) {
    if (before === char || /[\p{L}\p{N}]/u.test(before)) return null;
  }
  if (!after || /\s/.test(after) || after === char) return null;
  const end = closingOf(text, index, char);
  if (end < 0) return null;
  const children = parseInline(text.slice(index + 1, end), depth + 1);
  return { node: { type: STYLES[char], children }, length: end - index + 1 };
}

function closingOf(text, index, char) {
  for (let at = index + 2; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "<") {
      const close = text.indexOf(">", at);
      if (close > 0) at = close;
    } else if (text[at] === "`") {
      const close = text.indexOf("`", at + 1);
      if (close > 0) at = close;
    } else if (text[at] === char && !/\s/.test(text[at - 1]) && !/[\p{L}\p{N}]/u.test(text[at + 1] ?? " ")) {
      if (text[at + 1] !== char) return at;
    }
  }
  return -1;
}

// — DOM —

/** mrkdwn text as DOM nodes. `store` gives names and the person's time zone. */
export function renderMrkdwn(text, store) {
  return parseMrkdwn(text).map((block) => {
    if (block.type === "pre") return h("pre", { class: "pre" }, h("code", null, renderPre(block.text)));
    const nodes = renderNodes(block.children, store);
    return block.type === "quote" ? h("blockquote", null, nodes) : h("span", { class: "para" }, nodes);
  });
}

function renderPre(text) {
  return decode(text.replace(/<(?:[^<>|\n]+\|)?((?:https?|mailto)[^<>\n]*)>/g, "$1"));
}

export function renderNodes(nodes, store) {
  return nodes.map((node) => renderNode(node, store));
}

function renderNode(node, store) {
  switch (node.type) {
    case "text":
      return withBreaks(node.text);
    case "code":
      return h("code", { class: "code" }, node.text);
    case "emoji":
      return emojiNode(node.name, node.char);
    case "link":
      return link(node.url, node.label ? renderNodes(parseLabel(node.label), store) : node.url.replace(/^mailto:/, ""));
    case "user":
      return mention(node.id, store, node.label);
    case "channel":
      return channelMention(node.id, store, node.label);
    case "broadcast":
      return h("span", { class: "mention mention-me" }, `@${node.range}`);
    case "usergroup":
      return h("span", { class: "mention" }, node.label || `@${store.usergroups.get(node.id) ?? node.id}`);
    case "date":
      return dateNode(node, store);
    default:
      return h(TAGS[node.type] ?? "span", null, renderNodes(node.children ?? [], store));
  }
}

const parseLabel = (label) =>
  label.split(/(:[a-z0-9_+'\-]+:)/).filter(Boolean).map((part) => emojiAt(part, 0)?.node ?? { type: "text", text: part });

export function withBreaks(text) {
  const parts = String(text).split("\n");
  return parts.flatMap((part, index) => (index ? [h("br"), part] : [part]));
}

export function emojiNode(name, char) {
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, char);
}

export function mention(id, store, label) {
  const known = store.person(id) || store.isBot(id);
  const name = known ? store.nameOf(id) : label || id;
  return h("span", { class: id === store.user ? "mention mention-me" : "mention", dataset: { person: id } }, `@${name}`);
}

export function channelMention(id, store, label) {
  const channel = store.channels.get(id);
  const name = channel?.name ?? label;
  if (!name) return h("span", { class: "mention mention-quiet" }, "🔒 private-channel");
  return h("a", { class: "mention", href: `?user=${store.user}&channel=${id}`, dataset: { channel: id } }, `#${name}`);
}

export function dateNode({ timestamp, pattern, url, fallback }, store) {
  const ms = Number(timestamp) * 1000;
  if (!Number.isFinite(ms)) return withBreaks(fallback ?? "");
  const text = slackDate(pattern, timestamp, store.tz, store.now);
  const time = h("time", { title: longMoment(ms, store.tz), datetime: new Date(ms).toISOString() }, text);
  return url ? link(url, time) : time;
}

/** plain_text: nothing has a meaning but, unless `emoji` is false, emoji names. */
export function renderPlain(text, withEmoji = true) {
  if (!withEmoji) return withBreaks(decode(String(text ?? "")));
  return String(text ?? "").split(/(:[a-z0-9_+'\-]+:(?::skin-tone-[2-6]:)?)/).filter(Boolean).flatMap((part) => {
    const found = part.startsWith(":") ? emojiAt(part, 0) : null;
    return found && found.length === part.length ? [emojiNode(found.node.name, found.node.char)] : withBreaks(decode(part));
  });
}

/** A text object ({type, text, emoji?, verbatim?}) as nodes. */
export function renderText(object, store) {
  if (!object) return [];
  if (typeof object === "string") return renderPlain(object);
  return object.type === "mrkdwn" ? renderMrkdwn(object.text, store) : renderPlain(object.text, object.emoji !== false);
}

/** The words of a text object alone, for labels and names. */
export function plainOf(object) {
  const text = typeof object === "string" ? object : (object?.text ?? "");
  const shown = object?.type === "mrkdwn" ? renderMrkdwnWords(text) : text;
  return decode(shown).replace(/:([a-z0-9_+'\-]+):/g, (whole, name) => emojiOf(name) ?? whole);
}

function renderMrkdwnWords(text) {
  return text.replace(/<[^<>|]+\|([^<>]+)>/g, "$1").replace(/(^|\s)[*_~`]+(\S)/g, "$1$2").replace(/(\S)[*_~`]+(?=\s|$)/g, "$1");
}
