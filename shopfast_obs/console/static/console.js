// Follows the server's events and puts each part of the board in its place.

import { announce, el, fill } from "./dom.js";
import { percent, seconds } from "./format.js";
import { mountMap } from "./map.js";
import { mountTheme } from "./theme.js";
import { showWaterfall } from "./waterfall.js";
import { received } from "./data.js";
import { showAlarms, showDeployments, showErrors, showFunctions, showRequests, showRoutes } from "./lists.js";
import { showTimeline } from "./over_time.js";
import { ask, showShoppers } from "./actions.js";
import { runTimer, showExercise } from "./exercise.js";

const board = {};
const at = (name) => document.querySelector(`[data-part="${name}"]`);
const link = document.getElementById("link");
const hold = document.getElementById("hold");
let held = false;
let picture = null; // the service map, once there are services

const deployed = () => Math.max(0, ...(board.deployments || []).map((one) => one.time));
const open = (id) => { location.hash = `#trace/${encodeURIComponent(id)}`; };
const hurry = () => ask("/hurry", { seconds: 60 });

const SHOW = {
  about: ({ where }) => { document.getElementById("where").textContent = where; document.title = `Console: ${where}`; },
  problems: (told) => {
    const list = document.getElementById("problems");
    list.hidden = !told.length;
    fill(list, told.map((one) => el("li", {}, one)));
  },
  requests: (requests) => showRequests(at("requests"), requests, open),
  map: (map) => {
    if (picture) picture.update(map, { notes: described() });
    else if (map.nodes.length) picture = mountMap(at("map"), map, { notes: described() });
  },
  routes: (routes) => showRoutes(at("routes"), routes),
  timeline: () => showTimeline(at("timeline"), board.timeline, board.deployments || []),
  functions: (functions) => { showFunctions(at("functions"), functions); if (board.map) SHOW.map(board.map); },
  alarms: (alarms) => showAlarms(at("alarms"), alarms, board.about?.local ? hurry : null),
  errors: (groups) => showErrors(at("errors"), groups, deployed()),
  deployments: (deployments) => { showDeployments(at("deployments"), deployments); if (board.timeline) SHOW.timeline(); },
  shoppers: (shoppers) => showShoppers(at("shoppers"), shoppers),
  machine: () => {},
  skipped: () => {},
  exercise: (exercise) => showExercise(document.getElementById("exercise"), at("exercise"), exercise),
};

/** What is written at each function of the map: its Timeout, MemorySize and share of a CPU. */
function described() {
  const known = (board.functions || []).filter((one) => one.memory !== null);
  return new Map(known.map((one) => [one.name, `${one.timeout} s · ${one.memory} MB · ${percent(Math.min(one.cpu, 6))} CPU`]));
}

function showTiles() {
  const routes = board.routes || [];
  const requests = routes.reduce((sum, one) => sum + one.requests, 0);
  const failed = routes.reduce((sum, one) => sum + one.failed, 0);
  const slowest = Math.max(0, ...routes.map((one) => one.p95));
  const burning = (board.alarms?.alarms || []).filter((one) => one.state === "ALARM").length;
  const busy = board.machine?.busy;
  const tiles = [
    ["Requests a minute", requests.toLocaleString("en"), ""],
    ["Failed", requests ? percent(failed / requests) : "–", failed ? "bad" : "good"],
    ["Slowest p95", requests ? seconds(slowest) : "–", ""],
    ["Alarms", burning, burning ? "bad" : "good"],
    busy !== undefined && busy !== null && ["This machine", `${percent(busy)} busy`, busy > 0.75 ? "bad" : ""],
  ].filter(Boolean);
  fill(document.getElementById("tiles"), tiles.map(([name, value, how]) => el("div", { class: `tile ${how}` }, el("dt", {}, name), el("dd", {}, String(value)))));
}

function show(name) {
  if (held && name !== "problems") return;
  SHOW[name](board[name]);
  if (["routes", "alarms", "machine"].includes(name)) showTiles();
}

/** Follow the server; the browser connects again by itself. */
function follow() {
  const events = new EventSource("/events");
  const said = (text, how) => { link.textContent = text; link.className = `pill ${how}`; };
  events.onopen = () => said("live", "live");
  events.onerror = () => said("no connection: trying again", "lost");
  for (const name of Object.keys(SHOW)) {
    events.addEventListener(name, (event) => {
      board[name] = JSON.parse(event.data);
      show(name);
    });
  }
}

async function openTrace() {
  const id = /^#trace\/(.+)$/.exec(location.hash)?.[1];
  const section = document.getElementById("trace");
  section.hidden = !id;
  if (!id) return;
  const found = await ask(`/trace/${id}`);
  if (found.problem) fill(at("trace"), el("p", {}, found.problem));
  else showWaterfall(at("trace"), ...received(found));
  section.scrollIntoView();
  (section.querySelector(".trace-title") || section).focus({ preventScroll: true });
}

document.getElementById("find").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = document.getElementById("number").value;
  const found = await ask(`/find?value=${encodeURIComponent(value)}`);
  if (!found.problem) { open(found.traces[0]); return; }
  document.getElementById("trace").hidden = false;
  fill(at("trace"), el("p", {}, found.problem));
});
document.getElementById("close").addEventListener("click", () => { history.replaceState(null, "", location.pathname); openTrace(); });
hold.addEventListener("click", () => {
  held = !held;
  hold.setAttribute("aria-pressed", String(held));
  announce(held ? "The page holds still." : "The page follows again.");
  if (!held) for (const name of Object.keys(board)) show(name);
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); document.getElementById("number").focus(); }
  if (event.key === "Escape" && location.hash) document.getElementById("close").click();
});
mountTheme(document.getElementById("theme"), () => {});
addEventListener("hashchange", openTrace);
setInterval(() => { if (!held) runTimer(at("exercise"), board.exercise); }, 1000);
showTiles();
openTrace();
follow();
document.documentElement.dataset.ready = "";
