"""Metrics through the CloudWatch API, in each of its protocols."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, refusal, running

DIMENSIONS = [{"Name": "Function", "Value": "f"}]


@pytest.fixture(params=["smithy-rpc-v2-cbor", "json", "query"])
def cloudwatch(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client of an empty CloudWatch."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        yield client(services, "cloudwatch", request.param)


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[Any]:
    """A client in the protocol that boto3 chooses."""
    with running(tmp_path, HandClock(), RecordingApplication()) as services:
        yield client(services, "cloudwatch")


def datum(value: float | None = None, at: float = START, **more: Any) -> dict[str, Any]:
    """One datum of metric m."""
    common = {"MetricName": "m", "Dimensions": DIMENSIONS, "Timestamp": datetime.fromtimestamp(at, UTC)}
    return common | ({} if value is None else {"Value": value}) | more


def metric_query(name: str = "m1", stat: str = "Sum", period: int = 60, **more: Any) -> dict[str, Any]:
    """A query for metric m."""
    metric = {"Namespace": "N", "MetricName": "m", "Dimensions": DIMENSIONS}
    return {"Id": name, "MetricStat": {"Metric": metric, "Stat": stat, "Period": period}, **more}


def data(cloudwatch: Any, *queries: dict[str, Any], **more: Any) -> dict[str, list[tuple[float, float]]]:
    """Results by id and label: (seconds since the start, value), oldest first."""
    window = {"StartTime": START, "EndTime": START + 300, "ScanBy": "TimestampAscending", **more}
    found = {}
    for result in cloudwatch.get_metric_data(MetricDataQueries=list(queries), **window)["MetricDataResults"]:
        times = [time.timestamp() - START for time in result["Timestamps"]]
        found[f"{result['Id']} {result['Label']}"] = list(zip(times, result["Values"], strict=True))
    return found


def test_what_is_put_is_read_with_every_statistic(cloudwatch: Any) -> None:
    """Values, arrays with counts and statistic sets add up; times and units come back."""
    cloudwatch.put_metric_data(
        Namespace="N",
        MetricData=[
            datum(1.0, START + 5, Unit="Count"),
            datum(None, START + 59, Values=[2.0, 3.0], Counts=[1.0, 2.0], Unit="Count"),
            datum(7.5, START + 60, Unit="Count"),
        ],
    )
    window = {"StartTime": START + 12, "EndTime": START + 120, "Period": 60, "Dimensions": DIMENSIONS}
    statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
    answer = cloudwatch.get_metric_statistics(
        Namespace="N", MetricName="m", Statistics=statistics, ExtendedStatistics=["p50", "p99.9"], **window
    )
    assert answer["Label"] == "m"
    first, second = answer["Datapoints"]
    assert first["Timestamp"] == datetime.fromtimestamp(START, UTC)
    assert [first[name] for name in statistics] == [4.0, 2.25, 9.0, 1.0, 3.0]
    assert (first["ExtendedStatistics"], first["Unit"]) == ({"p50": 2.0, "p99.9": 3.0}, "Count")
    assert (second["Sum"], second["SampleCount"]) == (7.5, 1.0)


def test_metric_data_has_math_and_order(cloudwatch: Any) -> None:
    """Newest first unless asked otherwise; expressions see each other and the series that are not returned."""
    cloudwatch.put_metric_data(Namespace="N", MetricData=[datum(n, START + 60 * n) for n in (1.0, 2.0, 4.0)])
    found = data(
        cloudwatch,
        metric_query(ReturnData=False),
        {"Id": "e1", "Expression": "FILL(m1, 0) * 2", "Label": "doubled"},
        {"Id": "e2", "Expression": "IF(e1 > 3 AND e1 != 8, e1)"},
    )
    assert found == {
        "e1 doubled": [(0.0, 0.0), (60.0, 2.0), (120.0, 4.0), (180.0, 0.0), (240.0, 8.0)],
        "e2 e2": [(120.0, 4.0)],
    }
    newest_first = cloudwatch.get_metric_data(MetricDataQueries=[metric_query()], StartTime=START, EndTime=START + 300)[
        "MetricDataResults"
    ][0]
    assert newest_first["Values"] == [4.0, 2.0, 1.0]


def test_metrics_are_listed_by_name_and_dimensions(cloudwatch: Any) -> None:
    """A filter on a name alone takes any value."""
    cloudwatch.put_metric_data(
        Namespace="N", MetricData=[datum(1.0), datum(1.0, Dimensions=[{"Name": "Other", "Value": "x"}])]
    )
    assert len(cloudwatch.list_metrics()["Metrics"]) == 2
    assert cloudwatch.list_metrics(Namespace="M")["Metrics"] == []
    [found] = cloudwatch.list_metrics(Namespace="N", MetricName="m", Dimensions=[{"Name": "Function"}])["Metrics"]
    assert found == {"Namespace": "N", "MetricName": "m", "Dimensions": DIMENSIONS}


def test_errors_have_the_same_code_in_every_protocol(cloudwatch: Any) -> None:
    """The query protocol's codes, which clients have known since 2010."""
    code, message = refusal(cloudwatch.put_metric_data, Namespace="N", MetricData=[datum()])
    assert (code, "Value" in message) == ("MissingParameter", True)
    assert refusal(cloudwatch.put_metric_data, Namespace="N", MetricData=[datum(1.0, Unit="Apples")])[0] == (
        "InvalidParameterValue"
    )
    assert refusal(cloudwatch.get_dashboard, DashboardName="d")[0] == "ResourceNotFound"
    assert refusal(cloudwatch.list_metric_streams)[0] == "UnknownOperationException"


def test_dimensions_make_a_metric(metrics: Any) -> None:
    """A subset of the dimensions finds nothing, as on AWS; their order does not matter."""
    two = [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]
    metrics.put_metric_data(Namespace="N", MetricData=[datum(1.0, Dimensions=two)])
    window = {"StartTime": START, "EndTime": START + 60, "Period": 60, "Statistics": ["Sum"]}
    found = {
        n: len(metrics.get_metric_statistics(Namespace="N", MetricName="m", Dimensions=d, **window)["Datapoints"])
        for n, d in enumerate([two, two[::-1], two[:1], []])
    }
    assert found == {0: 1, 1: 1, 2: 0, 3: 0}


def test_high_resolution_points_keep_their_second(metrics: Any) -> None:
    """And others their minute."""
    metrics.put_metric_data(
        Namespace="N", MetricData=[datum(1.0, START + 15), datum(5.0, START + 25, StorageResolution=1)]
    )
    assert data(metrics, metric_query(period=10)) == {"m1 m": [(0.0, 1.0), (20.0, 5.0)]}


def test_units_are_kept_apart(metrics: Any) -> None:
    """Without a unit in the request, each comes on its own."""
    metrics.put_metric_data(Namespace="N", MetricData=[datum(1.0, Unit="Seconds"), datum(2.0, Unit="Count")])
    window = {"StartTime": START, "EndTime": START + 60, "Period": 60, "Statistics": ["Sum"], "Dimensions": DIMENSIONS}
    both = metrics.get_metric_statistics(Namespace="N", MetricName="m", **window)["Datapoints"]
    assert {(point["Unit"], point["Sum"]) for point in both} == {("Seconds", 1.0), ("Count", 2.0)}
    [one] = metrics.get_metric_statistics(Namespace="N", MetricName="m", Unit="Count", **window)["Datapoints"]
    assert one["Sum"] == 2.0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Value": float("nan")}, "InvalidParameterValue"),
        ({"Value": 1e300}, "InvalidParameterValue"),
        ({"Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination"),
        ({"Values": [1.0, 2.0], "Counts": [1.0]}, "InvalidParameterValue"),
        ({"Values": [1.0] * 151}, "InvalidParameterValue"),
        ({"Value": 1.0, "StorageResolution": 5}, "InvalidParameterValue"),
        ({"Value": 1.0, "Timestamp": START - 15 * 86400}, "InvalidParameterValue"),
        ({"Value": 1.0, "Timestamp": START + 3 * 3600}, "InvalidParameterValue"),
        ({"Value": 1.0, "Dimensions": [{"Name": "a", "Value": "1"}] * 2}, "InvalidParameterValue"),
        ({"Value": 1.0, "Dimensions": [{"Name": f"d{n}", "Value": "1"} for n in range(31)]}, "InvalidParameterValue"),
    ],
)
def test_a_bad_datum_refuses_the_request_whole(metrics: Any, more: dict[str, Any], code: str) -> None:
    """Nothing of it is stored."""
    call = metrics.put_metric_data
    assert refusal(call, Namespace="N", MetricData=[datum(1.0), datum(None, **more)])[0] == code
    assert metrics.list_metrics()["Metrics"] == []


@pytest.mark.parametrize(
    ("queries", "part"),
    [
        ([metric_query(), metric_query()], "unique"),
        ([metric_query("M1")], "pattern"),
        ([{"Id": "e", "Expression": "m9 * 2"}], "m9"),
        ([{"Id": "e", "Expression": "e * 2"}], "refers to itself"),
        ([{"Id": "e", "Expression": "1 +"}], "not an expression"),
        ([{"Id": "e", "Expression": "__import__('os')"}], "not a function"),
        ([metric_query(), {"Id": "e", "Expression": "AVG(m1) + 1"}], "time series"),
        ([metric_query(stat="p101")], "p101"),
        ([metric_query(period=61)], "multiple of 60"),
        ([{"Id": "e"}], "Exactly one"),
    ],
)
def test_bad_queries_are_refused_by_name(metrics: Any, queries: list[dict[str, Any]], part: str) -> None:
    """With the id of the expression that is wrong."""
    if "AVG" in str(queries):
        metrics.put_metric_data(Namespace="N", MetricData=[datum(1.0)])
    code, message = refusal(metrics.get_metric_data, MetricDataQueries=queries, StartTime=START, EndTime=START + 300)
    assert code in ("ValidationError", "InvalidParameterValue")
    assert part in message


def test_metric_data_comes_in_pages(metrics: Any) -> None:
    """A page may end inside a series; no point is lost or doubled."""
    metrics.put_metric_data(Namespace="N", MetricData=[datum(float(n), START + 60 * n) for n in range(5)])
    queries = [metric_query("a"), metric_query("b"), metric_query("c", "Maximum")]
    whole = data(metrics, *queries)
    paged: dict[str, list[tuple[float, float]]] = {}
    token: dict[str, str] = {}
    pages = 0
    while True:
        answer = metrics.get_metric_data(
            MetricDataQueries=queries, StartTime=START, EndTime=START + 300, MaxDatapoints=4,
            ScanBy="TimestampAscending", **token,
        )  # fmt: skip
        pages += 1
        for result in answer["MetricDataResults"]:
            times = [time.timestamp() - START for time in result["Timestamps"]]
            paged.setdefault(f"{result['Id']} m", []).extend(zip(times, result["Values"], strict=True))
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert (paged, pages) == (whole, 4)


def test_search_finds_metrics_by_schema_and_words(metrics: Any) -> None:
    """One series a metric, with a label."""
    for name in ("orders", "products"):
        metrics.put_metric_data(
            Namespace="N", MetricData=[datum(1.0, Dimensions=[{"Name": "Function", "Value": name}])]
        )
    metrics.put_metric_data(Namespace="N", MetricData=[datum(1.0, Dimensions=[])])
    by_schema = data(metrics, {"Id": "e", "Expression": "SEARCH('{N,Function} MetricName=\"m\"', 'Sum', 60)"})
    assert by_schema == {"e orders m": [(0.0, 1.0)], "e products m": [(0.0, 1.0)]}
    summed = data(metrics, {"Id": "e", "Expression": "SUM(SEARCH('{N,Function} m NOT orders', 'Sum', 60))"})
    assert summed == {"e e": [(0.0, 1.0)]}


def test_get_metric_statistics_refuses_too_many_points(metrics: Any) -> None:
    """1,440, with AWS's advice."""
    window = {"StartTime": START - 86400 * 2, "EndTime": START, "Period": 60, "Statistics": ["Sum"]}
    code, message = refusal(metrics.get_metric_statistics, Namespace="N", MetricName="m", **window)
    assert (code, "1440" in message) == ("InvalidParameterCombination", True)


def test_metrics_are_there_after_a_restart(tmp_path: Path) -> None:
    """What was acknowledged stays."""
    for _ in range(2):
        with running(tmp_path, HandClock(), RecordingApplication()) as services:
            client(services, "cloudwatch").put_metric_data(Namespace="N", MetricData=[datum(1.0)])
            found = data(client(services, "cloudwatch"), metric_query())
    assert found == {"m1 m": [(0.0, 2.0)]}


def test_dashboards_are_kept(metrics: Any) -> None:
    """Bodies as they were put; unknown ones are errors."""
    metrics.put_dashboard(DashboardName="shop", DashboardBody='{"widgets": []}')
    assert metrics.get_dashboard(DashboardName="shop")["DashboardBody"] == '{"widgets": []}'
    assert [entry["DashboardName"] for entry in metrics.list_dashboards()["DashboardEntries"]] == ["shop"]
    assert refusal(metrics.put_dashboard, DashboardName="bad", DashboardBody="{")[0] == "InvalidParameterInput"
    assert refusal(metrics.delete_dashboards, DashboardNames=["shop", "none"])[0] == "ResourceNotFound"
    metrics.delete_dashboards(DashboardNames=["shop"])
    assert refusal(metrics.get_dashboard, DashboardName="shop")[0] == "ResourceNotFound"
