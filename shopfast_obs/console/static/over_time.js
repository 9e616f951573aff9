// Requests of the last minutes as bars, failed ones red, with a line at each deployment.

import { el, fill, svg } from "./dom.js";
import { plural, seconds } from "./format.js";
import { clock } from "./lists.js";

const HEIGHT = 100;

/** Draw the time line; without one, say so. */
export function showTimeline(place, timeline, deployments) {
  if (!timeline || !timeline.slices.length) {
    fill(place, el("p", { class: "quiet" }, "No traced request yet."));
    return;
  }
  const { slices, step } = timeline;
  const most = Math.max(...slices.map((slice) => slice.count), 1);
  const begin = slices[0].start;
  const bars = slices.flatMap((slice, number) => {
    const [all, bad] = [slice.count, slice.failed].map((count) => (HEIGHT * count) / most);
    const told = `${clock(slice.start)}: ${plural(slice.count, "request")}, ${slice.failed} failed${slice.p95 === null ? "" : `, p95 ${seconds(slice.p95)}`}`;
    return [
      svg("rect", { class: "ok", x: number + 0.06, y: HEIGHT - all, width: 0.88, height: all }, svg("title", {}, told)),
      svg("rect", { class: "fault", x: number + 0.06, y: HEIGHT - bad, width: 0.88, height: bad }, svg("title", {}, told)),
    ];
  });
  const marks = deployments.map((one) => [(one.time - begin) / step, one]).filter(([x]) => x >= 0 && x <= slices.length)
    .map(([x, one]) => svg("line", { class: "deployed", x1: x, x2: x, y1: 0, y2: HEIGHT }, svg("title", {}, `${clock(one.time)}: ${one.what}`)));
  const count = slices.reduce((sum, slice) => sum + slice.count, 0);
  const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
  fill(place,
    svg("svg", {
      class: "over-time", viewBox: `0 0 ${slices.length} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-label": `${plural(count, "request")}, ${failed} failed; ${plural(marks.length, "deployment")}`,
    }, bars, marks),
    el("div", { class: "axis" }, el("span", {}, clock(begin)), el("span", {}, `${most} in ${seconds(step)}`), el("span", {}, clock(begin + slices.length * step))));
}
