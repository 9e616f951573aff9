"""What a customer gets, asked again and again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CannotTellError, CheckContext, Reply, Schema


class Probe:
    """`{get: "{ProductsUrl}products", count: 20, status: 200, ratio: 0.99, p95_ms: 2500, items: products,
    unique: productId, expected: products}`: that share of the requests has the status, quickly enough, and every good
    answer has as many different items as the application has. The content is no option: an empty answer is quick. It
    asks no further when it can only fail."""

    kind = "probe"
    schema = Schema(
        required={
            "get": TEXT,
            "count": (int,),
            "status": (int,),
            "ratio": NUMBER,
            "p95_ms": NUMBER,
            "items": TEXT,
            "unique": TEXT,
            "expected": TEXT,
        },
        measures=frozenset({"requests", "good", "failed", "p95_ms", "found", "expected"}),
        asks=True,
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Status, latency and content, each with its number."""
        wanted = spec.parameters
        try:
            url = wanted["get"].format_map(world.outputs)
        except KeyError as missing:
            raise CannotTellError(f"the application has no output {missing}") from None
        expected = world.expected(wanted["expected"])
        replies = _until_decided(world.request("GET", url, wanted["count"]), wanted)
        good = [reply for reply in replies if reply.status == wanted["status"]]
        p95 = round(_p95([reply.seconds for reply in replies]) * 1000)
        found = min((_items(reply, wanted) for reply in good), default=0)
        measured = {"requests": len(replies), "good": len(good), "failed": len(replies) - len(good), "p95_ms": p95}
        right = len(good) >= wanted["ratio"] * len(replies) and p95 <= wanted["p95_ms"] and found == expected > 0
        return right, {**measured, "found": found, "expected": expected}


def _until_decided(replies: Iterator[Reply], wanted: Mapping[str, Any]) -> list[Reply]:
    """The replies up to the one after which no other can make it right: who is slow is not asked for minutes."""
    count, taken, failed, slow = wanted["count"], list[Reply](), 0, 0
    for reply in replies:
        taken.append(reply)
        failed += reply.status != wanted["status"]
        slow += reply.seconds * 1000 > wanted["p95_ms"]
        if count - failed < wanted["ratio"] * count or slow > count - math.ceil(0.95 * count):
            break
    return taken


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def _items(reply: Reply, wanted: Mapping[str, Any]) -> int:
    try:
        items = json.loads(reply.body)[wanted["items"]]
        return len({item[wanted["unique"]] for item in items})
    except (ValueError, KeyError, TypeError):
        return 0


CHECK = Probe()
