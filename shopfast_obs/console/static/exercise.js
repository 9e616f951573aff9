// The exercise that a learner is at: its checks tick by themselves, its time runs.

import { announce, el, fill } from "./dom.js";

const WORDS = { passed: "passed", "not yet": "not yet", unknown: "unknown", asks: "by workshop check" };
let before = new Set(); // the checks that had passed

/** Minutes and seconds, `12:07`. */
function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Show the exercise; none hides its section. */
export function showExercise(section, place, exercise) {
  section.hidden = !exercise;
  if (!exercise) return;
  const passed = new Set(exercise.checks.filter((one) => one.state === "passed").map((one) => one.name));
  const fresh = [...passed].filter((name) => !before.has(name));
  if (fresh.length && before.size) announce(`Passed: ${fresh.join(", ")}`);
  before = passed;
  fill(place,
    el("h3", {}, exercise.title, " ", el("span", { class: "quiet" }, exercise.id)),
    el("p", {}, el("span", { class: `state ${exercise.passed ? "OK" : ""}` }, exercise.state), " ",
      el("span", { class: "quiet", "data-timer": "" }), ` of ${exercise.minutes} minutes`),
    el("ul", { class: "checks" }, exercise.checks.map((one) => el("li", {},
      el("span", { class: `state ${one.state === "passed" ? "OK" : one.state === "unknown" ? "ALARM" : ""}` }, exercise.passed ? "passed" : WORDS[one.state]), " ",
      one.name.replaceAll("-", " "), one.told && !exercise.passed ? el("div", { class: "why" }, one.told) : null))),
    exercise.hint ? el("p", { class: "hint" }, exercise.hint) : null,
    el("p", { class: "quiet" }, exercise.passed ? "Next: " : "A hint for where you are: ", el("code", {}, exercise.passed ? "shopfast-obs workshop list" : "shopfast-obs workshop hint")));
  runTimer(place, exercise);
}

/** Write the time that has passed. */
export function runTimer(place, exercise) {
  const timer = place.querySelector("[data-timer]");
  if (timer && exercise) timer.textContent = span((exercise.passed || Date.now() / 1000) - exercise.started);
}
