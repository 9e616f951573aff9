"""The product service: slow for a list, right in every answer."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.starter.account import Account
from tests.starter.requests import url


@pytest.fixture
def stocked(account: Account, products: SimpleNamespace) -> SimpleNamespace:
    """Three products."""
    for key, name, price in (("p-1", "Wool Blanket", "19.90"), ("p-2", "Desk Lamp", "40"), ("p-3", "Oak Bench", "7.5")):
        item = {"productId": key, "name": name, "category": "Home", "price": Decimal(price), "tags": ["new"]}
        account.tables["products"].put_item(Item=item)
    return products


def test_the_list_is_the_whole_table_over_all_pages(account: Account, products: SimpleNamespace) -> None:
    """A scan page ends at 1 MB; nothing behind it is lost."""
    with account.tables["products"].batch_writer() as writer:
        for number in range(30):
            writer.put_item(Item={"productId": f"p-{number:02d}", "name": f"n{number:02d}", "text": "x" * 60_000})
    assert "LastEvaluatedKey" in account.tables["products"].scan()
    status, body = url(products, "/products")
    assert status == 200
    assert [product["productId"] for product in body["products"]] == [f"p-{n:02d}" for n in range(30)]
    assert body["count"] == body["total"] == 30


def test_prices_are_numbers(stocked: SimpleNamespace) -> None:
    """A Decimal becomes a JSON number, whole where it is whole."""
    prices = {p["productId"]: p["price"] for p in url(stocked, "/products")[1]["products"]}
    assert prices == {"p-1": 19.9, "p-2": 40, "p-3": 7.5}
    assert isinstance(prices["p-2"], int)


def test_the_list_is_sorted_by_name_and_can_be_narrowed(stocked: SimpleNamespace) -> None:
    """`search` looks at name, category and tags; `limit` cuts."""
    assert [p["name"] for p in url(stocked, "/products/")[1]["products"]] == ["Desk Lamp", "Oak Bench", "Wool Blanket"]
    body = url(stocked, "/products", search="LAMP")[1]
    assert ([p["productId"] for p in body["products"]], body["total"]) == (["p-2"], 1)
    assert url(stocked, "/products", search="new", limit="2")[1] | {"products": []} == {
        "products": [],
        "count": 2,
        "total": 3,
    }


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "1.5", "", "9" * 5000, "²"])
def test_a_limit_that_is_no_number_is_refused(stocked: SimpleNamespace, limit: str) -> None:
    """400 and a reason, whatever the text."""
    status, body = url(stocked, "/products", limit=limit)
    assert status == 400 and "limit" in body["error"]


def test_the_list_can_be_leafed_through(stocked: SimpleNamespace) -> None:
    """`offset` begins further on; the total stays, and behind the end there is nothing."""
    names = [
        [p["name"] for p in url(stocked, "/products", limit="2", offset=offset)[1]["products"]]
        for offset in ("0", "2", "9")
    ]
    assert names == [["Desk Lamp", "Oak Bench"], ["Wool Blanket"], []]
    assert url(stocked, "/products", offset="9")[1]["total"] == 3


@pytest.mark.parametrize("offset", ["-1", "ten", "1.5", "", "00", "9" * 5000])
def test_an_offset_that_is_no_number_is_refused(stocked: SimpleNamespace, offset: str) -> None:
    """400 and a reason, whatever the text."""
    status, body = url(stocked, "/products", offset=offset)
    assert status == 400 and "offset" in body["error"]


def test_an_endless_search_is_refused(stocked: SimpleNamespace) -> None:
    """400 for a search text that no one types."""
    assert url(stocked, "/products", search="x" * 101)[0] == 400


def test_one_product(stocked: SimpleNamespace) -> None:
    """By its id, and 404 when there is none."""
    assert url(stocked, "/products/p-1")[1]["name"] == "Wool Blanket"
    status, body = url(stocked, "/products/p-9")
    assert status == 404 and "p-9" in body["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/product", 404),
        ("GET", "/products/p-1/reviews", 404),
        ("POST", "/products", 405),
        ("DELETE", "/products/p-1", 405),
    ],
)
def test_other_routes_and_methods(stocked: SimpleNamespace, method: str, path: str, status: int) -> None:
    """Unknown paths are 404, known paths with another method 405."""
    assert url(stocked, path, method)[0] == status
