// @slack/web-api: makes the calls it is told, and says what came back or how the client failed.
import { WebClient } from "@slack/web-api";
import { logger, orders, say } from "./lines.mjs";

function client(settings) {
  const made = new WebClient(process.env.SLACK_BOT_TOKEN, {
    slackApiUrl: process.env.SLACK_API_URL,
    logger,
    retryConfig: { retries: 3, minTimeout: 20, maxTimeout: 50 },
    ...settings,
  });
  made.on("rate_limited", (seconds, { url }) => say({ heard: "rate_limited", seconds, url }));
  return made;
}

const WAYS = {
  call: (slack, { method, args }) => slack.apiCall(method, args),
  // the typed way, as programs write it: client.chat.postMessage(…)
  typed: (slack, { method, args }) => method.split(".").reduce((at, name) => at[name], slack)(args),
  upload: (slack, { args }) => slack.filesUploadV2(args),
  bytes: (slack, { args, base64 }) => slack.filesUploadV2({ ...args, file: Buffer.from(base64, "base64") }),
  async pages(slack, { method, args }) {
    const pages = [];
    for await (const page of slack.paginate(method, args)) pages.push(page);
    return pages;
  },
  together: (slack, { method, list }) => Promise.all(list.map((args) => slack.apiCall(method, args))),
};

orders(async ({ id, way, settings, ...order }) => {
  try {
    say({ id, answer: await WAYS[way](client(settings), order) });
  } catch (error) {
    const { code, data, message, retryAfter, statusCode } = error;
    say({ id, failed: { code, data, message, retryAfter, statusCode } });
  }
});
say({ heard: "ready" });
