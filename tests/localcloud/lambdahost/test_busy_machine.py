"""A function gets its share of a CPU on Lambda whatever the neighbours do; here the machine may be busy."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from shopfast_obs.localcloud.interface import FunctionHost
from shopfast_obs.localcloud.lambdahost.sandbox.host_directories import InitLimit
from tests.localcloud.lambdahost.support import Recorder, call, function

BURN = """
import time
def lambda_handler(event, context):
    begun = time.process_time()
    while time.process_time() - begun < event:
        pass
    return "done"
"""


@pytest.fixture
def busy() -> Iterator[int]:
    """Neighbours that take every core several times over; how many there are for each core."""
    crowd = 2
    burn = [sys.executable, "-S", "-c", "while True: pass"]
    # each in a session of its own: the kernel divides the cores between sessions first
    neighbours = [subprocess.Popen(burn, start_new_session=True) for _ in range(crowd * len(os.sched_getaffinity(0)))]
    yield crowd
    for neighbour in neighbours:
        neighbour.kill()
        neighbour.wait()


def test_waiting_for_a_core_is_not_charged(host: FunctionHost, seen: Recorder, busy: int) -> None:
    """0.6 s of work end well within 1 s of Lambda's time, although they take longer here."""
    spec = function(BURN, timeout=1)
    result = call(host, spec, 0.6)
    assert result.payload == b'"done"', result.payload
    (report,) = [line for line in seen.lines(spec) if line.startswith("REPORT")]
    found = re.search(r"\tDuration: ([\d.]+) ms", report)
    assert found is not None
    assert float(found[1]) < 1000


def test_a_share_takes_as_long_as_on_an_idle_machine(host: FunctionHost, seen: Recorder, busy: int) -> None:
    """0.15 s of work at 29 % of a CPU are 0.52 s of Lambda's time; what the share forbids is no wait for a core."""
    spec = function(BURN, timeout=10, memory_mb=512)
    for _ in range(3):
        call(host, spec, 0.15)
    reported = [line for line in seen.lines(spec) if line.startswith("REPORT")]
    durations = sorted(float(re.findall(r"\tDuration: ([\d.]+) ms", line)[0]) for line in reported)
    assert 400 < durations[1] < 800, durations


def test_a_function_that_works_too_long_is_killed_all_the_same(host: FunctionHost, busy: int) -> None:
    """Only waiting is forgiven."""
    result = call(host, function(BURN, timeout=1), 3)
    assert b"Task timed out after 1.00 seconds" in result.payload


def test_no_more_sandboxes_initialise_at_once_than_there_are_cores() -> None:
    """A burst of cold starts would slow each of them beyond what Lambda allows an init."""
    turnstile, cores = InitLimit(), os.cpu_count() or 1
    inside, most, lock = 0, 0, threading.Lock()

    def initialise(_: int) -> None:
        nonlocal inside, most
        with turnstile.passage():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.02)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(cores * 4) as crowd:
        list(crowd.map(initialise, range(cores * 4)))
    assert most == cores


def test_an_event_takes_an_environment_that_is_idle_before_a_core_is_free(host: FunctionHost, seen: Recorder) -> None:
    """A burst of events is served by the few that could initialise meanwhile, not by one each."""
    slow = "import time\ntime.sleep(1)\ndef lambda_handler(event, context):\n    return event\n"
    spec = function(slow)
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda number: call(host, spec, number).payload, range(20)))
    assert answers == [str(number).encode() for number in range(20)]
    started = [line for line in seen.lines(spec) if line.startswith("INIT_START")]
    assert len(started) <= 5 * (os.cpu_count() or 1)


def test_an_init_that_waits_for_another_init_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that invokes a second one while it initialises would otherwise wait for itself."""
    monkeypatch.setattr(InitLimit, "PATIENCE", 0.05)
    turnstile = InitLimit()
    with ExitStack() as held:
        for _ in range((os.cpu_count() or 1) + 1):
            held.enter_context(turnstile.passage())
