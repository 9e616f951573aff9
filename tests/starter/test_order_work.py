"""The order service behind the API: the queue of waiting orders, and the steps of the workflow."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.starter.account import Account, Warehouse
from tests.starter.test_order_service import place, stock, throttled


def wait(orders: SimpleNamespace, warehouse: Warehouse, **changes: Any) -> str:
    """Place an order that has to wait for the warehouse; its id."""
    warehouse.trouble = throttled
    order_id = place(orders, **changes)[1]["orderId"]
    warehouse.trouble = None
    return order_id


def drain(orders: SimpleNamespace, *bodies: str) -> list[str]:
    """Deliver messages m0, m1, ... as the event source mapping does; the ids of those that failed."""
    records = [{"messageId": f"m{n}", "eventSource": "aws:sqs", "body": body} for n, body in enumerate(bodies)]
    failures = orders.handler.lambda_handler({"Records": records}, None)["batchItemFailures"]
    return [failure["itemIdentifier"] for failure in failures]


def message(order_id: str) -> str:
    """A message of the order queue."""
    return json.dumps({"orderId": order_id})


def status_of(account: Account, order_id: str) -> str:
    """What the table says."""
    return account.tables["orders"].get_item(Key={"orderId": order_id})["Item"]["status"]


def run(orders: SimpleNamespace, task: str, order_id: str, **more: Any) -> dict[str, Any]:
    """One step of the workflow; its answer must be JSON."""
    answer = orders.handler.lambda_handler({"task": task, "order": {"orderId": order_id}, **more}, None)
    return json.loads(json.dumps(answer))


def test_a_waiting_order_is_placed(orders: SimpleNamespace, account: Account, warehouse: Warehouse) -> None:
    """Stock is reserved, the order gets its total, and the bus hears of it."""
    order_id = wait(orders, warehouse)
    assert drain(orders, message(order_id)) == []
    assert stock(account, "kettle") == 8
    [(kind, order)] = account.events()
    assert (kind, order["status"], order["total"]) == ("order.created", "PLACED", 90)


def test_a_message_may_come_twice(orders: SimpleNamespace, account: Account, warehouse: Warehouse) -> None:
    """Standard queues deliver at least once: one reservation, one event."""
    order_id = wait(orders, warehouse)
    assert drain(orders, message(order_id), message(order_id)) == []
    assert (stock(account, "kettle"), len(account.events())) == (8, 1)


def test_only_the_message_that_failed_stays(orders: SimpleNamespace, account: Account, warehouse: Warehouse) -> None:
    """Poison before and after a good message: the good one is done, the others are reported."""
    order_id = wait(orders, warehouse)
    assert drain(orders, "poison", message(order_id), message("ord-unknown"), "{}", "[]") == ["m0", "m2", "m3", "m4"]
    assert status_of(account, order_id) == "PLACED"


def test_a_warehouse_that_stays_slow_keeps_the_message(
    orders: SimpleNamespace, account: Account, warehouse: Warehouse
) -> None:
    """The message comes back after its visibility timeout; the order waits on."""
    order_id = wait(orders, warehouse)
    warehouse.trouble = throttled
    assert drain(orders, message(order_id)) == ["m0"]
    assert (status_of(account, order_id), account.events()) == ("PENDING", [])


def test_a_waiting_order_without_stock_is_cancelled(
    orders: SimpleNamespace, account: Account, warehouse: Warehouse
) -> None:
    """The customer hears why, and the message is done with."""
    order_id = wait(orders, warehouse, items=[{"productId": "lamp", "quantity": 6}])
    assert drain(orders, message(order_id)) == []
    [(kind, order)] = account.events()
    assert (kind, order["status"]) == ("order.updated", "CANCELLED")
    assert "lamp" in order["reason"]


def test_a_client_that_asks_again_finds_its_waiting_order(
    orders: SimpleNamespace, account: Account, warehouse: Warehouse
) -> None:
    """202 while it waits, 200 once it is placed, one order all along."""
    order_id = wait(orders, warehouse)
    assert place(orders)[0] == 202
    drain(orders, message(order_id))
    assert (place(orders)[0], len(account.items("orders"))) == (200, 1)


def test_the_workflow_from_payment_to_completion(orders: SimpleNamespace, account: Account) -> None:
    """Each step stores what it did; shipping and completion are on the bus."""
    order_id = place(orders)[1]["orderId"]
    paid = run(orders, "payment", order_id)
    assert (paid["status"], paid["paymentId"][:4]) == ("PAID", "pay-")
    shipped = run(orders, "shipping", order_id)
    assert (shipped["status"], shipped["trackingNumber"][:2]) == ("SHIPPED", "SF")
    assert run(orders, "status", order_id, status="COMPLETED")["status"] == "COMPLETED"
    assert [(kind, order["status"]) for kind, order in account.events()] == [
        ("order.created", "PLACED"),
        ("order.shipped", "SHIPPED"),
        ("order.updated", "COMPLETED"),
    ]


def test_every_step_may_run_twice(orders: SimpleNamespace, account: Account) -> None:
    """A retried step answers the same and publishes nothing new, even when the order has moved on."""
    order_id = place(orders)[1]["orderId"]
    first = run(orders, "payment", order_id)
    assert run(orders, "payment", order_id) == first
    shipped = run(orders, "shipping", order_id)
    assert run(orders, "shipping", order_id)["trackingNumber"] == shipped["trackingNumber"]
    run(orders, "status", order_id, status="COMPLETED")
    account.events()
    for task in ("payment", "shipping"):
        assert run(orders, task, order_id)["status"] == "COMPLETED"
    run(orders, "status", order_id, status="COMPLETED")
    assert account.events() == []


def test_a_declined_card_cancels_the_order(orders: SimpleNamespace, account: Account) -> None:
    """PaymentDeclined is what the workflow catches; cancelling gives the stock back, once."""
    order_id = place(orders, paymentToken="tok_declined")[1]["orderId"]
    with pytest.raises(Exception, match="declined") as raised:
        run(orders, "payment", order_id)
    assert type(raised.value).__name__ == "PaymentDeclined"
    for _ in range(2):
        assert run(orders, "status", order_id, status="CANCELLED", reason="card")["status"] == "CANCELLED"
    assert (stock(account, "kettle"), stock(account, "lamp")) == (10, 5)
    kinds = [(kind, order["status"]) for kind, order in account.events()]
    assert kinds == [("order.created", "PLACED"), ("order.updated", "CANCELLED")]


def test_steps_out_of_order_fail(orders: SimpleNamespace, account: Account) -> None:
    """Nothing ships unpaid, nothing paid is cancelled, nothing cancelled is paid."""
    order_id = place(orders)[1]["orderId"]
    for task, more in (("shipping", {}), ("status", {"status": "COMPLETED"})):
        with pytest.raises(orders.tasks.StepOutOfOrderError):
            run(orders, task, order_id, **more)
    run(orders, "payment", order_id)
    with pytest.raises(orders.tasks.StepOutOfOrderError):
        run(orders, "status", order_id, status="CANCELLED")
    other = place(orders, key=None)[1]["orderId"]
    run(orders, "status", other, status="CANCELLED")
    with pytest.raises(orders.tasks.StepOutOfOrderError):
        run(orders, "payment", other)


@pytest.mark.parametrize(
    ("task", "more"), [("refund", {}), ("status", {}), ("status", {"status": "PAID"})], ids=["task", "none", "status"]
)
def test_an_unknown_step_fails(orders: SimpleNamespace, task: str, more: dict[str, Any]) -> None:
    """Loudly, so that the workflow does."""
    order_id = place(orders)[1]["orderId"]
    with pytest.raises(ValueError, match=r"task|closed"):
        run(orders, task, order_id, **more)


def test_a_step_for_no_order_fails(orders: SimpleNamespace) -> None:
    """There must be an order."""
    with pytest.raises(orders.logic.OrderNotFoundError):
        run(orders, "payment", "ord-unknown")
