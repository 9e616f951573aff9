// The service map as SVG. Every service can be chosen with mouse or keyboard; new data can be shown in the same place.

import { el, fill, legend, svg } from "./dom.js";
import { percent, plural, seconds } from "./format.js";
import { HEIGHT, WIDTH, curve, graph, laidOut } from "./map_layout.js";
import { measured, told } from "./names.js";
import { mountViewport } from "./viewport.js";

const FONT = "600 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const PHONE = 600; // pixels; below it the map may be higher than wide
const READABLE = 0.5; // of its size; smaller labels of lines are left out

/** Draw a map and the details of what is chosen. `span` are the seconds that it is of, `notes` what is written at a
 * function instead of its time. Returns `{ update }`, which takes the same and keeps what the reader has chosen. */
export function mountMap(place, map, { span = 0, notes = new Map() } = {}) {
  const frame = el("div", { class: "map-frame", tabindex: "0", role: "region", "aria-label": "Picture of the service map", "aria-describedby": "map-help" });
  const picture = svg("svg", { class: "map", role: "group" });
  const tip = el("div", { class: "map-tip", hidden: true, "aria-hidden": "true" });
  const detail = el("div", { class: "detail", role: "region", "aria-label": "The chosen service" });
  const button = (text, label, act) => el("button", { type: "button", "aria-label": label, onclick: act }, text);
  const viewport = mountViewport(frame, picture, (scale) => picture.classList.toggle("far", scale < READABLE));
  let state = null;
  let chosen = "";
  frame.append(picture, tip);
  fill(place,
    el("div", { class: "bar" }, button("+", "Larger", viewport.larger), button("−", "Smaller", viewport.smaller), button("Fit", "Fit the map into its frame", viewport.fit),
      legend([["ok", "ok"], ["error", "4xx"], ["throttle", "429"], ["fault", "5xx"]], "dashed: asynchronous; a time is the p50 of the call")),
    frame, el("p", { class: "quiet hint", id: "map-help" }, "Drag moves the map. The wheel zooms with Ctrl, or once the map is clicked; keys: + − 0 and arrows."), detail);
  frame.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) choose(""); });

  function update(next) {
    const found = graph(next);
    place.hidden = !found.nodes.size;
    if (!found.nodes.size) return;
    const width = Math.max(280, frame.clientWidth || 900);
    const room = { width, height: width < PHONE ? width * 1.4 : Math.min(700, width * 0.7) };
    const same = state && [...found.nodes.keys()].join() === [...state.nodes.keys()].join();
    const size = laidOut(found, room);
    const names = told([...found.nodes.values()].map((node) => node.name), (text) => measured(text, FONT) <= WIDTH - 22);
    state = { ...found, names, span, notes, direction: size.direction };
    frame.style.height = `${Math.round(Math.max(150, Math.min(room.height, size.height * Math.min(1, width / size.width) + 8)))}px`;
    picture.setAttribute("aria-label", `Service map with ${plural(found.nodes.size, "service")} and ${plural(found.edges.length, "edge")}`);
    const focused = picture.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    show(null);
    fill(picture, arrows(), found.edges.map((edge) => line(edge, size.direction, show)), [...found.nodes.values()].map((node) => box(node, state, { choose, show })));
    viewport.resize({ width: size.width, height: size.height }, same);
    choose(found.nodes.has(chosen) ? chosen : "");
    if (focused) [...picture.querySelectorAll(".node")].find((node) => node.dataset.key === focused)?.focus({ preventScroll: true });
  }

  /** Tell of a service or a call beside it; nothing hides what was told. */
  function show(lines, element) {
    tip.hidden = !lines;
    if (!lines) return;
    fill(tip, lines.map((text, number) => el("div", { class: number ? "" : "first" }, text)));
    const { left, top, width } = frame.getBoundingClientRect();
    const at = element.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(at.left - left, width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${at.top - top > tip.offsetHeight + 6 ? at.top - top - tip.offsetHeight - 6 : at.bottom - top + 6}px`;
    if (element.matches(":focus")) {
      const { x, y } = state.nodes.get(element.dataset.key)?.place || { x: 0, y: 0 };
      viewport.reveal(x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT);
    }
  }

  function choose(key) {
    chosen = key;
    const calls = state.edges.filter((edge) => edge.from === key || edge.to === key);
    const near = new Set([key, ...calls.flatMap((edge) => [edge.from, edge.to])]);
    for (const node of picture.querySelectorAll(".node")) node.classList.toggle("near", near.has(node.dataset.key));
    for (const edge of picture.querySelectorAll(".edge")) edge.classList.toggle("near", edge.dataset.from === key || edge.dataset.to === key);
    picture.classList.toggle("chosen", Boolean(key));
    fill(detail, key ? described(state.nodes.get(key), state) : el("p", { class: "quiet" }, "Choose a service to see its calls."));
  }

  update(map);
  let phone = frame.clientWidth < PHONE;
  let latest = map;
  new ResizeObserver(() => {
    if (frame.clientWidth < PHONE !== phone) { phone = !phone; update(latest); }
  }).observe(place);
  return { update: (next, more = {}) => { latest = next; span = more.span ?? span; notes = more.notes ?? notes; update(next); } };
}

function arrows() {
  return svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse", markerUnits: "userSpaceOnUse" },
    svg("path", { d: "M0 0 L8 4 L0 8 z", class: "arrow" })));
}

function line(edge, direction, show) {
  const { points, x, y } = edge.place;
  const { latency } = edge.counts;
  const about = [`${edge.source} → ${edge.target}${edge.asynchronous ? ", asynchronous" : ""}`,
    `${plural(total(edge.counts), "call")}, ${failed(edge.counts)}`, `p50 ${seconds(latency.p50)}, p95 ${seconds(latency.p95)}`];
  const said = seconds(latency.p50);
  const room = measured(said, FONT) + 8;
  const thick = 1 + Math.min(4, Math.log10(1 + total(edge.counts)));
  const group = svg("g", {
    class: `edge ${worst(edge.counts)}${edge.asynchronous ? " async" : ""}`, "data-from": edge.from, "data-to": edge.to,
    onpointerenter: () => show(about, group.lastElementChild), onpointerleave: () => show(null),
  },
  svg("path", { d: curve(points, direction), class: "reach" }),
  svg("path", { d: curve(points, direction), "marker-end": "url(#arrow)", "stroke-width": thick }),
  svg("rect", { x: x - room / 2, y: y - 9, width: room, height: 18, rx: 4 }),
  svg("text", { x, y: y + 4, "text-anchor": "middle" }, said));
  return group;
}

function box(node, { names, span, notes }, { choose, show }) {
  const { x, y } = node.place;
  const { counts } = node;
  const figures = counts ? [`${plural(total(counts), "call")}${rate(counts, span)}, ${failed(counts)}`, `p50 ${seconds(counts.latency.p50)}, p95 ${seconds(counts.latency.p95)}`] : [];
  const kindly = kind(node.type);
  const note = notes.get(node.name);
  const act = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(node.key);
  };
  const lines = names.get(node.name);
  const tell = () => show([node.name, kindly, ...(note ? [note] : []), ...figures], group);
  const group = svg("g", {
    class: `node ${counts ? worst(counts) : "client"}`, transform: `translate(${x - WIDTH / 2} ${y - HEIGHT / 2})`, tabindex: "0",
    role: "button", "aria-label": [node.name, kindly, ...(note ? [note] : []), ...figures].join(", "), "data-key": node.key, "data-name": node.name, onclick: act, onkeydown: act,
    onpointerenter: tell, onfocus: tell, onpointerleave: () => show(null), onblur: () => show(null),
  },
  svg("rect", { width: WIDTH, height: HEIGHT, rx: 8 }),
  lines.map((text, number) => svg("text", { x: 11, y: (lines.length > 1 ? 17 : 24) + number * 15, class: "label" }, text)),
  svg("text", { x: 11, y: 50, class: "about" }, note || `${short(kindly)}${counts ? ` · p95 ${seconds(counts.latency.p95)}` : ""}`),
  counts ? share(counts) : null);
  return group;
}

/** How the calls ended, as a strip along the foot of the box. */
function share(counts) {
  const all = total(counts) || 1;
  let x = 8;
  return svg("g", {}, ["ok", "error", "throttle", "fault"].map((how) => {
    const width = ((WIDTH - 16) * counts[how]) / all;
    const part = width ? svg("rect", { x, y: HEIGHT - 9, width, height: 4, class: `part ${how}` }) : null;
    x += width;
    return part;
  }));
}

function described(node, { edges }) {
  const calls = (title, wanted, other) => {
    const found = edges.filter(wanted);
    if (!found.length) return null;
    return el("div", {}, el("h4", {}, title), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, el("table", {},
      el("thead", {}, el("tr", {}, ["Service", "Calls", "4xx/429/5xx", "p50", "p90", "p95", "p99", "max"].map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, found.map((edge) => el("tr", {}, [`${edge[other]}${edge.asynchronous ? " (asynchronous)" : ""}`, ...figures(edge.counts)]
        .map((text, number) => el("td", { class: number ? "num" : "" }, text))))))));
  };
  return [
    el("h3", {}, node.name, " ", el("span", { class: "quiet" }, kind(node.type))),
    node.counts ? el("p", {}, `${plural(total(node.counts), "call")}, ${failed(node.counts)}, `
      + `p50 ${seconds(node.counts.latency.p50)}, p95 ${seconds(node.counts.latency.p95)}, longest ${seconds(node.counts.latency.max)} as it saw itself.`) : null,
    calls("Called by", (edge) => edge.to === node.key, "source"),
    calls("Calls", (edge) => edge.from === node.key, "target"),
  ];
}

function figures(counts) {
  const { p50, p90, p95, p99, max } = counts.latency;
  return [total(counts).toLocaleString("en"), `${counts.error}/${counts.throttle}/${counts.fault}`, ...[p50, p90, p95, p99, max].map(seconds)];
}

function rate(counts, span) {
  if (!(span > 0)) return "";
  const each = (total(counts) / span) * 60;
  return ` (${each >= 10 ? Math.round(each).toLocaleString("en") : each.toPrecision(2)} a minute)`;
}

function failed(counts) {
  return `${percent(1 - counts.ok / (total(counts) || 1))} failed`;
}

function kind(type) {
  return type.replace(/^AWS::/, "").replaceAll("::", " ") || "service";
}

function short(text) {
  const first = text.length <= 17 ? text : text.split(" ")[0];
  return first.length <= 17 ? first : `${first.slice(0, 16)}…`;
}

function worst(counts) {
  return counts.fault ? "fault" : counts.throttle ? "throttle" : counts.error ? "error" : "ok";
}

function total(counts) {
  return counts.ok + counts.error + counts.throttle + counts.fault;
}
