"""Why there is nothing to judge a resource by: it was not read, nothing happened, or only the deployment knows."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.functions.invocations import Configured, during
from shopfast_obs.diagnose.interface import Reason, plural
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.resources import Resource


def metrics(_: Resource, context: Context) -> str:
    """Why there are no metrics."""
    return context.missing("metrics")


def alarms(_: Resource, context: Context) -> str:
    """Why the alarms of an account are not known; a template declares its own."""
    return context.missing("alarms") if context.observations else ""


def source(function: Resource, context: Context) -> str:
    """Why a function's source is not known."""
    return "" if context.sources.get(function.name) else "its source is not here"


def log(function: Resource, context: Context) -> str:
    """Why nothing can be told from a function's log."""
    missing = context.missing("logs", log_group(function))
    return missing or ("" if context.events(function) else f"its log has no line{during(context.window)}")


def traces(function: Resource, context: Context) -> str:
    """Why nothing can be told from a function's traces."""
    missing = context.missing("traces")
    if missing or context.traces(function):
        return missing
    sampled = at(function, "TracingConfig.Mode") == "Active"
    return f"no trace of it was sampled{during(context.window)}" if sampled else "it is not traced"


def invocations(function: Resource, context: Context) -> str:
    """Why the invocations of a function cannot be judged."""
    if Configured.of(function) is None:
        return "its MemorySize or Timeout is left to a parameter"
    if context.reports(function):
        return ""
    before = len(context.all_reports(function))
    missing = context.missing("logs", log_group(function))
    if before and not missing:
        return f"not called since its configuration changed ({plural(before, 'invocation')} before that)"
    return missing or f"never called{during(context.window)}"


def resources(type_: str) -> Reason:
    """Why resources of a type are not known."""
    return lambda _, context: context.unread(type_)
