// Emoji short names as Slack writes them (data: emoji-datasource).

let names = new Map();
let toned = new Set();
const SKIN = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };

export async function loadEmoji(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  const data = await response.json();
  names = new Map(Object.entries(data.names));
  toned = new Set(data.toned);
}

/** The characters of a short name, or null when there is no such emoji. */
export function emojiOf(name, tone) {
  const found = names.get(name);
  if (!found) return null;
  return tone && toned.has(name) ? found.replace("\ufe0f", "") + SKIN[tone] : found;
}

/** Short names containing `text`, those beginning with it first. */
export function searchEmoji(text, limit = 40) {
  const wanted = text.toLowerCase().replaceAll(" ", "_");
  const starting = [];
  const holding = [];
  for (const name of names.keys()) {
    if (name.startsWith(wanted)) starting.push(name);
    else if (name.includes(wanted)) holding.push(name);
    if (starting.length >= limit) break;
  }
  return [...starting, ...holding].slice(0, limit);
}

export const COMMON = [
  "thumbsup", "eyes", "white_check_mark", "raised_hands", "tada", "heart", "joy", "rocket", "pray", "wave",
  "clap", "fire", "thinking_face", "100", "bulb", "memo", "calendar", "warning", "x", "hourglass_flowing_sand",
  "handshake", "star", "muscle", "thumbsdown",
];
