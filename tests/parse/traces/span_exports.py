"""One request, as OpenTelemetry's tools write it down: a shop that reads a table, asks a rate, queries a database, and
sends a message that a worker takes half a second later."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

TRACE = "6921c0a45b1e4f0d8c3a7e9b12d4f6a8"
BEGIN = 1_764_000_000_000_000_000  # nanoseconds
Record = dict[str, Any]


def _record(number: int, parent: int, name: str, kind: str, at: tuple[int, int], service: str, **own: Any) -> Record:
    """A record of aws/spans; `at` is from and to, in milliseconds."""
    start, end = (BEGIN + milliseconds * 1_000_000 for milliseconds in at)
    return {
        "resource": {"attributes": {"service.name": service}},
        "scope": {"name": f"library.{kind.lower()}", "version": "1"},
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name,
        "kind": kind,
        "startTimeUnixNano": start,
        "endTimeUnixNano": end,
        "attributes": own.pop("attributes"),
        "status": own.pop("status", {"code": "UNSET"}),
        **own,
    }


STACK = (
    "Traceback (most recent call last):\n"
    '  File "/var/task/app.py", line 12, in handler\n    return sell(event)\n'
    '  File "/var/task/shop/orders.py", line 31, in sell\n    raise OutOfStock(sku)\n'
    "shop.OutOfStock: SKU-7\n"
)
RAISED = {
    "exception.type": "shop.OutOfStock",
    "exception.message": "SKU-7",
    "exception.stacktrace": STACK,
}
RECORDS = [
    _record(
        1,
        0,
        "POST /shop/{slug}",
        "SERVER",
        (0, 500),
        "web",
        attributes={
            "http.request.method": "POST",
            "url.path": "/shop/blue-shoe",
            "http.route": "/shop/{slug}",
            "http.response.status_code": 502,
        },
        events=[{"name": "exception", "timeUnixNano": BEGIN + 490_000_000, "attributes": RAISED}],
    ),
    _record(
        2,
        1,
        "DynamoDB.GetItem",
        "CLIENT",
        (10, 40),
        "web",
        attributes={
            "rpc.system": "aws-api",
            "rpc.service": "DynamoDB",
            "rpc.method": "GetItem",
            "aws.dynamodb.table_names": ["orders"],
        },
    ),
    _record(
        3,
        1,
        "GET",
        "CLIENT",
        (40, 60),
        "web",
        attributes={
            "http.request.method": "GET",
            "server.address": "api.fx.example",
            "url.full": "http://api.fx.example/rate",
        },
    ),
    _record(
        4,
        1,
        "SELECT shop",
        "CLIENT",
        (60, 90),
        "web",
        attributes={"db.system.name": "mysql", "db.namespace": "shop", "server.address": "db.example"},
    ),
    _record(
        5,
        1,
        "jobs send",
        "PRODUCER",
        (120, 150),
        "web",
        attributes={
            "rpc.system": "aws-api",
            "rpc.service": "SQS",
            "rpc.method": "SendMessage",
            "messaging.system": "aws_sqs",
            "messaging.destination.name": "jobs",
        },
    ),
    _record(
        6,
        5,
        "jobs process",
        "CONSUMER",
        (1000, 1400),
        "worker",
        attributes={"messaging.system": "aws_sqs", "messaging.destination.name": "jobs"},
    ),
]


def _typed(value: Any) -> Record:
    if isinstance(value, list):
        return {"arrayValue": {"values": [_typed(entry) for entry in value]}}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": value}


def _listed(attributes: Record) -> list[Record]:
    return [{"key": key, "value": _typed(value)} for key, value in attributes.items()]


def otlp(kinds: bool = False) -> Record:
    """What a collector's file exporter writes; with `kinds` in words, as protobuf's JSON has them."""
    numbers = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
    groups = []
    for record in RECORDS:
        span = {key: value for key, value in record.items() if key not in ("resource", "scope")}
        span["kind"] = f"SPAN_KIND_{record['kind']}" if kinds else numbers[record["kind"]]
        span["attributes"] = _listed(record["attributes"])
        span |= {key: str(record[key]) for key in ("startTimeUnixNano", "endTimeUnixNano")}
        events = record.get("events", ())
        span["events"] = [{**event, "attributes": _listed(event["attributes"])} for event in events]
        span["status"] = {"code": f"STATUS_CODE_{record['status']['code']}" if kinds else 0}
        resource = {"attributes": _listed(record["resource"]["attributes"])}
        groups.append({"resource": resource, "scopeSpans": [{"scope": record["scope"], "spans": [span]}]})
    return {"resourceSpans": groups}


def in_base64() -> Record:
    """The same as protobuf's JSON has it: ids in base64."""
    document = otlp(kinds=True)
    for group in document["resourceSpans"]:
        for span in group["scopeSpans"][0]["spans"]:
            for key in ("traceId", "spanId", "parentSpanId"):
                span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    return document


def tempo() -> Record:
    """Tempo's first API."""
    return {"batches": in_base64()["resourceSpans"]}


def snake() -> Record:
    """protobuf's JSON with protobuf's own names."""
    text = json.dumps(in_base64())
    for name in (
        "resourceSpans",
        "scopeSpans",
        "traceId",
        "parentSpanId",
        "spanId",
        "startTimeUnixNano",
        "endTimeUnixNano",
    ):
        text = text.replace(f'"{name}"', f'"{_snake(name)}"')
    for name in ("stringValue", "intValue", "arrayValue", "timeUnixNano"):
        text = text.replace(f'"{name}"', f'"{_snake(name)}"')
    return dict(json.loads(text))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def jaeger() -> Record:
    """Jaeger's JSON: what its page downloads."""
    spans = []
    for number, record in enumerate(RECORDS):
        parent = record["parentSpanId"]
        tags = {**record["attributes"], "span.kind": record["kind"].lower(), "otel.scope.name": record["scope"]["name"]}
        tags = {key: value[0] if isinstance(value, list) else value for key, value in tags.items()}
        spans.append(
            {
                "traceID": TRACE,
                "spanID": record["spanId"],
                "operationName": record["name"],
                "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": parent}] if parent else [],
                "startTime": record["startTimeUnixNano"] // 1000,
                "duration": (record["endTimeUnixNano"] - record["startTimeUnixNano"]) // 1000,
                "tags": [{"key": key, "type": "string", "value": value} for key, value in tags.items()],
                "logs": [
                    {
                        "timestamp": event["timeUnixNano"] // 1000,
                        "fields": [{"key": "event", "value": event["name"]}]
                        + [{"key": key, "value": value} for key, value in event["attributes"].items()],
                    }
                    for event in record.get("events", ())
                ],
                "processID": f"p{number}",
            }
        )
    processes = {
        f"p{n}": {"serviceName": r["resource"]["attributes"]["service.name"], "tags": []} for n, r in enumerate(RECORDS)
    }
    return {"data": [{"traceID": TRACE, "spans": spans, "processes": processes}]}


def zipkin() -> list[Record]:
    """Zipkin's JSON, which has no exceptions."""
    return [
        {
            "traceId": TRACE,
            "id": record["spanId"],
            **({"parentId": record["parentSpanId"]} if record["parentSpanId"] else {}),
            "name": record["name"],
            "kind": record["kind"],
            "timestamp": record["startTimeUnixNano"] // 1000,
            "duration": (record["endTimeUnixNano"] - record["startTimeUnixNano"]) // 1000,
            "localEndpoint": {"serviceName": record["resource"]["attributes"]["service.name"]},
            "tags": {
                key: str(value[0] if isinstance(value, list) else value) for key, value in record["attributes"].items()
            },
        }
        for record in RECORDS
    ]


def in_zeros(value: Any) -> Any:
    """The same with the ids that Jaeger and Zipkin write: without the zeros in front."""
    if isinstance(value, list):
        return [in_zeros(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    ids = ("spanID", "id", "parentId")
    return {key: entry.lstrip("0") if key in ids else in_zeros(entry) for key, entry in value.items()}


def printed() -> Iterator[str]:
    """What the Python SDK's ConsoleSpanExporter prints, one span after the other."""
    for record in RECORDS:
        parent = record["parentSpanId"]
        yield json.dumps(
            {
                "name": record["name"],
                "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{record['spanId']}", "trace_state": "[]"},
                "kind": f"SpanKind.{record['kind']}",
                "parent_id": f"0x{parent}" if parent else None,
                "start_time": _iso(record["startTimeUnixNano"]),
                "end_time": _iso(record["endTimeUnixNano"]),
                "status": {"status_code": record["status"]["code"]},
                "attributes": record["attributes"],
                "events": [
                    {"name": e["name"], "timestamp": _iso(e["timeUnixNano"]), "attributes": e["attributes"]}
                    for e in record.get("events", ())
                ],
                "links": [],
                "resource": {"attributes": record["resource"]["attributes"], "schema_url": ""},
            }
        )


def _iso(nanoseconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def insights() -> Record:
    """What get-query-results answers to `fields @message`."""
    rows = [[{"field": "@ptr", "value": "x"}, {"field": "@message", "value": json.dumps(r)}] for r in RECORDS]
    return {"results": rows, "status": "Complete", "statistics": {}}


def _table() -> str:
    """The same as the console's CSV."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerows([["@timestamp", "@message"], *(["2025-11-24 16:00:00.000", json.dumps(one)] for one in RECORDS)])
    return text.getvalue()


def insights_fields() -> Record:
    """The same of a query that names the fields."""

    def row(record: Record) -> list[Record]:
        own = {f"attributes.{key}": value for key, value in record["attributes"].items()}
        own |= {f"resource.attributes.{key}": value for key, value in record["resource"]["attributes"].items()}
        own |= {key: record[key] for key in ("traceId", "spanId", "parentSpanId", "name", "kind")}
        own |= {key: record[key] for key in ("startTimeUnixNano", "endTimeUnixNano")}
        texts = {key: value[0] if isinstance(value, list) else value for key, value in own.items()}
        return [{"field": key, "value": str(value)} for key, value in texts.items()]

    return {"results": [row(record) for record in RECORDS], "status": "Complete"}


def files() -> dict[str, bytes]:
    """Every form as the content of a file."""
    lines = "\n".join(json.dumps(record) for record in RECORDS)
    whole = {
        "collector": otlp(),
        "words": otlp(kinds=True),
        "base64": in_base64(),
        "tempo": tempo(),
        "tempo-v2": {"trace": in_base64()},
        "snake": snake(),
        "grafana": {"resourceSpans": snake()["resource_spans"]},
        "jaeger-v3": {"result": otlp()},
        "jaeger-page": {"data": jaeger()["data"][0]},
        "jaeger-short": in_zeros(jaeger()),
        "zipkin-short": in_zeros(zipkin()),
        "jaeger": jaeger(),
        "zipkin": zipkin(),
        "insights": insights(),
        "insights-fields": insights_fields(),
        "console-export": [
            {"@timestamp": "2025-11-24", "@message": json.dumps(r), "@log": "1:aws/spans"} for r in RECORDS
        ],
    }
    contents = {name: json.dumps(document).encode() for name, document in whole.items()}
    contents["console-csv"] = _table().encode()
    return contents | {"aws-spans": lines.encode(), "printed": "\n".join(printed()).encode()}
