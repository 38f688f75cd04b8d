// @slack/bolt, over Socket Mode or over HTTP with either receiver: a small app that says what it heard.
import bolt from "@slack/bolt";
import { logger, orders, say } from "./lines.mjs";

const { App, ExpressReceiver, HTTPReceiver } = bolt;
const plain = (text) => ({ type: "plain_text", text });
const input = (name, element) => ({
  type: "input",
  block_id: name,
  label: plain(name),
  element: { action_id: name, ...element },
});
const FORM = {
  type: "modal",
  callback_id: "form",
  title: plain("A deal"),
  submit: plain("Save"),
  notify_on_close: true,
  blocks: [
    input("name", { type: "plain_text_input" }),
    { ...input("account", { type: "external_select", min_query_length: 1 }), optional: true },
  ],
};
const BUTTON = [
  { type: "section", block_id: "s", text: { type: "mrkdwn", text: "A *deal*" } },
  { type: "actions", block_id: "b", elements: [{ type: "button", action_id: "press", value: "7", text: plain("Press") }] },
];

function listen(app) {
  app.use(async ({ body, context, next }) => {
    const heard = body.event?.type ?? body.type ?? body.command;
    say({ heard, body, bot: context.botUserId, retry: context.retryNum });
    await next();
  });
  app.command("/deal", async ({ ack, client, command, respond, say: post }) => {
    if (command.text === "in words") return ack("In words");
    if (command.text === "in channel") return ack({ response_type: "in_channel", text: "In channel" });
    if (command.text === "slowly") return say({ heard: "silence" });
    await ack();
    if (command.text === "button") return post({ text: "A deal", blocks: BUTTON });
    if (command.text === "respond") return respond({ text: "Responded", response_type: "in_channel" });
    const { view } = await client.views.open({ trigger_id: command.trigger_id, view: FORM });
    return say({ heard: "opened", view });
  });
  app.action("press", async ({ ack, action, respond, client, body }) => {
    await ack();
    await respond({ text: `Pressed ${action.value}`, replace_original: false });
    await respond({ text: "Pressed", replace_original: true });
    await client.chat.postEphemeral({ channel: body.channel.id, user: body.user.id, text: "Only you" });
    say({ heard: "answered" });
  });
  app.options("account", async ({ ack, options }) => {
    await ack({ options: [{ text: plain(`${options.value} Ltd`), value: options.value }] });
  });
  app.view("form", async ({ ack, view }) => {
    const { value } = view.state.values.name.name;
    if (value === "bad") return ack({ response_action: "errors", errors: { name: "Not that" } });
    if (value === "again") return ack({ response_action: "update", view: { ...FORM, title: plain("Again") } });
    if (value === "more") return ack({ response_action: "push", view: { ...FORM, title: plain("More") } });
    return ack(value === "clear" ? { response_action: "clear" } : undefined);
  });
  app.view({ callback_id: "form", type: "view_closed" }, async ({ ack }) => ack());
  app.shortcut("new_deal", async ({ ack }) => ack());
  app.message("hello", async ({ message, say: post }) => {
    await post({ text: `Hello <@${message.user}>`, thread_ts: message.ts });
    say({ heard: "greeted" });
  });
  app.event("app_home_opened", async ({ client, event }) => {
    const view = { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Home*" } }] };
    await client.views.publish({ user_id: event.user, view });
    say({ heard: "published" });
  });
  for (const name of ["app_mention", "member_joined_channel", "reaction_added", "channel_created"]) {
    app.event(name, async () => {});
  }
  app.error(async (error) => say({ heard: "error", message: error.message, code: error.code }));
}

const signing = { signingSecret: process.env.SLACK_SIGNING_SECRET, logger };
const RECEIVERS = { http: HTTPReceiver, express: ExpressReceiver };

function app(env, more) {
  const made = new App({ token: env.SLACK_BOT_TOKEN, logger, clientOptions: { slackApiUrl: env.SLACK_API_URL }, ...more });
  listen(made);
  return made;
}

const way = process.argv[2];
if (way === "socket") {
  const { SLACK_APP_TOKEN: appToken } = process.env;
  const made = app(process.env, { socketMode: true, appToken });
  orders(() => {}, () => made.stop());
  await made.start();
  say({ heard: "ready" });
} else {
  // the sandbox must know this address first, so the app is made once the sandbox's own is known
  const receiver = new RECEIVERS[way](signing);
  const server = await receiver.start({ port: 0, host: "127.0.0.1" });
  say({ heard: "listening", url: `http://127.0.0.1:${server.address().port}/slack/events` });
  orders((order) => {
    app(order.env, { receiver });
    say({ heard: "ready" });
  });
}
