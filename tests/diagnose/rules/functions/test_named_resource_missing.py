"""Rule lambda-names-nothing."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.named_resource_missing import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TABLE, Resource
from tests.diagnose.builders import clear, declared, finished, found, function, observed, refused, speaking, written

ORDERS = Resource(TABLE, "orders-dev", "Orders")


def web(table: object) -> Resource:
    """A function that is told of a table."""
    return function(Environment={"Variables": {"ORDERS_TABLE": table}})


def test_found_when_the_name_is_not_there() -> None:
    """Possible until the log has the error."""
    wrong = web("orders")
    finding = found(RULE.check(wrong, declared(wrong, ORDERS)))
    assert finding.title == "the environment of web names something that is not there: ORDERS_TABLE=orders"
    assert (finding.severity, finding.confidence) == (Severity.INFO, "possible")
    log = written(wrong, speaking(finished(1), refused("ResourceNotFoundException", "GetItem", "not found")))
    finding = found(RULE.check(wrong, observed(wrong, ORDERS, logs=log)))
    assert (finding.severity, finding.confidence) == (Severity.HIGH, "certain")
    log = written(wrong, speaking(finished(1), "[ERROR] shop.UserNotFoundError: 17\n"))  # a record, not the table
    assert found(RULE.check(wrong, observed(wrong, ORDERS, logs=log))).confidence == "possible"


def test_clear_when_it_is_there() -> None:
    """Or the inventory has nothing of the kind."""
    assert clear(RULE.check(web("orders-dev"), declared(ORDERS))) == "1 name in its environment, nothing missing"
    assert "names no table" in clear(RULE.check(web("orders"), declared()))
    foreign = web("billing-invoices")
    assert "nothing missing" in clear(RULE.check(foreign, declared(foreign, ORDERS)))  # of another stack, by its name
    assert found(RULE.check(foreign, observed(foreign, ORDERS))).severity is Severity.INFO
    looked_up = web("{{resolve:ssm:/shop/orders-table:1}}")
    assert "nothing missing" in clear(RULE.check(looked_up, declared(looked_up, ORDERS)))
