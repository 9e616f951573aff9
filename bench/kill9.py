"""The cloud is killed with SIGKILL under traffic, `--times` often: what of the acknowledged is lost, and how long until
it serves again. Telemetry and alarm states must all be there; the application as it was at most a second before.
With `--full-disk` its disk (a small tmpfs, which needs root) fills and frees itself all the while."""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench._clouds import client, create_function, free_port, known, spread
from bench._disk import SmallDisk
from bench._traffic import ALARM, GROUP, NAMESPACE, STREAM, TABLE, Traffic
from shopfast_obs.localcloud import process

CODE = "import os\ndef lambda_handler(event, context): return os.environ['ROUND']"
STACK = """{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "kill9"}}}}"""
TRAFFIC_SECONDS = (1.6, 2.6)  # more than a second, so that there is something that has to be back
LAPSE = 1.0  # seconds of the application's state that a kill may cost


@dataclass(slots=True)
class Tally:
    """What all rounds together have shown."""

    acknowledged: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    oldest: dict[str, float] = field(default_factory=dict)  # seconds before the kill of the oldest thing that is gone
    serving: list[float] = field(default_factory=list)
    invocations: int = 0

    def add(self, name: str, expected: set[str], found: set[str]) -> None:
        """Count what should be there and is not."""
        self.acknowledged[name] += len(expected)
        self.lost[name] += len(expected - found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench kill9")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--full-disk", action="store_true")
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        disk = SmallDisk(Path(folder)) if arguments.full_disk else None
        with disk or contextlib.nullcontext():
            state = Path(folder) / "state"
            info = known(process.start(state, free_port()))
            try:
                prepare(info.endpoint_url)
                for number in range(arguments.times):
                    info = one_round(info, f"{number:03d}", tally, disk)
            finally:
                process.stop(state)
    show(arguments.times, tally)


def prepare(url: str) -> None:
    """What is deployed once and must come back every time."""
    create_function(url, "kill9", CODE, Environment={"Variables": {"ROUND": "none"}})
    logs = client(url, "logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    client(url, "cloudwatch").put_metric_alarm(
        AlarmName=ALARM, Namespace=NAMESPACE, MetricName="Nothing", Statistic="Sum", Period=86400,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
    )  # fmt: skip
    client(url, "dynamodb").create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("round", "thing")],
        KeySchema=[{"AttributeName": "round", "KeyType": "HASH"}, {"AttributeName": "thing", "KeyType": "RANGE"}],
    )  # fmt: skip
    client(url, "cloudformation").create_stack(StackName="kill9", TemplateBody=STACK)


def one_round(info: process.CloudInfo, name: str, tally: Tally, disk: SmallDisk | None = None) -> process.CloudInfo:
    """Traffic, a kill, a start, and a look at what is there."""
    deploy_round(info.endpoint_url, name)
    traffic = Traffic(info.endpoint_url, name)
    traffic.start()
    with disk.filling() if disk else contextlib.nullcontext():
        time.sleep(random.uniform(*TRAFFIC_SECONDS) * (2 if disk else 1))
        killed = time.monotonic()
        os.kill(info.pid, signal.SIGKILL)
        traffic.stop()
    tally.refused += traffic.refused
    begun = time.monotonic()
    again = known(process.start(info.state, info.port))
    answer = client(again.endpoint_url, "lambda").invoke(FunctionName="kill9", Payload=b"{}")["Payload"].read()
    tally.serving.append(time.monotonic() - begun)
    tally.invocations += traffic.invocations
    tally.add("deployed functions", {name}, {str(answer).strip("b'\"")})
    compare(again.endpoint_url, name, traffic, killed, tally)
    return again


def deploy_round(url: str, name: str) -> None:
    """A change of the application more than a second before the kill: a queue, a function's configuration."""
    client(url, "sqs").create_queue(QueueName=f"kill9-{name}")
    environment = {"Variables": {"ROUND": name}}
    client(url, "lambda").update_function_configuration(FunctionName="kill9", Environment=environment)


def compare(url: str, name: str, traffic: Traffic, killed: float, tally: Tally) -> None:
    """Count what was acknowledged and what of it the restarted cloud has."""
    stacks = client(url, "cloudformation").describe_stacks()["Stacks"]
    tally.add("stacks", {"CREATE_COMPLETE"}, {stack["StackStatus"] for stack in stacks})
    found = {
        "segments": segments(client(url, "xray"), traffic.trace_id),
        "log lines": log_lines(client(url, "logs"), name),
        "table items": items(client(url, "dynamodb"), name),
        "queue messages": messages(client(url, "sqs"), name),
    }
    for kind, there in found.items():
        seen, lapse = traffic.seen[kind], 0.0 if traffic.kinds[kind].durable else LAPSE
        gone = seen.until(killed) - there
        if gone:
            oldest = killed - min(seen.answered[thing] for thing in gone)
            tally.oldest[kind] = max(tally.oldest.get(kind, 0.0), oldest)
        tally.add(kind, seen.until(killed - lapse) if lapse else set(seen.answered), there)
    compare_measured(client(url, "cloudwatch"), name, traffic, tally)


def compare_measured(api: Any, name: str, traffic: Traffic, tally: Tally) -> None:  # noqa: ANN401 - boto3 has no types
    """Metrics are counted; the alarm has the last state that was acknowledged, or the one that was on its way."""
    metrics = traffic.seen["metrics"]
    count = samples(api, name)
    tally.acknowledged["metrics"] += len(metrics.answered)
    tally.lost["metrics"] += max(0, len(metrics.answered) - count)
    assert count <= len(metrics.sent), f"{count} observations of {len(metrics.sent)}"
    states = traffic.seen["alarm states"]
    reason = api.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]["StateReason"]
    last = max(states.answered)
    tally.add("alarm states", {"the last"}, {"the last"} if last <= reason <= max(states.sent) else set())


def segments(api: Any, trace_id: str) -> set[str]:  # noqa: ANN401
    traces = api.batch_get_traces(TraceIds=[trace_id])["Traces"]
    return {f"{int(segment['Id'], 16):06d}" for trace in traces for segment in trace["Segments"]}


def log_lines(api: Any, name: str) -> set[str]:  # noqa: ANN401
    pages = api.get_paginator("filter_log_events").paginate(logGroupName=GROUP, filterPattern=f'"{name} "')
    return {event["message"].split()[1] for page in pages for event in page["events"]}


def items(api: Any, name: str) -> set[str]:  # noqa: ANN401
    values = {":round": {"S": name}}
    pages = api.get_paginator("query").paginate(
        TableName=TABLE, KeyConditionExpression="#r = :round", ExpressionAttributeNames={"#r": "round"},
        ExpressionAttributeValues=values,
    )  # fmt: skip
    return {item["thing"]["S"] for page in pages for item in page["Items"]}


def messages(api: Any, name: str) -> set[str]:  # noqa: ANN401
    url = api.get_queue_url(QueueName=f"kill9-{name}")["QueueUrl"]
    found: set[str] = set()
    while batch := api.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages"):
        found |= {message["Body"] for message in batch}
    api.delete_queue(QueueUrl=url)
    return found


def samples(api: Any, name: str) -> int:  # noqa: ANN401
    end = datetime.now(UTC) + timedelta(minutes=1)
    points = api.get_metric_statistics(
        Namespace=NAMESPACE, MetricName="Thing", Dimensions=[{"Name": "Round", "Value": name}],
        StartTime=end - timedelta(minutes=30), EndTime=end, Period=3600, Statistics=["SampleCount"],
    )["Datapoints"]  # fmt: skip
    return int(sum(point["SampleCount"] for point in points))


def show(times: int, tally: Tally) -> None:
    print(f"killed {times} times; {tally.invocations} invocations answered, {tally.refused} writes refused:")
    for kind, count in tally.acknowledged.items():
        oldest = f"   (oldest thing gone: {tally.oldest[kind]:.2f} s before the kill)" if kind in tally.oldest else ""
        print(f"  {kind:20} {count:7} acknowledged and due   {tally.lost[kind]:4} lost{oldest}")
    print(f"from start to the first answer of a function   s  {spread(tally.serving)}")
    print(f"mean {statistics.mean(tally.serving):.2f} s")


if __name__ == "__main__":
    main()
