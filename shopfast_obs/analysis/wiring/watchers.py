"""What an alarm's query reads of one resource: some of its metrics for certain, or perhaps something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from shopfast_obs.analysis.metrics.metrics_insights import InsightsError, read_insights
from shopfast_obs.analysis.metrics.promql import SCOPE, Matcher, Selector, read_promql
from shopfast_obs.model.records import record
from shopfast_obs.model.references import is_open, readable
from shopfast_obs.model.telemetry import WatchedQuery
from shopfast_obs.patterns import late

# OpenTelemetry's names for what Lambda counts (semantic conventions, FaaS metrics).
OTEL: Mapping[str, str] = {"faas.errors": "Errors", "faas.timeouts": "Errors", "faas.invoke_duration": "Duration"}
NAME_LABELS = ("faas.name",)
ARN_LABELS = ("cloud.resource_id", "faas.id", "aws.lambda.invoked_arn")
SERVICE_LABELS = ("service.name", "service_name", "service")
PLACE_LABELS = (
    SCOPE, "Resource", "ExecutedVersion", "cloud.provider", "cloud.region", "cloud.account.id", "cloud.platform",
    "aws.account", "aws.region",
)  # fmt: skip
WRITE_LOGS = ("AWS/ApiGateway", "AWS/States")  # beside functions, what writes a log group of its own
VENDED = "cloudwatch."  # how the scope of a metric begins that a service of AWS publishes: cloudwatch.aws/lambda
_FAILS = late(r"(?i)error|exception|traceback|fail|fatal|critical|panic|timed out|timeout|status")
_SOURCE = late(r"(?i)\bSOURCE\b")
_SIMPLE = late(r"[\w\-/:@${}]*(?:\.[*+])?")


@record
class Subject:
    """One resource as queries name it: the values of its dimension, its ARN, the services that it calls itself, and for
    a function its log group."""

    namespace: str
    dimension: str
    values: frozenset[str]
    arn: str = ""
    services: frozenset[str] = frozenset()
    log_groups: frozenset[str] = frozenset()


@record
class MetricReads:
    """`metrics` are read of the resource for certain; `doubt` says why more may be, empty where nothing else can.
    `reads` is the only metric that the doubt is about, where that is known."""

    metrics: frozenset[str] = frozenset()
    doubt: str = ""
    reads: str = ""


@dataclass(frozen=True)
class Known:
    """What is known around the queries: the namespaces that publish a metric of this name, the log groups of all
    functions, and the names of all resources: a reference to one of them is to no other."""

    namespaces: Mapping[str, frozenset[str]] = field(default_factory=dict)
    log_groups: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)

    def untold(self, value: str) -> bool:
        """True for a value that only the deployment knows."""
        return is_open(value) and value not in self.names


NONE = MetricReads()


def tie(query: WatchedQuery, subject: Subject, known: Known) -> MetricReads:
    """What the query reads of the resource."""
    if query.language == "Metrics Insights":
        return _of_insights(query.text, subject, known)
    if query.language == "PromQL":
        return _together(_of_selector(one, kept, subject, known) for one, kept in _selected(query.text))
    if query.language == "Logs Insights":
        return _of_logs(query, subject, known)
    return MetricReads(doubt="what it reads was not told")


def _together(ties: Iterable[MetricReads]) -> MetricReads:
    found = list(ties)
    if not found:
        return MetricReads(doubt="its query could not be read")
    doubted = next((one for one in found if one.doubt), NONE)
    return MetricReads(frozenset().union(*(one.metrics for one in found)), doubted.doubt, doubted.reads)


def _of_insights(text: str, subject: Subject, known: Known) -> MetricReads:
    try:
        query = read_insights(text)
    except InsightsError as problem:
        return MetricReads(doubt=f"its query could not be read: {problem}")
    if query.namespace != subject.namespace:
        return NONE
    named = any(one.operator == "=" and one.label == subject.dimension for one in query.conditions)
    for one in query.conditions:
        if one.label == subject.dimension and known.untold(one.value) and one.value not in subject.values:
            said = f"it selects {readable(one.value)}, which only the deployment knows"
            return MetricReads(doubt=said, reads=query.metric) if named else NONE
        if one.label == subject.dimension and (one.value in subject.values) is not (one.operator == "="):
            return NONE
    tagged = [one.label for one in query.conditions if one.label.startswith("tag.")]
    if tagged and not named:
        return MetricReads(
            doubt=f"it selects {query.metric} by the tag {tagged[0].removeprefix('tag.')}", reads=query.metric
        )
    # One value over all of them drowns what a single one does, as an alarm on the sum does.
    return MetricReads(frozenset({query.metric})) if named or subject.dimension in query.groups else NONE


def _selected(text: str) -> list[tuple[Selector, frozenset[str] | None]]:
    query = read_promql(text)
    return [(selector, query.kept) for selector in query.selectors]


def _of_selector(selector: Selector, kept: frozenset[str] | None, subject: Subject, known: Known) -> MetricReads:
    metric = OTEL.get(selector.name, selector.name) if subject.namespace == "AWS/Lambda" else selector.name
    spaces = _spaces(selector, metric, known)
    said = {_verdict(matcher, subject, known) for matcher in selector.matchers}
    if (spaces and subject.namespace not in spaces) or Verdict.LEAVES_OUT in said:
        return NONE
    if spaces and Verdict.UNTOLD not in said:
        # One value over all of them drowns what a single one does.
        each = kept is None or subject.dimension in kept
        return MetricReads(frozenset({metric})) if Verdict.SELECTS in said or each else NONE
    name = selector.name or "metrics of a pattern"
    if Verdict.SELECTS in said:
        return MetricReads(doubt=f"it reads {name} of it, and whether that tells of a failure is not known")
    return MetricReads(doubt=f"its query selects {name}{_by(selector)}", reads=metric if spaces else "")


def _by(selector: Selector) -> str:
    said = [f"{one.label}{one.operator}{readable(one.value)!r}" for one in selector.matchers]
    return f" by {', '.join(said[:3])}" if said else " of whoever sends it"


def _spaces(selector: Selector, metric: str, known: Known) -> frozenset[str]:
    """The namespaces of AWS from which the metric can come; none for a metric of the application's own."""
    scopes = [one.value.lower() for one in selector.of(SCOPE) if one.operator == "="]
    published = known.namespaces.get(metric, frozenset())
    if not scopes:
        return published
    if not scopes[0].startswith(VENDED):
        return frozenset()
    space = scopes[0].removeprefix(VENDED)
    return frozenset(one for one in published if one.lower() == space) or frozenset({space})


class Verdict(Enum):
    """What a matcher says of a resource."""

    SELECTS = "it names the resource"
    LEAVES_OUT = "it names others"
    UNTOLD = "who it selects cannot be told"
    NEUTRAL = "it does not say who"


def _verdict(matcher: Matcher, subject: Subject, known: Known) -> Verdict:
    if matcher.label == subject.dimension or matcher.label in NAME_LABELS:
        return _compared(matcher, subject.values, known)
    if matcher.label in ARN_LABELS and subject.arn:
        return _compared(matcher, frozenset({subject.arn}), known)
    if matcher.label in SERVICE_LABELS:
        # A service may be called anything: one that nobody calls itself in a template is still somebody.
        found = _compared(matcher, subject.services, known) is Verdict.SELECTS and matcher.operator == "="
        return Verdict.SELECTS if found else Verdict.UNTOLD
    return Verdict.NEUTRAL if matcher.label in PLACE_LABELS else Verdict.UNTOLD


def _compared(matcher: Matcher, values: frozenset[str], known: Known) -> Verdict:
    if matcher.operator in ("=", "!="):
        same: bool | None = matcher.value in values
        if not same and known.untold(matcher.value):
            same = None
    else:
        same = _fits(matcher.value, values)
    if same is None:
        return Verdict.UNTOLD
    return Verdict.SELECTS if same is (matcher.operator in ("=", "=~")) else Verdict.LEAVES_OUT


def _fits(pattern: str, values: frozenset[str]) -> bool | None:
    """Whether one of the values is among `a|b.*`; None for any other pattern, and where only the deployment knows."""
    parts = pattern.strip("^$()").split("|")
    if not all(_SIMPLE.fullmatch(part) for part in parts):
        return None
    if any(_begins(value, part) for value in values for part in parts):
        return True
    return None if all(map(is_open, values)) else False


def _begins(value: str, part: str) -> bool:
    return value == part or (part[-2:] in (".*", ".+") and value.startswith(part[:-2]))


def _of_logs(query: WatchedQuery, subject: Subject, known: Known) -> MetricReads:
    """A log alarm reads what functions write; of other resources it may read logs that are not a function's."""
    if _SOURCE.search(query.text) or not query.groups:
        return MetricReads(doubt="its query chooses the log groups itself")
    groups = [_group(name) for name in query.groups]
    if subject.log_groups:
        if subject.log_groups.intersection(groups):
            if _FAILS.search(query.text):
                return MetricReads(frozenset({"Errors"}))
            return MetricReads(doubt="it reads its log, and whether what it looks for tells of a failure is not known")
        unknown = [name for name in groups if not name or (is_open(name) and name not in known.log_groups)]
        return MetricReads(doubt="which log groups it reads only the deployment knows") if unknown else NONE
    others = [name for name in groups if name not in known.log_groups] if subject.namespace in WRITE_LOGS else []
    return MetricReads(doubt=f"it reads the log group {readable(others[0]) or 'of a parameter'}") if others else NONE


def _group(said: str) -> str:
    """The name or the reference in what names a log group."""
    name = said.split(":log-group:", 1)[-1].removesuffix(":*")
    return name.replace(".Arn@", "@").replace(".Arn}", "}") if is_open(name) else name
