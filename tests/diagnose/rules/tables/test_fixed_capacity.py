"""Rule dynamodb-fixed-capacity."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.tables.fixed_capacity import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TABLE, Resource
from tests.diagnose.builders import clear, declared, found, observed, undecided


def table(**properties: object) -> Resource:
    """A table."""
    return Resource(TABLE, "orders", "Orders", "app", properties=properties)


ONE = table(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})


def test_found_when_nothing_scales_it() -> None:
    """A single unit is graver."""
    finding = found(RULE.check(ONE, declared(ONE)))
    assert "orders has a fixed capacity (1 reads and 1 writes a second)" in finding.title
    assert finding.severity is Severity.MEDIUM


def test_clear_on_demand_or_scaled() -> None:
    """Either follows the load."""
    free = table(BillingMode="PAY_PER_REQUEST")
    assert clear(RULE.check(free, declared(free))) == "it is on demand"
    target = Resource("AWS::ApplicationAutoScaling::ScalableTarget", "t", properties={"ResourceId": "table/orders"})
    assert clear(RULE.check(ONE, declared(ONE, target))) == "auto scaling follows its load"


def test_no_data_when_it_is_not_known() -> None:
    """A parameter, or a table that no stack owns and for which nobody could say what scales it."""
    left = table(BillingMode={"Ref": "Mode"})
    assert "parameter" in undecided(RULE.check(left, declared(left)))
    wild = Resource(TABLE, "orders")
    assert "no stack declares it" in undecided(RULE.check(wild, observed(wild)))
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    fixed, scaled = (
        Resource(TABLE, "orders", properties={"ProvisionedThroughput": throughput, "AutoScaling": known})
        for known in (False, True)
    )
    assert found(RULE.check(fixed, observed(fixed))).severity is Severity.LOW
    assert clear(RULE.check(scaled, observed(scaled))) == "auto scaling follows its load"
