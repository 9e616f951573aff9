"""Runs Lambda functions as Lambda does: each execution environment is a process of its own with AWS's runtime interface
client, held to its timeout, its memory and its CPU share without root.

Measured with `python -m bench.lambda_host` (2 vCPU Xeon 2.5 GHz, Python 3.11, the machine shared with other work):

- warm invocation of an empty handler, telemetry aside: median 1.6 ms at 128 MB, 1.5 ms at 512 MB and at 1769 MB
- cold start of an empty handler: median 77 ms
- CPU that a CPU-bound handler got, relative to MemorySize/1769 of the time: 1.02 to 1.06 at 128 MB, 1.00 to 1.04 at
  256 MB, 1.01 to 1.04 at 512 MB, 1.01 to 1.02 at 1024 MB, 0.97 to 1.00 at 1769 MB; a machine whose cores are taken
  gives less (0.7 to 0.8 at 1024 MB and 0.5 at 1769 MB under a load of 3)
- timeout: the caller has its answer 3 ms after the deadline (median), 8 ms at most
- memory kill: the function held at most 3.2 MB more than its MemorySize

On Lambda a function has its share of the CPU whatever the neighbours do; on a busy machine it has not. The time in
which it was ready to run and no core was free (the kernel's run delay) counts neither for the timeout nor as duration,
and no more sandboxes initialise at once than there are cores.
"""

from __future__ import annotations

import sys

from shopfast_obs.errors import UserError

TYPE_CHECKING = False  # a supervisor imports this package, too, and must not import much: see protocol.py
if TYPE_CHECKING:
    from pathlib import Path

    from shopfast_obs.localcloud.interface import Clock, FunctionHost, Telemetry
    from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings


def open_host(
    state: Path,
    telemetry: Telemetry,
    clock: Clock,
    at: Surroundings,
    *,
    boosted_reinit: bool = True,
) -> FunctionHost:
    """A host that keeps its files in `state`; raises UserError where functions cannot run.

    `boosted_reinit`: the re-initialisation after a killed sandbox runs at full speed, which is assumed of Lambda and
    not documented; otherwise at the CPU share.
    """
    require_linux(sys.platform)
    from shopfast_obs.localcloud.clock import CloudClock
    from shopfast_obs.localcloud.lambdahost.host import LambdaHost
    from shopfast_obs.localcloud.lambdahost.sandbox.host_directories import HostContext
    from shopfast_obs.localcloud.lambdahost.sandbox.setup import HostLocation
    from shopfast_obs.localcloud.observer import Observer

    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = HostLocation(state.resolve(), at)
    # Logs and segments carry real time, as what functions write does: a drill that moves the clock of metrics and
    # alarms would tear their traces apart.
    return LambdaHost(HostContext(site, Observer(telemetry, clock), CloudClock(), boosted_reinit))


def require_linux(platform: str) -> None:
    """Raises UserError where AWS's runtime interface client does not exist."""
    if platform != "linux":
        raise UserError(
            f"Functions run on Linux only: AWS's runtime interface client has no package for {platform}.",
            "Run the local cloud on Linux, in WSL or in a container; other commands reach it from here.",
        )
