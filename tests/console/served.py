"""A console over a cloud of memory, on a real port."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import urllib3

from shopfast_obs.console.board import Board
from shopfast_obs.console.guard import Guard
from shopfast_obs.console.interface import ExerciseView, Pace, Shoppers
from shopfast_obs.console.observer import Observer
from shopfast_obs.console.page import page
from shopfast_obs.console.server import Console, listening, serve
from shopfast_obs.errors import CloudUnreachableError, UserError
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.traffic import Machine
from shopfast_obs.testing import FakeCloud

QUICK = Pace(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 100, 30.0)


@dataclass
class FakeSurroundings:
    """What the command line would provide."""

    fake: FakeCloud
    deployed: Sequence[Deployment] = ()
    gone: bool = False
    exercised: ExerciseView | None = None
    where: str = "a cloud of memory"
    local: bool = True
    sent: list[tuple[str, float]] = field(default_factory=list)
    hurried: list[float] = field(default_factory=list)

    def cloud(self) -> FakeCloud:
        if self.gone:
            raise CloudUnreachableError("No cloud answers.", "shopfast-obs cloud start")
        return self.fake

    def deployments(self, since: float) -> Sequence[Deployment]:
        return self.deployed

    def machine(self) -> Machine | None:
        return Machine(2, 0.5)

    def exercise(self) -> ExerciseView | None:
        return self.exercised

    def shoppers(self) -> Shoppers:
        running, rps = self.sent[-1] if self.sent else ("", 0.0)
        return Shoppers(("browse", "mixed"), running, rps)

    def send(self, scenario: str, rps: float) -> None:
        if scenario not in self.shoppers().scenarios:
            raise UserError(f"There is no scenario {scenario!r}.")
        self.sent.append((scenario, rps))

    def hurry(self, seconds: float) -> None:
        self.hurried.append(seconds)


class Client:
    """A browser without eyes."""

    def __init__(self, guard: Guard) -> None:
        self.guard, self.root = guard, guard.address.partition("/?")[0]
        self.http = urllib3.PoolManager(retries=False)
        answer = self.ask("GET", f"/?key={guard.key}")
        self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]

    def ask(self, method: str, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        """An answer; nothing is sent along that is not named."""
        return self.http.request(method, self.root + path, headers=headers, redirect=False, timeout=10)

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        """An answer for who has the key."""
        return self.ask("GET", path, cookie=self.cookie)

    def post(self, path: str, body: object) -> urllib3.BaseHTTPResponse:
        """What the page's own script may do."""
        headers = {"cookie": self.cookie, "origin": self.root}
        return self.http.request("POST", self.root + path, json=body, headers=headers, timeout=10)


@contextmanager
def console(around: FakeSurroundings) -> Iterator[Guard]:
    """The console while the block runs."""
    bound = listening(0)
    guard, board = Guard(bound.getsockname()[1]), Board()
    observer, ready = Observer(around, QUICK, board), threading.Event()
    served = Console(board, around, guard, page())
    server = threading.Thread(target=serve, args=(served, bound, ready.set), daemon=True)
    server.start()
    assert ready.wait(10)
    observer.start()
    try:
        yield guard
    finally:
        observer.stop()
        served.closing = True
        server.join(10)
        assert not server.is_alive()


def eventually(look, seconds: float = 10.0):  # type: ignore[no-untyped-def]
    """The first true value of `look`."""
    ends = time.monotonic() + seconds
    while not (value := look()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.2)  # a stream that was left is noticed after a moment, and there are only so many
    return value
