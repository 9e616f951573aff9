"""Rule logs-class-limits."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.rules.logs.class_limits import RULE
from shopfast_obs.model.resources import LOG_ALARM, LOG_GROUP, METRIC_FILTER, SUBSCRIPTION_FILTER, Resource
from tests.diagnose.builders import clear, declared, finished, found, function, observed, speaking, undecided, written

EMF = '{"_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Dimensions": [[]], "Metrics": [{"Name": "m"}]}]}, "m": 1}\n'


def group(class_: Any = "INFREQUENT_ACCESS", **properties: Any) -> Resource:
    """The log group of the function `web`."""
    said = {"LogGroupName": "/aws/lambda/web", "LogGroupClass": class_, **properties}
    return Resource(LOG_GROUP, "/aws/lambda/web", "Logs", "app", properties=said)


def on(type_: str) -> Resource:
    """A filter on the group."""
    return Resource(type_, "errors", "Errors", "app", properties={"LogGroupName": "/aws/lambda/web"})


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"class_": "DELIVERY", "RetentionInDays": 30}, "RetentionInDays (30): the deployment fails"),
        ({"DataProtectionPolicy": {"Name": "p"}}, "data protection policy"),
        ({"class_": "ESSENTIALS", "FieldIndexPolicies": [{"Fields": ["id"]}]}, "field index"),
    ],
)
def test_found_where_the_group_itself_asks_for_it(properties: dict[str, Any], said: str) -> None:
    """Each by the property that asks."""
    logs = group(**properties)
    assert said in found(RULE.check(logs, declared(logs))).title


def test_found_for_filters_on_a_class_that_has_none() -> None:
    """A metric filter, and a subscription; a DELIVERY group is there for its subscription."""
    logs, delivery = group(), group("DELIVERY")
    for type_, said in ((METRIC_FILTER, "metric filter (errors)"), (SUBSCRIPTION_FILTER, "subscription filter")):
        assert said in found(RULE.check(logs, declared(logs, on(type_)))).title
    assert "nothing is asked" in clear(RULE.check(delivery, declared(delivery, on(SUBSCRIPTION_FILTER))))


def test_found_for_a_log_alarm_on_a_class_without_queries() -> None:
    """It would never have a result."""
    scheduled = {"LogGroupIdentifiers": ["/aws/lambda/web"]}
    alarm = Resource(LOG_ALARM, "logged", "Logged", "app", properties={"ScheduledQueryConfiguration": scheduled})
    delivery, rare = group("DELIVERY"), group()
    assert "no log alarm (logged)" in found(RULE.check(delivery, declared(delivery, alarm))).title
    clear(RULE.check(rare, declared(rare, alarm)))


def test_found_for_embedded_metrics_by_the_log_and_by_the_environment() -> None:
    """They become lines, and no metrics."""
    web, logs = function(), group()
    lines = written(web, speaking(finished(1), EMF))
    assert "web writes into it" in found(RULE.check(logs, observed(web, logs, logs=lines))).title
    told = function(Environment={"Variables": {"POWERTOOLS_METRICS_NAMESPACE": "shop"}})
    assert "embedded metrics" in found(RULE.check(logs, declared(told, logs))).title


def test_clear_for_the_standard_class_and_where_nothing_is_asked() -> None:
    """The standard class is the one that nobody names."""
    standard, rare = Resource(LOG_GROUP, "g", "Logs", "app"), group()
    assert "STANDARD" in clear(RULE.check(standard, declared(standard)))
    assert "nothing is asked" in clear(RULE.check(rare, declared(rare, function())))


def test_no_data_for_what_no_document_says() -> None:
    """ESSENTIALS is new."""
    new = group("ESSENTIALS")
    assert "no document says" in undecided(RULE.check(new, declared(new, on(METRIC_FILTER))))
