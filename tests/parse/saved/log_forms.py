"""The log of tests/parse/log_samples.py in the forms in which people have it. `awslogs` and the aws command's text were
recorded with awslogs 0.15.0 and aws-cli 1.46.3 from a Logs API that held these events."""

from __future__ import annotations

import base64
import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile
from typing import Any

from tests.parse.log_samples import AS_API, EVENTS, FILES, GROUP, REQUESTS, START, STREAM, TRACEBACK, iso

Json = dict[str, Any]
LINES = FILES["aws logs tail"]
HALF = len(AS_API) // 2
ANSWERS = [{"events": AS_API[:HALF], "searchedLogStreams": []}, {"events": AS_API[HALF:], "searchedLogStreams": []}]
GET = [
    {"events": [{k: e[k] for k in ("timestamp", "message")} for e in part["events"]], "nextForwardToken": "f/1"}
    for part in ANSWERS
]
THROTTLED = "\nAn error occurred (ThrottlingException) when calling the FilterLogEvents operation: Rate exceeded\n"
ROWS = [
    {"@timestamp": iso(at, "%Y-%m-%d %H:%M:%S.%f")[:-3], "@message": said, "@logStream": STREAM, "@log": f"123456789012:{GROUP}"}
    for at, said in EVENTS
]  # fmt: skip
PAYLOADS = [
    {"messageType": "DATA_MESSAGE", "logGroup": GROUP, "logStream": STREAM, "logEvents": part["events"]}
    for part in ANSWERS
]


def pretty(*documents: Any) -> str:
    """Documents as the aws command prints them, one call after the other."""
    return "".join(f"{json.dumps(document, indent=4)}\n" for document in documents)


def table(rows: list[Json], *, markdown: bool = False) -> str:
    """Rows as the console copies them: Markdown under what was asked, or characters."""
    names = list(rows[0])
    asked = (
        f"**CloudWatch Logs Insights**\nregion: us-east-1\nlog-group-names: {GROUP}\n---\n"
        if markdown
        else "-" * 80 + "\n"
    )
    rule = "| " + " | ".join("---" for _ in names) + " |" if markdown else "|" + "|".join("-" * 20 for _ in names) + "|"
    body = ["| " + " | ".join(str(row[name]).rstrip("\n") for name in names) + " |" for row in rows]
    return asked + "\n".join(["| " + " | ".join(names) + " |", rule, *body, "---" if markdown else "-" * 80]) + "\n"  # fmt: skip


def table_of(columns: list[str], rows: list[list[Any]], **how: Any) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, **how).writerows([columns, *rows])
    return text.getvalue()


def packed(document: Json) -> str:
    """A subscription's payload."""
    return base64.b64encode(gzip.compress(json.dumps(document).encode(), mtime=0)).decode()


def archive(files: dict[str, bytes]) -> bytes:
    """A zip archive of these."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in files.items():
            written.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 0, 0, 0)), data)
    return content.getvalue()


def coloured(line: str) -> str:
    """A line of `aws logs tail` or `sam logs` on a terminal."""
    first, _, rest = line.partition(" ")
    return f"\x1b[32m{first}\x1b[0m {rest}" if first[:2] == "20" else line


def serverless() -> str:
    """What `sls logs` prints: Lambda's own lines bare, a logger's with local time."""
    said = []
    for n, request in enumerate(REQUESTS):
        at = f"{iso(START + n + 3600, '%Y-%m-%d %H:%M:%S.%f')[:-3]} (+01:00)"
        said += [f"START RequestId: {request} Version: 1\n\n", f"{at}\t{request}\t[INFO]\tlooking\n"]
        said += [f"[ERROR] KeyError: 'sku'\n{TRACEBACK}\n", f"END RequestId: {request}\n\n"]
    return "".join(said)


def yaml() -> str:
    """`--output yaml` of filter-log-events."""

    def one(event: Json) -> str:
        fields = {**event, "message": json.dumps(event["message"]), "eventId": f"'{event['eventId']}'"}
        return "- " + "\n  ".join(f"{key}: {value}" for key, value in sorted(fields.items())) + "\n"

    return "events:\n" + "".join(one(event) for event in AS_API) + "searchedLogStreams: []\n"


TELEMETRY = [{"time": f"{iso(at)[:-3]}Z", "type": "function", "record": said} for at, said in EVENTS]
CONTAINER = [
    {"log": line + "\n", "stream": "stderr", "time": f"{iso(at)}789Z"}
    for at, said in EVENTS
    for line in said.splitlines()
]
SAM_LOCAL = (
    "Invoking app.handler (python3.12)\nLocal image is up-to-date\nMounting /src as /var/task:ro,delegated\n\n"
    + FILES["what the function wrote"] + '{"statusCode": 502}\n'
)  # fmt: skip
AWS_TEXT = "".join(
    f"EVENTS\t{n}\t1796095255169\t{STREAM}\t{event['message']}\t{event['timestamp']}\n"
    for n, event in enumerate(AS_API)
)
RAW = "".join(
    f"START RequestId: {request} Version: 1\n"
    f"[INFO]\t{iso(START + n)[:-3]}Z\t{request}\tlooking\n"
    f"[ERROR] KeyError: 'sku'\n{TRACEBACK}"
    f"END RequestId: {request}\n"
    for n, request in enumerate(REQUESTS)
)  # fmt: skip

# By the name of a file in which somebody may have it; what a folder holds by the names in it.
LOGS: dict[str, tuple[str, bytes | dict[str, bytes]]] = {
    **{name: ("web.log", text.encode()) for name, text in FILES.items()},
    "filter-log-events, called in a loop": ("web.json", pretty(*ANSWERS).encode()),
    "filter-log-events --no-paginate, compact and pretty": (
        "web.json", (json.dumps(ANSWERS[0]) + "\n" + pretty(ANSWERS[1])).encode()
    ),
    "get-log-events, called in a loop": ("web.json", pretty(*GET).encode()),
    "get-log-events, compact, without a line between": ("web.json", "".join(map(json.dumps, GET)).encode()),
    "filter-log-events --output yaml": ("web.yaml", yaml().encode()),
    "filter-log-events --output text": ("web.txt", AWS_TEXT.encode()),
    "get-log-events --output text": (
        "web.txt", ("b/1\tf/2\n" + "".join(f"EVENTS\t1796095255169\t{e['message']}\t{e['timestamp']}\n" for e in AS_API)).encode()
    ),
    "--query 'events[].[timestamp,message]' --output text": (
        "web.txt", "".join(f"{e['timestamp']}\t{e['message']}\n" for e in AS_API).encode()
    ),
    "--query 'events[].message' --output text": ("web.txt", "\t".join(e["message"] for e in AS_API).encode()),
    "--query 'events[].message'": ("web.json", pretty([e["message"] for e in AS_API]).encode()),
    "--query 'events[].[timestamp,message]'": (
        "web.json", pretty([[e["timestamp"], e["message"]] for e in AS_API]).encode()
    ),
    "Logs Insights, get-query-results": (
        "insights.json",
        pretty({"results": [[{"field": k, "value": v} for k, v in row.items()] for row in ROWS], "status": "Complete"}).encode(),
    ),
    "Logs Insights, the console's JSON": ("logs-insights-results.json", json.dumps(ROWS).encode()),
    "Logs Insights, the console's CSV": (
        "logs-insights-results.csv", table_of(list(ROWS[0]), [list(row.values()) for row in ROWS]).encode()
    ),
    "Logs Insights, CSV without its header": (
        "web.csv", table_of(list(ROWS[0]), [list(row.values()) for row in ROWS]).partition("\n")[2].encode()
    ),
    "Logs Insights, Markdown": ("results.md", table(ROWS, markdown=True).encode()),
    "Logs Insights, a table of characters": ("results.txt", table(ROWS).encode()),
    "get-log-record": ("web.json", pretty(*({"logRecord": row} for row in ROWS)).encode()),
    "the console's CSV of a log group": (
        "web.csv", table_of(["timestamp", "message"], [[e["timestamp"], e["message"]] for e in AS_API]).encode()
    ),
    "the console's CSV with semicolons": (
        "web.csv", table_of(["timestamp", "message"], [[e["timestamp"], e["message"]] for e in AS_API], delimiter=";").encode()
    ),
    "the console's page, copied": ("web.txt", "".join(f"{iso(at)[:-3]}+00:00 | {said}" for at, said in EVENTS).encode()),
    "the console's page, copied with its arrows": ("web.txt", "".join(f"▶ {iso(at)[:-3]}Z\t{said}" for at, said in EVENTS).encode()),
    "Telemetry API, an array": ("web.json", json.dumps(TELEMETRY).encode()),
    "Telemetry API, arrays": ("web.json", "\n".join(json.dumps([one]) for one in TELEMETRY).encode()),
    "Telemetry API, a record a line": ("web.jsonl", "\n".join(map(json.dumps, TELEMETRY)).encode()),
    "awslogs get": ("web.log", "".join(f"{GROUP} {STREAM} {said}" for _, said in EVENTS).encode()),
    "awslogs get --timestamp, with colours": (
        "web.log",
        "".join(f"\x1b[32m{GROUP}\x1b[0m \x1b[36m{STREAM}\x1b[0m \x1b[33m{iso(at)[:-3]}Z\x1b[0m {said}" for at, said in EVENTS).encode(),
    ),
    "sls logs": ("web.log", serverless().encode()),
    "aws logs tail, with colours": ("web.log", "".join(map(coloured, LINES.splitlines(keepends=True))).encode()),
    "what the function wrote, with times within": ("web.log", RAW.encode()),
    "with a byte order mark": ("web.log", LINES.encode("utf-8-sig")),
    "UTF-16 of PowerShell": ("web.log", LINES.replace("\n", "\r\n").encode("utf-16")),
    "UTF-16, the other way round": ("web.log", ("\ufeff" + LINES).encode("utf-16-be")),
    "JSON in UTF-16": ("web.json", pretty(*ANSWERS).encode("utf-16")),
    "letters of Windows within": ("web.log", f"{iso(START)}Z caf\N{LATIN SMALL LETTER E WITH ACUTE}\n{LINES}".encode("cp1252")),
    "CRLF": ("web.log", LINES.replace("\n", "\r\n").encode()),
    "cut at the front": ("web.log", f"    return table[key]\nKeyError: 'sku'\n{LINES}".encode()),
    "JSON that is cut at the front": ("web.json", pretty(ANSWERS[0]).partition("[")[2].encode() + pretty(ANSWERS[1]).encode()),
    "with a header": ("web.log", f"# web, prod, 22 November\n\n{LINES}".encode()),
    "gzip": ("web.log.gz", gzip.compress(LINES.encode(), mtime=0)),
    "gzip of several members": ("web.gz", b"".join(gzip.compress(part.encode(), mtime=0) for part in LINES.splitlines(keepends=True))),
    "bzip2": ("web.bz2", bz2.compress(LINES.encode())),
    "xz": ("web.xz", lzma.compress(LINES.encode())),
    "a zip archive": ("web.zip", archive({"export/web.log": LINES.encode()})),
    "an export to S3": (
        "web",
        {
            "aws-logs-write-test": b"Permission Check Successful",
            f"5a1d0c4e-7f3b-4c59-9a57-3f8d2b1c0e6a/{STREAM.replace('/', '-')}/000000.gz": gzip.compress(FILES["export"].encode(), mtime=0),
        },
    ),
    "payloads of a subscription": ("web.b64", "\n".join(map(packed, PAYLOADS)).encode()),
    "events of a subscription's function": ("web.json", pretty(*({"awslogs": {"data": packed(p)}} for p in PAYLOADS)).encode()),
    "records of a Kinesis stream": ("web.json", json.dumps({"Records": [{"kinesis": {"data": packed(p)}} for p in PAYLOADS]}).encode()),
    "Firehose, documents without anything between": ("web", "".join(map(json.dumps, PAYLOADS)).encode()),
    "Firehose, gzip after gzip": ("web", b"".join(gzip.compress(json.dumps(p).encode(), mtime=0) for p in PAYLOADS)),
    "Docker's json-file": ("web.log", "\n".join(map(json.dumps, CONTAINER)).encode()),
    "docker logs --timestamps": (
        "web.log", "".join(f"{one['time']} {one['log']}" for one in CONTAINER).encode()
    ),
    "a container's log in Kubernetes": ("web.log", "".join(f"{one['time']} stderr F {one['log']}" for one in CONTAINER).encode()),
    "docker compose logs": (
        "web.log", "".join(f"web-1  | {line}\n" for line in FILES["what the function wrote"].splitlines()).encode()
    ),
    "sam local invoke": ("web.log", SAM_LOCAL.encode()),
    "aws lambda invoke --log-type Tail": (
        "web.json",
        pretty({"StatusCode": 200, "LogResult": base64.b64encode(FILES["what the function wrote"].encode()).decode()}).encode(),
    ),
    "a folder of names without suffixes": ("saved", {"web": LINES.encode()}),
    "a folder with .txt and .csv": ("saved", {"web.txt": LINES.encode()}),
    ".ndjson": ("web.ndjson", FILES["a record a line"].encode()),
}  # fmt: skip
