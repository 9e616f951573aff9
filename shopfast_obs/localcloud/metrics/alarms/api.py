"""The operations on alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.metrics.composite_alarms import RuleError, references
from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.metrics.alarms.alarm_store import COMPOSITE, LOG, METRIC, Alarm, AlarmStore, is_json
from shopfast_obs.localcloud.metrics.alarms.definitions import check_common, refused, watch_of
from shopfast_obs.localcloud.metrics.alarms.evaluator import Evaluator
from shopfast_obs.localcloud.metrics.alarms.log_alarms import log_watch_of
from shopfast_obs.localcloud.metrics.reading import page_start
from shopfast_obs.localcloud.protocol.wire import AwsError

PAGE = 100
STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
Parameters = Mapping[str, Any]
Result = dict[str, Any]


class AlarmApi:
    """Alarms as CloudWatch's clients see them."""

    def __init__(self, book: AlarmStore, evaluator: Evaluator, clock: Clock) -> None:
        self._book = book
        self._evaluator = evaluator
        self._clock = clock
        self.operations: dict[str, Callable[[Parameters], Result]] = {
            "PutMetricAlarm": self.put_metric_alarm,
            "PutCompositeAlarm": self.put_composite_alarm,
            "PutLogAlarm": self.put_log_alarm,
            "ListAlarmMuteRules": lambda _: {"AlarmMuteRuleSummaries": []},  # nothing here makes one
            "DescribeAlarms": self.describe_alarms,
            "DescribeAlarmsForMetric": self.describe_alarms_for_metric,
            "DescribeAlarmHistory": self.describe_alarm_history,
            "DeleteAlarms": self.delete_alarms,
            "SetAlarmState": self.set_alarm_state,
            "EnableAlarmActions": lambda p: self._enable(p, True),
            "DisableAlarmActions": lambda p: self._enable(p, False),
            "TagResource": self.tag_resource,
            "UntagResource": self.untag_resource,
            "ListTagsForResource": lambda p: {"Tags": _tags(self._named(p["ResourceARN"]).tags)},
        }

    def put_metric_alarm(self, parameters: Parameters) -> Result:
        """Keep an alarm and evaluate it at once."""
        watch_of(parameters)
        self._put(METRIC, parameters)
        return {}

    def put_composite_alarm(self, parameters: Parameters) -> Result:
        """Keep an alarm over alarms and evaluate it at once."""
        check_common(parameters)
        check_rule(self._book, parameters)
        self._put(COMPOSITE, parameters)
        return {}

    def put_log_alarm(self, parameters: Parameters) -> Result:
        """Keep an alarm on the results of a query; it is evaluated when its schedule says so."""
        log_watch_of(parameters)
        self._put(LOG, parameters)
        return {}

    def _put(self, kind: str, parameters: Parameters) -> None:
        tags = {tag["Key"]: tag["Value"] for tag in parameters.get("Tags") or []}
        properties = {key: value for key, value in parameters.items() if key != "Tags"}
        self._book.put(kind, properties, tags)
        self._evaluator.evaluate_now(parameters["AlarmName"])

    def describe_alarms(self, parameters: Parameters) -> Result:
        """The alarms that match, 100 a page; metric alarms alone unless types are named."""
        if parameters.get("AlarmNames") and parameters.get("AlarmNamePrefix"):
            raise AwsError("InvalidParameterCombination", "AlarmNames and AlarmNamePrefix cannot both be specified.")
        kinds = parameters.get("AlarmTypes") or [METRIC]
        found = [alarm for alarm in self._book.all() if alarm.kind in kinds and _matches(alarm, parameters)]
        page, token = _page(found, parameters)
        result: Result = {
            "MetricAlarms": [metric_alarm(alarm) for alarm in page if alarm.kind == METRIC],
            "CompositeAlarms": [composite_alarm(alarm) for alarm in page if alarm.kind == COMPOSITE],
            "LogAlarms": [log_alarm(alarm) for alarm in page if alarm.kind == LOG],
        }
        return result | token

    def describe_alarms_for_metric(self, parameters: Parameters) -> Result:
        """The alarms on exactly this metric."""
        wanted = (parameters["Namespace"], parameters["MetricName"], _sorted(parameters.get("Dimensions")))
        optional = ("Statistic", "ExtendedStatistic", "Period", "Unit")
        found = [
            alarm
            for alarm in self._book.all()
            if alarm.kind == METRIC
            and _metric(alarm.properties) == wanted
            and all(parameters[key] == alarm.properties.get(key) for key in optional if key in parameters)
        ]
        return {"MetricAlarms": [metric_alarm(alarm) for alarm in found]}

    def describe_alarm_history(self, parameters: Parameters) -> Result:
        """The history, newest first unless asked otherwise, 100 entries a page."""
        start, end = parameters.get("StartDate", 0.0), parameters.get("EndDate", self._clock.now() + 1)
        kinds = parameters.get("AlarmTypes") or [METRIC]
        items = self._book.history(parameters.get("AlarmName"), parameters.get("HistoryItemType"), kinds, start, end)
        if parameters.get("ScanBy") == "TimestampAscending":
            items.reverse()
        page, token = _page(items, parameters)
        return {"AlarmHistoryItems": page, **token}

    def delete_alarms(self, parameters: Parameters) -> Result:
        """Forget alarms, all or none."""
        unknown = [name for name in parameters["AlarmNames"] if self._book.get(name) is None]
        if unknown:
            raise AwsError("ResourceNotFound", f"Unable to find alarm {unknown[0]}", 404)
        self._check_unused(set(parameters["AlarmNames"]))
        self._book.delete(parameters["AlarmNames"])
        return {}

    def _check_unused(self, names: set[str]) -> None:
        for alarm in self._book.all():
            if alarm.kind == COMPOSITE and alarm.name not in names and names & named_in(alarm.properties):
                used = sorted(names & named_in(alarm.properties))[0]
                raise refused(f"Cannot delete {used} as there are composite alarm(s) depending on it.")

    def set_alarm_state(self, parameters: Parameters) -> Result:
        """Give an alarm a state until its next evaluation; its actions run."""
        name, state, data = parameters["AlarmName"], parameters["StateValue"], parameters.get("StateReasonData", "")
        if state not in STATES:
            raise refused(f"{state} is not a state: use one of {', '.join(STATES)}.")
        if self._book.get(name) is None:
            raise AwsError("ResourceNotFound", f"Unable to find alarm {name}", 404)
        if data and not is_json(data):
            raise AwsError("InvalidFormat", "StateReasonData must be JSON.")
        self._book.set_state(name, state, parameters["StateReason"], data, self._clock.now())
        return {}

    def _enable(self, parameters: Parameters, enabled: bool) -> Result:
        self._book.edit(parameters["AlarmNames"], {"ActionsEnabled": enabled})
        return {}

    def tag_resource(self, parameters: Parameters) -> Result:
        """Add tags to an alarm."""
        alarm = self._named(parameters["ResourceARN"])
        self._book.tag(alarm, {**alarm.tags, **{tag["Key"]: tag["Value"] for tag in parameters["Tags"]}})
        return {}

    def untag_resource(self, parameters: Parameters) -> Result:
        """Take tags from an alarm."""
        alarm = self._named(parameters["ResourceARN"])
        self._book.tag(alarm, {key: value for key, value in alarm.tags.items() if key not in parameters["TagKeys"]})
        return {}

    def _named(self, arn: str) -> Alarm:
        for alarm in self._book.all():
            if alarm.arn == arn:
                return alarm
        raise AwsError("ResourceNotFoundException", f"Unable to find {arn}", 404)


def named_in(properties: Parameters) -> set[str]:
    """The names of the alarms that a composite alarm looks at."""
    named = references(properties["AlarmRule"]) | {properties.get("ActionsSuppressor") or ""}
    return {name.partition(":alarm:")[2] or name for name in named if name}


def check_rule(book: AlarmStore, parameters: Parameters) -> None:
    """Refuses a composite alarm whose rule cannot be read, or that looks at what is not there."""
    try:
        named = named_in(parameters)
    except RuleError as problem:
        raise refused(f"AlarmRule must be a valid rule: {problem}") from None
    unknown = sorted(name for name in named if book.get(name) is None)
    if unknown:
        raise refused(
            f"Could not save the composite alarm as alarms [{', '.join(unknown)}] in the alarm rule do not exist"
        )
    if parameters.get("ActionsSuppressor") and not {
        "ActionsSuppressorWaitPeriod",
        "ActionsSuppressorExtensionPeriod",
    } <= set(parameters):
        raise refused("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod go with an ActionsSuppressor.")


def metric_alarm(alarm: Alarm) -> Result:
    """A metric alarm as DescribeAlarms gives it."""
    return {"OKActions": [], "AlarmActions": [], "InsufficientDataActions": [], "Dimensions": [], **_common(alarm)}


def log_alarm(alarm: Alarm) -> Result:
    """A log alarm as DescribeAlarms gives it."""
    return {"OKActions": [], "AlarmActions": [], "InsufficientDataActions": [], **_common(alarm)}


def composite_alarm(alarm: Alarm) -> Result:
    """A composite alarm as DescribeAlarms gives it."""
    suppressed = {
        "ActionsSuppressedBy": alarm.suppressed_by or None,
        "ActionsSuppressedReason": alarm.suppressed_reason or None,
    }
    return {"OKActions": [], "AlarmActions": [], "InsufficientDataActions": [], **_common(alarm), **suppressed}


def _common(alarm: Alarm) -> Result:
    return {
        **alarm.properties,
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "ActionsEnabled": alarm.actions_enabled,
        "AlarmConfigurationUpdatedTimestamp": alarm.configured,
        "StateValue": alarm.state,
        "StateReason": alarm.reason,
        "StateReasonData": alarm.reason_data or None,
        "StateUpdatedTimestamp": alarm.updated,
        "StateTransitionedTimestamp": alarm.transitioned,
    }


def _matches(alarm: Alarm, parameters: Parameters) -> bool:
    names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix", "")
    state, action = parameters.get("StateValue"), parameters.get("ActionPrefix")
    actions = [
        a for key in ("OKActions", "AlarmActions", "InsufficientDataActions") for a in alarm.properties.get(key) or []
    ]
    return (
        (not names or alarm.name in names)
        and alarm.name.startswith(prefix)
        and (not state or alarm.state == state)
        and (not action or any(a.startswith(action) for a in actions))
    )


def _page(found: Sequence[Any], parameters: Parameters) -> tuple[list[Any], Result]:
    size = parameters.get("MaxRecords") or PAGE
    if not 1 <= size <= PAGE:
        raise refused(f"MaxRecords must be between 1 and {PAGE}.")
    first = page_start(parameters.get("NextToken"))
    following = first + size
    return list(found[first:following]), {"NextToken": str(following)} if following < len(found) else {}


def _sorted(dimensions: Sequence[Mapping[str, str]] | None) -> list[tuple[str, str]]:
    return sorted((d["Name"], d["Value"]) for d in dimensions or [])


def _metric(properties: Mapping[str, Any]) -> tuple[Any, Any, list[tuple[str, str]]]:
    return properties.get("Namespace"), properties.get("MetricName"), _sorted(properties.get("Dimensions"))


def _tags(tags: Mapping[str, str]) -> list[Result]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
