"""Rule lambda-no-alarm."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.functions.no_alarm import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import ALARM, Gap, Resource
from shopfast_obs.model.telemetry import WatchedMetric
from tests.diagnose.builders import alarm, clear, declared, found, function, observed, undecided


def errors(name: str, namespace: str = "AWS/Lambda", dimension: str = "FunctionName") -> WatchedMetric:
    """The errors of a function as an alarm reads them."""
    return WatchedMetric(namespace, "Errors", ((dimension, name),))


def test_found_when_alarms_watch_something_else() -> None:
    """Another function, another namespace, another dimension: none of them sees this function's errors."""
    web = function()
    others = [
        alarm("a", errors("other")),
        alarm("b", errors("web", namespace="Custom")),
        alarm("c", errors("web", dimension="Resource")),
    ]
    finding = found(RULE.check(web, observed(web, alarms=others)))
    assert "alarms watch nothing of it" in finding.title
    assert finding.severity is Severity.MEDIUM


def test_found_low_when_only_throttles_are_watched() -> None:
    """Half watched is named as such."""
    web = function()
    watching = [alarm("t", WatchedMetric("AWS/Lambda", "Throttles", (("FunctionName", "web"),)))]
    finding = found(RULE.check(web, observed(web, alarms=watching)))
    assert finding.severity is Severity.LOW
    assert "only Throttles" in finding.title


def test_clear_when_an_alarm_reads_the_errors() -> None:
    """Live, or declared with a reference to the function, metric math included."""
    web = function()
    assert clear(RULE.check(web, observed(web, alarms=[alarm("e", errors("web"))]))) == "alarms watch Errors"
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": "${Web@app}"}],
    }
    math = Resource(ALARM, "rate", properties={"Metrics": [{"Id": "e", "MetricStat": {"Metric": metric}}]})
    assert clear(RULE.check(web, declared(web, math))) == "alarms watch Errors"


def test_no_data_when_the_alarms_could_not_be_read() -> None:
    """Denied is not the same as none."""
    web = function()
    context = observed(web)
    assert context.observations is not None
    denied = replace(context.observations, gaps=(Gap("alarms", "AccessDenied"),))
    assert undecided(RULE.check(web, Context(context.inventory, denied))) == "alarms: AccessDenied"
