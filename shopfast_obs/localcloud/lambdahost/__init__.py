"""Runs Lambda functions as Lambda does: each execution environment is a process of its own with AWS's runtime interface
client, held to its timeout, its memory and its CPU share without root."""

from __future__ import annotations

import sys

from shopfast_obs.errors import UserError

TYPE_CHECKING = False  # a supervisor imports this package, too, and must not import much: see protocol.py
if TYPE_CHECKING:
    from pathlib import Path

    from shopfast_obs.localcloud.interface import Clock, FunctionHost, Telemetry


def open_host(
    state: Path,
    telemetry: Telemetry,
    clock: Clock,
    endpoint_url: str,
    *,
    xray_address: str = "127.0.0.1:2000",
    boosted_reinit: bool = True,
) -> FunctionHost:
    """A host that keeps its files in `state`; raises UserError where functions cannot run.

    `boosted_reinit`: the re-initialisation after a killed sandbox runs at full speed, which is assumed of Lambda and
    not documented; otherwise at the CPU share.
    """
    require_linux(sys.platform)
    from shopfast_obs.localcloud.lambdahost.equipment import Site
    from shopfast_obs.localcloud.lambdahost.host import LambdaHost
    from shopfast_obs.localcloud.lambdahost.premises import Premises
    from shopfast_obs.localcloud.observer import Observer

    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = Site(state.resolve(), endpoint_url, xray_address)
    return LambdaHost(Premises(site, telemetry, Observer(telemetry, clock), clock, boosted_reinit))


def require_linux(platform: str) -> None:
    """Raises UserError where AWS's runtime interface client does not exist."""
    if platform != "linux":
        raise UserError(
            f"Functions run on Linux only: AWS's runtime interface client has no package for {platform}.",
            "Run the local cloud on Linux, in WSL or in a container; other commands reach it from here.",
        )
