"""`@observed` with real Powertools: harmless, and evidence before the deadline."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shopfast_obs.runtime import annotation, current_id, observed, powertools, sources, switches
from shopfast_obs.runtime.deadline import seconds_until

HANDLER = """
import time
from aws_lambda_powertools import Logger, Metrics, Tracer
from shopfast_obs.runtime import current_id, observed

logger = Logger(service="orders")
tracer = Tracer(service="orders")
metrics = Metrics(namespace="shop", service="orders")


@tracer.capture_method(capture_response=False)
def slow_query(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@observed
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context
def lambda_handler(event, context):
    metrics.add_metric("Orders", "Count", 1)
    logger.info("working")
    slow_query(event["seconds"])
    return current_id()
"""

DRIVER = """
import json, sys, time, types
sys.path.insert(0, sys.argv[1])
import handler
seconds, timeout = json.loads(sys.argv[2])
end = time.monotonic() + timeout
context = types.SimpleNamespace(
    aws_request_id="r-1", function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn:f",
    client_context=None, get_remaining_time_in_millis=lambda: (end - time.monotonic()) * 1000,
)
event = {"seconds": seconds, "headers": {"x-correlation-id": "abc"}}
print(json.dumps({"result": handler.lambda_handler(event, context)}))
"""


TWICE = """
import os, sys, types
sys.path.insert(0, sys.argv[1])
import handler
context = types.SimpleNamespace(
    aws_request_id="r-1", function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn:f",
    client_context=None, get_remaining_time_in_millis=lambda: 30000,
)
for parent in ("53995c3f42cd8ad8", "63995c3f42cd8ad8"):
    os.environ["_X_AMZN_TRACE_ID"] = f"Root=1-5759e988-bd862e3fe1be46a994272793;Parent={parent};Sampled=1"
    handler.lambda_handler({"seconds": 0}, context)
"""


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """Where the X-Ray SDK sends its datagrams."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        yield server


def run(
    folder: Path, daemon: socket.socket, seconds: float, timeout: float, driver: str = DRIVER, **env: str
) -> list[dict[str, Any]]:
    """The JSON lines that a process with the handler writes."""
    (folder / "handler.py").write_text(HANDLER)
    host, port = daemon.getsockname()
    done = subprocess.run(
        [sys.executable, "-c", driver, str(folder), json.dumps([seconds, timeout])],
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_XRAY_DAEMON_ADDRESS": f"{host}:{port}",
            "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            **env,
        },
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def documents(daemon: socket.socket) -> list[dict[str, Any]]:
    """The segment documents that have arrived."""
    found = []
    while True:
        try:
            found.append(json.loads(daemon.recv(65536).split(b"\n", 1)[1]))
        except BlockingIOError:
            return found


def test_a_request_in_time_is_logged_with_its_id_and_nothing_is_said_of_a_deadline(
    tmp_path: Path, daemon: socket.socket
) -> None:
    """Its metrics come once, its subsegment once."""
    lines = run(tmp_path, daemon, 0.0, 30)
    assert [line.get("message") for line in lines] == ["working", None, None]
    assert lines[0]["correlation_id"] == "abc"
    assert lines[1]["Orders"] == [1.0]
    assert lines[2] == {"result": "abc"}
    assert [d["name"] for d in documents(daemon)] == ["## handler.slow_query", "## lambda_handler"]


def test_before_the_deadline_it_says_what_is_running_and_nothing_is_lost(tmp_path: Path, daemon: socket.socket) -> None:
    """One line names the code and the open subsegments; metrics are flushed; the trace arrives closed and faulty. A
    function that ends after all still answers, and counts nothing twice."""
    lines = run(tmp_path, daemon, 1.2, 1.0, SHOPFAST_OBS_DEADLINE_MARGIN_MS="400")
    (said,) = [line for line in lines if line.get("level") == "ERROR"]
    assert said["message"].startswith("The deadline is near")
    assert said["correlation_id"] == "abc"
    assert said["running"][0].startswith("handler.py:")
    assert said["running"][0].endswith("slow_query")
    assert [e["name"] for e in said["open_subsegments"]] == ["## lambda_handler", "## handler.slow_query"]
    assert [line["Orders"] for line in lines if "Orders" in line] == [[1.0]]
    assert lines[-1] == {"result": "abc"}
    early, _, late = documents(daemon)
    assert early["id"] == late["id"]
    assert (early["fault"], "in_progress" in early, "fault" in late) == (True, False, False)
    assert early["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert early["subsegments"][0]["end_time"] >= early["subsegments"][0]["start_time"]


def test_requests_of_one_trace_keep_their_own_subsegments(tmp_path: Path, daemon: socket.socket) -> None:
    """As the steps of a workflow in one execution environment are; the SDK alone would give all to the first."""
    run(tmp_path, daemon, 0, 30, TWICE)
    handlers = [document for document in documents(daemon) if document["name"] == "## lambda_handler"]
    assert [document["parent_id"] for document in handlers] == ["53995c3f42cd8ad8", "63995c3f42cd8ad8"]


def test_both_can_be_switched_off(tmp_path: Path, daemon: socket.socket) -> None:
    """By environment variable."""
    lines = run(
        tmp_path, daemon, 0.6, 0.7, SHOPFAST_OBS_DEADLINE="off", SHOPFAST_OBS_CORRELATION="off",
        SHOPFAST_OBS_DEADLINE_MARGIN_MS="500",
    )  # fmt: skip
    assert not [line for line in lines if line.get("level") == "ERROR"]
    assert "correlation_id" not in lines[0]
    assert lines[-1] == {"result": ""}


def test_the_handler_keeps_its_name_its_answer_and_its_errors() -> None:
    """What is raised inside comes out as it is."""

    @observed
    def lambda_handler(event: Any, context: Any) -> Any:
        if event == "fail":
            raise KeyError("x")
        return event, current_id()

    assert lambda_handler.__name__ == "lambda_handler"
    assert lambda_handler("e", SimpleNamespace(aws_request_id="r-9")) == ("e", "r-9")
    with pytest.raises(KeyError):
        lambda_handler("fail", SimpleNamespace())


def test_a_defect_in_the_layer_does_not_reach_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Correlation and guard may break; the handler runs."""

    def broken(*_: object) -> Any:
        raise RuntimeError("defect")

    monkeypatch.setattr(sources, "of", broken)
    monkeypatch.setattr(annotation, "begin", broken)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 1000)
    assert observed(lambda event, _: event)(5, context) == 5


def test_no_powertools_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to set, nothing to flush."""
    monkeypatch.delitem(sys.modules, "aws_lambda_powertools.metrics.metrics", raising=False)
    assert list(powertools.metrics()) == []


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, 0.3),
        ({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}, 0.3),
        ({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}, 0.6),
        ({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "SHOPFAST_OBS_DEADLINE_MARGIN_MS": "450"}, 0.45),
        ({"SHOPFAST_OBS_DEADLINE_MARGIN_MS": "soon"}, 0.3),
        ({"SHOPFAST_OBS_DEADLINE_MARGIN_MS": "-1"}, 0.3),
    ],
)
def test_the_margin_is_as_set_or_what_the_last_word_takes(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], seconds: float
) -> None:
    """Little memory means little CPU."""
    for name in ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "SHOPFAST_OBS_DEADLINE_MARGIN_MS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert switches.margin() == pytest.approx(seconds)


@pytest.mark.parametrize(("remaining", "seconds"), [(3000, 2.7), (600, 0.3), (200, 0.1)])
def test_the_guard_speaks_a_margin_before_the_end(remaining: float, seconds: float) -> None:
    """Half-way when there is little time at all."""
    assert seconds_until(remaining, 0.3) == pytest.approx(seconds)
