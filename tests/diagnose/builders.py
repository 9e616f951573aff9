"""What the tests of the rules are made of: functions, log lines as Lambda writes them, and a context read from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shopfast_obs.diagnose.collect import collect
from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.model.findings import Clear, Finding, NotEnoughData, Outcome
from shopfast_obs.model.resources import FUNCTION, Gap, Inventory, Resource
from shopfast_obs.model.sources import Source
from shopfast_obs.model.telemetry import AlarmStatus, LogEvent, MetricSeries, Segment, TimeRange, Trace, WatchedMetric
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line

START = 1_800_000_000.0
WINDOW = TimeRange(START, START + 900)
STREAM = "2027/01/15/[$LATEST]0123456789abcdef0123456789abcdef"


def request_id(number: int) -> str:
    """A request id as Lambda makes them."""
    return f"00000000-0000-4000-8000-{number:012d}"


def function(name: str = "web", **properties: Any) -> Resource:
    """A deployed function of a stack, 128 MB and 3 s unless the properties say otherwise."""
    return Resource(
        FUNCTION, name, name.capitalize(), "app", properties={"Timeout": 3, "MemorySize": 128, **properties}
    )


def finished(number: int, seconds: float = 0.05, **more: Any) -> list[str]:
    """The lines of an invocation that ended by itself; `more` goes to the REPORT."""
    id_ = request_id(number)
    return [
        f"START RequestId: {id_} Version: $LATEST\n",
        f"END RequestId: {id_}\n",
        report_line(id_, seconds * 1000, **more),
    ]


def killed(number: int, seconds: float = 3.0, **more: Any) -> list[str]:
    """The lines of an invocation that its timeout killed."""
    id_ = request_id(number)
    return [
        f"START RequestId: {id_} Version: $LATEST\n",
        f"2027-01-15T08:00:00.000Z {id_} Task timed out after {seconds:.2f} seconds\n\n",
        f"END RequestId: {id_}\n",
        report_line(id_, seconds * 1000, status="timeout", **more),
    ]


def died(number: int, seconds: float = 1.0, *, used_mb: int = 128, **more: Any) -> list[str]:
    """The lines of an invocation whose process was killed, its memory full."""
    id_ = request_id(number)
    line = report_line(id_, seconds * 1000, used_mb=used_mb, status="error", **more)
    return [
        f"START RequestId: {id_} Version: $LATEST\n",
        f"RequestId: {id_} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n",
        f"END RequestId: {id_}\n",
        line.rstrip("\n") + "Error Type: Runtime.ExitError\t\n",
    ]


def speaking(lines: list[str], *own: str) -> list[str]:
    """The lines of an invocation with some of its own after START."""
    return [lines[0], *own, *lines[1:]]


def refused(code: str, operation: str, message: str) -> str:
    """The line of a boto3 error that nobody caught."""
    return f"[ERROR] ClientError: An error occurred ({code}) when calling the {operation} operation: {message}\n"


def emf(n: int, **dimensions: str) -> str:
    """A line of embedded metrics, as Powertools writes it."""
    directive = {
        "Namespace": "shop",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": "Orders", "Unit": "Count"}],
    }
    aws = {"Timestamp": int(START * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": aws, "Orders": n, **dimensions}) + "\n"


def guard(call: str, seconds: float, cpu: float = 0.01) -> str:
    """What the deadline's guard says of an invocation that is in this call."""
    said = {
        "level": "ERROR",
        "message": "The deadline is near: this invocation will time out",
        "remaining_ms": 300,
        "cpu_seconds": cpu,
        "running": ["store.py:14 get"],
        "aws_call": call,
        "open_subsegments": [{"name": "## handler", "seconds": seconds}, {"name": "DynamoDB", "seconds": seconds}],
    }
    return json.dumps(said) + "\n"


def calling(function: str = "web", *calls: Segment, number: int = 1) -> Trace:
    """A trace of a function that makes these calls."""
    return function_trace(f"1-00000000-{number:024d}", START + 1, name=function, duration=2.0, calls=calls)


def aws_call(name: str, operation: str, start: float, end: float | None, resource: str = "", **more: Any) -> Segment:
    """A call of an AWS service, its times in seconds after the handler's start."""
    begin = START + 1
    return Segment(
        id=f"{operation}{start:.3f}",
        name=name,
        start=begin + start,
        end=None if end is None else begin + end,
        namespace="aws",
        aws={"operation": operation, **({"table_name": resource} if resource else {}), **more},
    )


def written(resource: Resource, *invocations: Iterable[str]) -> dict[str, list[LogEvent]]:
    """The log of a function with these lines, a hundredth of a second apart."""
    lines = [line for invocation in invocations for line in invocation]
    times = [(START + 1 + number / 100, line) for number, line in enumerate(lines)]
    return {log_group(resource): log_events(log_group(resource), times, STREAM)}


def metric(namespace: str, name: str, value: float, statistic: str = "Sum", **dimensions: str) -> MetricSeries:
    """A metric with one point."""
    return MetricSeries(namespace, name, tuple(dimensions.items()), statistic, 60, ((START + 60, value),))


def alarm(name: str, *watches: WatchedMetric) -> AlarmStatus:
    """A live alarm on these metrics."""
    return AlarmStatus(name, "OK", watches=watches)


def observed(
    *resources: Resource,
    logs: dict[str, list[LogEvent]] | None = None,
    metrics: Sequence[MetricSeries] = (),
    alarms: Sequence[AlarmStatus] = (),
    traces: Sequence[Trace] = (),
    sources: Mapping[str, Source] | None = None,
    gaps: Sequence[Gap] = (),
) -> Context:
    """What the rules read of a cloud with these resources and telemetry."""
    inventory = Inventory("fake", resources, tuple(gaps))
    cloud = FakeCloud(inventory, logs or {}, traces, metrics, alarms)
    return Context(inventory, collect(cloud, inventory, WINDOW), sources or {})


def declared(*resources: Resource, sources: Mapping[str, Source] | None = None) -> Context:
    """What the rules read of a template."""
    return Context(Inventory("template app.json", resources), None, sources or {})


def found(outcome: Outcome) -> Finding:
    """The outcome, a finding with evidence and a remedy."""
    assert isinstance(outcome, Finding), outcome
    assert outcome.evidence
    assert all(item.numbers for item in outcome.evidence)
    assert outcome.remedy.summary
    return outcome


def clear(outcome: Outcome) -> str:
    """Why the resource is clear."""
    assert isinstance(outcome, Clear), outcome
    return outcome.reason


def undecided(outcome: Outcome) -> str:
    """What is missing to decide."""
    assert isinstance(outcome, NotEnoughData), outcome
    return outcome.reason


def rule(id_: str) -> Rule:
    """The rule with this id."""
    return next(one for one in catalogue() if one.id == id_)
