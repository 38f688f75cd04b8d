// rich_text trees (the block of that name, and the cells and details that hold one).

import { h, link } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { channelMention, dateNode, emojiNode, mention, withBreaks } from "./mrkdwn.js";

const COLOUR = /^#[0-9a-f]{3,8}$/i;

export function renderRichText(block, store) {
  return h("div", { class: "rich" }, (block?.elements ?? []).map((element) => renderPart(element, store)));
}

function renderPart(element, store) {
  const children = element.elements ?? [];
  switch (element.type) {
    case "rich_text_section":
      return h("div", { class: "rich-section" }, children.map((leaf) => renderLeaf(leaf, store)));
    case "rich_text_preformatted":
      return h("pre", { class: "pre" }, h("code", null, children.map((leaf) => renderLeaf(leaf, store))));
    case "rich_text_quote":
      return h("blockquote", null, children.map((leaf) => renderLeaf(leaf, store)));
    case "rich_text_list":
      return renderList(element, store);
    default:
      return renderLeaf(element, store);
  }
}

function renderList(element, store) {
  const ordered = element.style === "ordered";
  const indent = Math.min(Number(element.indent ?? 0), 8);
  return h(
    ordered ? "ol" : "ul",
    {
      class: `rich-list indent-${indent % 3}${element.border ? " bordered" : ""}`,
      start: ordered && element.offset ? Number(element.offset) + 1 : null,
      vars: { indent },
    },
    (element.elements ?? []).map((item) => h("li", null, (item.elements ?? []).map((leaf) => renderLeaf(leaf, store)))),
  );
}

function renderLeaf(leaf, store) {
  return styled(leafNode(leaf, store), leaf.style ?? {});
}

function leafNode(leaf, store) {
  switch (leaf.type) {
    case "text":
      return withBreaks(leaf.text ?? "");
    case "emoji":
      return emojiLeaf(leaf);
    case "link":
      return link(leaf.url, leaf.text || leaf.url);
    case "user":
      return mention(leaf.user_id, store);
    case "channel":
      return channelMention(leaf.channel_id, store);
    case "usergroup":
      return h("span", { class: "mention" }, `@${store.usergroups.get(leaf.usergroup_id) ?? leaf.usergroup_id}`);
    case "team":
      return h("span", { class: "mention" }, leaf.team_id);
    case "broadcast":
      return h("span", { class: "mention mention-me" }, `@${leaf.range}`);
    case "date":
      return dateNode({ ...leaf, pattern: leaf.format }, store);
    case "color":
      return h("span", { class: "colour-chip", vars: COLOUR.test(leaf.value) ? { chip: leaf.value } : {} }, leaf.value);
    case "tag":
      return h("span", { class: "badge" }, leaf.text);
    case "canvas_user_mention":
      return mention(leaf.user_id, store);
    default:
      return other(leaf);
  }
}

/** Canvases, files, records, citations …: their words, as a link where they have an address. */
function other(leaf) {
  const words = leaf.text ?? leaf.label ?? leaf.salesforce_field_label ?? leaf.file_id ?? leaf.type;
  return leaf.url ? link(leaf.url, words) : withBreaks(words);
}

function emojiLeaf(leaf) {
  const known = emojiOf(leaf.name, leaf.skin_tone);
  if (known) return emojiNode(leaf.name, known);
  const points = String(leaf.unicode ?? "").split("-").map((code) => Number.parseInt(code, 16));
  const valid = points.every((code) => Number.isInteger(code) && code > 0 && code <= 0x10ffff);
  return valid ? emojiNode(leaf.name, String.fromCodePoint(...points)) : `:${leaf.name}:`;
}

function styled(node, style) {
  let result = node;
  for (const [flag, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["underline", "u"], ["highlight", "mark"], ["client_highlight", "mark"]]) {
    if (style[flag]) result = h(tag, tag === "code" ? { class: "code" } : null, result);
  }
  return result;
}
