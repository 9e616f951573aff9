"""The inventory service: stock never goes below zero and no order takes it twice."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.starter.account import Account
from tests.starter.requests import read, rest


def reserve(inventory: SimpleNamespace, order_id: str = "o-1", **wanted: int) -> tuple[int, Any]:
    """Ask for a reservation."""
    items = [{"productId": product, "quantity": quantity} for product, quantity in wanted.items()]
    return rest(inventory, "POST", "/inventory/reserve", {"orderId": order_id, "items": items})


def release(inventory: SimpleNamespace, order_id: str) -> tuple[int, Any]:
    """Give back, as the order service does: a direct call, without a request context."""
    body = json.dumps({"orderId": order_id})
    event = {"httpMethod": "POST", "path": "/inventory/release", "body": body, "isBase64Encoded": False}
    return read(inventory.handler.lambda_handler(event, None))


def level(inventory: SimpleNamespace, product: str) -> tuple[int, int]:
    """Free and reserved stock."""
    body = rest(inventory, "GET", f"/inventory/{product}")[1]
    return body["stock"], body["reserved"]


def test_a_reservation_moves_stock_and_names_prices(inventory: SimpleNamespace, account: Account) -> None:
    """Each line moves from free to reserved; the topic hears of both products."""
    status, body = reserve(inventory, kettle=4, lamp=5)
    assert (status, body["orderId"]) == (200, "o-1")
    assert body["items"] == [
        {"productId": "kettle", "quantity": 4, "unitPrice": 25},
        {"productId": "lamp", "quantity": 5, "unitPrice": 40},
    ]
    assert (level(inventory, "kettle"), level(inventory, "lamp")) == ((6, 4), (0, 5))
    told = {m["productId"]: (m["stock"], m["reserved"]) for m in messages(account)}
    assert told == {"kettle": (6, 4), "lamp": (0, 5)}


def messages(account: Account) -> list[dict[str, Any]]:
    """What the inventory topic delivered."""
    return [json.loads(body["Message"]) for body in account.received("inventory")]


def test_all_lines_or_none(inventory: SimpleNamespace, account: Account) -> None:
    """One line too many, and nothing is reserved, nothing published, and the order may come again."""
    status, body = reserve(inventory, kettle=1, lamp=6)
    assert (status, body["products"]) == (409, ["lamp"])
    assert (level(inventory, "kettle"), level(inventory, "lamp")) == ((10, 0), (5, 0))
    assert messages(account) == []
    assert reserve(inventory, kettle=1)[0] == 200


def test_a_product_without_a_record_has_no_stock(inventory: SimpleNamespace) -> None:
    """409, and no record comes into being."""
    assert reserve(inventory, ghost=1)[0] == 409
    assert rest(inventory, "GET", "/inventory/ghost")[0] == 404


def test_one_reservation_an_order(inventory: SimpleNamespace) -> None:
    """The same request again takes nothing and answers the same; another request under the id is a conflict."""
    first = reserve(inventory, kettle=4)
    assert reserve(inventory, kettle=4) == first
    assert level(inventory, "kettle") == (6, 4)
    assert reserve(inventory, kettle=5)[0] == 409
    assert level(inventory, "kettle") == (6, 4)


def test_lines_of_one_product_are_added_up(inventory: SimpleNamespace) -> None:
    """Two lines of six are twelve, and there are ten."""
    line = {"productId": "kettle", "quantity": 6}
    body = {"orderId": "o-1", "items": [line, line]}
    assert rest(inventory, "POST", "/inventory/reserve", body)[0] == 409
    body["items"] = [line, line | {"quantity": 2}]
    assert rest(inventory, "POST", "/inventory/reserve", body)[0] == 200
    assert level(inventory, "kettle") == (2, 8)


def test_release_gives_back_once(inventory: SimpleNamespace) -> None:
    """Stock returns, a second release does nothing, and the order cannot take it again."""
    reserve(inventory, kettle=4, lamp=1)
    assert release(inventory, "o-1") == (200, {"orderId": "o-1", "released": True})
    assert (level(inventory, "kettle"), level(inventory, "lamp")) == ((10, 0), (5, 0))
    assert release(inventory, "o-1")[1]["released"] is False
    assert release(inventory, "o-never")[1]["released"] is False
    assert reserve(inventory, kettle=4, lamp=1)[0] == 409
    assert level(inventory, "kettle") == (10, 0)


def test_two_releases_at_once_give_back_once(inventory: SimpleNamespace) -> None:
    """Both have read that the order holds stock; the second one's transaction finds that it does not any more."""
    reserve(inventory, kettle=4)
    assert inventory.store.release("o-1", {"kettle": 4}).done
    assert inventory.store.release("o-1", {"kettle": 4}).exists
    assert level(inventory, "kettle") == (10, 0)


def test_the_public_cannot_release(inventory: SimpleNamespace) -> None:
    """Through API Gateway there is no such route."""
    reserve(inventory, kettle=4)
    assert rest(inventory, "POST", "/inventory/release", {"orderId": "o-1"})[0] == 404
    assert level(inventory, "kettle") == (6, 4)


def test_stock_is_set_and_announced(inventory: SimpleNamespace, account: Account) -> None:
    """PUT makes or changes a record and leaves what is reserved."""
    reserve(inventory, kettle=4)
    account.received("inventory")
    assert rest(inventory, "PUT", "/inventory/kettle", {"stock": 50})[1]["stock"] == 50
    assert level(inventory, "kettle") == (50, 4)
    assert [m["reason"] for m in messages(account)] == ["updated"]
    assert rest(inventory, "PUT", "/inventory/new-one", {"stock": 3})[0] == 200
    assert level(inventory, "new-one") == (3, 0)


def test_stock_is_set_only_over_what_the_caller_has_seen(inventory: SimpleNamespace) -> None:
    """With `expectedStock`, an update over somebody else's change is a conflict."""
    body = {"stock": 12, "expectedStock": 10}
    assert rest(inventory, "PUT", "/inventory/kettle", body)[0] == 200
    assert rest(inventory, "PUT", "/inventory/kettle", body)[0] == 409
    assert level(inventory, "kettle")[0] == 12


def test_reservations_are_no_products(inventory: SimpleNamespace) -> None:
    """They share the table and are not served."""
    reserve(inventory, kettle=1)
    assert rest(inventory, "GET", "/inventory/order%23o-1")[0] == 404
    assert rest(inventory, "PUT", "/inventory/order%23o-1", {"stock": 1})[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"orderId": "o-1"},
        {"orderId": "o-1", "items": []},
        {"orderId": "o-1", "items": "kettle"},
        {"orderId": "o-1", "items": ["kettle"]},
        {"orderId": "o-1", "items": [{"productId": "kettle"}]},
        {"orderId": "o#1", "items": [{"productId": "kettle", "quantity": 1}]},
        {"orderId": "o-1", "items": [{"productId": "order#o-2", "quantity": 1}]},
        *({"orderId": "o-1", "items": [{"productId": "kettle", "quantity": q}]} for q in (0, -1, 101, 1.5, "1", True)),
        {"orderId": "o-1", "items": [{"productId": f"k{n}", "quantity": 1} for n in range(51)]},
    ],
)
def test_a_reservation_that_makes_no_sense_is_refused(inventory: SimpleNamespace, body: dict[str, Any]) -> None:
    """400 with a reason, and nothing is touched."""
    status, answer = rest(inventory, "POST", "/inventory/reserve", body)
    assert status == 400 and answer["error"]
    assert level(inventory, "kettle") == (10, 0)


@pytest.mark.parametrize("stock", [-1, 1_000_001, 2.5, "7", None, True])
def test_a_stock_that_is_no_count_is_refused(inventory: SimpleNamespace, stock: Any) -> None:
    """400 with a reason."""
    assert rest(inventory, "PUT", "/inventory/kettle", {"stock": stock})[0] == 400


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", '"x"', "[" * 100_000])
def test_a_body_that_is_no_object_is_refused(inventory: SimpleNamespace, raw: str) -> None:
    """Malformed JSON and other values than objects."""
    assert rest(inventory, "PUT", "/inventory/kettle", raw=raw)[0] == 400


def test_a_body_may_come_encoded(inventory: SimpleNamespace) -> None:
    """API Gateway sends binary media types as base64."""
    raw = base64.b64encode(b'{"stock": 8}').decode()
    assert rest(inventory, "PUT", "/inventory/kettle", raw=raw, base64=True)[1]["stock"] == 8
    assert rest(inventory, "PUT", "/inventory/kettle", raw="***", base64=True)[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/inventory", 404),
        ("GET", "/stock/kettle", 404),
        ("GET", "/inventory/kettle/x", 404),
        ("GET", "/inventory/ghost", 404),
        ("DELETE", "/inventory/kettle", 405),
        ("GET", "/inventory/reserve", 405),
    ],
)
def test_other_routes_and_methods(inventory: SimpleNamespace, method: str, path: str, status: int) -> None:
    """Unknown paths are 404, known paths with another method 405."""
    assert rest(inventory, method, path)[0] == status


def test_a_busy_stock_asks_to_come_again(inventory: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions that keep meeting others end in 503, not in a wrong 409."""
    monkeypatch.setattr(inventory.store, "reserve", lambda *_: inventory.store.Outcome())
    assert reserve(inventory, kettle=1)[0] == 503
