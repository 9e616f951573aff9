"""Comparison: false alarms over everything that is compared at once, and how often known shifts are found."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import cache

from shopfast_obs.analysis.comparison.compare import Comparison, compare
from shopfast_obs.analysis.comparison.sample import Sample, sample
from shopfast_obs.cli.inputs.saved_traces import few_collections
from tests.analysis.windows import ROUTES, Shop, changes, window

PAIRS = 100
ORDERS = ("orders",)
Hit = Callable[[Comparison], bool]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=PAIRS, help="windows before and after")
    pairs = parser.parse_args().pairs
    with few_collections():
        false_alarms(pairs)
        for name, shop, routes, hit in SHIFTS:
            found = sum(hit(compare(*sides(number, shop, routes))) for number in range(pairs))
            print(f"{name:66} found {found / pairs:6.1%}")


def false_alarms(pairs: int) -> None:
    alarms, asked = Counter[str](), 0
    failed = worse = 0
    for number in range(pairs):
        found = compare(*sides(number, Shop(), ROUTES))
        told = changes(found)
        failed += bool(told)
        worse += bool(found.worse)
        alarms.update(one.partition(":")[0] for one in told)
        asked = tests(found)
    print(f"two windows of the same shop, 3 routes of 200, {asked} tests each: anything differs {failed / pairs:6.1%}, "
          f"check fails {worse / pairs:6.1%} (bound: 5 %) {dict(alarms)}")  # fmt: skip


def tests(found: Comparison) -> int:
    """How many questions had an answer."""
    latencies = (*found.routes, *found.edges, *found.chains)
    others = (*found.errors, *found.edge_errors, *found.chain_errors, *found.cold_starts, *found.waited, *found.calls,
              *found.critical_path, *found.attributes)  # fmt: skip
    percentiles = [one for row in latencies for one in row.percentiles]
    return sum(one.p is not None for one in percentiles) + sum(row.p is not None for row in others)


def sides(number: int, shop: Shop, routes: tuple[str, ...]) -> tuple[Sample, Sample]:
    return before(number, routes), sample(window(2 * number + 1, shop=shop, routes=routes))


@cache
def before(number: int, routes: tuple[str, ...]) -> Sample:
    return sample(window(2 * number, routes=routes))


def slower(found: Comparison) -> bool:
    return any(row.verdict == "slower" for row in found.routes if row.name == "GET /orders")


def more(table: str) -> Hit:
    return lambda found: any(row.verdict == "more" and "orders" in row.name for row in getattr(found, table))


SHIFTS: tuple[tuple[str, Shop, tuple[str, ...], Hit], ...] = (
    ("20 % slower, 200 traces", Shop(slower=1.2), ORDERS, slower),
    ("20 % slower, 200 traces of one of three routes", Shop(slower=1.2), ROUTES, slower),
    ("30 % slower, 200 traces of one of three routes", Shop(slower=1.3), ROUTES, slower),
    ("20 % slower, its part of the critical path", Shop(slower=1.2), ROUTES, more("critical_path")),
    ("failures from 2 % to 12 %", Shop(failing=0.12), ROUTES, more("errors")),
    ("failures of a call from 1 % to 10 %", Shop(broken_call=0.10), ROUTES, more("edge_errors")),
    ("cold starts from 5 % to 17 %", Shop(cold=0.17), ROUTES, more("cold_starts")),
    ("calls per request from 1 to 2", Shop(gets=2), ROUTES, more("calls")),
    ("another version", Shop(version="8"), ROUTES, lambda found: "attribute: version = 8 more" in changes(found)),
)


if __name__ == "__main__":
    main()
