"""Which form a file has, told by the beginning of its content: never by its name, and not by its first line alone."""

from __future__ import annotations

import re
from enum import Enum

import orjson

from shopfast_obs.model.records import record
from shopfast_obs.parse.logs import log_lines
from shopfast_obs.parse.saved import encodings, tables
from shopfast_obs.parse.saved.signatures import Signature, of_bytes, of_text

HEAD = 65_536  # bytes of a file that tell its form
_LINE = 10_000  # characters of a line that tell what it is
_FIRST = 400  # lines that are looked at
# What stands in documents that aws commands and exporters indent, and not in what a function prints.
_DOCUMENT = re.compile(
    r'^[ \t]*"(?:events|Traces|logEvents|results|resourceSpans|resource_spans|batches|Segments|spans|data)": ?[\[{]',
    re.M,
)
_FIELD = re.compile(r'^[ \t]*"[@\w.-]+"[ \t]*:', re.M)
_OPENING = re.compile(r"^[\[{\]}],?\s*$", re.M)
_YAML = re.compile(
    r"^(?:- )?(?:events|Traces|results|logEvents|UnprocessedTraceIds|searchedLogStreams):(?: \[\])?\s*$", re.M
)
_AWS_TEXT = re.compile(r"^(?:EVENTS\t(?:\d+\t)?\d{13}\t|TRACES\t[\d.]+\t1-[0-9a-f]{8}-|SEGMENTS\t\{)", re.M)
_OF_LAMBDA = re.compile(r"\b(?:START|END|REPORT) RequestId: [0-9a-f]{8}-")
_PAYLOAD = re.compile(r'^"?H4sI[A-Za-z0-9+/_-]{20,}', re.M)


class Form(Enum):
    """What a file is, as far as reading it differs."""

    LINES = "lines of a log"  # text, JSON records and text between them: read in blocks
    JSON_LINES = "one JSON value a line"
    DOCUMENTS = "JSON documents"  # one or many, indented or not, with or without anything between them
    CSV = "CSV"
    TABLE = "a table with bars"  # of Markdown, or of characters
    YAML = "the aws command's YAML"
    AWS_TEXT = "the aws command's text"
    PAYLOADS = "payloads of a subscription"  # base64 of gzip, one a line
    PACKED = "packed"  # gzip, bzip2, xz or zip: its content has a form
    EMPTY = "nothing"
    OTHER = "something else"  # named by `likely`, if it could be told


@record
class FileForm:
    """The form of a file; `encoding` as Python names it. Of what cannot be read `likely` is its probable name, and
    `remedy` the command that makes something that can."""

    form: Form
    encoding: str = "utf-8"
    likely: str = ""
    remedy: str = ""


def form_of(head: bytes) -> FileForm:
    """The form of the file that begins with these bytes; up to 64 kB of them are looked at."""
    whole = len(head) < HEAD
    head = head[:HEAD]
    known = of_bytes(head)
    if known is not None:
        return FileForm(Form.PACKED, likely=known.name) if known.packed else _refused(known)
    encoding = encodings.encoding_of(head)
    if encoding is None:
        return FileForm(Form.OTHER, likely="bytes that are no text")
    text = encodings.text_of(head, encoding)
    if not text.strip():
        return FileForm(Form.EMPTY, encoding)
    form, signature = _of_text(text, whole=whole)
    return FileForm(form, encoding, signature.name, signature.remedy) if signature else FileForm(form, encoding)


def _refused(known: Signature) -> FileForm:
    return FileForm(Form.OTHER, likely=known.name, remedy=known.remedy)


def _of_text(text: str, *, whole: bool) -> tuple[Form, Signature | None]:
    plain = log_lines.uncoloured(text)
    lines = [line for line in plain.splitlines()[:_FIRST] if line.strip()]
    cut = lines if whole or len(lines) < 2 else lines[:-1]  # the last may end in the middle
    form = _structured(plain, cut)
    if form is not None:
        return form, None
    known = None if _OF_LAMBDA.search(plain) else of_text(plain)  # in a function's log anything may be printed
    if known is not None:
        return Form.OTHER, known
    return _lines_or_documents(plain, cut), None


def _structured(text: str, lines: list[str]) -> Form | None:
    """The form of what has rows, columns or a wrapping."""
    if tables.csv_header(lines) is not None:
        return Form.CSV
    if tables.is_table(lines):
        return Form.TABLE
    for pattern, form in ((_AWS_TEXT, Form.AWS_TEXT), (_PAYLOAD, Form.PAYLOADS), (_YAML, Form.YAML)):
        if pattern.search(text):
            return form
    return None


def _lines_or_documents(text: str, lines: list[str]) -> Form:
    said = sum(1 for line in lines if log_lines.begins(line[:_LINE]))
    values = [line for line in lines if line.lstrip()[:1] in ("{", "[") and _is_json(line)]
    if said or any(log_lines.names_a_failure(line) for line in lines):
        return Form.DOCUMENTS if _DOCUMENT.search(text) and _OPENING.search(text) else Form.LINES
    if values:
        return Form.JSON_LINES if len(values) == len(lines) else Form.DOCUMENTS
    indented = text.lstrip()[:1] in ("{", "[") or _DOCUMENT.search(text) or len(_FIELD.findall(text)) > 1
    return Form.DOCUMENTS if indented else Form.OTHER


def _is_json(line: str) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
