"""The printed policy is what a look at an account uses: no action less, and none more."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.cloud.aws import AwsCloud
from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.policy import policy
from shopfast_obs.diagnose.collect import collect
from shopfast_obs.model import resources as kinds
from shopfast_obs.model.telemetry import TimeRange

AWS = Target("aws", "eu-west-1")
TRACE = "1-65f00000-0123456789abcdef01234567"
RESOURCES = {
    kinds.FUNCTION_URL: "f0",
    kinds.TABLE: "things",
    kinds.REST_API: "a1",
    kinds.QUEUE: "https://sqs/1/work",
    kinds.TOPIC: "arn:aws:sns:x:1:news",
    kinds.EVENT_RULE: "bus|on-news",
    kinds.STATE_MACHINE: "arn:aws:states:x:1:stateMachine:flow",
}


class Account:
    """An account with one of everything, and as many functions as are asked for. Every client is this one."""

    def __init__(self, functions: int, *, searched: bool = False) -> None:
        self._names = [f"f{number}" for number in range(functions)]
        self._searched = searched

    def get_paginator(self, operation: str) -> Pages:
        """One page of the operation."""
        return Pages(self, operation)

    def __getattr__(self, operation: str) -> Any:
        return lambda **asked: self.answer(operation, **asked)

    def answer(self, operation: str, **asked: Any) -> dict[str, Any]:
        """What AWS answers, as far as a look reads it."""
        arn = f"arn:aws:lambda:x:1:function:{asked.get('FunctionName')}"
        destination = "CloudWatchLogs" if self._searched else "XRay"
        span = {"timestamp": int(time.time() * 1000), "message": json.dumps({"traceId": TRACE}), "eventId": "e"}
        answers: dict[str, dict[str, Any]] = {
            "describe_stacks": {"Stacks": [{"StackName": "app", "StackStatus": "CREATE_COMPLETE"}]},
            "list_stack_resources": {
                "StackResourceSummaries": [
                    {"ResourceType": type_, "LogicalResourceId": type_[-3:], "PhysicalResourceId": id_}
                    for type_, id_ in RESOURCES.items()
                ]
            },
            "get_template": {"TemplateBody": json.dumps({"Resources": {}})},
            "list_functions": {"Functions": [self._function(name) for name in self._names]},
            "describe_log_groups": {"logGroups": [{"logGroupName": f"/aws/lambda/{name}"} for name in self._names]},
            "get_function_url_config": {"FunctionUrl": "https://x", "FunctionArn": arn, "AuthType": "NONE"},
            "list_tables": {"TableNames": ["things", "others"]},  # one of them of no stack
            "describe_table": {"Table": {"TableName": asked.get("TableName")}},
            "get_rest_api": {"name": "api"},
            "list_subscriptions": {
                "Subscriptions": [{"SubscriptionArn": "arn:aws:sns:s", "TopicArn": "arn:aws:sns:x:1:news"}]
            },
            "list_rules": {"Rules": [{"Name": "on-news"}]},
            "describe_state_machine": {"name": "flow"},
            "get_apis": {"Items": [{"ApiId": "h1"}]},
            "list_alarm_mute_rules": {
                "AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": "arn:x:alarm-mute-rule:nightly"}]
            },
            "list_schedules": {"Schedules": [{"Name": "nightly"}]},
            "list_pipes": {"Pipes": [{"Name": "tube"}]},
            "start_query": {"queryId": "q"},
            "get_query_results": {"status": "Complete", "results": []},
            "get_trace_summaries": {"TraceSummaries": [{"Id": TRACE}]},
            "get_trace_segment_destination": {"Destination": destination},
            "filter_log_events": {"events": [span] if asked.get("logGroupName") == "aws/spans" else []},
            "start_trace_retrieval": {"RetrievalToken": "t"},
            "list_retrieved_traces": {"RetrievalStatus": "COMPLETE", "Traces": []},
        }
        return answers.get(operation, {})

    @staticmethod
    def _function(name: str) -> dict[str, Any]:
        return {"FunctionName": name, "FunctionArn": f"arn:x:{name}", "TracingConfig": {"Mode": "Active"}}


class Pages:
    """A paginator with one page."""

    def __init__(self, account: Account, operation: str) -> None:
        self._account, self._operation = account, operation

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """The page."""
        yield self._account.answer(self._operation, **asked)


def looked(account: Account) -> dict[str, int]:
    """The actions that a whole look took."""
    cloud = AwsCloud(AWS, lambda _: account)
    now = time.time()
    cloud.recorded(0)
    window = TimeRange(now - 900, now)
    collect(cloud, cloud.inventory(), window)
    cloud.service_totals(window)
    return dict(cloud.api_calls)


def test_the_policy_allows_what_is_called_and_nothing_else() -> None:
    """An account with few functions, one with many, and one with Transaction Search use all of it together."""
    used = {*looked(Account(1)), *looked(Account(60)), *looked(Account(1, searched=True))}
    allowed = [action for statement in policy()["Statement"] for action in statement["Action"]]
    assert sorted(used) == sorted(allowed)


def test_everything_allowed_only_reads() -> None:
    """The verbs say so; the two that start something start a reading."""
    for statement in policy()["Statement"]:
        for action in statement["Action"]:
            verb = action.partition(":")[2]
            assert verb.startswith(("Get", "List", "Describe", "Filter", "BatchGet", "GET", "Start"))
            assert not verb.startswith("Start") or verb in ("StartQuery", "StartTraceRetrieval")


def test_functions_are_not_asked_one_by_one() -> None:
    """A hundred functions more take a few calls more, and an account with few is asked what no list has."""
    few, many, more = looked(Account(60)), looked(Account(200)), looked(Account(300))
    assert sum(more.values()) - sum(many.values()) <= 10
    assert few["lambda:GetPolicy"] == 61  # and the one whose URL a stack declares
    assert many["lambda:GetPolicy"] == 1


@pytest.mark.parametrize("service", ["sqs", "dynamodb", "stepfunctions"])
def test_one_denied_service_leaves_the_others(service: str) -> None:
    """The gap names the kinds that are missing."""

    class Denied(Account):
        def answer(self, operation: str, **asked: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

    cloud = AwsCloud(AWS, lambda name: Denied(1) if name == service else Account(1))
    inventory = cloud.inventory()
    assert len({gap.types[0] for gap in inventory.gaps}) == 1
    assert inventory.find(kinds.FUNCTION, "f0") is not None
