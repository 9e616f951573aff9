// All traces by call path, the callers above: a frame is as wide as its path took. Zoomed by click and keyboard.

import { announce, el, fill } from "./dom.js";
import { percent, plural, seconds } from "./format.js";

const HEIGHT = 24; // pixels of a frame
const LEAST = 0.0012; // of the width; narrower ones nobody sees
const MEASURES = { waited: "What callers waited for", worked: "All work, asynchronous too" };

/** Draw merged call paths as `report/html/flame.py` gives them. Returns `{ update }`, which keeps the measure. */
export function mountFlame(place, packed) {
  const measure = el("select", { "aria-label": "What the width of a frame is", onchange: () => { state.measure = measure.value; weigh(state); zoom(0); } },
    Object.entries(MEASURES).map(([value, text]) => el("option", { value }, text)));
  const search = el("input", { type: "search", "aria-label": "Find frames of the flame graph", placeholder: "Find frames", oninput: () => { draw(); announce(found.textContent); } });
  const found = el("span", { class: "count quiet" });
  const out = el("button", { type: "button", onclick: () => zoom(0) }, "Whole graph");
  const graph = el("div", { class: "flame", role: "tree", tabindex: "0", "aria-label": "Flame graph of all traces by call path", "aria-describedby": "flame-help", onkeydown: key, onclick: click, onpointermove: (event) => tell(at(event)), onpointerleave: () => tell(state.active) });
  const about = el("div", { class: "flame-about", role: "region", "aria-label": "The chosen frame" });
  let state = null;
  fill(place, el("div", { class: "bar" }, measure, search, out, found),
    graph, about,
    el("p", { class: "quiet hint", id: "flame-help" }, "A click or Enter zooms into a frame, Escape goes back; arrows walk: down to what it called, up to its caller, sideways."));

  function update(next) {
    const frames = unpacked(next);
    state = { frames, measure: measure.value, zoomed: 0, active: 0, drawn: [] };
    weigh(state);
    draw();
    tell(0);
  }

  /** Draw what can be seen below the frame that is zoomed into, and the way down to it. */
  function draw() {
    const { frames, zoomed } = state;
    const word = search.value.trim().toLowerCase();
    const top = frames[zoomed];
    const spans = [];
    for (let above = top; above; above = frames[above.parent]) spans.push([above, 0, 1]);
    spans.reverse();
    const pending = inner(state, top, 0, 1);
    while (pending.length) {
      const span = pending.pop();
      spans.push(span);
      pending.push(...inner(state, ...span));
    }
    const hits = spans.filter(([frame]) => word && frame.number && called(frame).toLowerCase().includes(word));
    const hit = new Set(hits.map(([frame]) => frame));
    // What lies below a hit is part of it already.
    const covered = hits.filter(([frame]) => !lineage(frames, frame).some((above) => hit.has(above)));
    state.drawn = spans;
    graph.style.height = `${(Math.max(...spans.map(([frame]) => frame.depth)) + 1) * HEIGHT}px`;
    graph.setAttribute("aria-activedescendant", `frame-${state.active}`);
    fill(graph, spans.map(([frame, from, width]) => {
      const element = el("div", {
        id: `frame-${frame.number}`, role: "treeitem", "data-frame": String(frame.number), "aria-level": String(frame.depth + 1),
        "aria-selected": String(frame.number === state.active), "aria-label": said(state, frame),
        class: `frame c-${frame.category}${frame.number === state.active ? " active" : ""}${word ? (hit.has(frame) ? " hit" : " miss") : ""}${frame.depth < top.depth ? " above" : ""}`,
      }, el("span", {}, called(frame)));
      element.style.left = `${from * 100}%`;
      element.style.width = `${width * 100}%`;
      element.style.top = `${frame.depth * HEIGHT}px`;
      return element;
    }));
    const share = covered.reduce((sum, [frame]) => sum + frame.total, 0) / (frames[0].total || 1);
    fill(found, word ? `${plural(hits.length, "frame")}, ${percent(share)} of the time` : "");
    out.hidden = zoomed === 0;
  }

  function zoom(number) {
    const { frames } = state;
    state.zoomed = frames[number].total > 0 ? number : 0;
    state.active = state.zoomed;
    draw();
    tell(state.active);
    announce(`Showing ${called(frames[state.zoomed])}`);
  }

  function choose(number) {
    if (!state.drawn.some(([frame]) => frame.number === number)) state.zoomed = state.frames[number].parent;
    state.active = number;
    draw();
    tell(number);
  }

  function tell(number) {
    const frame = state.frames[number];
    if (!frame) return;
    const whole = state.frames[0].total || 1;
    fill(about, el("strong", {}, called(frame)), frame.number ? ` ${frame.category.replaceAll("_", " ")} ` : " ",
      el("span", { class: "quiet" }, `${figures(state, frame)}${frame.count ? `; ${plural(frame.count, "part")}, ${seconds(frame.total / frame.count)} each` : ""}; ${percent(frame.total / whole)} of all`));
  }

  function at(event) {
    const element = event.target.closest(".frame");
    return element ? Number(element.dataset.frame) : state.active;
  }

  function click(event) {
    if (event.target.closest(".frame")) zoom(at(event));
  }

  function key(event) {
    const { frames, active, zoomed } = state;
    const frame = frames[active];
    const row = frame.parent < 0 ? [frame] : children(state, frames[frame.parent]);
    const place = row.indexOf(frame);
    const moves = {
      ArrowDown: () => children(state, frame)[0]?.number, ArrowUp: () => frame.parent,
      ArrowRight: () => row[place + 1]?.number, ArrowLeft: () => row[place - 1]?.number, Home: () => 0,
    };
    if (event.key === "Enter" || event.key === " ") zoom(active);
    else if (event.key === "Escape") { if (!zoomed) return; zoom(frames[zoomed].parent < 0 ? 0 : frames[zoomed].parent); }
    else if (Object.hasOwn(moves, event.key)) { const next = moves[event.key](); if (next >= 0) choose(next); }
    else return;
    event.preventDefault();
  }

  update(packed);
  return { update };
}

/** The frames as objects below one for all traces; a frame's number is its place. */
function unpacked(packed) {
  const all = { number: 0, parent: -1, depth: 0, name: "All traces", kind: "", category: "unclassified", count: 0, waited: 0, worked: 0, inner: [], total: 0 };
  const frames = [all];
  const way = [all];
  packed.depth.forEach((depth, place) => {
    const above = way[depth];
    const frame = {
      number: frames.length, parent: above.number, depth: depth + 1, inner: [], total: 0,
      name: packed.names[packed.name[place]], kind: packed.names[packed.kind[place]], category: packed.categories[packed.category[place]],
      count: packed.count[place], waited: packed.waited[place] / 1e6, worked: packed.worked[place] / 1e6,
    };
    above.inner.push(frame.number);
    way[depth + 1] = frame;
    frames.push(frame);
  });
  return frames;
}

/** Give every frame its total by the measure that was chosen: its own and that of what it called. */
function weigh({ frames, measure }) {
  for (const frame of frames) frame.total = frame[measure];
  for (let place = frames.length - 1; place > 0; place -= 1) frames[frames[place].parent].total += frames[place].total;
}

function children({ frames }, frame) {
  return frame.inner.map((number) => frames[number]).filter((one) => one.total > 0).sort((a, b) => b.total - a.total);
}

/** What a frame called, each with where it begins and how wide it is, as far as that can be seen. */
function inner(state, frame, from, width) {
  let begin = from;
  return children(state, frame).map((one) => {
    const wide = (width * one.total) / frame.total;
    begin += wide;
    return [one, begin - wide, wide];
  }).filter(([, , wide]) => wide >= LEAST);
}

function lineage(frames, frame) {
  const found = [];
  for (let above = frames[frame.parent]; above; above = frames[above.parent]) found.push(above);
  return found;
}

function called(frame) {
  return `${frame.name || "(no name)"}${frame.kind ? ` (${frame.kind})` : ""}`;
}

function figures({ measure }, frame) {
  return `${seconds(frame.total)}, itself ${seconds(frame[measure])}`;
}

function said(state, frame) {
  return `${called(frame)}, ${figures(state, frame)}, ${percent(frame.total / (state.frames[0].total || 1))} of all`;
}
