"""The catalogue: the same everywhere, loaded once, and big enough for the machine."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.starter import loading
from tests.starter.account import Account

OUTPUTS = {"ProductsTable": "shopfast-products", "InventoryTable": "shopfast-inventory", "ProductFunction": "products"}


class Body:
    """The payload of an answer."""

    def read(self) -> bytes:
        """It is of no interest."""
        return b"{}"


class Clients:
    """boto3 clients, but for Lambda: there a list takes the function `seconds` for each product in the table, and it
    is killed after its timeout."""

    def __init__(self, seconds: float = 0.1, timeout: int = 3, memory: int = 128, log: str = "text") -> None:
        self.configuration = {"Timeout": timeout, "MemorySize": memory}
        self.writes: list[str] = []
        self.asked: list[str] = []
        self.versions = ["$LATEST"]
        self._seconds, self._log = seconds, log

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

    def list_versions_by_function(self, **_: str) -> dict[str, Any]:
        """The versions that there are."""
        return {"Versions": [{"Version": version} for version in self.versions]}

    def publish_version(self, **_: str) -> dict[str, str]:
        """A new version."""
        self.versions.append("7")
        return {"Version": "7"}

    def get_waiter(self, _name: str) -> Clients:
        """It is active at once."""
        return self

    def wait(self, **_: Any) -> None:
        """Do so."""

    def delete_function(self, *, FunctionName: str, Qualifier: str) -> None:  # noqa: N803 - the SDK's names
        """Delete a version."""
        assert FunctionName == OUTPUTS["ProductFunction"]
        self.versions.remove(Qualifier)

    def invoke(self, *, Qualifier: str, Payload: str, **_: str) -> dict[str, Any]:  # noqa: N803 - the SDK's names
        """Ask a version for all products; its REPORT is the end of the log."""
        self.asked.append(json.loads(Payload)["rawPath"])
        assert Qualifier in self.versions
        count = boto3.client("dynamodb").scan(TableName="shopfast-products", Select="COUNT")["Count"]
        needs, timeout = count * self._seconds, self.configuration["Timeout"]
        ms = min(needs, timeout) * 1000
        text = f"REPORT RequestId: 1-2 Duration: {ms:.2f} ms\tBilled Duration: {ms:.0f} ms\tInit Duration: 777.00 ms\n"
        json_ = json.dumps(
            {"type": "platform.report", "record": {"metrics": {"durationMs": ms}}}, separators=(",", ":")
        )
        tail = f"found 60 products in Duration: 1 ms\n{text if self._log == 'text' else json_}"
        answer = {"Payload": Body(), "LogResult": base64.b64encode(tail.encode()).decode()}
        return answer | ({"FunctionError": "Unhandled"} if needs > timeout else {})


@pytest.fixture
def small() -> ModuleType:
    """The catalogue with 60 products at first and 200 at most."""
    module = loading.script("catalogue")
    vars(module).update(BASE=60, MOST=200, STEP=10)
    return module


def load(catalogue: ModuleType, clients: Clients | None = None) -> dict[str, Any]:
    """Load it where the product function is killed, unless told otherwise."""
    return catalogue.load(clients or Clients(), OUTPUTS, lambda _: None)


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
    result = small.load(Clients(), OUTPUTS, said.append)
    assert ids(account, "products") == ids(account, "inventory") == numbered(result["products"])
    record = account.tables["inventory"].get_item(Key={"productId": "p-00007"})["Item"]
    assert (record["stock"], record["reserved"], record["price"]) == (1000, 0, small.product(7)["price"])
    assert account.tables["products"].get_item(Key={"productId": "p-00007"})["Item"] == small.product(7)
    assert "did not answer within 3 s in any of 3 requests" in said[-1]


def test_a_second_run_changes_nothing(small: ModuleType, account: Account) -> None:
    """No write, and stock that was sold stays sold."""
    first = load(small)
    account.tables["inventory"].update_item(
        Key={"productId": "p-00001"}, UpdateExpression="SET stock = :left", ExpressionAttributeValues={":left": 3}
    )
    clients = Clients()
    assert load(small, clients)["products"] == first["products"] == 60
    assert clients.writes == clients.asked == []
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


@pytest.mark.parametrize("number", [1, 42, 60])
def test_a_product_that_is_gone_comes_back(small: ModuleType, account: Account, number: int) -> None:
    """With its stock or without it, and also where somebody added a product of their own for it."""
    load(small)
    gone = f"p-{number:05d}"
    for tables, added in ((("products",), {}), (("products", "inventory"), {"productId": "my-kettle"})):
        for table in tables:
            account.tables[table].delete_item(Key={"productId": gone})
        if added:
            account.tables["products"].put_item(Item=added)
        load(small)
        assert gone in ids(account, "products") & ids(account, "inventory")


def test_a_hole_in_a_bigger_catalogue_is_filled(small: ModuleType, account: Account) -> None:
    """There are more products than every catalogue has, and as many with stock: the last number tells."""
    load(small, Clients(seconds=2.0 / 60))
    for table in ("products", "inventory"):
        account.tables[table].delete_item(Key={"productId": "p-00100"})
    load(small)
    assert ids(account, "products") == ids(account, "inventory") == numbered(130)


def test_a_whole_catalogue_is_told_from_counts(small: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of it is read but the last."""
    load(small)
    monkeypatch.setattr(small._Shop, "_keys", lambda *_: pytest.fail("all keys were read"))
    assert load(small) == {"products": 60}


def test_products_of_others_are_left_alone(small: ModuleType, account: Account) -> None:
    """A product that somebody added counts, and does not make every run start again."""
    load(small)
    account.tables["products"].put_item(Item={"productId": "my-kettle", "name": "Kettle"})
    clients = Clients()
    load(small, clients)
    assert clients.writes == []


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_fast_machine_gets_more_products(small: ModuleType, account: Account, log: str) -> None:
    """Until the function as it is shipped does not answer any more; what the REPORT lines say decides."""
    clients = Clients(seconds=2.0 / 60, log=log)  # 60 products in 2 s
    result = load(small, clients)
    assert result["products"] == 130  # 60 * 1.4 * 3 s / 2 s = 126, in steps of 10
    assert ids(account, "products") == ids(account, "inventory") == numbered(130)
    assert [(one["seconds"], one["answered"]) for one in result["lists"]] == [(3.0, False)] * 3
    assert clients.asked == ["/products"] * 6


def test_the_catalogue_ends_where_an_answer_does(small: ModuleType) -> None:
    """A machine that is too fast for all of them gets no more."""
    result = load(small, Clients(seconds=0.001))
    assert (result["products"], result["lists"][0]["answered"]) == (200, True)


def test_nothing_is_left_of_the_requests(small: ModuleType) -> None:
    """The version that was asked is gone."""
    clients = Clients()
    load(small, clients)
    assert (clients.versions, len(clients.asked)) == (["$LATEST"], 3)


def test_a_fixed_function_gets_no_bigger_catalogue(small: ModuleType, account: Account) -> None:
    """The size follows from the function as it is shipped; one of another size is not asked."""
    clients = Clients(seconds=0.001, timeout=10, memory=1769)
    assert load(small, clients) == {"products": 60}
    assert clients.asked == []


def test_two_kills_of_three_are_enough(small: ModuleType) -> None:
    """The median decides, and what was killed took for ever."""
    answered, killed = small.Listing(2.0, True), small.Listing(3.0, False)
    assert small.enough(60, [killed, answered, killed]) == 60
    assert small.enough(60, [answered, killed, answered]) == 130
    assert small.enough(150, [answered] * 3) == 200
