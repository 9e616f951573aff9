// Durations, times and shares as people read them; the same rules as the text report.

/** `12 ms`, `1.23 s`, `2 min 5 s`. */
export function seconds(value) {
  if (value < 0) return `-${seconds(-value)}`;
  if (value < 0.9995) return `${value > 0 && value < 0.00995 ? (value * 1000).toFixed(1) : Math.round(value * 1000)} ms`;
  if (value < 99.995) return `${value.toFixed(2)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `12 %`, with a decimal below ten. */
export function percent(share) {
  if (share > 0 && share < 0.001) return "<0.1 %";
  return `${share > 0 && share < 0.0995 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
}

/** `2026-01-31 12:00:00.123` in UTC. */
export function moment(epoch) {
  const date = new Date(epoch * 1000);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString().replace("T", " ").replace("Z", "");
}

/** `1 trace`, `2 traces`. */
export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Round steps for an axis from 0 (or `low`) to `high`, about `count` of them. */
export function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) found.push(at);
  return found;
}
