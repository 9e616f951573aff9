"""Functions that are durable in their template or in their source alone."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.functions.durable_functions import handler_of
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource, is_durable


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the handler is decorated by durable_execution and the function has no DurableConfig."""
    handler = handler_of(function, context)
    if handler is None:
        if context.sources.get(function.name) is None:
            return Undecided("its source is not here")
        return Passed("its handler is no durable one, as far as it can be read")
    if is_durable(function):
        return Passed("it has a DurableConfig")
    place = f"{handler.path}:{handler.line}"
    return Found(
        f"Each invocation of {function.name} fails: {handler.name} is a durable handler, and there is no DurableConfig",
        [configured(f"{place} is decorated by durable_execution", "DurableConfig", line=handler.line)],
        Remedy("Give the function a DurableConfig with an ExecutionTimeout."),
    )


RULE = Rule(
    id="durable-half",
    title="A durable handler in a function that is not durable",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("configuration", "source code"),
    why="Lambda hands the handler the event itself, and the SDK refuses what has no execution.",
    remedy="`DurableConfig` with an `ExecutionTimeout`.",
    limits="A handler that is made durable by a wrapper of the application's own is not seen.",
    judge=judge,
)
