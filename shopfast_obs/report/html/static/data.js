// The report's data: one inert JSON document, its columns turned into rows where they are needed.

export const data = JSON.parse(document.getElementById("data").textContent);
export const OUTCOMES = ["ok", "error", "throttle", "fault"];
export const OUTCOME_LABELS = { ok: "ok", error: "4xx", throttle: "429", fault: "5xx" };

const columns = data.traces;

/** Every trace as an object, in the order of the report. */
export const traces = columns.id.map((id, number) => ({
  id,
  number,
  start: columns.start[number],
  duration: columns.duration[number],
  response: columns.response[number],
  entry: data.names[columns.entry[number]],
  outcome: OUTCOMES[columns.outcome[number]],
  cold: columns.cold[number],
  parts: columns.parts[number],
  path: data.paths[columns.path[number]],
  warnings: columns.warnings[number] || [],
  has: Object.hasOwn(data.waterfalls, id),
}));

export const traceById = new Map(traces.map((trace) => [trace.id, trace]));

/** The rows of a trace's waterfall, or null where the report does not carry it. */
export function waterfall(id) {
  if (!Object.hasOwn(data.waterfalls, id)) return null;
  const packed = data.waterfalls[id];
  const rows = packed.depth.map((depth, number) => ({
    number,
    depth,
    name: data.names[packed.name[number]],
    kind: data.names[packed.kind[number]],
    category: data.categories[packed.category[number]] || "unclassified",
    offset: packed.offset[number] / 1e6,
    duration: packed.duration[number] / 1e6,
    own: packed.own[number] / 1e6,
    path: packed.path[number] < 0 ? null : packed.path[number] / 1e6,
    outcome: OUTCOMES[packed.outcome[number]],
    notes: packed.notes[number] || [],
    facts: packed.facts[number] || [],
    logs: packed.logs[number] || [],
  }));
  return { ...packed, rows };
}
