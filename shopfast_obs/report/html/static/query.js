// What a reader types to find traces: words, `outcome:fault`, `route:orders`, `path:DynamoDB`, `cold`, `>500ms`.

const UNITS = { ms: 1e-3, s: 1, min: 60 };
const BOUND = /^(?:duration)?([<>])(\d+(?:\.\d+)?)(ms|s|min)?$/;
const FIELDS = {
  outcome: (trace) => trace.outcome,
  route: (trace) => trace.entry,
  path: (trace) => trace.path.join(" "),
  warning: (trace) => trace.warnings.join(" "),
  id: (trace) => trace.id,
};

/** A function that says whether a trace is wanted. */
export function compiled(text) {
  const tests = text.trim().toLowerCase().split(/\s+/).filter(Boolean).map(test);
  return (trace) => tests.every((one) => one(trace));
}

function test(word) {
  if (word.startsWith("-") && word.length > 1) {
    const inner = test(word.slice(1));
    return (trace) => !inner(trace);
  }
  const bound = BOUND.exec(word);
  if (bound) {
    const limit = Number(bound[2]) * UNITS[bound[3] || "s"];
    return bound[1] === ">" ? (trace) => trace.duration > limit : (trace) => trace.duration < limit;
  }
  if (word === "cold") return (trace) => trace.cold > 0;
  if (word === "failed") return (trace) => trace.outcome !== "ok";
  const colon = word.indexOf(":");
  if (colon > 0 && Object.hasOwn(FIELDS, word.slice(0, colon))) {
    const field = FIELDS[word.slice(0, colon)];
    const wanted = word.slice(colon + 1);
    return (trace) => field(trace).toLowerCase().includes(wanted);
  }
  return (trace) => everything(trace).includes(word);
}

function everything(trace) {
  trace.text ??= [trace.id, trace.entry, trace.outcome, ...trace.path, ...trace.warnings].join("\n").toLowerCase();
  return trace.text;
}
