"""The deployed application as the workshop's checks see it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from shopfast_obs.cli.app import App
from shopfast_obs.cloud.clock import ahead
from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.errors import NotDeployedError
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.workshop.exercise import TrafficSpec
from shopfast_obs.workshop.interface import CannotTellError, Reply
from shopfast_obs.workshop.progress import Attempt

AT_ONCE = 2  # customers of a probe: more would measure how they wait for each other
UNDER_WAY = 6.0  # seconds in which work that requests have begun comes to its end
REQUEST_TIMEOUT = 35.0
MARGIN = 60.0  # seconds: telemetry may be stamped by another clock than ours


class LiveCheckContext:
    """A `CheckContext` over the target of a command, for one attempt at an exercise."""

    def __init__(self, app: App, attempt: Attempt, done: Mapping[str, float] | None = None) -> None:
        self._app, self._attempt = app, attempt
        self._started = attempt.started or time.time()
        self.done = done or {}

    @cached_property
    def cloud(self) -> Cloud:
        """Everything that the target can be asked."""
        return self._app.cloud()

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of the deployed stacks; raises NotDeployedError when there are none."""
        from shopfast_obs.cli.deploy import project

        outputs = project(self._app, self._app.terminal.say).outputs()
        if not outputs:
            raise NotDeployedError(
                f"Nothing of this project is deployed on {self._app.target_name}.", "Run: shopfast-obs deploy"
            )
        return outputs

    @property
    def window(self) -> TimeRange:
        """The time since the exercise began, or since the application changed last."""
        return TimeRange(self._changed, time.time() + MARGIN)

    @cached_property
    def _changed(self) -> float:
        known, now = self.cloud.recorded(self._started), time.time()
        times = [*(one.time for one in known.functions), *(one.ended for one in known.operations)]
        return max([self._started, *(moment for moment in times if moment <= now)])

    def quiet(self, seconds: float) -> TimeRange:
        """Wait so long, and return that time; nobody sends anything meanwhile but who shops beside."""
        self._app.terminal.say(f"Looking for {seconds:g} s at what happens without a request.")
        time.sleep(UNDER_WAY)
        began = time.time()
        time.sleep(seconds)
        return TimeRange(began, time.time())

    def depth(self, queue: str) -> int:
        """The messages that are visible, delayed or in flight."""
        if queue not in self.outputs:
            raise CannotTellError(f"the application has no output {queue}")
        names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
        answer = self._app.client("sqs").get_queue_attributes(QueueUrl=self.outputs[queue], AttributeNames=names)
        return sum(int(answer["Attributes"].get(name, 0)) for name in names)

    @property
    def since_start(self) -> TimeRange:
        """The time since the learner started the exercise."""
        return TimeRange(self._started, time.time() + MARGIN)

    @cached_property
    def ahead(self) -> float:
        """How many seconds the clock that alarms are evaluated by is ahead of ours now."""
        return ahead(self._app.target())

    @property
    def alarm_window(self) -> TimeRange:
        """`since_start` on the clock of the alarms, which may have been moved before and since."""
        # A cloud that was reset has its clock back at ours.
        return TimeRange(self._started + min(self._attempt.ahead, self.ahead), time.time() + self.ahead + MARGIN)

    @property
    def answers(self) -> Mapping[str, str]:
        """What the learner answered."""
        return self._attempt.answers

    def send(self, spec: TrafficSpec) -> None:
        """Send shoppers."""
        from shopfast_obs.cli.traffic import send

        send(self._app, spec.scenario, duration=spec.seconds, rps=spec.rps)

    def request(self, method: str, url: str, count: int) -> Iterator[Reply]:
        """The replies to the same request, a few at a time, as long as somebody takes them."""
        import urllib3

        http = urllib3.PoolManager(maxsize=AT_ONCE, retries=False, timeout=REQUEST_TIMEOUT)

        def once(_: int) -> Reply:
            began = time.perf_counter()
            try:
                answer = http.request(method, url)
            except urllib3.exceptions.HTTPError:
                return Reply(0, time.perf_counter() - began, b"")
            return Reply(answer.status, time.perf_counter() - began, answer.data)

        with ThreadPoolExecutor(AT_ONCE) as crowd:
            asked = deque(crowd.submit(once, number) for number in range(min(AT_ONCE, count)))
            for number in range(count):
                reply = asked.popleft().result()
                if number + AT_ONCE < count:
                    asked.append(crowd.submit(once, number))
                yield reply

    def expected(self, name: str) -> int:
        """How many items the table of that name has: the output `<Name>Table` says which it is."""
        output = f"{name.capitalize()}Table"
        if output not in self.outputs:
            raise CannotTellError(f"the application has no output {output}")
        pages: Any = self._app.client("dynamodb").get_paginator("scan")
        return sum(page["Count"] for page in pages.paginate(TableName=self.outputs[output], Select="COUNT"))
