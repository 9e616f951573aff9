"""The operations of the CloudWatch API that are not about alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.metrics.data import get_metric_data
from shopfast_obs.localcloud.metrics.put_metric_data import samples_of
from shopfast_obs.localcloud.metrics.reading import Reading
from shopfast_obs.localcloud.metrics.store import MetricStore


def metric_operations(store: MetricStore, clock: Clock) -> dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]:
    """Operations by name."""
    reading = Reading(store)

    def put(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        store.submit(samples_of(parameters, clock.now())).result()
        return {}

    return {
        "PutMetricData": put,
        "GetMetricStatistics": reading.get_metric_statistics,
        "ListMetrics": lambda parameters: reading.list_metrics(parameters, clock.now()),
        "GetMetricData": lambda parameters: get_metric_data(store, parameters),
    }
