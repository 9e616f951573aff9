"""Where the local cloud's own services put what they observe."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.interface import ApplicationPlane, Clock
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.localcloud.xray.documents import BadSegmentError, accept_document
from shopfast_obs.localcloud.xray.store import SegmentStore
from shopfast_obs.model.metrics import observed
from shopfast_obs.parse import emf

logger = logging.getLogger(__name__)


class StoredTelemetry:
    """Implements Telemetry over the stores."""

    def __init__(
        self, segments: SegmentStore, metrics: MetricStore, application: ApplicationPlane, clock: Clock
    ) -> None:
        self._segments = segments
        self._metrics = metrics
        self._application = application
        self._clock = clock

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
        self._put([Sample(metric_id(namespace, name, dimensions), observed(when, value, 1.0, unit))])

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Append events to a stream; EMF lines become metrics."""
        try:
            self._application.append_log_events(group, stream, events)
        except Exception:
            logger.exception("log events of %s were not appended", group)
        samples = [sample for time, message in events for sample in self._extracted(group, time, message)]
        if samples:
            self._put(samples)

    def _extracted(self, group: str, time: float, message: str) -> list[Sample]:
        found = emf.extract(message, time)
        if found is None:
            return []
        if isinstance(found, emf.Rejected):
            dimensions = {"LogGroupName": group}
            return [
                Sample(metric_id("AWS/Logs", found.metric, dimensions), observed(self._clock.now(), 1.0, 1.0, "Count"))
            ]
        return [
            Sample(
                metric_id(m.namespace, m.name, dict(m.dimensions)), observed(m.timestamp, v, 1.0, m.unit), m.resolution
            )
            for m in found
            for v in m.values
        ]

    def _put(self, samples: Sequence[Sample]) -> None:
        try:
            self._metrics.submit(samples).result()
        except Exception:
            logger.exception("%d observations were not stored", len(samples))
