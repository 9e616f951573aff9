"""What judges an exercise: the world that checks look at, the checks, and three kinds of result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Protocol

from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.workshop.exercise import CheckSpec


@record
class Passed:
    """The behaviour is there; `measured` are the numbers that show it."""

    check: str
    measured: Mapping[str, Any] = field(default_factory=dict)


@record
class NotYet:
    """The behaviour is not there yet; `message` has the numbers and the next place to look, never the answer."""

    check: str
    message: str
    measured: Mapping[str, Any] = field(default_factory=dict)


@record
class CheckFailed:
    """The check itself could not be made: nothing is said about the learner's work."""

    check: str
    reason: str


Result = Passed | NotYet | CheckFailed


@record
class Reply:
    """One HTTP answer to a probe: status 0 when there was none."""

    status: int
    seconds: float
    body: bytes


class CheckContext(Protocol):
    """What a check may look at: the deployed application, its telemetry, and what the learner answered."""

    @property
    def cloud(self) -> Cloud:
        """The target's resources, logs, traces and metrics."""
        ...

    @property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of the deployed stacks, URLs as this machine can open them."""
        ...

    @property
    def window(self) -> TimeRange:
        """The time since the exercise began, or since the application changed last."""
        ...

    @property
    def since_start(self) -> TimeRange:
        """The time since the learner started the exercise."""
        ...

    @property
    def alarm_window(self) -> TimeRange:
        """`since_start` on the clock that alarms are evaluated by, which `alarms wait --hurry` moves."""
        ...

    @property
    def answers(self) -> Mapping[str, str]:
        """What the learner answered so far."""
        ...

    @property
    def done(self) -> Mapping[str, float]:
        """What the learner did with the workshop itself, and when: `reported`, `verified`."""
        ...

    def quiet(self, seconds: float) -> TimeRange:
        """A time of so many seconds, just over, in which nobody sent a request; waits for it."""
        ...

    def depth(self, queue: str) -> int:
        """How many messages the queue of that output holds: waiting, delayed or in somebody's hands."""
        ...

    def request(self, method: str, url: str, count: int) -> Iterator[Reply]:
        """Send the same request several times, a few at once, as long as somebody takes the replies."""
        ...

    def expected(self, name: str) -> int:
        """A number that the seed of the application knows, such as how many products it loaded."""
        ...


Types = tuple[type, ...]
TEXT: Types = (str,)
TEXTS: Types = (list,)
NUMBER: Types = (int, float)
ANY: Types = (str, int, float, bool)


@record
class Schema:
    """What a primitive needs and gives: its parameters, and the numbers that it always measures.

    `on_fail` may name no others. `settles` is True when telemetry that is under way may still turn it, `asks` when the
    check itself sends requests, or waits until nobody does.
    """

    required: Mapping[str, Types]
    measures: frozenset[str]
    optional: Mapping[str, Types] = field(default_factory=dict)
    settles: bool = False
    asks: bool = False


class Check(Protocol):
    """A primitive: one module of `checks/`, found by its `kind`."""

    kind: str
    schema: Schema

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Whether the behaviour is there, and the numbers that were measured; raises CannotTellError."""
        ...


class TooLittleError(Exception):
    """There is too little traffic to judge; the message says how much there is and how much it takes."""


class CannotTellError(Exception):
    """The check could not be made; the message says why, without a full stop."""
