"""What Lambda's REPORT lines of the last minutes say of each function: also of those that nothing traces."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from shopfast_obs.analysis.statistics import percentile
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Inventory, Resource
from shopfast_obs.model.telemetry import InvocationReport

LAMBDA_LOGS = "/aws/lambda/"
CORE_MB = 1769  # AWS Lambda Developer Guide, "Configure Lambda function memory": the memory that has one vCPU
FUNCTION = "AWS::Lambda::Function"
SECONDS = 60.0
REMEMBERED = 20_000  # invocations


@record
class FunctionView:
    """One function: its configuration (seconds, MB, share of a vCPU), and its invocations of the last minute. Durations
    are seconds; None where there was no invocation or no setting."""

    name: str
    timeout: int | None
    memory: int | None
    cpu: float | None
    tracing: str
    invocations: int
    failed: int
    timeouts: int
    cold: int
    p95: float | None
    most_memory: int | None


class RecentInvocations:
    """The REPORT lines of the last minute, each once."""

    def __init__(self) -> None:
        self._reports: deque[InvocationReport] = deque(maxlen=REMEMBERED)
        self._seen: set[tuple[str, float]] = set()

    def add(self, reports: Iterable[InvocationReport]) -> None:
        """Take in these; one that is known already is passed over."""
        for report in reports:
            key = (report.request_id, report.timestamp)
            if key not in self._seen:
                self._seen.add(key)
                self._reports.append(report)

    def advance(self, now: float) -> None:
        """Forget what is older than a minute."""
        self._reports = deque((one for one in self._reports if now - one.timestamp <= SECONDS), maxlen=REMEMBERED)
        self._seen = {(one.request_id, one.timestamp) for one in self._reports}

    def views(self, inventory: Inventory) -> Sequence[FunctionView]:
        """The functions of the inventory, and those that only their lines tell of; the busiest first."""
        by_name: dict[str, list[InvocationReport]] = {one.name: [] for one in inventory.of_type(FUNCTION)}
        for report in self._reports:
            by_name.setdefault(report.group.removeprefix(LAMBDA_LOGS), []).append(report)
        found = [_view(name, inventory.find(FUNCTION, name), reports) for name, reports in by_name.items()]
        return sorted(found, key=lambda view: (-view.invocations, view.name))


def _view(name: str, function: Resource | None, reports: Sequence[InvocationReport]) -> FunctionView:
    properties = function.properties if function else {}
    memory, timeout = _whole(properties.get("MemorySize")), _whole(properties.get("Timeout"))
    tracing = properties.get("TracingConfig")
    durations = sorted(report.duration for report in reports)
    return FunctionView(
        name=name,
        timeout=timeout,
        memory=memory,
        cpu=round(memory / CORE_MB, 3) if memory else None,
        tracing=str(tracing.get("Mode", "")) if isinstance(tracing, dict) else "",
        invocations=len(reports),
        failed=sum(report.status != "success" for report in reports),
        timeouts=sum(report.status == "timeout" for report in reports),
        cold=sum(report.init is not None for report in reports),
        p95=percentile(durations, 0.95) if durations else None,
        most_memory=max((report.max_memory_mb for report in reports), default=None),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
