"""Queries in an alarm's definition; its metrics are tested where they are used."""

from typing import Any

import pytest

from shopfast_obs.model.telemetry import WatchedQuery
from shopfast_obs.parse.templates.alarm_definition import is_insights, queries

SELECT = 'SELECT SUM(Errors) FROM "AWS/Lambda" GROUP BY FunctionName'
SCHEDULED = {"QueryString": "filter level = 'ERROR'", "AggregationExpression": "count(*)"}


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        ({"MetricName": "Errors"}, ()),
        ({"Metrics": [{"Expression": SELECT}]}, (WatchedQuery("Metrics Insights", SELECT),)),
        ({"EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}}, (WatchedQuery("PromQL", "up == 0"),)),
        ({"EvaluationCriteria": {"PromQLCriteria": {"Query": {"Ref": "Query"}}}}, (WatchedQuery(""),)),
        (
            {"ScheduledQueryConfiguration": {**SCHEDULED, "LogGroupIdentifiers": ["/a", {"Ref": "B"}, {"Fn::If": []}]}},
            (WatchedQuery("Logs Insights", "filter level = 'ERROR' | stats count(*)", ("/a", "${B}", "")),),
        ),
        ({"AlarmName": "of a kind that the SDK does not know"}, (WatchedQuery(""),)),
    ],
)
def test_queries_of_an_alarm(definition: dict[str, Any], found: tuple[WatchedQuery, ...]) -> None:
    """Of each kind, with what only the deployment knows."""
    assert queries(definition) == found


def test_metric_math_is_no_query() -> None:
    """Nor is a metric whose id begins so."""
    assert is_insights(f"\n {SELECT}")
    assert not is_insights("SUM([m1, selected])")
    assert not is_insights("selected + 1")
