"""The parts of the cloud that others build, as this process puts them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from shopfast_obs.localcloud.interface import Clock, DeployedApplication, FunctionHost, Scope, ServedApi, Telemetry
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings
from shopfast_obs.localcloud.ministack.cloudformation.provisioners import Alarms


class TelemetryServices(Protocol):
    """The telemetry services: where telemetry goes, and the APIs that read it."""

    @property
    def telemetry(self) -> Telemetry:
        """Where to put what is observed."""
        ...

    @property
    def apis(self) -> Sequence[ServedApi]:
        """The APIs that the services serve."""
        ...

    @property
    def alarms(self) -> Alarms:
        """What CloudFormation makes."""
        ...

    @property
    def xray_address(self) -> str:
        """Host and port of the X-Ray daemon."""
        ...

    def call_xray(self, scope: Scope, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of an operation of X-Ray to the cloud's own services."""
        ...

    async def start(self) -> None:
        """Listen and evaluate."""
        ...

    def recover(self) -> None:
        """Give MiniStack back what it had not saved; called when it has its own state."""
        ...

    def look(self) -> None:
        """Look at the clock, which was moved."""
        ...

    def forget_logs(self, scope: Scope, group: str, stream: str | None = None) -> None:
        """Delete the events of a log group, or of one of its streams."""
        ...

    async def stop(self) -> None:
        """Store what is still in memory and end."""
        ...


OpenServices = Callable[[Path, Clock, DeployedApplication], TelemetryServices]
OpenHost = Callable[[Path, Telemetry, Clock, Surroundings], FunctionHost]


@dataclass(frozen=True, slots=True)
class Factories:
    """How to open the services and the host; tests pass stand-ins."""

    services: OpenServices
    host: OpenHost
