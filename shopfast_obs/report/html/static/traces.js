// The list of traces: filter, sort, a page at a time; a row leads to its waterfall.

import { announce, el, fill } from "./dom.js";
import { moment, plural, seconds } from "./format.js";
import { OUTCOME_LABELS, traces } from "./data.js";
import { compiled } from "./query.js";

const PAGE = 50;
const SORTS = {
  duration: ["Duration", (a, b) => b.duration - a.duration],
  start: ["Start (UTC)", (a, b) => b.start - a.start],
  entry: ["Entry point", (a, b) => a.entry.localeCompare(b.entry) || b.duration - a.duration],
  outcome: ["Outcome", (a, b) => rank(b) - rank(a) || b.duration - a.duration],
};

function rank(trace) {
  return ["ok", "error", "throttle", "fault"].indexOf(trace.outcome);
}

/** Mount the list, and its count beside the search; returns `select(range)` for the chart: only traces in a time and
 * latency range, or null for all. */
export function mountTraces(place, search, beside) {
  const state = { sort: "duration", shown: PAGE, range: null };
  const longest = Math.max(...traces.map((trace) => trace.duration), 1e-9);
  const count = el("p", { class: "count" });
  const body = el("tbody");
  const heads = Object.entries(SORTS).map(([key, [label]]) => head(key, label));
  const table = el("table", { class: "traces cards" },
    el("caption", { class: "unseen" }, "Traces that match the search"),
    el("thead", {}, el("tr", {}, heads.map(([cell]) => cell), el("th", { scope: "col" }, "Trace"))), body);
  const more = el("button", { type: "button", class: "more", onclick: () => { state.shown += PAGE * 2; draw(); } });
  const clear = el("button", { type: "button", hidden: true, onclick: () => select(null) }, "Show all times again");
  fill(place, el("div", { class: "bar" }, count, clear),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of traces" }, table), more);

  function head(key, label) {
    const button = el("button", { type: "button", onclick: () => { state.sort = key; draw(); } }, label);
    return [el("th", { scope: "col" }, button), key];
  }

  function draw() {
    const wanted = compiled(search.value);
    const found = traces.filter((trace) => wanted(trace) && inside(trace, state.range)).sort(SORTS[state.sort][1]);
    fill(count, `${plural(found.length, "trace")} of ${traces.length.toLocaleString("en")}`);
    fill(beside, search.value.trim() || state.range ? `${found.length.toLocaleString("en")} of ${traces.length.toLocaleString("en")}` : "");
    fill(body, found.slice(0, state.shown).map((trace) => row(trace, longest)));
    for (const [cell, key] of heads) {
      if (key === state.sort) cell.setAttribute("aria-sort", key === "entry" ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
    const rest = found.length - state.shown;
    more.hidden = rest <= 0;
    fill(more, `Show ${Math.min(rest, PAGE * 2)} more`);
    clear.hidden = !state.range;
    return found.length;
  }

  function select(range) {
    state.range = range;
    state.shown = PAGE;
    announce(`${plural(draw(), "trace")} chosen`);
  }

  search.addEventListener("input", () => { state.shown = PAGE; draw(); });
  search.addEventListener("change", () => announce(count.textContent));
  draw();
  return { select };
}

function inside(trace, range) {
  if (!range) return true;
  const [[from, to], [low, high]] = range;
  return trace.start >= from && trace.start <= to && trace.response >= low && trace.response <= high;
}

function row(trace, longest) {
  const bar = el("span", { class: `bar-of outcome-${trace.outcome}` });
  bar.style.width = `${Math.max(1, (trace.duration / longest) * 100)}%`;
  const marks = [trace.cold ? "cold start" : "", trace.warnings.length ? "warnings" : ""].filter(Boolean);
  return el("tr", {},
    el("td", { class: "num", "data-label": "Duration" }, el("span", {}, el("span", { class: "track" }, bar), seconds(trace.duration))),
    el("td", { class: "num quiet", "data-label": "Start (UTC)" }, moment(trace.start).slice(0, 19)),
    el("td", { class: "entry", "data-label": "Entry point" }, el("span", {}, trace.entry || "(no segments)", marks.map((mark) => el("span", { class: "mark" }, mark)))),
    el("td", { "data-label": "Outcome" }, el("span", { class: `pill outcome-${trace.outcome}` }, OUTCOME_LABELS[trace.outcome])),
    el("td", { class: "id", "data-label": "" }, trace.has ? el("a", { href: `#trace/${encodeURIComponent(trace.id)}` }, trace.id) : trace.id));
}
