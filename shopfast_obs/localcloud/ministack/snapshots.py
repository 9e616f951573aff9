"""State on disk while the cloud runs, so that a kill loses about a second.

MiniStack saves at a clean shutdown only, from deep copies and with a slow encoder: more than a second for a few
thousand items. Here a fast encoder reads the live stores in one go, and only services that may have changed are read.
"""

from __future__ import annotations

import copy
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from shopfast_obs.localcloud.ministack.dynamodb.items import Items
from shopfast_obs.localcloud.ministack.json_copies import Copies
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.state.reserved_files import LEAST_GROWTH, ReservedFiles
from shopfast_obs.localcloud.state.storage import Storage

_LOG = logging.getLogger(__name__)
INTERVAL_SECONDS = 0.7  # from the end of a snapshot to the next: with the time that it takes, within a second
BUSY_GROWTH = 2 << 20
AFTERWARDS = 10  # snapshots after the last request: deliveries, deployments and workflows go on after their answer
ATTEMPTS = 5
# What requests and deliveries change all the time; everything else changes through its own API only.
BUSY = {"dynamodb", "sqs", "sns", "stepfunctions", "cloudwatch_logs", "firehose", "eventbridge", "s3", "lambda"}
BUSY |= {"lambda_durable"}
_SERVICES = {"states": "stepfunctions", "logs": "cloudwatch_logs", "events": "eventbridge"}
_READS = ("Get", "List", "Describe", "BatchGet", "Query", "Scan", "Filter", "Head")


class LiveCopies(Copies):
    """Stands for a service's `copy` module: in the thread that takes a snapshot, a copy is the thing itself."""

    def __init__(self) -> None:
        self._snapshotting = threading.local()

    def deepcopy(self, value: Untyped, memo: Untyped = None) -> Untyped:
        """The value itself in a snapshot, a deep copy for everyone else."""
        return value if getattr(self._snapshotting, "on", False) else super().deepcopy(value, memo)

    def begin(self) -> None:
        """Hand out live values in this thread from now on."""
        self._snapshotting.on = True


class Snapshots:
    """Writes the state of the services that were touched, less than a second later, from a thread of its own.

    The space for the next snapshot is allocated before anything is accepted that belongs into it. When there is no
    space for the one after it, `storage` refuses changes, and what was accepted goes into the space that is left.
    """

    def __init__(self, storage: Storage, interval: float = INTERVAL_SECONDS) -> None:
        from ministack.core import persistence

        self._storage = storage
        self._files = ReservedFiles(Path(persistence.STATE_DIR))
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
        self._reserve()
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
                everything = self._all_due > 0 or bool(self._storage.trouble)
                self._due, self._all_due = self._due - 1, max(0, self._all_due - 1)
                if self._due <= 0 and not self._storage.trouble:
                    self._touched.clear()
            try:
                self.save(everything)
            except Exception as problem:  # the next snapshot may succeed; until then nothing is promised
                _LOG.exception("the state could not be stored")
                self._trouble(f"{type(problem).__name__}: {problem}")

    def save(self, everything: bool) -> None:
        """Write every service that differs from what is on disk."""
        problem = self._put(everything) or self._unreserved()
        if not problem:
            self._storage.accept()
            return
        if not self._storage.trouble:
            _LOG.warning("the state cannot be stored (%s): changes are refused", problem)
        self._trouble(problem)
        self._put_last()

    def _trouble(self, problem: str) -> None:
        """Refuse changes, and try again until it works."""
        self._storage.refuse(problem)
        self._touched.set()

    def _put(self, everything: bool) -> str:
        """Write what differs and keep space for more; what went wrong, or empty."""
        problem = ""
        for key, text in self._changed(everything):
            try:
                self._files.put(f"{key}.json", text, _growth(key))
                self._written[key] = text
            except OSError as refused:
                problem = refused.strerror or str(refused)
        return problem

    def _put_last(self) -> None:
        """Write what differs into the space that was kept for it: it was accepted."""
        for key, text in self._changed(everything=True):
            try:
                self._files.put_last(f"{key}.json", text)
                self._written[key] = text
            except OSError as refused:
                _LOG.error("what was accepted last by %s is not stored: %s", key, refused)

    def _reserve(self) -> None:
        if problem := self._unreserved():
            self._trouble(problem)

    def _unreserved(self) -> str:
        """Why the space for the next snapshots cannot be had, or empty."""
        from ministack import app

        try:
            for key in app._build_persistence_save_dict():
                self._files.reserve(f"{key}.json", _growth(key))
        except OSError as refused:
            return refused.strerror or str(refused)
        return ""

    def _changed(self, everything: bool) -> Iterator[tuple[str, bytes]]:
        from ministack import app

        for key, get_state in list(app._build_persistence_save_dict().items()):
            if everything or key in BUSY:
                self._lend_copies(key)
                try:
                    text = self._encoded(key, get_state)
                    self._storage.unreadable.pop(key, None)
                except Exception as problem:  # one service's state is no reason to lose the others'
                    if key not in self._storage.unreadable:
                        _LOG.exception("the state of %s could not be read", key)
                    self._storage.unreadable[key] = f"{type(problem).__name__}: {problem}"
                    self._touched.set()
                    continue
                if text is not None and text != self._written.get(key):
                    yield key, text

    def _lend_copies(self, key: str) -> None:
        import sys

        module = sys.modules.get(f"ministack.services.{'lambda_svc' if key == 'lambda' else key}")
        lent = getattr(module, "copy", None)
        if module is not None and (lent is copy or type(lent) is Copies) and key != "lambda":
            module.copy = self._copies  # type: ignore[attr-defined]

    def _encoded(self, key: str, get_state: Untyped) -> bytes | None:
        """The service's state as a document; None when it has none. Raises when it can not be read."""
        for attempt in range(ATTEMPTS):  # a store may change while it is read
            try:
                state = get_state()
                return None if state is None else _tables(state) if key == "dynamodb" else _document(key, state)
            except RuntimeError:
                if attempt == ATTEMPTS - 1:
                    raise
        return None

    def _save_at_shutdown(self, service: str, data: Untyped) -> None:
        text = _document(service, data)
        if text != self._written.get(service):
            self._files.put_last(f"{service}.json", text)


def _growth(key: str) -> int:
    """Bytes by which a service's state may grow until the next snapshot."""
    return BUSY_GROWTH if key in BUSY else LEAST_GROWTH


def _tables(state: Untyped) -> bytes:
    """DynamoDB's state at one moment: tables that nobody writes to are put in as they were written down before."""
    import orjson

    settled = []
    for table in state["tables"].all_values():
        items = table["items"]
        writes, document = (items.writes, items.settled()) if type(items) is Items else (0, None)
        if document is not None:
            table["items"] = orjson.Fragment(document)  # in the copy that the state is
            settled.append((items, writes))
    text = _document("dynamodb", state)
    if any(items.writes != writes for items, writes in settled):
        raise RuntimeError("a table was written to meanwhile")
    return text


def _document(service: str, state: Untyped) -> bytes:
    """The state as MiniStack reads it at its start."""
    import orjson
    from ministack.core import persistence

    document = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
    try:
        return orjson.dumps(document, persistence._json_default, orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(document, default=persistence._json_default).encode()  # a number that only Python knows
