"""One SQLite file, one writer thread, many waiting callers: what they hand in together is committed together."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Result = Any  # whatever a job returns
Job = Callable[[sqlite3.Connection], Result]
BATCH = 2000  # jobs a transaction


class Database:
    """A SQLite file in WAL mode. A write returns when it is committed, so a killed process loses nothing that it
    acknowledged (`synchronous=NORMAL`: only a power cut could)."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._path = path
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Any]] | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode=WAL")
        self._writer.execute("PRAGMA synchronous=NORMAL")
        self._writer.executescript(schema)
        self._thread = threading.Thread(target=self._run, name=f"writer of {path.name}", daemon=True)
        self._thread.start()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)

    def submit(self, job: Job) -> Future[Any]:
        """The outcome of a job: committed when the future is done; a job that raises leaves no trace."""
        outcome: Future[Any] = Future()
        with self._closing:
            if self._closed:
                outcome.set_exception(sqlite3.ProgrammingError("the database is closed"))
            else:
                self._jobs.put((job, outcome))
        return outcome

    def write(self, job: Job) -> Result:
        """Run a job and return its result once it is committed."""
        return self.submit(job).result()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, of the calling thread while it is in use."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
            connection.execute("PRAGMA query_only=ON")
        try:
            yield connection
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.put(connection)

    def close(self) -> None:
        """Commit what was handed in and close the file."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        while not self._idle.empty():
            self._idle.get().close()
        self._writer.close()

    def _run(self) -> None:
        more = True
        while more:
            batch = [self._jobs.get()]
            while len(batch) < BATCH and not self._jobs.empty():
                batch.append(self._jobs.get())
            more = batch[-1] is not None
            self._commit([entry for entry in batch if entry is not None])

    def _commit(self, batch: list[tuple[Job, Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            done = [(outcome, *self._attempt(job)) for job, outcome in batch]
            self._writer.execute("COMMIT")
        except sqlite3.Error as problem:
            with contextlib.suppress(sqlite3.Error):  # a full disk has rolled it back already
                self._writer.execute("ROLLBACK")
            done = [(outcome, None, problem) for _, outcome in batch]
        for outcome, result, failure in done:
            outcome.set_result(result) if failure is None else outcome.set_exception(failure)

    def _attempt(self, job: Job) -> tuple[Result, Exception | None]:
        self._writer.execute("SAVEPOINT job")
        try:
            result = job(self._writer)
        except Exception as problem:
            self._writer.execute("ROLLBACK TO job")
            self._writer.execute("RELEASE job")
            return None, problem
        self._writer.execute("RELEASE job")
        return result, None
