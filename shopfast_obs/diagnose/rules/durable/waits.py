"""Durable functions that wait longer than they may run."""

from __future__ import annotations

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.functions.durable_functions import handler_of
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the waits on every path through the handler add up to more than the ExecutionTimeout."""
    handler = handler_of(function, context)
    if handler is None:
        return Undecided("its source is not here, or has no durable handler")
    timeout = number(function.properties["DurableConfig"].get("ExecutionTimeout"))
    if timeout is None:
        return Undecided("its ExecutionTimeout is left to a parameter")
    if handler.waits < timeout:
        return Passed(f"it waits {handler.waits:,.0f} s of {timeout:,.0f} s")
    said = f"{handler.path}:{handler.line} waits {handler.waits:,.0f} s in every execution"
    return Found(
        f"No execution of {function.name} can succeed: it waits {handler.waits:,.0f} s and may run {timeout:,.0f} s",
        [configured(said, "DurableConfig.ExecutionTimeout", waits=handler.waits, timeout=timeout)],
        Remedy(f"An ExecutionTimeout above {handler.waits:,.0f} s, with the time of the steps and their retries."),
    )


RULE = Rule(
    id="durable-waits",
    title="A durable execution waits longer than it may run",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("configuration", "source code"),
    why="Each execution is ended in its middle, and its earlier steps are not undone.",
    remedy="A longer `ExecutionTimeout`, or shorter waits.",
    limits="Waits whose duration is computed, and those in branches and loops, are not added up.",
    judge=judge,
    spared=skipped_resources.not_durable,
    misleads="Every invocation is short and succeeds.",
    runbook="durable-timeouts",
)
