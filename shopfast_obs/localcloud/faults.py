"""Breaks API calls on demand, for drills and tests, and keeps the count: the ground truth for a diagnosis."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from typing import Any

# Services that speak JSON: the answer of a fault has the shape that their clients read.
JSON_SERVICES = frozenset({"dynamodb", "events", "kms", "logs", "secretsmanager", "ssm", "states"})


@dataclass(slots=True)
class Fault:
    """Calls of one operation (all of a service when empty) fail with `error`, `times` often or until it is lifted."""

    service: str
    error: str
    operation: str = ""
    message: str = "Injected by the local cloud."
    status: int = 400
    times: int | None = None
    fired: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for a fault that no client could read."""
        if self.service not in JSON_SERVICES:
            raise ValueError(
                f"faults can be injected into {', '.join(sorted(JSON_SERVICES))}, not into {self.service!r}"
            )
        if not self.error or not 400 <= self.status < 600:
            raise ValueError("a fault needs the name of an error and a status from 400 to 599")

    def hits(self, service: str, operation: str) -> bool:
        """True when the call is to fail."""
        spent = self.times is not None and self.fired >= self.times
        return not spent and service == self.service and self.operation in ("", operation)

    @property
    def body(self) -> bytes:
        """The error as the service's own protocol writes it."""
        return json.dumps({"__type": self.error, "message": self.message}).encode()


class Faults:
    """The faults in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, wanted: dict[str, Any]) -> None:
        """Put a fault in force; raises ValueError or TypeError for one that cannot be."""
        fault = Fault(**wanted)
        with self._lock:
            self._faults.append(fault)

    def lift(self) -> None:
        """End all faults and forget them."""
        with self._lock:
            self._faults.clear()

    def strike(self, service: str, operation: str) -> Fault | None:
        """The fault that this call meets, counted; None when it goes through."""
        with self._lock:
            for fault in self._faults:
                if fault.hits(service, operation):
                    fault.fired += 1
                    return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        """Every fault in force with how often it struck."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]
