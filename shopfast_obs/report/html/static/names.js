// Names in the room that there is: in two lines, and never so that two different ones look the same.

/** The name in at most `lines` lines that `fits` says there is room for; what is too long loses its middle. */
export function wrapped(name, fits, lines = 2) {
  const found = [];
  let rest = name;
  while (found.length < lines - 1 && !fits(rest)) {
    const cut = breakAt(rest, fits);
    found.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return [...found, fits(rest) ? rest : tail(rest, fits)];
}

/** Where a line ends: after the last separator that has room, or before a capital, or where the room ends. */
function breakAt(text, fits) {
  let most = 1;
  while (most < text.length && fits(text.slice(0, most + 1))) most += 1;
  for (let at = most; at > most / 2; at -= 1) if (/[-_./:\s]/.test(text[at - 1])) return at;
  for (let at = most; at > most / 2; at -= 1) if (/[a-z0-9][A-Z]/.test(text.slice(at - 1, at + 1))) return at;
  return most;
}

/** The end of a text, which tells more of a name than its middle. */
function tail(text, fits) {
  let from = 1;
  while (from < text.length && !fits(`…${text.slice(from)}`)) from += 1;
  return `…${text.slice(from)}`;
}

/** Each name's lines, by name; names that look the same in them get what they differ by, or a number. */
export function told(names, fits, lines = 2) {
  const found = new Map([...new Set(names)].map((name) => [name, wrapped(name, fits, lines)]));
  for (const alike of groups(found)) {
    const from = commonStart(alike);
    alike.forEach((name) => found.set(name, wrapped(`…${name.slice(Math.max(0, from - 4))}`, fits, lines)));
  }
  for (const alike of groups(found)) {
    alike.forEach((name, number) => found.set(name, [...found.get(name).slice(0, -1), tail(`${found.get(name).at(-1)} #${number + 1}`, fits)]));
  }
  return found;
}

function groups(found) {
  const by = new Map();
  for (const [name, lines] of found) {
    const seen = lines.join("\n");
    by.set(seen, [...(by.get(seen) || []), name]);
  }
  return [...by.values()].filter((names) => names.length > 1);
}

function commonStart(names) {
  let at = 0;
  while (at < names[0].length && names.every((name) => name[at] === names[0][at])) at += 1;
  return at;
}

let pen = null;

/** The width of a text in pixels, in a font as CSS writes it. */
export function measured(text, font) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(text).width;
}
