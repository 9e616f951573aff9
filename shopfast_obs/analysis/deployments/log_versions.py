"""Deployments that log lines tell: from some moment on a function has another version, memory size or runtime version.

Lines of two versions that run beside each other (two aliases, a canary) tell of none: where both values are seen in
turn for longer than either is alone, nothing was replaced.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from shopfast_obs.model.deployments import LOG_LINES, Deployment
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InitStart, InvocationReport
from shopfast_obs.patterns import late

VERSION = late(r"\[(\$LATEST|\d+)\]")  # in the name of a log stream: 2026/01/31/[7]0123abcd
LATEST = "$LATEST"
LEAST = 2  # lines of a published version: one alone may be a test of it
BEFORE = 2.0  # seconds from a request to the invocation that it makes
LAMBDA_LOGS = "/aws/lambda/"


@record
class _Seen:
    """What one line says: a value, and since when the invocation or the environment that says so was there."""

    time: float
    value: str


def version_of(stream: str) -> str:
    """The function's version that writes into a log stream; empty where its name has none."""
    found: re.Match[str] | None = VERSION.search(stream)
    return found[1] if found else ""


def function_of(group: str) -> str:
    """The function that writes into a log group."""
    return group.removeprefix(LAMBDA_LOGS)


def seen(reports: Iterable[InvocationReport], starts: Iterable[InitStart] = ()) -> tuple[Deployment, ...]:
    """The deployments that these lines tell, oldest first; only what changed once and for all counts."""
    versions: defaultdict[str, list[_Seen]] = defaultdict(list)
    sizes: defaultdict[str, list[_Seen]] = defaultdict(list)
    runtimes: defaultdict[str, list[_Seen]] = defaultdict(list)
    for report in reports:
        name, version = function_of(report.group), version_of(report.stream)
        if version:
            versions[name].append(_Seen(_began(report), version))
        if version in ("", LATEST) and report.memory_size_mb:
            sizes[name].append(_Seen(_began(report), str(report.memory_size_mb)))
    for start in starts:
        if version_of(start.stream) in ("", LATEST):
            runtimes[function_of(start.group)].append(_Seen(start.timestamp, start.runtime))
    told = [
        *_told(versions, "{name}: version {new} instead of {old}", LEAST),
        *_told(sizes, "{name}: {new} MB of memory instead of {old}", 1),
        *_told(runtimes, "{name}: runtime {new} instead of {old}", 1),
    ]
    return tuple(sorted(told, key=lambda one: one.time))


def _began(report: InvocationReport) -> float:
    return report.timestamp - report.duration - (report.init or 0.0)


def _told(lines: dict[str, list[_Seen]], sentence: str, least: int) -> Iterator[Deployment]:
    for name, values in lines.items():
        for old, new in _changes(sorted(values, key=lambda one: one.time), least):
            what = sentence.format(name=name, old=old.value, new=new.value)
            # Its request began before the function did: on a gateway, or in a queue.
            time = new.time - min(BEFORE, (new.time - old.time) / 2)
            yield Deployment(time, what, LOG_LINES, (name,), old.time)


def _changes(lines: Sequence[_Seen], least: int) -> Iterator[tuple[_Seen, _Seen]]:
    """For each value that took the place of another: the last line that all are old at, the first that all are new."""
    order = list(dict.fromkeys(line.value for line in lines))
    for old, new in pairwise(order):
        both = [line for line in lines if line.value in (old, new)]
        first = next(place for place, line in enumerate(both) if line.value == new)
        last = max(place for place, line in enumerate(both) if line.value == old)
        alone, mixed = min(first, len(both) - 1 - last), max(0, last - first + 1)
        if alone >= least and mixed <= alone:
            yield both[first - 1], both[last + 1]
