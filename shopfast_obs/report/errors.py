"""The report on errors: groups from logs and traces together, each with its cause, its way to the customer, a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shopfast_obs.analysis.errors import ErrorGroup, error_groups
from shopfast_obs.analysis.trace_failures import trace_failures
from shopfast_obs.analysis.tree import tree
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.telemetry import LogEvent, TimeRange, Trace
from shopfast_obs.parse import failures as log_failures
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import clock, plural
from shopfast_obs.report.view import Report, Section

LINE = 300  # characters of a log line that a reader gets


@dataclass(frozen=True, slots=True)
class ErrorView:
    """The error groups of a window, and how much was read to find them."""

    groups: tuple[ErrorGroup, ...]
    events: int
    traces: int
    problems: tuple[str, ...] = ()


def error_view(events: Iterable[LogEvent], traces: Iterable[Trace], problems: Sequence[str] = ()) -> ErrorView:
    """The groups of everything that went wrong in these logs and traces."""
    counted = _Counted(events)
    logs = log_failures.failures(counted)
    found: list[Failure] = list(logs.failures)
    requests = dict(logs.traces)
    number = 0
    for number, trace in enumerate(traces, 1):  # noqa: B007 - the count is the result
        grown = tree(trace)
        found.extend(trace_failures(grown))
        for segment in grown.nodes:
            request_id = segment.aws.get("request_id")
            if isinstance(request_id, str) and segment.origin.startswith("AWS::Lambda"):
                requests.setdefault(request_id, trace.id)
    return ErrorView(error_groups(found, requests), counted.count, number, tuple(problems))


class _Counted:
    """An iterable that knows how many items it gave."""

    def __init__(self, events: Iterable[LogEvent]) -> None:
        self._events, self.count = events, 0

    def __iter__(self) -> Iterator[LogEvent]:
        for event in self._events:
            self.count += 1
            yield event


def error_document(view: ErrorView, window: TimeRange | None) -> dict[str, Any]:
    """The JSON document: `groups[]`, the most frequent first."""
    body = {
        "window": document(window),
        "groups": document(view.groups),
        "events": view.events,
        "traces": view.traces,
        "warnings": list(view.problems),
    }
    return headed("errors", body)


def error_report(view: ErrorView, where: str) -> Report:
    """The report for a reader: a table of the groups, then each with its story."""
    title = f"{counted(view)} {where}"
    return Report(title, (error_table(view), *(_story(number, group) for number, group in enumerate(view.groups, 1))))


def counted(view: ErrorView) -> str:
    """`2 error groups, 7 failures`."""
    count = sum(group.count for group in view.groups)
    return f"{plural(len(view.groups), 'error group')}, {plural(count, 'failure')}"


def error_table(view: ErrorView) -> Section:
    """The groups, a row each."""
    rows = [
        (str(number), str(group.count), group_name(group), group.where, clock(group.last))
        for number, group in enumerate(view.groups, 1)
    ]
    return Section(
        "Error groups", view.problems, ("#", "n", "error", "where", "last seen"), tuple(rows), (0, 0, 32, 22, 0)
    )


def group_name(group: ErrorGroup) -> str:
    """What a reader calls the group: `KeyError: 'sku'`, `Task timed out after <n> seconds`."""
    if group.kind in ("exception", "throttle") and group.type:
        return f"{group.type}: {group.message}" if group.message else group.type
    return group.message or group.type


def _story(number: int, group: ErrorGroup) -> Section:
    exemplar = group.exemplars[0]
    line = " ".join(exemplar.line.split())
    lines = [
        f"{plural(group.count, 'time')} in {plural(group.requests, 'request')}, {clock(group.first)} to "
        f"{clock(group.last)} UTC",
        f"{group.kind.replace('_', ' ')} in {group.where}, seen in {' and '.join(group.sources)}",
        f"cause: {group.cause}" if group.cause else "",
        f"at: {group.frame[0]}:{group.frame[1]} in {group.frame[2]}" if group.frame else "",
        f"way to the customer: {' -> '.join(group.way)}" if len(group.way) > 1 else "",
        f"requests: {', '.join(f'{route} ({n})' for route, n in list(group.entry_points.items())[:4])}"
        if group.entry_points
        else "",
        f"{group.suppressed} of them did not reach the customer" if group.suppressed else "",
        f"trace: {exemplar.trace_id}" if exemplar.trace_id else "",
        f"request: {exemplar.request_id} in {exemplar.group}" if exemplar.request_id and exemplar.group else "",
        f"log: {line if len(line) <= LINE else line[:LINE] + '…'}" if line else "",
    ]
    return Section(f"{number}. {group_name(group)}  [{group.fingerprint}]", tuple(line for line in lines if line))
