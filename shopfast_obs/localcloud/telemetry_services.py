"""X-Ray, CloudWatch and CloudWatch Logs together: one database, one clock, one door for the rest of the local cloud."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

from shopfast_obs.localcloud.interface import Clock, DeployedApplication, Scope, ServedApi, Telemetry
from shopfast_obs.localcloud.logs import saved
from shopfast_obs.localcloud.logs import store as log_store
from shopfast_obs.localcloud.logs.service import LogsService
from shopfast_obs.localcloud.metrics import dashboards, store
from shopfast_obs.localcloud.metrics.alarms import alarm_store
from shopfast_obs.localcloud.metrics.alarms.stack_alarms import StackAlarms
from shopfast_obs.localcloud.metrics.cloudwatch import CloudWatch
from shopfast_obs.localcloud.metrics.queues import QueueSampler
from shopfast_obs.localcloud.otlp.service import OtlpService
from shopfast_obs.localcloud.otlp.traces import Traces
from shopfast_obs.localcloud.protocol.operations import ServiceApi
from shopfast_obs.localcloud.state.group_commit import Database
from shopfast_obs.localcloud.telemetry import StoredTelemetry
from shopfast_obs.localcloud.xray import service as xray_service
from shopfast_obs.localcloud.xray.daemon import Daemon
from shopfast_obs.localcloud.xray.ports import bound_pair
from shopfast_obs.localcloud.xray.proxy import PATHS, Proxy
from shopfast_obs.localcloud.xray.store import SegmentStore

SCHEMA = xray_service.SCHEMA + store.SCHEMA + alarm_store.SCHEMA + dashboards.SCHEMA + log_store.SCHEMA + saved.SCHEMA
POLL = 0.25  # seconds of real time between two looks at the clock
logger = logging.getLogger(__name__)


class TelemetryServices:
    """What the local cloud's server needs of X-Ray, CloudWatch and CloudWatch Logs."""

    def __init__(
        self,
        state: Path,
        clock: Clock,
        application: DeployedApplication,
        xray_port: int | None,
        log_clock: Clock | None = None,
    ) -> None:
        self._database = Database(state / "telemetry.db", SCHEMA)
        self._clock = clock
        segments = SegmentStore(self._database)
        self._segments = segments
        self.cloudwatch = CloudWatch(self._database, clock, application, self._close_minute)
        self._queues = QueueSampler(application, self.cloudwatch.metrics)
        self._logs = LogsService(self._database, application, self.cloudwatch.metrics, clock, log_clock or clock)
        self.cloudwatch.log_query = self._logs.rows
        receiver, listener = bound_pair(xray_port)
        xray = xray_service.XRay(self._database, segments, clock, self._logs.ingestion.put)
        self._daemon = Daemon(xray.intake, receiver)
        logs = frozenset(self._logs.operations(Scope()))
        self._services = (
            ServiceApi("xray", "xray", xray.operations, PATHS),
            ServiceApi("monitoring", "cloudwatch", self.cloudwatch.operations),
            ServiceApi("logs", "logs", self._logs.operations, only=logs),
        )
        self._proxy = Proxy(listener, self._services[0].answer)
        self._looking = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="cloudwatch clock", daemon=True)
        self.telemetry: Telemetry = StoredTelemetry(xray.intake, self.cloudwatch.metrics, self._logs.ingestion, clock)
        spans = Traces(xray.intake.take, xray.searched, clock)
        self._otlp = OtlpService(spans, self._logs.operations, self.cloudwatch.operations, log_clock or clock)
        self.apis: tuple[ServedApi, ...] = (self._otlp, *self._services)
        self.call_xray = xray.call
        self.alarms = StackAlarms(self.cloudwatch)
        self.xray_address = "{}:{}".format(*receiver.getsockname())

    async def start(self) -> None:
        """Receive segments and evaluate alarms."""
        await asyncio.to_thread(self._segments.expire, self._clock.now())
        await asyncio.to_thread(store.expire, self._database, self._clock.now())
        self._daemon.start()
        self._proxy.start()
        self._thread.start()

    def recover(self) -> None:
        """Give MiniStack back what it had not saved; it has its own state by now."""
        self._logs.recover()

    def look(self) -> None:
        """Look at the clock now: it was moved."""
        self._looking.set()

    def forget_logs(self, scope: Scope, group: str, stream: str | None = None) -> None:
        """Delete the events of a log group, or of one of its streams."""
        self._logs.store.forget(scope, group, stream)

    async def stop(self) -> None:
        """Store what was received, finish what was begun, close the database."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._ended = True
        self._looking.set()
        if self._thread.is_alive():
            self._thread.join()
        self._proxy.stop()
        self._daemon.stop()
        self._logs.stop()
        for service in (self._otlp, *self._services):
            service.close()
        self._logs.close()
        self.cloudwatch.close()
        self._database.close()

    def _ends(self) -> bool:
        """True when the services end; else it is time to look at the clock."""
        self._looking.wait(POLL)
        self._looking.clear()
        return self._ended

    def _run(self) -> None:
        while not self._ends():
            try:
                self.cloudwatch.tick()
                self._queues.due(self._clock.now())
                self._logs.due()
            except Exception:
                logger.exception("the clock of CloudWatch missed a beat")

    def _close_minute(self, end: float) -> None:
        self._queues.close_minute(end)
        self._logs.close_minute(end)


def open_services(
    state: Path,
    clock: Clock,
    application: DeployedApplication,
    xray_port: int | None = None,
    log_clock: Clock | None = None,
) -> TelemetryServices:
    """The services over the database in `state`, X-Ray daemon on that port or, where it is taken, on any; call start().
    `log_clock` is the time of logs where it is not that of metrics and alarms."""
    return TelemetryServices(state, clock, application, xray_port, log_clock)
