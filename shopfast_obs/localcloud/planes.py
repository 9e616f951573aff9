"""The X-Ray and CloudWatch planes together: one database, one clock, one door for the rest of the local cloud."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

from shopfast_obs.localcloud.apiplane import ServicePlane
from shopfast_obs.localcloud.groupcommit import Database
from shopfast_obs.localcloud.interface import ApiPlane, ApplicationPlane, Clock, Telemetry
from shopfast_obs.localcloud.metrics import book, dashboards, store
from shopfast_obs.localcloud.metrics.actions import Actions
from shopfast_obs.localcloud.metrics.alarm_api import AlarmApi
from shopfast_obs.localcloud.metrics.api import metric_operations
from shopfast_obs.localcloud.metrics.evaluator import Evaluator
from shopfast_obs.localcloud.metrics.queues import QueueSampler
from shopfast_obs.localcloud.metrics.stackalarms import StackAlarms
from shopfast_obs.localcloud.telemetry import StoredTelemetry
from shopfast_obs.localcloud.xray import groups
from shopfast_obs.localcloud.xray import store as xray_store
from shopfast_obs.localcloud.xray.api import XRay
from shopfast_obs.localcloud.xray.daemon import Daemon
from shopfast_obs.localcloud.xray.proxy import PATHS, Proxy

REGION, ACCOUNT = "us-east-1", "000000000000"
SCHEMA = xray_store.SCHEMA + groups.SCHEMA + store.SCHEMA + book.SCHEMA + dashboards.SCHEMA
POLL = 0.25  # seconds of real time between two looks at the clock, which may have been moved
logger = logging.getLogger(__name__)


class Planes:
    """What the local cloud's server needs of X-Ray and CloudWatch."""

    def __init__(self, state: Path, clock: Clock, application: ApplicationPlane, xray_port: int | None) -> None:
        self._database = Database(state / "telemetry.db", SCHEMA)
        self._clock = clock
        segments = xray_store.SegmentStore(self._database)
        metrics = store.MetricStore(self._database)
        alarms = book.AlarmBook(self._database, clock, f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:")
        self._queues = QueueSampler(application, metrics)
        self._evaluator = Evaluator(metrics, alarms, clock, self._queues.close_minute)
        self._actions = Actions(application, alarms)
        alarms.on_change = self._actions.changed
        self._daemon = Daemon(segments, clock, xray_port)
        self._stores = (segments, metrics)
        self._services = (
            ServicePlane("xray", "xray", XRay(segments, groups.Groups(self._database), clock).operations, PATHS),
            ServicePlane(
                "monitoring",
                "cloudwatch",
                {
                    **metric_operations(metrics, clock),
                    **AlarmApi(alarms, self._evaluator, clock).operations,
                    **dashboards.Dashboards(
                        self._database, clock, f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/"
                    ).operations,
                },
            ),
        )
        self._proxy = Proxy(self._daemon.port, self._services[0].answer)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cloudwatch clock", daemon=True)
        self.telemetry: Telemetry = StoredTelemetry(segments, metrics, application, clock)
        self.apis: tuple[ApiPlane, ...] = self._services
        self.alarms = StackAlarms(alarms, self._evaluator)
        self.xray_address = f"127.0.0.1:{self._daemon.port}"

    async def start(self) -> None:
        """Receive segments and evaluate alarms."""
        for part in self._stores:
            await asyncio.to_thread(part.expire, self._clock.now())
        self._daemon.start()
        self._proxy.start()
        self._thread.start()

    async def stop(self) -> None:
        """Store what was received, finish what was begun, close the database."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._proxy.stop()
        self._daemon.stop()
        for service in self._services:
            service.close()
        self._actions.close()
        self._database.close()

    def _run(self) -> None:
        while not self._stop.wait(POLL):
            try:
                self._evaluator.tick()
                self._queues.due(self._clock.now())
            except Exception:
                logger.exception("the clock of CloudWatch missed a beat")


def open_planes(state: Path, clock: Clock, application: ApplicationPlane, xray_port: int | None = None) -> Planes:
    """The planes over the database in `state`, the X-Ray daemon on a free port unless one is named; call start()."""
    return Planes(state, clock, application, xray_port)
