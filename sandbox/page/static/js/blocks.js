// Block Kit blocks as DOM. Which block may stand where is the sandbox's business; here every one is drawn.

import { fragment, h, icon, image, link, uid } from "./dom.js";
import { renderElement, fileUrl } from "./elements.js";
import { inputBlock } from "./input-block.js";
import { renderMarkdown } from "./markdown.js";
import { plainOf, renderPlain, renderText } from "./mrkdwn.js";
import { renderRichText } from "./richtext.js";
import { slackIcon } from "./slack-icons.js";
import { chart } from "./charts.js";
import { dataTable, tableBlock } from "./tables.js";

/** Draw a list of blocks; `ctx` as in elements.js. */
export function renderBlocks(blocks, ctx) {
  return fragment((blocks ?? []).map((block) => renderBlock(block, ctx)));
}

function renderBlock(block, ctx) {
  const draw = DRAW[block.type] ?? unknown;
  const node = draw(block, ctx);
  if (node instanceof HTMLElement) {
    node.classList.add("block", `block-${block.type}`);
    if (block.block_id) node.dataset.block = block.block_id;
  }
  return node;
}

const unknown = (block) => h("div", { class: "unknown" }, `[${block.type}]`);

const DRAW = {
  section,
  header: (block) => h("h3", { class: `header-block level-${block.level ?? 1}` }, renderPlain(block.text?.text, block.text?.emoji !== false)),
  divider: () => h("hr"),
  context: (block, ctx) => h("div", null, (block.elements ?? []).map((element) => contextPart(element, block, ctx))),
  actions: (block, ctx) => h("div", { role: "group", "aria-label": "Actions" }, elements(block, ctx)),
  context_actions: (block, ctx) => h("div", { role: "group", "aria-label": "Message actions" }, elements(block, ctx)),
  image: imageBlock,
  input: inputBlock,
  rich_text: (block, ctx) => renderRichText(block, ctx.store),
  markdown: (block, ctx) => renderMarkdown(block.text, ctx.store),
  table: (block, ctx) => tableBlock(block, ctx.store),
  data_table: (block, ctx) => dataTable(block, ctx.store),
  data_visualization: chart,
  video,
  file: fileBlock,
  call: callBlock,
  alert: alertBlock,
  card,
  carousel: (block, ctx) => h("div", { role: "group", "aria-label": "Cards", tabindex: "0" }, (block.elements ?? []).map((element) => renderBlock(element, ctx))),
  container,
  task_card: taskCard,
  plan: (block, ctx) => h("div", null, h("p", { class: "plan-title" }, wordsOf(block.title)), (block.tasks ?? []).map((task) => renderBlock({ ...task, type: "task_card" }, ctx))),
  auth_provider: authProvider,
};

const elements = (block, ctx) => (block.elements ?? []).map((element) => renderElement(element, block, ctx));
const wordsOf = (text) => (typeof text === "string" ? text : plainOf(text));

function section(block, ctx) {
  const words = h(
    "div",
    { class: "section-words" },
    block.text ? h("div", { class: block.expand ? "section-text expanded" : "section-text" }, renderText(block.text, ctx.store)) : null,
    block.fields?.length ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, renderText(field, ctx.store)))) : null,
  );
  if (!block.accessory) return h("div", null, words);
  const named = { ...ctx, hint: plainOf(block.text) };
  return h("div", { class: `with-accessory accessory-${block.accessory.type}` }, words, h("div", { class: "accessory" }, renderElement(block.accessory, block, named)));
}

function contextPart(element, block, ctx) {
  if (element.type === "image") return renderElement(element, block, ctx);
  return h("span", { class: "context-text" }, renderText(element, ctx.store));
}

function imageBlock(block) {
  const title = block.title ? h("figcaption", null, renderPlain(block.title.text, block.title.emoji !== false)) : null;
  return h("figure", null, title, image(block.image_url ?? fileUrl(block.slack_file), block.alt_text, "picture"));
}

function video(block) {
  const title = plainOf(block.title);
  return h(
    "div",
    null,
    block.provider_name || block.author_name ? h("div", { class: "video-by" }, [block.provider_name, block.author_name].filter(Boolean).join(" · ")) : null,
    h("div", { class: "video-title" }, link(block.title_url ?? block.video_url, title)),
    block.description ? h("div", { class: "video-text" }, renderPlain(block.description.text)) : null,
    h("div", { class: "video-frame" }, image(block.thumbnail_url, block.alt_text, "picture"), h("span", { class: "video-play" }, link(block.video_url, "▶ Play"))),
  );
}

function fileBlock(block) {
  return h("div", { class: "file-card" }, h("span", { class: "file-icon" }, icon("file")), h("span", null, h("b", null, block.external_id ?? block.file_id ?? "File"), h("span", { class: "quiet" }, "Remote file")));
}

function callBlock(block) {
  const call = block.call?.v1 ?? {};
  return h("div", { class: "file-card" }, h("span", { class: "file-icon" }, icon("people")), h("span", null, h("b", null, call.name ?? "Call"), call.join_url ? link(call.join_url, "Join") : h("span", { class: "quiet" }, block.call_id)));
}

const ALERT_ICON = { warning: "warning", error: "warning", success: "check", info: "eye", default: "eye" };

function alertBlock(block, ctx) {
  const level = block.level ?? "default";
  return h("div", { class: `alert alert-${level}`, role: "note" }, icon(ALERT_ICON[level] ?? "eye"), h("div", null, renderText(block.text, ctx.store)));
}

function titled(block, ctx) {
  return h(
    "div",
    { class: "card-head" },
    block.icon ? image(block.icon.image_url ?? fileUrl(block.icon.slack_file), block.icon.alt_text, "card-icon") : block.slack_icon ? slackIcon(block.slack_icon) : null,
    h(
      "div",
      null,
      block.rich_text_title ? renderRichText(block.rich_text_title, ctx.store) : block.title ? h("div", { class: "card-title" }, renderText(block.title, ctx.store)) : null,
      block.subtitle ? h("div", { class: "card-subtitle" }, renderText(block.subtitle, ctx.store)) : null,
    ),
  );
}

function card(block, ctx) {
  const hero = block.hero_image;
  return h(
    "div",
    null,
    hero ? image(hero.image_url ?? fileUrl(hero.slack_file), hero.alt_text, "card-hero") : null,
    block.title || block.icon || block.slack_icon || block.subtitle ? titled(block, ctx) : null,
    block.body ? h("div", { class: "card-body" }, renderText(block.body, ctx.store)) : null,
    block.subtext ? h("div", { class: "card-subtitle" }, renderText(block.subtext, ctx.store)) : null,
    block.actions?.length ? h("div", { class: "card-actions" }, block.actions.map((element) => renderElement(element, block, ctx))) : null,
  );
}

function container(block, ctx) {
  const head = titled(block, ctx);
  const body = h("div", { class: "container-body" }, renderBlocks(block.child_blocks, ctx));
  const kind = `container width-${block.width ?? "standard"}${block.has_header_divider ? " divided" : ""}`;
  if (!block.is_collapsible) return h("div", { class: kind }, head, body);
  return h("div", { class: kind }, h("details", { open: !block.default_collapsed }, h("summary", null, icon("right", "turn"), head), body));
}

const STATUS = { pending: "Waiting", in_progress: "In progress", complete: "Done", error: "Failed" };

function taskCard(block, ctx) {
  const rich = (part) => (part ? renderRichText(part, ctx.store) : null);
  return h(
    "div",
    { class: `task task-${block.status}` },
    h("div", { class: "task-head" }, h("span", { class: "task-dot", "aria-hidden": "true" }), h("b", null, wordsOf(block.title)), h("span", { class: "quiet" }, STATUS[block.status] ?? block.status)),
    rich(block.details),
    rich(block.output),
    block.sources?.length ? h("div", { class: "sources" }, block.sources.map((source) => link(source.url, source.text))) : null,
  );
}

function authProvider(block, ctx) {
  const url = block.is_connected ? block.disconnect_url : block.auth_url;
  const id = uid("provider");
  return h(
    "div",
    { class: "card-head", role: "group", "aria-labelledby": id },
    block.icon_url ? image(block.icon_url, "", "card-icon") : h("span", { class: "file-icon" }, icon("link")),
    h("div", { class: "grow" }, h("div", { class: "card-title", id }, plainOf(block.name)), h("div", { class: "card-subtitle" }, block.is_connected ? [plainOf(block.connected_identity ?? "Connected"), block.connected_context ? ` · ${plainOf(block.connected_context)}` : ""] : plainOf(block.description ?? ""))),
    url ? h("span", { class: "button" }, link(url, block.is_connected ? "Disconnect" : "Connect")) : null,
    block.is_connected && block.accessory ? renderElement(block.accessory, block, ctx) : null,
  );
}
