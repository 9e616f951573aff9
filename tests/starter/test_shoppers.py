"""The shoppers: visits that look like people, and go on when the shop does not answer."""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from tests.starter import loading

OUTPUTS = {
    "ProductsUrl": "http://localhost:1/_aws/lambda-url/x/",
    "ApiUrl": "http://localhost:1/_aws/execute-api/y/prod/",
}
SHOPPERS = loading.script("shoppers")


def visit(scenario: str, seed: int = 1, order: Any = None, status: int = 200) -> list[dict[str, Any]]:
    """The requests of one visit, when every answer has that status and orders are answered so."""
    shopper = SHOPPERS.SCENARIOS[scenario](random.Random(seed), OUTPUTS)
    requests = []
    try:
        request = next(shopper)
        while True:
            requests.append(request)
            body = order if request["route"] == "POST /orders" else None
            request = shopper.send(SimpleNamespace(status=status, json=lambda body=body: body))
    except StopIteration:
        return requests


def test_browsing_is_a_list_and_some_products() -> None:
    """The list first, then about two products, whether or not the list came."""
    visits = [visit("browse", seed, status=0) for seed in range(50)]
    for requests in visits:
        assert requests[0] == {"route": "GET /products", "method": "GET", "url": OUTPUTS["ProductsUrl"] + "products"}
        assert {request["route"] for request in requests[1:]} == {"GET /products/{id}"}
    assert 1.7 < sum(len(requests) - 1 for requests in visits) / len(visits) < 2.3


def test_the_products_exist() -> None:
    """Ids are drawn from the first products, which every catalogue has."""
    catalogue = loading.script("catalogue")
    assert SHOPPERS.PRODUCTS == catalogue.BASE
    known = {catalogue.product_id(number) for number in range(1, catalogue.BASE + 1)}
    seen = {request["url"].rpartition("/")[2] for seed in range(200) for request in visit("browse", seed)[1:]}
    assert seen <= known and len(seen) > 100


def test_ordering_looks_orders_and_looks_again() -> None:
    """View, order, read the order that the answer names."""
    requests = visit("order", order={"orderId": "ord-1"}, status=201)
    assert [request["route"] for request in requests] == ["GET /products/{id}", "POST /orders", "GET /orders/{id}"]
    assert requests[1]["url"] == OUTPUTS["ApiUrl"] + "orders"
    assert requests[2]["url"] == OUTPUTS["ApiUrl"] + "orders/ord-1"
    bought = [item["productId"] for item in requests[1]["json"]["items"]]
    assert requests[0]["url"].rpartition("/")[2] in bought and len(bought) == len(set(bought))


@pytest.mark.parametrize("answer", [None, [], {"error": "no"}])
def test_without_an_order_the_visit_ends(answer: Any) -> None:
    """No order id, nothing to look at."""
    assert len(visit("order", order=answer, status=502)) == 2


def test_every_order_is_a_new_one() -> None:
    """The same seed sends the same cart under another request id, or the second run would place nothing."""
    first, second = (visit("order", seed=3)[1] for _ in range(2))
    assert first["json"] == second["json"]
    assert first["headers"]["Idempotency-Key"] != second["headers"]["Idempotency-Key"]


def test_the_shop_accepts_the_orders(orders: SimpleNamespace) -> None:
    """What shoppers send passes the order service's validation."""
    for seed in range(50):
        request = visit("order", seed)[1]
        orders.validation.draft(request["json"])
        assert orders.validation.request_id(request["headers"]["Idempotency-Key"], request["json"])


def test_most_visitors_only_browse() -> None:
    """Seven in ten."""
    browsers = sum(visit("mixed", seed)[0]["route"] == "GET /products" for seed in range(400))
    assert 0.63 < browsers / 400 < 0.77


def test_a_visit_has_pauses_but_no_sleep() -> None:
    """Pauses are told to the engine, which can be stopped in one."""
    thinking = [request.get("think", 0) for seed in range(20) for request in visit("mixed", seed)]
    assert max(thinking) > 0 and all(0 <= seconds <= 1 for seconds in thinking)
