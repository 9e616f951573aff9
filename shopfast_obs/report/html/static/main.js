// Puts the parts of the page in their places and follows the address.

import { announce, el, fill } from "./dom.js";
import { data, traceById, traces, waterfall } from "./data.js";
import { mountCharts } from "./charts.js";
import { mountFlame } from "./flame.js";
import { mountMap } from "./map.js";
import { filterErrors, mountLinks, mountTables } from "./tables.js";
import { mountTheme } from "./theme.js";
import { mountTraces } from "./traces.js";
import { plural } from "./format.js";
import { showWaterfall } from "./waterfall.js";

const at = (name) => document.querySelector(`[data-mount="${name}"]`);
const search = document.getElementById("search");
const trace = document.getElementById("trace");
let view = null;

function open(id) {
  location.hash = `#trace/${encodeURIComponent(id)}`;
}

/** An id from an address: what is no trace of X-Ray's may have any characters. */
function decoded(text) {
  try {
    return text && decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The seconds from the first to the last trace, without the few whose clocks are days off. */
function span(found) {
  const starts = found.map((one) => one.start).sort((a, b) => a - b);
  return starts.length > 1 ? starts[Math.floor(0.98 * (starts.length - 1))] - starts[Math.floor(0.02 * (starts.length - 1))] : 0;
}

/** From the search to what it found: the list of traces, or the error groups where no trace has it. */
function jump() {
  const first = document.querySelector("#traces tbody a") || document.querySelector("article.error-group:not([hidden]) summary");
  const section = first?.closest("section") || document.getElementById("traces");
  if (!section) return;
  section.scrollIntoView();
  (first || section.querySelector("[tabindex]"))?.focus({ preventScroll: true });
}

/** Show what the address names. */
function follow() {
  const id = decoded(/^#trace\/(.+)$/.exec(location.hash)?.[1]);
  if (!id || !trace) return;
  const known = traceById.get(id);
  const fall = known ? waterfall(id) : null;
  view = fall ? showWaterfall(at("trace"), fall, known) : null;
  if (!view) {
    fill(at("trace"), el("p", {}, known ? "This report carries the waterfalls of the most telling traces; this is none of them." : "There is no such trace in this report.",
      " ", el("code", {}, `shopfast-obs trace ${id}`)));
  }
  trace.hidden = false;
  trace.scrollIntoView();
  (trace.querySelector(".trace-title") || trace).focus({ preventScroll: true });
}

mountTables();
mountLinks(document.body);
if (traces.length) {
  const list = mountTraces(at("traces"), search, document.getElementById("search-count"));
  const charts = mountCharts(at("over-time"), { ...data, traces }, {
    select: (range) => { list.select(range); document.getElementById("traces").scrollIntoView(); },
    open: (hit) => open(hit.id),
  });
  if (at("flame-graph")) mountFlame(at("flame-graph"), data.flame);
  if (at("service-map")) mountMap(at("service-map"), data.map, { span: span(traces) });
  mountTheme(document.getElementById("theme"), charts.draw);
} else {
  mountTheme(document.getElementById("theme"), () => {});
}
if (search) {
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); jump(); } });
  search.addEventListener("input", () => {
    const shown = filterErrors(search.value);
    if (data.errors) announce(`${plural(shown, "error group")} shown`);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); search.focus(); }
  });
}
addEventListener("hashchange", follow);
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) { one.dataset.open = one.open ? "1" : ""; one.open = true; }
  view?.print(true);
});
addEventListener("afterprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = one.dataset.open === "1";
  view?.print(false);
});
follow();
performance.mark("ready");
document.documentElement.dataset.ready = "";
