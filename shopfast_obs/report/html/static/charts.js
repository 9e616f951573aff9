// Latency over time, and how it is distributed: uPlot draws, the tables beside it say the same.

import { el, fill } from "./dom.js";
import { moment, seconds, ticks } from "./format.js";
import { data, traces } from "./data.js";
import { colour } from "./theme.js";

const FLOOR = 1e-4; // seconds: what a logarithmic scale calls nothing
const NEAR = 14; // pixels from a point in which a click means it

/** Draw both charts for the chosen entry point; `select(range)` hears what was marked, `open(trace)` what was clicked.
 * Returns a function that draws again in other colours. */
export function mountCharts(place, select, open) {
  if (!traces.length) return () => {};
  const names = [...new Set(traces.map((trace) => trace.entry))].filter(Boolean);
  const choice = el("select", { "aria-label": "Entry point of the charts", onchange: () => draw() },
    el("option", { value: "" }, "All entry points"), names.map((name) => el("option", { value: name }, name)));
  const time = el("div", { class: "chart", role: "img", "aria-label": "Response time of every trace over time, with median and 95th percentile" });
  const spread = el("div", { class: "chart", role: "img", "aria-label": "How many traces took how long" });
  fill(place, el("div", { class: "bar" }, choice,
    el("span", { class: "legend" }, el("span", { class: "key point" }), "answered ", el("span", { class: "key fault" }), "failed ",
      el("span", { class: "key line50" }), "p50 ", el("span", { class: "key line95" }), "p95. Mark a part to list its traces; click a point to open it.")),
  el("div", { class: "charts" }, el("figure", {}, time, el("figcaption", {}, `Response time by start (UTC)${data.deployments.length ? "; a dotted line is a deployment" : ""}`)), el("figure", {}, spread, el("figcaption", {}, "Distribution"))));
  let drawn = [];
  const draw = () => {
    for (const chart of drawn) chart.destroy();
    const chosen = traces.filter((trace) => trace.entry && (!choice.value || trace.entry === choice.value)).sort((a, b) => a.start - b.start);
    drawn = chosen.length ? [overTime(time, near(chosen), choice.value, select, open), distribution(spread, chosen)] : [];
  };
  draw();
  new ResizeObserver(() => drawn.forEach((chart) => chart.setSize(size(chart.root.parentElement)))).observe(time);
  return draw;
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

function overTime(place, chosen, entry, select, open) {
  const points = chosen.map((trace) => [trace.start, trace]);
  const lines = data.timelines.find((line) => line.entry_point === entry) || (entry ? null : data.everything);
  const slices = lines ? lines.slices.filter((slice) => slice.p50 !== null).map((slice) => [slice.start + lines.step / 2, null, slice]) : [];
  const all = [...points, ...slices].sort((a, b) => a[0] - b[0]);
  const value = (trace) => Math.max(FLOOR, trace.response);
  const columns = [
    all.map(([at]) => at),
    all.map(([, trace]) => (trace && trace.outcome === "ok" ? value(trace) : null)),
    all.map(([, trace]) => (trace && trace.outcome !== "ok" ? value(trace) : null)),
    all.map(([, , slice]) => (slice ? Math.max(FLOOR, slice.p50) : null)),
    all.map(([, , slice]) => (slice ? Math.max(FLOOR, slice.p95) : null)),
  ];
  const dots = (name, size) => ({ paths: () => null, points: { show: true, size, width: 0, fill: colour(name), stroke: colour(name) } });
  const line = (name, dash) => ({ stroke: colour(name), width: 2, dash, spanGaps: true, points: { show: slices.length < 2 } });
  const chart = new uPlot({
    ...size(place), legend: { show: false }, ms: 1e-3, tzDate: (at) => uPlot.tzDate(new Date(at * 1e3), "Etc/UTC"),
    scales: { y: { distr: 3 } },
    cursor: { drag: { x: true, y: true, uni: 12, setScale: false }, points: { show: false } },
    axes: [axis({ values: (_, values, __, ___, step) => values.map((at) => hour(at, step)) }), axis({ size: 64, values: (_, values) => values.map((at) => (at === null ? "" : seconds(at))) })],
    series: [{}, dots("point", chosen.length > 2000 ? 3 : 5), dots("fault", chosen.length > 2000 ? 4 : 6), line("line50"), line("line95", [6, 4])],
    hooks: {
      draw: [marks],
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
function marks(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("quiet");
  ctx.lineWidth = 1.5;
  ctx.setLineDash([2, 4]);
  ctx.textBaseline = "top";
  for (const [at, what] of data.deployments) {
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
  const edges = ticks(low, high, 5);
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
