// The only way this page makes elements. Data reaches the document as text nodes and attributes, never as markup.

const SVG = "http://www.w3.org/2000/svg";
let counter = 0;

/** A fresh element id, for labels and aria references. */
export function uid(prefix = "e") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Make an element: `h("button", {class: "x", onclick: f, "aria-label": "y"}, "text", child)`. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  append(element, children);
  return element;
}

function setProp(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "vars") for (const [key, val] of Object.entries(value)) element.style.setProperty(`--${key}`, val);
  else if (name === "value" || name === "checked" || name === "indeterminate") element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Append children, skipping empty ones and flattening lists. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

/** Replace everything inside `element`. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** Only web, mail and telephone addresses become links; anything else (`javascript:` …) stays text. */
export function safeUrl(url) {
  const text = String(url ?? "").trim();
  if (/^(https?:|mailto:|tel:)/i.test(text)) return text;
  if (/^\/(files|_sandbox)\//.test(text)) return text;
  return null;
}

export function link(url, ...children) {
  const href = safeUrl(url);
  if (!href) return h("span", { class: "dead-link", title: "This address is not followed" }, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** An image that turns into its description when it cannot be loaded. */
export function image(url, alt, className) {
  const source = safeUrl(url) ?? (/^data:image\/(png|jpeg|gif|webp);/i.test(String(url)) ? url : null);
  const fallback = () =>
    h("span", { class: `${className ?? ""} image-missing`, role: "img", "aria-label": alt || "Image" }, icon("image"));
  if (!source) return fallback();
  const element = h("img", { class: className, src: source, alt: alt ?? "", loading: "lazy", title: alt });
  element.addEventListener("error", () => element.replaceWith(fallback()), { once: true });
  return element;
}

const ICONS = {
  hash: "M9.5 4 7.5 20M16.500 4 14.500 20M4.500 9H20M4 15H19.500",
  lock: "M6.500 11h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14.500 5.500 8 12l6.500 6.500",
  down: "M6.500 9.500 12 15l5.500-5.500",
  right: "M9.500 6.500 15 12l-5.500 5.500",
  smile: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM8.500 14c.8 1.300 2 2 3.500 2s2.700-.7 3.500-2M9.200 9.500v.4M14.800 9.500v.4",
  reply: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4.500 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
  pin: "M9 4h6l-.8 5.500 3.300 3.500H6.500l3.300-3.500zM12 13v7",
  bookmark: "M7 4h10a.8.8 0 0 1 .8.8V20L12 16l-5.800 4V4.800A.8.8 0 0 1 7 4z",
  people: "M9 11.500a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600zM3 19.500c.3-3.500 2.700-5.300 6-5.300s5.700 1.800 6 5.300M15.500 5.300a3.200 3.200 0 0 1 0 6M17.300 14.600c2.200.6 3.500 2.300 3.700 4.900",
  plus: "M12 5v14M5 12h14",
  send: "M4.500 4.500 20 12 4.500 19.500 7 12zM7 12h6",
  search: "M10.500 4.500a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3 2",
  bolt: "M13 3 5 13.500h6L10.500 21 19 10.500h-6z",
  menu: "M4 7h16M4 12h16M4 17h16",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  moon: "M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z",
  file: "M7 3.500h7l4.500 4.500v12a.5.5 0 0 1-.5.500H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM14 3.500V8h4.500",
  image: "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM4.500 17l5-5 4 4 2.500-2.500 3.500 3.500M15.500 9v.4",
  link: "M10 14a4 4 0 0 0 5.700 0l2.600-2.600a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-2.600 2.600a4 4 0 0 0 5.700 5.700l1-1",
  trash: "M5 7h14M9.500 7V4.500h5V7M7 7l.8 13h8.400L17 7M10.300 10.500v6M13.700 10.500v6",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  warning: "M12 4 21 19.500H3zM12 10v4.500M12 17v.3",
  check: "M5 12.500l4.500 4.500L19 7.500",
  globe: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  canvas: "M6 4h12a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM8.500 8.500h7M8.500 12h7M8.500 15.500h4",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  tools: "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h10M18 17h2M15 5v4M9 10v4M16 15v4",
  home: "M4 11 12 4.500 20 11v8.500h-5.500V14h-5v5.500H4z",
  up: "M6.500 14.500 12 9l5.500 5.500",
  bot: "M7 9h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2zM12 9V5.500M9.500 13.500v.6M14.500 13.500v.6M3 13v3M21 13v3",
  thumbsup: "M7 11v8.500H4V11zM7 11l4-7c1.500 0 2.300 1 2 2.500L12.500 10H18a1.500 1.500 0 0 1 1.500 1.800l-1.200 6.200a1.800 1.800 0 0 1-1.800 1.500H7",
  thumbsdown: "M17 13V4.500h3V13zM17 13l-4 7c-1.500 0-2.300-1-2-2.500l.5-3.500H6a1.500 1.500 0 0 1-1.500-1.800L5.700 6a1.800 1.800 0 0 1 1.800-1.500H17",
};

/** A line icon; decorative, so hidden from assistive technology. */
export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? ICONS.dots);
  svg.append(path);
  return svg;
}

/** Run `draw`, which rebuilds part of the page, without the person losing the field they are in. */
export function keepingFocus(root, draw) {
  const active = document.activeElement;
  const key = active && root.contains(active) ? active.dataset.focus : undefined;
  const range = key && "selectionStart" in active ? readRange(active) : null;
  draw();
  if (!key) return;
  const next = root.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  if (!next || next === document.activeElement) return;
  next.focus({ preventScroll: true });
  if (range) writeRange(next, range);
}

function readRange(field) {
  try {
    return [field.selectionStart, field.selectionEnd];
  } catch {
    return null; // number and date fields have no selection
  }
}

function writeRange(field, [start, end]) {
  if (start === null || !("setSelectionRange" in field)) return;
  try {
    field.setSelectionRange(start, end);
  } catch {
    field.focus();
  }
}

/** Call `action` once, `wait` milliseconds after the last call. */
export function debounce(action, wait) {
  let timer = 0;
  const run = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), wait);
  };
  run.cancel = () => clearTimeout(timer);
  return run;
}
