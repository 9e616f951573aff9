"""Executions that begin and do not end."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, counted, some
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.workflow_states import definition
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import STATE_MACHINE, Resource

STARTED = Measure(STATE_MACHINE, "ExecutionsStarted")
ENDED = tuple(Measure(STATE_MACHINE, f"Executions{how}") for how in ("Succeeded", "Failed", "TimedOut", "Aborted"))
QUIET = 60  # seconds at the end of the window in which an execution may simply be under way
SHARE = 0.05


def judge(machine: Resource, context: Context) -> Judgement:
    """Found when more than 5 % of the executions that started a minute ago or earlier have not ended."""
    series = context.measured(machine, STARTED)
    if series is None or context.window is None:
        return Undecided(f"no execution started{during(context.window)}")
    started = int(sum(value for moment, value in series.points if moment < context.window.end - QUIET))
    ended = sum(context.total(machine, measure) for measure in ENDED)
    running = started - ended
    if running <= SHARE * started or running < 1:
        return Passed(f"{plural(min(ended, started) or ended, 'execution')} came to an end")
    evidence = [
        counted(f"{started:,} started, {ended:,} ended", machine, STARTED, context, started=started, ended=ended)
    ]
    return Found(
        f"{machine.name} does not come to an end: {running:,} of {plural(started, 'started execution')} still run",
        evidence + _bounds(machine, context),
        Remedy(
            "Look where they stand, and bound the execution and each wait with TimeoutSeconds.",
            f"aws stepfunctions list-executions --state-machine-arn {machine.arn} --status-filter RUNNING",
        ),
        confidence="likely",
        harm=float(running),
    )


def _bounds(machine: Resource, context: Context) -> list[Evidence]:
    """What the definition says about an end."""
    said = definition(machine, context)
    if said is None:
        return []
    points = {"Timestamp", "TimestampPath"}
    waits = [state.name for state in said.states if state.kind == "Wait" and points & state.fields.keys()]
    bounded = "set" if said.fields.get("TimeoutSeconds") else "not set"
    what = f"TimeoutSeconds is {bounded} for the whole execution"
    what += f"; {some(waits)} wait for a point in time" if waits else ""
    return [configured(what, "DefinitionString", waits=len(waits))]


RULE = Rule(
    id="workflow-never-ends",
    title="Executions begin and do not end",
    severity=Severity.HIGH,
    types=(STATE_MACHINE,),
    needs=("metrics", "configuration"),
    why="Somebody waits for the end: an order, a refund, a customer.",
    remedy="`TimeoutSeconds` for the execution and for what it waits for.",
    limits="A workflow that takes longer than the window looks the same; take a longer window.",
    judge=judge,
    lacking=missing_data.metrics,
    misleads="Zero failures: a workflow that never ends never fails.",
    measures=(STARTED, *ENDED),
)
