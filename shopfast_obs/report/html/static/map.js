// The service map: laid out by dagre, drawn as SVG. Every service can be chosen with mouse or keyboard.

import { el, fill, svg } from "./dom.js";
import { percent, plural, seconds } from "./format.js";

const WIDTH = 188;
const HEIGHT = 52;
const MOST = 150; // edges; a larger picture tells nobody anything, and the table has them all

/** Draw the map and its details; `notes` are what is written at a function instead of its time. */
export function drawMap(place, map, notes = new Map()) {
  const { nodes, edges } = chart(map);
  if (!nodes.size) return;
  const { width, height } = laidOut(nodes, edges);
  const detail = el("div", { class: "detail", role: "region", "aria-label": "The chosen service" },
    el("p", { class: "quiet" }, "Choose a service to see its calls."));
  const picture = svg("svg", {
    viewBox: `-8 -8 ${width + 16} ${height + 16}`, width: width + 16, height: height + 16, class: "map",
    role: "group", "aria-label": `Service map with ${plural(nodes.size, "service")} and ${plural(edges.length, "edge")}`,
  }, arrows(), edges.map(line), [...nodes.values()].map((node) => box(node, choose, notes.get(node.name))));
  let zoom = 1;
  const scaled = (factor) => {
    zoom = Math.min(3, Math.max(0.25, zoom * factor));
    picture.setAttribute("width", (width + 16) * zoom);
    picture.setAttribute("height", (height + 16) * zoom);
  };
  const frame = el("div", { class: "scroll map-frame", tabindex: "0", role: "region", "aria-label": "Service map, scrollable" }, picture);
  fill(place,
    el("div", { class: "bar" },
      el("button", { type: "button", onclick: () => scaled(1.25) }, "Larger"),
      el("button", { type: "button", onclick: () => scaled(0.8) }, "Smaller"),
      el("span", { class: "legend" }, el("span", { class: "key ok" }), "ok ", el("span", { class: "key error" }), "4xx ",
        el("span", { class: "key throttle" }), "429 ", el("span", { class: "key fault" }), "5xx, dashed: asynchronous")),
    frame, detail);
  if (frame.clientWidth > 480 && width > frame.clientWidth) scaled(Math.max(0.6, frame.clientWidth / (width + 24)));
  // Where callers come in, because the corner of a large picture may be empty.
  const entry = nodes.get("client")?.place;
  if (entry) frame.scrollTop = entry.y * zoom - frame.clientHeight / 2;

  function choose(name) {
    for (const element of picture.querySelectorAll("[data-from], [data-name]")) {
      const near = element.dataset.name === name || element.dataset.from === name || element.dataset.to === name;
      element.classList.toggle("near", near);
    }
    picture.classList.add("chosen");
    fill(detail, described(nodes.get(name), edges));
  }
}

/** One node for a function's two, and the busiest edges. */
function chart(map) {
  const edges = map.edges.filter((edge) => edge.source !== edge.target).slice(0, MOST);
  const used = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  const nodes = new Map();
  for (const node of map.nodes) {
    const known = nodes.get(node.name);
    if (used.has(node.name) && (!known || node.type === "AWS::Lambda::Function")) nodes.set(node.name, node);
  }
  for (const name of used) if (!nodes.has(name)) nodes.set(name, { name, type: "client", counts: null });
  return { nodes, edges };
}

/** Give every node and edge its `place`; returns the size of the picture. */
function laidOut(nodes, edges) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 22, ranksep: 84, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  // Numbers for names: dagre keeps them as keys of plain objects, in which `__proto__` is none.
  const keys = new Map([...nodes.keys()].map((name, number) => [name, `n${number}`]));
  for (const key of keys.values()) graph.setNode(key, { width: WIDTH, height: HEIGHT });
  const label = { width: 60, height: 16, labelpos: "c" };
  edges.forEach((edge, number) => graph.setEdge(keys.get(edge.source), keys.get(edge.target), { ...label }, `e${number}`));
  dagre.layout(graph);
  for (const [name, node] of nodes) node.place = graph.node(keys.get(name));
  edges.forEach((edge, number) => {
    edge.place = graph.edge({ v: keys.get(edge.source), w: keys.get(edge.target), name: `e${number}` });
  });
  return graph.graph();
}

function arrows() {
  return svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
    svg("path", { d: "M0 0 L8 4 L0 8 z", class: "arrow" })));
}

function line(edge) {
  const { points, x, y } = edge.place;
  const { latency } = edge.counts;
  const bad = worst(edge.counts);
  const thick = 1 + Math.min(4, Math.log10(1 + total(edge.counts)));
  return svg("g", { class: `edge ${bad}${edge.asynchronous ? " async" : ""}`, "data-from": edge.source, "data-to": edge.target },
    svg("title", {}, `${edge.source} to ${edge.target}: ${plural(total(edge.counts), "call")}, p50 ${seconds(latency.p50)}, p95 ${seconds(latency.p95)}`),
    svg("path", { d: curve(points), "marker-end": "url(#arrow)", "stroke-width": thick }),
    svg("text", { x, y: y + 4, "text-anchor": "middle" }, seconds(latency.p50)));
}

/** A smooth line through dagre's points. */
function curve(points) {
  const [first, ...rest] = points;
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, number) => {
    const next = rest[number + 1];
    if (!next) path += ` L${point.x} ${point.y}`;
    else path += ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return path;
}

function box(node, choose, note) {
  const { x, y } = node.place;
  const { counts } = node;
  const about = counts ? `${plural(total(counts), "call")} · p95 ${seconds(counts.latency.p95)}` : "callers";
  const act = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(node.name);
  };
  return svg("g", {
    class: `node ${counts ? worst(counts) : "client"}`, transform: `translate(${x - WIDTH / 2} ${y - HEIGHT / 2})`, tabindex: "0",
    role: "button", "aria-label": `${node.name}, ${kind(node.type)}, ${about}`, "data-name": node.name, onclick: act, onkeydown: act,
  }, svg("title", {}, `${node.name} (${kind(node.type)})`),
  svg("rect", { width: WIDTH, height: HEIGHT, rx: 8 }),
  svg("text", { x: 12, y: 20, class: "label" }, cut(node.name, 21)),
  svg("text", { x: 12, y: 36, class: "about" }, cut(note || `${kind(node.type)}${counts ? ` · ${seconds(counts.latency.p95)}` : ""}`, 28)),
  counts ? share(counts) : null);
}

/** How the calls ended, as a strip along the foot of the box. */
function share(counts) {
  const all = total(counts) || 1;
  let x = 8;
  return svg("g", {}, ["ok", "error", "throttle", "fault"].map((how) => {
    const width = ((WIDTH - 16) * counts[how]) / all;
    const part = width ? svg("rect", { x, y: HEIGHT - 8, width, height: 4, class: `part ${how}` }) : null;
    x += width;
    return part;
  }));
}

function described(node, edges) {
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
    node.counts ? el("p", {}, `${plural(total(node.counts), "call")}, ${percent(1 - node.counts.ok / (total(node.counts) || 1))} failed, `
      + `p50 ${seconds(node.counts.latency.p50)}, p95 ${seconds(node.counts.latency.p95)}, longest ${seconds(node.counts.latency.max)} as it saw itself.`) : null,
    calls("Called by", (edge) => edge.target === node.name, "source"),
    calls("Calls", (edge) => edge.source === node.name, "target"),
  ];
}

function figures(counts) {
  const { p50, p90, p95, p99, max } = counts.latency;
  return [total(counts).toLocaleString("en"), `${counts.error}/${counts.throttle}/${counts.fault}`, ...[p50, p90, p95, p99, max].map(seconds)];
}

function kind(type) {
  return type.replace(/^AWS::/, "").replace("::", " ") || "service";
}

function worst(counts) {
  return counts.fault ? "fault" : counts.throttle ? "throttle" : counts.error ? "error" : "ok";
}

function total(counts) {
  return counts.ok + counts.error + counts.throttle + counts.fault;
}

function cut(text, width) {
  if (text.length <= width) return text;
  const left = Math.ceil((width - 1) * 0.6);
  return `${text.slice(0, left)}…${text.slice(text.length - (width - 1 - left))}`;
}
