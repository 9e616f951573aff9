"""Tables with a capacity that does not follow the load."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at, is_open, number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import TABLE, Resource

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
LITTLE = 5  # units; a burst of a handful of requests is above it


def judge(table: Resource, context: Context) -> Judgement:
    """Found when the table is provisioned and nothing scales it."""
    mode = table.properties.get("BillingMode", "PROVISIONED")
    if is_open(mode):
        return Undecided("its BillingMode is left to a parameter")
    if mode == "PAY_PER_REQUEST":
        return Passed("it is on demand")
    targets = [t.properties.get("ResourceId") for t in context.inventory.of_type(TARGET)]
    if any(context.references.names(target, table) for target in targets):
        return Passed("auto scaling follows its load")
    scaled = table.properties.get("AutoScaling")
    if scaled:
        return Passed("auto scaling follows its load")
    if scaled is None and context.observations is not None and not table.stack:
        return Undecided("no stack declares it, and what scales it could not be listed")
    units = ("ReadCapacityUnits", "WriteCapacityUnits")
    read, write = (number(at(table, f"ProvisionedThroughput.{name}")) for name in units)
    known = "" if read is None or write is None else f" ({read:.0f} reads and {write:.0f} writes a second)"
    return Found(
        f"{table.name} has a fixed capacity{known}: what comes above it is throttled, what is below is paid for",
        [configured(f"BillingMode {mode}, no scalable target", "BillingMode", read=read or 0, write=write or 0)],
        Remedy("BillingMode PAY_PER_REQUEST, or auto scaling on both capacities."),
        severity=Severity.MEDIUM if min(read or 5, write or 5) < LITTLE else RULE.severity,
    )


RULE = Rule(
    id="dynamodb-fixed-capacity",
    title="A table's capacity is fixed",
    severity=Severity.LOW,
    types=(TABLE,),
    needs=("configuration",),
    why="Load changes by the minute, a fixed capacity by the deployment.",
    remedy="On demand, or auto scaling.",
    limits="A steady load is cheaper with a fixed capacity; the rule does not know the load.",
    judge=judge,
    misleads="Burst capacity hides it for five minutes.",
    runbook="table-read-throttles",
)
