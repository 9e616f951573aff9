"""Rule dynamodb-throttled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shopfast_obs.diagnose.rules.tables.throttled import RULE
from shopfast_obs.model.resources import TABLE, Resource
from shopfast_obs.model.telemetry import MetricSeries, Segment, Trace
from tests.diagnose.builders import aws_call, calling, clear, declared, found, function, metric, observed, undecided


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
    assert (
        "hot, or the traffic more than doubled"
        in found(RULE.check(on_demand, observed(on_demand, metrics=counted(3, 9)))).title
    )


def test_capacity_is_judged_in_the_minutes_that_throttled() -> None:
    """A full minute without throttles says nothing about those with."""
    throttles, used = counted(30, 60)
    busy = replace(used, points=(*used.points, (used.points[0][0] + 60, 600.0)))
    finding = found(RULE.check(table(), observed(table(), metrics=[throttles, busy])))
    assert "10 % of its capacity in use: one partition is hot" in finding.title


def asking(number: int, path: str, *, throttled: bool) -> Trace:
    """A request that reads the table, after retries where it was throttled."""
    more = {"retries": 3} if throttled else {}
    trace = calling("web", aws_call("DynamoDB", "GetItem", 0.0, 0.4, "orders", **more), number=number)
    url = {"request": {"method": "GET", "url": f"https://shop.example{path}"}}
    first, *rest = trace.segments
    return replace(trace, segments=(first._replace(http=url), *rest))


def test_found_hot_with_the_request_that_the_throttled_have_in_common() -> None:
    """What everybody asks for is named, with its share among the others and the traces."""
    web = function(TracingConfig={"Mode": "Active"})
    hot = [asking(n, "/orders/o-1", throttled=True) for n in range(6)]
    others = [asking(10 + n, f"/orders/o-{2 + n % 4}", throttled=n == 0) for n in range(20)]
    context = observed(table(), web, metrics=counted(30, 600), traces=[*hot, *others])
    finding = found(RULE.check(table(), context))
    assert finding.title.endswith("one partition is hot (path /orders/o-1)")
    assert finding.confidence == "certain"
    assert finding.evidence[-1].summary == (
        "6 of 7 throttled requests have path /orders/o-1, of the other requests to the table 0 %"
    )
    assert len(finding.evidence[-1].traces) == 3


def test_which_key_cannot_always_be_told() -> None:
    """Without traced throttles, or when they fall on everything alike."""
    web = function(TracingConfig={"Mode": "Active"})

    def which(*traces: Trace) -> str:
        return (
            found(RULE.check(table(), observed(table(), web, metrics=counted(30, 600), traces=traces)))
            .evidence[-1]
            .summary
        )

    assert "0 of 0 traced requests met a throttle" in which()
    alike = [asking(n, f"/orders/o-{n % 5}", throttled=n % 2 == 0) for n in range(20)]
    assert "nothing in common that others lack" in which(*alike)


def test_clear_without_throttles() -> None:
    """DynamoDB says nothing when nothing happens."""
    assert clear(RULE.check(table(), observed(table(), metrics=counted(0, 60)))) == "no throttle"
    assert "no traffic" in clear(RULE.check(table(), observed(table())))


def test_no_data_in_a_template() -> None:
    """Without metrics."""
    assert undecided(RULE.check(table(), declared(table()))) == "a template shows no metrics"


def renamed(trace: Trace, **aws: object) -> Trace:
    """The same request, whose call says of its table what another operation says."""
    parts = [part._replace(subsegments=tuple(map(_told(aws), part.subsegments))) for part in trace.segments]
    return replace(trace, segments=tuple(parts))


def _told(aws: dict[str, object]) -> Callable[[Segment], Segment]:
    def told(part: Segment) -> Segment:
        kept = {key: value for key, value in part.aws.items() if key != "table_name"}
        inner = tuple(map(told, part.subsegments))
        return part._replace(aws={**kept, **aws} if part.namespace == "aws" else part.aws, subsegments=inner)

    return told


def test_batches_and_tables_by_arn_are_requests_to_the_table() -> None:
    """A batch as the X-Ray SDK for Python writes it; throttled transactions, which name no table, are counted."""
    web = function(TracingConfig={"Mode": "Active"})
    forms = ({"table_names": "dict_keys(['orders', 'stock'])"}, {"table_name": "arn:aws:dynamodb:r:1:table/orders"})
    hot = [renamed(asking(n, "/orders/o-1", throttled=True), **forms[n % 2]) for n in range(6)]
    others = [asking(10 + n, f"/orders/o-{2 + n % 4}", throttled=n == 0) for n in range(20)]
    context = observed(table(), web, metrics=counted(30, 600), traces=[*hot, *others])
    assert found(RULE.check(table(), context)).title.endswith("one partition is hot (path /orders/o-1)")
    unnamed = [renamed(asking(n, "/a", throttled=True), operation="TransactWriteItems") for n in range(3)]
    context = observed(table(), web, metrics=counted(30, 120), traces=unnamed)
    told = " ".join(one.summary for one in found(RULE.check(table(), context)).evidence)
    assert "3 throttled transactions name no table" in told
