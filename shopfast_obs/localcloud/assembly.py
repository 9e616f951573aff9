"""The real parts of the cloud."""

from __future__ import annotations

from pathlib import Path

from shopfast_obs.localcloud.components import Factories, Planes
from shopfast_obs.localcloud.interface import ApplicationPlane, Clock, FunctionHost, Telemetry
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings

DEFAULT_XRAY_PORT = 2000


def real_parts() -> Factories:
    """The observability planes and the Lambda host."""
    return Factories(planes=_planes, host=_host)


def _planes(state: Path, clock: Clock, application: ApplicationPlane) -> Planes:
    from shopfast_obs.localcloud.clock import CloudClock
    from shopfast_obs.localcloud.planes import open_planes

    # Logs keep real time, as what functions write does, when a drill moves the clock of metrics and alarms.
    return open_planes(state, clock, application, DEFAULT_XRAY_PORT, log_clock=CloudClock())


def _host(state: Path, telemetry: Telemetry, clock: Clock, at: Surroundings) -> FunctionHost:
    from shopfast_obs.localcloud.lambdahost import open_host

    return open_host(state, telemetry, clock, at)
