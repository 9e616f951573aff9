"""What instrumentation costs: time in a warm request and in the init, memory, the layer's size, the codemods' speed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import libcst as cst

from shopfast_obs.changes import engine
from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.infrastructure.layer import archive
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected

HANDLER = """
import json
import boto3

client = boto3.client("dynamodb", region_name="eu-west-1")


def total(items):
    return sum(item["price"] * item["quantity"] for item in items)


def lambda_handler(event, context):
    items = json.loads(event["body"])["items"]
    return {"statusCode": 200, "body": json.dumps({"total": total(items)})}
"""
POWERTOOLS = ("logger", "tracer", "metrics")
DRIVER = """
import json, os, sys, time, types
sys.path.insert(0, sys.argv[1])
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
import json as _
started, before = time.process_time(), resident()
import handler
init, memory = time.process_time() - started, resident() - before
out = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
end = time.monotonic() + 3600
context = types.SimpleNamespace(
    aws_request_id="r", function_name="f", function_version="1", memory_limit_in_mb="512",
    invoked_function_arn="arn:f", client_context=None, get_remaining_time_in_millis=lambda: 30000)
event = {"requestContext": {"http": {"method": "POST"}}, "routeKey": "POST /orders", "rawPath": "/orders",
         "headers": {"x-correlation-id": "abc"},
         "body": json.dumps({"items": [{"price": 3, "quantity": n} for n in range(20)]})}
times = []
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    handler.lambda_handler(event, context)
    times.append(time.perf_counter() - began)
os.write(out, json.dumps({"init": init, "memory": memory, "times": times}).encode())
"""
SHARE = 512 / 1769
FILES, HANDLERS = 1400, 350
LOGGING = """import logging

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
"""
SAYS = """    logger.info("got %s", event)
    print("body", event["body"])
    try:
        client.describe_table(TableName="x")
    except Exception:
        pass
"""
ROUNDS = 9
SPEED_ROUNDS = 3


def main() -> None:
    """Print the figures."""
    sources = {"plain": HANDLER, "Powertools alone": _with(*POWERTOOLS), "ours": _with(*POWERTOOLS, "runtime")}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in sources}
    for _ in range(ROUNDS):  # in turn, so that a busy moment of the machine meets all of them
        for name, source in sources.items():
            runs[name].append(_run(source))
    plain = _median(runs["plain"], "warm")
    alone = _median(runs["Powertools alone"], "init")
    for name, results in runs.items():
        warm = (_median(results, "warm") - plain) * 1000
        init = _median(results, "init")
        print(
            f"{name:17} warm {warm:+7.3f} ms ({warm / SHARE:+.3f} ms at 512 MB), init {init * 1000:6.1f} ms of CPU "
            f"({100 * (init / alone - 1):+.1f} % of Powertools alone), memory {_median(results, 'memory'):5.1f} MB"
        )
    print(f"runtime layer     {len(archive()):,} bytes")
    _speed()


def _with(*codemods: str) -> str:
    return transform(HANDLER, ModuleContext(("lambda_handler",)), selected(only=codemods)).source


def _run(source: str) -> dict[str, float]:
    """One process with the handler; its X-Ray daemon is nobody, as datagrams are not waited for."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "handler.py").write_text(source)
        done = subprocess.run(
            [sys.executable, "-c", DRIVER, folder, "3000"],
            capture_output=True, text=True, check=True,
            env={**os.environ, "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9", "POWERTOOLS_METRICS_NAMESPACE": "shop",
                 "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
                 "LAMBDA_TASK_ROOT": folder, "AWS_LAMBDA_FUNCTION_NAME": "f"},
        )  # fmt: skip
    found = json.loads(done.stdout)
    return {"init": found["init"], "memory": found["memory"], "warm": statistics.median(found["times"])}


def _median(results: list[dict[str, float]], key: str) -> float:
    return statistics.median(result[key] for result in results)


def _speed() -> None:
    """A tree of many files of which few are handlers, against what LibCST needs to parse and print those: in time of
    the processor, on one core, so that other work on the machine counts little."""
    everything = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everything)})
    try:
        for profile in ("decorators", "all"):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                first = [_ratio(root, _tree(root), profile, HANDLERS) for _ in range(SPEED_ROUNDS)]
                planned = for_paths([root], root, selected(profile=profile))
                engine.apply(planned.plan, root, root / ".state")
                second = [_ratio(root, _handlers(root), profile, 0) for _ in range(SPEED_ROUNDS)]
            print(
                f"{FILES} files, {HANDLERS} handlers, {profile}: {statistics.median(first):.2f} times what LibCST "
                f"needs to parse and print those (bound: 2.5); a second run, which changes nothing, "
                f"{statistics.median(second):.2f} (bound: 1.5)"
            )
    finally:
        os.sched_setaffinity(0, everything)


def _tree(root: Path) -> list[Path]:
    """The files; each handler also logs, prints and swallows an exception."""
    other = HANDLER.replace("lambda_handler(event, context)", "compute(values, weights)").replace("event", "values")
    said = HANDLER.replace("import boto3\n", LOGGING).replace("    items = json", f"{SAYS}    items = json")
    for number in range(FILES):
        path = root / f"p{number // 100}" / f"m{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text((said if number % (FILES // HANDLERS) == 0 else other) + other * 4)
    return _handlers(root)


def _handlers(root: Path) -> list[Path]:
    return [root / f"p{n // 100}" / f"m{n}.py" for n in range(0, FILES, FILES // HANDLERS)]


def _ratio(root: Path, handlers: list[Path], profile: str, changed: int) -> float:
    """Seconds of the processor that the whole plan and its diff take, by those that LibCST needs for the handlers."""
    started = time.process_time()
    for path in handlers:
        cst.parse_module(path.read_text()).code  # noqa: B018 - printing is what is measured
    needed = time.process_time() - started
    started = time.process_time()
    found = for_paths([root], root, selected(profile=profile))
    engine.diff(found.plan)
    took = time.process_time() - started
    assert sum(file.status == "changed" for file in found.files) == changed
    return took / needed


if __name__ == "__main__":
    main()
