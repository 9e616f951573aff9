// What one row of a waterfall is, says and explains.

import { el } from "./dom.js";
import { moment, percent, seconds } from "./format.js";
import { OUTCOME_LABELS, traceById } from "./data.js";

export function wanted(row, only) {
  return only === "path" ? row.path !== null && !row.log : Boolean(row.outcome) && row.outcome !== "ok";
}

const INIT = ["Initialization", "Restore"];
const SERVICE = "AWS::Lambda";
const FUNCTION = "AWS::Lambda::Function";
const LEAST = 0.0005; // seconds that can be seen

/** The places of every cold start: its invocation, its function, its initialisation. */
function* colds(rows) {
  for (let init = 0; init < rows.length; init += 1) {
    if (!INIT.includes(rows[init].name) || !rows[init].notes.includes("cold start")) continue;
    const owner = above(rows, init);
    const service = owner >= 0 ? above(rows, owner) : -1;
    if (owner >= 0 && rows[owner].kind === FUNCTION) yield { init, owner, service: service >= 0 && rows[service].kind === SERVICE ? service : owner };
  }
}

function above(rows, place) {
  let at = place - 1;
  while (at >= 0 && rows[at].depth >= rows[place].depth) at -= 1;
  return at;
}

/** From when to when cold starts kept a function from beginning, in seconds of the trace. */
export function coldStarts(rows) {
  return [...colds(rows)].slice(0, 20).map(({ init, service, owner }) => [Math.min(rows[service].offset, rows[init].offset), Math.max(rows[owner].offset, rows[init].offset + rows[init].duration)]);
}

/** The rows with one more for each container that was started: Lambda tells it by what it leaves out. */
export function withContainers(rows) {
  const after = new Map();
  for (const { init, service } of colds(rows)) {
    const { offset, depth, path, kind } = rows[service];
    const duration = rows[init].offset - offset;
    if (kind !== SERVICE || duration < LEAST) continue;
    after.set(service, { ...rows[init], name: "Container start", kind: "", depth: depth + 1, offset, duration, own: duration, path: path === null ? null : duration,
      category: "container_initialization", outcome: "ok", notes: ["cold start", "what Lambda needed before the runtime began"], facts: [], logs: [] });
  }
  return rows.flatMap((row, place) => (after.has(place) ? [row, after.get(place)] : [row]));
}

/** What tells parts of one name apart: Lambda's service and its function, and the kind of other services. */
export function tag(row) {
  const said = { [SERVICE]: "Lambda", [FUNCTION]: "function" }[row.kind] || (row.kind?.startsWith("AWS::") ? row.kind.slice(5).replaceAll("::", " ") : "");
  return said ? el("span", { class: "tag" }, said) : null;
}

/** The parts with their log lines below them. */
export function withLogs(rows) {
  return rows.flatMap((row) => [row, ...row.logs.map(([at, line]) => ({
    log: true, depth: row.depth + 1, name: line, offset: at, duration: 0, path: null, outcome: "", notes: [], facts: [], logs: [],
  }))]);
}

/** What a screen reader hears of a bar. */
export function said(row) {
  if (row.log) return null;
  const path = row.path === null ? "not waited for" : `on the critical path for ${seconds(row.path)}`;
  const outcome = row.outcome === "ok" ? "" : `, ${OUTCOME_LABELS[row.outcome]}`;
  const notes = row.notes.length ? `, ${row.notes[0]}` : "";
  return el("span", { class: "unseen" }, `starts at ${seconds(row.offset)}, ${path}${outcome}${notes}`);
}

export function details(row, summary) {
  if (row.log) return [el("h4", {}, "Log line"), el("pre", {}, row.name)];
  const facts = [
    ["Kind", row.kind], ["Category", row.category.replaceAll("_", " ")],
    ["Starts", `${seconds(row.offset)} after the trace's start (${moment(summary.start + row.offset)} UTC)`],
    ["Takes", seconds(row.duration)], ["Own time", seconds(row.own)],
    ["Critical path", row.path === null ? "nobody waited for it" : `${seconds(row.path)} (${percent(row.path / (summary.duration || 1))} of the trace)`],
    ["Outcome", row.outcome], ...row.facts,
  ].filter(([, value]) => value !== "");
  return [
    el("h4", {}, row.name || "(no name)"),
    row.notes.length ? el("ul", { class: "notes" }, row.notes.map((note) => el("li", {}, note))) : null,
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", { class: String(value).length > 34 ? "wide" : "" }, el("dt", {}, name), el("dd", {}, value)))),
  ];
}

export function link(id) {
  return traceById.get(id)?.has ? el("a", { href: `#trace/${encodeURIComponent(id)}` }, id) : el("code", {}, id);
}
