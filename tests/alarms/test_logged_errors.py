"""The kind logged-errors: a log alarm where a metric cannot see."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from shopfast_obs.alarms.interface import NotNeeded
from shopfast_obs.alarms.needed_alarms import derive
from shopfast_obs.analysis.logs.insights.query import read_query
from shopfast_obs.model.overlay import AlarmDefinition, Overlay
from shopfast_obs.model.resources import FUNCTION, LOG_ALARM, LOG_GROUP, METRIC_FILTER, Inventory, Resource
from shopfast_obs.parse.overlay import read, write

ROLE = "arn:aws:iam::1:role/alarms"
WEB = Resource(FUNCTION, "web", "Web", "app")
LOGS = Resource(LOG_GROUP, "/aws/lambda/web", "Logs", "app", properties={"LogGroupName": "/aws/lambda/web"})


def derived(*resources: Resource, role: str = ROLE) -> tuple[tuple[AlarmDefinition, ...], tuple[NotNeeded, ...]]:
    """The alarms of the kind, and why there are none."""
    made = derive(Inventory("test", resources), only=["logged-errors"], log_alarm_role=role)
    return made.alarms, made.not_needed


def scheduled(alarm: AlarmDefinition) -> dict[str, Any]:
    """Its query."""
    found: dict[str, Any] = alarm.properties["ScheduledQueryConfiguration"]
    return found


def test_a_function_gets_an_alarm_on_its_log() -> None:
    """With a query that can be read, and the project's role."""
    (alarm,), _ = derived(WEB)
    said = scheduled(alarm)
    assert (alarm.type, alarm.name) == (LOG_ALARM, "web-logged-errors")
    assert (said["LogGroupIdentifiers"], said["ScheduledQueryRoleARN"]) == (["/aws/lambda/web"], ROLE)
    assert read_query(f"{said['QueryString']} | stats {said['AggregationExpression']}")
    assert alarm.properties["AlarmDescription"].startswith("web logs more than 5 errors in five minutes")


def test_log_groups_are_named_by_reference_where_a_template_makes_the_name() -> None:
    """The function's own, and one of its choice."""
    unnamed = replace(WEB, by_reference="${Web@app}", file="template.yaml")
    (alarm,), _ = derived(unnamed)
    assert scheduled(alarm)["LogGroupIdentifiers"] == [{"Fn::Sub": "/aws/lambda/${Web@app}"}]
    chosen = replace(WEB, properties={"LoggingConfig": {"LogGroup": "shared"}})
    (alarm,), _ = derived(chosen)
    assert scheduled(alarm)["LogGroupIdentifiers"] == ["shared"]


def test_it_is_made_where_somebody_names_it() -> None:
    """Its query is billed by what it scans."""
    assert "logged-errors" not in {
        alarm.kind for alarm in derive(Inventory("test", (WEB,)), log_alarm_role=ROLE).alarms
    }


@pytest.mark.parametrize(("group", "pattern"), [("/aws/lambda/web", "ERROR"), ("${Logs@app}", "{ $.level = error }")])
def test_a_metric_filter_that_counts_the_lines_is_read_in_its_place(group: str, pattern: str) -> None:
    """No query has to scan what is counted already."""
    transformation = {"MetricNamespace": "Shop", "MetricName": "Failures", "MetricValue": "1"}
    said = {"LogGroupName": group, "FilterPattern": pattern, "MetricTransformations": [transformation]}
    counting = Resource(METRIC_FILTER, "Counting", "Counting", "app", properties=said)
    (alarm,), _ = derived(WEB, LOGS, counting, role="")
    assert [alarm.properties[key] for key in ("Namespace", "MetricName", "Statistic")] == ["Shop", "Failures", "Sum"]
    other = replace(counting, properties={**said, "FilterPattern": "started"})
    assert derived(WEB, LOGS, other)[0][0].type == LOG_ALARM


def test_without_a_role_or_queries_there_is_none() -> None:
    """And the reason says what would do; the role of a log alarm that is there would."""
    assert "log_alarm_role" in derived(WEB, role="")[1][0].reason
    delivery = replace(LOGS, properties={**LOGS.properties, "LogGroupClass": "DELIVERY"})
    assert "DELIVERY, which has no queries" in derived(WEB, delivery)[1][0].reason
    query = {"ScheduledQueryConfiguration": {"ScheduledQueryRoleARN": "${Role.Arn@app}"}}
    (alarm,), _ = derived(WEB, Resource(LOG_ALARM, "there", properties=query), role="")
    assert scheduled(alarm)["ScheduledQueryRoleARN"] == {"Fn::Sub": "${Role.Arn@app}"}


def test_the_overlay_keeps_what_kind_of_alarm_it_is() -> None:
    """And says nothing of it for an alarm on metrics."""
    (alarm,), _ = derived(WEB)
    plain = AlarmDefinition("a", "error-rate", "web", {"Threshold": 5})
    overlay = Overlay(alarms=(plain, alarm))
    assert read(write(overlay), "overlay.json") == overlay
    assert ["type" in one for one in json.loads(write(overlay))["alarms"]] == [False, True]
