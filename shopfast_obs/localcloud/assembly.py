"""The real parts of the cloud."""

from __future__ import annotations

from pathlib import Path

from shopfast_obs.localcloud.components import Factories, TelemetryServices
from shopfast_obs.localcloud.interface import Clock, DeployedApplication, FunctionHost, Telemetry
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings

DEFAULT_XRAY_PORT = 2000


def real_parts() -> Factories:
    """The telemetry services and the Lambda host."""
    return Factories(services=_services, host=_host)


def _services(state: Path, clock: Clock, application: DeployedApplication) -> TelemetryServices:
    from shopfast_obs.localcloud.clock import CloudClock
    from shopfast_obs.localcloud.telemetry_services import open_services

    # Logs keep real time, as what functions write does, when a drill moves the clock of metrics and alarms.
    return open_services(state, clock, application, DEFAULT_XRAY_PORT, log_clock=CloudClock())


def _host(state: Path, telemetry: Telemetry, clock: Clock, at: Surroundings) -> FunctionHost:
    from shopfast_obs.localcloud.lambdahost import open_host

    return open_host(state, telemetry, clock, at)
