"""The parent process of one sandbox: starts the runtime, holds it to its CPU share, its memory and its deadline, and
leaves nothing of it behind, not even what it forked, and not even when the cloud itself is killed."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import sys

from shopfast_obs.localcloud.lambdahost.sandbox import boottime
from shopfast_obs.localcloud.lambdahost.sandbox.cpu_share import PERIOD, Budget, CpuDebt
from shopfast_obs.localcloud.lambdahost.sandbox.process_tree import (
    Tree,
    descendants,
    high_water,
    run_delays,
    send_signal,
)
from shopfast_obs.localcloud.lambdahost.sandbox.protocol import (
    End,
    Freeze,
    Frozen,
    Loosen,
    Message,
    Run,
    SandboxEnd,
    Start,
    receive,
    send,
)

TYPE_CHECKING = False  # see protocol.py
if TYPE_CHECKING:
    from typing import NoReturn

    from shopfast_obs.localcloud.lambdahost.sandbox.protocol import Reason

SIGKILL, SIGTERM, SIGCONT, SIGSTOP = 9, 15, 18, 19  # the signal module is slow to import
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
OPEN_FILES = 1024  # Lambda's own limit
GRACE = 0.3  # seconds between SIGTERM and SIGKILL
FASTEST_GROWTH = 2e9  # bytes a second that a process can plausibly take
FOREVER = float("inf")
LEAST_WAIT = 0.002  # seconds; a deadline is not moved for less


class Supervisor:
    """One sandbox's life. `serve` returns when it has been ended or the cloud is gone."""

    def __init__(self, channel: int, output: int) -> None:
        self._channel = channel
        self._output = output
        self._cores = len(os.sched_getaffinity(0))
        self._libc = ctypes.CDLL(None)
        self._libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._tree: Tree | None = None
        self._exit_fd = -1
        self._limit = 0
        self._reset()

    def _reset(self) -> None:
        self._budget: Budget | None = None
        self._stopped = False
        self._active = False
        self._deadline = self._sample_at = self._scan_at = FOREVER
        self._peak = 0
        self._cpu = 0.0
        self._delays: dict[str, float] = {}
        self._arrears = CpuDebt()
        self._before = self._late = self._granted = 0.0

    def serve(self) -> None:
        """Obey until ended."""
        while True:
            sources: list[int] = [self._channel] if self._exit_fd < 0 else [self._channel, self._exit_fd]
            ready = select.select(sources, [], [], self._patience())[0]
            if self._channel in ready:
                message = receive(self._channel)
                if message is None or isinstance(message, End):
                    self._end(gently=message is not None)
                    return
                self._obey(message)
            if self._exit_fd in ready and self._tree:
                self._finish("exit")
            if self._active:
                self._tick(boottime.now())

    def _patience(self) -> float | None:
        if not self._active:
            return None
        now = boottime.now()
        wake = min(self._deadline, self._sample_at, self._scan_at)
        if self._budget:
            wake = min(wake, self._budget.wake_at(now, stopped=self._stopped, cores=self._cores))
        return max(0.0, wake - now)

    def _obey(self, message: Message) -> None:
        match message:
            case Start():
                self._start(message)
            case Run() if self._tree:
                behind = self._waited(self._tree) if message.continues else 0.0
                self._let_run(message.timeout, message.share)
                self._arrears, self._before, self._late = CpuDebt(), behind, 0.0
                self._delays = run_delays(self._tree.root)
            case Loosen() if self._tree:
                self._budget = None
                self._continue()
            case Freeze() if self._tree:
                self._freeze(self._tree)

    def _start(self, order: Start) -> None:
        self._reset()
        self._limit = order.memory
        child = os.fork()
        if child == 0:
            self._become_runtime(order)
        self._tree = Tree(child)
        self._exit_fd = os.pidfd_open(child)
        self._let_run(order.timeout, order.share)

    def _become_runtime(self, order: Start) -> NoReturn:
        try:
            os.setsid()
            self._libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
            allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, allowed), allowed))
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number in (1, 2, 3):  # 3 is the telemetry descriptor
                os.dup2(self._output, number)
            os.chdir(order.cwd)
            os.execve(order.argv[0], list(order.argv), dict(order.environ))  # noqa: S606 - no shell is wanted
        except BaseException as problem:
            os.write(2, f"the runtime could not be started: {problem}\n".encode())
            os._exit(127)

    def _let_run(self, timeout: float, share: float) -> None:
        now = boottime.now()
        self._active = True
        self._deadline = now + timeout
        self._granted = 0.0
        self._sample_at = self._scan_at = now
        self._budget = Budget(share, now) if share > 0 else None
        self._continue()
        if self._tree:
            self._tree.cpu_since_last()
        self._cpu = 0.0

    def _continue(self) -> None:
        if self._stopped and self._tree:
            self._tree.send(SIGCONT)
        self._stopped = False

    def _stop(self, tree: Tree) -> None:
        if not self._stopped:
            tree.send(SIGSTOP)
        self._stopped = True

    def _freeze(self, tree: Tree) -> None:
        tree.refresh()
        self._stop(tree)
        self._active = False
        self._budget = None
        self._cpu += tree.cpu_since_last()
        self._peak = max(self._peak, high_water(tree.root))
        send(self._channel, Frozen(peak=self._peak, cpu=self._cpu, waited=self._waited(tree)))

    def _waited(self, tree: Tree) -> float:
        """How long this invocation has stood still because the machine had no core for it.

        On Lambda a sandbox gets its share of the CPU whatever the neighbours do. On a busy machine it does not, and a
        function that needs 1 s would be killed after 3 s: this time counts neither for the deadline nor as duration.
        """
        delay = self._delayed(run_delays(tree.root))
        if self._budget:
            delay = min(delay + self._late, self._budget.left)
        return self._before + self._arrears.seconds + delay

    def _delayed(self, delays: dict[str, float]) -> float:
        """How long the thread that waited most for a core has waited since `_delays`."""
        return max((now - self._delays.get(thread, 0.0) for thread, now in delays.items()), default=0.0)

    def _overdue(self, tree: Tree) -> bool:
        """True at the deadline, unless the sandbox had to wait for a core meanwhile: then the deadline moves."""
        owed = self._waited(tree) - self._granted
        if owed < LEAST_WAIT:
            return True
        self._deadline += owed
        self._granted += owed
        return False

    def _tick(self, now: float) -> None:
        tree = self._tree
        if tree is None:
            return
        if now >= self._deadline and self._overdue(tree):
            self._finish("timeout")
            return
        if now >= self._scan_at:
            tree.refresh()
            self._scan_at = now + PERIOD
        if now >= self._sample_at and not self._within_memory(tree, now):
            self._finish("memory")
            return
        self._throttle(tree, now)

    def _within_memory(self, tree: Tree, now: float) -> bool:
        memory = tree.memory()
        self._peak = max(self._peak, memory)
        self._sample_at = now + min(PERIOD, max(0.001, (self._limit - memory) / FASTEST_GROWTH))
        return memory <= self._limit

    def _throttle(self, tree: Tree, now: float) -> None:
        used = tree.cpu_since_last()
        self._cpu += used
        if self._budget is None:
            return
        self._spend(self._budget, used, now, tree)
        if not self._budget.exhausted:
            self._continue()
        elif not self._stopped:
            self._stop(tree)
            late = tree.cpu_since_last()  # what it used until the signal arrived
            self._cpu += late
            self._budget.spend(late, now)

    def _spend(self, budget: Budget, used: float, now: float, tree: Tree) -> None:
        """Book what was used. At the end of a period: what the sandbox could not use of its quota because it waited
        for a core, or because we looked too late, is lost to it; what it did not want to use is not."""
        due = budget.period_end
        behind = budget.spend(used, now)
        if now < due:
            return
        delays = run_delays(tree.root)
        late = now - due if self._stopped else 0.0  # what of it is less than a period is missing in the next one
        self._arrears.book(now, behind, self._delayed(delays) + self._late + late)
        self._delays, self._late = delays, late

    def _finish(self, reason: Reason) -> None:
        tree, self._tree = self._tree, None
        if tree is None:
            return
        self._cpu += tree.cpu_since_last()
        self._peak = max(self._peak, high_water(tree.root))
        waited = self._waited(tree)
        status = _destroy(tree.root)
        os.close(self._exit_fd)
        self._exit_fd = -1
        peak, cpu = self._peak, self._cpu
        self._reset()
        try:
            send(self._channel, SandboxEnd(reason=reason, status=status, peak=peak, cpu=cpu, waited=waited))
        except OSError:
            return  # nobody wants to know any more

    def _end(self, *, gently: bool) -> None:
        if gently and self._tree:
            self._tree.send(SIGTERM)
            self._tree.send(SIGCONT)
            select.select([self._exit_fd], [], [], GRACE)
        self._finish("ended")


def _destroy(root: int) -> int:
    """Kill every descendant and wait for each; the exit status of `root`. Orphans come to us, the subreaper."""
    status = -SIGKILL
    send_signal(-root, SIGKILL)
    while True:
        for pid in descendants(os.getpid()):
            send_signal(pid, SIGKILL)
        try:
            pid, code = os.wait()
        except ChildProcessError:
            return status
        if pid == root:
            status = os.waitstatus_to_exitcode(code)


def main() -> None:
    """Serve the channel and the output descriptor that the host passed as arguments."""
    # A busy cloud's descriptors can be too high for select; the copies are low, and not inherited by the runtime.
    channel, output = (os.dup(int(argument)) for argument in sys.argv[1:3])
    for argument in sys.argv[1:3]:
        os.close(int(argument))
    Supervisor(channel, output).serve()
