"""Rule dynamodb-throttled."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.tables.throttled import RULE
from shopfast_obs.model.resources import TABLE, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided


def table(mode: str = "PROVISIONED") -> Resource:
    """A table of ten units."""
    units = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
    return Resource(TABLE, "orders", "Orders", properties={"BillingMode": mode, "ProvisionedThroughput": units})


def counted(throttles: float, used: float) -> list[MetricSeries]:
    """Throttled reads, and the units that were used in the busiest minute."""
    values = {"ReadThrottleEvents": throttles, "ConsumedReadCapacityUnits": used}
    return [metric("AWS/DynamoDB", name, value, TableName="orders") for name, value in values.items()]


def test_found_when_capacity_is_too_small() -> None:
    """All of it is in use."""
    finding = found(RULE.check(table(), observed(table(), metrics=counted(30, 600))))
    assert finding.title == "orders throttles 30 requests, 100 % of its capacity in use: its capacity is too small"


def test_found_hot_when_most_capacity_is_unused() -> None:
    """Or when there is no capacity to run out of."""
    assert "one partition is hot" in found(RULE.check(table(), observed(table(), metrics=counted(30, 120)))).title
    on_demand = table("PAY_PER_REQUEST")
    assert "one partition is hot" in found(RULE.check(on_demand, observed(on_demand, metrics=counted(3, 9)))).title


def test_clear_without_throttles() -> None:
    """DynamoDB says nothing when nothing happens."""
    assert clear(RULE.check(table(), observed(table(), metrics=counted(0, 60)))) == "no throttle"
    assert "no traffic" in clear(RULE.check(table(), observed(table())))


def test_no_data_in_a_template() -> None:
    """Without metrics."""
    assert undecided(RULE.check(table(), declared(table()))) == "a template shows no metrics"
