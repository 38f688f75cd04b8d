// A program that talks in lines of JSON: what it heard goes to stdout, orders come on stdin.
import { createInterface } from "node:readline";

export function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Calls `obey` with each order, in turn or at once as `obey` likes; ends the program with its input.
export function orders(obey, end = () => {}) {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => obey(JSON.parse(line)));
  lines.on("close", async () => {
    await end();
    process.exit(0);
  });
}

// The clients log to stderr, so that stdout is only ours.
export const logger = {
  debug() {},
  info() {},
  warn: (...said) => console.error("warn", ...said),
  error: (...said) => console.error("error", ...said),
  setLevel() {},
  getLevel: () => "warn",
  setName() {},
};
