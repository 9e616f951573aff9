"""A report on traces that was saved as JSON, read back as one side of a comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from shopfast_obs.analysis.comparison.sample import Sample, Series, edge_name, error_name, step_amount, waited
from shopfast_obs.analysis.statistics import Amount, Distribution, distribution
from shopfast_obs.analysis.traces.overview.service_map import one_function
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
    nodes = report["service_map"]["nodes"]
    return Sample(
        traces=len(report["traces"]),
        entries={n: Series(len(s), failed[n], distribution(s), tuple(s)) for n, s in seconds.items()},
        edges=_edges(report["service_map"]["edges"]),
        steps=_steps(report["entry_points"], {name: len(all_) for name, all_ in seconds.items()}),
        cold=_cold(report["cold_starts"]),
        services=frozenset(f"{n['name']} ({n['type']})" if n["type"] else n["name"] for n in nodes),
        waited=waited((trace["entry_point"], trace["cold_starts"]) for trace in report["traces"]),
        attributes={(a["attribute"], a["value"]): (a["traces"], a["of"]) for a in report.get("attributes", ())},
        patterns={f"{p['kind']}: {p['service']}: {p['call']}": int(p["traces"]) for p in report["patterns"]},
        errors=_errors(report["failures"]),
        warnings=dict(report["quality"]),
        exemplars=dict(_exemplars(report)),
        sampling=(sampling[0], sampling[1]) if (sampling := report.get("sampling")) else None,
    )


def _steps(entries: Iterable[Mapping[str, Any]], requests: Mapping[str, int]) -> dict[tuple[str, str], Amount]:
    found: dict[tuple[str, str], Amount] = {}
    for entry in entries:
        for step in entry.get("critical_path", ()):  # older reports do not have it
            key = (entry["name"], step["name"])
            amount = step_amount(requests[entry["name"]], step["traces"], float(step["seconds"]), step["spread"])
            found[key] = found[key] + amount if key in found else amount
    return found


def _exemplars(report: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for entry in report["entry_points"]:
        yield ("routes", entry["name"]), tuple(entry["slowest"])
    for p in report["patterns"]:
        yield ("pattern", f"{p['kind']}: {p['service']}: {p['call']}"), tuple(p["exemplars"])
    for group in report["failures"]:
        yield ("error", group["fingerprint"]), tuple(one["trace_id"] for one in group["exemplars"])


def _errors(groups: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, int]]:
    return {g["fingerprint"]: (error_name(g["type"], g["message"], g["where"]), int(g["requests"])) for g in groups}


def _cold(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Cold starts and invocations by function; a function has a row for every memory size that it had."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        cold, all_ = found.get(row["function"], (0, 0))
        found[row["function"]] = cold + row["cold"], all_ + row["invocations"]
    return found


def _edges(edges: Iterable[Mapping[str, Any]]) -> dict[str, Series]:
    """The edges between services; where two kinds of nodes or of calls have the same names, the busiest."""
    found: dict[str, Series] = {}
    for edge in edges:
        if not one_function((edge["source"], edge["source_type"]), (edge["target"], edge["target_type"])):
            name, series = _edge(edge)
            found.setdefault(name, series)
    return found


def _edge(edge: Mapping[str, Any]) -> tuple[str, Series]:
    counts = edge["counts"]
    failed = counts["error"] + counts["throttle"] + counts["fault"]
    known = {field.name for field in fields(Distribution)}
    latency: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in counts["latency"].items() if key in known
    }
    return edge_name(edge["source"], edge["target"]), Series(counts["ok"] + failed, failed, Distribution(**latency))
