"""The JSON Schemas of the documents, from the types that these are written from."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from shopfast_obs.analysis.comparison.compare import Comparison
from shopfast_obs.analysis.comparison.thresholds import Checked
from shopfast_obs.analysis.comparison.trace_diff import TraceDiff
from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.analysis.logs.templates import LogTemplate
from shopfast_obs.analysis.traces.outcome import Outcome
from shopfast_obs.analysis.traces.overview.call_patterns import Pattern
from shopfast_obs.analysis.traces.overview.cold_starts import FunctionStarts
from shopfast_obs.analysis.traces.overview.outliers import AttributeValue, Outlier
from shopfast_obs.analysis.traces.overview.overview import EntryPoint
from shopfast_obs.analysis.traces.overview.path_steps import PathStep
from shopfast_obs.analysis.traces.overview.service_map import ServiceMap
from shopfast_obs.analysis.traces.overview.summaries import TraceSummary
from shopfast_obs.analysis.traces.overview.timeline import Timeline
from shopfast_obs.analysis.traces.part_statistics import PartStatistic
from shopfast_obs.analysis.traces.what_if.prediction import Prediction
from shopfast_obs.analysis.traces.what_if.promise import Judged
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.telemetry import AlarmStatus, ServiceTotals, TimeRange
from shopfast_obs.report.error_view import ExplainingRule
from shopfast_obs.report.findings.document import DiagnosisDocument
from shopfast_obs.report.json import VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Properties = Mapping[str, Any]
_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}

_SIDE: Properties = {"what": str, "traces": int}
_PART: Properties = {"depth": int, "name": str, "offset": float, "duration": float, "own": float}
_PART_TOO: Properties = {"on_path": float, "kind": str, "outcome": Outcome, "notes": list[str], "logs": list[str]}
_LINE: Properties = {
    "time": float, "group": str, "stream": str, "request": str, "matched": bool, "context": bool, "level": str,
    "message": str, "fields": dict[str, Any],
}  # fmt: skip
_TRACE: Properties = {
    "id": str, "entry_point": str, "outcome": Outcome, "start": float, "duration": float, "response": float,
    "breakdown": dict[str, float], "critical_path": list[str], "cold_starts": int, "warnings": list[str],
    "parts_left_out": int, "requests": list[str], "links": list[str], "statistics": list[PartStatistic],
}  # fmt: skip
_TRACES: Properties = {
    "window": TimeRange | None, "headlines": list[str], "traces": list[TraceSummary], "entry_points": list[EntryPoint],
    "timelines": list[Timeline], "service_map": ServiceMap, "breakdown": dict[str, float],
    "critical_path": list[PathStep], "cold_starts": list[FunctionStarts], "patterns": list[Pattern],
    "outliers": list[Outlier], "attributes": list[AttributeValue],
    "failures": list[ErrorGroup], "alarms": list[AlarmStatus], "quality": dict[str, int],
    "sampling": tuple[int, int] | None, "deployments": list[Deployment], "totals": list[ServiceTotals],
    "warnings": list[str],
}  # fmt: skip
_ERRORS: Properties = {
    "window": TimeRange | None, "groups": list[ErrorGroup], "compared": bool, "new": list[str],
    "gone": list[ErrorGroup], "templates": list[LogTemplate], "gone_templates": list[LogTemplate], "events": int,
    "traces": int, "deployments": list[Deployment], "over": list[str],
    "rules": dict[str, ExplainingRule], "sources": list[str], "warnings": list[str],
}  # fmt: skip
DOCUMENTS = ("traces", "errors", "trace", "compare", "logs", "diagnosis", "what-if", "promise")


def schema(name: str) -> dict[str, Any]:
    """The schema of what `report traces|errors|what-if`, `trace`, `compare [--promise]`, `logs` or `diagnose`."""
    made = _Schemas()
    if name == "traces":
        body = made.object(_TRACES)
    elif name == "errors":
        lines = {"type": "array", "items": made.object(_LINE)}
        body = made.object(_ERRORS, {"around": {"type": "object", "additionalProperties": lines}})
    elif name == "logs":
        body = made.object({"warnings": list[str]}, {"lines": {"type": "array", "items": made.object(_LINE)}})
    elif name == "what-if":
        known = {field: hint for field, hint in _hints(Prediction).items() if field != "change"}
        one = made.object({"change": str, "assumes": str, "next": str, **known})
        body = made.object(
            {"window": TimeRange | None, "warnings": list[str]}, {"predictions": {"type": "array", "items": one}}
        )
    elif name == "promise":
        body = made.object({"change": str, "after": str, "judged": list[Judged]})
    elif name == "diagnosis":
        body = made.object(_hints(DiagnosisDocument))
    elif name == "compare":
        known = {field: hint for field, hint in _hints(Comparison).items() if field not in ("before", "after")}
        known |= {"thresholds": tuple[Checked, ...], "trace_diff": TraceDiff | None}
        body = made.object(known, {side: made.object(_SIDE) for side in ("before", "after")})
    else:
        part = made.object({**_PART, **_PART_TOO})
        part["required"] = list(_PART)
        line = made.object({"time": float, "line": str})
        arrays = {"parts": {"type": "array", "items": part}, "logs": {"type": "array", "items": line}}
        body = made.object(_TRACE, arrays)
    head = {"format": {"const": f"shopfast-obs {name}"}, "version": {"const": VERSION}}
    body["properties"] = {**head, **body["properties"]}
    body["required"] = [*head, *body["required"]]
    return {"$schema": DIALECT, "title": f"shopfast-obs {name}", **body, "$defs": made.known}


def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


class _Schemas:
    """Types to schemas; records are defined once and referred to."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def object(self, properties: Properties, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """An object with exactly these properties; those of `more` are schemas already."""
        inner = {name: self.of(hint) for name, hint in properties.items()} | dict(more or {})
        return {"type": "object", "properties": inner, "required": list(inner), "additionalProperties": False}

    def of(self, hint: Any) -> dict[str, Any]:  # noqa: ANN401 - any type
        """The schema of a value of this type as `report.json.document` writes it."""
        if hint is Any:
            return {}
        if get_origin(hint) is Annotated:
            return self._annotated(*get_args(hint))
        if get_origin(hint) is None:  # a general type need not be hashable
            return {"type": _SIMPLE[hint]} if hint in _SIMPLE else self._record(hint)
        return self._general(get_origin(hint), get_args(hint))

    def _annotated(self, inner: Any, *said: Any) -> dict[str, Any]:  # noqa: ANN401
        """Of what is said about a type a text describes it, and a dictionary bounds it by keywords."""
        made = self.of(inner)
        for one in said:
            made = {**made, **({"description": one} if isinstance(one, str) else one)}
        return made

    def _general(self, origin: Any, inner: tuple[Any, ...]) -> dict[str, Any]:  # noqa: ANN401
        if origin is Literal:
            return {"enum": list(inner)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in inner]}
        if origin is tuple and inner[-1] is not Ellipsis:
            items = [self.of(one) for one in inner]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        if issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        return {"type": "array", "items": self.of(inner[0])}

    def _record(self, kind: type) -> dict[str, Any]:
        name = kind.__name__
        if name not in self.known:
            self.known[name] = {}  # so that a record may contain itself
            hints = _hints(kind)
            names = [field.name for field in fields(kind)] if is_dataclass(kind) else list(hints)
            about = " ".join((kind.__doc__ or "").split())
            self.known[name] = {"description": about, **self.object({field: hints[field] for field in names})}
        return {"$ref": f"#/$defs/{name}"}
