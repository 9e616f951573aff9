"""What a trace shows below a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.analysis.traces.tree import FUNCTION, TraceTree, tree
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, Schema, TooLittleError

SAMPLE = 100  # the newest traces are looked at


class TraceEdge:
    """`{function: NAME, calls: DynamoDB, at_least: 1, annotation: order_id}`: so many traces show the function calling
    that service, and carry the annotation somewhere where one is named.

    The SDKs do not agree on capitals: one writes `DynamoDB`, another `dynamodb`."""

    kind = "trace"
    schema = Schema(
        required={"function": TEXT, "calls": TEXT, "at_least": NUMBER},
        optional={"annotation": TEXT},
        measures=frozenset({"traces", "function", "with_function", "edge", "calls", "annotated"}),
        settles=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Active tracing alone draws the function but nothing below it."""
        name, calls = spec.parameters["function"], spec.parameters["calls"]
        # The first part of an id is the time of its trace, in hexadecimal.
        ids = sorted(world.cloud.trace_ids(world.window), key=lambda id_: id_[2:10])
        wanted, with_function, edge, annotated = spec.parameters.get("annotation", ""), 0, 0, 0
        for trace in world.cloud.traces(ids[-SAMPLE:]):
            found = tree(trace)
            functions = {i for i, node in enumerate(found.nodes) if (node.origin, node.name) == (FUNCTION, name)}
            with_function += bool(functions)
            shown = any(
                node.namespace == "aws" and node.name.lower() == calls.lower() and _below(found, index, functions)
                for index, node in enumerate(found.nodes)
            )
            edge += shown
            annotated += shown and (not wanted or any(wanted in node.annotations for node in found.nodes))
        if with_function < spec.parameters["at_least"] and (edge or not ids):
            raise TooLittleError(f"{with_function} requests were traced, {spec.parameters['at_least']} are needed")
        measured = {"traces": len(ids), "function": name, "with_function": with_function, "edge": edge, "calls": calls}
        return annotated >= spec.parameters["at_least"], {**measured, "annotated": annotated}


def _below(found: TraceTree, index: int, functions: set[int]) -> bool:
    """True when the nearest function above the node is one of these."""
    while (index := found.parents[index]) != -1:
        if found.nodes[index].origin == FUNCTION:
            return index in functions
    return False


CHECK = TraceEdge()
