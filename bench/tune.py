"""Tuning of a function that computes and one that waits: the choice, and the curve beside sizes measured one by one."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench._clouds import client, create_function, local_cloud
from shopfast_obs.cloud.trials import Versions

CLI = Path(__file__).parents[1] / "cli.py"
SIZES = (128, 256, 512, 1024, 1769)
INVOCATIONS = 8
COMPUTES = """
import hashlib
def lambda_handler(event, context):
    data = b"x"
    for _ in range(400_000):
        data = hashlib.sha256(data).digest()
    return len(data)
"""
WAITS = """
import boto3
sqs = boto3.client("sqs")
def lambda_handler(event, context):
    return len(sqs.receive_message(QueueUrl=event["queue"], WaitTimeSeconds=1).get("Messages", []))
"""


def main() -> None:
    with local_cloud() as cloud:
        queue = client(cloud.endpoint_url, "sqs").create_queue(QueueName="empty")["QueueUrl"]
        for name, code in (("computes", COMPUTES), ("waits", WAITS)):
            create_function(cloud.endpoint_url, name, code, MemorySize=128, Timeout=30)
            payload = json.dumps({"queue": queue})
            curve = tuned(cloud.state, name, payload)
            alone = separately(cloud.endpoint_url, name, payload)
            for size in SIZES:
                print(
                    f"{name:9} {size:5} MB  tune {curve[size] * 1000:7.1f} ms  "
                    f"separately {alone[size] * 1000:7.1f} ms  {curve[size] / alone[size] - 1:+6.1%}"
                )


def tuned(state: Path, name: str, payload: str) -> Mapping[int, float]:
    """The medians that the command measures; what it chooses is printed."""
    line = [sys.executable, str(CLI), "tune", name, "--payload", payload, "--memory", ",".join(map(str, SIZES))]
    line += ["--invocations", str(INVOCATIONS), "--format", "json"]
    done = subprocess.run(line, env={"SHOPFAST_OBS_STATE": str(state.parent)}, capture_output=True, check=True)
    found = json.loads(done.stdout)
    print(f"{name}: {found['choice']}, scaling {found['scaling']:.2f}")
    return {size["memory_mb"]: size["p50"] for size in found["sizes"]}


def separately(url: str, name: str, payload: str) -> Mapping[int, float]:
    """The median of as many warm invocations after the function itself was given each size."""
    service = client(url, "lambda")
    medians = {}
    for size in SIZES:
        service.update_function_configuration(FunctionName=name, MemorySize=size)
        service.get_waiter("function_updated_v2").wait(FunctionName=name)
        versions = Versions(service, name)
        reports = [versions.invoke("$LATEST", payload.encode())[0] for _ in range(INVOCATIONS + 1)]
        medians[size] = statistics.median(report.duration for report in reports if report.init is None)
    return medians


if __name__ == "__main__":
    main()
