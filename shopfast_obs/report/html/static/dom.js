// Making elements. Text from telemetry only ever becomes a text node.

const SVG = "http://www.w3.org/2000/svg";
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with control and direction characters made visible. */
export function visible(text) {
  return String(text).replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** An element with properties (`class`, `on...` handlers, attributes) and children (elements or text). */
export function el(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : visible(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : visible(child));
  }
  return element;
}

/** What the colours of a picture mean: pairs of a key's class and its text, each kept together; then a sentence. */
export function legend(keys, sentence = "") {
  return el("span", { class: "legend" }, keys.map(([name, text]) => el("span", { class: "item" }, el("span", { class: `key ${name}` }), text)), sentence ? el("span", {}, sentence) : null);
}

/** Put these children in place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  filled(element, {}, children);
  return element;
}

/** Tell those who cannot see what changed. */
export function announce(text) {
  document.getElementById("announcements").textContent = visible(text);
}
