// What a person has chosen and typed in one view or message, in the shape of Slack's `state.values`.

/** For each element that has a value: the key it stands under and how to read its initial one. */
const KINDS = {
  plain_text_input: { key: "value", initial: (e) => e.initial_value ?? null },
  email_text_input: { key: "value", initial: (e) => e.initial_value ?? null },
  url_text_input: { key: "value", initial: (e) => e.initial_value ?? null },
  number_input: { key: "value", initial: (e) => (e.initial_value === undefined ? null : String(e.initial_value)) },
  rich_text_input: { key: "rich_text_value", initial: (e) => e.initial_value ?? null },
  static_select: { key: "selected_option", initial: (e) => e.initial_option ?? null },
  external_select: { key: "selected_option", initial: (e) => e.initial_option ?? null },
  radio_buttons: { key: "selected_option", initial: (e) => e.initial_option ?? null },
  multi_static_select: { key: "selected_options", initial: (e) => e.initial_options ?? [] },
  multi_external_select: { key: "selected_options", initial: (e) => e.initial_options ?? [] },
  checkboxes: { key: "selected_options", initial: (e) => e.initial_options ?? [] },
  users_select: { key: "selected_user", initial: (e) => e.initial_user ?? null },
  multi_users_select: { key: "selected_users", initial: (e) => e.initial_users ?? [] },
  conversations_select: { key: "selected_conversation", initial: (e) => e.initial_conversation ?? null },
  multi_conversations_select: { key: "selected_conversations", initial: (e) => e.initial_conversations ?? [] },
  channels_select: { key: "selected_channel", initial: (e) => e.initial_channel ?? null },
  multi_channels_select: { key: "selected_channels", initial: (e) => e.initial_channels ?? [] },
  datepicker: { key: "selected_date", initial: (e) => e.initial_date ?? null },
  timepicker: { key: "selected_time", initial: (e) => e.initial_time ?? null },
  datetimepicker: { key: "selected_date_time", initial: (e) => e.initial_date_time ?? null },
  file_input: { key: "files", initial: () => [] },
};

export const valueKey = (type) => KINDS[type]?.key ?? null;

/** Every element of a block that can hold a value. */
export function elementsOf(block) {
  const nested = [...(block.child_blocks ?? []), ...(block.type === "carousel" ? (block.elements ?? []) : [])];
  if (nested.length) return nested.flatMap((child) => elementsOf(child));
  const own = [block.element, block.accessory, ...(block.elements ?? []), ...(block.actions ?? [])];
  return own.filter((element) => element && KINDS[element.type]).map((element) => ({ block, element }));
}

export class FormState {
  constructor() {
    this.blocks = {};
    this.touched = new Set();
    this.initials = new Map();
  }

  /**
   * Take the blocks of a (new) version of the surface. A field with the same block_id, action_id and type keeps what was
   * put into it, as in Slack; everything else starts from its initial value.
   */
  adopt(blocks, defaultConversation = null) {
    const next = {};
    const touched = new Set();
    for (const { block, element } of (blocks ?? []).flatMap((entry) => elementsOf(entry))) {
      const { block_id: blockId } = block;
      const { action_id: actionId } = element;
      const kind = KINDS[element.type];
      const id = `${blockId}\n${actionId}`;
      const old = this.blocks[blockId]?.[actionId];
      let initial = kind.initial(element);
      if (!initial?.length && element.default_to_current_conversation && defaultConversation) {
        initial = kind.key.endsWith("s") ? [defaultConversation] : defaultConversation;
      }
      const kept = old && old.type === element.type && this.touched.has(id);
      if (kept) touched.add(id);
      next[blockId] ??= {};
      next[blockId][actionId] = kept ? old : { type: element.type, [kind.key]: initial };
      this.initials.set(id, initial);
    }
    this.blocks = next;
    this.touched = touched;
  }

  get(blockId, element) {
    return this.blocks[blockId]?.[element.action_id]?.[valueKey(element.type)] ?? null;
  }

  set(blockId, element, value) {
    this.blocks[blockId] ??= {};
    this.blocks[blockId][element.action_id] = { type: element.type, [valueKey(element.type)]: value };
    this.touched.add(`${blockId}\n${element.action_id}`);
  }

  /** A copy in the shape of `view.state.values`; an empty text is null, as Slack sends it. */
  values() {
    const copy = structuredClone(this.blocks);
    for (const block of Object.values(copy)) {
      for (const state of Object.values(block)) if (state.value === "") state.value = null;
    }
    return copy;
  }
}
