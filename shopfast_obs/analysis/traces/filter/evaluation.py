"""X-Ray's filter expressions over traces.

Keywords outside of braces are about the root, except for users, annotations and resources, which may be anywhere in the
trace. `service(...) {...}` and `edge(...) {...}` look at every segment and call, `rootcause...{...}` at the causes that
X-Ray would name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.traces.filter.parser import (
    CAUSES,
    Combined,
    Comparison,
    Expression,
    FilterError,
    Id,
    Not,
    Scoped,
    parse,
)
from shopfast_obs.analysis.traces.filter.view import Call, ServiceKey, TraceView, parts, service_key
from shopfast_obs.analysis.traces.root_causes import RootCause, error_causes, fault_causes, response_time_causes
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Segment, Trace

Values = Sequence[Any]
Subject = Callable[
    [str], Values
]  # the values that a keyword has for the thing that is looked at; none when it has none
ABSENT: Values = ()
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "CONTAINS": lambda value, part: part in value,
    "BEGINSWITH": lambda value, part: value.startswith(part),
    "ENDSWITH": lambda value, part: value.endswith(part),
}
FINDERS = {"fault": fault_causes, "error": error_causes, "responsetime": response_time_causes}


@record
class Filter:
    """A compiled expression. `groups` are the expressions that `group.name` stands for."""

    expression: Expression
    groups: Mapping[str, Expression]

    def matches(self, trace: Trace) -> bool:
        """Whether the trace is one of those that the expression means."""
        return bool(trace.segments) and _Matcher(TraceView(trace), self.groups).holds(self.expression)


def compile_filter(text: str, groups: Mapping[str, str] | None = None) -> Filter:
    """The filter of an expression; `groups` maps names and ARNs to expressions. Raises FilterError."""
    known = groups or {}
    expression = parse(text)
    used = _groups(expression)
    unknown = used - known.keys()
    if unknown:
        raise FilterError(f"there is no group {sorted(unknown)[0]!r}")
    compiled = {name: parse(known[name]) for name in used if known[name].strip()}
    if any(_groups(inner) for inner in compiled.values()):
        raise FilterError("a group cannot be defined by groups")
    return Filter(expression, compiled)


def selected(view: TraceView, scoped: Scoped) -> list[tuple[Segment, Segment]]:
    """What `service(...) {...}` or `edge(...) {...}` chooses of a trace: (how it ended, how long it took) of each."""
    matcher = _Matcher(view, {})
    if scoped.scope == "service":
        segments = [s for s in view.segments if _is(service_key(s), scoped.ids[0] if scoped.ids else Id(), s.name)]
        return [(s, s) for s in segments if matcher.chooses(scoped, matcher.service(s))]
    calls = [call for call in view.calls if _connects(call, scoped.ids)]
    outcomes = [(call.callee if call.via is call.caller else call.via, call) for call in calls]
    return [(seen, seen) for seen, c in outcomes if matcher.chooses(scoped, matcher.edge(c.via, c.callee))]


def _groups(expression: Expression) -> set[str]:
    if isinstance(expression, Comparison):
        return {str(expression.value)} if expression.keyword.startswith("group.") and expression.operator else set()
    if isinstance(expression, Not):
        return _groups(expression.inner)
    if isinstance(expression, Combined):
        return {name for inner in expression.inner for name in _groups(inner)}
    return _groups(expression.inner) if expression.inner else set()


class _Matcher:
    """Evaluates one expression on one trace."""

    def __init__(self, view: TraceView, groups: Mapping[str, Expression]) -> None:
        self._view = view
        self._groups = groups

    def holds(self, expression: Expression) -> bool:
        return self._holds(expression, self._trace)

    def _holds(self, expression: Expression, subject: Subject) -> bool:
        if isinstance(expression, Comparison):
            return self._compares(expression, subject)
        if isinstance(expression, Not):
            return not self._holds(expression.inner, subject)
        if isinstance(expression, Combined):
            fold = all if expression.every else any
            return fold(self._holds(inner, subject) for inner in expression.inner)
        return any(self.chooses(expression, subject) for subject in self._scope(expression))

    def chooses(self, scoped: Scoped, subject: Subject) -> bool:
        """Whether what stands in the braces holds for one of the things in scope."""
        return scoped.inner is None or self._holds(scoped.inner, subject)

    def _compares(self, comparison: Comparison, subject: Subject) -> bool:
        if comparison.keyword.startswith("group."):
            group = self._groups.get(str(comparison.value))
            return (group is None or self.holds(group)) == (comparison.operator != "!=")
        if comparison.keyword == "rootcause.json":
            return any(_described(cause) == _plain(comparison.value) for cause in self._all_causes())
        values = subject(comparison.keyword)
        if not comparison.operator:
            return any(value is not False and value is not None for value in values)
        return any(_compare(value, comparison) for value in values)

    def _trace(self, keyword: str) -> Values:
        root = self._view.root
        assert root is not None
        if keyword == "duration":
            return [self._view.duration]
        if keyword == "throttle":
            return [any(part.throttle for part in self._view.everything)]
        if keyword == "partial":
            return [any(part.end is None for part in self._view.everything)]
        if keyword == "root":
            return [True]
        if keyword.startswith("annotation.") or keyword in ("user", "resource.arn", "instance.id", "availabilityzone"):
            return [value for segment in self._view.segments for value in _of_segment(segment, keyword)]
        return _of_segment(root, keyword)

    def _scope(self, scoped: Scoped) -> Iterable[Subject]:
        if scoped.scope == "service":
            chosen = scoped.ids[0] if scoped.ids else Id()
            return [self.service(s) for s in self._view.segments if _is(service_key(s), chosen, s.name)]
        if scoped.scope == "edge":
            return [self.edge(call.via, call.callee) for call in self._view.calls if _connects(call, scoped.ids)]
        match = CAUSES.match(scoped.scope)
        assert match is not None
        return [subject for cause in FINDERS[match[1]](self._view) for subject in _cause_subjects(cause, match[2])]

    def service(self, segment: Segment) -> Subject:
        """What a keyword has for a segment of a service."""
        roots = {root.id for root in self._view.roots}
        return lambda keyword: [segment.id in roots] if keyword == "root" else _of_segment(segment, keyword)

    def edge(self, via: Segment, callee: Segment) -> Subject:
        """A call as the caller saw it; what only the callee knows is taken from there."""
        return lambda keyword: _of_segment(via, keyword) or _of_segment(callee, keyword)

    def _all_causes(self) -> Iterable[RootCause]:
        return [cause for find in FINDERS.values() for cause in find(self._view)]


def _compare(value: Any, comparison: Comparison) -> bool:  # noqa: ANN401 - annotations have three types
    wanted = comparison.value
    if comparison.keyword == "type" and comparison.operator in ("=", "!="):
        return _is_type(str(value), str(wanted)) == (comparison.operator == "=")
    if isinstance(value, bool) != isinstance(wanted, bool) or isinstance(value, str) != isinstance(wanted, str):
        return False
    return bool(COMPARE[comparison.operator](value, wanted))


def _is(key: ServiceKey, chosen: Id, own_name: str) -> bool:
    return (
        (not chosen.name or chosen.name in (key.name, own_name))
        and (not chosen.type or _is_type(key.type, chosen.type))
        and (not chosen.account or chosen.account == key.account)
    )


def _is_type(own: str, wanted: str) -> bool:
    """Whether a node is of a type. The guide says AWS::DynamoDB for what traces name AWS::DynamoDB::Table; of the types
    that nodes have, only AWS::Lambda is the beginning of another one."""
    return own == wanted or (wanted != "AWS::Lambda" and own.startswith(f"{wanted}::"))


def _connects(call: Call, ids: Sequence[Id]) -> bool:
    return len(ids) < 2 or (_is_segment(call.caller, ids[0]) and _is_segment(call.callee, ids[1]))


def _is_segment(segment: Segment, chosen: Id) -> bool:
    return _is(service_key(segment), chosen, segment.name)


def _of_segment(segment: Segment, keyword: str) -> Values:
    if keyword.startswith("annotation."):
        name = keyword.removeprefix("annotation.")
        found = (part.annotations.get(name) for part in parts(segment))
        return [float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in found if v is not None]
    if keyword.startswith("http."):
        return _http(segment, keyword.removeprefix("http."))
    reader = SEGMENT.get(keyword)
    value = reader(segment) if reader else None
    return ABSENT if value is None or value == "" else [value]


def _http(segment: Segment, keyword: str) -> Values:
    keys = {"url": "url", "method": "method", "useragent": "user_agent", "clientip": "client_ip"}
    request, response = segment.http.get("request"), segment.http.get("response")
    if keyword == "status":
        status = response.get("status") if isinstance(response, Mapping) else None
        return [float(status)] if isinstance(status, int | float) else ABSENT
    value = request.get(keys[keyword]) if isinstance(request, Mapping) else None
    return [value] if isinstance(value, str) else ABSENT


def _ec2(segment: Segment, key: str) -> str:
    ec2 = segment.aws.get("ec2")
    return str(ec2.get(key) or "") if isinstance(ec2, Mapping) else ""


SEGMENT: Mapping[str, Callable[[Segment], Any]] = {
    "ok": lambda s: not (s.fault or s.error or s.throttle),
    "error": lambda s: s.error,
    "fault": lambda s: s.fault,
    "throttle": lambda s: s.throttle,
    "partial": lambda s: s.end is None,
    "inferred": lambda s: s.inferred,
    "remote": lambda s: s.namespace == "remote",
    "responsetime": lambda s: None if s.end is None else s.duration,
    "duration": lambda s: None if s.end is None else s.duration,
    "name": lambda s: service_key(s).name,
    "type": lambda s: service_key(s).type,
    "user": lambda s: s.user,
    "resource.arn": lambda s: s.resource_arn,
    "instance.id": lambda s: _ec2(s, "instance_id"),
    "availabilityzone": lambda s: _ec2(s, "availability_zone"),
    "message": lambda s: s.exceptions[0].message if s.exceptions else None,
}


def _cause_subjects(cause: RootCause, level: str) -> Iterable[Subject]:
    """The elements of a cause: its services, their entities, or the exceptions at the end of the path."""
    if level == "service":
        found = [
            {"name": s.key.name, "type": s.key.type, "inferred": s.inferred, "remote": s.key.type == "remote"}
            for s in cause.services
        ]
    elif level == "entity":
        found = [
            {"name": e.name, "coverage": e.coverage, "remote": e.remote, "inferred": s.inferred}
            for s in cause.services
            for e in s.entities
        ]
    else:
        entities = [entity for service in cause.services for entity in service.entities]
        found = [{"name": x.type, "message": x.message, "remote": x.remote} for e in entities for x in e.exceptions]
    last = len(found) - 1
    return [
        _element({**fields, "index": float(n), "first": n == 0, "last": n == last, "root": n == 0})
        for n, fields in enumerate(found)
    ]


def _element(fields: Mapping[str, Any]) -> Subject:
    return lambda keyword: [fields[keyword]] if keyword in fields else ABSENT


def _described(cause: RootCause) -> list[tuple[str, list[str]]]:
    return [(service.key.name, [entity.name for entity in service.entities]) for service in cause.services]


def _plain(causes: Any) -> list[tuple[str, list[str]]]:  # noqa: ANN401 - whatever JSON the expression carries
    """The path that a `rootcause.json` describes; one that describes none matches none."""
    try:
        services = causes[0]["Services"]
        return [(service["Name"], [entity["Name"] for entity in service["EntityPath"]]) for service in services]
    except (KeyError, IndexError, TypeError):
        return [("", [])]
