"""Rules about one property."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.model.resources import (
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    LOG_GROUP,
    QUEUE,
    STATE_MACHINE,
    SUPPRESSION,
    TABLE,
    Resource,
)
from tests.diagnose.builders import clear, declared, found, observed, rule, undecided

GRAPHQL, IOT = "AWS::AppSync::GraphQLApi", "AWS::IoT::TopicRule"
LEFT = {"Ref": "P"}
RECOVERY = "PointInTimeRecoverySpecification"
FEED = Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": {"Ref": "It"}, "FunctionName": "web"})

# By rule and type: what is bad, and its title; what is good, and the reason; what only a parameter says.
CASES: list[tuple[str, str, dict[str, Any], str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "dynamodb-no-recovery",
        TABLE,
        {},
        "it has no point-in-time recovery",
        {RECOVERY: {"PointInTimeRecoveryEnabled": True}},
        f"{RECOVERY}.PointInTimeRecoveryEnabled is true",
        {RECOVERY: LEFT},
    ),
    (
        "dynamodb-not-protected",
        TABLE,
        {},
        "it can be deleted",
        {"DeletionProtectionEnabled": True},
        "DeletionProtectionEnabled is true",
        {"DeletionProtectionEnabled": LEFT},
    ),
    (
        "event-rule-disabled",
        EVENT_RULE,
        {"State": "DISABLED"},
        "it is disabled",
        {"State": "ENABLED"},
        "State is ENABLED",
        {"State": LEFT},
    ),
    (
        "event-source-disabled",
        EVENT_SOURCE_MAPPING,
        {"Enabled": False},
        "it is disabled",
        {"Enabled": True},
        "Enabled is true",
        {"Enabled": LEFT},
    ),
    (
        "graphql-logging-off",
        GRAPHQL,
        {},
        "it writes no log",
        {"LogConfig": {"FieldLogLevel": "ERROR"}},
        "LogConfig is set",
        {"LogConfig": LEFT},
    ),
    (
        "graphql-not-traced",
        GRAPHQL,
        {},
        "it is not traced",
        {"XrayEnabled": True},
        "XrayEnabled is true",
        {"XrayEnabled": LEFT},
    ),
    (
        "iot-rule-errors-lost",
        IOT,
        {},
        "it has no ErrorAction",
        {"TopicRulePayload": {"ErrorAction": {"Sqs": {}}}},
        "TopicRulePayload.ErrorAction is set",
        {"TopicRulePayload": {"ErrorAction": LEFT}},
    ),
    (
        "lambda-longest-timeout",
        FUNCTION,
        {"Timeout": 900},  # the longest until 2026-11-18
        "it may run 900 s",
        {"Timeout": 30},
        "Timeout is 30",
        {"Timeout": LEFT},
    ),
    (
        "lambda-longest-timeout",
        FUNCTION,
        {"Timeout": 1800},
        "it may run 1800 s",
        {"Timeout": 1200},  # a job of twenty minutes was chosen
        "Timeout is 1200",
        {"Timeout": LEFT},
    ),
    (
        "lambda-not-arm64",
        FUNCTION,
        {},
        "it runs on x86",
        {"Architectures": ["arm64"]},
        "Architectures is arm64",
        {"Architectures": LEFT},
    ),
    (
        "lambda-storage-large",
        FUNCTION,
        {"EphemeralStorage": {"Size": 4096}},
        "it has 4096 MB of /tmp",
        {},
        "EphemeralStorage.Size is not set",
        {"EphemeralStorage": LEFT},
    ),
    (
        "lambda-switched-off",
        FUNCTION,
        {"ReservedConcurrentExecutions": 0},
        "it is switched off",
        {"ReservedConcurrentExecutions": 5},
        "ReservedConcurrentExecutions is 5",
        {"ReservedConcurrentExecutions": LEFT},
    ),
    (
        "logs-expire-soon",
        LOG_GROUP,
        {"RetentionInDays": 1},
        "it keeps its logs for less than a week (RetentionInDays 1)",
        {"RetentionInDays": 30},
        "RetentionInDays is 30",
        {"RetentionInDays": LEFT},
    ),
    (
        "sqs-receives-few",
        QUEUE,
        {"RedrivePolicy": {"maxReceiveCount": 1}},
        "it has a maxReceiveCount of 1",
        {"RedrivePolicy": {"maxReceiveCount": 5}},
        "RedrivePolicy.maxReceiveCount is 5",
        {"RedrivePolicy": {"maxReceiveCount": LEFT}},
    ),
    (
        "suppression-expired",
        SUPPRESSION,
        {"Expired": True, "Reason": "later", "Until": "2020-01-01"},
        "it has expired",
        {"Expired": False, "Reason": "later", "Until": "2999-01-01"},
        "Expired is false",
        {"Expired": LEFT},
    ),
    (
        "suppression-without-reason",
        SUPPRESSION,
        {"Reason": " "},
        "it has no reason",
        {"Reason": "a batch of last year"},
        "Reason is set",
        {"Reason": LEFT},
    ),
    (
        "url-open",
        FUNCTION_URL,
        {"AuthType": "NONE"},
        "it answers anyone",
        {"AuthType": "AWS_IAM"},
        "AuthType is AWS_IAM",
        {"AuthType": LEFT},
    ),
    (
        "workflow-not-traced",
        STATE_MACHINE,
        {},
        "it is not traced",
        {"TracingConfiguration": {"Enabled": True}},
        "TracingConfiguration.Enabled is true",
        {"TracingConfiguration": {"Enabled": LEFT}},
    ),
]
RULES = {case[0] for case in CASES}
each = pytest.mark.parametrize(
    ("id_", "type_", "bad", "title", "good", "reason", "left"), CASES, ids=[case[0] for case in CASES]
)


@each
def test_found_clear_and_no_data(
    id_: str, type_: str, bad: dict[str, Any], title: str, good: dict[str, Any], reason: str, left: dict[str, Any]
) -> None:
    """The value is not good, good, or left to a parameter."""
    wrong, right, open_ = (Resource(type_, "it", "It", "app", properties=said) for said in (bad, good, left))
    assert title in found(rule(id_).check(wrong, declared(wrong, FEED))).title
    assert clear(rule(id_).check(right, declared(right, FEED))) == reason
    assert "left to a parameter" in undecided(rule(id_).check(open_, declared(open_, FEED)))


@pytest.mark.parametrize(
    ("id_", "type_", "said", "reason"),
    [
        ("logs-expire-soon", LOG_GROUP, {"RetentionInDays": 1, "LogGroupClass": "DELIVERY"}, "takes no Retention"),
        ("sqs-receives-few", QUEUE, {"RedrivePolicy": {"maxReceiveCount": 1}}, "no function consumes it"),
        ("lambda-not-arm64", FUNCTION, {"Runtime": "go1.x"}, "go1.x runs on x86 only"),
    ],
)
def test_clear_where_it_is_none_of_the_rules_business(id_: str, type_: str, said: dict[str, Any], reason: str) -> None:
    """The class decides, nobody reads it, or there is no other way."""
    one = Resource(type_, "it", "It", "app", properties=said)
    assert reason in clear(rule(id_).check(one, observed(one)))


@pytest.mark.parametrize(
    ("id_", "type_", "bad"),
    [
        ("event-rule-disabled", EVENT_RULE, {"State": "DISABLED"}),
        ("event-source-disabled", EVENT_SOURCE_MAPPING, {"Enabled": False}),
    ],
)
def test_what_somebody_wrote_is_meant(id_: str, type_: str, bad: dict[str, Any]) -> None:
    """In a template it is less grave than what an account was left with."""
    one = Resource(type_, "it", "It", "app", properties=bad)
    live = found(rule(id_).check(one, observed(one))).severity
    assert live is rule(id_).severity and found(rule(id_).check(one, declared(one))).severity < live


def test_the_remedy_is_a_change() -> None:
    """Where the right value is known."""
    queue = Resource(QUEUE, "it", "It", properties={"RedrivePolicy": {"maxReceiveCount": 1}})
    remedy = found(rule("sqs-receives-few").check(queue, declared(queue, FEED))).remedy
    assert [(c.property, c.before, c.after) for c in remedy.changes] == [("RedrivePolicy.maxReceiveCount", 1, 5)]
    assert remedy.summary == "maxReceiveCount: 5."
