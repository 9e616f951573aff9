"""What the rules about durable functions share."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.sources import Durable

STARTED = Measure(FUNCTION, "DurableExecutionStarted")
OPEN = "aws lambda list-durable-executions-by-function --function-name {name} --statuses "


def handler_of(function: Resource, context: Context) -> Durable | None:
    """The function's handler as its source has it, where that is a durable one."""
    source = context.sources.get(function.name)
    module, _, name = str(function.properties.get("Handler") or "").replace("/", ".").rpartition(".")
    for handler in source.durable if source else ():
        path = handler.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if handler.name == name and (path == module or path.endswith(f".{module}")):
            return handler
    return None
