"""Tables that refuse requests for lack of capacity."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, counted
from shopfast_obs.diagnose.hot_keys import Skew, Undecided, skew
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.property_values import at, number
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import TABLE, Resource

READS, WRITES = Measure(TABLE, "ReadThrottleEvents"), Measure(TABLE, "WriteThrottleEvents")
USED = {READS: Measure(TABLE, "ConsumedReadCapacityUnits"), WRITES: Measure(TABLE, "ConsumedWriteCapacityUnits")}
UNITS = {READS: "ReadCapacityUnits", WRITES: "WriteCapacityUnits"}
ON_DEMAND = "PAY_PER_REQUEST"
HOT = 0.6  # of the provisioned capacity in use: with throttles below that, the load is on one partition


def judge(table: Resource, context: Context) -> Judgement:
    """Found when the table throttled reads or writes. The title names a hot partition where less than 60 % of the
    capacity were in use meanwhile, or where most throttled requests in the traces ask for the same key and others do
    not."""
    counts = {measure: context.total(table, measure) for measure in (READS, WRITES)}
    worst = max(counts, key=lambda measure: counts[measure])
    count = sum(counts.values())
    if not count:
        used = any(context.measured(table, measure) for measure in USED.values())
        return Passed("no throttle" + ("" if used else " (and no traffic that the metrics show)"))
    share = _share(table, worst, context)
    common = skew(table, context)
    unused = "" if share is None else f", {percent(share)} of its capacity in use"
    mode = str(table.properties.get("BillingMode") or "PROVISIONED")
    evidence = [counted(f"{m.name} {n:,}{unused}", table, m, context, throttles=n) for m, n in counts.items() if n]
    hot = isinstance(common, Skew) or mode == ON_DEMAND or (share is not None and share < HOT)
    return Found(
        f"{table.name} throttles {count:,} requests{unused}: {_kind(mode, share, common)}",
        [*evidence, configured(f"BillingMode {mode}", "BillingMode", hot=str(hot)), _which(common, context)],
        Remedy(
            "Spread the key (write sharding, a cache for what everyone reads)."
            if hot
            else "BillingMode PAY_PER_REQUEST, or more capacity with auto scaling."
        ),
        confidence="certain" if isinstance(common, Skew) else "likely",
        harm=float(count),
    )


def _kind(mode: str, share: float | None, common: Skew | Undecided) -> str:
    if isinstance(common, Skew):
        return f"one partition is hot ({common.name} {common.value})"
    if mode == ON_DEMAND:
        return "one partition is hot, or the traffic more than doubled"
    return "one partition is hot" if share is not None and share < HOT else "its capacity is too small"


def _which(common: Skew | Undecided, context: Context) -> Evidence:
    """What the throttled requests ask for, or why that cannot be told."""
    if isinstance(common, Undecided):
        said = f"which key: not enough data: {common.reason}"
        return Evidence("traces", said, "", {"throttled": common.throttled}, context.window)
    return Evidence(
        "traces",
        f"{common.hit} of {common.throttled} throttled requests have {common.name} {common.value}, of the other "
        f"requests to the table {percent(common.share_of_others)}",
        " ".join(common.traces),
        {"hit": common.hit, "throttled": common.throttled, "share_of_others": common.share_of_others},
        context.window,
        common.traces,
    )


def _share(table: Resource, measure: Measure, context: Context) -> float | None:
    """The largest share of the provisioned capacity that was in use while the table throttled; None where it is not
    known."""
    used, throttles = context.measured(table, USED[measure]), context.measured(table, measure)
    provisioned = number(at(table, f"ProvisionedThroughput.{UNITS[measure]}"))
    if used is None or throttles is None or not provisioned:
        return None
    when = {time for time, count in throttles.points if count}
    return max((value for time, value in used.points if time in when), default=0.0) / (used.period * provisioned)


RULE = Rule(
    id="dynamodb-throttled",
    title="A table throttles requests",
    severity=Severity.HIGH,
    types=(TABLE,),
    needs=("metrics", "configuration"),
    why="The SDK retries in silence: callers get slow answers first, then timeouts.",
    remedy="Capacity, or a key that spreads the load.",
    limits=(
        "An index that throttles counts for its table. The key is told by paths and annotations of traced requests; "
        "Contributor Insights would name it, and is not read."
    ),
    judge=judge,
    lacking=missing_data.metrics,
    misleads="No log and no error says throttle until the retries run out.",
    runbook="table-read-throttles",
    measures=(READS, WRITES, *USED.values()),
)
