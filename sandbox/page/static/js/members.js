// Who is in a channel, and who may be added.

import { post } from "./api.js";
import { fill, h } from "./dom.js";
import { avatar } from "./avatar.js";
import { combobox, narrow } from "./combobox.js";
import { openDialog, toast } from "./dialog.js";

export function openMembers(view) {
  const { store, channel } = view;
  const list = h("ul", { class: "member-list" });
  const ids = () => (view.data.members ?? []).map((member) => member.id ?? member);
  const act = async (path, body, words) => {
    const answer = await post(path, { user: store.user, channel: channel.id, ...body });
    if (answer.ok === false) toast(answer.message ?? `${words}: ${answer.error}`, "error");
    await view.reload();
    draw();
    return answer.ok !== false;
  };
  const draw = () => fill(list, ids().map((id) => {
    const person = store.person(id);
    return h("li", null, avatar(store, id, "small"), h("span", null, h("b", null, store.nameOf(id), id === store.user ? " (you)" : ""), h("span", { class: "quiet" }, store.isBot(id) ? "App" : (person?.title ?? ""))), person?.is_restricted ? h("span", { class: "badge" }, "GUEST") : null, person?.is_stranger ? h("span", { class: "badge outside" }, "EXTERNAL") : null);
  }));
  const add = combobox({
    label: "Add people", placeholder: "Add people", multi: false, selected: [],
    load: async (query) => {
      const inside = new Set(ids());
      const outside = [...store.people.values()].filter((person) => !inside.has(person.id));
      const bot = store.app.bot_user_id && !inside.has(store.app.bot_user_id) && !outside.some((person) => store.isBot(person.id)) ? [{ id: store.app.bot_user_id }] : [];
      return { groups: [{ choices: narrow([...outside, ...bot].map((person) => ({ key: person.id, value: person.id, text: store.nameOf(person.id), detail: person.title, lead: () => avatar(store, person.id, "tiny") })), query) }] };
    },
    onchange: async ([choice]) => {
      if (choice) await act("/ui/invite", { users: [choice.value] }, "Not added");
    },
  });
  draw();
  const leave = h("button", { class: "button", type: "button", onclick: async () => { if (await act("/ui/leave", {}, "Not left")) { dialog.close(); await view.app.refreshWorkspace(); } } }, "Leave channel");
  const archive = h("button", { class: "button danger", type: "button", onclick: async () => { if (await act("/ui/archive", {}, "Not archived")) { dialog.close(); await view.app.refreshWorkspace(); } } }, "Archive channel");
  const dialog = openDialog({ title: `People in ${store.channelName(channel)}`, body: [channel.is_archived ? null : add, list], footer: channel.is_archived ? null : [leave, archive], className: "dialog-small" });
}
