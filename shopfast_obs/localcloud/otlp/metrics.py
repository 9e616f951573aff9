"""CloudWatch's endpoint for metrics. AWS keeps these apart, for PromQL; here they are metrics like others, in a
namespace called like the service, with their attributes as dimensions."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.otlp import requests
from shopfast_obs.localcloud.otlp.spans import attributes
from shopfast_obs.localcloud.protocol.operations import Operation
from shopfast_obs.localcloud.protocol.wire import AwsError

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

MAX_REQUEST = 1024 * 1024
MAX_DIMENSIONS = 30  # of a metric; AWS takes 150 labels
MAX_SERIES = 100_000  # of which the last total is remembered
NAMESPACE = "OTel"  # of a service without a name
CUMULATIVE = 2
UNITS = {"s": "Seconds", "ms": "Milliseconds", "us": "Microseconds", "By": "Bytes", "%": "Percent", "1": "None"}
Datum = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Total:
    """What a cumulative series had counted, since `start`."""

    start: int
    total: float
    count: float


class Metrics:
    """Takes ExportMetricsServiceRequest; remembers the totals of cumulative series, of which CloudWatch gets what was
    added."""

    def __init__(self) -> None:
        self._totals: OrderedDict[tuple[Any, ...], Total] = OrderedDict()

    def export(self, put: Callable[[Scope], Operation], scope: Scope, body: bytes, content: str) -> Message:
        """The answer to a request whose good points are stored, by PutMetricData's rules; raises AwsError."""
        from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service

        if len(body) > MAX_REQUEST:
            raise AwsError("InvalidRequestException", f"The request has more than {MAX_REQUEST} bytes.", 413)
        request = requests.decoded(body, content, service.ExportMetricsServiceRequest())
        answer = service.ExportMetricsServiceResponse()
        operation = put(scope)
        for group in request.resource_metrics:
            about = attributes(group.resource.attributes)
            namespace = str(about.get("service.name") or NAMESPACE)
            for metric in (metric for inner in group.scope_metrics for metric in inner.metrics):
                for datum in self._datums((scope, namespace), metric):
                    try:
                        operation({"Namespace": namespace, "MetricData": [datum]})
                    except AwsError as problem:
                        answer.partial_success.rejected_data_points += 1
                        answer.partial_success.error_message = f"{metric.name}: {problem.message}"
        return answer

    def _datums(self, where: tuple[Scope, str], metric: Metric) -> Iterator[Datum]:
        kind = metric.WhichOneof("data")
        if kind is None:
            return
        data = getattr(metric, kind)
        cumulative = getattr(data, "aggregation_temporality", 0) == CUMULATIVE
        for point in data.data_points:
            dimensions = _dimensions(attributes(point.attributes))
            common = {
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Timestamp": point.time_unix_nano / 1e9,
                "Unit": UNITS.get(metric.unit, "None"),
            }
            key = (*where, metric.name, tuple(dimensions.items()))
            if kind in ("gauge", "sum"):
                value = float(getattr(point, point.WhichOneof("value") or "as_int"))
                if kind == "sum" and cumulative and data.is_monotonic:
                    value = self._added(key, point.start_time_unix_nano, value, 0.0)[0]
                yield {**common, "Value": value}
            elif point.count:
                yield from self._distribution(key, point, cumulative, common)

    def _distribution(
        self,
        key: tuple[Any, ...],
        point: Any,  # noqa: ANN401 - of a histogram, an exponential one or a summary
        cumulative: bool,
        common: Datum,
    ) -> Iterator[Datum]:
        """A histogram as a statistic set; where it does not say its extremes, its mean stands for them."""
        total, count = float(point.sum), float(point.count)
        if cumulative:
            total, count = self._added(key, point.start_time_unix_nano, total, count)
        if count <= 0:
            return
        mean = total / count
        low, high = getattr(point, "min", mean), getattr(point, "max", mean)
        told = all(math.isfinite(value) for value in (low, high)) and low <= mean <= high
        low, high = (low, high) if told else (mean, mean)
        yield {**common, "StatisticValues": {"SampleCount": count, "Sum": total, "Minimum": low, "Maximum": high}}

    def _added(self, key: tuple[Any, ...], start: int, total: float, count: float) -> tuple[float, float]:
        """What a series has counted since it was last told; all of it where it began anew."""
        before = self._totals.pop(key, None)
        self._totals[key] = Total(start, total, count)
        if len(self._totals) > MAX_SERIES:
            self._totals.popitem(last=False)
        if before is None or before.start != start or before.total > total or before.count > count:
            return total, count
        return total - before.total, count - before.count


def _dimensions(own: Mapping[str, Any]) -> dict[str, str]:
    """The attributes as dimensions, by name."""
    texts = {name: str(value) for name, value in sorted(own.items()) if name and value not in ("", None)}
    return dict(list(texts.items())[:MAX_DIMENSIONS])
