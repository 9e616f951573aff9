"""Metrics Insights in GetMetricData."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running

SCHEMA = 'FROM SCHEMA("Shop", Function)'


@pytest.fixture(scope="module")
def cloudwatch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Three functions' errors over two minutes, those of a stage beside them, and another namespace."""
    state: Path = tmp_path_factory.mktemp("insights")
    with running(state, HandClock(), RecordingApplication()) as services:
        made = client(services, "cloudwatch")
        for function, first, second in (("a", 1, 2), ("b", 5, 0), ("c", 3, 3)):
            for minute, value in enumerate((first, second)):
                put(made, "Shop", value, minute, Function=function)
        put(made, "Shop", 100, 0, Function="a", Stage="prod")
        put(made, "Other", 100, 0, Function="a")
        yield made


def put(cloudwatch: Any, namespace: str, value: float, minute: int, **dimensions: str) -> None:
    """One point."""
    named = [{"Name": name, "Value": said} for name, said in dimensions.items()]
    data = {"MetricName": "Errors", "Value": value, "Timestamp": START + 60 * minute, "Dimensions": named}
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[data])


def asked(cloudwatch: Any, *queries: dict[str, Any]) -> dict[str, list[float]]:
    """The values of each result by its id and label, oldest first."""
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=START, EndTime=START + 120, ScanBy="TimestampAscending"
    )
    return {f"{one['Id']} {one['Label']}".strip(): one["Values"] for one in answer["MetricDataResults"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"SELECT SUM(Errors) {SCHEMA}", {"q q": [9.0, 5.0]}),
        (f"SELECT MAX(Errors) {SCHEMA} GROUP BY Function", {"q a": [1.0, 2.0], "q b": [5.0, 0.0], "q c": [3.0, 3.0]}),
        (f"SELECT AVG(Errors) {SCHEMA} WHERE Function != 'b'", {"q q": [2.0, 2.5]}),
        (f"SELECT COUNT(Errors) {SCHEMA} WHERE Function = 'a' AND Function != 'b'", {"q q": [1.0, 1.0]}),
        (f"SELECT SUM(Errors) {SCHEMA} GROUP BY Function ORDER BY SUM() DESC LIMIT 1", {"q c": [3.0, 3.0]}),
        ("SELECT SUM(Errors) FROM \"Shop\" WHERE Stage = 'prod'", {"q q": [100.0]}),
        ('SELECT SUM(Nothing) FROM "Shop"', {"q q": []}),
    ],
)
def test_a_query_selects_groups_and_orders(cloudwatch: Any, text: str, found: dict[str, list[float]]) -> None:
    """SCHEMA is exact: a metric with one dimension more is not in it."""
    assert asked(cloudwatch, {"Id": "q", "Expression": text, "Period": 60}) == found


def test_a_query_stands_beside_others_and_in_metric_math(cloudwatch: Any) -> None:
    """An expression reads its series as those of SEARCH."""
    by_function = {"Id": "q", "Expression": f"SELECT SUM(Errors) {SCHEMA} GROUP BY Function", "Period": 60}
    found = asked(cloudwatch, {**by_function, "ReturnData": False}, {"Id": "total", "Expression": "SUM(q)"})
    assert found == {"total total": [9.0, 5.0]}


def test_a_query_that_cannot_be_read_is_refused_with_its_reason(cloudwatch: Any) -> None:
    """As CloudWatch refuses the whole request."""
    with pytest.raises(ClientError, match="Error in expression 'q': its function is P90"):
        asked(cloudwatch, {"Id": "q", "Expression": 'SELECT P90(Errors) FROM "Shop"', "Period": 60})
