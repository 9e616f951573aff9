// Latency over time, and how it is distributed: uPlot draws, the tables beside it say the same.

import { el, fill, legend } from "./dom.js";
import { moment, seconds, ticks } from "./format.js";
import { colour } from "./theme.js";

const FLOOR = 1e-4; // seconds: what a logarithmic scale calls nothing
const NEAR = 14; // pixels from a point in which a click means it

/** Draw both charts of a source (`traces`, `timelines`, `everything`, `deployments`) for the chosen entry point;
 * `select(range)` hears what was marked, `open(trace)` what was clicked. Returns `draw`, for other colours, and
 * `update(source)`. */
export function mountCharts(place, source, { select, open }) {
  const choice = el("select", { "aria-label": "Entry point of the charts", onchange: () => draw() });
  const caption = el("figcaption");
  const time = el("div", { class: "chart", role: "img", "aria-label": "Response time of every trace over time, with median and 95th percentile" });
  const spread = el("div", { class: "chart", role: "img", "aria-label": "How many traces took how long" });
  fill(place, el("div", { class: "bar" }, choice,
    legend([["point", "answered"], ["fault", "failed"], ["line50", "p50"], ["line95", "p95"]], "Mark a part to list its traces; click a point to open it.")),
  el("div", { class: "charts" }, el("figure", {}, time, caption), el("figure", {}, spread, el("figcaption", {}, "Distribution"))));
  let drawn = [];
  const draw = () => {
    for (const chart of drawn) chart.destroy();
    const chosen = source.traces.filter((trace) => trace.entry && (!choice.value || trace.entry === choice.value)).sort((a, b) => a.start - b.start);
    drawn = chosen.length ? [overTime(time, { ...source, traces: near(chosen), entry: choice.value }, select, open), distribution(spread, chosen)] : [];
  };
  const update = (next) => {
    source = next;
    const kept = choice.value;
    const names = [...new Set(source.traces.map((trace) => trace.entry))].filter(Boolean);
    fill(choice, el("option", { value: "" }, "All entry points"), names.map((name) => el("option", { value: name, selected: name === kept }, name)));
    fill(caption, `Response time by start (UTC)${source.deployments.length ? "; a dotted line is a deployment" : ""}`);
    draw();
  };
  update(source);
  let width = time.clientWidth;
  new ResizeObserver(() => { if (time.clientWidth !== width) { width = time.clientWidth; draw(); } }).observe(time);
  return { draw, update };
}

function size(element) {
  return { width: Math.max(240, element.clientWidth), height: 260 };
}

/** Without the few traces whose clocks are days off: they would squeeze all others into one line. */
function near(chosen) {
  const at = (share) => chosen[Math.floor(share * (chosen.length - 1))].start;
  const reach = Math.max(60, 10 * (at(0.98) - at(0.02)));
  return chosen.filter((trace) => trace.start >= at(0.02) - reach && trace.start <= at(0.98) + reach);
}

function overTime(place, source, select, open) {
  const { traces: chosen, entry } = source;
  const points = chosen.map((trace) => [trace.start, trace]);
  const lines = source.timelines.find((line) => line.entry_point === entry) || (entry ? null : source.everything);
  const slices = lines ? lines.slices.map((slice) => [slice.start + lines.step / 2, null, slice]) : [];
  // uPlot passes over what is undefined; null is a gap: a slice without a request.
  const at = (name) => all.map(([, , slice]) => slice && (slice[name] === null ? null : Math.max(FLOOR, slice[name])));
  const all = [...points, ...slices].sort((a, b) => a[0] - b[0]);
  const value = (trace) => Math.max(FLOOR, trace.response);
  const columns = [
    all.map(([at]) => at),
    all.map(([, trace]) => (trace && trace.outcome === "ok" ? value(trace) : null)),
    all.map(([, trace]) => (trace && trace.outcome !== "ok" ? value(trace) : null)),
    at("p50"),
    at("p95"),
  ];
  const dots = (name, size) => ({ paths: () => null, points: { show: true, size, width: 0, fill: colour(name), stroke: colour(name) } });
  const alone = alonePlaces(all);
  const line = (name, dash) => ({ stroke: colour(name), width: 2, dash, points: { show: true, size: 6, width: 0, fill: colour(name), filter: () => alone } });
  const chart = new uPlot({
    ...size(place), legend: { show: false }, ms: 1e-3, tzDate: (at) => uPlot.tzDate(new Date(at * 1e3), "Etc/UTC"),
    scales: { y: { distr: 3 } },
    cursor: { drag: { x: true, y: true, uni: 12, setScale: false }, points: { show: false } },
    axes: [axis({ space: 84, values: (_, values, __, ___, step) => values.map((at) => hour(at, step)) }), axis({ size: 64, values: (_, values) => values.map((at) => (at === null ? "" : seconds(at))) })],
    series: [{}, dots("point", chosen.length > 2000 ? 3 : 5), dots("fault", chosen.length > 2000 ? 4 : 6), line("line50"), line("line95", [6, 4])],
    hooks: {
      draw: [(plot) => marks(plot, source.deployments)],
      setSelect: [(plot) => {
        const { left, top, width, height } = plot.select;
        if (width < 4) return;
        const y = height < 8 ? [0, Infinity] : [plot.posToVal(top + height, "y"), plot.posToVal(top, "y")];
        select([[plot.posToVal(left, "x"), plot.posToVal(left + width, "x")], y]);
      }],
    },
  }, columns, place);
  chart.over.addEventListener("click", (event) => {
    const hit = nearest(chart, points, event.offsetX, event.offsetY);
    if (hit && hit.has && chart.select.width < 4) open(hit);
  });
  return chart;
}

/** A line where something was deployed, with its time above it. */
function marks(plot, deployments) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("quiet");
  ctx.lineWidth = 1.5;
  ctx.setLineDash([2, 4]);
  ctx.textBaseline = "top";
  for (const [at, what] of deployments) {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const text = `▲ ${what.length > 32 ? `${what.slice(0, 31)}…` : what}`;
    ctx.textAlign = x > bbox.left + bbox.width / 2 ? "right" : "left";
    ctx.fillText(text, x + (ctx.textAlign === "left" ? 4 : -4), bbox.top + 4);
  }
  ctx.restore();
}

/** The places of slices with requests between slices without: no line leads there. */
function alonePlaces(all) {
  const slices = all.map(([, , slice], place) => [slice, place]).filter(([slice]) => slice);
  const empty = (number) => !slices[number] || slices[number][0].p50 === null;
  return slices.filter(([slice], number) => slice.p50 !== null && empty(number - 1) && empty(number + 1)).map(([, place]) => place);
}

function nearest(chart, points, x, y) {
  let best = null;
  let least = NEAR;
  for (const [at, trace] of points) {
    const far = Math.hypot(chart.valToPos(at, "x") - x, chart.valToPos(Math.max(FLOOR, trace.response), "y") - y);
    if (far < least) [best, least] = [trace, far];
  }
  return best;
}

/** Counts in slices of one ratio, because latencies spread over several powers of ten. */
function distribution(place, chosen) {
  const logs = chosen.map((trace) => Math.log10(Math.max(FLOOR, trace.response)));
  const low = Math.floor(Math.min(...logs) * 8) / 8;
  const high = Math.max(low + 0.5, Math.ceil(Math.max(...logs) * 8 + 1e-9) / 8);
  const count = Math.max(4, Math.round((high - low) * 8));
  const good = new Array(count).fill(0);
  const all = new Array(count).fill(0);
  chosen.forEach((trace, number) => {
    const slot = Math.min(count - 1, Math.floor(((logs[number] - low) / (high - low)) * count));
    all[slot] += 1;
    good[slot] += trace.outcome === "ok" ? 1 : 0;
  });
  const middles = all.map((_, slot) => low + ((slot + 0.5) * (high - low)) / count);
  const bars = (name) => ({ fill: colour(name), stroke: colour(name), width: 0, paths: uPlot.paths.bars({ size: [0.86, 60] }), points: { show: false } });
  const edges = ticks(low, high, Math.max(2, Math.min(5, Math.floor(place.clientWidth / 110))));
  return new uPlot({
    ...size(place), legend: { show: false }, cursor: { show: false },
    scales: { x: { time: false, range: [low, high] }, y: { range: (_, __, top) => [0, Math.max(1, top * 1.05)] } },
    axes: [axis({ splits: () => edges, values: (_, values) => values.map((at) => seconds(10 ** at)) }),
      axis({ size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] })],
    series: [{}, bars("fault"), bars("point")],
  }, [middles, all, good], place);
}

/** A time of day, or a date where the axis spans days. */
function hour(at, step) {
  const text = moment(at);
  return step >= 86400 ? text.slice(0, 10) : text.slice(11, step >= 60 ? 16 : 19);
}

function axis(more) {
  return { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 }, ...more };
}
