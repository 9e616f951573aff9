"""An account with many log lines, as commands see it."""

from collections.abc import Iterator, Mapping, Sequence

from shopfast_obs.cloud.interface import FailingLines, LogVolume, Target
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.testing import FakeCloud
from tests.cloud.telemetry.insights_account import InsightsAccount

GIGABYTES = 300_000_000_000


class Account(FakeCloud):
    """A cloud whose log calls are answered by an account of Logs Insights; the first group took in `size` bytes."""

    def __init__(
        self, groups: Mapping[str, Sequence[LogEvent]], size: int, classes: dict[str, str] | None = None
    ) -> None:
        self.insights = InsightsAccount(groups, classes)
        self.insights.statuses = []
        self.insights.volumes[next(iter(groups))] = size
        self._logs = self.insights.cloud()
        super().__init__(logs=groups, target=Target("aws", "us-east-1"))

    def log_volumes(self, window: TimeRange) -> Sequence[LogVolume]:
        """As the metric says."""
        return self._logs.log_volumes(window)

    def failing_lines(self, volumes: Sequence[LogVolume], window: TimeRange) -> FailingLines:
        """By queries."""
        return self._logs.failing_lines(volumes, window)

    def holding_lines(self, volumes: Sequence[LogVolume], window: TimeRange, text: str, most: int) -> FailingLines:
        """By queries."""
        return self._logs.holding_lines(volumes, window, text, most)

    def events(self, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
        """By reading."""
        self._called("events")
        return self._logs.events(group, window, pattern)

    def stream_lines(self, group: str, stream: str, window: TimeRange) -> Sequence[LogEvent]:
        """By reading."""
        return self._logs.stream_lines(group, stream, window)
