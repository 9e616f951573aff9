"""CloudWatch Logs: how much of the documented syntax is understood, beside MiniStack and moto, and how fast it goes."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from shopfast_obs.analysis.logs.insights.query import read_query
from shopfast_obs.analysis.logs.patterns import log_pattern
from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.logs import store as log_store
from shopfast_obs.localcloud.logs.fields import record
from shopfast_obs.localcloud.logs.store import Event, LogStore, Wanted
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.state.group_commit import Database

JSON_LINE = '{"level": "ERROR", "code": 502, "user": {"id": "u-1"}, "tags": ["a", "b"], "gone": null}'
ACCESS = '127.0.0.1 - frank [10/Oct/2000:13:25:15] "GET /index.html HTTP/1.0" 404 1534'
# pattern, message, whether it matches: from the user guide's page on filter patterns
PATTERNS: list[tuple[str, str, bool]] = [
    ("ERROR", "[ERROR 400] BAD REQUEST", True),
    ("error", "[ERROR 400] BAD REQUEST", False),
    ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", True),
    ("?ERROR ?WARN", "[WARN 200] slow", True),
    ("?ERROR ?WARN", "fine", False),
    ("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", False),
    ('"INTERNAL SERVER ERROR"', "[500] INTERNAL SERVER ERROR", True),
    ('"SERVER INTERNAL"', "[500] INTERNAL SERVER ERROR", False),
    ("%AUTHORIZED%", "UNAUTHORIZED REQUEST", True),
    (r"%4\d\d%", "status 500", False),
    ('{ $.level = "ERROR" }', JSON_LINE, True),
    ('{ $.level = "INFO" }', JSON_LINE, False),
    ("{ $.code >= 500 && $.user.id = u-* }", JSON_LINE, True),
    ("{ $.code < 500 || $.tags[0] = b }", JSON_LINE, False),
    ("{ $.gone IS NULL }", JSON_LINE, True),
    ("{ $.missing NOT EXISTS }", JSON_LINE, True),
    ("[ip, dash, user, time, request, status = 4*, bytes > 1000]", ACCESS, True),
    ("[..., status = 5*, bytes]", ACCESS, False),
]
EVENTS = [JSON_LINE, '{"level": "INFO", "code": 200, "took": 30}', "user=ann, took 40 ms", "user=bob, took 60 ms"]
# query, the values of its rows: the commands of the user guide
QUERIES: list[tuple[str, list[list[str]]]] = [
    ("fields @message | limit 1", [[EVENTS[3]]]),
    ("fields @message | filter @message like /bob/", [[EVENTS[3]]]),
    ("fields @message | sort @timestamp asc | limit 1", [[EVENTS[0]]]),
    ("fields level | filter level = 'ERROR'", [["ERROR"]]),
    ("fields code | filter code in [200, 404]", [["200"]]),
    ("stats count(*)", [["4"]]),
    ("stats count(*) as n by level | sort n desc | limit 1", [["2"]]),
    ("parse @message 'user=*, took * ms' as user, ms | filter ispresent(user) | stats avg(ms)", [["50"]]),
    ("parse @message /took (?<ms>\\d+) ms/ | stats max(ms)", [["60"]]),
    ("filter ispresent(took) | display took * 2", [["60"]]),
    ("fields strlen(@message) as n | sort n asc | display n | limit 1", [[str(len(EVENTS[2]))]]),
    ("fields level | filter ispresent(level) | dedup level | stats count(*)", [["2"]]),
]
BATCH, BATCHES = 100, 500


def ours(query: str, events: list[Event]) -> list[list[str]]:
    rows = read_query(query).run(record("000000000000", event) for event in events)
    return [[value for _, value in row.values] for row in rows]


def ministacks(logs: Untyped, query: str) -> list[list[str]]:
    asked = {"logGroupName": "g", "startTime": 0, "endTime": int(time.time()) + 60, "queryString": query}
    query_id = json.loads(logs._start_query(asked)[2])["queryId"]
    rows = json.loads(logs._get_query_results({"queryId": query_id})[2])["results"]
    return [[cell["value"] for cell in row if cell["field"] != "@ptr"] for row in rows]


def motos(backend: Untyped, query: str) -> list[list[str]]:
    query_id = backend.start_query(["g"], 0, int(time.time()) + 60, query)
    rows = backend.get_query_results(query_id).results
    return [[str(value) for name, value in row.items() if name != "@ptr"] for row in rows]


def right(answer: Callable[[], object], expected: object) -> bool:
    with contextlib.suppress(Exception):
        return answer() == expected
    return False


def syntax(folder: Path) -> None:
    os.environ |= {"STATE_DIR": str(folder), "S3_DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    logs = importlib.import_module("ministack.services.cloudwatch_logs")  # reads the environment when it is imported
    now = int(time.time() * 1000)
    entries = [{"timestamp": now + n, "message": text} for n, text in enumerate(EVENTS)]
    for create in (logs._create_log_group, logs._create_log_stream):
        create({"logGroupName": "g", "logStreamName": "s"})
    logs._put_log_events({"logGroupName": "g", "logStreamName": "s", "logEvents": entries})
    backend = importlib.import_module("moto.logs.models").LogsBackend("us-east-1", "000000000000")
    backend.create_log_group("g", {})
    backend.create_log_stream("g", "s")
    backend.put_log_events("g", "s", entries)
    events = [Event(n, e["timestamp"], now, e["message"], "g", "s") for n, e in enumerate(entries)][::-1]
    found = [
        ("ours", lambda p, m: log_pattern(p).match(m) is not None, lambda q: ours(q, events)),
        ("MiniStack", lambda p, m: logs._compile_filter_pattern(p)(m), lambda q: ministacks(logs, q)),
        ("moto", None, lambda q: motos(backend, q)),
    ]
    for name, matches, answer in found:
        patterns = sum(right(partial(matches, p, m), e) for p, m, e in PATTERNS) if matches else 0
        queries = sum(right(partial(answer, q), e) for q, e in QUERIES)
        shown = f"patterns {patterns} of {len(PATTERNS)}, " if matches else ""
        print(f"{name:>10}: {shown}queries {queries} of {len(QUERIES)} as documented")


def speed(folder: Path) -> None:
    database = Database(folder / "logs.db", log_store.SCHEMA)
    logs, scope, now = LogStore(database), Scope(), int(time.time() * 1000)
    lines = [(now, f'{{"level": "{"ERROR" if n % 20 == 0 else "INFO"}", "took": {n}}}') for n in range(BATCH)]
    begun, waits = time.perf_counter(), []
    for _ in range(BATCHES):
        started = time.perf_counter()
        database.write(lambda c: logs.append(c, scope, "g", "s", lines, now))
        waits.append(time.perf_counter() - started)
    rate = BATCH * BATCHES / (time.perf_counter() - begun)
    print(
        f"  ingested: {rate:,.0f} events/s, each batch of {BATCH} committed in {statistics.median(waits) * 1000:.1f} ms"
    )
    pattern = log_pattern('{ $.level = "ERROR" }')
    begun = time.perf_counter()
    count = sum(pattern.match(e.message) is not None for e in logs.events(scope, "g", Wanted()))
    took = time.perf_counter() - begun
    print(f"  filtered: {BATCH * BATCHES:,} events by a JSON pattern in {took:.2f} s, {count:,} match")
    query = read_query("filter level = 'ERROR' | stats count(*), avg(took), pct(took, 95) by bin(1m)")
    begun = time.perf_counter()
    query.run(record("0", e) for e in logs.events(scope, "g", Wanted(backwards=True)))
    print(f"   queried: the same by a query with stats in {time.perf_counter() - begun:.2f} s")
    database.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        syntax(Path(folder))
        speed(Path(folder))


if __name__ == "__main__":
    main()
