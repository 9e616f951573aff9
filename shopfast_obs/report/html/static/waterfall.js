// One trace as a waterfall. Only the rows in sight are in the document, so that 10,000 parts scroll as ten do.

import { announce, el, fill, legend } from "./dom.js";
import { moment, percent, seconds, ticks } from "./format.js";
import { OUTCOME_LABELS } from "./data.js";
import { coldStarts, details, link, said, tag, wanted, withContainers, withLogs } from "./waterfall_row.js";

const HEIGHT = 26; // pixels of a row
const PHONE_HEIGHT = 44; // of one whose name stands above its bar
const PHONE = matchMedia("(max-width: 600px)"); // the style sheet says the same
const AHEAD = 12; // rows that are drawn beyond what is in sight
const PRINTED = 400;

/** Show a trace in a place; `update(fall, summary)` of what is returned shows another one, or more of the same, there. */
export function showWaterfall(place, fall, summary) {
  return new Waterfall(place, fall, summary);
}

class Waterfall {
  constructor(place, fall, summary) {
    this.place = place;
    this.update(fall, summary);
    PHONE.addEventListener("change", () => this.arrange());
  }

  update(fall, summary) {
    const same = this.summary?.id === summary.id;
    this.fall = fall;
    this.summary = summary;
    this.rows = withLogs(withContainers(fall.rows));
    this.colds = coldStarts(fall.rows);
    this.closed = new Set();
    this.whole = [Math.min(0, ...fall.rows.slice(0, 1000).map((row) => row.offset)), Math.max(summary.duration, 1e-6)];
    if (!same) { this.range = this.whole; this.active = 0; }
    this.build();
  }

  get height() {
    return PHONE.matches ? PHONE_HEIGHT : HEIGHT;
  }

  build() {
    const { place, summary } = this;
    this.only = "";
    this.moments = el("div", { class: "moments", "aria-hidden": "true" });
    this.body = el("div", {
      class: "rows", role: "treegrid", tabindex: "0", "aria-label": `Parts of trace ${summary.id}`,
      "aria-rowcount": String(this.rows.length), "aria-colcount": "2",
      onkeydown: (event) => this.key(event), onscroll: () => this.later(), onclick: (event) => this.click(event),
    });
    this.space = el("div", { class: "space", role: "presentation" });
    this.body.append(this.space);
    this.scale = el("div", { class: "scale", "aria-hidden": "true" });
    this.detail = el("div", { class: "detail", role: "region", "aria-label": "The chosen part" });
    fill(place, this.head(), this.tools(), el("div", { class: "fall" }, this.scale, this.body, this.moments), this.detail, this.rest());
    this.resized?.disconnect();
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.body);
    this.arrange();
    this.choose(this.active);
  }

  head() {
    const { summary, fall } = this;
    const spent = Object.entries(fall.breakdown).sort((a, b) => b[1] - a[1]);
    const total = spent.reduce((sum, [, value]) => sum + value, 0) || 1;
    const facts = [
      ["Outcome", el("span", { class: `pill outcome-${summary.outcome}` }, OUTCOME_LABELS[summary.outcome])],
      ["Started", `${moment(summary.start)} UTC`],
      ["Took", seconds(summary.duration)],
      Math.abs(summary.duration - summary.response) > 0.001
        && ["Answered after", `${seconds(summary.response)}; the rest is asynchronous`],
      ["Mostly", spent.slice(0, 3).map(([name, value]) => `${name.replaceAll("_", " ")} ${percent(value / total)}`).join(", ")],
      fall.left_out && ["Left out", `${fall.left_out.toLocaleString("en")} of ${summary.parts.toLocaleString("en")} parts: short, and not on the path`],
      fall.links.length && ["Linked", fall.links.map((id) => link(id))],
    ].filter(Boolean);
    return el("div", {},
      el("h3", { tabindex: "-1", class: "trace-title" }, summary.entry || "A trace without segments", " ", el("code", {}, summary.id)),
      el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
      summary.warnings.length ? el("ul", { class: "warnings" }, summary.warnings.map((text) => el("li", {}, text))) : null);
  }

  tools() {
    const search = el("input", { type: "search", "aria-label": "Find parts of this trace", placeholder: "Find a part",
      onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); this.find(search.value); } } });
    const only = el("select", { "aria-label": "Which parts", onchange: () => { this.only = only.value; this.arrange(); } },
      [["", "All parts"], ["path", "Critical path"], ["failed", "Failures"]].map(([value, text]) => el("option", { value }, text)));
    const button = (text, act) => el("button", { type: "button", onclick: act }, text);
    return el("div", { class: "bar tools" }, search, only,
      button("Collapse all", () => { this.closed = new Set(this.rows.map((_, place) => place).filter((place) => place && this.inner(place))); this.arrange(); }),
      button("Expand all", () => { this.closed.clear(); this.arrange(); }),
      button("Zoom to part", () => this.zoom(this.rows[this.shown[this.active]])),
      button("Whole trace", () => this.zoom(null)),
      legend([["on-path", "critical path"], ["off-path", "not waited for"], this.colds.length && ["cold", "cold start"]].filter(Boolean)));
  }

  rest() {
    const { rest } = this.fall;
    return rest.length ? el("details", {}, el("summary", {}, `${rest.length} log lines of no part of the trace`),
      el("pre", {}, rest.map(([time, line]) => `${moment(time).slice(11)}  ${line}\n`))) : null;
  }

  inner(place) {
    return place + 1 < this.rows.length && this.rows[place + 1].depth > this.rows[place].depth;
  }

  /** Which rows are shown, after something was opened, closed or chosen. */
  arrange() {
    const shown = [];
    let hiddenBelow = Infinity;
    for (let place = 0; place < this.rows.length; place += 1) {
      const row = this.rows[place];
      if (row.depth > hiddenBelow) continue;
      hiddenBelow = this.closed.has(place) ? row.depth : Infinity;
      if (!this.only || wanted(row, this.only)) shown.push(place);
    }
    this.shown = shown;
    this.active = Math.max(0, Math.min(this.active, shown.length - 1));
    this.space.style.height = `${shown.length * this.height}px`;
    this.body.style.height = `min(70vh, 40rem, ${Math.max(4, shown.length) * this.height}px)`;
    this.draw();
  }

  later() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.draw(); });
  }

  draw() {
    const height = this.body.clientHeight || 400;
    const first = Math.max(0, Math.floor(this.body.scrollTop / this.height) - AHEAD);
    const last = Math.min(this.shown.length, Math.ceil((this.body.scrollTop + height) / this.height) + AHEAD);
    this.paint(first, last);
  }

  paint(first, last) {
    const drawn = [];
    for (let index = first; index < last; index += 1) drawn.push(this.row(index));
    fill(this.space, drawn);
    this.body.setAttribute("aria-activedescendant", this.shown.length ? `part-${this.active}` : "");
    const [from, to] = this.range;
    fill(this.scale, ticks(from, to, 5).filter((at) => at < to).map((at) => {
      const mark = el("span", {}, seconds(at));
      mark.style.left = `${((at - from) / (to - from)) * 100}%`;
      return mark;
    }));
    fill(this.moments, [...this.colds.map((cold) => this.moment("cold", cold, "")), this.answer()]);
  }

  /** A line where the caller had its answer, and what lies behind it; nothing where all was over then. */
  answer() {
    const { response, duration } = this.summary;
    return duration - response > 0.001 && response > 0 ? this.moment("answered", [response, Infinity], `answered, ${seconds(response)}`) : null;
  }

  /** A band over all rows, as far as it is in sight. */
  moment(name, [begin, end], text) {
    const [from, to] = this.range;
    const share = (at) => Math.max(0, Math.min(1, (at - from) / (to - from))) * 100;
    if (end <= from || begin >= to) return null;
    const band = el("div", { class: `moment ${name}` }, text ? el("span", { class: share(begin) > 50 ? "before" : "" }, text) : null);
    band.style.left = `${share(begin)}%`;
    band.style.width = `${share(end) - share(begin)}%`;
    return band;
  }

  row(index) {
    const place = this.shown[index];
    const row = this.rows[place];
    const opens = this.inner(place);
    const state = opens && !this.only ? String(!this.closed.has(place)) : undefined;
    const name = el("span", { class: "name", role: "gridcell" },
      el("span", { class: "twist", "aria-hidden": "true" }, state === undefined ? "" : state === "true" ? "▾" : "▸"),
      el("span", { class: `what outcome-${row.outcome || "log"}` }, row.name || "(no name)"), tag(row));
    name.style.paddingLeft = `${Math.min(row.depth, 16) * 12 + 4}px`;
    const element = el("div", {
      class: `row${index === this.active ? " active" : ""}${row.log ? " log" : ""}${row.path === null ? "" : " waited"}`,
      role: "row", id: `part-${index}`, "data-index": String(index), "aria-level": String(row.depth + 1),
      "aria-rowindex": String(index + 1), "aria-selected": String(index === this.active), "aria-expanded": state,
    }, name, this.track(row));
    element.style.top = `${index * this.height}px`;
    element.style.height = `${this.height}px`;
    return element;
  }

  track(row) {
    const [from, to] = this.range;
    const left = ((row.offset - from) / (to - from)) * 100;
    const width = (row.duration / (to - from)) * 100;
    const bar = el("span", { class: row.log ? "dot" : `span c-${row.category} outcome-${row.outcome}` });
    bar.style.left = `${Math.max(-5, Math.min(left, 105))}%`;
    bar.style.width = row.log ? "" : `max(2px, ${Math.min(width, 110)}%)`;
    const label = el("span", { class: "took" }, row.log ? "" : seconds(row.duration));
    if (left + width < 75) label.style.left = `calc(${Math.max(0, left + width)}% + 6px)`;
    else label.style.right = `calc(${100 - Math.max(2, left)}% + 6px)`;
    if (left > 20 && left + width >= 75) label.classList.add("before");
    else if (left + width >= 75) { label.style.right = "6px"; label.classList.add("over"); }
    return el("span", { class: "track", role: "gridcell" }, bar, label, said(row));
  }

  click(event) {
    const target = event.target.closest(".row");
    if (!target) return;
    const index = Number(target.dataset.index);
    if (event.target.closest(".twist")) this.toggle(index);
    this.choose(index);
  }

  toggle(index) {
    const place = this.shown[index];
    if (!this.inner(place) || this.only) return;
    if (!this.closed.delete(place)) this.closed.add(place);
    this.arrange();
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.body.clientHeight / this.height) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const place = this.shown[this.active];
    if (event.key in moves) this.choose(this.active + moves[event.key]);
    else if (event.key === "ArrowRight" && this.closed.has(place)) this.toggle(this.active);
    else if (event.key === "ArrowLeft" && this.inner(place) && !this.closed.has(place)) this.toggle(this.active);
    else if (event.key === "ArrowLeft") this.choose(this.parent(this.active));
    else if (event.key === "Enter" || event.key === " ") this.zoom(this.rows[place]);
    else if (event.key === "Escape") this.zoom(null);
    else return;
    event.preventDefault();
  }

  parent(index) {
    const { depth } = this.rows[this.shown[index]];
    let above = index;
    while (above > 0 && this.rows[this.shown[above]].depth >= depth) above -= 1;
    return above;
  }

  choose(index) {
    if (!this.shown.length) { fill(this.detail); return; }
    this.active = Math.max(0, Math.min(index, this.shown.length - 1));
    const top = this.active * this.height;
    if (top < this.body.scrollTop) this.body.scrollTop = top;
    const over = top + this.height * 2 - this.body.scrollTop - this.body.clientHeight;
    if (over > 0 && this.body.clientHeight) this.body.scrollTop += over;
    this.draw();
    fill(this.detail, details(this.rows[this.shown[this.active]], this.summary));
  }

  find(text) {
    const word = text.trim().toLowerCase();
    const from = this.active + 1;
    const order = [...this.shown.keys()].map((_, step) => (from + step) % this.shown.length);
    const hit = word && order.find((index) => JSON.stringify(this.rows[this.shown[index]]).toLowerCase().includes(word));
    if (hit === undefined || hit === "") announce(`No part has ${text}`);
    else { this.choose(hit); announce(`Found ${this.rows[this.shown[hit]].name}`); }
  }

  zoom(row) {
    this.range = row && row.duration > 0 ? [row.offset, row.offset + row.duration] : this.whole;
    announce(row ? `Showing ${seconds(this.range[1] - this.range[0])}` : "Showing the whole trace");
    this.draw();
  }

  /** Everything that a printer can have, instead of what is in sight. */
  print(on) {
    this.body.classList.toggle("printed", on);
    if (on) this.paint(0, Math.min(this.shown.length, PRINTED));
    else this.draw();
  }
}
