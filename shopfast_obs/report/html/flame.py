"""The flame graph of the page: merged call paths in columns for the scripts, and as a table for everyone else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopfast_obs.analysis.traces.call_paths import CallPath
from shopfast_obs.analysis.traces.critical_path import CATEGORIES
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE
from shopfast_obs.report.text import percent, seconds
from shopfast_obs.report.trace_tables import short
from shopfast_obs.report.view import Section

TITLE = "Flame graph"
MOST = 800  # frames: at most about 40 kB, and more than a picture can show
ROWS, SHOWN = 40, 10  # of the table, and before all are asked for
NAME = 200  # characters
_KINDS = {SERVICE: "Lambda", FUNCTION: "function"}
NOTE = (
    "All traces merged by call path. A frame is as wide as its path was waited for until the answer, or as was worked "
    "on it; what lies below it is part of it."
)


def flame(paths: Sequence[CallPath]) -> dict[str, Any]:
    """The frames in columns, parents before what they called; times in microseconds of their own."""
    names: dict[str, int] = {}
    return {
        "depth": [path.depth for path in paths],
        "name": [names.setdefault(path.name[:NAME], len(names)) for path in paths],
        "kind": [names.setdefault(_KINDS.get(path.kind, ""), len(names)) for path in paths],
        "category": [CATEGORIES.index(path.category) for path in paths],
        "count": [path.count for path in paths],
        "waited": [round(path.waited * 1e6) for path in paths],
        "worked": [round(path.worked * 1e6) for path in paths],
        "categories": CATEGORIES,
        "names": list(names),
    }


def flame_section(paths: Sequence[CallPath]) -> Section:
    """The paths that took longest themselves, with their share of all waiting."""
    whole = sum(path.waited for path in paths) or 1.0
    longest = sorted(range(len(paths)), key=lambda place: -paths[place].waited)[:ROWS]
    rows = tuple(
        (_way(paths, place), short(path.category), f"{path.count:,}", seconds(path.total_waited), seconds(path.waited),
         percent(path.waited / whole))
        for place in longest
        if (path := paths[place]).waited > 0
    )  # fmt: skip
    columns = ("call path", "mostly", "parts", "with what it called", "itself", "of all waiting")
    return Section(TITLE, (), columns, rows, limit=SHOWN, note=NOTE)


def _way(paths: Sequence[CallPath], place: int) -> str:
    """The names from the entry point down, each once where a service and its function are called alike."""
    way: list[str] = []
    while place != -1:
        if not way or way[-1] != paths[place].name:
            way.append(paths[place].name)
        place = paths[place].parent
    return " > ".join(reversed(way))
