"""The alarms on queries that are there already."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.alarms.needed_alarms import derive
from shopfast_obs.model.resources import ALARM, LOG_ALARM, Inventory, Resource

SELECT = "SELECT SUM(Errors) FROM \"AWS/Lambda\" WHERE FunctionName != '${Old@app}' GROUP BY FunctionName"
SCHEDULED = {"QueryString": "filter level = 'ERROR'", "LogGroupIdentifiers": ["/aws/lambda/web"]}


@pytest.mark.parametrize(
    ("type_", "properties", "said"),
    [
        (
            ALARM,
            {"Metrics": [{"Expression": SELECT}]},
            "reads AWS/Lambda Errors of FunctionName != Old by FunctionName",
        ),
        (
            ALARM,
            {"Metrics": [{"Expression": "SELECT P90(m)"}]},
            "reads a query that could not be read: its function is P90",
        ),
        (ALARM, {"EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}}, "is not known: up == 0"),
        (LOG_ALARM, {"ScheduledQueryConfiguration": SCHEDULED}, "looks into the log of /aws/lambda/web: filter level"),
        (ALARM, {}, "reads what was not told"),
    ],
)
def test_what_an_alarm_on_a_query_reads_is_said(type_: str, properties: dict[str, Any], said: str) -> None:
    """Beside what is derived: nobody should get the same alarm twice without a word."""
    (sentence,) = derive(Inventory("fake", (Resource(type_, "there", properties=properties),))).on_queries
    assert sentence.startswith("there ")
    assert said in sentence
