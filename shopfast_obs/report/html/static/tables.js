// Tables that came with the page: sorted by a click on a head, ids that lead to waterfalls, rows that the search finds.

import { el, fill } from "./dom.js";
import { traceById } from "./data.js";

const TRACE = /1-[0-9a-f]{8}-[0-9a-f]{24}/g;
const UNITS = { ms: 1e-3, s: 1, min: 60, "%": 1, MB: 1 };

/** Let every table with a head be sorted. */
export function mountTables() {
  for (const table of document.querySelectorAll("table.data")) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      if (!cell.textContent.trim()) return;
      const button = el("button", { type: "button" }, cell.textContent);
      button.addEventListener("click", () => sort(table, column, cell));
      fill(cell, button);
    });
    shorten(table, Number(table.dataset.limit));
  }
}

/** Show the first rows of a long table until all are asked for. */
function shorten(table, limit) {
  const rows = [...table.tBodies[0].rows];
  if (!limit || rows.length <= limit + 3) return;
  mark(table, limit);
  const more = el("button", { type: "button", class: "more", onclick: () => { delete table.dataset.limit; mark(table, Infinity); more.remove(); } },
    `Show all ${rows.length}`);
  table.parentElement.after(more);
}

function mark(table, limit) {
  [...table.tBodies[0].rows].forEach((row, number) => {
    row.hidden = number >= limit;
    row.toggleAttribute("data-beyond", row.hidden);
  });
}

function sort(table, column, head) {
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows].map((row) => [key(row.cells[column].textContent.trim()), row]);
  rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1));
  table.tBodies[0].append(...rows.map(([, row]) => row));
  if (table.querySelector("[data-beyond]")) mark(table, Number(table.dataset.limit));
}

/** What a cell is sorted by: its first number with its unit, or its text. */
function key(text) {
  const found = /^<?([+-]?\d[\d,.]*)[^a-zA-Z%]*.*?\s?(ms|s|min|%|MB)?$/.exec(text);
  return found ? Number(found[1].replaceAll(",", "")) * (UNITS[found[2]] || 1) : text.toLowerCase();
}

/** Turn the ids of traces that the report carries into links. */
export function mountLinks(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (data.includes("1-") && !parentElement.closest("a, script, style, button, pre")) found.push(walker.currentNode);
  }
  for (const node of found) linked(node);
}

function linked(node) {
  const parts = [];
  let last = 0;
  for (const hit of node.data.matchAll(TRACE)) {
    if (!traceById.get(hit[0])?.has) continue;
    parts.push(node.data.slice(last, hit.index), el("a", { href: `#trace/${hit[0]}` }, hit[0]));
    last = hit.index + hit[0].length;
  }
  if (parts.length) node.replaceWith(...parts, node.data.slice(last));
}

/** Show only the error groups that have every word; returns how many those are. */
export function filterErrors(text) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of document.querySelectorAll("article.error-group")) {
    const about = group.textContent.toLowerCase();
    group.hidden = !words.every((word) => about.includes(word));
    shown += group.hidden ? 0 : 1;
  }
  return shown;
}
