"""The answer before the tables: what fails, what is slow and why, what to look at first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.analysis.statistics import Distribution
from shopfast_obs.analysis.traces.overview.overview import EntryPoint, Overview, Split
from shopfast_obs.analysis.traces.overview.service_map import Counts
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.telemetry import AlarmStatus
from shopfast_obs.report.reading import reading
from shopfast_obs.report.text import clock, is_of_days, percent, plural, seconds, shortened

FAILING = 3  # entry points that are named
FEW = 20  # requests below which there is no percentile
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
    if overview.split is not None and overview.split.now.entry_points:
        return (*_loud(alarms), *_across(overview.split), *_about(overview.split.now))
    waiting = _not_yet(overview.split, _ends(overview)) if overview.split is not None else ()
    return (*_loud(alarms), *waiting, *_failing(overview), *_about(overview))


def _about(overview: Overview) -> Iterator[str]:
    """What is slow, why, and what else is to be said of the requests."""
    yield from (
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


def _across(split: Split) -> Iterator[str]:
    """How the changed entry points have been since the deployment, how they were before it, and what of the others
    fails."""
    now = split.now
    changed = [entry for entry in now.entry_points if entry.name in split.changed]
    since = f"Since {_borders(split, _ends(now))}"
    if not changed:
        yield f"{since} there was no request to what it changed."
    for number, sentence in enumerate(_failed(changed, now) if changed else ()):
        yield f"{since}: {sentence.replace('None of', 'none of', 1)}" if number == 0 else sentence
    yield f"Before {'it' if split.count == 1 else 'that'}: {'; '.join(_was(*one) for one in _worst(split.before))}."
    others = [entry for entry in now.entry_points if entry.name not in split.changed]
    if any(bad(entry.counts) for entry in others):
        yield from _failed(others, now)


def _borders(split: Split, moments: Sequence[float]) -> str:
    if split.count == 1:
        return called(split.deployment, *moments)
    return f"the last deployment of each function, the newest being {called(split.deployment, *moments)}"


def _ends(overview: Overview) -> tuple[float, ...]:
    """When the first and the last request began."""
    starts = [summary.start for summary in overview.traces]
    return (min(starts), max(starts)) if starts else ()


def _not_yet(split: Split, moments: Sequence[float]) -> Iterator[str]:
    yield f"Since {_borders(split, moments)} there was no request: what follows is from before it."


def called(deployment: Deployment, *moments: float) -> str:
    """`the deployment of 12:02:11 UTC (stack shop updated, with fix 0003)`, with its date where a moment is of another
    day."""
    brought = f", with {' and '.join(deployment.carries)}" if deployment.carries else ""
    moment = clock(deployment.time, date=is_of_days(deployment.time, *moments))
    return f"the deployment of {moment} UTC ({deployment.what}{brought})"


def _worst(before: Mapping[str, Counts]) -> list[tuple[str, Counts]]:
    """The entry points that failed most, then the busiest; few of them."""
    return sorted(before.items(), key=lambda one: (-bad(one[1]), -one[1].total, one[0]))[:FAILING]


def _was(name: str, counts: Counts) -> str:
    failed = f"failed {_share(counts)}" if bad(counts) else f"failed none of {plural(counts.total, 'request')}"
    return f"{name} {failed}, p95 {seconds(counts.latency.p95)}"


def bad(counts: Counts) -> int:
    """How many requests failed on the server or were throttled."""
    return counts.fault + counts.throttle


def _share(counts: Counts) -> str:
    return f"{bad(counts)} of {plural(counts.total, 'request')} ({percent(bad(counts) / counts.total)})"


def _failing(overview: Overview) -> Iterator[str]:
    yield from _failed(overview.entry_points, overview)


def _failed(entries: Sequence[EntryPoint], overview: Overview) -> Iterator[str]:
    """What failed of these entry points, the worst first."""
    failing = sorted((entry for entry in entries if bad(entry.counts)), key=lambda entry: -bad(entry.counts))
    for entry in failing[:FAILING]:
        groups = [g for g in overview.failures if entry.name in g.entry_points and g.suppressed < g.count]
        yield f"{entry.name} failed {_share(entry.counts)}{_because(entry, groups)}."
    if not failing:
        total = sum(entry.counts.total for entry in entries)
        yield f"None of {total} requests failed on the server." if total > 1 else "The one request did not fail."


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
    yield (
        f"Most waiting is for {entry.name} ({_took(entry.counts.latency)}): "
        f"{percent(spent[category] / total)} of it is {category.replace('_', ' ')}."
    )
    everything = sum(step.awaited for step in overview.steps)
    named = [one for one in overview.steps if one.name != "(between)"]
    most = max(named, key=lambda one: one.awaited, default=None)
    if most and everything and most.awaited / everything >= 0.05:
        yield f"{most.name} could save most: it is {percent(most.awaited / everything)} of all that was waited for."
        if said := reading(overview, most):
            yield said


def _took(latency: Distribution) -> str:
    """`p50 12 ms, p95 1.20 s`; of one request its time, of few the median and the longest."""
    if latency.count == 1:
        return seconds(latency.max)
    if latency.count < FEW:
        return f"median {seconds(latency.p50)}, longest {seconds(latency.max)}"
    return f"p50 {seconds(latency.p50)}, p95 {seconds(latency.p95)}"


def _cold(overview: Overview) -> Iterator[str]:
    hit = sum(bool(summary.cold_starts) for summary in overview.traces)
    kinds = ("container_initialization", "runtime_initialization")
    spent = sum(step.awaited for step in overview.steps if step.category in kinds)
    if hit and len(overview.traces) == 1:
        yield f"It waited {seconds(spent)} for a cold start."
    elif hit:
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
