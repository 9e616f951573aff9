"""Functions that misbehave: the cloud stays up, and nothing of them stays behind."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shopfast_obs.localcloud.interface import FunctionHost
from shopfast_obs.localcloud.lambdahost import open_host
from tests.localcloud.lambdahost.support import SURROUNDINGS, Recorder, WallClock, call, function

DAEMON = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def lambda_handler(event, context):
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write, str(os.getpid()).encode())
            time.sleep(60)
        os._exit(0)
    return [os.getpid(), int(os.read(read, 20))]
"""


def gone(pids: list[int]) -> bool:
    """True when the processes have ended within a few seconds."""
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_what_a_function_forked_ends_with_it(tmp_path: Path) -> None:
    """A daemon in a session of its own, below a runtime that ignores SIGTERM, is gone when the host is closed."""
    host = open_host(tmp_path, Recorder(), WallClock(), SURROUNDINGS)
    pids = eval(call(host, function(DAEMON)).payload)
    assert all(Path(f"/proc/{pid}").exists() for pid in pids)
    host.close()
    assert gone(pids)


def test_a_killed_cloud_leaves_nothing_behind(tmp_path: Path) -> None:
    """The supervisor notices that the cloud is gone."""
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from shopfast_obs.localcloud.lambdahost import open_host\n"
        "from tests.localcloud.lambdahost.support import *\n"
        "host = open_host(Path(sys.argv[1]), Recorder(), WallClock(), SURROUNDINGS)\n"
        f"print(call(host, function({DAEMON!r})).payload.decode(), flush=True)\ntime.sleep(60)"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
    ) as cloud:
        assert cloud.stdout is not None
        pids = eval(cloud.stdout.readline())
        cloud.send_signal(signal.SIGKILL)
    assert gone(pids)


def test_a_flood_of_output_is_cut(host: FunctionHost, seen: Recorder) -> None:
    """A line is cut at 1 MB, an invocation's output at 16 MB, both marked; the answer arrives."""
    spec = function(
        "def lambda_handler(event, context):\n"
        "    print('x' * 1_300_000)\n"
        "    for _ in range(400): print('y' * 100_000)\n"
        "    return 'done'"
    )
    assert call(host, spec).payload == b'"done"'
    lines = seen.lines(spec)
    assert lines[2].endswith(f"x [cut: {1_300_000 - 1024 * 1024} bytes]\n")
    assert "bytes of output dropped" in lines[-3]
    assert sum(map(len, lines)) < 17 << 20


def test_a_function_that_deletes_its_code(host: FunctionHost) -> None:
    """The next environment gets the code anew."""
    spec = function("import os\ndef lambda_handler(event, context):\n    os.remove(__file__)\n    os._exit(1)\n")
    call(host, spec)
    again = function("x = 1", code_zip=spec.code_zip)
    assert b"exit status 1" in call(host, again).payload


def test_closing_ends_a_busy_function(tmp_path: Path) -> None:
    """Close does not wait for a function to finish."""
    host = open_host(tmp_path, Recorder(), WallClock(), SURROUNDINGS)
    pid_file = tmp_path / "pid"
    spec = function(
        f"import os, time\ndef lambda_handler(event, context):\n"
        f"    open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n    time.sleep(60)",
        timeout=60,
    )
    results: list[bytes] = []
    thread = threading.Thread(target=lambda: results.append(call(host, spec).payload))
    thread.start()
    while not (pid_file.exists() and pid_file.read_text()):
        time.sleep(0.02)
    host.close()
    thread.join(10)
    assert b"Runtime.ExitError" in results[0]
    assert gone([int(pid_file.read_text())])
    with pytest.raises(RuntimeError):
        call(host, spec)


def test_a_function_that_ignores_the_request_to_end(tmp_path: Path, seen: Recorder) -> None:
    """It is killed a moment later, with what it forked."""
    host = open_host(tmp_path, seen, WallClock(), SURROUNDINGS)
    spec = function(
        "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "def lambda_handler(event, context):\n"
        "    child = os.fork()\n    if child == 0: time.sleep(300)\n"
        "    print('pids', os.getpid(), child)"
    )
    call(host, spec)
    host.close()
    assert gone([int(pid) for line in seen.lines(spec) if line.startswith("pids") for pid in line.split()[1:]])


def test_memory_of_children_counts(host: FunctionHost, seen: Recorder) -> None:
    """What a forked process holds is the sandbox's."""
    spec = function(
        "import os, time\ndef lambda_handler(event, context):\n"
        "    if os.fork() == 0:\n        x = bytearray(200 << 20)\n        time.sleep(30)\n    time.sleep(30)",
        memory_mb=128,
        timeout=25,
    )
    assert b"signal: killed" in call(host, spec).payload
    assert "Runtime.OutOfMemory" in seen.lines(spec)[-1]


def test_a_function_that_kills_its_supervisor(host: FunctionHost, seen: Recorder) -> None:
    """The invocation fails, the runtime dies with its supervisor, and the next event gets a new environment."""
    spec = function(
        "import os, time\ndef lambda_handler(event, context):\n"
        "    if event:\n        print('pid', os.getpid(), flush=True)\n"
        "        os.kill(os.getppid(), 9)\n        time.sleep(9)\n"
        "    return 'ok'"
    )
    assert b"Runtime.ExitError" in call(host, spec, 1).payload
    assert gone([int(line.split()[1]) for line in seen.lines(spec) if line.startswith("pid")])
    assert call(host, spec).payload == b'"ok"'
