// What a viewer can do: everything else on the page only looks.

import { announce, el, fill } from "./dom.js";
import { plural } from "./format.js";

/** Ask the server; a refusal is announced and shown. */
export const ask = async (path, body) => {
  const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(path, options);
    const found = await answer.json();
    if (answer.ok) return found;
    announce(found.problem);
    return { problem: found.problem };
  } catch {
    announce("The console does not answer.");
    return { problem: "The console does not answer. Is `shopfast-obs console` still running?" };
  }
};

/** The form that sends shoppers. It is made once, so that nobody's typing is lost. */
export function showShoppers(place, shoppers) {
  if (!shoppers.scenarios.length) {
    fill(place, el("p", { class: "quiet" }, shoppers.reason));
    return;
  }
  if (!place.querySelector("form")) fill(place, form(shoppers), el("p", { class: "quiet", "data-told": "" }));
  const told = shoppers.running
    ? `${shoppers.running} at ${shoppers.rps} a second: ${plural(shoppers.sent, "request")} so far, ${shoppers.failed} failed in the last 30 s.`
    : "Nobody is sent now.";
  place.querySelector("[data-told]").textContent = told;
}

function form(shoppers) {
  const scenario = el("select", {}, shoppers.scenarios.map((name) => el("option", { value: name, selected: name === (shoppers.running || "mixed") }, name)));
  const rate = el("input", { type: "number", min: "0.1", max: "50", step: "0.1", value: String(shoppers.rps || 2) });
  const send = async (rps) => {
    const { problem } = (await ask("/shoppers", { scenario: scenario.value, rps })) || {};
    if (problem) announce(problem);
  };
  return el("form", { class: "shoppers", onsubmit: (event) => { event.preventDefault(); send(Number(rate.value)); } },
    el("label", {}, "Scenario", scenario), el("label", {}, "Requests a second", rate),
    el("button", { type: "submit" }, "Send"), el("button", { type: "button", onclick: () => send(0) }, "Stop"));
}
