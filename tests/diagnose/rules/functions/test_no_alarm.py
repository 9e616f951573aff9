"""Rule lambda-no-alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.functions.no_alarm import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import ALARM, FUNCTION, LOG_ALARM, Gap, Resource
from shopfast_obs.model.telemetry import AlarmStatus, WatchedMetric, WatchedQuery
from shopfast_obs.parse.templates.template import Template, inventory
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


def querying(name: str, language: Literal["PromQL", "Metrics Insights", "Logs Insights", ""], text: str) -> AlarmStatus:
    """A live alarm on a query."""
    groups = ("/aws/lambda/web",) if language == "Logs Insights" else ()
    return AlarmStatus(name, "OK", queries=(WatchedQuery(language, text, groups),))


def test_no_data_where_an_alarm_cannot_be_tied() -> None:
    """An account that is watched by PromQL alone is not one that nobody watches."""
    web, slow = function(), querying("slo", "PromQL", '{"http.server.duration", "@resource.service.name"="front"} > 2')
    said = undecided(RULE.check(web, observed(web, alarms=[slow])))
    assert said.startswith("the PromQL alarm slo could not be tied: its query selects http.server.duration")
    new = querying("new", "", "")
    assert "the alarm new could not be tied" in undecided(RULE.check(web, observed(web, alarms=[new])))


def test_clear_when_a_query_reads_the_errors() -> None:
    """Each of the three kinds, and a doubtful one beside them changes nothing."""
    web, doubtful = function(), querying("slo", "PromQL", "{latency} > 2")
    for one in (
        querying("p", "PromQL", '{"Errors", FunctionName="web"} > 0'),
        querying("m", "Metrics Insights", 'SELECT SUM(Errors) FROM "AWS/Lambda" GROUP BY FunctionName'),
        querying("l", "Logs Insights", "filter @message like /ERROR/ | stats count(*)"),
    ):
        assert clear(RULE.check(web, observed(web, alarms=[doubtful, one]))) == "alarms watch Errors"


def test_a_doubt_about_another_metric_is_none() -> None:
    """An alarm on durations by a tag does not watch errors."""
    web, by_tag = function(), "SELECT MAX(Duration) FROM \"AWS/Lambda\" WHERE tag.env = 'prod' GROUP BY FunctionName"
    found(RULE.check(web, observed(web, alarms=[querying("slow", "Metrics Insights", by_tag)])))


def test_alarms_of_a_template_are_tied_by_references() -> None:
    """A log alarm on the function's log group, a PromQL alarm, and an alarm on what a parameter names."""
    web = function()
    scheduled = {
        "QueryString": "filter level = 'ERROR'",
        "AggregationExpression": "count(*)",
        "LogGroupIdentifiers": ["/aws/lambda/${Web@app}"],
    }
    unnamed = replace(web, by_reference="${Web@app}")
    on_log = Resource(LOG_ALARM, "logged", "Logged", "app", properties={"ScheduledQueryConfiguration": scheduled})
    assert clear(RULE.check(unnamed, declared(unnamed, on_log))) == "alarms watch Errors"
    by_promql = Resource(
        ALARM, "slo", properties={"EvaluationCriteria": {"PromQLCriteria": {"Query": "{latency} > 2"}}}
    )
    assert "PromQL alarm slo" in undecided(RULE.check(web, declared(web, by_promql)))
    dimension = {"Name": "FunctionName", "Value": {"Ref": "Name"}}
    of_parameter = Resource(
        ALARM, "e", properties={"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [dimension]}
    )
    assert "its FunctionName is ${Name}" in undecided(RULE.check(web, declared(web, of_parameter)))


def test_likely_where_the_sdk_does_not_know_log_alarms() -> None:
    """What was not read may be a watcher."""
    web = function()
    gap = Gap("log alarms", "botocore 1.40 does not know cloudwatch:PutLogAlarm", (LOG_ALARM,))
    assert found(RULE.check(web, observed(web, gaps=[gap]))).confidence == "likely"
    assert found(RULE.check(web, observed(web))).confidence == "certain"


def test_alarms_on_queries_as_the_cdk_writes_them_into_a_template() -> None:
    """Names joined from references (aws-cdk-lib 2.275): three functions have their alarm, the fourth has none."""
    functions = {name: {"Type": "AWS::Lambda::Function", "Properties": {}} for name in ("A", "B", "C", "D")}
    functions["A"]["Properties"] = {"LoggingConfig": {"LogGroup": {"Ref": "Logs"}}}
    scheduled = {"QueryString": "filter @message like /ERROR/", "LogGroupIdentifiers": [{"Ref": "Logs"}]}
    promql = {"Fn::Join": ["", ['{"Errors", FunctionName="', {"Ref": "B"}, '"} > 0']]}
    select = 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE FunctionName = \''
    insights = {"Fn::Join": ["", [select, {"Ref": "C"}, "'"]]}
    resources = {
        **functions,
        "Logs": {"Type": "AWS::Logs::LogGroup"},
        "L": {"Type": LOG_ALARM, "Properties": {"ScheduledQueryConfiguration": scheduled}},
        "P": {"Type": ALARM, "Properties": {"EvaluationCriteria": {"PromQLCriteria": {"Query": promql}}}},
        "M": {"Type": ALARM, "Properties": {"Metrics": [{"Id": "q", "Expression": insights}]}},
    }
    context = Context(inventory(Template({"Resources": resources}), "template", "app"))
    outcomes = {one.logical_id: RULE.check(one, context) for one in context.inventory.of_type(FUNCTION)}
    assert {clear(outcomes[name]) for name in ("A", "B", "C")} == {"alarms watch Errors"}
    found(outcomes["D"])
