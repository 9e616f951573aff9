"""Siblings that the X-Ray SDK sent as a chain stand beside each other again; what a call holds by right stays."""

import asyncio
from typing import Any

import orjson
import pytest
from aws_xray_sdk.core import xray_recorder

from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.traces.xray import segment
from tests.runtime.async_runs import events
from tests.runtime.two_roads import XRay, in_lambda, invocation


def call(name: str, start: float, end: float, *inside: Segment, **given: Any) -> Segment:
    """A call to AWS as the SDK writes it."""
    told = {"namespace": "aws", "aws": {"operation": "GetItem"}, **given}
    return Segment(f"{name} {start}", name, start, end, subsegments=inside, **told)


def web(name: str, start: float, end: float, *inside: Segment) -> Segment:
    """A call over HTTP."""
    request = {"request": {"method": "GET", "url": f"https://{name}/"}}
    return call(name, start, end, *inside, namespace="remote", aws={}, http=request)


def grown(*inside: Segment) -> TraceTree:
    """The tree of a function with that in its handler."""
    handler = Segment("h", "## handler", 0, 9, subsegments=inside)
    return tree(Trace("1-a", (Segment("f", "web", 0, 9, origin="AWS::Lambda::Function", subsegments=(handler,)),)))


def below(found: TraceTree) -> dict[str, list[str]]:
    """The names of the parts, by what they stand below."""
    names: dict[str, list[str]] = {}
    for node, parent in zip(found.nodes, found.parents, strict=True):
        if parent != -1:
            names.setdefault(found.nodes[parent].name, []).append(node.name)
    return names


def test_gathered_calls_are_siblings_and_a_warning_says_so_once() -> None:
    """Three calls to AWS, as one list of open parts nests them."""
    found = grown(call("a", 1, 6, call("b", 1.1, 5, call("c", 1.2, 4))))
    assert below(found)["## handler"] == ["a", "b", "c"]
    assert [warning.partition(":")[0] for warning in found.warnings] == ["chained"]


def test_gathered_requests_and_methods_are_out_of_the_call() -> None:
    """Three requests in one another are no redirect; a method that is traced by name runs in no call."""
    found = grown(web("a", 1, 6, web("b", 1.1, 5, web("c", 1.2, 4))))
    assert below(found)["## handler"] == ["a", "b", "c"]
    method = Segment("m", "## other", 1.1, 5, subsegments=(call("b", 1.2, 4),))
    assert below(grown(call("a", 1, 6, method))) == {
        "web": ["## handler"],
        "## handler": ["a", "## other"],
        "## other": ["b"],
    }


@pytest.mark.parametrize(
    "held",
    [
        call("a", 1, 6, call("STS", 1.1, 2, aws={"operation": "AssumeRole"})),
        call("s3", 1, 6, call("s3", 1.1, 2, aws={"operation": "HeadBucket"})),
        call("a", 1, 6, web("169.254.170.2", 1.1, 2)),
        web("a", 1, 6, web("a", 1.1, 5)),
        call("a", 1, 6, call("b", 1.1, 5), metadata={"default": {"rpc.system": "aws-api"}}),
        call("own wrapper", 1, 6, call("b", 1.1, 5), aws={}),
        call("a", 1, 6, Segment("t", "tls.connect", 1.1, 2)),
    ],
    ids=["credentials", "redirect of S3", "HTTP", "connection", "span", "wrapper", "internal"],
)
def test_what_a_call_holds_by_right_stays(held: Segment) -> None:
    """Nothing is moved and nothing is said."""
    found = grown(held)
    assert below(found)["## handler"] == [held.name]
    assert found.warnings == ()


def test_a_chain_of_the_sdk_itself_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it sends gathered calls of a function without the layer's context."""
    monkeypatch.setenv("SHOPFAST_OBS_PARALLEL", "off")

    async def one(name: str, turns: int) -> None:
        async with xray_recorder.in_subsegment_async(name, namespace="aws") as part:
            part.set_aws({"operation": "GetItem"})
            for _ in range(turns):
                await asyncio.sleep(0)

    async def all_of_them() -> None:
        await asyncio.gather(one("a", 3), one("b", 1), one("c", 2))

    with in_lambda() as documents:
        parent = invocation()

        @XRay().tracer.capture_lambda_handler(capture_response=False)
        def handler(event: Any, context: Any) -> None:
            asyncio.run(all_of_them())

        handler(*events())
    whole = [segment(orjson.loads(document)) for document in documents]
    function = Segment(parent, "web", 0, max(each.end or 0 for each in whole), origin="AWS::Lambda::Function")
    found = tree(Trace("1-a", (function, *whole)))
    assert sorted(below(found)["## handler"]) == ["a", "b", "c"]
    assert [warning.partition(":")[0] for warning in found.warnings] == ["chained"]


def test_calls_that_lead_back_to_themselves_end() -> None:
    """A cycle is cut as any other."""
    one, other = (call(name, 1, 2, parent_id=f"{above} 1") for name, above in (("a", "b"), ("b", "a")))
    assert next(warning.partition(":")[0] for warning in tree(Trace("1-a", (one, other))).warnings) == "cycle"
