// Times as the acting person sees them: in their own zone, on the sandbox's clock.

const formats = new Map();

function format(tz, options) {
  const key = tz + JSON.stringify(options);
  if (!formats.has(key)) {
    let zone = tz;
    try {
      new Intl.DateTimeFormat("en-GB", { timeZone: tz });
    } catch {
      zone = "UTC";
    }
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  }
  return formats.get(key);
}

/** Parts of an instant (milliseconds) in a zone: {year, month, day, hour, minute, second, weekday}. */
export function partsIn(ms, tz) {
  const parts = format(tz, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    weekday: "short", hourCycle: "h23",
  }).formatToParts(new Date(ms));
  const found = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return {
    year: Number(found.year), month: Number(found.month), day: Number(found.day),
    hour: Number(found.hour), minute: Number(found.minute), second: Number(found.second), weekday: found.weekday,
  };
}

/** The instant (milliseconds) at which the clocks of `tz` show this wall time. */
export function instantOf(year, month, day, hour, minute, tz) {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wall;
  for (let round = 0; round < 3; round += 1) {
    const seen = partsIn(guess, tz);
    const shown = Date.UTC(seen.year, seen.month - 1, seen.day, seen.hour, seen.minute);
    if (shown === wall) break;
    guess += wall - shown;
  }
  return guess;
}

const two = (value) => String(value).padStart(2, "0");

/** `YYYY-MM-DDTHH:MM`, the shape of a datetime-local field. */
export function localField(ms, tz) {
  const at = partsIn(ms, tz);
  return `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}`;
}

export function fromLocalField(text, tz) {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(text);
  return match ? instantOf(...match.slice(1).map(Number), tz) : null;
}

export const tsToMs = (ts) => Math.floor(Number(ts) * 1000);
export const clockTime = (ms, tz) => format(tz, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(ms));
export const dayKey = (ms, tz) => {
  const at = partsIn(ms, tz);
  return `${at.year}-${two(at.month)}-${two(at.day)}`;
};

export function longMoment(ms, tz) {
  return format(tz, {
    weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
    second: "2-digit", hourCycle: "h23", timeZoneName: "short",
  }).format(new Date(ms));
}

export const shortMoment = (ms, tz) =>
  format(tz, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .format(new Date(ms));

const dayNumber = (ms, tz) => {
  const at = partsIn(ms, tz);
  return Math.round(Date.UTC(at.year, at.month - 1, at.day) / 86400000);
};

function nearDay(ms, now, tz) {
  const distance = dayNumber(ms, tz) - dayNumber(now, tz);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[distance] ?? null;
}

/** What stands on the line between two days: Today, Yesterday or the date. */
export function dayLabel(ms, now, tz) {
  const near = nearDay(ms, now, tz);
  if (near === "Today" || near === "Yesterday") return near;
  const sameYear = partsIn(ms, tz).year === partsIn(now, tz).year;
  return format(tz, { weekday: "long", day: "numeric", month: "long", year: sameYear ? undefined : "numeric" })
    .format(new Date(ms));
}

/** "3 minutes ago", "in 2 days". */
export function ago(ms, now) {
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const seconds = Math.round((ms - now) / 1000);
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 30 ? "just now" : relative.format(seconds, "second");
}

const DATE_PARTS = {
  date_num: (ms, tz) => dayKey(ms, tz),
  date: (ms, tz) => format(tz, { day: "numeric", month: "long", year: "numeric" }).format(ms),
  date_short: (ms, tz) => format(tz, { day: "numeric", month: "short", year: "numeric" }).format(ms),
  date_long: (ms, tz) => format(tz, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ms),
  date_slash: (ms, tz) => format(tz, { day: "2-digit", month: "2-digit", year: "numeric" }).format(ms),
  time: clockTime,
  time_secs: (ms, tz) => format(tz, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(ms),
  day_divider_pretty: (ms, tz, now) => dayLabel(ms, now, tz),
  ago: (ms, tz, now) => ago(ms, now),
};

/** Slack's date tokens (`{date_short_pretty} at {time}`); see docs.slack.dev "Formatting dates". */
export function slackDate(pattern, seconds, tz, now) {
  const ms = Number(seconds) * 1000;
  return String(pattern).replace(/\{(\w+)\}/g, (whole, name) => {
    if (DATE_PARTS[name]) return DATE_PARTS[name](ms, tz, now);
    const plain = name.replace(/_pretty$/, "");
    if (plain === name || !DATE_PARTS[plain]) return whole;
    return nearDay(ms, now, tz)?.toLowerCase() ?? DATE_PARTS[plain](ms, tz, now);
  });
}

/** Milliseconds of the next Monday 09:00 after `now` in `tz`. */
export function nextMondayNine(now, tz) {
  const days = { Mon: 0, Tue: 6, Wed: 5, Thu: 4, Fri: 3, Sat: 2, Sun: 1 };
  const seen = partsIn(now, tz);
  const on = (ahead) => {
    const day = new Date(Date.UTC(seen.year, seen.month - 1, seen.day + ahead));
    return instantOf(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), 9, 0, tz);
  };
  const first = on(days[seen.weekday]);
  return first > now ? first : on(days[seen.weekday] + 7);
}
