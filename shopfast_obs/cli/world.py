"""The deployed application as the workshop's checks see it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from shopfast_obs.cli.app import App
from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.errors import NotDeployedError
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.workshop.interface import CannotTellError, Reply, TrafficSpec

AT_ONCE = 4
REQUEST_TIMEOUT = 35.0
AHEAD = 60.0  # seconds: telemetry of this moment may carry a later time when a clock was moved forward


class LiveWorld:
    """A `World` over the target of a command."""

    def __init__(self, app: App, started: float, answers: Mapping[str, str]) -> None:
        self._app, self._started, self._answers = app, started, answers
        self._traffic_began = time.time()

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
            raise NotDeployedError("The application is not deployed.", "Run: shopfast-obs deploy")
        return outputs

    @property
    def window(self) -> TimeRange:
        """The time since the traffic of this look began."""
        return TimeRange(self._traffic_began, time.time() + AHEAD)

    @property
    def since_start(self) -> TimeRange:
        """The time since the learner started the exercise; the cloud's clock may run ahead of ours by an hour."""
        return TimeRange(self._started, time.time() + 3600)

    @property
    def answers(self) -> Mapping[str, str]:
        """What the learner answered."""
        return self._answers

    def send(self, spec: TrafficSpec) -> None:
        """Send shoppers; `window` begins with them."""
        from shopfast_obs.cli.traffic import send

        _ = self.outputs
        self._traffic_began = time.time()
        send(self._app, spec.scenario, duration=spec.seconds, rps=spec.rps)

    def request(self, method: str, url: str, count: int) -> Sequence[Reply]:
        """The replies to the same request, four at a time."""
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
            return list(crowd.map(once, range(count)))

    def expected(self, name: str) -> int:
        """How many items the table of that name has: the output `<Name>Table` says which it is."""
        table = self.outputs.get(f"{name.capitalize()}Table")
        if table is None:
            raise CannotTellError(f"the application has no output {name.capitalize()}Table")
        pages: Any = self._app.client("dynamodb").get_paginator("scan")
        return sum(page["Count"] for page in pages.paginate(TableName=table, Select="COUNT"))
