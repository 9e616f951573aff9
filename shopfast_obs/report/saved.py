"""A report on traces that was saved as JSON, read back as one side of a comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from shopfast_obs.analysis.sample import Sample, Series, edge_name
from shopfast_obs.analysis.statistics import Distribution, distribution
from shopfast_obs.errors import UserError


def is_report(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for the JSON of `report traces`."""
    return isinstance(value, dict) and {"traces", "entry_points", "service_map", "breakdown"} <= value.keys()


def sample_of(report: Mapping[str, Any]) -> Sample:
    """The sample of a saved report: routes with every trace, edges with what the report says of them."""
    try:
        return _sample(report)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UserError(
            f"The saved report cannot be read: {type(problem).__name__} {problem}.",
            "Save it again: shopfast-obs report traces --format json > FILE",
        ) from None


def _sample(report: Mapping[str, Any]) -> Sample:
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    failed: defaultdict[str, int] = defaultdict(int)
    for trace in report["traces"]:
        if trace["entry_point"]:
            seconds[trace["entry_point"]].append(float(trace["response"]))
            failed[trace["entry_point"]] += trace["outcome"] != "ok"
    steps: defaultdict[str, float] = defaultdict(float)
    for step in report["critical_path"]:
        steps[step["name"]] += float(step["seconds"])
    nodes = report["service_map"]["nodes"]
    return Sample(
        traces=len(report["traces"]),
        entries={n: Series(len(s), failed[n], distribution(s), tuple(s)) for n, s in seconds.items()},
        edges=dict(_edge(edge) for edge in report["service_map"]["edges"] if edge["source"] != edge["target"]),
        steps=steps,
        cold=_cold(report["cold_starts"]),
        services=frozenset(f"{n['name']} ({n['type']})" if n["type"] else n["name"] for n in nodes),
        patterns=frozenset(f"{p['kind']}: {p['service']}: {p['call']}" for p in report.get("patterns", ())),
        warnings=dict(report["quality"]),
    )


def _cold(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Cold starts and invocations by function; a function has a row for every memory size that it had."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        cold, all_ = found.get(row["function"], (0, 0))
        found[row["function"]] = cold + row["cold"], all_ + row["invocations"]
    return found


def _edge(edge: Mapping[str, Any]) -> tuple[str, Series]:
    counts = edge["counts"]
    failed = counts["error"] + counts["throttle"] + counts["fault"]
    known = {field.name for field in fields(Distribution)}
    latency = Distribution(**{key: value for key, value in counts["latency"].items() if key in known})
    return edge_name(edge["source"], edge["target"]), Series(counts["ok"] + failed, failed, latency)
