"""What the workshop is made of: exercises with checks, a world that checks look at, and three kinds of result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.model.telemetry import TimeRange


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One check as an exercise states it: the primitive that judges, its parameters, and what to say when it fails.

    `on_fail` may name the numbers that the check measured, as in `{failed} of {requests} requests failed`.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    on_fail: str


@dataclass(frozen=True, slots=True)
class TrafficSpec:
    """The shoppers that come before checks are judged."""

    scenario: str
    rps: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise. `proves_broken` names the checks that fail when it starts, `solve` the commands that pass it."""

    id: str
    title: str
    minutes: int
    difficulty: int
    needs: tuple[str, ...]
    faults: tuple[str, ...]
    traffic: TrafficSpec
    checks: tuple[CheckSpec, ...]
    proves_broken: tuple[str, ...]
    hints: tuple[str, ...]
    solve: tuple[str, ...]
    why: str
    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook of an alarm kind: what it means and what to do."""

    id: str
    title: str
    alarm: str
    severity: str
    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """The behaviour is there; `measured` are the numbers that show it."""

    check: str
    measured: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotYet:
    """The behaviour is not there yet; `message` has the numbers and the next place to look, never the answer."""

    check: str
    message: str
    measured: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckFailed:
    """The check itself could not be made: nothing is said about the learner's work."""

    check: str
    reason: str


Result = Passed | NotYet | CheckFailed


@dataclass(frozen=True, slots=True)
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
        """The time since the exercise's traffic began."""
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


@dataclass(frozen=True, slots=True)
class Schema:
    """What a primitive needs and gives: its parameters, and the numbers that it always measures.

    `on_fail` may name no others. `settles` is True when telemetry that is under way may still turn it.
    """

    required: Mapping[str, Types]
    measures: frozenset[str]
    optional: Mapping[str, Types] = field(default_factory=dict)
    settles: bool = False


class Check(Protocol):
    """A primitive: one module of `checks/`, found by its `kind`."""

    kind: str
    schema: Schema

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """Whether the behaviour is there, and the numbers that were measured; raises CannotTellError."""
        ...


class CannotTellError(Exception):
    """The check could not be made; the message says why, without a full stop."""
