"""The tables of the report on traces, one function each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shopfast_obs.analysis.statistics import Distribution, rate_interval
from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.analysis.traces.overview.service_map import Counts, ServiceEdge, one_function
from shopfast_obs.analysis.traces.overview.timeline import Timeline, timelines
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import AlarmStatus, ServiceTotals
from shopfast_obs.report.groups import group_name
from shopfast_obs.report.headlines import FEW
from shopfast_obs.report.reading import reading
from shopfast_obs.report.text import clock, is_of_days, length, percent, seconds, several, span, sparkline
from shopfast_obs.report.view import HIDDEN, Section

PATTERNS = {
    "n_plus_one": "N+1",
    "repeated": "repeated",
    "sequential": "in a row",
    "slow": "slow",
    "retried": "retried",
    "throttled": "throttled",
    "large": "large",
}
MEANINGS = {
    "cycle": "segments that are their own ancestors; the loop is cut",
    "missing_root": "the root segment is missing; the earliest part stands in",
    "missing_parent": "a parent is missing; its parts hang under the root",
    "several_roots": "more than one segment has no parent",
    "in_progress": "a part has no end yet",
    "clock_skew": "clocks contradict each other",
    "duration_mismatch": "X-Ray's duration is not that of its parts",
    "duplicate_id": "two parts share an id",
    "chained": "parts of parallel tasks were sent as a chain; they are siblings again, their ends may be each other's",
    "limit_exceeded": "X-Ray dropped parts of a trace that was too large",
    "malformed": "documents that cannot be read",
    "empty": "a trace without segments",
    "defect": "a defect of shopfast-obs: the trace is left out of some tables",
}
MARK = "▲"
SLICES = 16  # blocks of a line


def times(latency: Distribution, *, few: bool) -> str:
    """`1.20 / 3.40 s`, p50 and p95, or of few the median and the longest; one time where there is just one."""
    if latency.count == 1:
        return seconds(latency.max)
    return several((latency.p50, latency.max if few else latency.p95))


def _of_times(overview: Overview) -> tuple[bool, str]:
    """Whether there are few traces, and what a column of times is called."""
    few = len(overview.traces) < FEW
    return few, "median / longest" if few else "p50 / p95"


def entry_points(overview: Overview) -> Section:
    """What callers saw, by route."""
    few, called = _of_times(overview)
    rows = []
    for entry in overview.entry_points:
        counts, latency = entry.counts, entry.counts.latency
        ends = f"{counts.ok}/{counts.error}/{counts.throttle}/{counts.fault}"
        all_four = (latency.p50, latency.p95, latency.p99, latency.max)
        took = times(latency, few=few) if few or latency.count == 1 else several(all_four)
        rows.append((entry.name, str(counts.total), ends, took))
    columns = ("entry point", "n", "ok/4xx/429/5xx", called if few else "p50 / p95 / p99 / max")
    return Section("Entry points", (), columns, tuple(rows), (25, 0, 0, 0))


def totals(found: Sequence[ServiceTotals], read: int) -> Section:
    """What X-Ray counted itself over all traces, where only some were read."""
    rows = [
        (one.name, one.type, f"{one.requests:,}", _share(one.faults, one.requests), _share(one.errors, one.requests),
         seconds(one.seconds / one.requests) if one.requests else "")
        for one in found
    ]  # fmt: skip
    note = f"Counted by X-Ray over all its traces; all other tables are of the newest {read:,}."
    columns = ("service", "type", "n", "faults", "errors", "mean")
    return Section("All traces of the window", (note,) if rows else (), columns, tuple(rows), limit=15)


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if part else ""


def confidence(overview: Overview) -> Section:
    """How far the figures of the entry points can be trusted; nothing for few traces."""
    rows = []
    for entry in overview.entry_points if len(overview.traces) >= FEW else ():
        counts, latency = entry.counts, entry.counts.latency
        bad = counts.total - counts.ok
        between = " to ".join(percent(bound) for bound in rate_interval(bad, counts.total))
        sure = (latency.p50_interval, latency.p90_interval, latency.p95_interval, latency.p99_interval)
        rows.append((entry.name, between, seconds(latency.p90), *(_within(one) for one in sure)))
    note = "With 95 % confidence; where there are too few requests to tell, there is a dash." if rows else ""
    columns = ("entry point", "fail", "p90", "p50 within", "p90 within", "p95 within", "p99 within")
    return Section("Confidence", (), columns, tuple(rows), (20, 0, 0, 0, HIDDEN, 0, HIDDEN), note=note)


def _within(interval: tuple[float, float] | None) -> str:
    return several(interval).replace(" / ", " - ") if interval else "-"


def over_time(overview: Overview) -> Section:
    """A line of blocks for every entry point: how long requests took and how many failed, slice by slice; above them
    where something was deployed."""
    lines = timelines(overview.traces, SLICES) if len(overview.traces) >= FEW else ()
    rows = [_marks(lines[0], overview.deployments)] if lines else []
    for line in lines:
        times = [one.p95 for one in line.slices]
        failed = [float(one.failed) for one in line.slices]
        top = max((one for one in times if one is not None), default=0.0)
        rows.append((line.entry_point, sparkline(times), seconds(top), sparkline(failed) if any(failed) else "-"))
    note = ""
    if lines:
        first, step = lines[0].slices[0].start, lines[0].step
        since = clock(first, date=is_of_days(first, first + step * len(lines[0].slices)))
        note = f"From {since} UTC, a block for every {span(step)}; the highest is as high as its row says."
    columns = ("entry point", "p95 over time", "highest", "failed over time")
    kept = tuple(row for row in rows if row[1].strip())
    return Section("Over time", (), columns, kept, (20, 0, 0, 0), limit=13, note=note)


def _marks(line: Timeline, deployments: Sequence[Deployment]) -> tuple[str, str, str, str]:
    """A row with a mark in the slice of each deployment."""
    begin = line.slices[0].start
    marked = {math.floor((one.time - begin) / line.step) for one in deployments}
    marks = "".join(MARK if place in marked else " " for place in range(len(line.slices))).rstrip()
    return ("(deployed)", marks, "", "")


def deployments(overview: Overview) -> Section:
    """What was deployed in the window, and how that is known."""
    found = overview.deployments
    date = is_of_days(*(one.time for one in found), *(trace.start for trace in overview.traces[:1]))
    rows = [
        (clock(one.time, date=date), one.what, ", ".join(one.carries) or "-", ", ".join(one.names), one.source)
        for one in found
    ]
    columns = ("in force, UTC", "what", "with", "functions", "known by")
    return Section("Deployments", (), columns, tuple(rows), (0, 28, 0, HIDDEN, 20), limit=8)


def across(overview: Overview) -> Section:
    """The routes that the last deployment changed, before and since it."""
    split = overview.split
    if split is None:
        return Section("Before and since the deployment")
    now = {entry.name: entry.counts for entry in split.now.entry_points}
    rows = []
    for name, was in sorted(split.before.items(), key=lambda one: (-one[1].total, one[0])):
        counts = now.get(name)
        since = (_failures(counts), seconds(counts.latency.p95)) if counts else ("-", "-")
        rows.append((name, _failures(was), since[0], seconds(was.latency.p95), since[1]))
    columns = ("entry point", "failed before", "since", "p95 before", "since")
    date = is_of_days(split.deployment.time, *(trace.start for trace in overview.traces[:1]))
    note = f"The deployment of {clock(split.deployment.time, date=date)} UTC; the other tables are of the whole window."
    return Section("Before and since the deployment", (), columns, tuple(rows), (25, 0, 0, 0, 0), limit=12, note=note)


def _failures(counts: Counts) -> str:
    return f"{counts.fault + counts.throttle} of {counts.total}"


def breakdown(overview: Overview) -> Section:
    """The seconds of all critical paths by category."""
    total = sum(overview.breakdown.values())
    count = len(overview.traces) or 1
    rows = [
        (short(category), percent(spent / total), seconds(spent / count), "#" * round(spent / total * 30))
        for category, spent in sorted(overview.breakdown.items(), key=lambda item: -item[1])
        if spent > 0
    ]
    return Section("Where the time goes", (), ("on the critical path", "share", "per trace", ""), tuple(rows))


def steps(overview: Overview) -> Section:
    """The parts of the critical paths: what each could save of the waiting for answers, and of what follows these."""
    total = sum(overview.breakdown.values()) or 1.0
    after = sum(step.later for step in overview.steps)
    before = sum(step.awaited for step in overview.steps) or 1.0
    rows = [
        (step.name, short(step.category), str(step.traces), seconds(step.seconds / step.traces),
         percent(step.awaited / before), percent(step.later / after) if step.later else "-")
        for step in sorted(overview.steps, key=lambda step: (-step.awaited, -step.later, step.name))
        if step.seconds / total >= 0.001
    ]  # fmt: skip
    columns = ("part", "kind", "traces", "each", "could save", "after it")
    lines = tuple(filter(None, (reading(overview, step) for step in overview.steps)))[:2]
    if not after:
        return Section(
            "What customers waited for",
            lines,
            columns[:5],
            tuple(row[:5] for row in rows),
            (28, 16, HIDDEN, 0, 0),
            limit=8,
        )
    note = "Could save: of the time until the answer. After it: of the time from there to the last end."
    return Section(
        "What customers waited for", lines, columns, tuple(rows), (17, 16, HIDDEN, 0, 0, 0), limit=8, note=note
    )


def distinct_names(edges: Iterable[ServiceEdge]) -> dict[tuple[str, str], str]:
    """The names of the services at these edges, by name and type; with the type where several have one name."""
    ends = [end for one in edges for end in ((one.source, one.source_type), (one.target, one.target_type))]
    kinds = {(name, _kind(kind)) for name, kind in ends}
    several = {name for name, count in Counter(name for name, _ in kinds).items() if count > 1}
    return {(name, kind): f"{name} ({_kind(kind)})" if name in several else name for name, kind in ends}


def _kind(kind: str) -> str:
    """`DynamoDB Table` for `AWS::DynamoDB::Table`; a function's two parts are one."""
    return "Lambda" if kind.startswith("AWS::Lambda") else kind.removeprefix("AWS::").replace("::", " ") or "service"


def service_map(overview: Overview) -> Section:
    """Who calls whom, as the caller saw it."""
    few, called = _of_times(overview)
    rows, names = [], distinct_names(overview.service_map.edges)
    for edge in overview.service_map.edges:
        if one_function((edge.source, edge.source_type), (edge.target, edge.target_type)):
            continue
        counts = edge.counts
        caller, callee = names[edge.source, edge.source_type], names[edge.target, edge.target_type]
        ends = f"{counts.error + counts.throttle}/{counts.fault}"
        arrow = "~>" if edge.asynchronous else "->"
        rows.append((caller, f"{arrow} {callee}", str(counts.total), ends, times(counts.latency, few=few)))
    columns = ("caller", "callee (~> async)", "n", "4xx/5xx", called)
    return Section("Service map", (), columns, tuple(rows), (19, 22, 0, 0, 0), limit=25)


def cold_starts(overview: Overview) -> Section:
    """How often functions started cold, and what it cost."""
    few, called = _of_times(overview)
    rows = []
    for starts in overview.cold_starts:
        cost = f"{seconds(starts.container.p50)} + {seconds(starts.runtime.p50)}" if starts.cold else "-"
        cold = f"{starts.cold}" + (f" ({starts.restored} restored)" if starts.restored else "")
        memory = f"{starts.memory_mb} MB" if starts.memory_mb else "-"
        counts = (str(starts.invocations), cold, percent(starts.rate), str(starts.pre_initialised))
        took = times(starts.duration, few=few) if starts.duration.count else "-"
        rows.append((starts.function, memory, took, *counts, str(starts.on_path), cost))
    columns = ("function", "memory", "Duration", "calls", "cold", "rate", "ready", "waited for", "env. + init p50")
    note = f"Duration: {called} of the functions' own REPORT lines." if any(row[2] != "-" for row in rows) else ""
    widths = (18, 0, 0, 0, 0, HIDDEN, HIDDEN, HIDDEN, 0)
    return Section("Cold starts", (), columns, tuple(rows), widths, limit=20, note=note)


def patterns(overview: Overview) -> Section:
    """Calls that cost more than they had to."""
    rows = [
        (PATTERNS[p.kind], f"{p.service}: {p.call}", str(p.traces), str(p.calls), seconds(p.seconds / p.traces),
         p.exemplars[0])
        for p in overview.patterns
    ]  # fmt: skip
    lines = tuple(dict.fromkeys(f"{PATTERNS[p.kind]}: trace {p.exemplars[0]}" for p in overview.patterns[:3]))
    columns = ("pattern", "service: call", "traces", "calls", "extra", "such as")
    return Section("Call patterns", (), columns, tuple(rows), (0, 37, 0, 0, 0, HIDDEN), limit=12, instead=lines)


def outliers(overview: Overview) -> Section:
    """What slow or failed traces have that others do not."""
    rows = [
        (f"{o.chosen}: {o.entry_point}", f"{o.attribute} = {o.value}", percent(o.share), percent(o.share_of_rest))
        for o in overview.outliers
    ]
    columns = ("traces", "attribute", "of these", "of the rest")
    return Section("What stands out", (), columns, tuple(rows), (26, 26, 0, 0), limit=10)


def failures(overview: Overview) -> Section:
    """Where failures began, and who waited for that."""
    rows = [
        (group_name(group), str(group.count),
         " -> ".join(group.way) or group.where, group.exemplars[0].trace_id)
        for group in overview.failures
    ]  # fmt: skip
    lines = tuple(
        f"{group.type or group.message}: trace {group.exemplars[0].trace_id}" for group in overview.failures[:3]
    )
    columns = ("deepest failure", "n", "way to the customer", "such as")
    return Section("Why requests failed", (), columns, tuple(rows), (32, 0, 36, HIDDEN), limit=10, instead=lines)


@record
class Clock:
    """When the report was made (0: unknown), and how many seconds the alarms' clock is ahead of that."""

    now: float = 0.0
    ahead: float = 0.0

    def time(self, moment: float, *, date: bool) -> str:
        """The time of an alarm; one that lies in the future says why."""
        hurried = " (hurried)" if self.now and self.ahead >= 1 and moment > self.now else ""
        return f"{clock(moment, date=date)}{hurried}"

    def dated(self, *moments: float) -> bool:
        """True where times need their date: of several days, or not of the day of the report."""
        return is_of_days(*moments, *((self.now,) if self.now else ()))

    @property
    def note(self) -> str:
        """Why times may lie in the future; empty where none does."""
        if self.ahead < 1:
            return ""
        return f"The local cloud's clock was hurried and is {length(self.ahead)} ahead: so are times of its alarms."


def alarms(statuses: Sequence[AlarmStatus], now: Clock) -> Section:
    """The alarms that shout, and how many are quiet."""
    loud = sorted((a for a in statuses if a.state == "ALARM"), key=lambda alarm: -alarm.changed)
    date = now.dated(*(alarm.changed for alarm in loud if alarm.changed))
    rows = [(alarm.name, now.time(alarm.changed, date=date) if alarm.changed else "-", alarm.reason) for alarm in loud]
    states = [(state, sum(alarm.state == state for alarm in statuses)) for state in ("OK", "INSUFFICIENT_DATA")]
    quiet = " and ".join(f"{count} in {state}" for state, count in states if count)
    columns = ("in ALARM", "since, UTC", "why")
    lines, note = (f"{quiet}.",) if quiet else (), now.note if rows else ""
    return Section("Alarms", lines, columns, tuple(rows), (30, 0, 32), note=note)


def alarm_history(statuses: Sequence[AlarmStatus], now: Clock) -> Section:
    """When which alarm rang and fell silent, those that rang most first; how many others changed their state."""
    rows, silent = [], 0
    date = now.dated(*(change.timestamp for alarm in statuses for change in alarm.changes))
    for alarm in sorted(statuses, key=lambda one: (-_rang(one), one.name)):
        if alarm.changes and not _rang(alarm):
            silent += 1
        elif alarm.changes:
            by = ("" if change.evaluated else " (by hand)" for change in alarm.changes)
            told = [
                f"{now.time(c.timestamp, date=date)} {c.state}{hand}" for c, hand in zip(alarm.changes, by, strict=True)
            ]
            rows.append((alarm.name, str(_rang(alarm)), ", ".join(told)))
    columns = ("alarm", "rang", "changes in the window, UTC")
    lines = (f"{silent} more changed their state without ringing.",) if silent else ()
    note = now.note if rows else ""
    return Section("Alarm history", lines, columns, tuple(rows), (26, 0, 42), limit=12, note=note)


def _rang(alarm: AlarmStatus) -> int:
    return sum(change.state == "ALARM" for change in alarm.changes)


def slowest(overview: Overview) -> Section:
    """The traces that took longest."""
    chosen = sorted(overview.traces, key=lambda summary: -summary.duration)[:20]
    rows = [(s.id, seconds(s.duration), s.outcome, _most(s.breakdown)) for s in chosen]
    return Section("Slowest", (), ("trace", "duration", "outcome", "mostly"), tuple(rows), limit=5)


def quality(overview: Overview, problems: Sequence[str]) -> Section:
    """What is wrong with the data, and what could not be read."""
    rows = [(kind, str(count), MEANINGS.get(kind, "")) for kind, count in overview.quality.items()]
    return Section(
        "Data quality", (*problems, *_sampled(overview)), ("warning", "traces", "what it means"), tuple(rows)
    )


def _sampled(overview: Overview) -> tuple[str, ...]:
    if overview.sampling is None or overview.sampling[0] == overview.sampling[1]:
        return ()
    traced, total = overview.sampling
    factor = f"; a count here stands for about {total / traced:.1f} times as many" if traced else ""
    return (f"sampled: {traced} of {total} invocations that the logs report were traced{factor}.",)


def short(category: str) -> str:
    """`runtime init` for `runtime_initialization`."""
    return category.replace("_", " ").replace("initialization", "init")


def _most(spent: Mapping[str, float]) -> str:
    return short(max(spent, key=lambda category: spent[category]))
