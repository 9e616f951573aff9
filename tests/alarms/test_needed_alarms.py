"""Alarms come from what is deployed, with thresholds from its configuration."""

from __future__ import annotations

import json

import pytest

from shopfast_obs.alarms.catalogue import kinds
from shopfast_obs.alarms.needed_alarms import Derived, application, derive, metrics
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.model import resources as r
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import Inventory, Resource

FUNCTION = Resource(r.FUNCTION, "library-loans", "Loans1", properties={"Timeout": 10, "MemorySize": 256})
OTHER = Resource(r.FUNCTION, "library-members", "Members1")
DLQ = Resource(r.QUEUE, "library-lost", "Lost1")
QUEUE = Resource(
    r.QUEUE,
    "library-returns",
    "Returns1",
    properties={"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Lost1", "Arn"]}, "maxReceiveCount": 3}},
)


def alarms(*resources: Resource, kind: str = "") -> list[AlarmDefinition]:
    """The alarms of one kind (or all) for these resources."""
    return [alarm for alarm in of(*resources).alarms if kind in ("", alarm.kind)]


def of(*resources: Resource) -> Derived:
    """What is derived from these resources."""
    return derive(Inventory("test", resources))


def dimensions(alarm: AlarmDefinition) -> list[dict[str, str]]:
    """The dimensions of every metric that an alarm reads."""
    queries = alarm.properties.get("Metrics")
    if queries is None:
        return [_pairs(alarm.properties["Dimensions"])]
    return [_pairs(query["MetricStat"]["Metric"]["Dimensions"]) for query in queries if "MetricStat" in query]


def _pairs(listed: list[dict[str, str]]) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in listed}


def test_a_function_is_watched_for_errors_throttles_and_duration() -> None:
    """Three alarms for every function, none for a URL that it has not."""
    kinds_of = {alarm.kind for alarm in alarms(FUNCTION)}
    assert kinds_of == {"error-rate", "throttles", "duration-near-timeout"}
    assert ("library-loans", "url-5xx") in {(n.resource, n.kind) for n in of(FUNCTION).not_needed}


def test_executions_of_a_durable_function_are_watched_beside_its_invocations() -> None:
    """What is tried again is no failure of the execution, and an execution that fails is no error of the function."""
    durable = Resource(r.FUNCTION, "loans", "Loans", properties={"DurableConfig": {"ExecutionTimeout": 600}})
    found = {alarm.kind: alarm.properties for alarm in alarms(durable)}
    assert {"durable-failures", "durable-timeouts", "durable-limits", "error-rate"} < found.keys()
    assert found["durable-failures"]["MetricName"] == "DurableExecutionFailed"
    (expression,) = [q["Expression"] for q in found["durable-limits"]["Metrics"] if q["ReturnData"]]
    assert expression == "MAX([100 * operations / 3000, 100 * written / 104857600])"
    assert "executions that fail are counted apart" in found["error-rate"]["AlarmDescription"]
    (refused,) = derive(Inventory("test", (durable,)), only=["logged-errors"]).not_needed
    assert refused.reason == "durable-failures tells of executions that fail"
    assert ("library-loans", "durable-failures") in {(n.resource, n.kind) for n in of(FUNCTION).not_needed}


def test_errors_are_a_rate() -> None:
    """One failure among thousands wakes nobody; no invocations is no failure."""
    (alarm,) = alarms(FUNCTION, kind="error-rate")
    expression = next(q["Expression"] for q in alarm.properties["Metrics"] if q["ReturnData"])
    assert "errors / invocations" in expression
    assert "invocations > 0" in expression
    assert dimensions(alarm) == [{"FunctionName": "library-loans"}] * 2


@pytest.mark.parametrize(("declared", "threshold"), [({"Timeout": 10}, 8000), ({}, 2400), ({"Timeout": 900}, 720_000)])
def test_the_duration_threshold_follows_the_timeout(declared: dict[str, int], threshold: int) -> None:
    """80 % of the timeout in force, AWS's default of 3 s where none is declared, and the p99 of it."""
    (alarm,) = alarms(Resource(r.FUNCTION, "f", properties=declared), kind="duration-near-timeout")
    assert alarm.properties["Threshold"] == threshold
    assert alarm.properties["ExtendedStatistic"] == "p99"
    assert "Statistic" not in alarm.properties


def test_a_timeout_that_only_the_deployment_knows_makes_no_alarm() -> None:
    """An unresolved intrinsic is said, not guessed."""
    derived = of(Resource(r.FUNCTION, "f", properties={"Timeout": {"Ref": "T"}}))
    assert "duration-near-timeout" not in {alarm.kind for alarm in derived.alarms}
    assert "known only" in next(n.reason for n in derived.not_needed if n.kind == "duration-near-timeout")


@pytest.mark.parametrize(
    "target", [{"Fn::GetAtt": ["Loans1", "Arn"]}, "library-loans", "arn:aws:lambda:eu-west-1:1:function:library-loans"]
)
def test_a_url_is_found_however_it_names_its_function(target: object) -> None:
    """An intrinsic in a template, a name or an ARN from the API."""
    url = Resource(r.FUNCTION_URL, "Url", "Url1", properties={"TargetFunctionArn": target})
    assert [alarm.resource for alarm in alarms(FUNCTION, OTHER, url, kind="url-5xx")] == ["library-loans"]


def test_only_queues_that_take_dead_letters_get_the_alarm() -> None:
    """A queue with work in it is no failure."""
    found = alarms(DLQ, QUEUE, kind="dead-letters")
    assert [alarm.resource for alarm in found] == ["library-lost"]
    assert found[0].properties["DatapointsToAlarm"] == 1
    assert found[0].properties["Threshold"] == 0


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        (r.SUBSCRIPTION, {"RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:library-lost"}}),
        (r.SUBSCRIPTION, {"RedrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:x:1:library-lost"})}),
        (r.EVENT_RULE, {"Targets": [{"Id": "a", "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Lost1", "Arn"]}}}]}),
        ("AWS::Lambda::EventInvokeConfig", {"DestinationConfig": {"OnFailure": {"Destination": "a:library-lost"}}}),
        (r.FUNCTION, {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-west-1:1:library-lost"}}),
    ],
)
def test_dead_letters_come_from_everywhere(type_: str, properties: dict[str, object]) -> None:
    """Subscriptions, rules, functions and destinations have dead-letter queues too."""
    assert alarms(DLQ, Resource(type_, "x", properties=properties), kind="dead-letters")


def test_a_queue_that_shares_part_of_a_name_is_another_queue() -> None:
    """Names are compared whole."""
    longer = Resource(r.QUEUE, "library-lost-and-found")
    assert [a.resource for a in alarms(longer, DLQ, QUEUE, kind="dead-letters")] == ["library-lost"]


@pytest.mark.parametrize(
    ("bus", "expected"),
    [
        (None, {"RuleName": "overdue"}),
        ("default", {"RuleName": "overdue"}),
        ("library-events", {"EventBusName": "library-events", "RuleName": "overdue"}),
        ("arn:aws:events:x:1:event-bus/library-events", {"EventBusName": "library-events", "RuleName": "overdue"}),
    ],
)
def test_a_rule_has_the_dimensions_that_eventbridge_publishes(bus: str | None, expected: dict[str, str]) -> None:
    """On a custom bus a rule's metrics carry the bus too; an alarm without it would never see a datapoint."""
    rule = Resource(r.EVENT_RULE, "overdue", properties={} if bus is None else {"EventBusName": bus})
    (alarm,) = alarms(rule, kind="delivery-failures")
    assert dimensions(alarm) == [expected]


def test_a_throttled_table_can_recover() -> None:
    """The bare DynamoDB metric has no data when all is well, and CloudWatch would keep ALARM for ever."""
    for alarm in alarms(Resource(r.TABLE, "library-books")):
        assert any("FILL" in q.get("Expression", "") for q in alarm.properties["Metrics"])
        assert dimensions(alarm) == [{"TableName": "library-books"}]


def test_a_workflow_is_known_by_its_arn() -> None:
    """The live ARN, or the reference that CloudFormation resolves."""
    template = Resource(r.STATE_MACHINE, "library-loan", "Loan1", arn="arn:aws:states:${AWS::Region}:1:x:library-loan")
    live = Resource(r.STATE_MACHINE, "library-loan", arn="arn:aws:states:x:1:stateMachine:library-loan")
    symbolic = Resource(
        r.STATE_MACHINE, "library-loan", arn="arn:aws:states:${AWS::Region}:1:stateMachine:library-loan"
    )
    assert dimensions(alarms(symbolic)[0]) == [{"StateMachineArn": {"Fn::Sub": symbolic.arn}}]
    assert [dimensions(alarm) for alarm in alarms(template)] == [[{"StateMachineArn": {"Ref": "Loan1"}}]] * 2
    assert [dimensions(alarm) for alarm in alarms(live)] == [[{"StateMachineArn": live.arn}]] * 2


def test_every_alarm_leads_to_its_runbook_and_treats_silence_as_health() -> None:
    """A person who is woken finds the next step in the alarm itself."""
    for alarm in alarms(FUNCTION, DLQ, QUEUE, Resource(r.REST_API, "library-api"), Resource(r.TABLE, "t")):
        said = alarm.properties["AlarmDescription"]
        assert " First: " in said
        assert " Look: shopfast-obs diagnose --since 1h [--target aws] " in said
        assert said.endswith(f"Runbook: {alarm.kind}")
        assert "/" not in said.partition(" First: ")[2]
        assert len(said) <= 1024
        assert alarm.properties["TreatMissingData"] == "notBreaching"
        assert alarm.name == f"{alarm.resource}-{alarm.kind}"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://wiki/run/{kind}?a=1", "https://wiki/run/throttles?a=1"),
        ("https://wiki/run/", "https://wiki/run/throttles"),
    ],
)
def test_the_projects_own_runbooks_are_named_by_their_address(address: str, said: str) -> None:
    """The kind stands where the address says so, else at its end."""
    (alarm,) = derive(Inventory("test", (FUNCTION,)), ["throttles"], runbooks=address).alarms
    assert alarm.properties["AlarmDescription"].endswith(f" Runbook: {said}")


def test_the_cost_counts_every_metric_that_is_read() -> None:
    """A math alarm is billed for each of its metrics."""
    assert metrics(alarms(FUNCTION, kind="error-rate")[0]) == 2
    assert metrics(alarms(FUNCTION, kind="throttles")[0]) == 1
    assert of(FUNCTION).monthly_cost == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["library-loans", "library-members"], "library"), (["a-b-c", "a-b-d"], "a-b"), (["x"], "application"),
     (["alpha", "alpine"], "application"), ([], "application")],
)  # fmt: skip
def test_the_application_is_named_by_the_words_its_functions_share(names: list[str], expected: str) -> None:
    """Whole words only."""
    assert application(Inventory("t", tuple(Resource(r.FUNCTION, name) for name in names))) == expected


def test_ids_are_stable() -> None:
    """Alarm names, runbooks and overlays depend on them."""
    assert [kind.id for kind in kinds()] == [
        "api-5xx", "dead-letters", "delivery-failures", "delivery-stream-age", "durable-failures", "durable-limits",
        "durable-timeouts", "duration-near-timeout", "error-rate", "events-dropped", "http-api-5xx", "logged-errors",
        "notification-failures", "pipe-failures", "queue-age", "stream-age", "table-read-throttles",
        "table-write-throttles", "throttles", "url-5xx", "websocket-errors", "workflow-failures", "workflow-timeouts",
    ]  # fmt: skip


@pytest.mark.parametrize("rule", [rule for rule in catalogue() if "alarms" in rule.needs and "-no-alarm" in rule.id])
def test_a_rule_names_the_command_only_where_it_heals(rule: Rule) -> None:
    """What is said to be derived has a kind of alarm for that type of resource."""
    assert "`alarms apply`" in rule.remedy
    assert any(kind.resource_type in rule.types for kind in kinds())
