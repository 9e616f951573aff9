"""Sends shoppers: seeded visits that yield requests, paced to a rate, from a bounded crowd of threads.

A visit is a generator of the application (setting `shoppers`). It yields `{"route", "method", "url", "json", "headers",
"think"}` and is sent an Answer. Retries are the shopper's own decision, never the client's.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.model.traffic import Sample

Visit = Generator[Mapping[str, Any], "Answer", None]
Scenario = Callable[[random.Random, Mapping[str, str]], Visit]

REQUEST_TIMEOUT = 35.0  # seconds; API Gateway gives up after 29
CROWD = 64  # shoppers at once, at most
PATIENCE = 4  # shoppers for each request a second: enough to keep the rate while answers take that many seconds
USUAL_VISIT = 3  # requests, until one visit has ended


@record
class Answer:
    """One HTTP answer; status 0 when there was none."""

    status: int
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(slots=True)
class Run:
    """One run of the traffic and what it has seen so far. Safe to read while it goes on."""

    started: float
    samples: list[Sample] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)  # visits that raised: a fault of the scenario, not of the shop

    def recent(self, seconds: float) -> list[Sample]:
        """The samples that ended in the last seconds."""
        after = time.time() - seconds
        return [sample for sample in self.samples[-5000:] if sample.started + sample.seconds >= after]


class _Pacer:
    """Hands out moments that are `gap()` seconds apart."""

    def __init__(self, gap: Callable[[], float]) -> None:
        self._gap, self._next, self._lock = gap, time.monotonic(), threading.Lock()

    def wait(self, stop: threading.Event) -> bool:
        """Wait for the next moment; False when there is none any more."""
        with self._lock:
            gap = self._gap()
            moment = max(self._next, time.monotonic() - gap)  # a stall is not made up for by a burst
            self._next = moment + gap
        return not stop.wait(max(0.0, moment - time.monotonic()))


class Traffic:
    """Sends the visits of one scenario until it is stopped."""

    def __init__(self, scenario: Scenario, outputs: Mapping[str, str], *, rps: float, seed: int) -> None:
        import urllib3

        self._scenario, self._outputs, self._seed = scenario, outputs, seed
        self._size = min(CROWD, max(2, math.ceil(rps * PATIENCE)))
        self._http = urllib3.PoolManager(maxsize=self._size, retries=False, timeout=REQUEST_TIMEOUT)
        self._numbers, self._ended, self._rps = itertools.count(), list[int](), rps
        self._requests, self._arrivals = _Pacer(lambda: 1 / rps), _Pacer(self._between_visits)
        self._stop = threading.Event()
        self.run = Run(time.time())

    def start(self) -> None:
        """Let the crowd in."""
        self._crowd = [threading.Thread(target=self._shop, daemon=True) for _ in range(self._size)]
        for shopper in self._crowd:
            shopper.start()

    def stop(self, *, patience: float = REQUEST_TIMEOUT + 5) -> Run:
        """Send nothing more, wait for the answers that are under way, for so many seconds, and return what was seen."""
        self._stop.set()
        ends = time.monotonic() + patience
        for shopper in self._crowd:
            shopper.join(max(0.0, ends - time.monotonic()))
        self._http.clear()
        return self.run

    def _shop(self) -> None:
        while not self._stop.is_set():
            if not self._arrivals.wait(self._stop):
                return
            number = next(self._numbers)
            visit = self._scenario(random.Random(f"{self._seed}:{number}"), self._outputs)  # noqa: S311 - reproducible
            try:
                self._walk(visit)
            except Exception as problem:
                self.run.defects.append(repr(problem))
                self._stop.wait(0.5)

    def _between_visits(self) -> float:
        """Seconds between two shoppers who come in: as many requests as a visit has had so far are sent meanwhile.

        Were all of them there from the start, they would ask for the first page together, and again for the next.
        """
        ended = self._ended[-100:]
        return (sum(ended) / len(ended) if ended else USUAL_VISIT) / self._rps

    def _walk(self, visit: Visit) -> None:
        sent = 0
        try:
            wish = next(visit)
            while not self._stop.wait(wish.get("think", 0.0)) and self._requests.wait(self._stop):
                sent += 1
                wish = visit.send(self._ask(wish))
        except StopIteration:
            self._ended.append(max(sent, 1))
        finally:
            visit.close()

    def _ask(self, wish: Mapping[str, Any]) -> Answer:
        import urllib3

        body = json.dumps(wish["json"]).encode() if wish.get("json") is not None else None
        headers = {"content-type": "application/json"} if body else {}
        started, clock = time.time(), time.perf_counter()
        try:
            got = self._http.request(
                wish["method"], wish["url"], body=body, headers={**headers, **wish.get("headers", {})}
            )
            answer, names = Answer(got.status, got.data), _names(got.headers)
        except urllib3.exceptions.HTTPError:
            answer, names = Answer(0), ("", "")
        self.run.samples.append(Sample(wish["route"], answer.status, started, time.perf_counter() - clock, *names))
        return answer


def _names(headers: Mapping[str, str]) -> tuple[str, str]:
    """The ids of a request and of its trace, from the headers of its answer (in any case)."""
    fields = dict(field.strip().partition("=")[::2] for field in headers.get("x-amzn-trace-id", "").split(";"))
    return headers.get("x-amzn-requestid", ""), fields.get("Root", "")
