"""An application of somebody's, led through the commands as its owner would: what all of them have in common."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

from tests.abroad.templates import PROPERTIES
from tests.localcloud.keys import control
from tests.story.conftest import Project, eventually

HERE = Path(__file__).parent
LINES = 'from shopfast_obs.constructs import apply_overlay\napply_overlay(app, "overlay.json")\n'
IGNORED = {".shopfast", "__pycache__", ".pytest_cache"}
UNWATCHED = {
    *("lambda-no-alarm", "api-no-alarm", "url-no-alarm", "http-api-no-alarm", "dynamodb-no-alarm", "stream-no-alarm"),
    *("sqs-no-alarm", "sns-no-alarm", "sqs-dead-letters-unwatched", "event-rule-no-alarm", "workflow-no-alarm"),
}
ROUNDS = 10  # minutes of the cloud's clock in which an alarm has to change
THROTTLED = "ProvisionedThroughputExceededException"
Call = Callable[[], Any]


@dataclass
class Led:
    """One application on its way."""

    project: Project
    alarms: set[str] = field(default_factory=set)

    def physical(self, stack: str, construct: str) -> str:
        """The physical id of the resource whose logical id begins so; nested stacks are looked into."""
        for type_, logical_id, physical_id in self.resources(stack):
            if re.fullmatch(f"{construct}([0-9A-F]{{8}})?", logical_id) and type_ != "AWS::CDK::Metadata":
                return physical_id
        raise AssertionError(f"{stack} has no {construct}")

    def resources(self, stack: str) -> Iterator[tuple[str, str, str]]:
        api = self.project.client("cloudformation")
        for item in api.list_stack_resources(StackName=stack)["StackResourceSummaries"]:
            if item["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from self.resources(item["PhysicalResourceId"].split("/")[1])
            yield item["ResourceType"], item["LogicalResourceId"], item["PhysicalResourceId"]

    def queue(self, stack: str, construct: str) -> Any:
        """The resource of boto3 that stands for a queue."""
        return QueueAt(self.project.client("sqs"), self.physical(stack, construct))

    def states(self) -> dict[str, str]:
        """The state of every alarm."""
        pages = self.project.client("cloudwatch").get_paginator("describe_alarms").paginate()
        return {alarm["AlarmName"]: alarm["StateValue"] for page in pages for alarm in page["MetricAlarms"]}

    def alarms_there(self) -> dict[str, dict[str, Any]]:
        """What defines each alarm, as PutMetricAlarm takes it."""
        pages = self.project.client("cloudwatch").get_paginator("describe_alarms").paginate()
        return {
            alarm["AlarmName"]: {key: alarm[key] for key in PROPERTIES if alarm.get(key) not in ([], None)}
            for page in pages
            for alarm in page["MetricAlarms"]
        }

    def twins(self, stacks: set[str]) -> dict[str, dict[str, Any]]:
        """The alarms that somebody would make who takes logical ids for names."""
        found = {}
        names = {id_: logical for stack in stacks for _, logical, id_ in self.resources(stack)}
        for name, alarm in self.alarms_there().items():
            text = other = json.dumps(alarm)
            for physical, logical_id in names.items():
                for said in (physical, physical.rpartition("/")[2]):
                    other = other.replace(f'"Value": {json.dumps(said)}', f'"Value": "{logical_id}"')
            if other != text:
                found[f"dead-{name}"] = {**json.loads(other), "AlarmName": f"dead-{name}"}
        return found

    def rules(self, line: str = "diagnose --since 2h") -> dict[str, set[str]]:
        """The resources that diagnose names, by rule."""
        found: dict[str, set[str]] = {}
        for finding in self.project.json(line, code=None)["findings"]:
            found.setdefault(finding["rule"], set()).add(finding["resource"])
        return found

    def wait_for(self, names: set[str], state: str, cause: Call) -> None:
        """Cause it minute after minute of the cloud's clock until all these alarms have the state."""
        waiting: dict[str, str] = {}
        for _ in range(ROUNDS):
            cause()
            self.project.advance(60)
            if eventually(lambda: self._all(names, state, waiting), 3):
                return
        raise AssertionError(f"not {state}: {waiting}")

    def _all(self, names: set[str], state: str, waiting: dict[str, str]) -> bool:
        now = self.states()
        waiting.clear()
        waiting |= {name: now.get(name, "not there") for name in names if now.get(name) != state}
        return not waiting

    def throttle(self, *functions: str) -> None:
        """One invocation of each with no concurrency left."""
        api = self.project.client("lambda")
        for name in functions:
            api.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
            try:
                with suppress(api.exceptions.TooManyRequestsException):
                    api.invoke(FunctionName=name, Payload=b"{}")
            finally:
                api.delete_function_concurrency(FunctionName=name)

    @contextmanager
    def unread(self, queue: QueueAt, body: Any) -> Iterator[None]:
        """A message that waits while nothing reads a queue."""
        api = self.project.client("lambda")
        mappings = [item["UUID"] for item in api.list_event_source_mappings()["EventSourceMappings"]]
        for mapping in mappings:
            api.update_event_source_mapping(UUID=mapping, Enabled=False)
        time.sleep(2)  # a reader that is at it
        queue.send(body)
        try:
            yield
        finally:
            for mapping in mappings:
                api.update_event_source_mapping(UUID=mapping, Enabled=True)

    def hand_over(self, function: str, event: Any) -> None:
        """An asynchronous invocation."""
        payload = json.dumps(event).encode()
        self.project.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)

    def throttle_table(self, table: str, key: dict[str, Any]) -> None:
        """One read and one write of a table that DynamoDB throttles: an on-demand table has no capacity to use up."""
        dynamodb = self.project.client("dynamodb")
        state = self.project.settings.state_dir / "cloud"
        for operation in ("GetItem", "PutItem"):
            fault = {"service": "dynamodb", "operation": operation, "error": THROTTLED}
            control(self.project.endpoint, state, "faults", "POST", json.dumps(fault).encode())
        for call in (
            lambda: dynamodb.get_item(TableName=table, Key=key),
            lambda: dynamodb.put_item(TableName=table, Item=key),
        ):
            with suppress(dynamodb.exceptions.ProvisionedThroughputExceededException):
                call()
        control(self.project.endpoint, state, "faults", "DELETE")


@dataclass
class QueueAt:
    """One queue."""

    sqs: Any
    url: str

    def send(self, body: Any) -> None:
        """One message."""
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body))

    def empty(self) -> None:
        """Nothing in it any more; once a minute is enough for SQS."""
        with suppress(self.sqs.exceptions.PurgeQueueInProgress):
            self.sqs.purge_queue(QueueUrl=self.url)


def copied(name: str, folder: Path) -> Project:
    """The application in a folder of its own."""
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*IGNORED))
    return Project(folder)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of the application by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not IGNORED & set(path.relative_to(folder).parts)
    }


def wire(project: Project) -> None:
    """Paste the two lines where the refusal says."""
    program = project.folder / "app.py"
    program.write_text(program.read_text().replace("app.synth()", f"{LINES}app.synth()"))


def post(url: str, body: Any) -> int:
    """The status of a request with a JSON body."""
    return urllib3.request("POST", url, json=body, timeout=40, retries=False).status


def together(*calls: Call) -> None:
    """All at once."""
    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()


def traced(project: Project, functions: set[str]) -> bool:
    """True when a trace has segments of all these functions."""
    xray, now = project.client("xray"), time.time()
    seen: set[str] = set()
    for summary in xray.get_trace_summaries(StartTime=now - 3600, EndTime=now + 3600)["TraceSummaries"]:
        seen |= {item["Name"] for item in summary.get("ServiceIds", ()) if item.get("Type") == "AWS::Lambda::Function"}
    return functions <= seen


def structured(project: Project, function: str, since: int = 0) -> bool:
    """True when every line that the function wrote is a JSON object, and there are some."""
    logs = project.client("logs")
    events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}", startTime=since)["events"]
    return bool(events) and all(event["message"].startswith("{") for event in events)
