"""The rule that explains a group of errors, as the rules say of themselves; and that it finds what it explains."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from shopfast_obs.analysis.errors.groups import ErrorGroup, error_groups
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.explanations import explaining
from shopfast_obs.model.failures import Failure, FailureKind
from shopfast_obs.model.findings import Finding
from shopfast_obs.parse.logs.failures import failures
from tests.diagnose.builders import died, finished, function, killed, observed, refused, rule, speaking, written

WEB = function()
INIT = "INIT_REPORT Init Duration: {}.11 ms\tPhase: {}\tStatus: {}\n"
LATE = {
    "time": "2027-01-15T08:00:00.000Z",
    "type": "platform.initReport",
    "record": {"phase": "init", "status": "timeout", "metrics": {"durationMs": 10008.5}},
}
IMPORT = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'\nTraceback\n"
TOO_LARGE = (
    "[ERROR] RequestEntityTooLarge: Failed to post handler success response. Http response code: 413.\nTraceback\n"
)
DENIED = "User: arn:aws:sts::123456789012:assumed-role/r/web is not authorized to perform: dynamodb:GetItem"


def failing(*own: str) -> list[list[str]]:
    """An invocation that wrote this and failed."""
    return [speaking(finished(1, status="error"), *own)]


@pytest.mark.parametrize(
    ("invocations", "wanted"),
    [
        ([killed(1), killed(2)], "lambda-timeout-kills"),
        ([died(1), died(2)], "lambda-out-of-memory"),
        (failing(IMPORT), "lambda-init-failed"),
        ([[INIT.format(90, "init", "error")]], "lambda-init-failed"),
        ([[INIT.format(9999, "init", "timeout")], finished(1)], "lambda-init-timeout"),
        ([[json.dumps(LATE)], finished(1)], "lambda-init-timeout"),
        (failing(refused("AccessDeniedException", "GetItem", DENIED)), "lambda-access-denied"),
        (failing(refused("ThrottlingException", "StartExecution", "Rate exceeded")), "lambda-calls-throttled"),
        (failing(refused("ProvisionedThroughputExceededException", "Query", "x")), "lambda-calls-throttled"),
        (failing(refused("ResourceNotFoundException", "GetItem", "not found")), "lambda-missing-resource"),
        (failing(refused("ValidationException", "PutItem", "a key is missing")), "lambda-invalid-call"),
        (failing(TOO_LARGE), "lambda-answer-too-large"),
    ],
)  # fmt: skip
def test_a_group_has_the_rule_that_finds_its_cause(invocations: list[list[str]], wanted: str) -> None:
    """In the same log."""
    log = written(WEB, *invocations)
    groups = error_groups(failures([event for events in log.values() for event in events]).failures)
    named = {one.id for group in groups if (one := explaining(group, catalogue()))}
    assert wanted in named
    for id_ in named:
        assert isinstance(rule(id_).check(WEB, observed(WEB, logs=log)), Finding), id_


def group(kind: FailureKind, type_: str, message: str) -> ErrorGroup:
    """The group of one failure that only a trace tells of."""
    (found,) = error_groups([Failure(kind, type_, message, 1.0, "web", "traces")])
    return found


def test_what_no_rule_explains_has_none() -> None:
    """An error of the application is its own; a condition that was not met, too."""
    assert explaining(group("exception", "KeyError", "'total'"), catalogue()) is None
    refusal = "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: no"
    assert explaining(group("exception", "ClientError", refusal), catalogue()) is None
    assert explaining(group("server_error", "Fault", "GET / failed and no exception says why"), catalogue()) is None


def test_an_exception_of_a_trace_has_its_rule_by_its_type() -> None:
    """Without a line."""
    found = explaining(group("exception", "ResourceNotFoundException", "no table"), catalogue())
    assert found is not None
    assert found.id == "lambda-missing-resource"


def test_each_kind_of_failure_has_at_most_one_rule() -> None:
    """Which of several would explain it nobody could tell."""
    for kind in get_args(FailureKind):
        assert sum(kind in one.explains for one in catalogue()) <= 1
