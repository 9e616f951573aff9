"""Looks at the cloud again and again, each thing at its own pace, and writes what it sees on the board."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.console.board import Board
from shopfast_obs.console.interface import Pace, Surroundings
from shopfast_obs.console.invocations import FUNCTION, LAMBDA_LOGS, RecentInvocations
from shopfast_obs.console.rolling import HISTORY, LONGEST, RollingTraces
from shopfast_obs.errors import ShopfastObsError
from shopfast_obs.model.resources import Inventory
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.parse.logs import platform

REPORTED = '?"REPORT RequestId" ?"platform.report"'
FUNCTIONS = 12  # whose lines one look reads: the others are next
SLOW = 10  # every so many looks at the traces reach back far enough for the longest requests
TOGETHER = 4  # every so many looks at the traces the sums are made
BREATH = 0.05  # seconds between two rounds at least


class Observer:
    """Two threads: one for traces, which must be quick, and one for everything else."""

    def __init__(self, around: Surroundings, pace: Pace, board: Board) -> None:
        self._around, self._pace, self._board = around, pace, board
        self._stop = threading.Event()
        self._cloud: Cloud | None = None
        self._traces, self._invocations = RollingTraces(), RecentInvocations()
        self._inventory = Inventory("")
        self._read_until = time.time() - 60.0
        self._looks = self._turn = 0
        self._problems: dict[str, str] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to look."""
        self._board.put("about", {"where": self._around.where, "local": self._around.local})
        pace = self._pace
        everything: Sequence[tuple[str, float, Callable[[], None]]] = (
            ("functions", pace.functions, self._look_at_functions),
            ("invocations", pace.invocations, self._look_at_invocations),
            ("alarms", pace.alarms, self._look_at_alarms),
            ("deployments", pace.deployments, self._look_at_deployments),
            ("machine", pace.machine, self._look_at_surroundings),
            ("exercise", pace.exercise, lambda: self._board.put("exercise", self._around.exercise())),
        )
        looks = ((("traces", pace.traces, self._look_at_traces),), everything)
        self._threads = [threading.Thread(target=self._run, args=(one,), daemon=True) for one in looks]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the look that is under way; waits a few seconds for it."""
        self._stop.set()
        for thread in self._threads:
            thread.join(3.0)

    def _run(self, looks: Sequence[tuple[str, float, Callable[[], None]]]) -> None:
        due = dict.fromkeys((name for name, _, _ in looks), 0.0)
        while not self._stop.is_set():
            for name, seconds, look in looks:
                if time.monotonic() >= due[name]:
                    self._tried(name, look)
                    due[name] = time.monotonic() + seconds
            self._stop.wait(max(BREATH, min(due.values()) - time.monotonic()))

    def _tried(self, name: str, look: Callable[[], None]) -> None:
        """Look; what goes wrong is said on the page, and tried again at the next turn."""
        try:
            look()
            self._problems.pop(name, None)
        except ShopfastObsError as problem:
            self._problems[name] = problem.message
            self._cloud = None  # a cloud that was started anew may have another port
        except Exception as problem:  # the page outlives a look that fails, and says so
            self._problems[name] = f"a defect: {type(problem).__name__}: {problem}"
        self._board.put("problems", [f"{name}: {told}" for name, told in sorted(self._problems.items())])

    def _there(self) -> Cloud:
        if self._cloud is None:
            self._cloud = self._around.cloud()
        return self._cloud

    def _look_at_traces(self) -> None:
        now, cloud = time.time(), self._there()
        self._looks += 1
        back = max(self._pace.back, LONGEST if self._looks % SLOW == 0 else 0.0)
        ids = sorted(cloud.trace_ids(TimeRange(now - back, now + 1)), key=lambda one: one[2:10], reverse=True)
        wanted = self._traces.wanted(ids, now)
        for trace in cloud.traces(wanted[: self._pace.most]):
            self._traces.take(trace, now)
        self._traces.advance(now)
        self._board.put("skipped", max(0, len(wanted) - self._pace.most))
        self._board.put("requests", [_listed(one) for one in self._traces.newest()])
        if (
            self._looks % TOGETHER == 0 or self._pace.traces > 1
        ):  # what is reckoned anew from everything may be a little older
            self._board.put("map", self._traces.service_map(now))
            self._board.put("routes", self._traces.routes(now))
            self._board.put("timeline", self._traces.timeline())
            self._board.put("errors", self._traces.errors())

    def _look_at_functions(self) -> None:
        self._inventory = self._there().inventory()
        self._show_functions()

    def _look_at_invocations(self) -> None:
        """A few functions at a time, so that the number of calls does not grow with the application."""
        now, cloud = time.time(), self._there()
        names = [function.name for function in self._inventory.of_type(FUNCTION)]
        chosen = [names[(self._turn + step) % len(names)] for step in range(min(FUNCTIONS, len(names)))]
        self._turn += len(chosen)
        rounds = max(1, -(-len(names) // FUNCTIONS))
        window = TimeRange(now - max(10.0, 2 * rounds * self._pace.invocations), now + 1)
        for name in chosen:
            events = cloud.events(f"{LAMBDA_LOGS}{name}", window, REPORTED)
            told = (platform.report(event.message, event) for event in events)
            self._invocations.add(report for report in told if report is not None)
        self._invocations.advance(now)
        self._show_functions()

    def _show_functions(self) -> None:
        self._board.put("functions", self._invocations.views(self._inventory))

    def _look_at_alarms(self) -> None:
        cloud = self._there()
        statuses = cloud.alarms()
        history = (
            cloud.alarm_history(TimeRange(time.time() - HISTORY, time.time() + cloud.ahead + 1)) if statuses else {}
        )
        told = [replace(status, changes=tuple(history.get(status.name, ()))) for status in statuses]
        self._board.put("alarms", {"ahead": round(cloud.ahead), "alarms": told})

    def _look_at_deployments(self) -> None:
        since = time.time() - HISTORY
        self._board.put("deployments", [one for one in self._around.deployments(since) if one.time >= since])

    def _look_at_surroundings(self) -> None:
        self._board.put("machine", self._around.machine())
        self._board.put("shoppers", self._around.shoppers())


def _listed(summary: object) -> dict[str, object]:
    """What a line of the list shows."""
    names = ("id", "start", "response", "duration", "entry_point", "outcome", "cold_starts", "parts")
    return {name: getattr(summary, name) for name in names}
