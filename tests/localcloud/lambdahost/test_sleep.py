"""A machine that sleeps while a function runs: time goes on, as it does for the function's callers."""

import re
import signal
import threading
import time

import psutil

from shopfast_obs.localcloud.interface import FunctionHost
from tests.localcloud.lambdahost.support import Recorder, call, function

WAIT = """
import time
def lambda_handler(event, context):
    print("begun", flush=True)
    time.sleep(0.5)
    return "done"
"""


def asleep(seconds: float) -> None:
    """Stop everything that runs functions, as a laptop's lid does, then wake it in an order that a kernel may choose:
    the function first."""
    processes = psutil.Process().children(recursive=True)
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    for process in reversed(processes):
        process.send_signal(signal.SIGCONT)
        time.sleep(0.02)


def test_an_invocation_that_slept_is_killed_at_its_timeout(host: FunctionHost, seen: Recorder) -> None:
    """However long the machine slept, REPORT says the timeout; the next event finds a healthy environment."""
    spec = function(WAIT, timeout=1)
    assert call(host, spec, 0).payload == b'"done"'
    sleeper = threading.Thread(target=lambda: (time.sleep(0.2), asleep(2.0)))
    sleeper.start()
    result = call(host, spec, 1)
    sleeper.join()
    assert b"Task timed out after 1.00 seconds" in result.payload
    (report,) = [line for line in seen.lines(spec) if line.startswith("REPORT") and "timeout" in line]
    found = re.search(r"\tDuration: ([\d.]+) ms", report)
    assert found is not None
    assert float(found[1]) == 1000
    assert call(host, spec, 2).payload == b'"done"'
