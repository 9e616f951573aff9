"""Large files of traces: read in blocks, by one process or by several, they tell what they tell when read at once."""

import json
import os
import random
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder, overview
from shopfast_obs.cli.inputs import block_processes, saved_traces
from shopfast_obs.cli.inputs.trace_files import TraceFiles
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.parse.traces import documents
from shopfast_obs.report.json import written
from shopfast_obs.report.traces import trace_document

COUNT = 120
FIRST = os.getpid()
ALL = partial(saved_traces.matching, expression="")


def segments(number: int) -> list[dict[str, Any]]:
    """The API and the function of one request; every tenth failed."""
    trace_id, start = f"1-{number:08x}-{number:024x}", 1000.0 + number
    function = {
        "id": f"b{number:015x}", "parent_id": f"a{number:015x}", "trace_id": trace_id, "name": "web",
        "origin": "AWS::Lambda::Function", "start_time": start + 0.1, "end_time": start + 0.5 + number % 3,
        "fault": number % 10 == 0,
        "subsegments": [{"id": f"c{number:015x}", "name": "DynamoDB", "namespace": "aws", "start_time": start + 0.2,
                         "end_time": start + 0.3, "aws": {"operation": "Scan", "table_name": "goods"}}],
    }  # fmt: skip
    api = {
        "id": f"a{number:015x}", "trace_id": trace_id, "name": "shop/prod", "origin": "AWS::ApiGateway::Stage",
        "start_time": start, "end_time": start + 0.6 + number % 3,
        "http": {"request": {"method": "GET", "url": f"https://shop.example/goods/{number}"}},
    }  # fmt: skip
    return [api, function]


def whole(number: int) -> dict[str, Any]:
    """The trace as BatchGetTraces has it."""
    parts = segments(number)
    return {"Id": parts[0]["trace_id"], "Segments": [{"Id": s["id"], "Document": json.dumps(s)} for s in parts]}


def span(number: int, *, inner: bool) -> dict[str, Any]:
    """A line of a collector's file, with one span of a trace."""
    start = (1000 + number) * 10**9
    one = {
        "traceId": f"{number + 1:032x}", "spanId": f"{2 * number + inner + 1:016x}",
        "parentSpanId": f"{2 * number + 1:016x}" if inner else "", "name": "GET /goods" if not inner else "query",
        "kind": 2 if not inner else 3, "startTimeUnixNano": str(start + inner * 10**8),
        "endTimeUnixNano": str(start + 10**9 - inner * 10**8), "attributes": [],
    }  # fmt: skip
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "web"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [one]}]}]}


def lines(values: Iterable[Any]) -> str:
    """One value a line."""
    return "\n".join(map(json.dumps, values)) + "\n"


def apart(values: Iterator[Any]) -> list[Any]:
    """The same in an order in which what belongs together is far apart."""
    shuffled = list(values)
    random.Random(1).shuffle(shuffled)
    return shuffled


FORMS = {
    "traces, one a line": lines(map(whole, range(COUNT))),
    "an answer": json.dumps({"Traces": list(map(whole, range(COUNT)))}, indent=4),
    "answers": "\n".join(json.dumps({"Traces": [whole(n), whole(n + 1)]}, indent=2) for n in range(0, COUNT, 2)),
    "segments, far apart": lines(apart(s for n in range(COUNT) for s in segments(n))),
    "a list of segments": json.dumps(apart(s for n in range(COUNT) for s in segments(n))),
    "spans, far apart": lines(apart(span(n, inner=inner) for n in range(COUNT) for inner in (False, True))),
    "lines that are none": lines(map(whole, range(COUNT))) + "{broken\n" + lines([whole(COUNT)]) + "{again\n",
}


def files(folder: Path, form: str) -> list[Path]:
    """A file of the form, and a small one beside it with a trace and a segment that belongs to one of the first."""
    (folder / "large.json").write_text(FORMS[form])
    (folder / "small.json").write_text(lines([whole(COUNT + 7), segments(COUNT + 8)[0], segments(3)[1]]))
    return [folder / "large.json", folder / "small.json"]


def told(builder: OverviewBuilder, problems: list[str]) -> str:
    """The report."""
    return written(trace_document(builder.result(), None, problems))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("processes", [1, 2])
def test_blocks_tell_what_the_whole_tells(tmp_path: Path, form: str, processes: int) -> None:
    """Parts of a trace that lie in different blocks and files are one trace, and what is unreadable is named alike."""
    named = files(tmp_path, form)
    problems: list[str] = []
    expected: list[str] = []
    read = TraceFiles(named, problems, size=3000, large=5000)
    found = read.collected(OverviewBuilder, ALL, processes)
    once = overview(documents.stream([(str(file), file.read_bytes()) for file in named], expected))
    assert told(found.builder, problems) == written(trace_document(once, None, expected))
    assert len(once.traces) > COUNT
    assert found.any_trace


def test_a_filter_chooses_in_every_process(tmp_path: Path) -> None:
    """A third of them takes longer."""
    named = files(tmp_path, "an answer")
    chosen = partial(saved_traces.matching, expression="responsetime > 2")
    found = TraceFiles(named, [], size=3000, large=5000).collected(OverviewBuilder, chosen, 2)
    expected = [one.id for one in chosen(documents.stream([(str(file), file.read_bytes()) for file in named], []))]
    assert [one.id for one in found.builder.result().traces] == expected
    assert len(expected) == COUNT // 3 + 1


def killed(_: Iterable[Trace]) -> Iterator[Trace]:
    """Ends its process as the system does that has no memory left, but not the first one."""
    if os.getpid() != FIRST:
        os._exit(9)
    return iter(())


def test_a_process_that_is_killed_leaves_the_work_to_the_first(tmp_path: Path) -> None:
    """Alone it may do."""
    read = TraceFiles(files(tmp_path, "an answer"), [], size=3000, large=5000)
    assert read.collected(OverviewBuilder, killed, 2).builder.result().traces == ()


def test_there_is_a_core() -> None:
    """And no more processes than are worth their memory."""
    assert 1 <= block_processes.cores() <= block_processes.MOST
