"""The queues' own metrics, sampled on the clock, as SQS publishes them each minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from shopfast_obs.localcloud.ages import OldestAges
from shopfast_obs.localcloud.interface import DeployedApplication, QueueDepth, Scope
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.model.metrics import observed

EVERY = 5.0  # seconds
logger = logging.getLogger(__name__)


class QueueSampler:
    """Writes the depth of every queue."""

    def __init__(self, application: DeployedApplication, metrics: Callable[[Scope], MetricStore]) -> None:
        self._application = application
        self._metrics = metrics
        self._last = 0.0  # the time of the last sample
        self._ages = OldestAges()

    def due(self, now: float) -> None:
        """Sample when the last one is some seconds old."""
        if now - self._last >= EVERY:
            self.sample(now)

    def close_minute(self, end: float) -> None:
        """Make sure that the minute before `end` has a sample: a jump of the clock skips none."""
        if self._last < end - 60:
            self.sample(end - 1)

    def sample(self, when: float) -> None:
        """Write the depths as they are, at the time `when`."""
        try:
            depths = self._application.queue_depths()
        except Exception:
            logger.exception("the queues could not be sampled")
            return
        for scope in {depth.scope for depth in depths}:
            own = [depth for depth in depths if depth.scope == scope]
            samples = [sample for depth in own for sample in _samples(depth, self._age(depth, when), when)]
            self._metrics(scope).submit(samples).result()
        self._last = max(self._last, when)

    def _age(self, depth: QueueDepth, when: float) -> float:
        """Seconds on the cloud's clock: what waits while that is moved forward grows older with it."""
        age = self._ages.of((depth.scope, depth.name), depth.oldest_sent, depth.oldest_age, when)
        return age if depth.oldest_age else 0.0


def _samples(depth: QueueDepth, age: float, when: float) -> Iterator[Sample]:
    measured = (
        ("ApproximateNumberOfMessagesVisible", float(depth.visible), "Count"),
        ("ApproximateNumberOfMessagesNotVisible", float(depth.in_flight), "Count"),
        ("ApproximateNumberOfMessagesDelayed", float(depth.delayed), "Count"),
        ("ApproximateAgeOfOldestMessage", age, "Seconds"),
    )
    for name, value, unit in measured:
        yield Sample(metric_id("AWS/SQS", name, {"QueueName": depth.name}), observed(when, value, 1.0, unit))
