"""Tuning of a function that computes and one that waits: the choice, and the curve beside sizes measured separately.

Separately means: a function of its own for each size, deployed with that size and never touched. It is invoked right
after `tune` has invoked its version of the size, so that both meet the same machine: the ratio of the two is measured.
"""
# ruff: noqa: ANN401 - boto3 makes its clients at run time

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from click.testing import CliRunner

from bench._clouds import client, create_function, local_cloud
from shopfast_obs import cli, settings
from shopfast_obs.analysis.sizing.tuning import EXTREMES
from shopfast_obs.analysis.statistics import trimmed_mean
from shopfast_obs.cli.app import App
from shopfast_obs.cloud.changes.memory_trials import Versions
from shopfast_obs.localcloud.process import CloudInfo

SIZES = (128, 256, 512, 1024, 1769)
COMPUTES = """
import hashlib
def lambda_handler(event, context):
    data = b"x"
    for _ in range(200_000):
        data = hashlib.sha256(data).digest()
    return len(data)
"""
WAITS = """
import boto3
sqs = boto3.client("sqs")
def lambda_handler(event, context):
    return len(sqs.receive_message(QueueUrl=event["queue"], WaitTimeSeconds=1).get("Messages", []))
"""
FUNCTIONS = (("computes", COMPUTES, 15), ("waits", WAITS, 8))  # and how often they are invoked at each size


class Beside:
    """A Lambda client that, after each invocation of a version, invokes the function that has this size for good."""

    def __init__(self, lambda_: Any) -> None:
        self._lambda = lambda_
        self.durations: dict[int, list[float]] = defaultdict(list)  # warm ones by size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lambda, name)

    def invoke(self, **call: Any) -> Any:
        """The answer of the version; what the other reports is kept."""
        answer = self._lambda.invoke(**call)
        name, version = call["FunctionName"], call["Qualifier"]
        size = self._lambda.get_function_configuration(FunctionName=name, Qualifier=version)["MemorySize"]
        report, error = Versions(self._lambda, alone(name, size)).invoke("$LATEST", call["Payload"])
        if error:
            raise RuntimeError(error)
        if report.init is None:
            self.durations[size].append(report.duration)
        return answer


class Tuned(App):
    """A run of the command on the bench's cloud."""

    def __init__(self, cloud: CloudInfo) -> None:
        super().__init__(settings.load(environ={"SHOPFAST_OBS_STATE": str(cloud.state.parent)}))
        self.beside = Beside(super().patient_client("lambda"))

    def patient_client(self, service: str) -> Any:
        """The one that measures twice."""
        assert service == "lambda"
        return self.beside


def main() -> None:
    with local_cloud() as cloud:
        queue = client(cloud.endpoint_url, "sqs").create_queue(QueueName="empty")["QueueUrl"]
        for name, code, count in FUNCTIONS:
            create_function(cloud.endpoint_url, name, code, MemorySize=128, Timeout=30)
            for size in SIZES:
                create_function(cloud.endpoint_url, alone(name, size), code, MemorySize=size, Timeout=30)
            curve, separately = measured(cloud, name, json.dumps({"queue": queue}), count)
            for size in SIZES:
                print(
                    f"{name:9} {size:5} MB  tune {curve[size] * 1000:7.1f} ms  "
                    f"separately {separately[size] * 1000:7.1f} ms  {curve[size] / separately[size] - 1:+6.1%}"
                )


def alone(name: str, size: int) -> str:
    """The name of the function that has this size for good."""
    return f"{name}-{size}"


def measured(cloud: CloudInfo, name: str, payload: str, count: int) -> tuple[Mapping[int, float], Mapping[int, float]]:
    """The curve that the command measures, and those of the functions beside it; what it chooses is printed."""
    app = Tuned(cloud)
    line = ["tune", name, "--payload", payload, "--memory", ",".join(map(str, SIZES))]
    line += ["--invocations", str(count), "--format", "json"]
    done = CliRunner().invoke(cli.main, line, obj=app, catch_exceptions=False)
    if done.exit_code:
        raise RuntimeError(done.output)
    found = json.loads(done.stdout)
    print(f"{name}: {found['choice']}, scaling {found['scaling']:.2f}")
    separately = {size: trimmed_mean(durations, EXTREMES) for size, durations in app.beside.durations.items()}
    return {size["memory_mb"]: size["typical"] for size in found["sizes"]}, separately


if __name__ == "__main__":
    main()
