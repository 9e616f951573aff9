"""An AWS account in memory with ShopFast's tables, topics, queues and bus, and the four services in it.

The account and the services live as long as a test module, for making SDK clients is slow; what the account holds goes
after each test.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from moto import mock_aws

from tests.starter import account as accounts
from tests.starter import loading
from tests.starter.account import Account, Warehouse


@pytest.fixture(scope="module")
def shared_account() -> Iterator[Account]:
    """One account, and an environment that points the services and every AWS client at it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION"):
            patch.delenv(name, raising=False)
        for name, value in accounts.CREDENTIALS.items():
            patch.setenv(name, value)
        with mock_aws():
            made, environment = accounts.create()
            for name, value in environment.items():
                patch.setenv(name, value)
            yield made


@pytest.fixture(autouse=True)
def account(shared_account: Account) -> Account:
    """The account, empty before each test."""
    shared_account.clear()
    return shared_account


@pytest.fixture(scope="module")
def products(shared_account: Account) -> SimpleNamespace:
    """The product service."""
    return loading.service("product-service")


@pytest.fixture(scope="module")
def inventory_service(shared_account: Account) -> SimpleNamespace:
    """The inventory service."""
    return loading.service("inventory-service")


@pytest.fixture
def inventory(inventory_service: SimpleNamespace, account: Account) -> SimpleNamespace:
    """The inventory service, with ten kettles and five lamps."""
    for product, stock, price in (("kettle", 10, 25), ("lamp", 5, 40)):
        item = {"productId": product, "stock": stock, "reserved": 0, "price": price}
        account.tables["inventory"].put_item(Item=item)
    return inventory_service


@pytest.fixture(scope="module")
def notifications(shared_account: Account) -> SimpleNamespace:
    """The notification handler."""
    return loading.service("notification-handler")


@pytest.fixture
def warehouse(inventory: SimpleNamespace) -> Warehouse:
    """What the order service reaches in place of the inventory function."""
    return Warehouse(inventory)


@pytest.fixture(scope="module")
def order_service(shared_account: Account) -> SimpleNamespace:
    """The order service."""
    service = loading.service("order-service")
    shared_account.watch(service.outbound.events)
    return service


@pytest.fixture
def orders(order_service: SimpleNamespace, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The order service, calling the warehouse."""
    monkeypatch.setattr(order_service.outbound, "functions", warehouse)
    return order_service
