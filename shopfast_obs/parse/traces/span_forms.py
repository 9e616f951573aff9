"""The forms in which spans are written down, each to spans with OTLP's names, their resource and their scope."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from shopfast_obs.parse import numbers
from shopfast_obs.parse.traces.spans import dicts

Json = Any  # what JSON may hold
Fields = Mapping[str, Any]
Found = Iterator[tuple[Fields, Fields, Fields]]  # the span, its resource, its scope
Form = Callable[[Fields], Found]
_NOTHING: Fields = {}
_GROUPS = ("resourceSpans", "batches")
_WRAPPERS = ("trace", "result", "data")  # of Tempo's second API, of Jaeger's third, and of Jaeger's page
_DEPTH = 40
# protobuf's own names of OTLP's fields, where protobuf's JSON was asked to keep them
_SNAKE = {
    "resource_spans": "resourceSpans",
    "scope_spans": "scopeSpans",
    "instrumentation_library_spans": "instrumentationLibrarySpans",
    "trace_id": "traceId",
    "span_id": "spanId",
    "parent_span_id": "parentSpanId",
    "start_time_unix_nano": "startTimeUnixNano",
    "end_time_unix_nano": "endTimeUnixNano",
    "time_unix_nano": "timeUnixNano",
    "string_value": "stringValue",
    "bool_value": "boolValue",
    "int_value": "intValue",
    "double_value": "doubleValue",
    "bytes_value": "bytesValue",
    "array_value": "arrayValue",
    "kvlist_value": "kvlistValue",
}


def form_of(value: Fields) -> Form | None:
    """Who reads the document or span; None for one of another kind."""
    for recognises, form in _FORMS:
        if recognises(value):
            return form
    return None


def is_zipkin(value: list[Json]) -> bool:
    """True for a list of Zipkin's spans, which belong together: a client and a server may share one id."""
    first = value[0] if value and isinstance(value[0], dict) else {}
    return "traceId" in first and "id" in first and not {"spanId", "start_time", "Segments"} & first.keys()


def _is_otlp(value: Fields) -> bool:
    return isinstance(value.get("resourceSpans"), list) or (
        isinstance(value.get("batches"), list) and any("resource" in group for group in dicts(value["batches"][:1]))
    )


def _otlp(value: Fields) -> Found:
    for group in dicts(next((value[name] for name in _GROUPS if isinstance(value.get(name), list)), None)):
        if "scope_spans" in group:  # Grafana writes the outermost name in the other spelling
            yield from _snake({"resourceSpans": [group]})
            continue
        resource = _object(group.get("resource"))
        for inner in dicts(group.get("scopeSpans", group.get("instrumentationLibrarySpans"))):
            scope = _object(inner.get("scope", inner.get("instrumentationLibrary")))
            for span in dicts(inner.get("spans")):
                yield span, resource, scope


def _is_snake(value: Fields) -> bool:
    return isinstance(value.get("resource_spans"), list) or ("span_id" in value and "start_time_unix_nano" in value)


def _snake(value: Fields) -> Found:
    renamed = _renamed(value)
    form = form_of(renamed) if isinstance(renamed, dict) else None
    yield from form(renamed) if form and form is not _snake else ()


def _renamed(value: Json, depth: int = 0) -> Json:
    if depth > _DEPTH:
        return None
    if isinstance(value, list):
        return [_renamed(entry, depth + 1) for entry in value]
    if not isinstance(value, dict):
        return value
    # Attributes that are a mapping have names of their own.
    return {
        _SNAKE.get(key, key): entry if key == "attributes" and isinstance(entry, dict) else _renamed(entry, depth + 1)
        for key, entry in value.items()
    }


def _is_wrapped(value: Fields) -> bool:
    return any(isinstance(value.get(name), dict) and form_of(value[name]) is not None for name in _WRAPPERS)


def _wrapped(value: Fields) -> Found:
    for inner in (_object(value.get(name)) for name in _WRAPPERS):
        form = form_of(inner)
        yield from form(inner) if form else ()


def _is_record(value: Fields) -> bool:
    return "spanId" in value and "startTimeUnixNano" in value


def _record(value: Fields) -> Found:
    yield value, _object(value.get("resource")), _object(value.get("scope", value.get("instrumentationScope")))


def _is_insights(value: Fields) -> bool:
    rows = value.get("results")
    return isinstance(rows, list) and any(_is_record(row) for row in _rows(rows[:20]))


def _insights(value: Fields) -> Found:
    """The rows of a query of aws/spans: with the whole record, or with its fields by name."""
    for row in _rows(value["results"]):
        if _is_record(row):
            yield from _record(row)


def _rows(rows: list[Json]) -> Iterator[Fields]:
    for row in rows:
        fields = {str(f.get("field")): f.get("value") for f in dicts(row)} if isinstance(row, list) else _object(row)
        yield _row(fields)


def _row(fields: Fields) -> Fields:
    message = fields.get("@message")
    try:
        whole = json.loads(message) if isinstance(message, str) and message.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict):
        return whole
    own, about = _below(fields, "attributes."), _below(fields, "resource.attributes.")
    status = {"code": fields.get("status.code"), "message": fields.get("status.message")}
    scope = {"name": fields.get("scope.name")}
    return {**fields, "attributes": own, "resource": {"attributes": about}, "status": status, "scope": scope}


def _below(fields: Fields, prefix: str) -> Fields:
    return {key.removeprefix(prefix): value for key, value in fields.items() if key.startswith(prefix)}


def _is_event(value: Fields) -> bool:
    return "@message" in value and _is_record(_row(value))


def _event(value: Fields) -> Found:
    yield from _record(_row(value))


def _is_printed(value: Fields) -> bool:
    context = value.get("context")
    return isinstance(context, dict) and "span_id" in context and "start_time" in value


def _printed(value: Fields) -> Found:
    """What the Python SDK's ConsoleSpanExporter prints: ids with 0x, times as ISO 8601."""
    said = _object(value.get("status"))
    yield (
        {
            **value,
            **_ids(_object(value.get("context"))),
            "parentSpanId": _bare(value.get("parent_id")),
            "startTimeUnixNano": _moment(value.get("start_time")),
            "endTimeUnixNano": _moment(value.get("end_time")),
            "status": {"code": said.get("status_code"), "message": said.get("description")},
            "events": [{**e, "timeUnixNano": _moment(e.get("timestamp"))} for e in dicts(value.get("events"))],
            "links": [_ids(_object(link.get("context"))) for link in dicts(value.get("links"))],
        },
        _object(value.get("resource")),
        _NOTHING,
    )


def _ids(context: Fields) -> dict[str, Json]:
    return {"traceId": _bare(context.get("trace_id")), "spanId": _bare(context.get("span_id"))}


def _bare(value: Json) -> Json:
    return value.removeprefix("0x") if isinstance(value, str) else None


def _moment(value: Json) -> int | None:
    try:
        return int(datetime.fromisoformat(value).timestamp() * 1e9) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _is_jaeger(value: Fields) -> bool:
    return isinstance(value.get("spans"), list) and isinstance(value.get("processes"), dict)


def _is_jaegers(value: Fields) -> bool:
    return isinstance(value.get("data"), list) and any(_is_jaeger(trace) for trace in dicts(value["data"]))


def _jaegers(value: Fields) -> Found:
    for trace in dicts(value["data"]):
        if _is_jaeger(trace):
            yield from _jaeger(trace)


def _jaeger(value: Fields) -> Found:
    for span in dicts(value["spans"]):
        process = _object(value["processes"].get(span.get("processID"), span.get("process")))
        named = {"service.name": process["serviceName"]} if process.get("serviceName") else {}
        own = _tags(span.get("tags"))
        parent, links = _references(span)
        start = _micro(span.get("startTime"))
        failed = str(own.get("otel.status_code", own.get("error", ""))).upper() in ("ERROR", "TRUE")
        yield (
            {
                "traceId": span.get("traceID"),
                "spanId": span.get("spanID"),
                "parentSpanId": parent,
                "name": span.get("operationName"),
                "kind": own.get("span.kind"),
                "startTimeUnixNano": start,
                "endTimeUnixNano": None if start is None else start + (_micro(span.get("duration")) or 0),
                "attributes": own,
                "status": {"code": "ERROR" if failed else "UNSET", "message": own.get("otel.status_description")},
                "events": [_log(entry) for entry in dicts(span.get("logs"))],
                "links": links,
            },
            {"attributes": {**_tags(process.get("tags")), **named}},
            {"name": own.get("otel.scope.name") or own.get("otel.library.name")},
        )


def _references(span: Fields) -> tuple[Json, list[Fields]]:
    """The parent of a span, and what else it refers to: a child waits to be answered, what follows does not."""
    references = sorted(dicts(span.get("references")), key=lambda one: one.get("refType") != "CHILD_OF")
    parent: Json = span.get("parentSpanID")
    links: list[Fields] = []
    for reference in references:
        here = reference.get("traceID") in (span.get("traceID"), None)
        if not parent and here:
            parent = reference.get("spanID")
        elif not here or reference.get("spanID") != parent:
            links.append({"traceId": reference.get("traceID"), "spanId": reference.get("spanID")})
    return parent, links


def _log(entry: Fields) -> Fields:
    """An event; OpenTracing named exceptions in fields of its own."""
    own = _tags(entry.get("fields"))
    name = own.get("event") or own.get("name") or ""
    if name == "error" and "exception.type" not in own:
        name = "exception"
        kind = own.get("error.kind") or own.get("error.object")
        own = {**own, "exception.type": kind, "exception.message": own.get("message")}
        own |= {"exception.stacktrace": own["stack"]} if own.get("stack") else {}
    return {"name": name, "timeUnixNano": _micro(entry.get("timestamp")), "attributes": own}


def _tags(value: Json) -> dict[str, Json]:
    return {str(tag.get("key")): tag.get("value") for tag in dicts(value)}


def _is_zipkins(value: Fields) -> bool:
    return isinstance(value.get("zipkinSpans"), list)


def _zipkin(value: Fields) -> Found:
    """Zipkin's spans. Where a client and its server share an id, the client gets one of its own: what the server did
    names that id as its parent."""
    spans = dicts(value["zipkinSpans"])
    shared = {(span.get("traceId"), span.get("id")) for span in spans if span.get("shared") is True}
    for span in spans:
        both = (span.get("traceId"), span.get("id")) in shared
        server = both and span.get("shared") is True
        own = dict(_object(span.get("tags")))
        about, peer = _object(span.get("localEndpoint")), _object(span.get("remoteEndpoint"))
        if peer.get("serviceName") and span.get("kind") in ("CLIENT", "PRODUCER"):
            own.setdefault("peer.service", peer["serviceName"])
        noted = [at for note in dicts(span.get("annotations")) if (at := _micro(note.get("timestamp")))]
        start, error = _micro(span.get("timestamp")) or min(noted, default=None), own.get("error")
        client = f"{span.get('id')}-client"
        yield (
            {
                "traceId": span.get("traceId"),
                "spanId": client if both and not server else span.get("id"),
                "parentSpanId": client if server else span.get("parentId"),
                "name": span.get("name"),
                "kind": span.get("kind"),
                "startTimeUnixNano": start,
                "endTimeUnixNano": None if start is None else start + (_micro(span.get("duration")) or 0),
                "attributes": own,
                "status": {"code": "ERROR", "message": _told(error)} if error is not None else _NOTHING,
                "events": [
                    {"name": str(note.get("value")), "timeUnixNano": _micro(note.get("timestamp"))}
                    for note in dicts(span.get("annotations"))
                ],
            },
            {"attributes": {"service.name": about["serviceName"]} if about.get("serviceName") else {}},
            _NOTHING,
        )


def _told(error: Json) -> str:
    return "" if str(error).lower() in ("true", "") else str(error)


def _micro(value: Json) -> int | None:
    number = numbers.whole(value)
    return None if number is None else number * 1000


def _object(value: Json) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


_FORMS: tuple[tuple[Callable[[Fields], bool], Form], ...] = (
    (_is_otlp, _otlp),
    (_is_record, _record),
    (_is_snake, _snake),
    (_is_wrapped, _wrapped),
    (_is_jaegers, _jaegers),
    (_is_jaeger, _jaeger),
    (_is_zipkins, _zipkin),
    (_is_insights, _insights),
    (_is_event, _event),
    (_is_printed, _printed),
)
