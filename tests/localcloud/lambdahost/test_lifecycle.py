"""The life of an execution environment, with real processes."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.localcloud.interface import FunctionHost, Invocation
from shopfast_obs.localcloud.lambdahost import open_host
from shopfast_obs.localcloud.lambdahost.host import LambdaHost
from shopfast_obs.localcloud.lambdahost.sandbox.host_directories import HostContext
from shopfast_obs.localcloud.lambdahost.sandbox.setup import HostLocation
from shopfast_obs.localcloud.observer import Observer
from tests.localcloud.lambdahost.support import SURROUNDINGS, Recorder, WallClock, call, function, package

PID = "import os\ndef lambda_handler(event, context): return os.getpid()"


def kinds(lines: list[str]) -> list[str]:
    """The first word of each line."""
    return [line.split()[0] for line in lines]


def test_a_cold_start_then_a_warm_one(host: FunctionHost, seen: Recorder) -> None:
    """The first invocation initialises and says so, the second reuses the environment and its stream."""
    spec = function("print('loading')\ndef lambda_handler(event, context):\n    print('hi', event)\n    return event")
    first, second = call(host, spec, 1), call(host, spec, 2)
    assert (first.payload, second.payload, first.function_error) == (b"1", b"2", "")
    assert kinds(seen.lines(spec)) == [
        "INIT_START",
        "loading",
        "START",
        "hi",
        "END",
        "REPORT",
        "START",
        "hi",
        "END",
        "REPORT",
    ]
    reports = [line for line in seen.lines(spec) if line.startswith("REPORT")]
    assert re.fullmatch(
        r"REPORT RequestId: \S+\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 1769 MB\t"
        r"Max Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t\n",
        reports[0],
    )
    assert "Init Duration" not in reports[1]
    assert len({stream for group, stream, _, _ in seen.logs if group.endswith(spec.name)}) == 1
    assert seen.metric(spec, "Invocations", 2) == [1, 1]
    assert seen.metric(spec, "Errors", 2) == [0, 0]


def test_a_tail_holds_this_invocation_only(host: FunctionHost) -> None:
    """LogType: Tail returns what was logged since START, at most 4 KB."""
    spec = function("def lambda_handler(event, context): print(event)")
    call(host, spec, "first")
    tail = call(host, spec, "second").log_tail.decode()
    assert tail.startswith("START")
    assert "second" in tail
    assert "first" not in tail
    assert len(call(host, spec, "x" * 9000).log_tail) == 4096


def test_an_exception_of_the_handler(host: FunctionHost, seen: Recorder) -> None:
    """The payload is the runtime's, with Lambda's paths; the environment lives on."""
    spec = function(
        "import os\ndef lambda_handler(event, context):\n    if event: raise KeyError('a')\n    return os.getpid()"
    )
    before = call(host, spec).payload
    failed = call(host, spec, 1)
    error = json.loads(failed.payload)
    assert failed.function_error == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("KeyError", "'a'")
    assert '"/var/task/handler.py", line 3' in error["stackTrace"][0]
    assert [line for line in seen.lines(spec) if line.startswith("[ERROR] KeyError: 'a'\nTraceback")]
    assert call(host, spec).payload == before
    assert seen.metric(spec, "Errors", 3) == [0, 1, 0]


def test_a_timeout_kills_and_the_next_invocation_starts_again(host: FunctionHost, seen: Recorder) -> None:
    """The sandbox is killed at its deadline; the next event waits for a new initialisation, no cold start."""
    spec = function("def lambda_handler(event, context):\n    while event: pass\n    return 'ok'", timeout=1)
    result = call(host, spec, 1)
    assert json.loads(result.payload)["errorType"] == "Sandbox.Timedout"
    assert json.loads(result.payload)["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert result.function_error == "Unhandled"
    assert call(host, spec, 0).payload == b'"ok"'
    lines = seen.lines(spec)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ Task timed out after 1.00 seconds\n\n", lines[2])
    assert "Duration: 1000.00 ms\tBilled" in lines[4]
    assert "\tStatus: timeout\t\n" in lines[4]
    assert kinds(lines[5:]) == ["INIT_START", "START", "END", "REPORT"]
    assert "Init Duration" not in lines[-1]


def test_more_memory_than_configured_kills(host: FunctionHost, seen: Recorder) -> None:
    """The sandbox is killed as Lambda kills it."""
    spec = function("def lambda_handler(event, context): return [bytearray(8 << 20) for _ in range(99)]", memory_mb=128)
    error = json.loads(call(host, spec).payload)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    report = seen.lines(spec)[-1]
    assert "Memory Size: 128 MB\tMax Memory Used: 128 MB" in report
    assert "Status: error\tError Type: Runtime.OutOfMemory" in report


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("os._exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_a_runtime_that_ends_by_itself(host: FunctionHost, statement: str, text: str) -> None:
    """Its exit is the invocation's error."""
    error = json.loads(call(host, function(f"import os\ndef lambda_handler(event, context): {statement}")).payload)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith(text)


def test_a_module_that_cannot_be_imported(host: FunctionHost, seen: Recorder) -> None:
    """Initialisation fails, is tried again inside the invocation, and its error is the answer."""
    spec = function("import nothing_of_that_name")
    result = call(host, spec)
    assert json.loads(result.payload)["errorType"] == "Runtime.ImportModuleError"
    assert result.function_error == "Unhandled"
    lines = [line for line in seen.lines(spec) if not line.startswith("[")]
    assert kinds(lines) == ["INIT_START", "INIT_REPORT", "INIT_START", "INIT_REPORT", "START", "END", "REPORT"]
    assert "Phase: init\tStatus: error\tError Type: Runtime.ImportModuleError" in lines[1]
    assert "Phase: invoke" in lines[3]
    assert "Status: error\tError Type: Runtime.ImportModuleError" in lines[-1]


def test_the_doom_loop(host: FunctionHost, seen: Recorder) -> None:
    """An initialisation that is longer than the timeout succeeds cold, and never again after a kill."""
    spec = function(
        "import time\ntime.sleep(1.5)\ndef lambda_handler(event, context):\n    while event: pass", timeout=1
    )
    assert call(host, spec, 0).function_error == ""
    assert call(host, spec, 1).function_error == "Unhandled"
    assert json.loads(call(host, spec, 0).payload)["errorType"] == "Sandbox.Timedout"
    assert "Phase: invoke\tStatus: timeout\n" in seen.lines(spec)[-5]


def test_a_caller_who_calls_again_at_once_meets_the_same_environment(host: FunctionHost, seen: Recorder) -> None:
    """The answer comes before the platform has recorded the invocation, and nothing of the record is missing then."""
    spec = function(PID)
    answers = {host.invoke(spec, Invocation(f"r-{n}", b"{}", spec.arn)).payload for n in range(20)}
    assert len(answers) == 1
    assert call(host, spec).payload in answers
    assert [line.split()[2] for line in seen.lines(spec) if line.startswith("REPORT")][:20] == [
        f"r-{n}" for n in range(20)
    ]
    assert sum(line.startswith("INIT_START") for line in seen.lines(spec)) == 1


def test_environments_at_the_same_time(host: FunctionHost, seen: Recorder) -> None:
    """Two events at once need two environments; afterwards both are reused."""
    spec = function(
        "import os, time\ndef lambda_handler(event, context):\n    time.sleep(event)\n    return os.getpid()"
    )
    with ThreadPoolExecutor(2) as pool:
        pids = {result.payload for result in pool.map(lambda _: call(host, spec, 0.4), range(2))}
    assert len(pids) == 2
    assert max(seen.metric(spec, "ConcurrentExecutions", 2)) == 2
    assert {call(host, spec, 0).payload for _ in range(3)} <= pids


def test_a_new_revision_gets_a_new_environment(host: FunctionHost) -> None:
    """The old environment ends when the function has changed."""
    spec = function(PID)
    old = int(call(host, spec).payload)
    ended = threading.Event()
    new = int(call(host, replace(spec, revision="2", code_zip=package(PID + "\n"))).payload)
    assert new != old
    for _ in range(100):
        if not Path(f"/proc/{old}").exists():
            ended.set()
            break
        ended.wait(0.05)
    assert ended.is_set()


def test_a_response_that_is_too_large(host: FunctionHost) -> None:
    """Six megabytes is the limit of a response."""
    error = json.loads(call(host, function("def lambda_handler(event, context): return 'x' * 6_500_000")).payload)
    assert error["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_sandbox_stands_still_between_invocations(host: FunctionHost) -> None:
    """A thread that goes on after the handler returned makes no progress until the next event."""
    spec = function(
        "import threading, time\ncount = 0\n"
        "def tick():\n    global count\n    while True:\n        count += 1\n        time.sleep(0.001)\n"
        "threading.Thread(target=tick, daemon=True).start()\n"
        "def lambda_handler(event, context): return count"
    )
    before = int(call(host, spec).payload)
    threading.Event().wait(0.6)
    assert int(call(host, spec).payload) - before < 300


def test_an_idle_environment_ends(tmp_path: Path) -> None:
    """After some minutes without an event, and not before."""
    site, clock = HostLocation(tmp_path, SURROUNDINGS), WallClock()
    host = LambdaHost(HostContext(site, Observer(Recorder(), clock), clock, boosted_reinit=True))
    spec = function(PID)
    pid = int(call(host, spec).payload)
    host.end_idle(60)
    assert int(call(host, spec).payload) == pid
    host.end_idle(-1)
    assert not Path(f"/proc/{pid}").exists()
    host.close()


@pytest.mark.parametrize("boosted", [True, False])
def test_the_boost_of_the_second_initialisation_is_a_switch(tmp_path: Path, boosted: bool) -> None:
    """Without it the CPU share holds, and what took a third of a second takes longer than the timeout."""
    host = open_host(tmp_path, Recorder(), WallClock(), SURROUNDINGS, boosted_reinit=boosted)
    spec = function(
        "import os, time\nwhile time.process_time() < 0.3: pass\n"
        "def lambda_handler(event, context): return os._exit(1) if event else 'ok'",
        memory_mb=128,
        timeout=2,
    )
    call(host, spec, 1)
    assert (call(host, spec).payload == b'"ok"') is boosted
    host.close()


def test_another_languages_function(host: FunctionHost) -> None:
    """It is not run as Python."""
    assert b"only Python functions can" in call(host, function("", runtime="nodejs20.x")).payload
