"""The public fakes behave like the protocols that they stand for."""

import pytest

from shopfast_obs.cloud.interface import Cloud, MetricQuery
from shopfast_obs.errors import CloudUnreachableError
from shopfast_obs.model.resources import Inventory, Resource
from shopfast_obs.model.telemetry import MetricSeries, TimeRange
from shopfast_obs.testing import FakeCloud, function_trace, log_events

WINDOW = TimeRange(100.0, 200.0)


def test_it_is_a_cloud() -> None:
    """The type checker agrees that the fake implements the protocol."""
    cloud: Cloud = FakeCloud()
    assert cloud.target.name == "local"


def test_logs_come_in_order_from_the_window_only() -> None:
    """Half-open window, oldest first, pattern as a substring, unknown group empty."""
    cloud = FakeCloud(logs={"g": log_events("g", [(150.0, "b"), (100.0, "a"), (200.0, "late"), (99.0, "early")])})
    assert [event.message for event in cloud.events("g", WINDOW)] == ["a", "b"]
    assert [event.message for event in cloud.events("g", WINDOW, '"b"')] == ["b"]
    assert list(cloud.events("other", WINDOW)) == []
    assert cloud.groups() == ["g"]


def test_traces_are_found_by_their_start() -> None:
    """Ids of the window, and only known ids give traces."""
    cloud = FakeCloud(recorded_traces=[function_trace("1-00000064-a", 150.0), function_trace("1-00000001-b", 1.0)])
    assert cloud.trace_ids(WINDOW, "fault") == ["1-00000064-a"]
    assert cloud.filter_expressions == ["fault"]
    assert [trace.id for trace in cloud.traces(["1-00000001-b", "1-unknown"])] == ["1-00000001-b"]


def test_a_series_answers_every_query_in_order() -> None:
    """A metric without data gives an empty series, not a missing one; the order of dimensions does not matter."""
    known = MetricSeries("N", "M", (("a", "1"), ("b", "2")), "Sum", 60, ((120.0, 1.0), (240.0, 2.0)))
    cloud = FakeCloud(metrics=[known])
    found, empty = cloud.series(
        [MetricQuery("N", "M", (("b", "2"), ("a", "1")), "Sum"), MetricQuery("N", "M", (), "Sum")], WINDOW
    )
    assert found.points == ((120.0, 1.0),)
    assert empty.points == ()


def test_the_inventory_can_be_asked_by_stack() -> None:
    """Without a stack everything, with one only its resources."""
    resources = (Resource("T", "a", stack="one"), Resource("T", "b", stack="two"))
    cloud = FakeCloud(resources=Inventory("fake", resources))
    assert [r.name for r in cloud.inventory().resources] == ["a", "b"]
    assert [r.name for r in cloud.inventory(["two"]).resources] == ["b"]


def test_an_unreachable_cloud_says_so_on_every_call() -> None:
    """The error has the exit code that commands hand on."""
    cloud = FakeCloud(unreachable=True)
    with pytest.raises(CloudUnreachableError) as caught:
        cloud.alarms()
    assert caught.value.exit_code == 3
    assert cloud.calls == ["alarms"]
