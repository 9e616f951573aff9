// The tables of the console. Each is given its part of the board and put in place of what was there.

import { el, fill } from "./dom.js";
import { percent, plural, seconds } from "./format.js";

const LABELS = { ok: "ok", error: "4xx", throttle: "429", fault: "5xx" };
const SHOWN = 50; // rows of requests

/** `14:03:07` in UTC. */
export function clock(epoch) {
  const date = new Date(epoch * 1000);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(11, 19);
}

function table(place, label, columns, rows, empty) {
  if (!rows.length) {
    fill(place, el("p", { class: "quiet" }, empty));
    return;
  }
  const known = place.querySelector(".scroll");
  const [left, top] = known ? [known.scrollLeft, known.scrollTop] : [0, 0];
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  fill(place, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${label}` }, el("table", {},
    el("thead", {}, el("tr", {}, columns.map(([title, kind]) => el("th", { scope: "col", class: kind === "num" ? "num" : "" }, title)))),
    el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell, number) => el("td", { class: columns[number][1] || "" }, cell))))))));
  const scroll = place.querySelector(".scroll");
  scroll.scrollLeft = left;
  scroll.scrollTop = top;
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** The ticker: each request opens its waterfall. */
export function showRequests(place, requests, open) {
  table(place, "Requests, the newest first", [["Time (UTC)"], ["Route", "entry"], ["Outcome"], ["Answer", "num"], ["Cold", "num"]],
    requests.slice(0, SHOWN).map((one) => [
      clock(one.start),
      el("button", { type: "button", class: "entry-open", "data-key": one.id, onclick: () => open(one.id) }, one.entry_point || one.id),
      el("span", { class: `pill outcome-${one.outcome}` }, LABELS[one.outcome] || one.outcome),
      seconds(one.response), one.cold_starts || "",
    ]), "No traced request yet. An application without tracing shows its invocations under Functions.");
}

/** What callers met. */
export function showRoutes(place, routes) {
  table(place, "Routes", [["Route", "entry"], ["Requests", "num"], ["Failed", "num"], ["p50", "num"], ["p95", "num"]],
    routes.map((one) => [one.name, one.requests, one.failed ? percent(one.failed / one.requests) : "", seconds(one.p50), seconds(one.p95)]),
    "No traced request in the last minute.");
}

/** Functions with their configuration, and what their REPORT lines say. */
export function showFunctions(place, functions) {
  table(place, "Functions",
    [["Function", "name"], ["Timeout", "num"], ["Memory", "num"], ["CPU", "num"], ["Invocations", "num"], ["Failed", "num"], ["p95", "num"], ["Cold", "num"], ["Used", "num"]],
    functions.map((one) => [
      one.name, one.timeout === null ? "" : `${one.timeout} s`, one.memory === null ? "" : `${one.memory} MB`,
      one.cpu === null ? "" : percent(Math.min(one.cpu, 6)), one.invocations,
      one.failed ? `${one.failed}${one.timeouts ? ` (${plural(one.timeouts, "timeout")})` : ""}` : "",
      one.p95 === null ? "" : seconds(one.p95), one.cold || "", one.most_memory === null ? "" : `${one.most_memory} MB`,
    ]), "No function is deployed.");
}

/** Alarms, the burning ones first. */
export function showAlarms(place, { alarms, ahead }, hurry) {
  const order = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 };
  const sorted = [...alarms].sort((a, b) => order[a.state] - order[b.state] || a.name.localeCompare(b.name));
  const rows = sorted.map((one) => [
    el("span", { class: `state ${one.state}` }, one.state === "INSUFFICIENT_DATA" ? "no data" : one.state),
    el("div", {}, one.name, el("div", { class: "why" }, one.reason)),
    one.changed ? clock(one.changed) : "",
  ]);
  table(place, "Alarms", [["State"], ["Alarm", "name"], ["Since (UTC)"]], rows, "No alarm watches this application. See: shopfast-obs alarms plan");
  if (!alarms.length || !hurry) return;
  place.prepend(el("div", { class: "bar" },
    el("button", { type: "button", "data-key": "hurry", onclick: hurry }, "Hurry a minute"),
    el("span", { class: "quiet" }, ahead >= 1 ? `The clock of alarms is ${seconds(ahead)} ahead.` : "Alarms are evaluated once a minute.")));
}

/** Groups of errors; those that began after the last deployment are marked. */
export function showErrors(place, groups, deployed) {
  table(place, "Errors", [["Last (UTC)"], ["Error", "name"], ["Requests", "num"]],
    groups.map((one) => [
      clock(one.last),
      el("div", {}, one.type ? `${one.type}: ${one.message}` : one.message,
        deployed && one.first > deployed ? el("span", { class: "mark" }, "new since the deployment") : null,
        el("div", { class: "why" }, `in ${one.where}`, one.frame ? ` at ${one.frame.path}:${one.frame.line}` : "")),
      one.requests,
    ]), "Nothing went wrong in the traced requests.");
}

/** What was deployed. */
export function showDeployments(place, deployments) {
  table(place, "Deployments", [["Time (UTC)"], ["What", "name"], ["Functions", "name"]],
    [...deployments].reverse().map((one) => [clock(one.time), one.carries.length ? `${one.what}, with ${one.carries.join(", ")}` : one.what, one.names.join(", ")]),
    "Nothing was deployed in the last 15 minutes.");
}
