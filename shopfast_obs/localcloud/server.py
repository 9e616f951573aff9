"""The cloud's process: MiniStack behind our gateway, our services and the Lambda host around it, a port on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs import __version__
from shopfast_obs.localcloud.clock import CloudClock
from shopfast_obs.localcloud.gateway import credentials
from shopfast_obs.localcloud.gateway.control import Control
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings
from shopfast_obs.localcloud.ministack import environment
from shopfast_obs.localcloud.state import process_files

if TYPE_CHECKING:
    from shopfast_obs.localcloud.components import Factories

_LOG = logging.getLogger(__name__)
GRACE_SECONDS = 3.0
SWITCH_SECONDS = 0.001  # an invocation changes threads often; each would wait up to 5 ms for a busy one


def serve(
    listener: socket.socket, state: Path, region: str, libraries: Path | None, factories: Factories | None = None
) -> None:
    """Run the cloud until SIGTERM or SIGINT. It returns when state is saved and all that it started has ended."""
    port = listener.getsockname()[1]
    os.umask(0o077)  # state files are readable by their owner only
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with process_files.lock(state, process_files.STATE_LOCK, seconds=1.0):  # one cloud for one state
        _allow_many_files()
        sys.setswitchinterval(SWITCH_SECONDS)
        secret = credentials.ensure(state)
        environment.prepare(port, state, region, secret)
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s [%(name)s] %(message)s")
        try:
            settings = Settings(port, state, region, secret, libraries)
            asyncio.run(_run(listener.detach(), settings, factories or _real_parts()))
        finally:
            process_files.remove_own(state)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the cloud listens, where it keeps its state, what its callers sign with, and the packages of Lambda's
    runtime (those of this process where none are named)."""

    port: int
    state: Path
    region: str
    secret: credentials.Credentials
    libraries: Path | None = None

    def surroundings(self, xray_address: str) -> Surroundings:
        """What a function finds around it."""
        return Surroundings(f"http://127.0.0.1:{self.port}", xray_address, self.secret, self.libraries)


def _allow_many_files() -> None:
    """Each connection and each execution environment takes some; 1,024 would be few."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _run(listener: int, settings: Settings, factories: Factories) -> None:
    from shopfast_obs.localcloud.gateway import http_server
    from shopfast_obs.localcloud.gateway.access import Guard
    from shopfast_obs.localcloud.gateway.gateway import Backend, Gateway
    from shopfast_obs.localcloud.ministack import asgi_app, deployed_application, in_process, patches, snapshots
    from shopfast_obs.localcloud.ministack.lambda_functions.invoke import Invocations
    from shopfast_obs.localcloud.observer import Observer
    from shopfast_obs.localcloud.state.storage import Storage

    state, port = settings.state, settings.port
    guard = Guard(settings.secret)
    clock = CloudClock(state / "clock.json")
    control = Control(port, str(state), clock, ministack=asgi_app.version())
    inner = asgi_app.load()
    services = factories.services(state, clock, deployed_application.MiniStackApplication())
    await services.start()
    clock.on_move = services.look
    control.xray_address = services.xray_address
    observer = Observer(services.telemetry, clock, in_process.current_scope)
    host = factories.host(state, services.telemetry, clock, settings.surroundings(services.xray_address))
    storage = control.storage = Storage(state)
    saved = snapshots.Snapshots(storage)
    near = patches.Collaborators(observer, services.alarms, services.call_xray, services.forget_logs, saved.touch)
    patches.install(host, near)
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)

    async def ended() -> None:
        await asyncio.to_thread(services.recover)
        gc.collect()
        gc.freeze()  # MiniStack's modules stay: no collection walks them again, which takes it 30 ms
        saved.start()
        storage.threads = [thread for thread in threading.enumerate() if thread.daemon]
        control.ready = True
        process_files.write_own(state, port, __version__, services.xray_address, settings.region)
        await ending.wait()
        control.ready = False
        await asyncio.to_thread(host.close)  # invocations end before the APIs that they call
        deadline = time.monotonic() + GRACE_SECONDS
        while control.counters.active and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        saved.stop()

    try:
        apis = (Invocations(), *services.apis)
        gateway = Gateway(Backend(inner, saved.touch, storage), apis, observer, control, guard)
        await http_server.serve(gateway, listener, ended, gateway.brief)
    finally:
        await asyncio.to_thread(host.close)
        await asyncio.to_thread(observer.close)
        guard.refused.close()
        with contextlib.suppress(asyncio.CancelledError):
            await services.stop()


def _real_parts() -> Factories:
    from shopfast_obs.localcloud.assembly import real_parts

    return real_parts()
