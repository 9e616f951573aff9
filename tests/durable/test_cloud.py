"""Durable functions on the local cloud: the same as in the SDK's own runner, with one trace, and across a kill."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud import process
from tests.durable import package
from tests.durable.instrumented import HERE, MISSING, ONCE, PYTHON, counted, documents, order, said
from tests.localcloud.conftest import eventually
from tests.localcloud.whole import client

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.exists(), reason=MISSING),
]
SETTINGS = {
    "Runtime": "python3.11",
    "Role": "arn:aws:iam::000000000000:role/r",
    "MemorySize": 1769,
    "Timeout": 30,
    "TracingConfig": {"Mode": "Active"},
    "Environment": {"Variables": {"POWERTOOLS_METRICS_NAMESPACE": "shop", "POWERTOOLS_SERVICE_NAME": "orders"}},
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.CloudInfo]:
    """A cloud with the instrumented order and the approval."""
    root = tmp_path_factory.mktemp("durable")
    running = process.start(root / "cloud", 0)
    code = package.archive(order(root) / "order.py", HERE / "approval.py")
    for handler in ("order.process", "approval.decide"):
        client(running, "lambda").create_function(
            FunctionName=handler.partition(".")[0], Handler=handler, Code={"ZipFile": code},
            DurableConfig={"ExecutionTimeout": 600, "RetentionPeriodInDays": 7}, **SETTINGS,
        )  # fmt: skip
    yield running
    process.stop(running.state)


def lines(cloud: process.CloudInfo, function: str, execution: str) -> list[dict[str, Any]]:
    """What the function wrote for an execution."""
    events = client(cloud, "logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    found = documents(event["message"] for event in events)
    return [line for line in found if line.get("executionArn") == execution]


def test_it_says_and_counts_what_it_does_in_the_sdks_own_runner(cloud: process.CloudInfo) -> None:
    """Two waits and a retry: one id, one count a step, one trace, one execution among Lambda's metrics."""
    answer = client(cloud, "lambda").invoke(
        FunctionName="order",
        DurableExecutionName="first",
        Payload=json.dumps({"id": "o-1", "_correlation_id": "abc"}),
    )
    assert json.loads(answer["Payload"].read()) == {"done": ["o-1 is reserved", "o-1 is charged", "o-1 is shipped"]}
    arn = answer["DurableExecutionArn"]
    told = eventually(lambda: [m for m in said(lines(cloud, "order", arn)) if "failed step" not in m][5:])
    assert told == ["order o-1 ends"]
    assert {line["correlation_id"] for line in lines(cloud, "order", arn)} == {"abc"}
    events = client(cloud, "logs").filter_log_events(logGroupName="/aws/lambda/order")["events"]
    assert counted(documents(event["message"] for event in events)) == ONCE
    reports = [e["message"] for e in events if e["message"].startswith("REPORT")]
    assert len(reports) == 4
    (trace,) = {report.partition("XRAY TraceId: ")[2].split()[0] for report in reports}
    document = eventually(lambda: _attempts(cloud, trace))
    assert document == [("reserve", 1, False), ("charge", 1, True), ("charge", 2, False), ("ship", 1, False)]
    sums = eventually(lambda: _sums(cloud, "order", ("Started", "Succeeded", "Failed"), 2))
    assert sums == {"Started": 1.0, "Succeeded": 1.0}


def _attempts(cloud: process.CloudInfo, trace: str) -> list[tuple[str, int, bool]]:
    (found,) = client(cloud, "xray").batch_get_traces(TraceIds=[trace])["Traces"]
    steps: list[tuple[float, str, int, bool]] = []

    def look(part: dict[str, Any]) -> None:
        notes = part.get("annotations", {})
        if "attempt" in notes:
            steps.append((part["start_time"], part["name"], int(notes["attempt"]), part.get("fault", False)))
        for below in part.get("subsegments", []):
            look(below)

    for segment in found["Segments"]:
        look(json.loads(segment["Document"]))
    return [(name, attempt, fault) for _, name, attempt, fault in sorted(steps)] if len(steps) == 4 else []


def _sums(cloud: process.CloudInfo, function: str, names: tuple[str, ...], wanted: int) -> dict[str, float]:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    sums = {}
    for name in names:
        points = client(cloud, "cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda", MetricName=f"DurableExecution{name}", Period=86400, Statistics=["Sum"],
            Dimensions=[{"Name": "FunctionName", "Value": function}],
            StartTime=now - timedelta(days=1), EndTime=now + timedelta(days=1),
        )["Datapoints"]  # fmt: skip
        if points:
            sums[name] = sum(point["Sum"] for point in points)
    return sums if len(sums) >= wanted else {}


def test_a_failed_execution_is_an_error_for_its_caller_and_a_name_is_taken_once(cloud: process.CloudInfo) -> None:
    """The same name and input are the same execution, another input is refused."""
    lambda_client = client(cloud, "lambda")
    given = {"FunctionName": "order", "DurableExecutionName": "second"}
    answer = lambda_client.invoke(**given, Payload=json.dumps({"id": "o-2", "refused": True}))
    assert answer["FunctionError"] == "Unhandled"
    body = json.loads(answer["Payload"].read())
    assert (body["errorType"], body["errorMessage"]) == ("ValueError", "nobody is at home")
    again = lambda_client.invoke(**given, Payload=json.dumps({"id": "o-2", "refused": True}))
    assert again["DurableExecutionArn"] == answer["DurableExecutionArn"]
    with pytest.raises(lambda_client.exceptions.DurableExecutionAlreadyStartedException):
        lambda_client.invoke(**given, Payload=json.dumps({"id": "o-3"}))
    told = lambda_client.get_durable_execution(DurableExecutionArn=answer["DurableExecutionArn"])
    assert (told["Status"], told["DurableExecutionName"]) == ("FAILED", "second")


def test_an_execution_that_waits_outlives_a_kill(cloud: process.CloudInfo) -> None:
    """Asked for asynchronously, killed with the cloud while it waits for an answer, and answered in the next one."""
    lambda_client = client(cloud, "lambda")
    asked = lambda_client.invoke(FunctionName="approval", InvocationType="Event", Payload=json.dumps({"wait": 1}))
    arn = asked["DurableExecutionArn"]

    def callback() -> str:
        events = lambda_client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
        ended = any(event["EventType"] == "InvocationCompleted" for event in events)
        started = [e["CallbackStartedDetails"]["CallbackId"] for e in events if e["EventType"] == "CallbackStarted"]
        return started[0] if ended and started else ""

    identity = eventually(callback, 60)
    eventually(lambda: identity in _stored(cloud.state))
    os.kill(cloud.pid, signal.SIGKILL)
    process.start(cloud.state, cloud.port)
    lambda_client.send_durable_execution_callback_success(CallbackId=identity, Result=b"yes")

    def ended() -> dict[str, Any] | None:
        told = lambda_client.get_durable_execution(DurableExecutionArn=arn)
        return told if told["Status"] != "RUNNING" else None

    told = eventually(ended, 60)
    assert (told["Status"], json.loads(told["Result"])) == ("SUCCEEDED", {"answer": "yes", "by": 1})


def _stored(state: Path) -> str:
    return "".join(path.read_text() for path in state.rglob("lambda_durable.json"))
