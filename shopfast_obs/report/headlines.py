"""The answer before the tables: what fails, what is slow and why, what to look at first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shopfast_obs.analysis.errors import ErrorGroup
from shopfast_obs.analysis.traces import EntryPoint, Overview
from shopfast_obs.model.telemetry import AlarmStatus
from shopfast_obs.report.text import percent, plural, seconds, shortened

FAILING = 3  # entry points that are named
CALL = 60  # characters of a call, or of several in a row
PATTERNS = {
    "n_plus_one": "{service} makes {each} calls of {call} one after another in {traces} (N+1)",
    "sequential": "{service} waits for {call} in a row in {traces}, though it could ask at once",
    "throttled": "{call} was throttled for {service} in {traces}",
    "retried": "{service} had to repeat {call} in {traces}",
    "large": "{service} reads answers of more than 300 kB from {call} in {traces}",
}


def headlines(overview: Overview, alarms: Sequence[AlarmStatus] = ()) -> tuple[str, ...]:
    """Sentences with the numbers in them, the most urgent first; none for no traces."""
    if not overview.entry_points:
        return ()
    return (
        *_loud(alarms),
        *_failing(overview),
        *_slow(overview),
        *_cold(overview),
        *_patterns(overview),
        *_outlier(overview),
        *_broken(overview),
    )


def _loud(alarms: Sequence[AlarmStatus]) -> Iterator[str]:
    loud = sorted(alarm.name for alarm in alarms if alarm.state == "ALARM")
    if loud:
        more = f" and {len(loud) - 3} more" if len(loud) > 3 else ""
        yield f"{plural(len(loud), 'alarm')} in ALARM: {', '.join(loud[:3])}{more}."
    over = sorted(a.name for a in alarms if a.state != "ALARM" and any(c.state == "ALARM" for c in a.changes))
    if over:
        more = f" and {len(over) - 3} more" if len(over) > 3 else ""
        yield f"{plural(len(over), 'alarm')} rang and fell silent again: {', '.join(over[:3])}{more}."


def _failing(overview: Overview) -> Iterator[str]:
    def bad(entry: EntryPoint) -> int:
        return entry.counts.fault + entry.counts.throttle

    failing = sorted((entry for entry in overview.entry_points if bad(entry)), key=lambda entry: -bad(entry))
    for entry in failing[:FAILING]:
        share = f"{bad(entry)} of {plural(entry.counts.total, 'request')} ({percent(bad(entry) / entry.counts.total)})"
        groups = [g for g in overview.failures if entry.name in g.entry_points and g.suppressed < g.count]
        yield f"{entry.name} failed {share}{_because(entry, groups)}."
    if not failing:
        yield f"None of {plural(sum(e.counts.total for e in overview.entry_points), 'request')} failed on the server."


def _because(entry: EntryPoint, groups: Sequence[ErrorGroup]) -> str:
    def most(of: Sequence[ErrorGroup]) -> ErrorGroup | None:
        return max(of, key=lambda group: group.entry_points[entry.name], default=None)

    main = most(groups)
    if main is None:
        return ""
    if main.kind != "server_error":
        return f", mostly for {_what(main)!r} in {main.where}"
    told = most([group for group in groups if group.kind != "server_error"])
    if told is None:
        return f" in {main.where}, and no exception says why"
    without, known = main.entry_points[entry.name], told.entry_points[entry.name]
    return f": {without} in {main.where} without an exception, {known} for {_what(told)!r} in {told.where}"


def _what(group: ErrorGroup) -> str:
    what = f"{group.type}: {group.message}" if group.kind == "exception" and group.type else group.message
    return " ".join(what.split())[:120]


def _slow(overview: Overview) -> Iterator[str]:
    """The entry point on which customers spent most time, and where in it: what follows an answer is not waited for."""
    entry = max(overview.entry_points, key=lambda one: sum(step.awaited for step in one.critical_path))
    spent: defaultdict[str, float] = defaultdict(float)
    for step in entry.critical_path:
        spent[step.category] += step.awaited
    total = sum(spent.values())
    if total <= 0:
        return
    category = max(spent, key=lambda name: spent[name])
    latency = entry.counts.latency
    yield (
        f"Most waiting is for {entry.name} (p50 {seconds(latency.p50)}, p95 {seconds(latency.p95)}): "
        f"{percent(spent[category] / total)} of it is {category.replace('_', ' ')}."
    )
    everything = sum(step.awaited for step in overview.steps)
    named = [one for one in overview.steps if one.name != "(between)"]
    most = max(named, key=lambda one: one.awaited, default=None)
    if most and everything and most.awaited / everything >= 0.05:
        yield f"{most.name} could save most: it is {percent(most.awaited / everything)} of all that was waited for."


def _cold(overview: Overview) -> Iterator[str]:
    hit = sum(bool(summary.cold_starts) for summary in overview.traces)
    spent = sum(overview.breakdown[name] for name in ("container_initialization", "runtime_initialization"))
    if hit:
        share = percent(hit / len(overview.traces))
        yield f"{plural(hit, 'trace')} ({share}) waited for a cold start, {seconds(spent / hit)} each on average."


def _patterns(overview: Overview) -> Iterator[str]:
    told = next((pattern for pattern in overview.patterns if pattern.kind in PATTERNS), None)
    if told:
        text = PATTERNS[told.kind].format(
            service=told.service,
            call=shortened(told.call, CALL),
            traces=plural(told.traces, "trace"),
            each=round(told.calls / told.traces),
        )
        yield f"{text}: {seconds(told.seconds / told.traces)} more than needed, each time."


def _outlier(overview: Overview) -> Iterator[str]:
    if overview.outliers:
        o = overview.outliers[0]
        yield (
            f"{percent(o.share)} of the {o.chosen} traces of {o.entry_point} have {o.attribute} = {o.value}, "
            f"{percent(o.share_of_rest)} of the rest."
        )


def _broken(overview: Overview) -> Iterator[str]:
    broken = sum(bool(summary.warnings) for summary in overview.traces)
    if broken:
        fit = "is not as it should be" if broken == 1 else "are not as they should be"
        yield f"{broken} of {plural(len(overview.traces), 'trace')} {fit}: see data quality."
