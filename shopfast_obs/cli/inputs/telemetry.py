"""Where a report's traces, logs and alarms come from: saved files, or a window of a cloud. What is missing is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from shopfast_obs.cli.inputs import block_processes, saved_traces, time_windows
from shopfast_obs.cli.inputs.account_logs import AccountLogs
from shopfast_obs.cli.inputs.platform_lines import Platform
from shopfast_obs.errors import DeniedError
from shopfast_obs.model.counts import plural
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.parse import duration

if TYPE_CHECKING:
    from shopfast_obs.analysis.traces.overview.overview import Overview
    from shopfast_obs.cli.app import App
    from shopfast_obs.cloud.interface import LogVolume
    from shopfast_obs.model.deployments import Deployment
    from shopfast_obs.model.failures import Failure
    from shopfast_obs.model.telemetry import AlarmStatus, LogEvent, ServiceTotals, Trace
    from shopfast_obs.parse.logs.correlation import Line, Wanted
    from shopfast_obs.report.trace_tables import Clock

LAMBDA_LOGS = "/aws/lambda/"
SAMPLED = "sampled"  # how a note on what is not exact begins
BEFORE, AFTER = 10.0, 3.0  # seconds around a failure in which the lines of its stream are read
NEAR = 30.0  # seconds around a failure in which its log lines lie
# A window may have both formats: before an instrumentation, after.
REPORTED = '?"REPORT RequestId" ?"platform.report" ?"INIT_START" ?"platform.initStart"'
FUNCTIONS = 50  # whose REPORT lines are read: each takes a call
NAMED = 3  # files that a title names
CONTEXT, LINES = 2, 14  # lines around each match, and how many a reader gets


class Source(Protocol):
    """What a report is made of; traces and events may be asked for several times."""

    where: str
    window: TimeRange | None
    problems: list[str]
    sources: list[str]  # which way the log lines were read, and what of them is exact
    counted: int  # log events that were counted without being read

    @property
    def guessed(self) -> Collection[str]:
        """The log groups that have the name of their file, because nothing tells theirs."""
        ...

    def traces(self) -> Iterable[Trace]:
        """The traces, one at a time."""
        ...

    def overview(self, lines: Platform) -> Overview:
        """The overview of the traces, with what Lambda itself says of the functions."""
        ...

    def events(self) -> Iterable[LogEvent]:
        """The log events, group by group."""
        ...

    def totals(self) -> Sequence[ServiceTotals]:
        """What was counted of each service over all traces, where there are more than are read."""
        ...

    def alarms(self) -> Sequence[AlarmStatus]:
        """The alarms as they stand."""
        ...

    def ahead(self) -> float:
        """Seconds that the alarms' clock is ahead of everything else's."""
        ...

    def platform(self) -> Platform:
        """What Lambda itself says of the functions."""
        ...

    def deployments(self, lines: Platform) -> Sequence[Deployment]:
        """What was deployed in the window, as far as Lambda's lines or anything else tells of it, oldest first."""
        ...

    def before(self) -> Source | None:
        """The window of the same length before this one; None where there is none."""
        ...

    def around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]]:
        """For each the log lines of the failed request, of its trace in other groups, and some around them."""
        ...


def source(  # noqa: PLR0917 - which telemetry
    app: App,
    paths: Sequence[Path],
    since: str,
    expression: str = "",
    limit: int | None = None,
    logs: AccountLogs | None = None,
) -> Source:
    """The files when there are any, else the cloud since then; of files all, unless it is since a deployment."""
    if paths:
        files = Files(paths, expression, limit)
        return time_windows.of_files(files, since) if duration.deployment(since) else files
    asked = time_windows.since(app, since)
    return Window(app, asked.window, asked.said, expression, limit or saved_traces.LIMIT, logs)


def _named(paths: Sequence[Path]) -> str:
    """The paths; of many the first, and how many more."""
    shown = ", ".join(str(path) for path in paths[:NAMED])
    return shown if len(paths) <= NAMED else f"{shown} and {len(paths) - NAMED} more"


def clock(read: Source, alarms: Sequence[AlarmStatus]) -> Clock:
    """The end of the window, and how far the clock of its alarms is ahead of that."""
    from shopfast_obs.report.trace_tables import Clock

    return Clock(read.window.end if read.window else 0.0, read.ahead() if alarms else 0.0)


class Files:
    """Saved traces and logs; read again each time, because they may be larger than memory."""

    def __init__(
        self, paths: Sequence[Path], expression: str, limit: int | None, part: TimeRange | None = None
    ) -> None:
        self._paths, self._expression, self._limit, self._part = paths, expression, limit, part
        self.where = f"from {_named(paths)}"
        self.window: TimeRange | None = None
        self.problems: list[str] = []
        self.sources: list[str] = []
        self.counted = 0
        self.any_trace = False  # also one that does not match
        self._reads = self._looks = 0

    def traces(self) -> Iterable[Trace]:
        """The traces of the files; what could not be read is named the first time."""
        self._reads += 1
        problems = self.problems if self._reads == 1 else []
        found = saved_traces.saved(
            self._paths, problems, self._expression, None if self._part else self._limit, self._note
        )
        if self._part is None:
            return found
        return islice((trace for trace in found if self._holds(_start(trace))), self._limit)

    def overview(self, lines: Platform) -> Overview:
        """The overview of the traces; large files are read by several processes."""
        from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder, overview

        deployments = self.deployments(lines)
        large = None if self._part or self._limit else saved_traces.large(self._paths, self.problems)
        if large is None:
            return overview(self.traces(), lines.reports, deployments)
        self._reads += 1
        made = partial(OverviewBuilder, lines.reports, deployments)
        chosen = partial(saved_traces.matching, expression=self._expression)
        chosen(iter(()))  # raises here, not in a process, where it cannot be understood
        found = large.collected(made, chosen, block_processes.cores())
        saved_traces.tell(large.problems, self.problems, self._paths)
        self.any_trace = found.any_trace
        return found.builder.result()

    @property
    def guessed(self) -> Collection[str]:
        """Those that lines have which do not name theirs."""
        return {saved_traces.group_of(file) for file in saved_traces.files(self._paths, [])}

    def within(self, part: TimeRange, where: str) -> Files:
        """The same files, as far as they are of this time."""
        files = Files(self._paths, self._expression, self._limit, part)
        files.where = f"{self.where} {where}"
        return files

    def _holds(self, moment: float) -> bool:
        return self._part is None or self._part.start <= moment < self._part.end

    def _note(self, _: Trace) -> None:
        self.any_trace = True

    def events(self) -> Iterable[LogEvent]:
        """The log events of the files; what could not be read is named the first time."""
        self._looks += 1
        events = saved_traces.saved_events(self._paths, self.problems if self._looks == 1 else [])
        return events if self._part is None else (event for event in events if self._holds(event.timestamp))

    def totals(self) -> Sequence[ServiceTotals]:
        """None: files count nothing by themselves."""
        return ()

    @contextmanager
    def open_lines(self) -> Iterator[list[tuple[str, BinaryIO]] | None]:
        """The files with their groups, open, where all are lines of text of which parts can be read; None where one is
        anything else, or only a part of the time is asked for."""
        from shopfast_obs.cli.inputs.saved_logs import SavedLogs

        if self._part is not None:
            yield None
            return
        with SavedLogs(self._paths, lambda _: True, []) as logs:
            yield logs.clear()

    def alarms(self) -> Sequence[AlarmStatus]:
        """None: files have no alarms."""
        return ()

    def ahead(self) -> float:
        """0: nor have they a clock."""
        return 0.0

    def platform(self) -> Platform:
        """What the log files have of it."""
        return Platform(self.events())

    def deployments(self, lines: Platform) -> Sequence[Deployment]:
        """Those that log lines tell: changes of a function's version, memory size or runtime."""
        return lines.deployments()

    def before(self) -> Source | None:
        """None: nothing says what came before a file."""
        return None

    def around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]]:
        """The lines of the files: of large ones by parts, of others they are read once for all."""
        found = self._parts_around(failures)
        if found is not None:
            return found
        near: list[list[LogEvent]] = [[] for _ in failures]
        for event in self.events() if failures else ():
            for events, failure in zip(near, failures, strict=True):
                if abs(event.timestamp - failure.timestamp) <= NEAR:
                    events.append(event)
        return [_chosen(events, failure) for events, failure in zip(near, failures, strict=True)]

    def _parts_around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]] | None:
        """The same where parts of the files tell; None where they do not."""
        from shopfast_obs.cli.inputs.saved_logs import around
        from shopfast_obs.parse.logs.excerpts import Excerpts, UnclearError

        with self.open_lines() as opened:
            try:
                parts = [Excerpts(*one) for one in opened or ()]
                found = [
                    _chosen(around(parts, _wanted(one), one.timestamp - NEAR, one.timestamp + NEAR, CONTEXT), one)
                    for one in failures
                ]
                return found if parts else None
            except UnclearError:
                return None


def _start(trace: Trace) -> float:
    return min((segment.start for segment in trace.segments), default=0.0)


class Window:
    """What a cloud observed in a window."""

    def __init__(  # noqa: PLR0917 - which window of what
        self,
        app: App,
        window: TimeRange,
        where: str,
        expression: str,
        limit: int,
        logs: AccountLogs | None = None,
    ) -> None:
        self._app, self._expression, self._limit = app, expression, limit
        self._logs = logs or AccountLogs(app)
        self.sources: list[str] = []
        self.counted = 0
        self.where = where
        self.window: TimeRange | None = window
        self._range = window
        self._deployed: Sequence[Deployment] | None = None
        self.problems: list[str] = []

    @property
    def guessed(self) -> Collection[str]:
        """None: a cloud names its groups."""
        return ()

    @cached_property
    def _traces(self) -> list[Trace]:
        return saved_traces.observed(self._app, self._range, self.problems, self._expression, self._limit)

    def traces(self) -> Iterable[Trace]:
        """The newest traces; raises DeniedError when none may be read."""
        return self._traces

    def overview(self, lines: Platform) -> Overview:
        """The overview of the newest traces."""
        from shopfast_obs.analysis.traces.overview.overview import overview

        return overview(self._traces, lines.reports, self.deployments(lines))

    def events(self) -> Iterator[LogEvent]:
        """The events of all groups that may be read; of many lines only those that tell of failures."""
        try:
            plan = self._logs.plan(self._range)
        except DeniedError as problem:
            self.problems.append(f"{saved_traces.kind_of(problem)}: no log lines, because {problem.message}")
            return
        groups = plan.read
        if plan.queried:
            try:
                yield from self._failing(plan.queried)
            except DeniedError as problem:
                groups = (*(volume.group for volume in plan.queried), *plan.read)
                self.sources.append(f"Logs: read by FilterLogEvents, because {problem.message}")
        yield from self._read(groups)

    def _failing(self, volumes: Sequence[LogVolume]) -> Sequence[LogEvent]:
        """The lines that tell of failures, and how many others there are."""
        found = self._app.cloud().failing_lines(volumes, self._range)
        self.counted = found.scanned - len(found.events)
        limited = [note for note in found.notes if note.startswith(SAMPLED)]
        exact = "sampled, see below" if limited else "exact"
        self.sources += [
            f"Logs: queries of Logs Insights over {plural(len(volumes), 'group')} counted {found.scanned:,} lines and "
            f"fetched the {found.failing:,} that tell of failures; error groups and counts are {exact}; log templates "
            "are of these lines alone.",
            *(f"Logs: {note}." for note in found.notes),
        ]
        return found.events

    def _read(self, groups: Sequence[str]) -> Iterator[LogEvent]:
        cloud = self._app.cloud()
        refused: list[str] = []
        for group in groups:
            try:
                yield from cloud.events(group, self._range)
            except DeniedError as problem:
                refused.append(group)
                told = f"{saved_traces.kind_of(problem)}: no log lines of {group}, because {problem.message}"
                if len(refused) == 1 and told not in self.problems:
                    self.problems.append(told)
        if len(refused) > 1:
            self.problems.append(f"denied: no log lines of {len(refused)} groups, such as {refused[-1]}")

    def totals(self) -> Sequence[ServiceTotals]:
        """X-Ray's own, where the window has more traces than are read and none is filtered out."""
        if self._expression or len(self._traces) < self._limit:
            return ()
        try:
            return self._app.cloud().service_totals(self._range)
        except DeniedError as problem:
            self.problems.append(f"{saved_traces.kind_of(problem)}: no totals of X-Ray, because {problem.message}")
            return ()

    def alarms(self) -> Sequence[AlarmStatus]:
        """The alarms with their changes in the window; what may not be read is missing, with the reason."""
        what = "alarms"
        statuses: Sequence[AlarmStatus] = ()
        try:
            statuses = self._app.cloud().alarms()
            what = "history of alarms"
            history = self._app.cloud().alarm_history(self._range) if statuses else {}
        except DeniedError as problem:
            self.problems.append(f"{saved_traces.kind_of(problem)}: no {what}, because {problem.message}")
            return statuses
        return [replace(status, changes=tuple(history.get(status.name, ()))) for status in statuses]

    def ahead(self) -> float:
        """As the cloud says."""
        return self._app.cloud().ahead

    def platform(self) -> Platform:
        """Of the functions in the traces; where it may not be read, memory sizes and sampling stay unknown."""
        from shopfast_obs.analysis.traces.waterfall import functions

        names = dict.fromkeys(name for trace in self._traces for name in functions(trace))
        found = Platform()
        cloud = self._app.cloud()
        try:
            for name in islice(names, FUNCTIONS):
                found.add(cloud.events(f"{LAMBDA_LOGS}{name}", self._of_traces(), REPORTED))
        except DeniedError as problem:
            self.problems.append(f"{saved_traces.kind_of(problem)}: no memory sizes, because {problem.message}")
        return found

    def _of_traces(self) -> TimeRange:
        """The window from the first trace that is read: where only the newest are, not all lines need be."""
        first = min(map(_start, self._traces), default=0.0) - NEAR if len(self._traces) >= self._limit else 0.0
        return TimeRange(min(max(self._range.start, first), self._range.end), self._range.end)

    def deployments(self, lines: Platform) -> Sequence[Deployment]:
        """Those that the target, the journal and Lambda's lines tell. Why some may be missing is no lack of what was
        asked for."""
        from shopfast_obs.cli.inputs.deployments import known

        if self._deployed is not None:
            return self._deployed
        found = known(self._app, self._range.start, lines.deployments())
        self.problems += [f"{saved_traces.LIMITED}: deployments may be missing: {reason}" for reason in found.unread]
        self._deployed = [one for one in found.deployments if self._range.start < one.time <= self._range.end]
        return self._deployed

    def before(self) -> Source | None:
        """The window of the same length before this one."""
        start = self._range.start - self._range.seconds
        window = TimeRange(start, self._range.start)
        return Window(self._app, window, "before", self._expression, self._limit, self._logs)

    def around(self, failures: Sequence[Failure]) -> Sequence[Sequence[Line]]:
        """The lines of the failed function and of those on its way to the customer."""
        return [self._around(failure) for failure in failures]

    def _around(self, failure: Failure) -> Sequence[Line]:
        groups = dict.fromkeys((failure.group, *(f"{LAMBDA_LOGS}{name}" for name in failure.way or (failure.where,))))
        near = TimeRange(failure.timestamp - NEAR, failure.timestamp + NEAR)
        cloud = self._app.cloud()
        events: list[LogEvent] = []
        if self.counted:
            return _chosen(self._beside(failure), failure)
        for group in groups:
            try:
                events += cloud.events(group, near) if group else ()
            except DeniedError:  # named already, when the groups were read
                continue
        return _chosen(events, failure)

    def _beside(self, failure: Failure) -> Sequence[LogEvent]:
        """The lines of its stream alone: a whole group may have millions."""
        if not failure.group or not failure.stream:
            return ()
        near = TimeRange(failure.timestamp - BEFORE, failure.timestamp + AFTER)
        try:
            return self._app.cloud().stream_lines(failure.group, failure.stream, near)
        except DeniedError:
            return ()


def _chosen(events: Iterable[LogEvent], failure: Failure) -> Sequence[Line]:
    """The lines that belong to the failure with their neighbours, the nearest when there are many."""
    from shopfast_obs.parse.logs.correlation import related

    found = related(events, _wanted(failure), CONTEXT)
    nearest = sorted(found, key=lambda line: abs(line.event.timestamp - failure.timestamp))[:LINES]
    return sorted(nearest, key=lambda line: line.event.timestamp)


def _wanted(failure: Failure) -> Wanted:
    from shopfast_obs.parse.logs.correlation import Wanted

    ids = tuple(id_ for id_ in (failure.request_id, failure.trace_id) if id_)
    return Wanted(ids or (failure.line or failure.message,))
