"""Rules about what a metric counts."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE, FUNCTION, STATE_MACHINE, TOPIC, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, declared, found, function, metric, observed, rule, undecided

SPACES = {
    EVENT_RULE: ("AWS/Events", "RuleName", "it"),
    FUNCTION: ("AWS/Lambda", "FunctionName", "it"),
    STATE_MACHINE: ("AWS/States", "StateMachineArn", "arn:it"),
    TOPIC: ("AWS/SNS", "TopicName", "it"),
}
DURABLE = {"DurableConfig": {"ExecutionTimeout": 600}}
INVOKED = "delivery"

# By rule and type: the metric that is bad, the one that counts the traffic, what that consists of, and the title of 5.
CASES = [
    (
        "durable-failures",
        FUNCTION,
        "DurableExecutionFailed",
        "DurableExecutionStarted",
        "started execution",
        "5 of 100 d",
    ),
    (
        "durable-timeouts",
        FUNCTION,
        "DurableExecutionTimedOut",
        "DurableExecutionStarted",
        "started execution",
        "5 of 100",
    ),
    ("event-dead-letters-fail", EVENT_RULE, "InvocationsFailedToBeSentToDlq", "Invocations", INVOKED, "lost 5 events"),
    ("event-deliveries-fail", EVENT_RULE, "FailedInvocations", "Invocations", INVOKED, "its targets: 5 of 100"),
    ("lambda-async-dropped", FUNCTION, "AsyncEventsDropped", "AsyncEventsReceived", "asynchronous event", "5 % of its"),
    (
        "lambda-failures-lost",
        FUNCTION,
        "DestinationDeliveryFailures",
        "AsyncEventsReceived",
        "asynchronous event",
        "hand 5 failed events",
    ),
    (
        "lambda-failures-lost",
        FUNCTION,
        "DeadLetterErrors",
        "AsyncEventsReceived",
        "asynchronous event",
        "hand 5 failed",
    ),
    (
        "lambda-recursion",
        FUNCTION,
        "RecursiveInvocationsDropped",
        "Invocations",
        "invocation",
        "stopped the loop 5 times",
    ),
    ("lambda-throttled", FUNCTION, "Throttles", "Invocations", "invocation", "are refused (5 of 105)"),
    (
        "sns-deliveries-fail",
        TOPIC,
        "NumberOfNotificationsFailed",
        "NumberOfMessagesPublished",
        "published message",
        "it cannot deliver 5 notifications of 100",
    ),
    (
        "sns-redrive-fails",
        TOPIC,
        "NumberOfNotificationsFailedToRedriveToDlq",
        "NumberOfMessagesPublished",
        "published message",
        "it lost 5 notifications",
    ),
    ("workflow-failures", STATE_MACHINE, "ExecutionsFailed", "ExecutionsStarted", "started execution", "5 of 100"),
    ("workflow-failures", STATE_MACHINE, "ExecutionsAborted", "ExecutionsStarted", "started execution", "5 of 100"),
    (
        "workflow-timeouts",
        STATE_MACHINE,
        "ExecutionsTimedOut",
        "ExecutionsStarted",
        "started execution",
        "times out: 5 of",
    ),
]
RULES = {case[0] for case in CASES}


def counted(type_: str, name: str, value: float) -> MetricSeries:
    """A metric of the resource."""
    namespace, dimension, named = SPACES[type_]
    return metric(namespace, name, value, **{dimension: named})


@pytest.mark.parametrize(("id_", "type_", "bad", "traffic", "noun", "title"), CASES)
def test_found_clear_and_no_data(id_: str, type_: str, bad: str, traffic: str, noun: str, title: str) -> None:
    """Five beside a hundred, none of a hundred, nothing at all, a template."""
    it = Resource(type_, "it", "It", arn="arn:it", properties=DURABLE)
    busy = counted(type_, traffic, 100)
    finding = found(rule(id_).check(it, observed(it, metrics=[busy, counted(type_, bad, 5)])))
    assert title in finding.title and finding.harm == 5 and finding.severity is rule(id_).severity
    told = clear(rule(id_).check(it, observed(it, metrics=[busy])))
    assert bad in told and f" 0 in 100 {noun[:7]}" in told
    assert undecided(rule(id_).check(it, observed(it))).startswith(f"no {noun} at all")
    assert undecided(rule(id_).check(it, declared(it))) == "a template shows no metrics"


def test_what_is_rare_is_less_grave() -> None:
    """One of a thousand, and all of the bad metrics together."""
    flow = Resource(STATE_MACHINE, "it", arn="arn:it")
    rare = [counted(STATE_MACHINE, "ExecutionsStarted", 1000), counted(STATE_MACHINE, "ExecutionsFailed", 1)]
    assert found(rule("workflow-failures").check(flow, observed(flow, metrics=rare))).severity is Severity.LOW
    both = [counted(STATE_MACHINE, f"Executions{how}", 2) for how in ("Failed", "Aborted")]
    said = found(rule("workflow-failures").check(flow, observed(flow, metrics=[rare[0], *both]))).title
    assert said == "it fails: 4 of 1,000 executions (0.4 %)"


@pytest.mark.parametrize("id_", ["durable-failures", "durable-timeouts"])
def test_executions_of_durable_functions(id_: str) -> None:
    """A command opens them; another function has none."""
    it: Any = function("it", **DURABLE)
    bad = "DurableExecutionFailed" if id_ == "durable-failures" else "DurableExecutionTimedOut"
    finding = found(rule(id_).check(it, observed(it, metrics=[counted(FUNCTION, bad, 5)])))
    assert "list-durable-executions-by-function --function-name it" in finding.remedy.command
    assert clear(rule(id_).check(function(), observed(function()))) == "it is no durable function"


def test_throttles_stand_beside_the_reserved_concurrency() -> None:
    """A throttled call is no invocation."""
    it = function("it", ReservedConcurrentExecutions=1)
    metrics = [counted(FUNCTION, "Throttles", 25), counted(FUNCTION, "Invocations", 75)]
    finding = found(rule("lambda-throttled").check(it, observed(it, metrics=metrics)))
    assert "25 % of its calls are refused (25 of 100)" in finding.title
    assert "reserved concurrency 1" in finding.evidence[0].summary
