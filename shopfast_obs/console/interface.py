"""What the console needs from the outside, behind protocols: the command line provides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.records import record
from shopfast_obs.model.traffic import Machine


@record
class Pace:
    """Seconds between two looks at each thing, and how many traces one look reads at most."""

    traces: float
    invocations: float
    alarms: float
    functions: float
    deployments: float
    machine: float
    exercise: float
    most: int
    back: float  # seconds that a look reaches back: so late may a trace show up


# A process on this machine answers in milliseconds; an account has quotas, and shows a trace after ten seconds or more.
LOCAL = Pace(0.25, 2.0, 2.0, 10.0, 5.0, 2.0, 5.0, 400, 6.0)
ACCOUNT = Pace(10.0, 30.0, 30.0, 300.0, 60.0, 2.0, 60.0, 100, 60.0)


@record
class Shoppers:
    """Visitors that the console sends: the scenarios that there are, which one runs, and at what rate."""

    scenarios: tuple[str, ...] = ()
    running: str = ""
    rps: float = 0.0
    sent: int = 0
    failed: int = 0
    reason: str = ""  # why there are none to send


@record
class CheckView:
    """One check of an exercise: `passed`, `not yet`, `unknown` or `asks` (it is not made by looking), and why."""

    name: str
    state: str
    told: str


@record
class ExerciseView:
    """Where a learner stands. Times are epoch seconds; `hint` is the last one taken for the state that it is in."""

    id: str
    title: str
    minutes: int
    state: str
    started: float
    passed: float | None
    checks: tuple[CheckView, ...]
    hint: str = ""


class Surroundings(Protocol):
    """Everything beside the console's own view."""

    where: str
    local: bool

    def cloud(self) -> Cloud:
        """The target, looked up again: a local cloud may have another port after a restart."""
        ...

    def deployments(self, since: float) -> Sequence[Deployment]:
        """What was deployed since then."""
        ...

    def machine(self) -> Machine | None:
        """How busy this machine was since the last call."""
        ...

    def exercise(self) -> ExerciseView | None:
        """Where the learner stands; None without a workshop, and before the first exercise."""
        ...

    def shoppers(self) -> Shoppers:
        """The visitors that can be sent and those that are under way."""
        ...

    def send(self, scenario: str, rps: float) -> None:
        """Send these from now on; a rate of 0 stops them."""
        ...

    def hurry(self, seconds: float) -> None:
        """Move the clock of a local cloud's alarms forward."""
        ...
