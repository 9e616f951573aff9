"""What the tests of the rules are made of: functions, log lines as Lambda writes them, and a context read from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shopfast_obs.diagnose.collect import collect
from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.model.findings import Clear, Finding, NotEnoughData, Outcome
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.model.telemetry import AlarmStatus, LogEvent, MetricSeries, TimeRange, Trace, WatchedMetric
from shopfast_obs.testing import FakeCloud, log_events, report_line

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
) -> Context:
    """What the rules read of a cloud with these resources and telemetry."""
    inventory = Inventory("fake", resources)
    cloud = FakeCloud(inventory, logs or {}, traces, metrics, alarms)
    return Context(inventory, collect(cloud, inventory, WINDOW))


def declared(*resources: Resource) -> Context:
    """What the rules read of a template."""
    return Context(Inventory("template app.json", resources))


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
