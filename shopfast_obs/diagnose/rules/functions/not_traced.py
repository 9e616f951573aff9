"""Functions that X-Ray does not see."""

from __future__ import annotations

from shopfast_obs.analysis import tracers
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def no_matter(function: Resource, context: Context) -> str:
    """Why nobody misses traces of X-Ray: another tracer runs in the function, or only deployments call it."""
    if only_deployments_call(function, context):
        return "only deployments call it"
    return another_tracer(function, context)


def another_tracer(function: Resource, context: Context) -> str:
    """What shows that OpenTelemetry or a vendor traces the function; empty when nothing does."""
    source = context.sources.get(function.name)
    found = tracers.of_settings(function) or (tracers.of_imports(source.imports) if source else None)
    return f"{found.name} traces it, by {found.sign}" if found else ""


RULE = Rule(
    "lambda-not-traced",
    "The function is not traced",
    Severity.MEDIUM,
    (FUNCTION,),
    Property(
        "TracingConfig.Mode",
        lambda mode: mode == "Active",
        "{name} is not traced (TracingConfig {value})",
        usual="PassThrough",
        after="Active",
        because="requests become visible",
        command="shopfast-obs instrument --apply",
    ),
    spared=no_matter,
    when="TracingConfig is not Active, neither OpenTelemetry nor a vendor traces the function, and not only custom "
    "resources call it.",
    why="Without traces nobody can say in which part of a request the time passes.",
    remedy="`TracingConfig: {Mode: Active}`, the right to send segments, and an instrumented handler.",
    limits="Another tracer is known by AWS_LAMBDA_EXEC_WRAPPER, handler, layers, and the imports of a source that is "
    "read; that its layer is started is not checked.",
    misleads="PassThrough looks like tracing when a caller sends a sampled header; on its own it records nothing.",
    runbook="02-make-it-visible",
)
