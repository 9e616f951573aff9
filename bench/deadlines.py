"""How long `diagnose --deadlines` takes over saved evidence of 1,000 functions, with logs and sources in it."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, PERMISSION, Inventory, Resource
from shopfast_obs.model.sources import Client, Package, Source
from shopfast_obs.model.telemetry import LogEvent, Observations, TimeRange
from shopfast_obs.parse import recording

COMMAND = Path(sys.executable).with_name("shopfast-obs")
FUNCTIONS, LINES, RUNS = 1_000, 50, 5
RUNTIMES = ("python3.9", "python3.10", "python3.13", "nodejs18.x", "provided.al2", "dotnet8", "java11")
VERSIONS = ("==1.34.0", "==1.44.8", ">=1.26")
START = 1_800_000_000.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evidence.json.gz"
        file.write_bytes(recording.write([recorded()]))
        command = [str(COMMAND), "diagnose", "--deadlines", "--evidence", str(file), "--format", "json"]
        took, used = [], []
        for _ in range(RUNS):
            before, spent = time.perf_counter(), processor()
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            took.append(time.perf_counter() - before)
            used.append(processor() - spent)
            assert done.returncode == 1, done.stderr
        print(
            f"{FUNCTIONS:,} functions, {file.stat().st_size / 1e6:.1f} MB: {statistics.median(took):.2f} s (bound: 2), "
            f"{statistics.median(used):.2f} s of the processor"
        )


def processor() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def recorded() -> Recording:
    """An account whose functions differ as they do, each with its log."""
    resources = [resource for number in range(FUNCTIONS) for resource in declared(number)]
    logs = {f"/aws/lambda/f{number}": lines(number) for number in range(FUNCTIONS)}
    observations = Observations(TimeRange(START, START + 900), logs=logs)
    sources = {f"f{number}": source(number) for number in range(FUNCTIONS)}
    return Recording(Inventory("bench", tuple(resources)), observations, sources)


def declared(number: int) -> list[Resource]:
    name = f"f{number}"
    runtime = RUNTIMES[number % len(RUNTIMES)]
    found = [Resource(FUNCTION, name, properties={"Runtime": runtime, "Timeout": 10, "MemorySize": 256})]
    if number % 5 == 0:
        url = {"TargetFunctionArn": name, "AuthType": "NONE"}
        right = {"FunctionName": name, "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
        found.append(Resource(FUNCTION_URL, f"u{number}", properties=url))
        found.append(Resource(PERMISSION, f"p{number}", properties=right))
    return found


def lines(number: int) -> tuple[LogEvent, ...]:
    group = f"/aws/lambda/f{number}"
    return tuple(LogEvent(START + n, f"a line of the log, number {n}", group, "stream") for n in range(LINES))


def source(number: int) -> Source:
    imports = tuple(sorted({"aws_lambda_powertools.Tracer", "boto3", *(f"library{n}.part" for n in range(20))}))
    package = Package("boto3", VERSIONS[number % len(VERSIONS)], "src/requirements.txt")
    return Source((Client("dynamodb", "app.py", 3),), modules=("src/app.py",), imports=imports, packages=(package,))
