// @slack/socket-mode: says all it hears, and acknowledges as told (`answers` by the envelope's type; null is silence).
import { SocketModeClient } from "@slack/socket-mode";
import { logger, orders, say } from "./lines.mjs";

const client = new SocketModeClient({
  appToken: process.env.SLACK_APP_TOKEN,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  // also how long it waits before it connects anew
  clientPingTimeout: 200,
  logger,
});
let answers = {};

for (const state of ["connecting", "authenticated", "connected", "reconnecting", "disconnecting", "disconnected"]) {
  client.on(state, () => say({ heard: state }));
}
client.on("slack_event", async ({ ack, type, body, envelope_id, retry_num, retry_reason, accepts_response_payload }) => {
  const kind = type === "events_api" ? body.event.type : (body.type ?? type);
  say({ heard: kind, type, body, envelope_id, retry_num, retry_reason, accepts_response_payload });
  if (answers[kind] !== null) await ack(answers[kind]);
});

orders(
  (order) => {
    answers = order.answers;
    say({ heard: "answers" });
  },
  () => client.disconnect(),
);
await client.start();
