"""Rules about failures that a function's own log names."""

from __future__ import annotations

import pytest

from shopfast_obs.model.findings import Severity
from tests.diagnose.builders import (
    clear,
    declared,
    finished,
    found,
    function,
    observed,
    refused,
    rule,
    speaking,
    undecided,
    written,
)

WEB = function()
DENIED = refused("AccessDeniedException", "Query", "User: web is not authorized to perform: dynamodb:Query")
LARGE = "[ERROR] Function.ResponseSizeTooLarge: Response payload size (7970000 bytes) exceeded the maximum.\n"
NOT_POSTED = (
    "[ERROR] [1799999000123] LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413. \n"
)
THROTTLED = "ProvisionedThroughputExceededException"

# By rule: a line, and what the title has of it.
CASES = [
    ("lambda-access-denied", DENIED, "1 time (50 % of its invocations): dynamodb:Query"),
    ("lambda-answer-too-large", LARGE, "more than the 6 MB"),
    ("lambda-answer-too-large", NOT_POSTED, "passes on, 1 time (50 % of its invocations)"),
    ("lambda-calls-throttled", refused(THROTTLED, "Scan", "exceeded"), f"(50 % of its invocations): {THROTTLED}"),
    ("lambda-invalid-call", refused("ValidationException", "GetItem", "no such key"), "ValidationException"),
    (
        "lambda-missing-resource",
        refused("ResourceNotFoundException", "GetItem", "Requested resource not found"),
        "1 time (50 % of its invocations): ResourceNotFoundException",
    ),
]
RULES = {case[0] for case in CASES}


@pytest.mark.parametrize(("id_", "line", "title"), CASES)
def test_found_clear_and_no_data(id_: str, line: str, title: str) -> None:
    """With the share of the invocations and the culprit; other errors are other rules'."""
    finding = found(rule(id_).check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), line), finished(2)))))
    assert title in finding.title and finding.severity is Severity.HIGH and finding.harm == 1
    other = written(WEB, speaking(finished(1), "[ERROR] KeyError: 'id'\n"))
    assert clear(rule(id_).check(WEB, observed(WEB, logs=other))) == "no such line in 1 invocation"
    assert undecided(rule(id_).check(WEB, observed(WEB))).startswith("its log has no line")
    assert undecided(rule(id_).check(WEB, declared(WEB))) == "a template shows no logs"


OF_CDK = (
    "User: arn:aws:sts::111122223333:assumed-role/shop-production-OrdersFunctionServiceRole3A1B2C4D-AbCdEfGhIjKl/"
    "shop-production-OrdersFunction5E6F7A8B-QwErTyUiOpAs is not authorized to perform: dynamodb:BatchGetItem on table"
)


@pytest.mark.parametrize(
    ("id_", "line", "what"),
    [
        ("lambda-access-denied", refused("AccessDeniedException", "BatchGetItem", OF_CDK), "dynamodb:BatchGetItem"),
        ("lambda-access-denied", refused("AccessDenied", "GetObject", "Access Denied"), "GetObject"),
        ("lambda-access-denied", refused("AuthorizationError", "Publish", OF_CDK), "dynamodb:BatchGetItem"),
        ("lambda-calls-throttled", refused("RequestThrottled", "SendMessage", "slower"), "RequestThrottled"),
        ("lambda-calls-throttled", refused("Throttling", "DescribeStacks", "Rate exceeded"), "Throttling"),
        ("lambda-missing-resource", refused("ParameterNotFound", "GetParameter", ""), "ParameterNotFound"),
        ("lambda-missing-resource", refused("NotFoundException", "GetRestApi", "no such"), "NotFoundException"),
    ],
)
def test_the_culprit_is_named(id_: str, line: str, what: str) -> None:
    """Behind long names, by the operation where no action is named, and under each service's own code."""
    finding = found(rule(id_).check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), line)))))
    assert finding.title.endswith(f": {what}")


@pytest.mark.parametrize(
    ("id_", "own"),
    [
        ("lambda-missing-resource", "UserNotFoundException"),
        ("lambda-missing-resource", "OrderNotFoundException"),
        ("lambda-invalid-call", "OrderValidationException"),
        ("lambda-access-denied", "TenantAccessDeniedException"),
        ("lambda-calls-throttled", "CustomerThrottledException"),
    ],
)
def test_an_exception_of_the_application_is_none_of_aws(id_: str, own: str) -> None:
    """A record that is not there, an order that is refused: their names end like those of AWS."""
    log = written(WEB, speaking(finished(1), refused(own, "AdminGetUser", "no such user"), f"[ERROR] shop.{own}: 17\n"))
    assert clear(rule(id_).check(WEB, observed(WEB, logs=log))) == "no such line in 1 invocation"


def test_what_is_logged_and_raised_is_one_call() -> None:
    """Two lines of one invocation, beside one that succeeds."""
    log = written(WEB, speaking(finished(1), DENIED, DENIED), finished(2))
    finding = found(rule("lambda-access-denied").check(WEB, observed(WEB, logs=log)))
    assert "1 time (50 % of its invocations)" in finding.title
