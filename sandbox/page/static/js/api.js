// The JSON API of the sandbox. Every answer is an object; network failures become {ok: false, error, message}.

const BASE = "/_sandbox";

async function call(method, path, { query, body } = {}) {
  const url = new URL(BASE + path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(url, options);
    return await read(response);
  } catch (error) {
    return { ok: false, error: "unreachable", message: `The local Slack does not answer (${error.message}).` };
  }
}

async function read(response) {
  const text = await response.text();
  let data = null;
  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    data = { message: text.slice(0, 300) };
  }
  if (response.ok) return Array.isArray(data) ? data : { ok: true, ...data };
  return { ok: false, error: `http_${response.status}`, message: `HTTP ${response.status}`, ...data };
}

export const get = (path, query) => call("GET", path, { query });
export const post = (path, body) => call("POST", path, { body: body ?? {} });
export const remove = (path) => call("DELETE", path);

/** Ask once at a time for each key: calls made meanwhile share one further call after it. */
export function coalesced(work) {
  const running = new Map();
  return (key, ...args) => {
    const entry = running.get(key);
    if (entry) {
      entry.again ??= entry.current.then(() => start(key, args));
      return entry.again;
    }
    return start(key, args);
  };

  function start(key, args) {
    const entry = { again: null, current: null };
    running.set(key, entry);
    entry.current = work(key, ...args).finally(() => {
      if (running.get(key) === entry && !entry.again) running.delete(key);
    });
    return entry.current;
  }
}

/** Follow the Server-sent events of one person; returns a function that stops. */
export function follow(user, { onevent, onstate }) {
  const source = new EventSource(`${BASE}/ui/events?user=${encodeURIComponent(user)}`);
  let opened = false;
  const handle = (message) => {
    try {
      onevent(JSON.parse(message.data));
    } catch (error) {
      console.error("unreadable event", message.data, error);
    }
  };
  source.onmessage = handle;
  source.onopen = () => {
    onstate(opened ? "again" : "open");
    opened = true;
  };
  source.onerror = () => onstate("lost");
  return () => source.close();
}
