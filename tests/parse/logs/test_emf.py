"""Embedded metric format, by its specification."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.parse.logs.emf import MetricValues, Rejected, extract

NOW = 1_800_000_000.0


def event(root: dict[str, Any] | None = None, aws: dict[str, Any] | None = None, **directive: Any) -> str:
    """An event with one directive: metric `latency` of namespace `shop`, without dimensions."""
    first = {"Namespace": "shop", "Dimensions": [[]], "Metrics": [{"Name": "latency"}], **directive}
    header = {"Timestamp": int(NOW * 1000), "CloudWatchMetrics": [first], **(aws or {})}
    return json.dumps({"_aws": header, "latency": 5, **(root or {})})


def metrics(message: str) -> list[MetricValues]:
    """The metrics of an event that is valid."""
    found = extract(message, NOW)
    assert isinstance(found, list), found
    return found


def test_a_number_on_the_root_is_a_metric() -> None:
    """With the namespace, the defaults and the time of the event."""
    assert metrics(event()) == [MetricValues("shop", "latency", (), (5.0,), "None", NOW, 60)]


def test_every_dimension_set_makes_a_metric_of_its_own() -> None:
    """The empty one, too; keys in whatever order."""
    found = metrics(event({"b": "2", "a": "1"}, Dimensions=[["b", "a"], ["a"], []]))
    assert [metric.dimensions for metric in found] == [(("a", "1"), ("b", "2")), (("a", "1"),), ()]


@pytest.mark.parametrize("sets", [[], None])
def test_no_dimension_set_makes_a_metric_without_dimensions(sets: Any) -> None:
    """Absent and empty alike."""
    directive = {} if sets is None else {"Dimensions": sets}
    message = json.loads(event(**directive))
    if sets is None:
        del message["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    assert [metric.dimensions for metric in metrics(json.dumps(message))] == [()]


def test_an_array_is_many_values() -> None:
    """Up to 100, with unit and resolution."""
    definition = [{"Name": "latency", "Unit": "Milliseconds", "StorageResolution": 1}]
    [found] = metrics(event({"latency": [1, 2.5]}, Metrics=definition))
    assert (found.values, found.unit, found.resolution) == ((1.0, 2.5), "Milliseconds", 1)


def test_several_directives_each_make_their_metrics() -> None:
    """Of different namespaces."""
    aws = {"CloudWatchMetrics": [{"Namespace": n, "Dimensions": [[]], "Metrics": [{"Name": "latency"}]} for n in "ab"]}
    assert [metric.namespace for metric in metrics(event(aws=aws))] == ["a", "b"]


@pytest.mark.parametrize(
    "message",
    [
        event(Metrics=[{"Name": "latency"}, {"Name": "absent"}]),
        event({"more": {"x": [1]}}, {"LogGroupName": "g"}, Other=1),
        f"  {event()}\n",
        f"[INFO]\t2026-11-22T10:00:00.000Z\t8a7c2f7e-1c1f-4f6a-9d56-0b9a5a0c1111\t{event()}\n",
        f"2026-11-22T10:00:00.000Z\t8a7c2f7e-1c1f-4f6a-9d56-0b9a5a0c1111\tINFO\t{event()}\n",
        f"2026-11-22T10:00:00.000Z\t8a7c2f7e-1c1f-4f6a-9d56-0b9a5a0c1111\t{event()}\n",
    ],
    ids=["a metric that is not there", "unknown members", "spaces", "Python", "Node", "Node without a level"],
)
def test_the_metric_is_found_whatever_is_beside_it(message: str) -> None:
    """A metric that is defined and not there this time, members that nobody knows, a runtime's prefix."""
    assert metrics(message) == metrics(event())


@pytest.mark.parametrize(
    "message", ["", "plain text", "{}", '{"_aws": 1}', '{"_aws": {}}', "[1]", '{"level": "INFO"}', f"said: {event()}"]
)
def test_other_lines_are_not_emf(message: str) -> None:
    """And count as no error."""
    assert extract(message, NOW) is None


@pytest.mark.parametrize("message", [event()[:-5], event().replace('"latency": 5', '"latency": NaN')])
def test_broken_json_is_a_parsing_error(message: str) -> None:
    """Of something that meant to be EMF."""
    found = extract(message, NOW)
    assert isinstance(found, Rejected)
    assert found.metric == "EMFParsingErrors"


@pytest.mark.parametrize(
    "message",
    [
        event(Namespace=""),
        event(Namespace=5),
        event(Namespace="n" * 257),
        event(Metrics=[{"Name": "latency"}] * 101),
        event(Metrics={"Name": "latency"}),
        event(Metrics=[{"Unit": "Count"}]),
        event(Metrics=["latency"]),
        event(Metrics=[{"Name": "latency", "Unit": "Apples"}]),
        event(Metrics=[{"Name": "latency", "Unit": ["Count"]}]),
        event(Metrics=[{"Name": "latency", "StorageResolution": 5}]),
        event(Metrics=[{"Name": "latency", "StorageResolution": True}]),
        event(Dimensions=["a"]),
        event(Dimensions=[["absent"]]),
        event({"a": 5}, Dimensions=[["a"]]),
        event({"a": "x" * 1025}, Dimensions=[["a"]]),
        event({"a": ""}, Dimensions=[["a"]]),
        event({f"d{n}": "x" for n in range(31)}, Dimensions=[[f"d{n}" for n in range(31)]]),
        event({"latency": "5"}),
        event({"latency": True}),
        event({"latency": [1] * 101}),
        event({"latency": [1, "2"]}),
        event({"latency": 1e300}),
        event(aws={"Timestamp": None}),
        event(aws={"Timestamp": "now"}),
        event(aws={"Timestamp": NOW}),
        event(aws={"CloudWatchMetrics": {}}),
        event(aws={"CloudWatchMetrics": [1]}),
        event({"more": "x" * 1024 * 1024}),
    ],
)
def test_what_breaks_a_limit_makes_no_metric_and_is_counted(message: str) -> None:
    """Not even the part of it that would be right."""
    found = extract(message, NOW)
    assert isinstance(found, Rejected), found
    assert found.metric == "EMFValidationErrors"
    assert found.reason


def test_a_document_may_have_a_megabyte() -> None:
    """It was 256 KB once."""
    assert not isinstance(extract(event({"more": "x" * 1_000_000}), NOW), Rejected)


def test_powertools_metrics_are_understood() -> None:
    """As the library writes them."""
    from aws_lambda_powertools.metrics import MetricResolution, MetricUnit
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

    provider = AmazonCloudWatchEMFProvider(namespace="shop", service="orders")
    provider.add_metric("placed", MetricUnit.Count, 1)
    provider.add_metric("placed", MetricUnit.Count, 2)
    provider.add_metric("total", MetricUnit.Seconds, 0.5, MetricResolution.High)
    line = json.dumps(provider.serialize_metric_set())
    found = extract(line, json.loads(line)["_aws"]["Timestamp"] / 1000)
    assert isinstance(found, list)
    assert [(m.name, m.values, m.unit, m.resolution) for m in found] == [
        ("placed", (1.0, 2.0), "Count", 60),
        ("total", (0.5,), "Seconds", 1),
    ]
    assert found[0].dimensions == (("service", "orders"),)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Name", "Unit", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["Namespace", "Dimensions", "Metrics"]), JSON), JSON, JSON)
def test_no_event_crashes_the_parser(directive: dict[str, Any], target: Any, timestamp: Any) -> None:
    """Metrics, a rejection with its reason, or no EMF."""
    found = extract(event({"latency": target, "a": target}, {"Timestamp": timestamp}, **directive), NOW)
    assert found is None or isinstance(found, list | Rejected)
