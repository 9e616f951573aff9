"""What an alarm's query reads of one function, queue or API."""

import pytest

from shopfast_obs.analysis.wiring.watchers import Known, MetricReads, Subject, tie
from shopfast_obs.model.telemetry import WatchedQuery

ARN = "arn:aws:lambda:eu-west-1:1:function:web"
GROUPS = frozenset({"/aws/lambda/web"})
WEB = Subject("AWS/Lambda", "FunctionName", frozenset({"web"}), ARN, frozenset({"web", "shop"}), GROUPS)
UNNAMED = Subject("AWS/Lambda", "FunctionName", frozenset({"${Web@app}"}), log_groups=frozenset({"${Logs@app}"}))
QUEUE = Subject("AWS/SQS", "QueueName", frozenset({"work"}))
API = Subject("AWS/ApiGateway", "ApiName", frozenset({"shop"}))
KNOWN = Known(
    {"Errors": frozenset({"AWS/Lambda"}), "Count": frozenset({"AWS/ApiGateway"})},
    frozenset({"/aws/lambda/web", "${Logs@app}"}),
    frozenset({"${Other@app}"}),
)
LAMBDA = 'FROM SCHEMA("AWS/Lambda", FunctionName)'


def insights(text: str, subject: Subject = WEB) -> MetricReads:
    """Of a Metrics Insights query."""
    return tie(WatchedQuery("Metrics Insights", text), subject, KNOWN)


def promql(text: str, subject: Subject = WEB) -> MetricReads:
    """Of a PromQL query."""
    return tie(WatchedQuery("PromQL", text), subject, KNOWN)


def logs(text: str, *groups: str, subject: Subject = WEB) -> MetricReads:
    """Of a log alarm."""
    return tie(WatchedQuery("Logs Insights", text, groups), subject, KNOWN)


ERRORS = MetricReads(frozenset({"Errors"}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"SELECT SUM(Errors) {LAMBDA} GROUP BY FunctionName", ERRORS),
        (f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName = 'web'", ERRORS),
        (f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName != 'old' GROUP BY FunctionName", ERRORS),
        (f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName != 'web' GROUP BY FunctionName", MetricReads()),
        (f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName = 'old'", MetricReads()),
        (f"SELECT SUM(Errors) {LAMBDA}", MetricReads()),  # one sum over all functions
        ('SELECT SUM(Errors) FROM "Shop" GROUP BY FunctionName', MetricReads()),
    ],
)
def test_metrics_insights_by_namespace_label_and_group(text: str, found: MetricReads) -> None:
    """A function is watched where its own values are."""
    assert insights(text) == found


def test_metrics_insights_by_tag_or_parameter_cannot_be_told() -> None:
    """The doubt is about the one metric."""
    for text, said in (
        (f"SELECT SUM(Errors) {LAMBDA} WHERE tag.env = 'prod' GROUP BY FunctionName", "by the tag env"),
        (f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName = '${{Name@app}}'", "Name, which only the deployment knows"),
        ("SELECT Errors", "could not be read"),
    ):
        assert said in insights(text).doubt
    assert insights(f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName = '${{Web@app}}'", UNNAMED) == ERRORS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"Errors", FunctionName="web"} > 0', ERRORS),
        ('{"Errors", "@instrumentation.@name"="cloudwatch.aws/lambda"} > 0', ERRORS),
        ("sum by (FunctionName) ({Errors, FunctionName=~'we.*|other'}) > 0", ERRORS),
        ('{"faas.errors", "@resource.faas.name"="web"} > 0', ERRORS),
        (f'{{"Errors", "@resource.cloud.resource_id"="{ARN}"}} > 0', ERRORS),
        ('{"Errors", "@resource.service.name"="shop"} > 0', ERRORS),
        ("sum(Errors) > 0", MetricReads()),  # one sum over all functions
        ('{"Errors", FunctionName="other"} > 0', MetricReads()),
        ('{"Errors", FunctionName!="web"} > 0', MetricReads()),
        ('{"Errors", "@instrumentation.@name"="cloudwatch.aws/ec2"} > 0', MetricReads()),
        ('{"Count"} > 0', MetricReads()),
        ('{"orders.failed", "@resource.faas.name"="other"} > 0', MetricReads()),
    ],
)
def test_promql_by_name_and_labels(text: str, found: MetricReads) -> None:
    """Each series is a contributor of its own, so a query without an aggregation watches every function."""
    assert promql(text) == found


def test_a_reference_to_another_resource_is_to_no_other() -> None:
    """What a parameter names may be any; what a resource is called is that resource's."""
    assert promql('{"Errors", FunctionName="${Other@app}"} > 0') == MetricReads()
    assert promql('{"Errors", FunctionName="${Name@app}"} > 0').doubt
    assert insights(f"SELECT SUM(Errors) {LAMBDA} WHERE FunctionName = '${{Other@app}}'") == MetricReads()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"http.server.duration"} > 2', "selects http.server.duration of whoever sends it"),
        ('{"orders.failed", "@resource.service.name"="checkout"} > 0', "by service.name='checkout'"),
        ('{"orders.failed", "@resource.faas.name"="web"} > 0', "whether that tells of a failure"),
        ('{"Errors", "team"="shop"} > 0', "by team='shop'"),
        ('{"Errors", FunctionName=~"(we|x)b+"} > 0', "selects Errors by FunctionName"),
        ('{__name__=~"orders.*"} > 0', "metrics of a pattern"),
        ("", "could not be read"),
    ],
)
def test_promql_that_cannot_be_tied(text: str, said: str) -> None:
    """The reason is what the query says."""
    assert said in promql(text).doubt
    assert not promql(text).metrics


def test_a_promql_alarm_on_a_metric_of_the_application_may_watch_anything() -> None:
    """A collector may measure a queue; what a service of AWS publishes is of that service."""
    assert promql('{"orders.age"} > 60', QUEUE).doubt
    assert promql('{"Errors"} > 0', QUEUE) == MetricReads()


@pytest.mark.parametrize("group", ["/aws/lambda/web", "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/web:*"])
def test_a_log_alarm_is_tied_by_its_log_group(group: str) -> None:
    """By its name or its ARN; it tells of failures where its query looks for them."""
    assert logs("filter @message like /ERROR/ | stats count(*)", group) == ERRORS
    assert "whether what it looks for" in logs("filter @duration > 900 | stats count(*)", group).doubt
    assert logs("filter @message like /ERROR/ | stats count(*)", "/aws/lambda/other") == MetricReads()


def test_a_log_alarm_of_a_template_is_tied_by_the_reference() -> None:
    """The group has no name yet, and what a parameter names may be any."""
    said = "filter level = 'ERROR' | stats count(*)"
    assert logs(said, "${Logs.Arn@app}", subject=UNNAMED) == ERRORS
    assert logs(said, "${Logs@app}", subject=WEB) == MetricReads()
    assert "only the deployment knows" in logs(said, "${Name@app}").doubt
    assert "chooses the log groups itself" in logs("SOURCE logGroups() | stats count(*)").doubt


def test_other_logs_may_be_those_of_an_api() -> None:
    """A queue writes none."""
    assert "it reads the log group /api/access" in logs("stats count(*)", "/api/access", subject=API).doubt
    assert logs("stats count(*)", "/api/access", subject=QUEUE) == MetricReads()
    assert logs("stats count(*)", "/aws/lambda/web", subject=API) == MetricReads()


def test_an_alarm_that_was_not_told_may_read_anything() -> None:
    """An SDK that is older than the alarm leaves its query out."""
    assert tie(WatchedQuery(""), QUEUE, KNOWN).doubt == "what it reads was not told"
