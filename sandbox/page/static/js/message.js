// One message: author, time, text or blocks, attachments, files, reactions, thread line, and what to do with it.

import { fill, h, icon, image, link } from "./dom.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks.js";
import { FormState } from "./form.js";
import { emojiOf, COMMON } from "./emoji.js";
import { openEmojiPicker } from "./emoji-picker.js";
import { plainOf, renderMrkdwn, renderPlain } from "./mrkdwn.js";
import { ago, clockTime, longMoment, tsToMs } from "./time.js";
import { post } from "./api.js";
import { toast } from "./dialog.js";

const forms = new WeakMap();

const isHidden = (message) => message.hidden || message.subtype === "tombstone";

export const authorKey = (message) => `${message.user ?? message.bot_id ?? ""}/${message.username ?? ""}`;

export function authorOf(message, store) {
  const isBot = Boolean(message.bot_id) || store.isBot(message.user);
  const id = isBot ? store.app.bot_user_id : message.user;
  const name = message.username || (isBot ? (message.bot_profile?.name ?? store.app.name) : store.nameOf(message.user));
  const url = message.icons?.image_48 ?? message.icons?.image_72 ?? message.icon_url;
  const sign = String(message.icons?.emoji ?? message.icon_emoji ?? "").replaceAll(":", "");
  const slackbot = message.user === "USLACKBOT";
  return { id, name: slackbot ? "Slackbot" : name, isBot: isBot || slackbot, picture: { name, url, emoji: emojiOf(sign), bot: isBot || slackbot } };
}

/**
 * Draw a message. `view` says where: {store, channel, compact, inThread, formOf(message), openThread(ts), changed()}.
 */
export function renderMessage(message, view) {
  const { store } = view;
  const author = authorOf(message, store);
  const ms = tsToMs(message.ts);
  const time = h("a", { class: "time", href: `?user=${store.user}&channel=${view.channel.id}&at=${message.ts}`, title: longMoment(ms, store.tz), tabindex: "-1", onclick: (event) => event.preventDefault() }, h("time", { datetime: new Date(ms).toISOString() }, clockTime(ms, store.tz)));
  const system = SYSTEM.has(message.subtype);
  const ephemeral = Boolean(message.is_ephemeral ?? message.ephemeral);
  const pinned = (message.pinned_to ?? []).includes(view.channel.id);
  const node = h(
    "article",
    {
      class: ["message", view.compact ? "compact" : "", system ? "system" : "", ephemeral ? "ephemeral" : "", pinned ? "pinned" : "", mentionsMe(message, store) ? "for-me" : ""].filter(Boolean).join(" "),
      "aria-label": `${author.name}, ${clockTime(ms, store.tz)}`,
      tabindex: "-1",
      dataset: { ts: message.ts },
    },
    marks(message, pinned, ephemeral, store),
    h("div", { class: "gutter" }, view.compact ? time.cloneNode(true) : avatar(store, author.id, "", author.picture)),
    h(
      "div",
      { class: "message-main" },
      view.compact ? null : h("div", { class: "byline" }, h("b", { class: "author" }, author.name), author.isBot ? h("span", { class: "badge" }, "APP") : badgeOf(store.person(message.user)), time),
      bodyOf(message, view, system),
    ),
    system ? null : toolbar(message, view, ephemeral),
  );
  return node;
}

const SYSTEM = new Set(["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive", "channel_unarchive", "group_join", "group_leave", "group_topic", "group_purpose", "group_name", "group_archive", "group_unarchive", "pinned_item", "bookmark_added"]);

function badgeOf(person) {
  if (!person) return null;
  if (person.is_stranger) return h("span", { class: "badge outside", title: "From another workspace" }, "EXTERNAL");
  if (person.is_restricted || person.is_ultra_restricted) return h("span", { class: "badge" }, "GUEST");
  return null;
}

function mentionsMe(message, store) {
  return String(message.text ?? "").includes(`<@${store.user}>`);
}

function marks(message, pinned, ephemeral, store) {
  const by = message.pinned_info?.pinned_by;
  const list = [
    ephemeral ? h("span", { class: "mark mark-eye" }, icon("eye"), "Only visible to you") : null,
    pinned ? h("span", { class: "mark mark-pin" }, icon("pin"), by ? `Pinned by ${by === store.user ? "you" : store.nameOf(by)}` : "Pinned") : null,
    message.subtype === "thread_broadcast" ? h("span", { class: "mark" }, icon("reply"), "replied to a thread") : null,
  ].filter(Boolean);
  return list.length ? h("div", { class: "marks" }, list) : null;
}

function bodyOf(message, view, system) {
  if (isHidden(message)) return h("div", { class: "gone" }, "This message was deleted.");
  const { store } = view;
  const ctx = contextOf(message, view);
  const edited = message.edited ? h("span", { class: "edited", title: longMoment(tsToMs(message.edited.ts), store.tz) }, " (edited)") : null;
  const blocks = (message.blocks ?? []).length > 0;
  const text = message.mrkdwn === false ? renderPlain(message.text) : renderMrkdwn(message.text, store);
  return [
    blocks
      ? h("div", { class: "blocks" }, renderBlocks(message.blocks, ctx), edited)
      : message.text
        ? h("div", { class: system ? "text quiet" : "text" }, message.subtype === "me_message" ? h("em", null, text) : text, edited)
        : null,
    (message.attachments ?? []).map((attachment) => attachmentOf(attachment, message, view, ctx)),
    (message.files ?? []).length ? h("div", { class: "files" }, message.files.map(fileOf)) : null,
    h("div", { class: "action-error", hidden: true }),
    reactionsOf(message, view),
    view.inThread ? null : threadLine(message, view),
  ];
}

/** The surface a message's controls act on; what was chosen lives as long as the page. */
function contextOf(message, view) {
  const { store, channel } = view;
  let form = view.forms.get(message.ts);
  if (!form) {
    form = new FormState();
    view.forms.set(message.ts, form);
  }
  if (forms.get(message) !== form) {
    const attached = (message.attachments ?? []).flatMap((attachment) => attachment.blocks ?? []);
    form.adopt([...(message.blocks ?? []), ...attached], channel.id);
    forms.set(message, form);
  }
  const container = {
    type: "message", channel_id: channel.id, message_ts: message.ts, is_ephemeral: Boolean(message.is_ephemeral ?? message.ephemeral),
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
  };
  return {
    store, form, surface: "message", channel,
    redraw: () => view.changed(message.ts),
    options: (block, element, value) => post("/ui/options", { user: store.user, message: container, container, block_id: block.block_id, action_id: element.action_id, value }),
    send: async (action) => {
      const answer = await post("/ui/action", { user: store.user, container, action, state: { values: form.values() } });
      view.failed(message.ts, answer.ok === false ? (answer.message ?? answer.error ?? "The app did not answer.") : "");
      return answer;
    },
  };
}

/** Show below a message that its button did not work, as Slack's warning sign does. */
export function showFailure(node, text) {
  const place = node?.querySelector(".action-error");
  if (!place) return;
  place.hidden = !text;
  if (text) {
    fill(place, icon("warning"), text);
    place.setAttribute("role", "alert");
  } else place.removeAttribute("role");
}

const HEX = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i;
const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function attachmentOf(attachment, message, view, ctx) {
  const { store } = view;
  const rich = (text) => renderMrkdwn(text ?? "", store);
  const hex = HEX.exec(attachment.color ?? "");
  const colour = NAMED[attachment.color] ?? (hex ? `#${hex[1]}` : null);
  if (attachment.blocks?.length) return h("div", { class: "attachment", vars: colour ? { stripe: colour } : {} }, h("div", { class: "attachment-body blocks" }, renderBlocks(attachment.blocks, ctx)));
  return h(
    "div",
    { class: "attachment", vars: colour ? { stripe: colour } : {} },
    attachment.pretext ? h("div", { class: "pretext" }, rich(attachment.pretext)) : null,
    h(
      "div",
      { class: "attachment-body" },
      attachment.author_name ? h("div", { class: "attachment-author" }, attachment.author_icon ? image(attachment.author_icon, "", "tiny-image") : null, attachment.author_link ? link(attachment.author_link, attachment.author_name) : attachment.author_name) : null,
      attachment.title ? h("div", { class: "attachment-title" }, attachment.title_link ? link(attachment.title_link, renderPlain(attachment.title)) : renderPlain(attachment.title)) : null,
      attachment.text ? h("div", { class: "text" }, rich(attachment.text)) : null,
      attachment.fields?.length ? h("div", { class: "fields" }, attachment.fields.map((field) => h("div", { class: field.short ? "field" : "field long" }, h("b", null, renderPlain(field.title ?? "")), h("div", null, rich(field.value))))) : null,
      attachment.image_url ? image(attachment.image_url, attachment.fallback, "picture") : null,
      attachment.footer ? h("div", { class: "quiet small" }, attachment.footer, attachment.ts ? ` · ${longMoment(Number(attachment.ts) * 1000, store.tz)}` : "") : null,
    ),
    attachment.thumb_url ? image(attachment.thumb_url, "", "thumb") : null,
  );
}

function fileOf(file) {
  const url = file.url_private ?? file.permalink;
  if (String(file.mimetype ?? "").startsWith("image/")) return h("figure", { class: "file-image" }, h("figcaption", { class: "quiet small" }, file.title ?? file.name), image(file.thumb_360 ?? url, file.alt_txt ?? file.title ?? file.name, "picture"));
  const size = file.size ? ` · ${file.size < 1024 ? `${file.size} B` : file.size < 1048576 ? `${Math.round(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`}` : "";
  return h("div", { class: "file-card" }, h("span", { class: "file-icon" }, icon("file")), h("span", null, h("b", null, url ? link(url, file.title ?? file.name) : (file.title ?? file.name)), h("span", { class: "quiet" }, `${file.pretty_type ?? file.filetype ?? "File"}${size}`)));
}

async function react(message, view, name) {
  const answer = await post("/ui/react", { user: view.store.user, channel: view.channel.id, ts: message.ts, name });
  if (answer.ok === false) toast(answer.message ?? `The reaction was refused: ${answer.error}`, "error");
}

function reactionsOf(message, view) {
  const list = message.reactions ?? [];
  if (!list.length) return null;
  return h("div", { class: "reactions" }, list.map((reaction) => {
    const [name, tone] = reaction.name.split("::skin-tone-");
    const mine = (reaction.users ?? []).includes(view.store.user);
    const who = (reaction.users ?? []).map((id) => (id === view.store.user ? "you" : view.store.nameOf(id))).join(", ");
    return h("button", { class: `reaction${mine ? " mine" : ""}`, type: "button", "aria-pressed": String(mine), "aria-label": `${reaction.count} ${reaction.count === 1 ? "reaction" : "reactions"} with ${name.replaceAll("_", " ")}`, title: `${who} reacted with :${reaction.name}:`, onclick: () => react(message, view, reaction.name) }, h("span", { class: "emoji" }, emojiOf(name, tone) ?? `:${name}:`), h("span", null, String(reaction.count)));
  }));
}

function threadLine(message, view) {
  const count = message.reply_count ?? 0;
  if (!count) return null;
  const people = (message.reply_users ?? []).slice(0, 5);
  return h("button", { class: "thread-line", type: "button", onclick: () => view.openThread(message.thread_ts ?? message.ts) }, people.map((id) => avatar(view.store, id, "tiny")), h("span", { class: "thread-count" }, `${count} ${count === 1 ? "reply" : "replies"}`), message.latest_reply ? h("span", { class: "quiet" }, `Last reply ${ago(tsToMs(message.latest_reply), view.store.now)}`) : null);
}

function toolbar(message, view, ephemeral) {
  if (ephemeral) return h("div", { class: "hover-bar" }, h("button", { class: "icon-button", type: "button", "aria-label": "Dismiss message", title: "Dismiss", onclick: () => view.dismiss(message.ts) }, icon("close")));
  const add = h("button", { class: "icon-button", type: "button", "aria-label": "Add reaction", title: "Add reaction", "aria-haspopup": "dialog", onclick: () => openEmojiPicker(add, (name) => react(message, view, name)) }, icon("smile"));
  const quick = COMMON.slice(0, 3).map((name) => h("button", { class: "icon-button quick", type: "button", tabindex: "-1", "aria-label": `React with ${name.replaceAll("_", " ")}`, title: `:${name}:`, onclick: () => react(message, view, name) }, emojiOf(name)));
  const reply = h("button", { class: "icon-button", type: "button", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => view.openThread(message.thread_ts ?? message.ts) }, icon("reply"));
  return h("div", { class: "hover-bar" }, quick, add, view.inThread ? null : reply, moreButton(message, view));
}

/** Message shortcuts of the app, and deleting one's own message. */
function moreButton(message, view) {
  const { store, channel } = view;
  const act = async (path, body) => {
    const answer = await post(path, { user: store.user, channel: channel.id, ...body });
    if (answer.ok === false) toast(answer.message ?? `This was refused: ${answer.error}`, "error");
  };
  const items = store.shortcuts.filter((one) => one.type === "message").map((one) => ({ label: one.name, detail: one.description, run: () => act("/ui/shortcut", { callback_id: one.callback_id, message_ts: message.ts }) }));
  if (message.user === store.user && !message.bot_id) items.push({ label: "Delete message", danger: true, run: () => act("/ui/delete", { ts: message.ts }) });
  if (!items.length) return null;
  const more = h("button", { class: "icon-button", type: "button", "aria-label": "More for this message", title: "More", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => openMenu(more, items, { label: "More for this message" }) }, icon("dots"));
  return more;
}

/** The words of a message, for pins and notices. */
export function wordsOf(message) {
  if (message.text) return plainOf({ type: "mrkdwn", text: message.text });
  const texts = (message.blocks ?? []).map((block) => (block.text ? plainOf(block.text) : "")).filter(Boolean);
  return texts.join(" · ") || "(no text)";
}
