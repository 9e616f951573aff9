"""What is said of a file with nothing to read: its likely form, and the command that makes a readable one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.saved.forms import FileForm, Form
from shopfast_obs.parse.saved.signatures import Signature

NOTHING = "no trace and no log line in it"
TEXT = "not JSON, and no line of it looks like one of a log"
# What is said of files that nobody takes for telemetry.
NO_TELEMETRY = (TEXT, "a picture", "a PDF", "an HTML page", "a program", "bytes that are no text", "it is empty")
_FETCH = "aws logs filter-log-events --log-group-name GROUP > FILE"
# By the names that a document has; the first of which all are there.
_DOCUMENTS: tuple[tuple[tuple[str, ...], Signature], ...] = (
    (
        ("TraceSummaries",),
        Signature("summaries of traces", "The traces themselves: aws xray batch-get-traces --trace-ids ID > FILE"),
    ),
    (("Services",), Signature("a service graph", "The traces: aws xray batch-get-traces --trace-ids ID > FILE")),
    (("UnprocessedTraceIds",), Signature("an answer of BatchGetTraces without a trace", "Ask again for these ids.")),
    (
        ("results",),
        Signature("rows of Logs Insights without messages", "Let the query begin with: fields @timestamp, @message"),
    ),
    (("queryId",), Signature("the answer of start-query", "Its rows: aws logs get-query-results --query-id ID > FILE")),
    (("logGroups",), Signature("a list of log groups", f"Their lines: {_FETCH}")),
    (("logStreams",), Signature("a list of log streams", f"Their lines: {_FETCH}")),
    (("resourceMetrics",), Signature("metrics in OTLP")),
    (("MetricDataResults",), Signature("metrics of CloudWatch")),
    (("Datapoints",), Signature("metrics of CloudWatch")),
    (("Records",), Signature("events of a service such as CloudTrail")),
    (("hits",), Signature("an answer of OpenSearch", "Its documents, one a line: jq -c '.hits.hits[]._source'")),
    (("entry_points",), Signature("a report of this command", "compare reads it: shopfast-obs compare BEFORE AFTER")),
    (("traceEvents",), Signature("a profile for Perfetto")),
    (("Resources",), Signature("a template", "shopfast-obs diagnose reads it.")),
    (("log", "@timestamp"), Signature("a record of a shipper of logs")),
)  # fmt: skip


def reason(form: FileForm, first: Any = None) -> str:  # noqa: ANN401 - anything may stand in a file
    """Why nothing was read, as the end of a sentence; `first` is the first value of a file that has some."""
    if form.form is Form.EMPTY:
        return "it is empty"
    if form.likely:
        return _said(Signature(form.likely, form.remedy))
    known = _of_document(first) if isinstance(first, dict) else None
    if known is not None:
        return _said(known)
    if form.form is Form.OTHER:
        return TEXT
    return NOTHING


def _of_document(value: Mapping[str, Any]) -> Signature | None:
    return next((known for names, known in _DOCUMENTS if all(name in value for name in names)), None)


def _said(known: Signature) -> str:
    return f"it looks like {known.name}, which this command does not read. {known.remedy}".rstrip().removesuffix(".")
