"""Where the local cloud's own services put what they observe."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.logs.ingestion import Ingestion
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.localcloud.xray.documents import BadSegmentError, accept_document
from shopfast_obs.localcloud.xray.store import SegmentStore
from shopfast_obs.model.metrics import observed

logger = logging.getLogger(__name__)


class StoredTelemetry:
    """Implements Telemetry over the stores, for one account and region."""

    def __init__(
        self,
        segments: SegmentStore,
        metrics: Callable[[Scope], MetricStore],
        logs: Ingestion,
        clock: Clock,
        scope: Scope | None = None,
    ) -> None:
        self._segments = segments
        self._metrics = metrics
        self._logs = logs
        self._clock = clock
        self._scope = scope or Scope()

    def within(self, scope: Scope) -> StoredTelemetry:
        """The same for another account or region."""
        if scope == self._scope:
            return self
        return StoredTelemetry(self._segments, self._metrics, self._logs, self._clock, scope)

    def put_segment(self, document: Mapping[str, Any]) -> None:
        """Store one X-Ray segment document."""
        try:
            self._segments.submit([accept_document(document)], self._clock.now()).result()
        except BadSegmentError as problem:
            logger.warning("a segment was not stored: %s", problem)
        except Exception:
            logger.exception("a segment was not stored")

    def put_metric(  # noqa: PLR0917 - the interface is that wide
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        unit: str = "None",
        timestamp: float | None = None,
    ) -> None:
        """Store one observation of a metric at the cloud's time, or at `timestamp`."""
        when = self._clock.now() if timestamp is None else timestamp
        sample = Sample(metric_id(namespace, name, dimensions), observed(when, value, 1.0, unit))
        try:
            self._metrics(self._scope).submit([sample]).result()
        except Exception:
            logger.exception("an observation of %s was not stored", name)

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Append events to a stream; EMF lines and metric filters make metrics."""
        try:
            self._logs.put(self._scope, group, stream, [(int(time * 1000), message) for time, message in events])
        except Exception:
            logger.exception("log events of %s were not stored", group)
