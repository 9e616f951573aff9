"""One trace in a few words, as GetTraceSummaries gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from shopfast_obs.localcloud.xray.assembly import Document, walk

INDEXED = re.compile(r"(aws:)?\w+\Z", re.ASCII)
MOST_ANNOTATIONS = 50  # of a trace are indexed
Json = Any  # what JSON may hold
ServiceId = dict[str, Any]


def number(value: Json) -> float | None:
    """The value where it is a number."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def service_id(segment: Document) -> ServiceId:
    """The node of the service graph that a segment belongs to."""
    aws = segment.get("aws") if isinstance(segment.get("aws"), dict) else {}
    assert isinstance(aws, dict)
    names = [str(segment.get("name", ""))]
    resources = aws.get("resource_names")
    if segment.get("inferred") and isinstance(resources, list) and resources:
        names = [str(resources[0])]
    found: ServiceId = {"Name": names[0], "Names": names}
    account = aws.get("account_id")
    kind = segment.get("origin") or ("remote" if segment.get("inferred") else None)
    return found | ({"AccountId": str(account)} if account else {}) | ({"Type": str(kind)} if kind else {})


def roots(segments: Sequence[Document]) -> list[Document]:
    """The segments that nothing in the trace calls: those without a parent first, then orphans, earliest first."""
    ids = {str(part.get("id")) for segment in segments for part in walk(segment)}
    free = [s for s in segments if not s.get("parent_id")]
    orphans = [s for s in segments if s.get("parent_id") and s["parent_id"] not in ids]
    ordered = [*sorted(free, key=_start), *sorted(orphans, key=_start)]
    return ordered or sorted(segments, key=_start)[:1]


def _start(segment: Document) -> float:
    return number(segment.get("start_time")) or 0.0


def extent(segments: Sequence[Document]) -> tuple[float, float]:
    """The earliest start and the latest end of anything in the trace."""
    parts = [part for segment in segments for part in walk(segment)]
    starts = [t for part in parts if (t := number(part.get("start_time"))) is not None]
    ends = [t for part in parts if (t := number(part.get("end_time"))) is not None]
    first = min(starts, default=0.0)
    return first, max([*ends, *starts], default=first)


def seconds(value: float) -> float:
    """A duration with the milliseconds that X-Ray keeps."""
    return round(max(0.0, value), 3)


def summarise(trace_id: str, segments: Sequence[Document], revision: int) -> dict[str, Any]:
    """The TraceSummary of an assembled trace."""
    root = roots(segments)[0]
    first, last = extent(segments)
    parts = [(part, segment) for segment in segments for part in walk(segment)]
    partial = any(number(part.get("end_time")) is None for part, _ in parts)
    end = number(root.get("end_time"))
    return {
        "Id": trace_id,
        "StartTime": first,
        "Duration": seconds(last - first),
        "ResponseTime": None if end is None else seconds(end - _start(root)),
        "HasFault": root.get("fault") is True,
        "HasError": root.get("error") is True,
        "HasThrottle": any(part.get("throttle") is True for part, _ in parts),
        "IsPartial": partial,
        "Http": _http(root),
        "Annotations": _annotations(parts),
        "Users": _users(segments),
        "ServiceIds": _unique(service_id(s) for s in segments),
        "ResourceARNs": [
            {"ARN": a} for a in dict.fromkeys(str(s["resource_arn"]) for s in segments if s.get("resource_arn"))
        ],
        "InstanceIds": [{"Id": found} for found in _of_machines(segments, "instance_id")],
        "AvailabilityZones": [{"Name": found} for found in _of_machines(segments, "availability_zone")],
        "EntryPoint": service_id(root),
        "Revision": revision,
        "MatchedEventTime": first,
    }


def _unique(ids: Iterator[ServiceId]) -> list[ServiceId]:
    seen: list[ServiceId] = []
    for found in ids:
        if found not in seen:
            seen.append(found)
    return seen


def _section(document: Document, *path: str) -> Document:
    current: Any = document
    for key in path:
        current = current.get(key) if isinstance(current, dict) else None
    return current if isinstance(current, dict) else {}


def _of_machines(segments: Sequence[Document], key: str) -> list[str]:
    return list(dict.fromkeys(str(v) for s in segments if (v := _section(s, "aws", "ec2").get(key))))


def _http(root: Document) -> dict[str, Any]:
    request, response = _section(root, "http", "request"), _section(root, "http", "response")
    texts = {"HttpURL": "url", "HttpMethod": "method", "UserAgent": "user_agent", "ClientIp": "client_ip"}
    found: dict[str, Any] = {name: str(request[key]) for name, key in texts.items() if request.get(key) is not None}
    status = number(response.get("status"))
    return found if status is None else {**found, "HttpStatus": int(status)}


def annotation_value(value: Json) -> dict[str, Any] | None:
    """An annotation as the API types it; None for what X-Ray does not index."""
    if isinstance(value, bool):
        return {"BooleanValue": value}
    if isinstance(value, int | float):
        return {"NumberValue": float(value)}
    return {"StringValue": value} if isinstance(value, str) else None


def _annotations(parts: Sequence[tuple[Document, Document]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for part, segment in parts:
        for key, raw in _section(part, "annotations").items():
            value = annotation_value(raw)
            if value is None or not INDEXED.match(key) or (key not in found and len(found) >= MOST_ANNOTATIONS):
                continue
            entries = found.setdefault(key, [])
            entry = next((e for e in entries if e["AnnotationValue"] == value), None)
            if entry is None:
                entry = {"AnnotationValue": value, "ServiceIds": []}
                entries.append(entry)
            owner = service_id(segment)
            if owner not in entry["ServiceIds"]:
                entry["ServiceIds"].append(owner)
    return found


def _users(segments: Sequence[Document]) -> list[dict[str, Any]]:
    users: dict[str, list[ServiceId]] = {}
    for segment in segments:
        if isinstance(segment.get("user"), str):
            users.setdefault(segment["user"], []).append(service_id(segment))
    return [{"UserName": name, "ServiceIds": _unique(iter(ids))} for name, ids in users.items()]
