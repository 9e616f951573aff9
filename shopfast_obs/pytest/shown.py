"""What was captured, as the message of a failed assertion shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shopfast_obs.model.telemetry import LogEvent, Trace
    from shopfast_obs.pytest.captured import MetricTotal

MOST = 20  # lines of what was captured
WIDEST = 200  # characters of one


def wanted(what: str, values: Mapping[str, Any]) -> str:
    """What was looked for, in words."""
    return what + (" with " + _pairs(values) if values else "")


def traces(found: Sequence[Trace]) -> str:
    """Each segment of the traces, with its annotations."""
    lines = [
        f"{segment.name}{' (fault)' if segment.fault else ''} {_pairs(segment.annotations)}"
        for trace in found
        for segment in trace.walk()
    ]
    return _listed("segments", lines)


def metrics(found: Sequence[MetricTotal]) -> str:
    """Each metric with its sum and the number of its values."""
    lines = [f"{m.namespace} {m.name} sum {m.sum:g} of {m.count:g} {_pairs(m.dimensions)}" for m in found]
    return _listed("metrics", lines)


def logs(found: Sequence[LogEvent]) -> str:
    """The last log events."""
    return _listed("log events", [f"{event.group}: {event.message}" for event in found], last=True)


def document(message: str) -> Mapping[str, Any]:
    """The JSON object that a log event is; empty where it is none."""
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _listed(noun: str, lines: Sequence[str], *, last: bool = False) -> str:
    if not lines:
        return f"There were no {noun}."
    kept, which = (lines[-MOST:], "The last") if last else (lines[:MOST], "The first")
    count = f"{which} {MOST} of {len(lines)} {noun}" if len(lines) > MOST else f"{len(lines)} {noun}"
    return "\n".join((f"{count}:", *(f"  {_plain(line)}" for line in kept)))


def _plain(line: str) -> str:
    """One line without control characters, cut."""
    from shopfast_obs.report.text import visible

    shown = visible(" ".join(line.split()))
    return shown if len(shown) <= WIDEST else f"{shown[:WIDEST]}..."
