"""Reports: traces and error lines a second, and big traces, beside what parsing alone costs in the same run."""

from __future__ import annotations

import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from bench import error_lines
from bench._best import interleaved
from shopfast_obs.analysis.traces.critical_path import critical_path
from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.cli.inputs.saved_traces import few_collections
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.traces import documents
from shopfast_obs.report.traces import trace_document

HERE = Path(__file__).resolve().parents[1]
REAL = HERE.parent / "shared" / "data" / "xray-traces"
COUNT = 10_000


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL
    real = [orjson.loads(file.read_bytes()) for file in sorted(folder.glob("*.json")) if file.name != "expected.json"]
    copies = b"\n".join(replicated(real, COUNT))
    parsing, full = interleaved(lambda: parsed_only(copies), lambda: report(copies), runs=7)
    print(f"parsing alone (orjson)     {COUNT / parsing:9,.0f} traces/s")
    print(f"full report                {COUNT / full:9,.0f} traces/s   {full / parsing:.2f} x parsing, {full:.2f} s")
    print(f"peak memory                {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9,.0f} MB")
    for name, trace in (
        ("100,000 spans", wide(100_000)),
        ("200,000 siblings", wide(200_000)),
        ("depth 10,000", deep(10_000)),
    ):
        with few_collections():
            print(f"one trace, {name:17} {interleaved(lambda: analysed(trace))[0]:8.2f} s")  # noqa: B023
    error_lines.figures()


def replicated(real: list[dict[str, Any]], count: int) -> Iterator[bytes]:
    """Copies of real traces, each with its own id and with its times moved and stretched by up to 10 %."""
    dice = random.Random(6)
    decoded = [(trace, [orjson.loads(entry["Document"]) for entry in trace["Segments"]]) for trace in real]
    for number in range(count):
        trace, inner = decoded[number % len(decoded)]
        start = min(document["start_time"] for document in inner)
        stretch = dice.uniform(0.9, 1.1)
        segments = [{"Id": d["id"], "Document": orjson.dumps(_moved(d, start, stretch)).decode()} for d in inner]
        trace_id = f"1-{number:08x}-{dice.getrandbits(96):024x}"
        duration = trace["Duration"] * stretch if trace.get("Duration") else None
        yield orjson.dumps({"Id": trace_id, "Duration": duration, "LimitExceeded": False, "Segments": segments})


def _moved(document: dict[str, Any], start: float, stretch: float) -> dict[str, Any]:
    times = {key: start + (document[key] - start) * stretch for key in ("start_time", "end_time") if key in document}
    inner = document.get("subsegments")
    parts = {"subsegments": [_moved(part, start, stretch) for part in inner]} if inner else {}
    return {**document, **times, **parts}


def parsed_only(content: bytes) -> None:
    for line in content.splitlines():
        for entry in orjson.loads(line)["Segments"]:
            orjson.loads(entry["Document"])


def report(content: bytes) -> bytes:
    problems: list[str] = []
    with few_collections():
        found = overview(documents.stream([("copies.jsonl", content)], problems))
    return orjson.dumps(trace_document(found, None, problems))


def analysed(trace: Trace) -> None:
    critical_path(tree(trace))


def wide(count: int) -> Trace:
    inner = tuple(Segment(f"{n:016x}", "DynamoDB", float(n), n + 0.9, namespace="aws") for n in range(count - 1))
    return Trace("1-a", (Segment("r", "root", 0.0, float(count), origin="AWS::Lambda::Function", subsegments=inner),))


def deep(count: int) -> Trace:
    return Trace(
        "1-a",
        tuple(Segment(str(n), "s", n * 1e-4, count * 1e-4, parent_id=str(n - 1) if n else "") for n in range(count)),
    )


if __name__ == "__main__":
    main()
