"""What a customer gets, asked again and again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.workshop.interface import CannotTellError, CheckSpec, Reply, World


class Probe:
    """`{get: "{ProductsUrl}products", count: 20, status: 200, ratio: 0.99, p95_ms: 2500, items: products,
    unique: productId, expected: products}`: that share of the requests has the status, quickly enough, and every good
    answer has as many different items as the application has."""

    kind = "probe"
    parameters = frozenset({"get", "count", "status", "ratio", "p95_ms", "items", "unique", "expected"})

    def judge(self, spec: CheckSpec, world: World) -> tuple[bool, Mapping[str, Any]]:
        """Status, latency and content, each with its number."""
        wanted = spec.parameters
        try:
            url = str(wanted["get"]).format_map(world.outputs)
        except KeyError as missing:
            raise CannotTellError(f"the application has no output {missing}: deploy it first") from None
        replies = world.request("GET", url, int(wanted["count"]))
        good = [reply for reply in replies if reply.status == wanted["status"]]
        measured: dict[str, Any] = {
            "requests": len(replies),
            "good": len(good),
            "failed": len(replies) - len(good),
            "p95_ms": round(_p95([reply.seconds for reply in replies]) * 1000),
        }
        right = len(good) >= float(wanted["ratio"]) * len(replies)
        if "p95_ms" in wanted:
            right &= measured["p95_ms"] <= wanted["p95_ms"]
        if "items" in wanted:
            measured["found"] = min((_items(reply, wanted) for reply in good), default=0)
            measured["expected"] = world.expected(wanted["expected"])
            right &= measured["found"] == measured["expected"]
        return right, measured


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def _items(reply: Reply, wanted: Mapping[str, Any]) -> int:
    try:
        items = json.loads(reply.body)[wanted["items"]]
        return len({item[wanted["unique"]] for item in items})
    except (ValueError, KeyError, TypeError):
        return 0


CHECK = Probe()
