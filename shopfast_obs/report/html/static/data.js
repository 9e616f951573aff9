// The report's data: one inert JSON document, its columns turned into rows where they are needed.

export const data = JSON.parse(document.getElementById("data").textContent);
export const OUTCOMES = ["ok", "error", "throttle", "fault"];
export const OUTCOME_LABELS = { ok: "ok", error: "4xx", throttle: "429", fault: "5xx" };

/** Every trace of a document as an object, in the order of the report. */
function rowsOf(from) {
  const columns = from.traces;
  return columns.id.map((id, number) => ({
    id,
    number,
    start: columns.begin + columns.start[number] / 1e3,
    duration: columns.duration[number],
    response: columns.response[number],
    entry: from.names[columns.entry[number]],
    outcome: OUTCOMES[columns.outcome[number]],
    cold: columns.cold[number],
    parts: columns.parts[number],
    path: from.paths[columns.path[number]],
    warnings: columns.warnings[number] || [],
    has: Object.hasOwn(from.waterfalls, id),
  }));
}

export const traces = rowsOf(data);
export const traceById = new Map(traces.map((trace) => [trace.id, trace]));

/** A trace's waterfall with its rows as objects, from a document like this page's; null where it has none. */
function unpacked(from, id) {
  if (!Object.hasOwn(from.waterfalls, id)) return null;
  const packed = from.waterfalls[id];
  const rows = packed.depth.map((depth, number) => ({
    number,
    depth,
    name: from.names[packed.name[number]],
    kind: from.names[packed.kind[number]],
    category: from.categories[packed.category[number]] || "unclassified",
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

/** The waterfall of one of this page's traces, or null where the report does not carry it. */
export function waterfall(id) {
  return unpacked(data, id);
}

/** The waterfall and the trace of a document that came later and has one trace. */
export function received(from) {
  const [summary] = rowsOf(from);
  return [unpacked(from, summary.id), summary];
}
