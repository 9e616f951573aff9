"""X-Ray documents become segments whatever they contain; what cannot be read is named."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.model.telemetry import Trace
from shopfast_obs.parse.traces import documents, fast_segments, xray

START = 1_767_225_600.0
MINIMAL = {"id": "53995c3f42cd8ad8", "name": "web", "start_time": START, "end_time": START + 1}


def of(document: Any, **item: Any) -> Trace:
    """A trace with this one segment document."""
    return xray.trace({"Id": "1-a", "Segments": [{"Id": "x", "Document": json.dumps(document)}], **item})


def test_a_segment_has_all_its_fields() -> None:
    """Every field of the schema that the model keeps arrives."""
    segment = xray.segment(
        {
            **MINIMAL,
            "trace_id": "1-a",
            "parent_id": "6b55dcc497934f1a",
            "origin": "AWS::Lambda::Function",
            "resource_arn": "arn:x",
            "user": "ann",
            "fault": True,
            "annotations": {"route": "/x", "cold": True, "n": 1.5},
            "http": {"request": {"method": "GET"}, "response": {"status": "200", "content_length": "12"}},
            "aws": {"function_arn": "arn:x"},
            "links": [{"trace_id": "1-b", "id": "1"}],
            "precursor_ids": ["1111111111111111"],
            "subsegments": [
                {"id": "2", "name": "DynamoDB", "namespace": "aws", "start_time": START, "in_progress": True}
            ],
        }
    )
    assert (segment.parent_id, segment.origin, segment.user, segment.fault) == (
        "6b55dcc497934f1a",
        "AWS::Lambda::Function",
        "ann",
        True,
    )
    assert segment.http["response"] == {"status": 200, "content_length": 12}
    assert segment.links == ("1-b",)
    assert segment.precursors == ("1111111111111111",)
    assert segment.annotations["n"] == 1.5
    assert segment.subsegments[0].end is None
    assert segment.duration == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("cause", "types", "messages", "cause_id"),
    [
        ({}, [], [], ""),
        (None, [], [], ""),
        ("4f5ef9e5d2e0d8e4", [], [], "4f5ef9e5d2e0d8e4"),
        ({"message": "only a message"}, [""], ["only a message"], ""),
        ({"exceptions": [{"message": "no id, no type"}]}, [""], ["no id, no type"], ""),
        ({"exceptions": ["what", {"type": "KeyError", "message": "'a'"}]}, ["KeyError"], ["'a'"], ""),
        ({"exceptions": "what"}, [], [], ""),
    ],
)
def test_every_form_of_a_cause(cause: Any, types: list[str], messages: list[str], cause_id: str) -> None:
    """A string, an empty object, only a message, exceptions without id or type."""
    segment = xray.segment({**MINIMAL, "cause": cause})
    assert [e.type for e in segment.exceptions] == types
    assert [e.message for e in segment.exceptions] == messages
    assert segment.cause_id == cause_id


def test_a_stack_keeps_path_line_and_label() -> None:
    """Frames with holes in them do not matter."""
    stack = [{"path": "a.py", "line": 3, "label": "f"}, {"path": "b.py"}, "x"]
    segment = xray.segment({**MINIMAL, "cause": {"exceptions": [{"type": "E", "stack": stack}]}})
    assert segment.exceptions[0].stack == (("a.py", 3, "f"), ("b.py", 0, ""))


def test_what_cannot_be_read_is_named_and_the_rest_is_kept() -> None:
    """Broken JSON, a list, no document and no start are four problems beside one good segment."""
    good = {"Document": json.dumps(MINIMAL)}
    bad = [
        {"Document": "{"},
        {"Document": "[]"},
        {},
        {"Document": '{"id": "1"}'},
        {"Document": '{"start_time": true}'},
        7,
    ]
    trace = xray.trace({"Id": "1-a", "Duration": 1, "Segments": [*bad, good]})
    assert [s.name for s in trace.segments] == ["web"]
    assert len(trace.problems) == len(bad)
    assert all(problem.startswith("malformed: segment") for problem in trace.problems)


def test_a_part_without_a_start_leaves_its_children_to_its_parent() -> None:
    """Nothing that can be read is lost."""
    inner = {"id": "3", "name": "kept", "start_time": START, "end_time": START}
    trace = of({**MINIMAL, "subsegments": [{"id": "2", "name": "broken", "subsegments": [inner]}]})
    assert [s.name for s in trace.walk()] == ["web", "kept"]
    assert trace.problems == ("malformed: subsegment 'broken' has no start_time that is a number",)


def test_deep_nesting_needs_no_recursion() -> None:
    """Ten thousand levels, built without the stack."""
    document: dict[str, Any] = dict(MINIMAL)
    for _ in range(10_000):
        document = {**MINIMAL, "subsegments": [document]}
    assert sum(1 for _ in Trace("1-a", (xray.segment(document),)).walk()) == 10_001


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "name", "start_time", "end_time", "cause", "exceptions", "stack", "subsegments", "http",
                         "response", "status", "links", "annotations", "aws", "parent_id", "precursor_ids"]),
        inner, max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_any_json_gives_a_trace_or_a_named_problem(document: Any) -> None:
    """Never a traceback: a segment, or a sentence that says why not."""
    trace = of(document)
    assert len(trace.segments) == 1 or trace.problems


def test_files_of_every_shape_are_read() -> None:
    """A BatchGetTraces answer, one trace, loose segments over two files, JSON lines with the daemon's header."""
    item = {"Id": "1-a", "Duration": 1.0, "Segments": [{"Document": json.dumps({**MINIMAL, "trace_id": "1-a"})}]}
    loose = {**MINIMAL, "trace_id": "1-c"}
    found = documents.read(
        [
            ("batch.json", json.dumps({"Traces": [item, {**item, "Id": "1-b"}]}).encode()),
            ("one.json", json.dumps(item).encode()),
            ("s1.json", json.dumps(loose).encode()),
            ("s2.jsonl", b'{"format":"json","version":1}\n' + json.dumps({**loose, "id": "2"}).encode() + b"\n"),
        ]
    )
    assert [trace.id for trace in found.traces] == ["1-a", "1-b", "1-a", "1-c"]
    assert [s.id for s in found.traces[-1].segments] == ["53995c3f42cd8ad8", "2"]
    assert found.problems == ()


def test_files_of_something_else_are_named() -> None:
    """Text, other JSON and an empty file each give a sentence with the file's name."""
    found = documents.read([("a.txt", b"hello"), ("b.json", b'{"x": 1}'), ("c", b""), ("d", b"x\n" * 1000)])
    assert found.traces == ()
    assert {problem.partition(":")[0] for problem in found.problems} == {"a.txt", "b.json", "c", "d"}
    assert len(found.problems) < 40


def test_a_part_that_the_sdk_calls_local_calls_nobody() -> None:
    """aws_xray_sdk writes `namespace: local` for `## handler`; only `aws` and `remote` are calls."""
    for namespace, expected in (("local", ""), ("aws", "aws"), ("remote", "remote"), (7, ""), ([1], "")):
        document = {"id": "1", "name": "## handler", "start_time": 1.0, "end_time": 2.0, "namespace": namespace}
        assert xray.segment(document).namespace == expected


def test_the_usual_way_and_the_patient_way_read_the_same() -> None:
    """What a document says does not depend on whether it was decoded by its types or looked at key by key."""
    whole = {
        "id": "b1", "name": "orders", "start_time": 1, "end_time": 2.5, "trace_id": "1-a", "parent_id": "a1",
        "origin": "AWS::Lambda::Function", "resource_arn": "arn:aws:lambda:x", "inferred": True, "fault": True,
        "error": True, "throttle": True, "annotations": {"tenant": "a", "size": 3, "warm": True, "share": 0.5},
        "metadata": {"default": {"big": 2**80, "list": [1, {"a": None}]}}, "http": {"response": {"status": "503"}},
        "aws": {"operation": "GetItem", "retries": 2, "cloudwatch_logs": [{"log_group": "g"}], "xray": {"sdk": "p"}},
        "user": "u", "in_progress": True, "cause": {"exceptions": [{"id": "e", "type": "T", "message": "m"}]},
        "links": [{"trace_id": "1-b", "attributes": {"x": 1}}], "precursor_ids": ["p1"], "type": "subsegment",
    }  # fmt: skip
    inner = [{"id": "c1", "name": "work", "start_time": 1.5, "namespace": "local", "cause": "e"}, whole]
    for document in (whole, {**whole, "subsegments": inner}, {"start_time": 0.0, "cause": {}}):
        text = json.dumps(document)
        assert fast_segments.read(text) is not None
        assert xray.trace({"Segments": [{"Document": text}]}).segments == (xray.segment(orjson.loads(text)),)


@pytest.mark.parametrize(
    "odd",
    [
        {"id": 7}, {"name": None}, {"start_time": "1.5"}, {"end_time": 1e300}, {"origin": []}, {"inferred": "yes"},
        {"annotations": {"n": 2**70}}, {"aws": {"n": [2**70]}}, {"http": {"response": "none"}}, {"http": []},
        {"in_progress": "true"}, {"links": [1]}, {"precursor_ids": [1, "p"]}, {"subsegments": [{"id": "x"}, 3]},
        {"subsegments": {}}, {"metadata": [1]},
    ],
)  # fmt: skip
def test_one_odd_value_does_not_cost_the_document(odd: dict[str, Any]) -> None:
    """A value of another type than usual is passed over or mended, as if the document had come as an object."""
    document = {"id": "a1", "name": "orders", "start_time": 1.0, "end_time": 2.0, **odd}
    text = json.dumps(document)
    assert xray.trace({"Segments": [{"Document": text}]}).segments == (xray.segment(orjson.loads(text)),)


def test_documents_nest_deeper_than_functions_call() -> None:
    """A thousand parts in one another are read, and what no reader of JSON takes is named."""
    for depth, read in ((400, 1), (1000, 1), (5000, 0)):
        text = '{"id":"a","name":"n","start_time":1.0,"subsegments":[' * (depth // 2) + "]}" * (depth // 2)
        found = xray.trace({"Segments": [{"Document": text}]})
        assert len(found.segments) == read, depth
        assert bool(found.problems) is not bool(read)
