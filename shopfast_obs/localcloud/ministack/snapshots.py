"""State on disk while the cloud runs, so that a kill loses about a second.

MiniStack saves at a clean shutdown only, from deep copies and with a slow encoder: more than a second for a few
thousand items. Here a fast encoder reads the live stores in one go, and only services that may have changed are read.
"""

from __future__ import annotations

import copy
import json
import logging
import threading
from pathlib import Path

from shopfast_obs.localcloud.ministack.untyped import Untyped

_LOG = logging.getLogger(__name__)
INTERVAL_SECONDS = 0.7  # from the end of a snapshot to the next: with the time that it takes, within a second
AFTERWARDS = 10  # snapshots after the last request: deliveries, deployments and workflows go on after their answer
ATTEMPTS = 5
# What requests and deliveries change all the time; everything else changes through its own API only.
BUSY = {"dynamodb", "sqs", "sns", "stepfunctions", "cloudwatch_logs", "firehose", "eventbridge", "s3", "lambda"}
_SERVICES = {"states": "stepfunctions", "logs": "cloudwatch_logs", "events": "eventbridge"}
_READS = ("Get", "List", "Describe", "BatchGet", "Query", "Scan", "Filter", "Head")


class LiveCopies:
    """Stands for a service's `copy` module: in the thread that takes a snapshot, a copy is the thing itself."""

    def __init__(self) -> None:
        self._snapshotting = threading.local()

    def deepcopy(self, value: Untyped, memo: Untyped = None) -> Untyped:
        """The value itself in a snapshot, a deep copy for everyone else."""
        return value if getattr(self._snapshotting, "on", False) else copy.deepcopy(value, memo)

    def copy(self, value: Untyped) -> Untyped:
        """A shallow copy."""
        return copy.copy(value)

    def begin(self) -> None:
        """Hand out live values in this thread from now on."""
        self._snapshotting.on = True


class Snapshots:
    """Writes the state of the services that were touched, less than a second later, from a thread of its own."""

    def __init__(self, interval: float = INTERVAL_SECONDS) -> None:
        from ministack.core import persistence

        self._folder = Path(persistence.STATE_DIR)
        self._interval = interval
        self._copies = LiveCopies()
        self._touched = threading.Event()
        self._lock = threading.Lock()
        self._due = self._all_due = 0  # snapshots still to be taken, of the busy services and of all
        self._stop = threading.Event()
        self._written: dict[str, bytes] = {}
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)
        persistence.save_state = self._save_at_shutdown

    def start(self) -> None:
        """Begin; the services' modules are loaded by then or load later."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; MiniStack's own shutdown saves what is left."""
        self._stop.set()
        self._touched.set()
        if self._thread.is_alive():
            self._thread.join()
        self._copies.begin()  # the loop's thread saves next, and nothing changes any more

    def touch(self, service: str = "", operation: str = "") -> None:
        """A service has something to do; reads that say so in their operation change nothing."""
        if operation.startswith(_READS):
            return
        with self._lock:
            self._due = AFTERWARDS
            if service and _SERVICES.get(service, service) not in BUSY:
                self._all_due = AFTERWARDS
            self._touched.set()

    def _run(self) -> None:
        self._copies.begin()
        while not self._stop.is_set():
            self._touched.wait()
            if self._stop.wait(self._interval):  # what comes within the interval is in the same snapshot
                return
            with self._lock:
                everything = self._all_due > 0
                self._due, self._all_due = self._due - 1, max(0, self._all_due - 1)
                if self._due <= 0:
                    self._touched.clear()
            self.save(everything)

    def save(self, everything: bool) -> None:
        """Write every service that differs from what is on disk."""
        from ministack import app

        for key, get_state in list(app._build_persistence_save_dict().items()):
            if everything or key in BUSY:
                self._lend_copies(key)
                text = self._encoded(key, get_state)
                if text is not None and text != self._written.get(key):
                    self._write(key, text)

    def _lend_copies(self, key: str) -> None:
        import sys

        module = sys.modules.get(f"ministack.services.{'lambda_svc' if key == 'lambda' else key}")
        if module is not None and getattr(module, "copy", None) is copy and key != "lambda":
            module.copy = self._copies  # type: ignore[attr-defined]

    def _encoded(self, key: str, get_state: Untyped) -> bytes | None:
        for _ in range(ATTEMPTS):  # a store may change while it is read
            try:
                state = get_state()
                if state is None:
                    return None
                return _document(key, state)
            except RuntimeError:
                continue
            except Exception:
                _LOG.exception("the state of %s could not be read", key)
                return None
        return None

    def _save_at_shutdown(self, service: str, data: Untyped) -> None:
        self._write(service, _document(service, data))

    def _write(self, key: str, text: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = self._folder / f"{key}.json.tmp"
        temporary.write_bytes(text)
        temporary.replace(self._folder / f"{key}.json")
        self._written[key] = text


def _document(service: str, state: Untyped) -> bytes:
    """The state as MiniStack reads it at its start."""
    import orjson
    from ministack.core import persistence

    document = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
    try:
        return orjson.dumps(document, persistence._json_default, orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a number that only Python knows
        return json.dumps(document, default=persistence._json_default).encode()
