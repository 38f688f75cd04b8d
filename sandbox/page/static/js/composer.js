// The box one writes in: messages, slash commands, files.

import { fill, h, icon } from "./dom.js";
import { completion, namesToIds } from "./completion.js";
import { openEmojiPicker } from "./emoji-picker.js";
import { emojiOf } from "./emoji.js";
import { openMenu } from "./dialog.js";
import { post } from "./api.js";

const TALLEST = 220;

/**
 * Make a composer. `options`: {store, channel, threadTs?, label, placeholder, drafts (Map), slackbot(text), sent()}.
 */
export function makeComposer(options) {
  const { store, channel } = options;
  const draftKey = `${channel.id}/${options.threadTs ?? ""}`;
  const field = h("textarea", { class: "composer-field", rows: "1", "aria-label": options.label, placeholder: options.placeholder ?? options.label, value: options.drafts.get(draftKey) ?? "", dataset: { focus: `composer-${draftKey}` } });
  const note = h("div", { class: "composer-note", hidden: true });
  const fileList = h("div", { class: "composer-files" });
  const also = options.threadTs ? h("input", { type: "checkbox", id: `also-${options.threadTs}` }) : null;
  const send = h("button", { class: "send", type: "button", "aria-label": options.threadTs ? "Send reply" : "Send message", title: "Send (Enter)", onclick: () => submit() }, icon("send"));
  const smile = h("button", { class: "icon-button", type: "button", "aria-label": "Insert emoji", title: "Emoji", onclick: () => openEmojiPicker(smile, (name) => insert(emojiOf(name) ? `:${name}: ` : "")) }, icon("smile"));
  const at = h("button", { class: "icon-button at", type: "button", "aria-label": "Mention someone", title: "Mention someone", onclick: () => insert("@") }, "@");
  const slash = h("button", { class: "icon-button at", type: "button", "aria-label": "Slash commands", title: "Slash commands", onclick: () => { if (!field.value) insert("/"); field.focus(); } }, "/");
  const global = store.shortcuts.filter((one) => one.type === "global");
  const bolt = global.length ? h("button", { class: "icon-button", type: "button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", onclick: () => openMenu(bolt, global.map((one) => ({ label: one.name, detail: one.description, run: () => shortcut(one) })), { label: "Shortcuts" }) }, icon("bolt")) : null;
  const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => addFiles([...picker.files]) });
  const attach = h("button", { class: "icon-button", type: "button", "aria-label": "Attach a file", title: "Attach a file", onclick: () => picker.click() }, icon("plus"));
  const box = h("div", { class: "composer-box" }, field, fileList, h("div", { class: "composer-bar" }, attach, smile, at, slash, bolt, also ? h("label", { class: "also", for: also.id }, also, ` Also send to ${channel.is_im ? "the conversation" : `#${channel.name}`}`) : null, h("span", { class: "grow" }), send));
  const node = h("div", { class: "composer" }, note, box, picker);
  const complete = completion(field, node, store);
  let files = [];
  let busy = false;

  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(TALLEST, field.scrollHeight)}px`;
    send.disabled = !field.value.trim() && !files.length;
    send.classList.toggle("ready", !send.disabled);
  };

  function insert(text) {
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function addFiles(chosen) {
    files = [...files, ...(await Promise.all(chosen.map(readFile)))];
    picker.value = "";
    showFiles();
  }

  function showFiles() {
    fill(fileList, files.map((file) => h("span", { class: "chip" }, icon("file"), file.name, h("button", { type: "button", class: "chip-off", "aria-label": `Remove ${file.name}`, onclick: () => { files = files.filter((one) => one !== file); showFiles(); } }, icon("close")))));
    fit();
  }

  async function submit() {
    const text = field.value.trim();
    if (busy || (!text && !files.length)) return;
    busy = true;
    complete.close();
    box.classList.add("sending");
    const kept = { value: field.value, files };
    field.value = "";
    files = [];
    showFiles();
    options.drafts.delete(draftKey);
    const answer = await deliver(text, kept.files);
    busy = false;
    box.classList.remove("sending");
    if (answer.ok === false) refuse(answer, kept, text);
    else options.sent?.(answer);
    fit();
  }

  function deliver(text, attached) {
    const common = { user: store.user, channel: channel.id };
    if (!attached.length && /^\/[^\s/]/.test(text)) return post("/ui/command", { ...common, text: namesToIds(text, store), ...(options.threadTs ? { thread_ts: options.threadTs } : {}) });
    return post("/ui/message", { ...common, text: namesToIds(text, store), ...(options.threadTs ? { thread_ts: options.threadTs, reply_broadcast: also.checked } : {}), ...(attached.length ? { files: attached } : {}) });
  }

  async function shortcut({ name, callback_id: callbackId }) {
    const answer = await post("/ui/shortcut", { user: store.user, callback_id: callbackId });
    if (answer.ok === false) options.slackbot(answer.message ?? `${name} did not work: ${answer.error}`);
  }

  /** A command's error is what Slackbot says; a message's error gives the text back. */
  function refuse(answer, kept, text) {
    const words = answer.message ?? `Not sent: ${answer.error}`;
    if (text.startsWith("/")) {
      options.slackbot(words);
      return;
    }
    if (!field.value) field.value = kept.value;
    files = kept.files;
    showFiles();
    fill(note, icon("warning"), words);
    note.hidden = false;
    note.setAttribute("role", "alert");
  }

  field.addEventListener("input", () => {
    fit();
    note.hidden = true;
    note.removeAttribute("role");
    options.drafts.set(draftKey, field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (complete.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  field.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length) {
      event.preventDefault();
      addFiles(pasted);
    }
  });
  requestAnimationFrame(fit);
  return { node, focus: () => field.focus() };
}

/** A file as the page API takes it: {name, mimetype, content (base64)}. */
export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, mimetype: file.type || "application/octet-stream", size: file.size, content: String(reader.result).split(",")[1] ?? "" });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
