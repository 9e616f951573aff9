"""The segments that services write between functions, and how a trace goes on through them."""

import json
from typing import Any

import pytest

from tests.localcloud.conftest import StandInCloud, eventually
from tests.localcloud.test_deliveries import ROOT, queue, topic, traced

pytestmark = pytest.mark.cloud
PARENT = "53995c3f42cd8ad8"
ROLE = "arn:aws:iam::000000000000:role/r"


def segment(cloud: StandInCloud, name: str) -> dict[str, Any]:
    """The newest document of a segment, once it has ended."""

    def ended() -> list[dict[str, Any]]:
        documents = [entry["document"] for entry in cloud.ledger.read("segment")]
        return [d for d in documents if d["name"] == name and "end_time" in d][-1:]

    found: dict[str, Any] = eventually(ended)[0]
    return found


def machine(cloud: StandInCloud, name: str, states: dict[str, Any], *, traced: bool = True, **more: Any) -> str:
    """A state machine that begins with A."""
    created = cloud.client("stepfunctions").create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "A", "States": states, **more}),
        roleArn=ROLE,
        tracingConfiguration={"enabled": traced},
    )
    return str(created["stateMachineArn"])


def run(cloud: StandInCloud, arn: str) -> dict[str, Any]:
    """One execution on the trace, when it has ended."""
    client = traced(cloud.client("stepfunctions"))
    execution = client.start_execution(stateMachineArn=arn)["executionArn"]

    def ended() -> Any:
        told = client.describe_execution(executionArn=execution)
        return told if told["status"] != "RUNNING" else None

    told: dict[str, Any] = eventually(ended)
    return told


def test_a_traced_workflow_is_a_segment_with_its_states(cloud: StandInCloud) -> None:
    """Below the caller; a part for each state, and for each call one that is the parent of the function's segment."""
    function = cloud.function("c-step")
    states = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Task", "Resource": function, "End": True}}
    arn = machine(cloud, "c-traced", states)
    told = run(cloud, arn)
    whole = segment(cloud, "c-traced")
    assert (whole["trace_id"], whole["parent_id"]) == (ROOT, PARENT)
    assert (whole["origin"], whole["resource_arn"]) == ("AWS::StepFunctions::StateMachine", arn)
    assert whole["aws"]["resource_arn"] == told["executionArn"]
    first, second = whole["subsegments"]
    assert [first["name"], second["name"]] == ["A", "B"]
    (call,) = second["subsegments"]
    (invocation,) = cloud.invocations("c-step")
    assert (call["name"], call["namespace"], call["aws"]["resource_names"]) == ("Lambda", "aws", ["c-step"])
    assert invocation["trace"] == f"Root={ROOT};Parent={call['id']};Sampled=1"
    assert invocation["request_id"] == call["aws"]["request_id"]
    assert "fault" not in whole


def test_a_workflow_without_tracing_passes_the_trace_on(cloud: StandInCloud) -> None:
    """It writes nothing itself."""
    function = cloud.function("c-untraced-step")
    states = {"A": {"Type": "Task", "Resource": function, "End": True}}
    run(cloud, machine(cloud, "c-untraced", states, traced=False))
    assert cloud.invocations("c-untraced-step")[0]["trace"] == f"Root={ROOT};Parent={PARENT};Sampled=1"
    assert not [e for e in cloud.ledger.read("segment") if e["document"]["name"] == "c-untraced"]


def test_branches_and_items_are_parts_and_keep_their_names(cloud: StandInCloud) -> None:
    """Parallel and Map states, as recorded traces have them."""
    function = cloud.function("c-branch")
    task = {"Type": "Task", "Resource": function, "End": True}
    branches = [{"StartAt": f"T{n}", "States": {f"T{n}": task}} for n in range(3)]
    states = {
        "A": {"Type": "Parallel", "Branches": branches, "ResultPath": None, "Next": "M"},
        "M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"StartAt": "I", "States": {"I": task}},
              "Next": "S"},
        "S": {"Type": "Wait", "Seconds": 0, "End": True},
    }  # fmt: skip
    arn = machine(cloud, "c-branches", states)
    client = traced(cloud.client("stepfunctions"))
    client.start_execution(stateMachineArn=arn, input='{"items": [1, 2]}')
    parallel, mapped, _ = segment(cloud, "c-branches")["subsegments"]
    named = {part["name"]: [inner["name"] for inner in part["subsegments"]] for part in parallel["subsegments"]}
    assert named == {"Branch 0": ["T0"], "Branch 1": ["T1"], "Branch 2": ["T2"]}
    assert sorted(part["name"] for part in mapped["subsegments"]) == ["Iteration 0", "Iteration 1"]


def test_a_caught_error_is_an_error_and_an_uncaught_one_a_fault(cloud: StandInCloud) -> None:
    """As in a recorded trace: the call is a fault, the state that caught it an error."""
    function = cloud.function("c-fails", "fail.handler")
    catch = [{"ErrorEquals": ["ValueError"], "Next": "F"}]
    states = {
        "A": {"Type": "Task", "Resource": function, "Catch": catch, "Next": "B"},
        "B": {"Type": "Pass", "End": True},
        "F": {"Type": "Fail", "Error": "GaveUp", "Cause": "it is over"},
    }
    assert run(cloud, machine(cloud, "c-caught", states))["status"] == "FAILED"
    whole = segment(cloud, "c-caught")
    task, failed = whole["subsegments"]
    assert (task["error"], task["cause"]["message"]) == (True, "ValueError")
    assert (task["subsegments"][0]["fault"], task["subsegments"][0]["aws"]["function_error"]) == (True, "Unhandled")
    assert (failed["name"], failed["fault"]) == ("F", True)
    assert (whole["fault"], whole["cause"]["message"]) == (True, "it is over")


def test_a_workflow_that_takes_too_long_is_timed_out(cloud: StandInCloud) -> None:
    """Status, event, metric and segment say so; what its state does afterwards changes nothing."""
    states = {"A": {"Type": "Wait", "Seconds": 2, "Next": "B"}, "B": {"Type": "Pass", "End": True}}
    arn = machine(cloud, "c-late", states, TimeoutSeconds=1)
    told = run(cloud, arn)
    assert told["status"] == "TIMED_OUT"
    history = cloud.client("stepfunctions").get_execution_history(executionArn=told["executionArn"])["events"]
    assert history[-1]["type"] == "ExecutionTimedOut"
    assert eventually(lambda: cloud.metrics("AWS/States ExecutionsTimedOut", StateMachineArn=arn)) == [1.0]
    assert not cloud.metrics("AWS/States ExecutionsFailed", StateMachineArn=arn)
    whole = segment(cloud, "c-late")
    assert whole["fault"]
    assert whole["subsegments"][0]["end_time"] == pytest.approx(whole["end_time"], abs=0.1)


def test_a_state_that_takes_too_long_fails_the_workflow(cloud: StandInCloud) -> None:
    """States.Timeout, which may be caught; not the status TIMED_OUT (as validated snapshots of AWS have it)."""
    task = {"Type": "Task", "Resource": cloud.function("c-slow", "slow.handler"), "End": True}
    client = cloud.client("stepfunctions")
    arn = machine(cloud, "c-late-state", {"A": {**task, "TimeoutSecondsPath": "$.patience"}})
    execution = client.start_execution(stateMachineArn=arn, input='{"patience": 0.1}')["executionArn"]
    eventually(lambda: client.describe_execution(executionArn=execution)["status"] == "FAILED")
    assert client.describe_execution(executionArn=execution)["error"] == "States.Timeout"
    kinds = [e["type"] for e in client.get_execution_history(executionArn=execution)["events"]]
    assert kinds[-2:] == ["TaskTimedOut", "ExecutionFailed"]


def test_an_asynchronous_invocation_is_queued_and_attempted(cloud: StandInCloud) -> None:
    """One AWS::Lambda segment with the time in the queue and all attempts, each the parent of the function's own."""
    cloud.function("c-async", "fail.handler", TracingConfig={"Mode": "Active"})
    traced(cloud.client("lambda")).invoke(FunctionName="c-async", InvocationType="Event", Payload=b"{}")
    eventually(lambda: len(cloud.invocations("c-async")) == 3)
    eventually(lambda: len(segment(cloud, "c-async")["subsegments"]) == 4)
    whole = segment(cloud, "c-async")
    assert (whole["origin"], whole["http"]["response"]["status"], whole["parent_id"]) == ("AWS::Lambda", 202, PARENT)
    dwell, *attempts = whole["subsegments"]
    assert (dwell["name"], dwell["end_time"]) == ("Dwell Time", attempts[0]["start_time"])
    assert [a["name"] for a in attempts] == ["Attempt #1", "Attempt #2", "Attempt #3"]
    assert all(a["error"] and a["http"]["response"]["status"] == 200 for a in attempts)
    assert whole["end_time"] <= attempts[0]["end_time"]
    headers = [f"Root={ROOT};Parent={a['id']};Sampled=1" for a in attempts]
    assert [i["trace"] for i in cloud.invocations("c-async")] == headers


def test_a_traced_topic_is_a_segment_with_its_deliveries(cloud: StandInCloud) -> None:
    """Functions and queues are on the trace below the delivery."""
    url, queue_arn = queue(cloud, "c-topic-queue")
    arn = topic(cloud, "c-topic", "lambda", cloud.function("c-notified"))
    client = cloud.client("sns")
    client.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)
    client.set_topic_attributes(TopicArn=arn, AttributeName="TracingConfig", AttributeValue="Active")
    traced(client).publish(TopicArn=arn, Message="hello")
    eventually(lambda: len(segment(cloud, arn)["subsegments"]) == 2)
    whole = segment(cloud, arn)
    assert (whole["origin"], whole["parent_id"], whole["trace_id"]) == ("AWS::SNS", PARENT, ROOT)
    parts = {part["name"]: part for part in whole["subsegments"]}
    assert parts["Lambda"]["aws"]["resource_names"] == ["c-notified"]
    below = segment(cloud, "c-notified")
    assert (below["parent_id"], below["http"]["response"]["status"]) == (parts["Lambda"]["id"], 202)
    names = ["AWSTraceHeader"]
    (message,) = cloud.client("sqs").receive_message(QueueUrl=url, AttributeNames=names)["Messages"]
    assert message["Attributes"]["AWSTraceHeader"] == f"Root={ROOT};Parent={parts['SQS']['id']};Sampled=1"


def test_a_topic_without_tracing_passes_the_trace_on(cloud: StandInCloud) -> None:
    """Its messages keep the publisher's header."""
    url, queue_arn = queue(cloud, "c-plain-queue")
    arn = topic(cloud, "c-plain-topic", "sqs", queue_arn)
    traced(cloud.client("sns")).publish(TopicArn=arn, Message="hello")
    names = ["AWSTraceHeader"]
    (message,) = cloud.client("sqs").receive_message(QueueUrl=url, AttributeNames=names)["Messages"]
    assert message["Attributes"]["AWSTraceHeader"] == f"Root={ROOT};Parent={PARENT};Sampled=1"
    assert not [e for e in cloud.ledger.read("segment") if e["document"]["name"] == arn]
