// Select menus of Block Kit: where their choices come from and how a choice becomes a value.

import { combobox, narrow } from "./combobox.js";
import { h, icon, uid } from "./dom.js";
import { plainOf } from "./mrkdwn.js";
import { avatar } from "./avatar.js";

const TYPE = /^(multi_)?(static|external|users|conversations|channels)_select$/;

export const isSelect = (type) => TYPE.test(type);

export function selectElement({ element, block, ctx, field, commit }) {
  const [, multi, source] = TYPE.exec(element.type);
  const held = ctx.form.get(block.block_id, element);
  const many = multi ? (held ?? []) : held === null ? [] : [held];
  const asChoice = SOURCES[source].choice;
  const label = field?.label ?? plainOf(element.placeholder ?? "") ?? "";
  const placeholder = plainOf(element.placeholder ?? (multi ? "Select options" : "Select an item"));
  const load = makeLoader(source, element, block, ctx);
  const node = combobox({
    id: field?.id ?? uid("select"),
    label: label || placeholder,
    labelledby: field?.labelId,
    describedby: field?.describedBy,
    placeholder,
    multi: Boolean(multi),
    max: element.max_selected_items,
    clearable: Boolean(field),
    focusKey: `${block.block_id}/${element.action_id}`,
    selected: many.map((value) => asChoice(value, ctx.store)),
    load,
    onchange: (choices) => {
      const values = choices.map((choice) => choice.value);
      commit(multi ? values : (values[0] ?? null));
    },
  });
  if (element.focus_on_load) node.querySelector("input").autofocus = true;
  return node;
}

function optionChoice(option) {
  return { key: option.value, text: plainOf(option.text), detail: option.description ? plainOf(option.description) : null, value: option };
}

function personChoice(id, store) {
  const person = store.person(id);
  return {
    key: id, value: id, text: store.nameOf(id), also: `${person?.name ?? ""} ${person?.display_name ?? ""} ${person?.email ?? ""}`,
    detail: person?.title ?? (store.isBot(id) ? "App" : null), lead: () => avatar(store, id, "tiny"),
  };
}

function conversationChoice(id, store) {
  const channel = store.channels.get(id);
  const sign = channel?.is_im || channel?.is_mpim ? "people" : channel?.is_private ? "lock" : "hash";
  return { key: id, value: id, text: channel ? store.channelName(channel) : id, lead: () => h("span", { class: "option-icon" }, icon(sign)) };
}

const SOURCES = {
  static: { choice: optionChoice },
  external: { choice: optionChoice },
  users: { choice: personChoice },
  conversations: { choice: conversationChoice },
  channels: { choice: conversationChoice },
};

function makeLoader(source, element, block, ctx) {
  const { store } = ctx;
  if (source === "static") {
    const groups = element.option_groups
      ? element.option_groups.map((group) => ({ label: plainOf(group.label), choices: group.options.map(optionChoice) }))
      : [{ choices: (element.options ?? []).map(optionChoice) }];
    return async (query) => ({ groups: groups.map((group) => ({ ...group, choices: narrow(group.choices, query) })) });
  }
  if (source === "external") return externalLoader(element, block, ctx);
  if (source === "users") {
    return async (query) => {
      const ids = [...store.people.values()].filter((person) => !person.deleted).map((person) => person.id);
      return { groups: [{ choices: narrow(ids.map((id) => personChoice(id, store)), query) }] };
    };
  }
  return async (query) => {
    const channels = [...store.channels.values()].filter((channel) => fits(channel, source, element, store));
    return { groups: [{ choices: narrow(channels.map((channel) => conversationChoice(channel.id, store)), query) }] };
  };
}

function fits(channel, source, element, store) {
  if (channel.is_archived) return false;
  if (source === "channels") return !channel.is_private && !channel.is_im && !channel.is_mpim;
  const filter = element.filter ?? {};
  const kind = channel.is_im ? "im" : channel.is_mpim ? "mpim" : channel.is_private ? "private" : "public";
  if (filter.include && !filter.include.includes(kind)) return false;
  if (filter.exclude_external_shared_channels && channel.is_ext_shared) return false;
  return !(filter.exclude_bot_users && channel.is_im && store.isBot(channel.user));
}

/** external_select asks the app (block_suggestion) once `min_query_length` characters (3 unless said) are typed. */
function externalLoader(element, block, ctx) {
  const least = element.min_query_length ?? 3;
  let timer = 0;
  return async (query) => {
    if (query.length < least) return { groups: [], note: `Type at least ${least} character${least === 1 ? "" : "s"}` };
    await new Promise((resolve) => {
      clearTimeout(timer);
      timer = setTimeout(resolve, 150);
    });
    const answer = await ctx.options(block, element, query);
    if (answer.ok === false) return { groups: [], error: answer.message ?? "The app did not answer with options." };
    const groups = answer.option_groups
      ? answer.option_groups.map((group) => ({ label: plainOf(group.label), choices: group.options.map(optionChoice) }))
      : [{ choices: (answer.options ?? []).map(optionChoice) }];
    return { groups };
  };
}
