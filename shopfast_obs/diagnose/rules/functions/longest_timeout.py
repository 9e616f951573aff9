"""Functions that may run as long as Lambda allows."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.functions.managed_instances import longest_timeout
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.facts import whole
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource

LONGEST = whole("lambda-max-timeout")  # seconds
BEFORE = 900  # seconds: the longest until then, chosen by whoever wanted no limit


def _deploys(function: Resource, context: Context) -> str:
    if only_deployments_call(function, context):
        return "only deployments call it, and wait longer"
    seconds, longest = number(function.effective("Timeout")), longest_timeout(function, context)
    if seconds and LONGEST <= seconds < longest:
        return f"on Managed Instances it may run {longest:,} s"
    return ""


RULE = Rule(
    "lambda-longest-timeout",
    "The timeout is the longest that there is",
    Severity.LOW,
    (FUNCTION,),
    Property(
        "Timeout",
        lambda value: (number(value) or 0) < LONGEST and number(value) != BEFORE,
        "{name} may run {value} s: what hangs is noticed, and paid for, that much later",
    ),
    spared=_deploys,
    when=f"Timeout is {LONGEST}, or {BEFORE}, which was the longest until 2026-11-18.",
    why="A timeout is there to end what will not end by itself. At the longest it never does.",
    remedy="A few times the slowest invocation that was ever needed.",
    limits="A job that really takes that long is better off in Step Functions or a durable function; the rule cannot "
    "tell.",
    misleads="No timeout is ever reported.",
    facts=("lambda-max-timeout", "lambda-max-timeout-managed"),
)
