"""Kinds of files that are recognised but not read, each with the command that makes one that is."""

from __future__ import annotations

import re

from shopfast_obs.model.records import record

_TAR = slice(257, 262)
_JSON = "Ask for JSON: aws ... --output json"


@record
class Signature:
    """A kind of file: its name in a sentence, what to do about it, and whether it is unpacked on the way."""

    name: str
    remedy: str = ""
    packed: bool = False


_BYTES: tuple[tuple[bytes, Signature], ...] = (
    (b"\x1f\x8b", Signature("gzip", packed=True)),
    (b"BZh", Signature("bzip2", packed=True)),
    (b"\xfd7zXZ\x00", Signature("xz", packed=True)),
    (b"PK\x03\x04", Signature("a zip archive", packed=True)),
    (b"PK\x05\x06", Signature("a zip archive", packed=True)),
    (b"\x28\xb5\x2f\xfd", Signature("a zstd archive", "Unpack it: zstd -d FILE")),
    (b"\x04\x22\x4d\x18", Signature("an lz4 archive", "Unpack it: lz4 -d FILE")),
    (b"7z\xbc\xaf\x27\x1c", Signature("a 7-Zip archive", "Unpack it: 7z x FILE")),
    (b"PAR1", Signature("a Parquet file", "Export JSON instead, or: duckdb -json -c \"from 'FILE'\" > FILE.json")),
    (b"Obj\x01", Signature("an Avro file", "Export JSON instead.")),
    (b"SQLite format 3\x00", Signature("a SQLite database", "Export a table: sqlite3 -json FILE 'select ...'")),
    (b"%PDF-", Signature("a PDF", "Export the text, not a page of it.")),
    (b"\x89PNG", Signature("a picture", "Copy the text, not a picture of it.")),
    (b"\xff\xd8\xff", Signature("a picture", "Copy the text, not a picture of it.")),
    (b"GIF8", Signature("a picture", "Copy the text, not a picture of it.")),
    (b"\xd4\xc3\xb2\xa1", Signature("captured packets (pcap)", "Write what the daemon received, one datagram a line.")),
    (b"\n\r\r\n", Signature("captured packets (pcapng)", "Write what the daemon received, one datagram a line.")),
    (b"\x7fELF", Signature("a program")),
)
# resource_spans, resource, attribute, key: field 1 within field 1, each with its length; the Collector's file exporter
# writes the length of the whole in four bytes before.
_FIRST = rb"\n[\x80-\xff]*[\x00-\x7f]"
_PROTOBUF = re.compile(rb"(?:\x00[\x00-\xff]{3})?" + _FIRST * 3 + rb"\n[\x01-\x7f][\w.-]+", re.S)
_OTLP = Signature(
    "OTLP in protobuf", "Write JSON: the Collector's file exporter with `format: json`, OTLP/HTTP with http/json."
)
_TEXTS: tuple[tuple[re.Pattern[str], Signature], ...] = (
    (re.compile(r"\A\s*(?:<!DOCTYPE html|<html)", re.I), Signature("an HTML page", "Export the data, not the page.")),
    (
        re.compile(r"^\|+ +(?:FilterLogEvents|GetLogEvents|BatchGetTraces|GetQueryResults) +\|", re.M),
        Signature("a table of the aws command (--output table)", _JSON),
    ),
    (
        re.compile(r"^RESULTS\t@", re.M),
        Signature("rows of Logs Insights as the aws command's text (--output text)", _JSON),
    ),
    (
        re.compile(r"^(?:\S+\t)*\s*(?:ResourceSpans #\d|ResourceLog #\d|Span #\d+\s*$)", re.M),
        Signature(
            "what the OpenTelemetry Collector's debug exporter prints",
            "Let it write JSON: exporters: {file: {path: spans.jsonl}}",
        ),
    ),
    (
        re.compile(r"^\s*(?:traceId|id): '[0-9a-f]{16,32}',", re.M),
        Signature(
            "what the JavaScript SDK's ConsoleSpanExporter prints",
            "It is no JSON; export OTLP: OTEL_TRACES_EXPORTER=otlp, to a Collector with a file exporter.",
        ),
    ),
    (
        re.compile(r"(?:LoggingSpanExporter\b|'[^'\n]+' : [0-9a-f]{32} [0-9a-f]{16} [A-Z]+ \[tracer: )"),
        Signature(
            "what the Java SDK's LoggingSpanExporter prints",
            "It has no times; print OTLP's JSON: -Dotel.traces.exporter=experimental-otlp/stdout",
        ),
    ),
)  # fmt: skip


def of_bytes(head: bytes) -> Signature | None:
    """The kind of a file that its first bytes tell."""
    for mark, signature in _BYTES:
        if head.startswith(mark):
            return signature
    if head[_TAR] == b"ustar":
        return Signature("a tar archive", "Unpack it, and name the folder: tar -xf FILE")
    return _OTLP if _PROTOBUF.match(head) else None


def of_text(text: str) -> Signature | None:
    """The kind of a text that is none of the forms that are read."""
    return next((signature for pattern, signature in _TEXTS if pattern.search(text)), None)
