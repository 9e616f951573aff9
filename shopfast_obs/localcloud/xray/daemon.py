"""The X-Ray daemon's UDP side: datagrams in, segments and spans stored. Receiving does nothing but receive, so that a
burst waits in our memory and not in the kernel's small buffer."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence

from shopfast_obs.localcloud.log_limit import Tally
from shopfast_obs.localcloud.otlp import spans
from shopfast_obs.localcloud.xray.intake import Intake
from shopfast_obs.localcloud.xray.segment_validation import BadSegmentError, StoredSegment, accept

DATAGRAM = 65_536
RECEIVE_BUFFER = 32 * 1024 * 1024  # the kernel grants what it may
BATCH = 1000
SO_RCVBUFFORCE = 33  # Linux; allowed to root only
logger = logging.getLogger(__name__)


class Daemon:
    """Receives from a bound UDP socket, and closes it in the end."""

    def __init__(self, intake: Intake, receiver: socket.socket) -> None:
        self._intake = intake
        self._socket = receiver
        _enlarge(self._socket)
        self._socket.settimeout(0.5)
        self._waiting: deque[bytes] = deque()
        self._troubles = Tally(logger)  # any process of the machine may send datagrams
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._threads = [
            threading.Thread(target=self._receive, name="x-ray daemon", daemon=True),
            threading.Thread(target=self._store_all, name="x-ray daemon's store", daemon=True),
        ]

    def start(self) -> None:
        """Begin to receive."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Store what was received and close the socket."""
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._socket.close()
        self._troubles.close()

    def _receive(self) -> None:
        while not self._stop.is_set():
            try:
                datagram = self._socket.recv(DATAGRAM)
            except TimeoutError:
                continue
            except OSError as problem:
                self._troubles.note("a datagram was lost", str(problem))
                continue
            self._waiting.append(datagram)
            if not self._wake.is_set():
                self._wake.set()

    def _store_all(self) -> None:
        while not self._stop.is_set() or self._waiting:
            self._wake.wait(0.5)
            self._wake.clear()
            while self._waiting:
                time.sleep(0.01)  # lets a burst become one transaction
                try:
                    self._intake.take(None, self._batch())
                except Exception as problem:  # nobody waits for an answer; the next ones may be stored
                    self._troubles.note("segments were not stored", str(problem))

    def _batch(self) -> list[StoredSegment]:
        accepted: list[StoredSegment] = []
        for _ in range(min(BATCH, len(self._waiting))):
            try:
                accepted += segments_of(self._waiting.popleft())
            except BadSegmentError as problem:
                self._troubles.note("a datagram was no segment", str(problem))
        return accepted


def payload_of(datagram: bytes) -> bytes:
    """The segment document or the spans behind the header line; raises BadSegmentError."""
    header, newline, document = datagram.partition(b"\n")
    if not newline or b"json" not in header:
        raise BadSegmentError("ParseError")
    return document


def segments_of(datagram: bytes) -> Sequence[StoredSegment]:
    """What is stored of a datagram: its segment, or each of its spans; raises BadSegmentError."""
    payload = payload_of(datagram)
    return spans.from_datagram(payload) if spans.is_spans(payload) else [accept(payload)]


def _enlarge(receiver: socket.socket) -> None:
    try:
        receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except OSError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
