// What one row of a waterfall is, says and explains.

import { el } from "./dom.js";
import { moment, percent, seconds } from "./format.js";
import { OUTCOME_LABELS, traceById } from "./data.js";

export function wanted(row, only) {
  return only === "path" ? row.path !== null && !row.log : Boolean(row.outcome) && row.outcome !== "ok";
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
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
  ];
}

export function link(id) {
  return traceById.get(id)?.has ? el("a", { href: `#trace/${encodeURIComponent(id)}` }, id) : el("code", {}, id);
}
