"""The order service's API: one order a request, with its stock reserved and its event on the bus."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.starter.account import Account, Warehouse, answered
from tests.starter.requests import rest

BODY = {
    "customerId": "c-1",
    "items": [{"productId": "kettle", "quantity": 2}, {"productId": "lamp", "quantity": 1}],
    "paymentToken": "tok_visa",
}


def place(orders: SimpleNamespace, key: str | None = "req-1", **changes: Any) -> tuple[int, Any]:
    """Order two kettles and a lamp."""
    headers = {"idempotency-KEY": key} if key else {}
    return rest(orders, "POST", "/orders", BODY | changes, headers=headers)


def stock(account: Account, product: str) -> int:
    """What is free to be sold."""
    return int(account.tables["inventory"].get_item(Key={"productId": product})["Item"]["stock"])


def throttled() -> Any:
    """What boto3 raises when the function's concurrency is used up."""
    raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}}, "Invoke")


def silent() -> Any:
    """What boto3 raises when no answer comes."""
    raise ReadTimeoutError(endpoint_url="https://lambda")


def test_an_order_reserves_stores_and_tells(orders: SimpleNamespace, account: Account) -> None:
    """201 with the order; stock is taken, the order is in the table, order.created is on the bus."""
    status, order = place(orders)
    assert (status, order["status"], order["total"], order["customerId"]) == (201, "PLACED", 90, "c-1")
    assert (stock(account, "kettle"), stock(account, "lamp")) == (8, 4)
    [stored] = account.items("orders")
    assert (stored["orderId"], stored["status"]) == (order["orderId"], "PLACED")
    assert account.events() == [("order.created", order)]


def test_the_card_is_nobodys_business(orders: SimpleNamespace, account: Account) -> None:
    """The payment token is stored, and neither answered nor published."""
    order = place(orders)[1]
    assert account.items("orders")[0]["paymentToken"] == "tok_visa"
    shown = rest(orders, "GET", f"/orders/{order['orderId']}")[1]
    assert "tok_visa" not in json.dumps([order, shown, account.events()])


def test_one_order_a_client_request_id(orders: SimpleNamespace, account: Account) -> None:
    """The same request again answers 200 with the first order and does nothing else, by header or body."""
    first = place(orders)[1]
    account.events()
    status, again = place(orders, key=None, clientRequestId="req-1")
    assert (status, again["orderId"]) == (200, first["orderId"])
    assert (len(account.items("orders")), stock(account, "kettle"), account.events()) == (1, 8, [])


def test_two_attempts_at_once_are_one_order(orders: SimpleNamespace, account: Account, warehouse: Warehouse) -> None:
    """The client's second attempt overtakes the first while that one waits for the warehouse."""
    second: list[tuple[int, Any]] = []

    def overtaken() -> dict[str, Any]:
        warehouse.trouble = None
        second.append(place(orders))
        return answered(warehouse.service.handler.lambda_handler(warehouse.calls[0], None))

    warehouse.trouble = overtaken
    first = place(orders)
    assert (first[0], second[0][0]) == (200, 201)
    assert first[1]["createdAt"] == second[0][1]["createdAt"] == account.items("orders")[0]["createdAt"]
    assert (len(account.items("orders")), stock(account, "kettle"), len(account.events())) == (1, 8, 1)


def test_without_a_request_id_every_request_is_an_order(orders: SimpleNamespace, account: Account) -> None:
    """And another customer's id is another id."""
    assert place(orders, key=None)[0] == place(orders, key=None)[0] == 201
    assert place(orders)[0] == place(orders, customerId="c-2")[0] == 201
    assert len(account.items("orders")) == 4


def test_a_request_id_belongs_to_one_order(orders: SimpleNamespace, account: Account) -> None:
    """422 when the same id comes with other items."""
    place(orders)
    assert place(orders, items=[{"productId": "kettle", "quantity": 1}])[0] == 422
    assert stock(account, "kettle") == 8


def test_a_retry_publishes_what_the_first_attempt_could_not(
    orders: SimpleNamespace, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the bus refuses, the request fails; the client's retry finishes it."""
    with monkeypatch.context() as broken:
        refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        broken.setattr(orders.outbound, "events", SimpleNamespace(put_events=lambda **_: refused))
        with pytest.raises(RuntimeError, match="InternalFailure"):
            place(orders)
    assert place(orders)[0] == 200
    assert [kind for kind, _ in account.events()] == ["order.created"]
    assert (len(account.items("orders")), stock(account, "kettle")) == (1, 8)


def test_no_order_without_stock(orders: SimpleNamespace, account: Account) -> None:
    """409 names the product; nothing is stored, reserved or published."""
    status, body = place(orders, items=[{"productId": "lamp", "quantity": 6}, {"productId": "kettle", "quantity": 1}])
    assert (status, body["products"]) == (409, ["lamp"])
    assert (account.items("orders"), stock(account, "kettle"), account.events()) == ([], 10, [])


@pytest.mark.parametrize(
    "trouble",
    [
        throttled,
        silent,
        lambda: answered({"errorMessage": "2026-01-01 Task timed out after 30.00 seconds"}, "Unhandled"),
        lambda: answered({"errorType": "Sandbox.Timedout", "errorMessage": "x"}, "Unhandled"),
        lambda: answered({"statusCode": 503, "body": '{"error": "busy"}'}),
    ],
    ids=["throttled", "no answer", "timed out", "sandbox timed out", "busy"],
)
def test_a_slow_warehouse_sends_the_order_to_the_queue(
    orders: SimpleNamespace, account: Account, warehouse: Warehouse, trouble: Any
) -> None:
    """202: the order waits as PENDING, its id is in the order queue, and nothing is announced."""
    warehouse.trouble = trouble
    status, order = place(orders)
    assert (status, order["status"]) == (202, "PENDING")
    assert account.items("orders")[0]["status"] == "PENDING"
    assert account.received("orders") == [{"orderId": order["orderId"]}]
    assert account.events() == []


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: answered({"errorType": "KeyError", "errorMessage": "'x'"}, "Unhandled"),
        lambda: answered({"statusCode": 500, "body": "{}"}),
        lambda: answered({"statusCode": 400, "body": '{"error": "no"}'}),
    ],
    ids=["broken", "500", "400"],
)
def test_a_broken_warehouse_is_a_bad_gateway(
    orders: SimpleNamespace, account: Account, warehouse: Warehouse, trouble: Any
) -> None:
    """502 and no order."""
    warehouse.trouble = trouble
    assert place(orders)[0] == 502
    assert account.items("orders") == []


def test_orders_can_be_read(orders: SimpleNamespace) -> None:
    """One by its id, a customer's by their id, newest first."""
    ids = [place(orders, key=None)[1]["orderId"] for _ in range(3)]
    place(orders, key=None, customerId="c-2")
    assert rest(orders, "GET", f"/orders/{ids[0]}")[1]["orderId"] == ids[0]
    status, body = rest(orders, "GET", "/orders", queryStringParameters={"customerId": "c-1"})
    assert (status, body["count"], {order["orderId"] for order in body["orders"]}) == (200, 3, set(ids))
    assert [o["createdAt"] for o in body["orders"]] == sorted((o["createdAt"] for o in body["orders"]), reverse=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"customerId": None},
        {"customerId": 7},
        {"customerId": "c 1"},
        {"items": None},
        {"items": []},
        {"items": {}},
        {"items": ["kettle"]},
        {"items": [{"productId": "", "quantity": 1}]},
        *({"items": [{"productId": "kettle", "quantity": q}]} for q in (0, -1, 101, 1.5, "2", None, True)),
        {"items": [{"productId": "kettle", "quantity": 60}] * 2},
        {"items": [{"productId": f"k-{n}", "quantity": 1} for n in range(26)]},
        {"paymentToken": {"number": "4111"}},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    orders: SimpleNamespace, warehouse: Warehouse, changes: dict[str, Any]
) -> None:
    """400 with a reason, before anyone else is asked."""
    status, body = place(orders, **changes)
    assert status == 400 and body["error"]
    assert warehouse.calls == []


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 129, 5])
def test_a_strange_request_id_is_refused(orders: SimpleNamespace, key: Any) -> None:
    """400, rather than an order that the next attempt does not find."""
    assert place(orders, key=None, clientRequestId=key)[0] == 400


@pytest.mark.parametrize("raw", ["", "{", "[1]", "null", "[" * 100_000])
def test_a_body_that_is_no_object_is_refused(orders: SimpleNamespace, raw: str) -> None:
    """Malformed JSON and other values than objects."""
    assert rest(orders, "POST", "/orders", raw=raw)[0] == 400


def test_a_body_may_come_encoded(orders: SimpleNamespace) -> None:
    """API Gateway sends binary media types as base64."""
    raw = base64.b64encode(json.dumps(BODY).encode()).decode()
    assert rest(orders, "POST", "/orders", raw=raw, base64=True)[0] == 201
    assert rest(orders, "POST", "/orders", raw=json.dumps(BODY), base64=True)[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/order", 404),
        ("GET", "/orders/x/y", 404),
        ("GET", "/orders/ord-nope", 404),
        ("GET", "/orders", 400),
        ("PUT", "/orders", 405),
        ("DELETE", "/orders/ord-1", 405),
    ],
)
def test_other_routes_and_methods(orders: SimpleNamespace, method: str, path: str, status: int) -> None:
    """Unknown paths and orders are 404, known paths with another method 405, a list without a customer 400."""
    assert rest(orders, method, path)[0] == status
