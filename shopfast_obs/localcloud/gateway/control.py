"""The cloud's own routes, under `/_shopfast/`: health, clock, faults, reset. Everything else about it is an AWS API."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field

from shopfast_obs import __version__
from shopfast_obs.localcloud.clock import CloudClock
from shopfast_obs.localcloud.faults import Faults
from shopfast_obs.localcloud.state.storage import Storage

PREFIX = "/_shopfast/"
Answer = tuple[int, dict[str, object]]


@dataclass(slots=True)
class Counters:
    """What the gateway has seen since the start."""

    requests: int = 0
    refused: int = 0
    own_apis: int = 0
    active: int = 0  # being served now


@dataclass(slots=True)
class Control:
    """Answers the control routes; `ready` becomes true when every part is up."""

    port: int
    state: str
    clock: CloudClock
    ministack: str = ""
    xray_address: str = ""
    ready: bool = False
    counters: Counters = field(default_factory=Counters)
    faults: Faults = field(default_factory=Faults)
    storage: Storage | None = None
    refused: Mapping[str, int] = field(default_factory=dict)  # requests that did not pass the door, by reason
    reset: Callable[[], Awaitable[None]] | None = None

    async def answer(self, method: str, path: str, body: bytes) -> Answer:
        """The status and the JSON document for a control request."""
        name = path.removeprefix(PREFIX).strip("/")
        if (method, name) == ("GET", "health"):
            return (200 if self.ready else 503), self.health()
        if (method, name) == ("POST", "clock"):
            return self._advance(body)
        if name == "faults":
            return self._faults(method, body)
        if (method, name) == ("POST", "reset") and self.reset is not None:
            await self.reset()
            return 200, {"reset": True}
        return 404, {"message": f"The local cloud has no {method} {path}."}

    def health(self) -> dict[str, object]:
        """What `cloud status` shows."""
        return {
            "ready": self.ready,
            "pid": os.getpid(),
            "version": __version__,
            "ministack": self.ministack,
            "port": self.port,
            "state": self.state,
            "xray_address": self.xray_address,
            "clock": {"now": self.clock.now(), "offset": self.clock.offset},
            "counters": asdict(self.counters),
            "storage": self.storage.health() if self.storage else {},
            "refused": dict(self.refused),
        }

    def _faults(self, method: str, body: bytes) -> Answer:
        try:
            if method == "POST":
                self.faults.add(json.loads(body))
            elif method == "DELETE":
                self.faults.lift()
        except (ValueError, TypeError, RecursionError) as problem:
            return 400, {"message": f"This fault cannot be injected: {problem}."}
        return 200, {"faults": self.faults.listed()}

    def _advance(self, body: bytes) -> Answer:
        try:
            now = self.clock.advance(float(json.loads(body)["advance"]))
        except (ValueError, TypeError, KeyError, RecursionError) as problem:
            return 400, {"message": f'Send {{"advance": seconds}}: {problem}.'}
        return 200, {"now": now, "offset": self.clock.offset}
