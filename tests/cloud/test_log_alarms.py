"""Log alarms and alarms on queries of an account, by an SDK that knows them and by one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.changes.alarms import definition
from shopfast_obs.cloud.readers.alarms import alarms, log_alarms, mute_rules, statuses
from shopfast_obs.cloud.readers.declared import Declared
from shopfast_obs.model.resources import MUTE_RULE
from shopfast_obs.model.telemetry import WatchedQuery

SCHEDULED = {"QueryString": "filter level = 'ERROR'", "LogGroupIdentifiers": ["/aws/lambda/web"]}
PAGE = {
    "MetricAlarms": [
        {"AlarmName": "slo", "EvaluationCriteria": {"PromQLCriteria": {"Query": "{latency} > 2"}}, "StateValue": "OK"}
    ],
    "CompositeAlarms": [{"AlarmName": "both", "AlarmRule": "ALARM(slo)", "StateValue": "OK"}],
    "LogAlarms": [{"AlarmName": "logged", "ScheduledQueryConfiguration": SCHEDULED, "StateValue": "ALARM"}],
}


class Old:
    """The CloudWatch of an account, by a client without PutLogAlarm."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def get_paginator(self, _: str) -> Old:
        """Of DescribeAlarms."""
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """One page with the kinds that were asked for."""
        self.asked.append(asked["AlarmTypes"])
        yield {f"{kind}s": PAGE[f"{kind}s"] for kind in asked["AlarmTypes"]}


class New(Old):
    """By one that has it."""

    def put_log_alarm(self) -> None:
        """Never called."""


def test_every_kind_of_alarm_has_its_queries() -> None:
    """A composite alarm reads alarms, and no query."""
    found = {alarm.name: alarm.queries for alarm in statuses(Calls(lambda _: New()))}
    assert found == {
        "slo": (WatchedQuery("PromQL", "{latency} > 2"),),
        "both": (),
        "logged": (WatchedQuery("Logs Insights", "filter level = 'ERROR'", ("/aws/lambda/web",)),),
    }


def test_definitions_keep_what_the_alarm_evaluates() -> None:
    """The criteria of one on PromQL, the scheduled query of one on logs."""
    calls = Calls(lambda _: New())
    (slo,), (logged,) = alarms(calls, Declared()), log_alarms(calls, Declared())
    assert slo.properties["EvaluationCriteria"] == PAGE["MetricAlarms"][0]["EvaluationCriteria"]
    assert (logged.name, logged.properties["ScheduledQueryConfiguration"]) == ("logged", SCHEDULED)


def test_an_older_sdk_asks_for_what_it_knows_and_says_the_rest() -> None:
    """The other alarms are read."""
    old = Old()
    assert [alarm.name for alarm in statuses(Calls(lambda _: old))] == ["slo", "both"]
    assert old.asked == [["MetricAlarm", "CompositeAlarm"]]
    with pytest.raises(RefusedError, match="does not know cloudwatch:PutLogAlarm"):
        log_alarms(Calls(lambda _: old), Declared())


def test_what_is_put_back_keeps_window_and_warm_up() -> None:
    """PutMetricAlarm replaces the whole definition: what is left out is lost."""
    window = {"EvaluationWindow": {"WallClockWindow": {"Timezone": "Europe/Berlin"}}}
    warm_up = {"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 10}}
    assert definition({"AlarmName": "a", **window, **warm_up, "StateValue": "OK"}) == {**window, **warm_up}


class Muting:
    """The CloudWatch of an account with two mute rules."""

    def get_paginator(self, _: str) -> Muting:
        """Of ListAlarmMuteRules."""
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        """Summaries, which do not tell what is muted."""
        arns = [f"arn:aws:cloudwatch:eu-west-1:1:alarm-mute-rule:{name}" for name in ("nights", "freeze")]
        yield {"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": arn, "Status": "ACTIVE"} for arn in arns]}

    def list_alarm_mute_rules(self) -> None:
        """Called page by page."""

    def get_alarm_mute_rule(self, AlarmMuteRuleName: str) -> dict[str, Any]:  # noqa: N803 - botocore's
        """One rule, whole."""
        until = {"ExpireDate": datetime(2026, 12, 31, tzinfo=UTC)} if AlarmMuteRuleName == "freeze" else {}
        return {"Name": AlarmMuteRuleName, "MuteTargets": {"AlarmNames": ["slo"]}, "Status": "ACTIVE", **until}


def test_mute_rules_are_read_with_the_alarms_that_they_name() -> None:
    """One call a rule: the list tells no targets."""
    nights, freeze = mute_rules(Calls(lambda _: Muting()), Declared())
    assert (nights.type, nights.name) == (MUTE_RULE, "nights")
    assert nights.properties["MuteTargets"] == {"AlarmNames": ["slo"]}
    assert freeze.properties["ExpireDate"] == "2026-12-31T00:00:00+00:00"
    with pytest.raises(RefusedError, match="does not know cloudwatch:ListAlarmMuteRules"):
        mute_rules(Calls(lambda _: Old()), Declared())
