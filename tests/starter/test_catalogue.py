"""The catalogue: the same everywhere, loaded once, and big enough for the machine."""

from __future__ import annotations

import json
from decimal import Decimal
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.starter import loading
from tests.starter.account import Account

OUTPUTS = {"ProductsTable": "shopfast-products", "InventoryTable": "shopfast-inventory", "ProductFunction": "products"}


class Clients:
    """boto3 clients, but for Lambda: there the function has the configuration of the test."""

    def __init__(self, timeout: int = 3, memory: int = 128) -> None:
        self.configuration = {"Timeout": timeout, "MemorySize": memory}
        self.writes: list[str] = []

    def __call__(self, service: str) -> Any:
        if service == "lambda":
            return self
        client = boto3.client(service)
        client.meta.events.register(
            "provide-client-params.dynamodb.BatchWriteItem",
            lambda params, **_: self.writes.extend(params["RequestItems"]),
        )
        return client

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - the SDK's names
        """What the Lambda API knows of the product function."""
        assert FunctionName == OUTPUTS["ProductFunction"]
        return self.configuration


class Machine:
    """A clock of CPU seconds by which each measurement takes the next of these times, and the last one for ever."""

    def __init__(self, *seconds: float) -> None:
        self._left, self._now, self._running = list(seconds), 0.0, False

    def __call__(self) -> float:
        if self._running:
            self._now += self._left.pop(0) if len(self._left) > 1 else self._left[0]
        self._running = not self._running
        return self._now


@pytest.fixture
def small() -> ModuleType:
    """The catalogue with 60 products at first and 200 at most."""
    module = loading.script("catalogue")
    vars(module).update(BASE=60, MOST=200, STEP=10)
    return module


def load(catalogue: ModuleType, clients: Clients | None = None, *seconds: float) -> dict[str, Any]:
    """Load it on a machine where listing takes so many CPU seconds, 0.5 unless told."""
    return catalogue.load(clients or Clients(), OUTPUTS, lambda _: None, Machine(*(seconds or (0.5,))))


def numbered(count: int) -> set[str]:
    """The ids of the first products."""
    return {f"p-{number:05d}" for number in range(1, count + 1)}


def ids(account: Account, table: str) -> set[str]:
    """The keys of a table."""
    return {item["productId"] for item in account.items(table)}


def test_the_catalogue_is_the_same_on_every_machine() -> None:
    """A product depends on its number alone."""
    catalogue = loading.script("catalogue")
    first = catalogue.product(1)
    assert first == loading.script("catalogue").product(1)
    assert (first["productId"], first["name"], first["price"]) == (
        "p-00001",
        "Classic Steel Water Bottle",
        Decimal("215.56"),
    )


def test_a_product_has_the_size_of_the_story() -> None:
    """About 570 bytes as JSON, so that 3,000 of them cost a starved function what the documents say."""
    catalogue = loading.script("catalogue")
    sizes = [len(json.dumps(catalogue.product(number), default=float)) for number in range(1, 201)]
    assert 550 < sum(sizes) / len(sizes) < 590
    largest = catalogue.MOST * max(sizes)
    assert largest < 6 * 1024 * 1024 * 1.05, "the answer must fit into a Lambda response"


def test_products_and_stock_are_loaded(small: ModuleType, account: Account) -> None:
    """All of them, each with a stock of 1,000 and its price."""
    said: list[str] = []
    result = small.load(Clients(), OUTPUTS, said.append, Machine(0.5))
    assert ids(account, "products") == ids(account, "inventory") == numbered(result["products"])
    record = account.tables["inventory"].get_item(Key={"productId": "p-00007"})["Item"]
    assert (record["stock"], record["reserved"], record["price"]) == (1000, 0, small.product(7)["price"])
    assert account.tables["products"].get_item(Key={"productId": "p-00007"})["Item"] == small.product(7)
    assert f"{result['factor']:.1f} times its timeout of 3 s" in said[-1]


def test_a_second_run_changes_nothing(small: ModuleType, account: Account) -> None:
    """No write, and stock that was sold stays sold."""
    first = load(small)
    account.tables["inventory"].update_item(
        Key={"productId": "p-00001"},
        UpdateExpression="SET stock = :left",
        ExpressionAttributeValues={":left": 3},
    )
    clients = Clients()
    assert load(small, clients) == first
    assert clients.writes == []
    assert account.tables["inventory"].get_item(Key={"productId": "p-00001"})["Item"]["stock"] == 3


def test_what_an_interrupted_run_left_out_is_added(small: ModuleType, account: Account) -> None:
    """Holes are filled, in products and in stock, and existing stock stays."""
    for number in (1, 5, 75):
        account.tables["products"].put_item(Item=small.product(number))
    account.tables["inventory"].put_item(Item={"productId": "p-00005", "stock": Decimal(2), "reserved": Decimal(1)})
    result = load(small)
    assert result["products"] >= 75
    assert ids(account, "products") == ids(account, "inventory") == numbered(result["products"])
    assert account.tables["inventory"].get_item(Key={"productId": "p-00005"})["Item"]["stock"] == 2


def test_missing_stock_is_added(small: ModuleType, account: Account) -> None:
    """A run that was interrupted before it came to the stock is finished by the next."""
    load(small)
    account.tables["inventory"].delete_item(Key={"productId": "p-00042"})
    load(small)
    assert "p-00042" in ids(account, "inventory")


def test_products_of_others_are_left_alone(small: ModuleType, account: Account) -> None:
    """A product that somebody added counts, and does not make every run start again."""
    load(small)
    account.tables["products"].put_item(Item={"productId": "my-kettle", "name": "Kettle"})
    clients = Clients()
    load(small, clients)
    assert clients.writes == []


def test_a_fast_machine_gets_more_products(small: ModuleType, account: Account) -> None:
    """Until a list request takes twice the timeout of the function as it is shipped."""
    nothing, sixty, more = 0.0, 0.21, 0.45
    result = load(small, None, nothing, sixty, more)
    assert result["products"] == 130  # 60 * 6 s / (0.21 s * 1769 MB / 128 MB) = 124, in steps of 10
    assert ids(account, "products") == ids(account, "inventory") == numbered(130)
    assert (result["predicted_seconds"], result["factor"]) == (6.22, 2.07)


def test_a_fixed_function_gets_no_bigger_catalogue(small: ModuleType, account: Account) -> None:
    """The size follows from the shipped configuration; the prediction from the deployed one."""
    result = load(small, Clients(timeout=10, memory=1769))
    assert result == {"products": 60, "predicted_seconds": 0.5, "timeout": 10, "factor": 0.05}


@pytest.mark.parametrize(
    ("count", "cpu_seconds", "wanted"),
    [(3000, 0.55, 3000), (3000, 0.2171, 6000), (3000, 0.0, 10_000), (3000, 0.05, 10_000), (4000, 0.5, 4000)],
)
def test_how_many_are_enough(count: int, cpu_seconds: float, wanted: int) -> None:
    """Never fewer than there are, never more than an answer can hold."""
    assert loading.script("catalogue").enough(count, cpu_seconds) == wanted


def test_what_memory_buys() -> None:
    """128 MB are 7.2 % of a CPU; beyond one CPU, one thread gains nothing."""
    catalogue = loading.script("catalogue")
    assert catalogue.at_memory(0.5, 128) == pytest.approx(6.91, abs=0.01)
    assert catalogue.at_memory(0.5, 1769) == catalogue.at_memory(0.5, 3008) == 0.5
