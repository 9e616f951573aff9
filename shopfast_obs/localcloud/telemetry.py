"""Where the local cloud's own services put what they observe."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Measurement, Scope
from shopfast_obs.localcloud.logs.ingestion import Ingestion
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.localcloud.xray.intake import Intake
from shopfast_obs.localcloud.xray.segment_validation import BadSegmentError, accept_document
from shopfast_obs.model.metrics import observed

logger = logging.getLogger(__name__)


class StoredTelemetry:
    """Implements Telemetry over the stores, for one account and region."""

    def __init__(
        self,
        intake: Intake,
        metrics: Callable[[Scope], MetricStore],
        logs: Ingestion,
        clock: Clock,
        scope: Scope | None = None,
    ) -> None:
        self._intake = intake
        self._metrics = metrics
        self._logs = logs
        self._clock = clock
        self._scope = scope or Scope()

    def within(self, scope: Scope) -> StoredTelemetry:
        """The same for another account or region."""
        if scope == self._scope:
            return self
        return StoredTelemetry(self._intake, self._metrics, self._logs, self._clock, scope)

    def put_segments(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Store X-Ray segment documents; one that is none is left out."""
        accepted = []
        for document in documents:
            try:
                accepted.append(accept_document(document))
            except BadSegmentError as problem:
                logger.warning("a segment was not stored: %s", problem)
        try:
            self._intake.take(self._scope, accepted)
        except Exception:
            logger.exception("%d segments were not stored", len(accepted))

    def put_metrics(self, measurements: Sequence[Measurement]) -> None:
        """Store observations of metrics."""
        now = self._clock.now()
        try:
            self._metrics(self._scope).submit([_sample(measured, now) for measured in measurements]).result()
        except Exception:
            logger.exception("%d observations were not stored", len(measurements))

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Append events to a stream; EMF lines and metric filters make metrics."""
        try:
            self._logs.put(self._scope, group, stream, [(int(time * 1000), message) for time, message in events])
        except Exception:
            logger.exception("log events of %s were not stored", group)


def _sample(measured: Measurement, now: float) -> Sample:
    when = now if measured.timestamp is None else measured.timestamp
    metric = metric_id(measured.namespace, measured.name, measured.dimensions)
    return Sample(metric, observed(when, measured.value, 1.0, measured.unit))
