"""Where a report's traces, logs and alarms come from: saved files, or a window of a cloud. What is missing is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shopfast_obs.cli import saved, windows
from shopfast_obs.errors import DeniedError
from shopfast_obs.model.telemetry import TimeRange

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.model.failures import Failure
    from shopfast_obs.model.telemetry import AlarmStatus, InvocationReport, LogEvent, Trace
    from shopfast_obs.parse.correlation import Line

LAMBDA_LOGS = "/aws/lambda/"
NEAR = 30.0  # seconds around a failure in which its log lines lie
REPORTED = '?"REPORT RequestId" ?"platform.report"'  # a window may have both formats: before an instrumentation, after
FUNCTIONS = 50  # whose REPORT lines are read: each takes a call
CONTEXT, LINES = 2, 14  # lines around each match, and how many a reader gets


class Source(Protocol):
    """What a report is made of; traces and events may be asked for several times."""

    where: str
    window: TimeRange | None
    problems: list[str]

    def traces(self) -> Iterable[Trace]:
        """The traces, one at a time."""
        ...

    def events(self) -> Iterable[LogEvent]:
        """The log events, group by group."""
        ...

    def alarms(self) -> Sequence[AlarmStatus]:
        """The alarms as they stand."""
        ...

    def reports(self) -> Mapping[str, InvocationReport]:
        """What Lambda reports of the functions' invocations, by request id."""
        ...

    def before(self) -> Source | None:
        """The window of the same length before this one; None where there is none."""
        ...

    def around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]]:
        """For each the log lines of the failed request, of its trace in other groups, and some around them."""
        ...


def source(app: App, paths: Sequence[Path], since: str, expression: str = "", limit: int | None = None) -> Source:
    """The files when there are any, else the cloud since then."""
    if paths:
        return Files(paths, expression, limit)
    asked = windows.since(app, since)
    return Window(app, asked.window, asked.said, expression, limit or saved.LIMIT)


class Files:
    """Saved traces and logs; read again each time, because they may be larger than memory."""

    def __init__(self, paths: Sequence[Path], expression: str, limit: int | None) -> None:
        self._paths, self._expression, self._limit = paths, expression, limit
        self.where = f"from {', '.join(str(path) for path in paths)}"
        self.window: TimeRange | None = None
        self.problems: list[str] = []
        self.any_trace = False  # also one that does not match
        self._reads = self._looks = 0

    def traces(self) -> Iterable[Trace]:
        """The traces of the files; what could not be read is named the first time."""
        self._reads += 1
        problems = self.problems if self._reads == 1 else []
        return saved.saved(self._paths, problems, self._expression, self._limit, self._note)

    def _note(self, _: Trace) -> None:
        self.any_trace = True

    def events(self) -> Iterable[LogEvent]:
        """The log events of the files; what could not be read is named the first time."""
        self._looks += 1
        return saved.saved_events(self._paths, self.problems if self._looks == 1 else [])

    def alarms(self) -> Sequence[AlarmStatus]:
        """None: files have no alarms."""
        return ()

    def reports(self) -> Mapping[str, InvocationReport]:
        """Those in the log files."""
        return reported(self.events())

    def before(self) -> Source | None:
        """None: nothing says what came before a file."""
        return None

    def around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]]:
        """The lines of the files, which are read once for all."""
        near: list[list[LogEvent]] = [[] for _ in failures]
        for event in self.events() if failures else ():
            for events, failure in zip(near, failures, strict=True):
                if abs(event.timestamp - failure.timestamp) <= NEAR:
                    events.append(event)
        return [_chosen(events, failure) for events, failure in zip(near, failures, strict=True)]


class Window:
    """What a cloud observed in a window."""

    def __init__(self, app: App, window: TimeRange, where: str, expression: str, limit: int) -> None:
        self._app, self._expression, self._limit = app, expression, limit
        self.where = where
        self.window: TimeRange | None = window
        self._range = window
        self.problems: list[str] = []

    @cached_property
    def _traces(self) -> list[Trace]:
        return saved.observed(self._app, self._range, self.problems, self._expression, self._limit)

    def traces(self) -> Iterable[Trace]:
        """The newest traces; raises DeniedError when none may be read."""
        return self._traces

    def events(self) -> Iterator[LogEvent]:
        """The events of all groups that may be read."""
        cloud = self._app.cloud()
        refused: list[str] = []
        try:
            groups = cloud.groups()
        except DeniedError as problem:
            self.problems.append(f"{saved.kind_of(problem)}: no log lines, because {problem.message}")
            return
        for group in groups:
            try:
                yield from cloud.events(group, self._range)
            except DeniedError as problem:
                refused.append(group)
                told = f"{saved.kind_of(problem)}: no log lines of {group}, because {problem.message}"
                if len(refused) == 1 and told not in self.problems:
                    self.problems.append(told)
        if len(refused) > 1:
            self.problems.append(f"denied: no log lines of {len(refused)} groups, such as {refused[-1]}")

    def alarms(self) -> Sequence[AlarmStatus]:
        """The alarms with their changes in the window; what may not be read is missing, with the reason."""
        what = "alarms"
        statuses: Sequence[AlarmStatus] = ()
        try:
            statuses = self._app.cloud().alarms()
            what = "history of alarms"
            history = self._app.cloud().alarm_history(self._range) if statuses else {}
        except DeniedError as problem:
            self.problems.append(f"{saved.kind_of(problem)}: no {what}, because {problem.message}")
            return statuses
        return [replace(status, changes=tuple(history.get(status.name, ()))) for status in statuses]

    def reports(self) -> Mapping[str, InvocationReport]:
        """Those of the functions in the traces; where they may not be read, memory sizes and sampling stay unknown."""
        from shopfast_obs.analysis.waterfall import functions

        names = dict.fromkeys(name for trace in self._traces for name in functions(trace))
        found: dict[str, InvocationReport] = {}
        cloud = self._app.cloud()
        try:
            for name in islice(names, FUNCTIONS):
                found |= reported(cloud.events(f"{LAMBDA_LOGS}{name}", self._range, REPORTED))
        except DeniedError as problem:
            self.problems.append(f"{saved.kind_of(problem)}: no memory sizes, because {problem.message}")
        return found

    def before(self) -> Source | None:
        """The window of the same length before this one."""
        start = self._range.start - self._range.seconds
        window = TimeRange(start, self._range.start)
        return Window(self._app, window, "before", self._expression, self._limit)

    def around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]]:
        """The lines of the failed function and of those on its way to the customer."""
        return [self._around(failure) for failure in failures]

    def _around(self, failure: Failure) -> Sequence[Line]:
        groups = dict.fromkeys((failure.group, *(f"{LAMBDA_LOGS}{name}" for name in failure.way or (failure.where,))))
        near = TimeRange(failure.timestamp - NEAR, failure.timestamp + NEAR)
        cloud = self._app.cloud()
        events: list[LogEvent] = []
        for group in groups:
            try:
                events += cloud.events(group, near) if group else ()
            except DeniedError:  # named already, when the groups were read
                continue
        return _chosen(events, failure)


def reported(events: Iterable[LogEvent]) -> dict[str, InvocationReport]:
    """What Lambda reports in these events, by request id."""
    from shopfast_obs.parse import platform

    found = (platform.report(event.message, event) for event in events)
    return {report.request_id: report for report in found if report is not None}


def _chosen(events: Iterable[LogEvent], failure: Failure) -> Sequence[Line]:
    """The lines that belong to the failure with their neighbours, the nearest when there are many."""
    from shopfast_obs.parse.correlation import Wanted, related

    ids = tuple(id_ for id_ in (failure.request_id, failure.trace_id) if id_)
    found = related(events, Wanted(ids or (failure.line or failure.message,)), CONTEXT)
    nearest = sorted(found, key=lambda line: abs(line.event.timestamp - failure.timestamp))[:LINES]
    return sorted(nearest, key=lambda line: line.event.timestamp)
