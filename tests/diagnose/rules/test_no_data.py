"""What the rules say where nothing tells: no invocation, no log, no source, no metric, or a parameter decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import ALARM, EVENT_RULE, LOG_GROUP, REST_API, REST_STAGE, TABLE, Resource
from tests.diagnose.builders import declared, function, observed, rule, undecided
from tests.diagnose.machines import UNREADABLE, machine

LEFT = {"Ref": "Parameter"}
WEB = function(Handler="app.handler", DurableConfig={"ExecutionTimeout": 600}, TracingConfig={"Mode": "Active"})
PLAIN = function(Handler="app.handler")
API, ONE, BUS = (
    Resource(REST_API, "shop"),
    Resource(TABLE, "orders"),
    Resource(EVENT_RULE, "one", properties={"EventPattern": {"source": ["shop"]}}),
)
FLOW = machine({"A": {"Type": "Wait", "Timestamp": "2099-01-01T00:00:00Z", "End": True}})
SECRETS = {"Variables": LEFT}

# What is known, of what, what a rule then says, and the rules that say it.
SAME: list[tuple[Callable[[Resource], Context], Resource, str, str]] = [
    (
        observed,
        PLAIN,
        "never called between…",
        "lambda-cpu-starved lambda-errors lambda-errors-swallowed lambda-events-retried lambda-memory-tight "
        "lambda-near-timeout lambda-out-of-memory lambda-reinit-loop lambda-slow-init",
    ),
    (
        declared,
        PLAIN,
        "a template shows no logs",
        "lambda-errors-swallowed lambda-events-retried lambda-init-failed lambda-init-timeout lambda-logs-unstructured "
        "lambda-memory-tight lambda-reinit-loop lambda-telemetry-lost logs-volume metrics-rejected metrics-unbounded",
    ),
    (
        observed,
        PLAIN,
        "its log has no line…",
        "lambda-init-failed lambda-init-timeout logs-volume metrics-rejected metrics-unbounded",
    ),
    (
        declared,
        PLAIN,
        "its source is not here",
        "durable-half durable-replayed lambda-async-handler lambda-client-in-handler lambda-logs-events "
        "lambda-sdk-timeouts",
    ),
    (declared, WEB, "a template shows no traces", "dynamodb-full-scan"),
    (
        declared,
        WEB,
        "a template shows no metrics",
        "durable-limits lambda-provisioned-idle stream-behind url-errors-unseen requests-refused",
    ),
    (declared, API, "a template shows no metrics", "api-errors"),
    (declared, BUS, "a template shows no metrics", "event-rule-never-matches"),
    (declared, FLOW, "a template shows no metrics", "workflow-never-ends"),
    (observed, API, "no request…", "api-errors"),
    (observed, PLAIN, "no request to a URL…", "url-errors-unseen"),
    (observed, WEB, "no execution…", "durable-limits"),
    (observed, FLOW, "no execution started…", "workflow-never-ends"),
    (
        declared,
        UNREADABLE,
        "its definition cannot be read",
        "workflow-cause-hidden workflow-task-no-retry workflow-task-no-timeout workflow-task-timeout-short",
    ),
]
CASES = [(id_, known, one, said) for known, one, said, ids in SAME for id_ in ids.split()]

# Of each of these rules: a property that it reads, left to a parameter.
OPEN = [
    ("alarm-notifies-nobody", Resource(ALARM, "a", properties={"AlarmActions": LEFT})),
    ("api-access-log-off", Resource(REST_STAGE, "s", properties={"AccessLogSetting": LEFT})),
    ("api-stage-not-traced", Resource(REST_STAGE, "s", properties={"TracingEnabled": LEFT})),
    ("api-throttling-unset", Resource(REST_STAGE, "s", properties={"MethodSettings": LEFT})),
    ("delivery-no-dead-letters", Resource(EVENT_RULE, "r", properties={"Targets": {"Fn::FindInMap": ["a", "b", "c"]}})),
    ("event-rule-gives-up", Resource(EVENT_RULE, "start", properties={"Targets": LEFT})),
    ("lambda-cpu-starved", function(MemorySize=LEFT)),
    ("lambda-debug-level", function(LoggingConfig={"ApplicationLogLevel": LEFT})),
    ("lambda-default-size", function(Timeout=LEFT)),
    ("lambda-names-nothing", function(Environment=SECRETS)),
    ("lambda-not-traced", function(TracingConfig={"Mode": LEFT})),
    ("lambda-runtime-old", function(Runtime=LEFT)),
    ("lambda-secret-in-environment", function(Environment=SECRETS)),
    ("logs-class-limits", Resource(LOG_GROUP, "g", properties={"LogGroupClass": LEFT})),
    ("logs-never-expire", Resource(LOG_GROUP, "g", properties={"RetentionInDays": LEFT})),
    ("workflow-logging-off", machine(LoggingConfiguration={"Level": LEFT})),
]
RULES = {case[0] for case in (*CASES, *OPEN)}


@pytest.mark.parametrize(("id_", "known", "one", "said"), CASES)
def test_nothing_tells(id_: str, known: Callable[[Resource], Context], one: Resource, said: str) -> None:
    """The reason says what is missing."""
    reason = undecided(rule(id_).check(one, known(one)))
    assert reason == said or (said.endswith("…") and reason.startswith(said[:-1]))


@pytest.mark.parametrize(("id_", "one"), OPEN)
def test_a_parameter_decides(id_: str, one: Resource) -> None:
    """What it will be, no template says."""
    assert "parameter" in undecided(rule(id_).check(one, declared(one)))
