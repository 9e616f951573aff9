"""Which tables a call to DynamoDB went to, as the SDKs write them."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.analysis.traces.outcome import resources, route
from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Segment, Trace

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


def call(number: int, **aws: Any) -> Segment:
    """One call of DynamoDB."""
    start = float(number)
    return Segment(f"c{number}", "DynamoDB", start, start + 0.5, parent_id="f", namespace="aws", aws=aws)


@pytest.mark.parametrize(
    ("aws", "tables"),
    [
        ({"table_names": "dict_keys(['orders', 'stock'])"}, ("orders", "stock")),
        ({"table_names": "dict_keys(['orders'])"}, ("orders",)),
        ({"table_names": ["orders", "stock"]}, ("orders", "stock")),
        ({"table_names": f"dict_keys(['{ARN}'])"}, ("orders",)),
        ({"table_name": ARN}, ("orders",)),
        ({"table_name": f"{ARN}/index/by-day"}, ("orders",)),
        ({"table_name": "orders"}, ("orders",)),
        ({"operation": "TransactWriteItems"}, ("DynamoDB",)),
        ({"table_names": "dict_keys([])"}, ("DynamoDB",)),
        ({"table_names": 7}, ("DynamoDB",)),
    ],
)
def test_tables_are_read_as_the_sdks_write_them(aws: dict[str, Any], tables: tuple[str, ...]) -> None:
    """A batch as the text of a Python object, a table by its ARN, a transaction by nothing."""
    assert resources(call(0, **aws)) == tables


def test_a_batch_leads_to_each_of_its_tables() -> None:
    """In the map; a table by name and by ARN is one."""
    batch = call(1, operation="BatchGetItem", table_names="dict_keys(['orders', 'stock'])")
    calls = (batch, call(2, operation="GetItem", table_name=ARN), call(3, operation="TransactWriteItems"))
    function = Segment("f", "shop", 0.0, 9.0, origin="AWS::Lambda::Function", subsegments=calls)
    found = overview([Trace("1-0", (function,))]).service_map
    edges = {(edge.target, edge.counts.total) for edge in found.edges if edge.source == "shop"}
    assert edges == {("orders", 2), ("stock", 1), ("DynamoDB", 1)}


def test_batches_of_the_same_tables_are_the_same_call() -> None:
    """Over and over: an N+1 that names what it reads."""
    calls = tuple(
        call(number, operation="BatchGetItem", table_names="dict_keys(['orders', 'stock'])") for number in range(1, 12)
    )
    function = Segment("f", "shop", 0.0, 20.0, origin="AWS::Lambda::Function", subsegments=calls)
    patterns = overview([Trace("1-0", (function,))]).patterns
    assert ("n_plus_one", "DynamoDB BatchGetItem orders, stock") in {(one.kind, one.call) for one in patterns}


@pytest.mark.parametrize(
    ("told", "named"),
    [("/shop/{slug}", "/shop/{slug}"), ("/orders/17", "/orders/{id}"), ("/v1/{order2}/x", "/v1/{order2}/x")],
)
def test_a_route_is_a_template_though_a_library_writes_the_path(told: str, named: str) -> None:
    """`http.route` of the Lambda instrumentation is the path itself for HTTP APIs."""
    asked = {"request": {"method": "GET", "url": "https://shop.example/orders/17"}}
    assert route(Segment("a", "shop", 0.0, 1.0, annotations={"http.route": told}, http=asked)) == f"GET {named}"
