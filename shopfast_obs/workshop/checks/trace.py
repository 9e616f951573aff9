"""What a trace shows below a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.interface import CheckSpec, World

SAMPLE = 25  # traces looked at


class TraceEdge:
    """`{function: NAME, calls: DynamoDB, at_least: 1}`: so many traces show the function calling that service."""

    kind = "trace"
    parameters = frozenset({"function", "calls", "at_least"})

    def judge(self, spec: CheckSpec, world: World) -> tuple[bool, Mapping[str, Any]]:
        """Active tracing alone draws the function but nothing below it."""
        wanted = spec.parameters
        ids = world.cloud.trace_ids(world.window)
        function = edge = 0
        for trace in world.cloud.traces(list(ids)[-SAMPLE:]):
            nodes = list(trace.walk())
            function += any(node.name == wanted["function"] for node in nodes)
            edge += any(node.name == wanted["calls"] and node.namespace == "aws" for node in nodes)
        measured = {"traces": len(ids), "function": function, "edge": edge}
        return function > 0 and edge >= wanted["at_least"], measured


CHECK = TraceEdge()
