"""Requests that fall into pieces where one service hands on to the next."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.event_fed import fed_by
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import Segment, Trace

MANY = 0.5


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a function that others hand work to has traces of its own most of the time."""
    sources = fed_by(function, context)
    others = [f for f in context.inventory.of_type(FUNCTION) if f.name != function.name and context.traces(f)]
    if not others:
        return Undecided("no other function of the application is traced")
    traces = context.traces(function)
    alone = [trace for trace in traces if _begins_here(trace, function.name)]
    if len(alone) < MANY * len(traces):
        return Passed(f"{len(traces) - len(alone):,} of {plural(len(traces), 'trace')} continued from another service")
    return Found(
        f"the trace breaks between {' and '.join(sources)} and {function.name}: in {len(alone):,} of "
        f"{plural(len(traces), 'trace')} nothing comes before it",
        [
            Evidence(
                "traces",
                "nothing above its own segment, and no link",
                " ".join(trace.id for trace in alone[:3]),
                {"alone": len(alone), "traces": len(traces)},
                context.window,
                tuple(trace.id for trace in alone[:3]),
            )
        ],
        Remedy(
            "Trace the publisher with a patched SDK, and everything between (the topic's TracingConfig, the workflow)."
        ),
        confidence="likely",
        harm=float(len(alone)),
    )


def _begins_here(trace: Trace, name: str) -> bool:
    """True when the trace has nothing but this function and what it calls, and links to no other."""
    if any(segment.links for segment in trace.segments):
        return False
    return all(segment.name == name or segment.inferred or segment.parent_id for segment in trace.segments) and not any(
        segment.origin == "AWS::Lambda::Function" and segment.name != name and not _below(segment, trace, name)
        for segment in trace.segments
    )


def _below(segment: Segment, trace: Trace, name: str) -> bool:
    """True when the other function was called from this one."""
    first = min((s.start for s in trace.segments if s.name == name), default=segment.start)
    return segment.start >= first


RULE = Rule(
    id="trace-chain-broken",
    title="The trace breaks between two services",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("traces", "configuration"),
    why="An order is one request to the customer, and two unrelated ones to whoever looks for the fault.",
    remedy="The trace header goes on with the message: a patched SDK, active tracing on what lies between.",
    limits="Judged by a sample of the traces. A message of a publisher outside is a beginning, too.",
    judge=judge,
    spared=skipped_resources.not_fed,
    lacking=missing_data.traces,
    misleads="Each half looks complete.",
    runbook="02-make-it-visible",
)
