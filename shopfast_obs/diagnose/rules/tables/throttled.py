"""Tables that refuse requests for lack of capacity."""

from __future__ import annotations

from shopfast_obs.analysis.sizing import percent
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, counted
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.measures import Measure
from shopfast_obs.diagnose.values import number
from shopfast_obs.model.findings import Outcome, Remedy, Severity
from shopfast_obs.model.resources import TABLE, Resource

READS, WRITES = Measure(TABLE, "ReadThrottleEvents"), Measure(TABLE, "WriteThrottleEvents")
USED = {READS: Measure(TABLE, "ConsumedReadCapacityUnits"), WRITES: Measure(TABLE, "ConsumedWriteCapacityUnits")}
UNITS = {READS: "ReadCapacityUnits", WRITES: "WriteCapacityUnits"}
HOT = 0.6  # of the provisioned capacity in use: with throttles below that, the load is on one partition


def check(table: Resource, context: Context) -> Outcome:
    """Found when the table throttled reads or writes; a hot partition when most of its capacity was unused."""
    missing = context.missing("metrics")
    if missing:
        return RULE.unknown(table, missing)
    counts = {measure: context.total(table, measure) for measure in (READS, WRITES)}
    worst = max(counts, key=lambda measure: counts[measure])
    count = sum(counts.values())
    if not count:
        used = any(context.measured(table, measure) for measure in USED.values())
        return RULE.clear(table, "no throttle" + ("" if used else " (and no traffic that the metrics show)"))
    share = _share(table, worst, context)
    on_demand = table.properties.get("BillingMode") == "PAY_PER_REQUEST"
    hot = on_demand or (share is not None and share < HOT)
    unused = "" if share is None else f", {percent(share)} of its capacity in use"
    evidence = [counted(f"{m.name} {n:,}{unused}", table, m, context, throttles=n) for m, n in counts.items() if n]
    kind = "one partition is hot" if hot else "its capacity is too small"
    return RULE.found(
        table,
        f"{table.name} throttles {count:,} requests{unused}: {kind}",
        [
            *evidence,
            configured(
                f"BillingMode {table.properties.get('BillingMode', 'PROVISIONED')}", "BillingMode", hot=str(hot)
            ),
        ],
        Remedy(
            "Spread the key (write sharding, a cache for what everyone reads)."
            if hot
            else "BillingMode PAY_PER_REQUEST, or more capacity with auto scaling."
        ),
        confidence="likely",
        harm=float(count),
    )


def _share(table: Resource, measure: Measure, context: Context) -> float | None:
    """The share of the provisioned capacity that was in use; None where it is not known."""
    series = context.measured(table, USED[measure])
    provisioned = number((table.properties.get("ProvisionedThroughput") or {}).get(UNITS[measure]))
    if series is None or not provisioned:
        return None
    return max(value for _, value in series.points) / (series.period * provisioned)


RULE = Rule(
    id="dynamodb-throttled",
    title="A table throttles requests",
    severity=Severity.HIGH,
    types=(TABLE,),
    needs=("metrics", "configuration"),
    why="The SDK retries in silence: callers get slow answers first, then timeouts.",
    remedy="Capacity, or a key that spreads the load.",
    limits="An index that throttles counts for its table. Contributor Insights would name the key; it is not read.",
    check=check,
    misleads="No log and no error says throttle until the retries run out.",
    runbook="table-read-throttles",
    measures=(READS, WRITES, *USED.values()),
)
