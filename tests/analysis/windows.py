"""Windows of requests to a made-up shop whose shifts are known: what a comparison must find, and what it must not."""

import random
from dataclasses import dataclass

from shopfast_obs.analysis.comparison.compare import Comparison
from shopfast_obs.model.telemetry import Segment, Trace, TracedException

SPREAD = 0.4  # of the logarithm of a latency: the long tail that they have
ROUTES = ("products", "orders", "stock")


@dataclass(frozen=True, slots=True)
class Shop:
    """How the shop behaves. `slower` is what everything in `route` takes longer, the other shares are of requests."""

    route: str = "orders"
    slower: float = 1.0
    failing: float = 0.02
    cold: float = 0.05
    gets: int = 1
    version: str = "7"
    broken_call: float = 0.01


def window(seed: int, each: int = 200, shop: Shop | None = None, routes: tuple[str, ...] = ROUTES) -> list[Trace]:
    """So many requests of each route, those of `shop.route` as it says and all others as ever."""
    dice = random.Random(seed)
    return [
        _request(dice, f"1-{number:08x}-{seed:024x}", float(number), route, (shop or Shop()))
        for number in range(each)
        for route in routes
    ]


def _request(dice: random.Random, trace_id: str, start: float, route: str, shop: Shop) -> Trace:
    own = shop if route == shop.route else Shop()
    inner, at = [], start + 0.01 * own.slower
    for number in range(own.gets):
        took = dice.lognormvariate(-4.5, SPREAD) * own.slower
        inner.append(_call(f"g{number}", "DynamoDB", at, at + took, fault=dice.random() < own.broken_call,
                           aws={"operation": "GetItem", "table_name": route}))  # fmt: skip
        at += took
    if route == "orders" and dice.random() < 0.5:  # not every request goes the same way
        took = dice.lognormvariate(-3.5, SPREAD) * own.slower
        inner.append(_call("q", "SQS", at, at + took, aws={"operation": "SendMessage", "queue_url": "q/mail"}))
        at += took
    at += dice.lognormvariate(-1.5, SPREAD) * own.slower
    fault = dice.random() < own.failing
    init = 0.5 if dice.random() < own.cold else 0.0
    phases = [Segment("i", "Initialization", start, start + init)] if init else []
    function = Segment(
        "f", route, start + init, at + init, origin="AWS::Lambda::Function", parent_id="s", fault=fault,
        annotations={"version": own.version, "tier": dice.choice(("gold", "plain")), "order_id": dice.randrange(10**9)},
        exceptions=(TracedException("ValueError", "no price"),) if fault else (),
        subsegments=(*phases, Segment("v", "Invocation", start + init, at + init, subsegments=tuple(
            call._replace(start=call.start + init, end=(call.end or 0.0) + init) for call in inner))),
    )  # fmt: skip
    http = {"request": {"method": "GET", "url": f"https://x/{route}"}}
    service = Segment("s", route, start, at + init, origin="AWS::Lambda", http=http, fault=fault)
    return Trace(trace_id, (service, function))


def _call(id_: str, name: str, start: float, end: float, *, aws: dict[str, str], fault: bool = False) -> Segment:
    return Segment(id_, name, start, end, namespace="aws", aws=aws, fault=fault)


def changes(found: Comparison) -> list[str]:
    """Everything of which the comparison says that it is no accident."""
    tables = {
        "route": found.routes, "edge": found.edges, "chain": found.chains, "errors": found.errors,
        "edge errors": found.edge_errors, "chain errors": found.chain_errors, "cold": found.cold_starts,
        "waited": found.waited, "calls": found.calls, "path": found.critical_path, "attribute": found.attributes,
    }  # fmt: skip
    told = [f"{table}: {row.name} {row.verdict}" for table, rows in tables.items() for row in rows]  # type: ignore[attr-defined]
    told += [
        f"{kind}: {row.name} {one.percentile} {one.verdict}"
        for kind, rows in (("route", found.routes), ("edge", found.edges), ("chain", found.chains))
        for row in rows
        for one in row.percentiles[1:]
    ]
    told += [f"new {one.kind}: {one.name} more" for one in found.presence if one.alarming]
    return [one for one in told if not one.endswith((" same", " not enough data"))]
