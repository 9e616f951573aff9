"""What the local cloud received during a test, and assertions whose failures show it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from shopfast_obs.pytest import shown

if TYPE_CHECKING:
    from shopfast_obs.model.telemetry import LogEvent, Segment, TimeRange, Trace
    from shopfast_obs.pytest.cloud import LocalCloud

T = TypeVar("T")
WITHIN = 10.0  # seconds that telemetry may take to arrive
PAUSE = 0.1  # seconds between two looks
PERIOD = 60  # seconds: CloudWatch keeps metrics by the minute
NONE: Mapping[str, Any] = {}
Values = Mapping[str, Any]
Metric = tuple[str, str, tuple[tuple[str, str], ...]]  # namespace, name, dimensions


@dataclass(frozen=True, slots=True)
class MetricTotal:
    """What one metric received during the test: the sum and the number of its values."""

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    sum: float = 0.0
    count: float = 0.0


class CapturedTelemetry:
    """The traces, metrics and log lines since the test began. The assertions wait until something matches, `within`
    seconds at most, and show what was captured when nothing does."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._before = self._totals(time.time())
        self._began = time.time()

    def traces(self) -> list[Trace]:
        """The traces that began during the test, oldest first."""
        ids = self._cloud.cloud.trace_ids(self._window())
        found = [(min(s.start for s in t.segments), t) for t in self._cloud.cloud.traces(ids) if t.segments]
        return [trace for began, trace in sorted(found, key=lambda pair: pair[0]) if began >= self._began]

    def metrics(self) -> list[MetricTotal]:
        """What each metric received during the test, AWS's own metrics last."""
        found = []
        for key, (total, count) in self._totals(self._began).items():
            earlier = self._before.get(key, (0.0, 0.0))
            if count > earlier[1]:
                namespace, name, dimensions = key
                found.append(MetricTotal(namespace, name, dict(dimensions), total - earlier[0], count - earlier[1]))
        return sorted(found, key=lambda metric: (metric.namespace.startswith("AWS/"), metric.namespace, metric.name))

    def logs(self) -> list[LogEvent]:
        """The events of all log groups during the test, oldest first."""
        cloud, window = self._cloud.cloud, self._window()
        events = [event for group in cloud.groups() for event in cloud.events(group, window)]
        return sorted((event for event in events if event.timestamp >= self._began - 0.001), key=lambda e: e.timestamp)

    def assert_traced(
        self, name: str, *, annotations: Values = NONE, fault: bool | None = None, within: float = WITHIN
    ) -> Segment:
        """The first segment or subsegment with this name, these annotations and, where `fault` is given, that outcome;
        fails when none arrives."""
        __tracebackhide__ = True

        def matching(segment: Segment) -> bool:
            same = fault is None or segment.fault is fault
            return segment.name == name and same and annotations.items() <= segment.annotations.items()

        def look() -> tuple[Segment | None, list[Trace]]:
            traces = self.traces()
            return next((s for trace in traces for s in trace.walk() if matching(s)), None), traces

        said = shown.wanted(f"segment {name!r}", {**_given(fault=fault), **annotations})
        return _found(look, within, said, shown.traces)

    def assert_metric(
        self, name: str, total: float | None = None, *, namespace: str | None = None,
        dimensions: Mapping[str, str] = NONE, within: float = WITHIN,
    ) -> MetricTotal:  # fmt: skip
        """The first metric with this name, these dimensions among its own and, where they are given, that sum of its
        values and that namespace; fails when none arrives."""
        __tracebackhide__ = True

        def matching(metric: MetricTotal) -> bool:
            same = namespace in (None, metric.namespace) and total in (None, metric.sum)
            return metric.name == name and same and dimensions.items() <= metric.dimensions.items()

        def look() -> tuple[MetricTotal | None, list[MetricTotal]]:
            metrics = self.metrics()
            return next((metric for metric in metrics if matching(metric)), None), metrics

        said = shown.wanted(f"metric {name!r}", {**_given(namespace=namespace, total=total), **dimensions})
        return _found(look, within, said, shown.metrics)

    def assert_logged(
        self, text: str = "", *, fields: Values = NONE, group: str | None = None, within: float = WITHIN
    ) -> LogEvent:
        """The first log event that contains the text, of this log group where one is given, and, where fields are
        given, is a JSON object with them; fails when none arrives."""
        __tracebackhide__ = True

        def matching(event: LogEvent) -> bool:
            same = group in (None, event.group) and text in event.message
            return same and (not fields or _has(shown.document(event.message), fields))

        def look() -> tuple[LogEvent | None, list[LogEvent]]:
            events = self.logs()
            return next((event for event in events if matching(event)), None), events

        said = shown.wanted(f"log event with {text!r}" if text else "log event", {**_given(group=group), **fields})
        return _found(look, within, said, shown.logs)

    def _window(self) -> TimeRange:
        from shopfast_obs.model.telemetry import TimeRange

        return TimeRange(self._began - 1, time.time() + 1)

    def _totals(self, since: float) -> dict[Metric, tuple[float, float]]:
        """Sum and number of the values of each metric since the minute of that time."""
        from shopfast_obs.cloud.interface import MetricQuery
        from shopfast_obs.model.telemetry import TimeRange

        names = sorted(self._names())
        queries = [MetricQuery(*name, statistic, PERIOD) for name in names for statistic in ("Sum", "SampleCount")]
        window = TimeRange(since - since % PERIOD, time.time() + PERIOD)
        series = self._cloud.cloud.series(queries, window) if queries else []
        totals = [one.total for one in series]
        return dict(zip(names, zip(totals[::2], totals[1::2], strict=True), strict=True))

    def _names(self) -> Iterator[Metric]:
        for page in self._cloud.client("cloudwatch").get_paginator("list_metrics").paginate():
            for one in page["Metrics"]:
                dimensions = tuple((each["Name"], each["Value"]) for each in one.get("Dimensions", ()))
                yield one["Namespace"], one["MetricName"], dimensions


def _given(**values: Any) -> Values:  # noqa: ANN401
    return {name: value for name, value in values.items() if value is not None}


def _has(found: Values, fields: Values) -> bool:
    """True where the document has all these fields with these values, of whatever type."""
    return all(name in found and found[name] == value for name, value in fields.items())


def _found(
    look: Callable[[], tuple[T | None, list[Any]]], within: float, wanted: str, show: Callable[[list[Any]], str]
) -> T:
    """The first match; raises AssertionError with what there was when the time is up."""
    __tracebackhide__ = True
    ends = time.monotonic() + within
    while True:
        found, everything = look()
        if found is not None:
            return found
        if time.monotonic() >= ends:
            raise AssertionError(f"No {wanted} was captured within {within:g} s.\n{show(everything)}")
        time.sleep(PAUSE)
