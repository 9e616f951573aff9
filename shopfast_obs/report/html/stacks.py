"""Bars of the time on the critical path, one for each entry point."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.analysis.traces.critical_path import CATEGORIES
from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.model.records import record
from shopfast_obs.report.text import percent, seconds
from shopfast_obs.report.trace_tables import short

MOST = 12


@record
class StackPart:
    """One category: where it begins and how wide it is, in percent of the bar."""

    category: str
    left: float
    width: float
    label: str


@record
class Stack:
    """One bar, what it says in words, and seconds per trace."""

    name: str
    each: str
    label: str
    parts: tuple[StackPart, ...]


def stacks(overview: Overview) -> tuple[Stack, ...]:
    """A bar for all traces, and one for each of the entry points on which most time was spent."""
    entries = sorted(overview.entry_points, key=lambda entry: -sum(entry.breakdown.values()))
    bars = [_stack("All traces", overview.breakdown, len(overview.traces))]
    if len(entries) > 1:
        bars += [_stack(entry.name, entry.breakdown, entry.counts.total) for entry in entries[:MOST]]
    return tuple(bar for bar in bars if bar.parts)


def _stack(name: str, spent: Mapping[str, float], count: int) -> Stack:
    total = sum(spent.values())
    parts, left = [], 0.0
    for category in CATEGORIES:
        width = spent.get(category, 0.0) / total * 100 if total else 0.0
        if width > 0:
            label = f"{short(category)}: {percent(width / 100)}, {seconds(spent[category] / count)} a trace"
            parts.append(StackPart(category, round(left, 3), round(width, 3), label))
        left += width
    told = ", ".join(part.label for part in parts)
    return Stack(name, f"{seconds(total / (count or 1))} a trace", f"{name}: {told}", tuple(parts))
