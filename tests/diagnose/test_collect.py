"""The collection of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from shopfast_obs.cloud.interface import MetricQuery
from shopfast_obs.diagnose import collect as module
from shopfast_obs.diagnose.collect import collect
from shopfast_obs.errors import CloudUnreachableError, DeniedError
from shopfast_obs.model.resources import Inventory
from shopfast_obs.model.telemetry import LogEvent, MetricSeries, TimeRange
from shopfast_obs.testing import FakeCloud, function_trace, log_events
from tests.diagnose.builders import START, WINDOW, died, finished, function, killed, metric, request_id, written


def test_reports_have_the_status_that_other_lines_tell() -> None:
    """A timeout and a death are known even where REPORT is silent."""
    web = function()
    silent = [[line.split("Status:")[0] + "\n" if line.startswith("REPORT") else line for line in lines]
              for lines in (killed(1), died(2), finished(3))]  # fmt: skip
    inventory = Inventory("x", (web,))
    reports = collect(FakeCloud(inventory, written(web, *silent)), inventory, WINDOW).reports["web"]
    assert [r.status for r in reports] == ["timeout", "error", "success"]
    assert reports[1].error_type == "Runtime.ExitError"


def test_an_exception_that_nobody_caught_ended_the_invocation() -> None:
    """REPORT in text does not say so; the runtime's line before it does, in the stream of the invocation."""
    web = function("web")
    raised = (
        "[ERROR] KeyError: 'mail'\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 3, in handler"
    )
    lines = [finished(1), finished(2), finished(3)]
    lines[1].insert(1, raised)
    lines[2].insert(1, "[ERROR] Oops: said by a function that goes on")
    reports = collect(FakeCloud(Inventory("local", (web,)), written(web, *lines)), Inventory("local", (web,)), WINDOW)
    assert [(r.status, r.error_type) for r in reports.reports["web"]] == [
        ("success", ""),
        ("error", "KeyError"),
        ("success", ""),
    ]


def test_functions_that_share_a_log_group_have_their_own_reports() -> None:
    """Lambda then writes the function's name into the stream's."""
    shared = {"LoggingConfig": {"LogGroup": "shared"}}
    one, other = function("one", **shared), function("other", **shared)
    events = [
        *log_events("shared", [(START + 1, finished(1)[-1])], "2027/01/15/one[$LATEST]0123"),
        *log_events("shared", [(START + 2, finished(2)[-1])], "2027/01/15/other[$LATEST]0123"),
    ]
    inventory = Inventory("x", (one, other))
    cloud = FakeCloud(inventory, {"shared": events})
    reports = collect(cloud, inventory, WINDOW).reports
    assert [r.request_id for r in reports["one"]] == [request_id(1)]
    assert [r.request_id for r in reports["other"]] == [request_id(2)]
    assert cloud.calls.count("events") == 1


def test_everything_is_asked_for_in_few_calls() -> None:
    """One call for all metrics, one for all alarms, one a log group; traces only where something is traced."""
    functions = tuple(function(f"f{n}") for n in range(20))
    inventory = Inventory("x", functions)
    cloud = FakeCloud(inventory, metrics=[metric("AWS/Lambda", "Errors", 2, FunctionName="f7")])
    observations = collect(cloud, inventory, WINDOW)
    assert sorted(cloud.calls) == ["alarms", *["events"] * 20, "series"]
    assert [s.total for s in observations.metrics if s.points] == [2]


def test_traces_are_read_when_a_function_is_traced() -> None:
    """Up to a limit."""
    web = function(TracingConfig={"Mode": "Active"})
    inventory = Inventory("x", (web,))
    traces = [function_trace(f"1-00000000-{n:024d}", START + 1) for n in range(module.MOST_TRACES + 5)]
    observations = collect(FakeCloud(inventory, recorded_traces=traces), inventory, WINDOW)
    assert len(observations.traces) == module.MOST_TRACES


class HalfDenied(FakeCloud):
    """A cloud that answers neither metrics nor logs."""

    def series(self, queries: Sequence[MetricQuery], window: TimeRange) -> Sequence[MetricSeries]:
        """Denied."""
        raise DeniedError("no metrics")

    def events(self, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
        """Denied while it is read, as a paginated call is."""
        yield from ()
        raise DeniedError("no logs")


def test_what_is_denied_is_a_gap() -> None:
    """Each kind of evidence by itself."""
    inventory = Inventory("x", (function(),))
    gaps = collect(HalfDenied(inventory), inventory, WINDOW).gaps
    assert {(gap.what, gap.reason) for gap in gaps} == {("metrics", "no metrics"), ("logs /aws/lambda/web", "no logs")}


def test_no_cloud_is_no_evidence() -> None:
    """It is not a gap."""
    inventory = Inventory("x", (function(),))
    with pytest.raises(CloudUnreachableError):
        collect(FakeCloud(inventory, unreachable=True), inventory, WINDOW)


def test_a_group_with_too_many_events_says_what_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that is too long is named."""
    monkeypatch.setattr(module, "MOST_EVENTS", 3)
    web = function()
    inventory = Inventory("x", (web,))
    observations = collect(FakeCloud(inventory, written(web, finished(1), finished(2))), inventory, WINDOW)
    assert len(observations.logs["/aws/lambda/web"]) == 3
    assert "only its first 3 events" in observations.gaps[0].reason
