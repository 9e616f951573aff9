"""A function that logs errors and raises none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, define_on_log, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.facts import facts
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, LOG_ALARM, LOG_GROUP, METRIC_FILTER, Resource, is_durable

LINES = 5  # in five minutes: a line about a customer's mistake wakes nobody
# JSON logs by their level, Lambda's text logs by their first word.
QUERY = 'filter level in ["ERROR", "CRITICAL"] or @message like /^\\[(ERROR|CRITICAL)\\]/'
_FAILS = re.compile(r"(?i)error|exception|critical|fatal|traceback")
ROLE = "log alarm role"  # under which `derive` gives the index the project's own
NO_ROLE = (
    "a log alarm runs its query by a role that logs.amazonaws.com assumes (StartQuery, StopQuery, GetQueryResults): "
    "name it in pyproject.toml as log_alarm_role, or count the lines with a metric filter"
)


class LoggedErrors:
    """More than five error lines in five minutes, also where every invocation ends well for Lambda."""

    id = "logged-errors"
    title = "A function logs errors that it does not raise"
    first = "Group the error lines, and look whether their requests ended well for Lambda."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the metric filter that counts error lines already, else one on the log itself."""
        if is_durable(resource):  # the SDK logs each attempt of a step
            return NotNeeded(resource.name, self.id, "durable-failures tells of executions that fail")
        group = _group(resource, index)
        counted = next((made for made in _filters(index) if _counts(made, resource, group, index)), None)
        if counted is not None:
            metric = counted.properties["MetricTransformations"][0]
            watched = single(metric["MetricNamespace"], metric["MetricName"], "Sum", {})
            because = f"{counted.name} counts more than {LINES} error lines of {resource.name} in a minute."
            more = {**watched, **firing(LINES)}
            return define(self, resource, because, more)
        class_ = str(group.properties.get("LogGroupClass", "STANDARD")) if group else "STANDARD"
        if facts("log_classes")["classes"].get(class_, {}).get("insights") is False:
            return NotNeeded(resource.name, self.id, f"its log group is of the class {class_}, which has no queries")
        role = _role(index)
        if role is None:
            return NotNeeded(resource.name, self.id, NO_ROLE)
        because = f"{resource.name} logs more than {LINES} errors in five minutes; Errors counts only what it raises."
        return define_on_log(self, resource, because, QUERY, [_name(resource)], role, LINES)


def _name(function: Resource) -> Any:  # noqa: ANN401 - a string or an intrinsic
    """What names the function's log group."""
    logging = function.properties.get("LoggingConfig")
    chosen = logging.get("LogGroup") if isinstance(logging, Mapping) else None
    owner = function.reference if function.file and function.logical_id else function.identifier
    return naming.text(chosen) if isinstance(chosen, str) else chosen or naming.text(f"/aws/lambda/{owner}")


def _group(function: Resource, index: References) -> Resource | None:
    logging = function.properties.get("LoggingConfig")
    chosen = logging.get("LogGroup") if isinstance(logging, Mapping) else None
    names = [chosen] if chosen else [f"/aws/lambda/{name}" for name in (function.identifier, function.reference)]
    return next((group for name in names for group in index.named(name, LOG_GROUP)), None)


def _filters(index: References) -> tuple[Resource, ...]:
    return index.once("error filters", lambda: tuple(filter(_of_errors, index.inventory.of_type(METRIC_FILTER))))


def _of_errors(made: Resource) -> bool:
    """True for a filter that counts error lines into a metric without dimensions."""
    changes = made.properties.get("MetricTransformations")
    first = changes[0] if isinstance(changes, list) and changes and isinstance(changes[0], Mapping) else {}
    named = all(isinstance(first.get(key), str) for key in ("MetricNamespace", "MetricName"))
    return named and not first.get("Dimensions") and bool(_FAILS.search(str(made.properties.get("FilterPattern", ""))))


def _counts(made: Resource, function: Resource, group: Resource | None, index: References) -> bool:
    said = made.properties.get("LogGroupName")
    if group is not None:
        return index.names(said, group)
    return said in (f"/aws/lambda/{function.identifier}", f"/aws/lambda/{function.reference}")


def _role(index: References) -> Any:  # noqa: ANN401
    """The role of a log alarm that is there: what may query one log may be let query another."""
    for alarm in index.inventory.of_type(LOG_ALARM):
        scheduled = alarm.properties.get("ScheduledQueryConfiguration")
        role = scheduled.get("ScheduledQueryRoleARN") if isinstance(scheduled, Mapping) else None
        if isinstance(role, str) and role:
            return naming.text(role)
    return index.once(ROLE, lambda: None)


KIND = LoggedErrors()
