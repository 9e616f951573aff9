"""Who calls whom: the caller's time on edges, the callee's on nodes, inferred copies counted once."""

from typing import Any

from shopfast_obs.analysis.traces.overview.service_map import MapBuilder, ServiceMap
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.telemetry import Segment, Trace


def mapped(*segments: Segment) -> ServiceMap:
    """The map of one trace of these segments."""
    builder = MapBuilder()
    builder.add(tree(Trace("1-a", segments)))
    return builder.result()


def part(name: str, start: float, end: float, *inner: Segment, **more: Any) -> Segment:
    """A segment whose id is its name unless one is given."""
    return Segment(id=more.pop("id", name), name=name, start=start, end=end, subsegments=inner, **more)


def edges(found: ServiceMap) -> dict[tuple[str, str], tuple[int, bool]]:
    """Source and target of every edge, with its calls and whether nobody waited."""
    return {(e.source, e.target): (e.counts.total, e.asynchronous) for e in found.edges}


def call(number: int, *, inferred: bool) -> tuple[Segment, list[Segment]]:
    """A DynamoDB call, and the inferred copy that X-Ray adds to it."""
    start, aws = float(number), {"operation": "GetItem", "table_name": "items"}
    one = part("DynamoDB", start, start + 0.5, id=f"c{number}", namespace="aws", aws=aws)
    copy = part("DynamoDB", start, start + 0.5, id=f"i{number}", parent_id=f"c{number}", inferred=True,
                origin="AWS::DynamoDB::Table", aws=aws)  # fmt: skip
    return one, [copy] if inferred else []


def test_an_inferred_copy_is_not_a_second_call() -> None:
    """Two calls are two calls, with the copy or without; the node has the table's name."""
    for inferred in (True, False):
        calls = [call(n, inferred=inferred) for n in (1, 2)]
        function = part("web", 0.0, 3.0, *(one for one, _ in calls), origin="AWS::Lambda::Function")
        found = mapped(function, *(copy for _, copies in calls for copy in copies))
        assert edges(found) == {("client", "web"): (1, False), ("web", "items"): (2, False)}
        assert {(n.name, n.counts.total) for n in found.nodes} == {("web", 1), ("items", 2)}


def test_a_function_has_two_nodes_and_the_edge_has_the_callers_time() -> None:
    """The network lies between the caller's second and the callee's half."""
    found = mapped(
        part("api", 0.0, 2.0, part("Lambda", 0.5, 1.5, namespace="aws"), origin="AWS::ApiGateway::Stage"),
        part("web", 0.8, 1.3, id="s", parent_id="Lambda", origin="AWS::Lambda"),
        part("web", 0.9, 1.2, id="f", parent_id="s", origin="AWS::Lambda::Function", fault=True),
    )
    seen = {(e.source_type, e.target_type): e for e in found.edges}
    assert seen["AWS::ApiGateway::Stage", "AWS::Lambda"].counts.latency.max == 1.0
    function = seen["AWS::Lambda", "AWS::Lambda::Function"]
    assert (function.source, function.target, function.counts.fault) == ("web", "web", 1)


def test_an_event_goes_through_the_bucket_and_nobody_waits() -> None:
    """A function that a bucket's event starts is the bucket's callee, asynchronously."""
    found = mapped(
        part("up", 0.0, 1.0, part("S3", 0.2, 0.4, id="put", namespace="aws", aws={"bucket_name": "pics"}),
             origin="AWS::Lambda::Function"),
        part("S3", 0.2, 0.4, id="copy", parent_id="put", inferred=True, origin="AWS::S3::Bucket"),
        part("resize", 1.5, 2.5, parent_id="put", origin="AWS::Lambda"),
    )  # fmt: skip
    assert edges(found) == {("client", "up"): (1, False), ("up", "pics"): (1, False), ("pics", "resize"): (1, True)}


def test_outcomes_are_counted_by_kind() -> None:
    """Flags first, then the HTTP status."""
    kinds = [{"fault": True}, {"throttle": True}, {"error": True}, {}, {"http": {"response": {"status": 503}}}]
    calls = [part("x", n, n + 1, id=str(n), namespace="remote", **kind) for n, kind in enumerate(kinds)]
    found = mapped(part("web", 0.0, 9.0, *calls))
    counts = next(e.counts for e in found.edges if e.target == "x")
    assert (counts.ok, counts.error, counts.throttle, counts.fault, counts.total) == (1, 1, 1, 2, 5)


def invoked(*phases: Segment, end: float, function_end: float) -> ServiceMap:
    """An API whose call of a function takes a second; the invocation and the function end when they are told to."""
    return mapped(
        part("api", 0.0, 2.0, part("Lambda", 0.5, 1.5, namespace="aws"), origin="AWS::ApiGateway::Stage"),
        part("web", 0.6, end, id="s", parent_id="Lambda", origin="AWS::Lambda"),
        part("web", 0.7, function_end, *phases, id="f", parent_id="s", origin="AWS::Lambda::Function"),
    )


def test_the_runtimes_overhead_after_the_answer_makes_no_call_asynchronous() -> None:
    """The caller had its answer; what goes on is nobody's wait. Work that goes on is."""
    overhead = part("Overhead", 1.4, 1.8, id="o")
    waited = invoked(part("Invocation", 0.7, 1.4, id="i"), overhead, end=1.8, function_end=1.8)
    assert edges(waited)["api", "web"] == (1, False)
    went_on = invoked(part("Invocation", 0.7, 1.7, id="i"), overhead, end=1.8, function_end=1.8)
    assert edges(went_on)["api", "web"] == (1, True)


def test_an_invocation_that_was_queued_is_asynchronous_however_quick() -> None:
    """Lambda writes the attempts of what it queued; the sender may still be busy when all is over."""
    found = mapped(
        part("bus", 0.0, 2.0, id="b", origin="AWS::Events"),
        part("web", 0.5, 1.0, part("Dwell Time", 0.5, 0.6, id="d"), part("Attempt #1", 0.6, 1.0, id="a"),
             id="s", parent_id="b", origin="AWS::Lambda"),
    )  # fmt: skip
    assert edges(found)["bus", "web"] == (1, True)
