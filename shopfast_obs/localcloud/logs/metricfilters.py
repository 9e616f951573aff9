"""Metric filters: what a log event that matches a pattern makes of itself, and the value of a minute without one."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.logs.patterns import LogPattern, PatternError, log_pattern
from shopfast_obs.analysis.text.bounded_regex import OutOfTimeError
from shopfast_obs.localcloud.interface import LogFilter, LogGroup, Scope
from shopfast_obs.localcloud.metrics.store import MetricId, MetricStore, Sample, metric_id
from shopfast_obs.model.metrics import observed

logger = logging.getLogger(__name__)

MINUTE = 60.0
Minute = tuple[Scope, MetricId, float]


class MetricFilters:
    """Applies the metric filters of a group to its events, and remembers which minutes want their default value."""

    def __init__(self, metrics: Callable[[Scope], MetricStore]) -> None:
        self._metrics = metrics
        self._lock = threading.Lock()
        self._silent: dict[Minute, tuple[float, str]] = {}
        self._spoken: set[Minute] = set()

    def samples(self, scope: Scope, group: LogGroup, events: Sequence[tuple[int, str]]) -> list[Sample]:
        """The values that the events make."""
        found: list[Sample] = []
        for entry in group.metric_filters:
            try:
                found.extend(self._applied(scope, entry, events))
            except OutOfTimeError:
                logger.warning("the metric filter %s of %s is too slow for its lines", entry.name, group.name)
        return found

    def close_minute(self, end: float) -> None:
        """Write the default value of each minute that had events, none of them matching."""
        with self._lock:
            due = [key for key in self._silent if key[2] + MINUTE <= end]
            waiting = {key: self._silent.pop(key) for key in due}
            quiet = {key: value for key, value in waiting.items() if key not in self._spoken}
            self._spoken = {key for key in self._spoken if key[2] + MINUTE > end}
        for (scope, metric, minute), (value, unit) in quiet.items():
            self._metrics(scope).submit([Sample(metric, observed(minute, value, 1.0, unit))]).result()

    def _applied(self, scope: Scope, entry: LogFilter, events: Sequence[tuple[int, str]]) -> Iterator[Sample]:
        try:
            pattern = log_pattern(entry.pattern)
        except PatternError:  # a template's pattern from before patterns were checked
            return
        for transformation in entry.properties.get("metricTransformations") or ():
            for timestamp, message in events:
                sample = _sample(pattern, transformation, timestamp / 1000, message)
                self._note(scope, transformation, timestamp / 1000, sample)
                if sample is not None:
                    yield sample

    def _note(self, scope: Scope, transformation: Mapping[str, Any], time: float, sample: Sample | None) -> None:
        default = transformation.get("defaultValue")
        if default is None:
            return
        metric = metric_id(transformation["metricNamespace"], transformation["metricName"], {})
        key = (scope, metric, time // MINUTE * MINUTE)
        with self._lock:
            if sample is not None:
                self._spoken.add(key)
            self._silent[key] = (float(default), transformation.get("unit") or "None")


def _sample(pattern: LogPattern, transformation: Mapping[str, Any], time: float, message: str) -> Sample | None:
    if pattern.match(message) is None:
        return None
    text = str(transformation["metricValue"])
    found = pattern.value(message, text) if text.startswith("$") else text
    value = _finite(found)
    dimensions = _dimensions(pattern, transformation.get("dimensions") or {}, message)
    if value is None or dimensions is None:
        return None
    metric = metric_id(transformation["metricNamespace"], transformation["metricName"], dimensions)
    return Sample(metric, observed(time, value, 1.0, transformation.get("unit") or "None"))


def _dimensions(pattern: LogPattern, selectors: Mapping[str, str], message: str) -> dict[str, str] | None:
    """The dimensions of the event; None when one of its values is not there: then the event makes no value."""
    values = {name: pattern.value(message, selector) for name, selector in selectors.items()}
    return None if None in values.values() else {name: str(value)[:1024] for name, value in values.items()}


def _finite(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
