"""Log lines of forty functions over an hour: thirty log in JSON, ten in text, and one request in five hundred fails."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.logs import store
from shopfast_obs.localcloud.logs.store import PUT_EVENT, PUT_GROUP, PUT_STREAM
from shopfast_obs.localcloud.metrics import store as metric_store
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.localcloud.state.group_commit import Database
from shopfast_obs.model.metrics import observed

GROUPS, IN_TEXT, STREAMS = 40, 10, 10
FAILING = 500  # one request in so many
Line = tuple[int, str]  # milliseconds, message


def load(file: Path, lines: int, start: float, seconds: float) -> None:
    """So many lines in the store of a local cloud that does not run, and the metric of their bytes."""
    database, scope = Database(file, store.SCHEMA + metric_store.SCHEMA), Scope()
    metrics = MetricStore(database, scope)
    for number in range(GROUPS):
        group = f"/aws/lambda/service-{number:02d}"
        sizes: defaultdict[int, int] = defaultdict(int)
        for place in range(STREAMS):
            stream = f"2026/12/01/[$LATEST]{random.Random(number * 100 + place).getrandbits(128):032x}"
            each = lines // GROUPS // STREAMS
            told = list(itertools.islice(said(number, place, start, seconds, each), each))
            database.write(_inserted(scope, group, stream, told))
            for milliseconds, message in told:
                sizes[milliseconds // 60_000] += len(message) + 26
        metric = metric_id("AWS/Logs", "IncomingBytes", {"LogGroupName": group})
        samples = [Sample(metric, observed(minute * 60.0, size, 1.0, "Bytes")) for minute, size in sizes.items()]
        metrics.submit(samples).result()
    database.close()


def _inserted(scope: Scope, group: str, stream: str, told: list[Line]) -> Callable[[sqlite3.Connection], None]:
    def job(connection: sqlite3.Connection) -> None:
        group_id = connection.execute(PUT_GROUP, (scope.account, scope.region, group)).fetchone()[0]
        stream_id = connection.execute(PUT_STREAM, (group_id, stream)).fetchone()[0]
        connection.executemany(PUT_EVENT, ((group_id, stream_id, at, at, message) for at, message in told))

    return job


def said(number: int, place: int, start: float, seconds: float, lines: int) -> Iterator[Line]:
    """What one environment of a function writes, request after request."""
    dice = random.Random(number * 1000 + place)
    step = seconds * 1000 / lines * 7  # milliseconds of a request of seven lines
    for count in itertools.count():
        at = int(start * 1000 + count * step)
        request = f"{dice.getrandbits(32):08x}-{dice.getrandbits(16):04x}-4697-b07a-{dice.getrandbits(48):012x}"
        trace = f"1-{int(start):08x}-{dice.getrandbits(96):024x}"
        fails = dice.random() < 1 / FAILING
        yield at, f"START RequestId: {request} Version: $LATEST"
        for part in range(4):
            yield at + 1 + part, _informed(dice, number, request, at + 1 + part)
        status = ""
        if fails:
            kind = dice.randrange(4)
            status = "\tStatus: timeout" if kind == 3 else ""
            for line in _failed(dice, number, request, kind):
                yield at + 6, line
        yield at + 7, f"END RequestId: {request}"
        took = dice.uniform(5, 60)
        yield (
            at + 7,
            (
                f"REPORT RequestId: {request}\tDuration: {took:.2f} ms\tBilled Duration: {took + 1:.0f} ms\t"
                f"Memory Size: 512 MB\tMax Memory Used: 128 MB{status}\t\nXRAY TraceId: {trace}\tSegmentId: "
                f"{trace[-16:]}\tSampled: true\t"
            ),
        )


def _informed(dice: random.Random, number: int, request: str, at: int) -> str:
    said = f"order ord-{dice.getrandbits(32):08x} {dice.choice(('paid', 'packed', 'shipped', 'found'))} in 12 ms"
    if number < IN_TEXT:
        return f"[INFO]\t2026-12-01T00:00:00.000Z\t{request}\t{said}"
    return (
        f'{{"level":"INFO","location":"handle:12","message":"{said}","service":"s","function_request_id":"{request}"}}'
    )


def _failed(dice: random.Random, number: int, request: str, kind: int) -> Iterator[str]:
    """A request's failure: an exception, one that is logged and then raised, an error line, or a timeout."""
    said = f"cannot reserve {dice.getrandbits(24)} in step {'abcdefgh'[dice.randrange(8)]}"
    raised = (
        f"[ERROR] ReservationError: {said}\nTraceback (most recent call last):\n"
        f'  File "/var/task/app.py", line {kind + 10}, in reserve_{number % 5}\n    reserve()'
    )
    record = {
        "level": "ERROR", "message": said, "service": "s", "function_request_id": request,
        "exception_name": "ReservationError",
        "exception": f'Traceback (most recent call last):\n  File "/var/task/app.py", line {kind + 10}, in '
        f"reserve_{number % 5}\n    reserve()\nReservationError: {said}",
    }  # fmt: skip
    if kind == 3:
        yield f"2026-12-01T00:00:00.000Z {request} Task timed out after 3.00 seconds"
    elif kind == 2:
        plain = {"level": "ERROR", "message": said, "service": "s", "function_request_id": request}
        told = f"[ERROR]\t2026-12-01T00:00:00.000Z\t{request}\t{said}"
        yield told if number < IN_TEXT else orjson.dumps(plain).decode()
    else:
        if number >= IN_TEXT:
            yield orjson.dumps(record).decode()
        elif kind == 1:
            yield f"[ERROR]\t2026-12-01T00:00:00.000Z\t{request}\t{raised.partition('] ')[2]}"
        if number < IN_TEXT:
            yield raised
